"""The words of the grammar in a message, each as a pair of kind and word.  SPDX-License-Identifier: MIT"""
import re

# Kinds that a server says; the others are the client's.
SERVER = {"response", "code", "item", "status value", "search result", "search correlator", "list data", "attribute", "flag",
          "capability", "resource", "conversion error", "annotation size"}


# --- messages as trees: lists, atoms (str), and strings (Text) ---

class Text(str):
    """Quoted, or a literal."""


class Literal(Text):
    """eight: a literal8."""
    eight = False


ATOM = re.compile(r'(?:[^\s()"\[]|\[(?:[^]"]|"(?:\\.|[^"\\])*")*\]?)+')
QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"')
LITERAL = re.compile(r"(~?)\{(\d+)\+?\}\r\n")


def tree(text):
    """The tokens of one message; what is no IMAP is passed over."""
    stack, at = [[]], 0
    while at < len(text):
        c = text[at]
        literal, quoted, atom = LITERAL.match(text, at), QUOTED.match(text, at), ATOM.match(text, at)
        if literal:
            at = literal.end() + int(literal[2])
            stack[-1].append(Literal(text[literal.end():at]))
            stack[-1][-1].eight = bool(literal[1])
        elif quoted:
            stack[-1].append(Text(re.sub(r"\\(.)", r"\1", quoted[1])))
            at = quoted.end()
        elif c == "(":
            stack.append([])
            stack[-2].append(stack[-1])
            at += 1
        elif c == ")":
            if len(stack) > 1:
                stack.pop()
            at += 1
        elif atom:
            stack[-1].append(atom[0])
            at = atom.end()
        else:
            at += 1
    return stack[0]


def messages(stream):
    """Lines, each with its literals."""
    at, begin = 0, 0
    while at < len(stream):
        end = stream.find("\r\n", at)
        if end < 0:
            yield stream[begin:]
            return
        literal = re.search(r"~?\{(\d+)\+?\}$", stream[begin:end])
        at = end + 2 + (int(literal[1]) if literal and not re.match(r"(\* )?(OK|NO|BAD|BYE|PREAUTH|\+)", stream[begin:]) else 0)
        if at == end + 2 and not (literal and literal[1] == "0"):
            yield stream[begin:end + 2]
            begin = at


def is_atom(token):
    return isinstance(token, str) and not isinstance(token, Text)


def atoms(tokens):
    return [token for token in tokens if is_atom(token)] if isinstance(tokens, list) else []


def lists(tokens):
    return [token for token in tokens if isinstance(token, list)]


def item(name):
    """BODY[TEXT]<0> is BODY[."""
    return name[:name.index("[") + 1] if "[" in name else name


def section(name):
    inside = re.match(r"[^\[]*\[(?:[0-9.]*\.)?([A-Za-z.]+)", name)
    return [("section", inside[1])] if inside else []


# --- what a server says ---

def server_words(text):
    """Pairs of kind and word."""
    if text.startswith("+"):
        return [("response", "+")]
    head = re.match(r"(\S+) (?:(\d+) )?(\S+)(?: |\r\n|$)", text)
    if not head:
        return []
    word, rest = head[3].upper(), text[head.end():]
    if word in ("OK", "NO", "BAD", "PREAUTH", "BYE"):
        return [("response", word)] + code_words(rest)
    if head[1] != "*":
        return []
    reader = SERVER_READERS.get(word, lambda tokens: [])
    return [("response", word)] + reader(tree(rest))


def code_words(text):
    found = re.match(r"\[([^\s\]]+)(?: ((?:\"(?:\\.|[^\"\\])*\"|[^\]\"])*))?\]", text)
    if not found:
        return []
    code, rest = found[1].upper(), tree(found[2] or "")
    words = [("code", code), ("code", "<atom>")] + [("code", f"{code} {one}") for one in atoms(rest)[:1]]
    if code == "CAPABILITY":
        words += capability_words(rest)
    if code == "PERMANENTFLAGS" and lists(rest):
        words += [("flag", flag) for flag in atoms(lists(rest)[0])]
    if code in ("BADPARAMETERS", "MISSINGPARAMETERS", "TEMPFAIL"):
        words.append(("conversion error", code))
    if code == "ANNOTATIONS":
        words += [("annotation size", word) for word in atoms(rest)]
    return words


def capability_words(tokens):
    for word in atoms(tokens):
        yield "capability", word
        yield "capability", "<atom>"
        if "=" in word:
            yield "capability", word[:word.index("=") + 1]
        if word.upper().startswith("QUOTA=RES-"):
            yield "capability", "QUOTA=RES-<atom>"


def fetch_words(tokens):
    values = lists(tokens)[-1] if lists(tokens) else []
    for name, value in zip(values, values[1:] + [None]):
        if is_atom(name):  # values that are atoms do no harm: they are no items
            yield from [("item", item(name)), *section(name)]
            if name.upper() == "FLAGS":
                yield from flag_words([value])
            if name.upper() == "ANNOTATION":
                yield from [("annotation", word) for word in annotation_words([value])]
        elif isinstance(name, list):
            yield from [("conversion error", word) for one in [name] for word in atoms(one)]


def annotation_words(tokens):
    """Names of attributes, wherever they stand."""
    stack, out = [tokens], []
    while stack:
        for token in stack.pop():
            if isinstance(token, list):
                stack.append(token)
            elif isinstance(token, str) and re.match(r"(?i)(value|size)(\.|$)", token):
                out.append(token)
    return out


def flag_words(tokens):
    for flag in atoms(lists(tokens)[0]) if lists(tokens) else []:
        yield "flag", flag
        yield "flag", "<flag-extension>" if flag[0] == "\\" else "<atom>"


def list_words(tokens):
    for attribute in atoms(tokens[0]) if tokens else []:
        yield from [("attribute", attribute), ("attribute", "<flag-extension>"), ("attribute", "\\<atom>")]
    for extended in lists(tokens[1:])[:1]:
        yield from [("list data", str(name)) for name in extended[::2] if isinstance(name, str)]


def status_words(tokens):
    for values in lists(tokens)[:1]:
        yield from [("status value", name) for name in atoms(values)]


def search_result_words(tokens):
    rest = list(tokens)
    if rest and isinstance(rest[0], list):
        yield from [("search correlator", name) for name in atoms(rest.pop(0))[:1]]
        yield from [("search correlator", name) for name in atoms(tokens[0])[1:]]
    for name in atoms(rest):
        yield from [("search result", name), ("search result", "<tagged-ext-label>")]
    for inner in lists(rest)[:1]:
        yield from [("search result", name) for name in atoms(inner)[:1]]


def quota_words(tokens):
    for values in lists(tokens)[:1]:
        yield from [("resource", name) for name in atoms(values)[::3]]
        yield from [("resource", "<atom>")] * bool(values)


SERVER_READERS = {
    "CAPABILITY": lambda tokens: list(capability_words(tokens)),
    "FETCH": lambda tokens: list(fetch_words(tokens)), "UIDFETCH": lambda tokens: list(fetch_words(tokens)),
    "CONVERTED": lambda tokens: list(fetch_words(tokens)), "FLAGS": lambda tokens: list(flag_words(tokens)),
    "LIST": lambda tokens: list(list_words(tokens)), "LSUB": lambda tokens: list(list_words(tokens)),
    "XLIST": lambda tokens: list(list_words(tokens)), "STATUS": lambda tokens: list(status_words(tokens)),
    "SEARCH": lambda tokens: list(search_result_words(tokens)), "SORT": lambda tokens: list(search_result_words(tokens)),
    "ESEARCH": lambda tokens: list(search_result_words(tokens)), "QUOTA": lambda tokens: list(quota_words(tokens)),
    "VANISHED": lambda tokens: [("response", "VANISHED (EARLIER)")] * (["EARLIER"] in tokens),
}


# --- what a client says ---

KEY_ARGUMENTS = dict.fromkeys("""BCC BEFORE BODY CC FROM KEYWORD LARGER ON SENTBEFORE SENTON SENTSINCE SINCE SMALLER
    SUBJECT TEXT TO UID UNKEYWORD OLDER YOUNGER SAVEDBEFORE SAVEDON SAVEDSINCE EMAILID THREADID FILTER X-GM-RAW
    X-GM-MSGID X-GM-THRID X-GM-LABELS""".split(), 1) | {"HEADER": 2, "ANNOTATION": 3}


def client_words(text):
    if text.strip().upper() == "DONE":
        return [("command", "DONE")]
    tokens = tree(text)
    if len(tokens) < 2 or not all(is_atom(token) for token in tokens[:2]):
        return []
    name, rest = tokens[1].upper(), tokens[2:]
    words = [("command", "X<atom>")] * name.startswith("X") + [("command", name)]
    if name == "UID" and rest and is_atom(rest[0]):
        name = rest.pop(0).upper()
        words = [("command", "UID " + name)]
    return words + list(CLIENT_READERS.get(name, lambda rest: [])(rest))


def with_label(kind, names):
    for name in names:
        yield from [(kind, name), (kind, "<tagged-ext-label>"), (kind, "<option-extension>")]


def key_words(tokens):
    stack = [list(tokens)]
    while stack:
        rest = stack.pop()
        while rest:
            key = rest.pop(0)
            if isinstance(key, list):
                yield "search key", "("
                stack.append(list(key))
            elif is_atom(key):
                yield "search key", "<sequence-set>" if re.match(r"[\d$*]", key) else key
                if key.upper() == "MODSEQ" and len(rest) > 1 and isinstance(rest[0], Text):
                    yield "modseq type", str(rest[1])
                    del rest[:2]
                if key.upper() == "ANNOTATION":
                    yield from [("annotation", str(word)) for word in rest[1:2] if isinstance(word, str)]
                del rest[:1 if key.upper() == "MODSEQ" else KEY_ARGUMENTS.get(key.upper(), 0)]


def returns(rest):
    if len(rest) > 1 and is_atom(rest[0]) and rest[0].upper() == "RETURN" and isinstance(rest[1], list):
        yield from with_label("search option", atoms(rest[1]))
        del rest[:2]


def search_words(rest):
    yield from returns(rest)
    if rest and is_atom(rest[0]) and rest[0].upper() == "CHARSET":
        del rest[:2]
    yield from key_words(rest)


def sort_words(rest):
    yield from returns(rest)
    yield from [("sort key", key) for key in atoms(rest[0] if rest else [])]
    yield from key_words(rest[2:])


def thread_words(rest):
    yield from [("thread algorithm", name) for name in atoms(rest[:1])] + [("thread algorithm", "<atom>")]
    yield from key_words(rest[2:])


def esearch_words(rest):
    if len(rest) > 1 and rest[0] == "IN" and isinstance(rest[1], list):
        yield from [("search source", "IN")] + [("search source", name) for name in atoms(rest[1])]
        del rest[:2]
    yield from search_words(rest)


def fetch_item_words(rest):
    wanted = rest[1:2]
    names = wanted[0] if wanted and isinstance(wanted[0], list) else wanted
    for name, argument in zip(names, names[1:] + [None]):
        if is_atom(name):
            yield from [("fetch macro" if name.upper() in ("ALL", "FAST", "FULL") else "fetch item", item(name)), *section(name)]
            if isinstance(argument, list):
                yield from [("fetch option", one) for one in atoms(argument)]
                yield from [("annotation", word) for word in annotation_words(argument)]
    if len(rest) > 2:
        yield from with_label("fetch option", atoms(rest[2]))


def store_words(rest):
    if len(rest) > 1 and isinstance(rest[1], list):
        yield from with_label("store option", atoms(rest.pop(1)))
    yield from [("store action", action) for action in atoms(rest[1:2])]
    yield from flag_words(rest[2:3])
    yield from [("annotation", word) for word in annotation_words(rest[2:])]


def list_command_words(rest):
    if rest and isinstance(rest[0], list):
        yield from with_label("list option", atoms(rest[0]))
    for at, token in enumerate(rest):
        if is_atom(token) and token.upper() == "RETURN" and isinstance(rest[at + 1:at + 2], list) and lists(rest[at + 1:]):
            wanted = lists(rest[at + 1:])[0]
            yield from with_label("list return", atoms(wanted))
            yield from [("status item", name) for inner in lists(wanted)[:1] for name in atoms(inner)]


def append_words(rest):
    for at, token in enumerate(rest[1:], 1):
        if isinstance(token, Literal):
            yield "append option", "<literal8>" if token.eight else "<literal>"
        elif is_atom(token):
            yield from [("append option", token), ("append option", "<tagged-ext-label>"), ("append option", "<tagged-ext>")]
            if token.upper() == "CATENATE" and lists(rest[at + 1:at + 2]):
                yield from [("catenate part", part) for part in atoms(rest[at + 1])]
            yield from [("annotation", word) for word in annotation_words(rest[at + 1:at + 2])]
        elif isinstance(token, list) and at == 1:
            yield from flag_words([token])


def everywhere(kind, rest):
    stack = [rest]
    while stack:
        for token in stack.pop():
            if isinstance(token, list):
                stack.append(token)
            elif is_atom(token):
                yield kind, token


def options_of(kind, at=1):
    return lambda rest: with_label(kind, atoms(rest[at])) if len(rest) > at else []


CLIENT_READERS = {
    "SEARCH": search_words, "SORT": sort_words, "THREAD": thread_words, "ESEARCH": esearch_words, "FETCH": fetch_item_words,
    "CONVERT": lambda rest: fetch_item_words(rest[1:]), "STORE": store_words, "LIST": list_command_words, "APPEND": append_words,
    "REPLACE": lambda rest: append_words(rest[1:]), "SELECT": options_of("select option"),
    "EXAMINE": options_of("select option"), "CREATE": options_of("create option"),
    "STATUS": lambda rest: [("status item", name) for name in atoms(rest[-1])] if rest else [],
    "NOTIFY": lambda rest: everywhere("notify", rest), "COMPRESS": lambda rest: [("compression", name) for name in atoms(rest)],
    "GETMETADATA": lambda rest: everywhere("metadata option", lists(rest)[:1]),
}


def self_test():
    assert tree('a (b "c (" {3}\r\n)(x [d (e)] f[g "]"]<0>) h') == ["a", ["b", "c (", ")(x", "[d (e)]", 'f[g "]"]<0>'], "h"]
    assert list(messages("a {3}\r\nb\r\n c\r\nd\r\n")) == ["a {3}\r\nb\r\n c\r\n", "d\r\n"]

    def words(text):
        return set((client_words if text[0] == "C" else server_words)(text[3:] + "\r\n"))
    assert {("item", "BODY["), ("item", "UID"), ("section", "TEXT")} <= words('S: * 1 FETCH (BODY[1.TEXT]<0> "FLAGS (" UID 7)')
    assert ("item", "FLAGS") not in words('S: * 1 FETCH (BODY[] "FLAGS (" UID 7)')
    assert {("code", "BADCHARSET"), ("response", "NO")} <= words("S: A1 NO [BADCHARSET (x)] no")
    assert ("code", "ALERT") not in words("S: A1 NO text [ALERT] no")
    assert {("search key", "FROM"), ("search key", "NOT"), ("search key", "SEEN"), ("search option", "MIN"), ("search key", "("),
            ("search key", "<sequence-set>")} <= words("C: A1 UID SEARCH RETURN (MIN) CHARSET UTF-8 NOT (SEEN 1:2) FROM DRAFT")
    assert ("search key", "DRAFT") not in words("C: A1 SEARCH FROM DRAFT")
    assert {("status item", "UNSEEN"), ("list return", "STATUS")} <= words('C: A LIST "" % RETURN (STATUS (UNSEEN))')
    assert {("append option", "<literal>"), ("flag", "\\Seen")} <= set(client_words("A APPEND x (\\Seen) {1}\r\na\r\n"))
