"""A client's line as the call of hark that sends it.

Each function here takes a command's arguments and gives the words of a transcript's "call:" line; what no
call can say raises Cannot.  SPDX-License-Identifier: MIT"""
import datetime, re
from dataclasses import dataclass, field

COMMANDS = {}
STREAMED = {"APPEND", "REPLACE", "BLURDYBLOOP"}  # their literals come from hark_send_data()
PLAIN, SIGNED_IN, SELECTED = "plain", "signed in", "selected"
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Cannot(Exception):
    """There is no call for this."""


@dataclass
class Node:
    """An argument: an atom, a string or a list, and its text."""
    kind: str
    value: object
    raw: bytes
    is_literal: bool = False

    def text(self):
        if self.kind == "list":
            raise Cannot("a list where a string is expected")
        return self.value

    def upper(self):
        return self.value.upper().decode() if self.kind == "atom" else ""


@dataclass
class Call:
    words: list
    phase: str = SIGNED_IN
    caps: list = field(default_factory=list)
    data: list = field(default_factory=list)  # what hark_send_data() is given, literal by literal
    unfinished: bool = False  # the last literal is announced, and refused


# --- arguments ---

def quoted(value):
    return b'"' + re.sub(rb'(["\\])', rb"\\\1", value) + b'"'


def atom_end(wire, at):
    """Where an atom ends: brackets in it hold spaces and lists."""
    depth = 0
    while at < len(wire):
        byte = wire[at:at + 1]
        if byte == b"[":
            depth += 1
        if byte == b"]":
            depth = max(depth - 1, 0)
        if not depth and byte in b' ()"\r\n':
            break
        at += 1
    return at


def one(wire, at):
    """The node at this place, and where it ends."""
    start, literal = at, re.match(rb"~?\{(\d+)\+?\}\r\n", wire[at:])
    if wire[at:at + 1] == b"(":
        inner, at = nodes(wire, at + 1)
        return Node("list", inner, b"(" + b" ".join(n.raw for n in inner) + b")"), at + 1
    if literal:
        at += literal.end() + int(literal[1])
        value = wire[start + literal.end():at]
        return Node("string", value, quoted(value), True), at
    string = re.match(rb'"((?:\\.|[^"\\])*)"', wire[at:])
    if string:
        value = re.sub(rb"\\(.)", rb"\1", string[1])
        return Node("string", value, string[0]), at + string.end()
    at = atom_end(wire, at)
    if at == start:
        raise Cannot(f"{wire[at:at + 1].decode()} where an argument is expected")
    return Node("atom", wire[start:at], wire[start:at]), at


def nodes(wire, at=0):
    """Those up to the end, or to the ")" of this list."""
    found = []
    while at < len(wire):
        if wire[at:at + 1] in (b" ", b"\r", b"\n"):
            at += 1
        elif wire[at:at + 1] == b")":
            return found, at
        else:
            node, at = one(wire, at)
            found.append(node)
    return found, at


def word(value):
    """A word of a "call:" line."""
    if isinstance(value, str):
        value = value.encode()
    if re.fullmatch(rb"[A-Za-z0-9_$+*:,.%/@=&~#<>\\-]+", value) and value not in (b"NULL", b"uid"):
        return value.decode()
    escaped = re.sub(rb'["\\\x00-\x1f\x7f]', lambda m: {b'"': b'\\"', b"\\": b"\\\\"}.get(m[0], b"\\x%02x" % m[0][0]), value)
    return '"' + escaped.decode(errors="surrogateescape") + '"'


def nil_or_word(node):
    return "NULL" if node.upper() == "NIL" else word(node.text())


def raw(args):
    return b" ".join(node.raw for node in args)


def need(args, *counts):
    if len(args) not in counts:
        raise Cannot(f"{len(args)} arguments")


def uid_word(uid):
    return ["uid"] * uid


# --- commands ---

def command(*names, phase=SIGNED_IN, caps=()):
    """A function of (args, uid) to the words of the call."""
    def keep(f):
        for name in names:
            COMMANDS[name] = (f, phase, list(caps))
        return f
    return keep


def simple(name, call=None, phase=SIGNED_IN, caps=(), arguments=(0,)):
    """A command whose arguments are strings, in the order of the call's."""
    def translate(args, uid):
        need(args, *arguments)
        return [call or name.lower(), *uid_word(uid), *[word(arg.text()) for arg in args]]
    command(name, phase=phase, caps=caps)(translate)


simple("CAPABILITY")
simple("NOOP")
simple("LOGOUT")
simple("IDLE", caps=["IDLE"])
simple("STARTTLS", phase=PLAIN, caps=["STARTTLS"])
simple("LOGIN", phase=PLAIN, arguments=(2,))
simple("CLOSE", phase=SELECTED)
simple("UNSELECT", phase=SELECTED, caps=["UNSELECT"])
simple("CHECK", phase=SELECTED)
simple("DELETE", arguments=(1,))
simple("SUBSCRIBE", arguments=(1,))
simple("UNSUBSCRIBE", arguments=(1,))
simple("LSUB", arguments=(2,))
simple("RENAME", arguments=(2,))
simple("COPY", phase=SELECTED, arguments=(2,))
simple("MOVE", phase=SELECTED, caps=["MOVE"], arguments=(2,))
simple("NAMESPACE", caps=["NAMESPACE"])
simple("GETQUOTA", caps=["QUOTA"], arguments=(1,))
simple("GETQUOTAROOT", caps=["QUOTA"], arguments=(1,))
simple("SETACL", caps=["ACL"], arguments=(3,))
simple("DELETEACL", caps=["ACL"], arguments=(2,))
simple("GETACL", caps=["ACL"], arguments=(1,))
simple("LISTRIGHTS", caps=["ACL"], arguments=(2,))
simple("MYRIGHTS", caps=["ACL"], arguments=(1,))


@command("EXPUNGE", phase=SELECTED, caps=["UIDPLUS"])
def expunge(args, uid):
    need(args, int(uid))
    return ["expunge", *[word(node.text()) for node in args]]


@command("XPIG-LATIN", "BLURDYBLOOP")
def any_other(args, _):
    """What no module knows goes through the builder."""
    words = ["cmd"]
    for node in args:
        size = announced(node)
        words += ["string", word(node.text())] if size is None else ["stream", str(size)]
    return words


@command("SETQUOTA", caps=["QUOTA", "QUOTASET"])
def setquota(args, _):
    need(args, 2)
    return ["setquota", word(args[0].text()), *[word(node.text()) for node in args[1].value]]


# --- APPEND, REPLACE ---

def announced(node):
    """The size of a literal that has no bytes: the server refused it."""
    size = re.fullmatch(rb"\{(\d+)\}", node.value) if node.kind == "atom" else None
    return int(size[1]) if size else None


def seconds(text):
    """A date-time as the transcript's two words."""
    when = datetime.datetime.strptime(text.decode().strip(), "%d-%b-%Y %H:%M:%S %z")
    return [str(int(when.timestamp())), str(int(when.utcoffset().total_seconds() // 60))]


def literal_size(node):
    if node.is_literal:
        return len(node.value)
    if announced(node) is None:
        raise Cannot("APPEND with " + node.upper())
    return announced(node)


def catenated(parts):
    """URL and TEXT by turns, each with its value."""
    out = ["catenate"]
    for name, value in zip(parts[::2], parts[1::2]):
        if name.upper() == "URL":
            out += ["url", word(value.text())]
        else:
            out += ["text", str(literal_size(value))]
    return out


def message(args):
    """Words of one message, and what is left of args."""
    options, at = [], 0
    if args[at:] and args[at].kind == "list":
        options += ["flags", word(b" ".join(flag.text() for flag in args[at].value))]
        at += 1
    if args[at:] and args[at].kind == "string" and not args[at].is_literal:
        options += ["date", *seconds(args[at].value)]
        at += 1
    if args[at:] and args[at].upper() == "CATENATE" and args[at + 1:]:
        return ["message", "0", *options, *catenated(args[at + 1].value)], args[at + 2:]
    if not args[at:]:
        raise Cannot("APPEND without a message")
    return ["message", str(literal_size(args[at])), *options], args[at + 1:]


def messages(args):
    words = []
    while args:
        one, args = message(args)
        words += one
    return words


def literals(args):
    """The bytes of every literal, in order; None of one that was refused."""
    out = []
    for node in args:
        if node.kind == "list":
            out += literals(node.value)
        elif node.is_literal or announced(node) is not None:
            out.append(node.value if node.is_literal else None)
    return out


@command("APPEND", caps=["MULTIAPPEND", "CATENATE"])
def append(args, _):
    return ["append", word(args[0].text()), *messages(args[1:])]


@command("REPLACE", phase=SELECTED, caps=["REPLACE", "CATENATE"])
def replace(args, uid):
    return ["replace", *uid_word(uid), word(args[0].text()), word(args[1].text()), *messages(args[2:])]


# --- other commands ---

@command("ENABLE", caps=["ENABLE"])
def enable(args, _):
    return ["enable", word(raw(args))]


@command("COMPRESS", caps=["COMPRESS=DEFLATE"])
def compress(args, _):
    need(args, 1)
    return ["compress"]


@command("LANGUAGE", caps=["LANGUAGE"])
def language(args, _):
    return ["language", *[word(node.text()) for node in args]]


@command("COMPARATOR", caps=["I18NLEVEL=2"])
def comparator(args, _):
    return ["comparator", *[word(node.text()) for node in args]]


def entries_of(args):
    need(args, 1)
    return [word(node.text()) for node in (args[0].value if args[0].kind == "list" else args)]


@command("GETMETADATA", caps=["METADATA"])
def getmetadata(args, _):
    options = []
    if args[0].kind == "list":
        depths = {"0": "1", "1": "2", "INFINITY": "3"}  # hark_metadata_depth
        for name, value in zip(args[0].value[::2], args[0].value[1::2]):
            number = value.text().decode().upper()
            options += [name.upper().lower(), number if name.upper() == "MAXSIZE" else depths[number]]
        args = args[1:]
    return ["getmetadata", word(args[0].text()), *options, *entries_of(args[1:])]


@command("SETMETADATA", caps=["METADATA"])
def setmetadata(args, _):
    need(args, 2)
    pairs = args[1].value
    return ["setmetadata", word(args[0].text()),
            *[piece for name, value in zip(pairs[::2], pairs[1::2]) for piece in (word(name.text()), nil_or_word(value))]]


@command("ID", caps=["ID"])
def identity(args, _):
    need(args, 1)
    if args[0].kind != "list":
        return ["id"]
    return ["id", *[word(node.text()) for node in args[0].value]]


@command("AUTHENTICATE", phase=PLAIN)
def authenticate(args, _):
    need(args, 1, 2)
    return ["authenticate", *[word(node.text()) for node in args]]


@command("SELECT", "EXAMINE")
def select(args, _):
    need(args, 1, 2)
    return ["select", word(args[0].text()), *[word(node.raw) for node in args[1:]]]


@command("STATUS")
def status(args, _):
    need(args, 2)
    return ["status", word(args[0].text()), word(args[1].raw)]


@command("CREATE")
def create(args, _):
    need(args, 1, 2)
    if len(args) == 2:
        raise Cannot("CREATE with parameters")
    return ["create", word(args[0].text())]


@command("LIST")
def list_(args, _):
    if args and args[0].kind == "list":
        raise Cannot("LIST with selection options")
    if len(args) < 2:
        raise Cannot(f"{len(args)} arguments")
    if args[1].kind == "list":
        raise Cannot("LIST with several patterns")
    options = [word(raw(args[2:]))] if args[2:] else []
    return ["list", word(args[0].text()), word(args[1].text()), *options]


# --- FETCH, STORE: out of parts where they are lists ---

SECTION = re.compile(r"(BODY|BINARY)(\.PEEK|\.SIZE)?\[(.*)\](?:<(\d+)\.(\d+)>)?$", re.I | re.S)
FIELDS = re.compile(r"(?:([\d.]+)\.)?HEADER\.FIELDS(\.NOT)? *\((.*)\)$", re.I | re.S)


def with_section(match):
    """BODY[...] as a part of hark_fetch_begin()."""
    flags = [match[2][1:].lower()] if match[2] else []
    flags += ["binary"] * (match[1].upper() == "BINARY")
    fields = FIELDS.match(match[3])
    if fields and not match[4]:
        names = [word(node.text()) for node in nodes(fields[3].encode())[0]]
        return ["+headers:" + ",".join(flags + ["not"] * bool(fields[2])), word(fields[1] or ""), *names]
    if fields:
        raise Cannot("a part of header fields")
    return ["+body:" + ",".join(flags), word(match[3]), *([match[4], match[5]] if match[4] else [])]


def item_words(node):
    if node.kind == "list":
        raise Cannot("an item with arguments")
    match = SECTION.match(node.text().decode())
    return with_section(match) if match else ["+item", word(node.raw)]


def modifier_words(args):
    out = []
    while args:
        name = args[0].upper()
        if name == "CHANGEDSINCE":
            out += ["+changed_since", word(args[1].text())]
        elif name == "PARTIAL":
            out += ["+partial", *args[1].text().decode().split(":")]
        elif name == "VANISHED":
            out.append("+vanished")
        else:
            raise Cannot("FETCH with " + name)
        args = args[1 if name == "VANISHED" else 2:]
    return out


def fetch_parts(args):
    parts = [item_words(node) for node in args[1].value]
    modifiers = modifier_words(args[2].value) if args[2:] else []
    return [word(args[0].text()), *[piece for part in parts for piece in part], *modifiers]


@command("FETCH", phase=SELECTED, caps=["CONDSTORE", "QRESYNC", "PARTIAL", "BINARY"])
def fetch(args, uid):
    if len(args) < 2:
        raise Cannot(f"{len(args)} arguments")
    if args[1].kind == "list":
        try:
            return ["fetch_parts", *uid_word(uid), *fetch_parts(args)]
        except Cannot:
            pass
    return ["fetch", *uid_word(uid), word(args[0].text()), word(raw(args[1:]))]


def store_annotations(args, uid):
    """ENTRY ATTRIBUTE VALUE, and + in place of an entry that goes on."""
    words, pairs = ["store_annotations", *uid_word(uid), word(args[0].text())], args[2].value
    for entry, attributes in zip(pairs[::2], pairs[1::2]):
        names, values = attributes.value[::2], attributes.value[1::2]
        for i, (name, value) in enumerate(zip(names, values)):
            words += ["+" if i else word(entry.text()), word(name.text()), nil_or_word(value)]
    return words


@command("STORE", phase=SELECTED, caps=["CONDSTORE", "ANNOTATE-EXPERIMENT-1"])
def store(args, uid):
    action = 2 if args[1].kind == "list" else 1
    if args[action].upper() == "ANNOTATION":
        return store_annotations(args, uid)
    if "FLAGS" not in args[action].upper():
        raise Cannot("STORE of " + args[action].upper())
    if args[action + 1].kind != "list":
        return ["store", *uid_word(uid), word(args[0].text()), word(raw(args[1:action + 1])), word(raw(args[action + 1:]))]
    since = ["+since", word(args[1].value[1].text())] if action == 2 else []
    flags = [word(flag.text()) for flag in args[action + 1].value]
    return ["store_parts", *uid_word(uid), word(args[0].text()), *since, "+action", word(args[action].text()), *flags]


# --- SEARCH ---

TEXTS = set("BCC BODY CC FROM SUBJECT TEXT TO".split())
ATOMS = set("KEYWORD UNKEYWORD FILTER EMAILID THREADID".split())
DATES = set("BEFORE ON SINCE SENTBEFORE SENTON SENTSINCE SAVEDBEFORE SAVEDON SAVEDSINCE".split())
NUMBERS = set("LARGER SMALLER OLDER YOUNGER MODSEQ".split())
FLAGS = set("""ALL ANSWERED DELETED DRAFT FLAGGED NEW OLD RECENT SEEN UNANSWERED UNDELETED UNDRAFT UNFLAGGED UNSEEN
SAVEDATESUPPORTED""".split())


def date(node):
    day = re.fullmatch(rb"(\d{1,2})-(\w{3})-(\d{4})", node.text())
    if not day:
        raise Cannot("a date")
    return [day[3].decode(), str(MONTHS.index(day[2].decode().capitalize()) + 1), str(int(day[1]))]


def key(args):
    """Words of the first key, and how many nodes it took."""
    if not args:
        raise Cannot("a search key is missing")
    node, name = args[0], args[0].upper()
    if node.kind == "list":
        return ["open", *keys(node.value), "close"], 1
    if name in ("OR", "NOT", "FUZZY"):
        return [name.lower()], 1
    if name in FLAGS:
        return ["key", word(node.raw)], 1
    if re.fullmatch(r"[\d*:,]+|\$", name):
        return ["set", word(node.raw)], 1
    return key_with_value(name, args)


def key_with_value(name, args):
    if len(args) < 2:
        raise Cannot(f"search key {name}")
    value = args[1]
    if name == "UID":
        return ["uidset", word(value.text())], 2
    if name == "HEADER":
        return ["header", word(value.text()), word(args[2].text())], 3
    if name in DATES:
        return ["date", name, *date(value)], 2
    if name in NUMBERS and value.text().isdigit():
        return ["number", name, word(value.text())], 2
    if name == "MODSEQ":
        return ["modseq", *[word(node.text()) for node in args[1:4]]], 4
    if name in ATOMS:
        return ["atom", name, word(value.text())], 2
    if name in TEXTS:
        return ["text", name, word(value.text())], 2
    raise Cannot(f"search key {name}")


def keys(args):
    out, at = [], 0
    while at < len(args):
        words, took = key(args[at:])
        out += words
        at += took
    return out


def without_charset(args):
    """hark names the charset itself, where a text is not ASCII."""
    if args[1].upper() != "UTF-8" or all(node.value.isascii() for node in args if node.kind == "string"):
        raise Cannot("SEARCH with CHARSET")
    return args[2:]


@command("SEARCH", phase=SELECTED, caps=["ESEARCH", "SEARCHRES", "WITHIN", "CONDSTORE", "ANNOTATE-EXPERIMENT-1"])
def search(args, uid):
    returns = "NULL"
    if args and args[0].upper() == "RETURN":
        returns, args = word(args[1].raw), args[2:]
    if args and args[0].upper() == "ANNOTATION":
        need(args, 4)
        return ["search_annotation", *uid_word(uid), *[word(node.text()) for node in args[1:]]]
    if args and args[0].upper() == "CHARSET":
        args = without_charset(args)
    return ["search", *uid_word(uid), returns, *keys(args)]


# --- a whole line ---

def translate(wire):
    """(tag, Call) of a command."""
    line = re.match(rb"(\S+) +(?:(UID) +)?(\S+)", wire, re.I)
    if not line:
        raise Cannot("no command")
    name = line[3].decode(errors="replace").upper()
    if name not in COMMANDS:
        raise Cannot(f"no call for {name}")
    function, phase, caps = COMMANDS[name]
    args, end = nodes(wire, line.end())
    if end < len(wire.rstrip()):
        raise Cannot("text behind the command")
    words = function(args, bool(line[2]))
    if words[0] == "select":
        words[0] = name.lower()
    if words[0] == "cmd":
        words.insert(1, name)
    given = literals(args) if name in STREAMED else []
    data = [value for value in given if value is not None]
    return line[1], Call(words, phase, list(caps), data, len(data) < len(given))


def self_test():
    def words(line):
        return " ".join(translate(line)[1].words)
    assert words(b'a login "b c" {1}\r\nd') == 'login "b c" d'
    assert words(b"a FETCH 1 BODY[]<0.5>") == 'fetch 1 "BODY[]<0.5>"'
    assert words(b"a UID FETCH 1:* (FLAGS BODY.PEEK[1.HEADER.FIELDS (A \"b\")] BODY[]<0.5>) (CHANGEDSINCE 5 VANISHED)") == \
        'fetch_parts uid 1:* +item FLAGS +headers:peek 1 A b +body: "" 0 5 +changed_since 5 +vanished'
    assert words(b"a STORE 1 (UNCHANGEDSINCE 7) +FLAGS (\\Seen x)") == "store_parts 1 +since 7 +action +FLAGS \\Seen x"
    assert words(b"a SEARCH OR NOT SEEN (FROM x 1:2) ON 1-Feb-1994") == \
        "search NULL or not key SEEN open text FROM x set 1:2 close date ON 1994 2 1"
    assert words(b'a LIST "" % RETURN (CHILDREN)') == 'list "" % "RETURN (CHILDREN)"'
    assert words(b"a EXAMINE x (CONDSTORE)") == 'examine x "(CONDSTORE)"'
    call = translate(b'a APPEND x (\\Seen) " 7-Feb-1994 22:43:04 -0800" {2+}\r\nab (\\Deleted) {5}')[1]
    assert call.words == ["append", "x", "message", "2", "flags", "\\Seen", "date", "760689784", "-480",
                          "message", "5", "flags", "\\Deleted"] and call.data == [b"ab"] and call.unfinished
    assert words(b'a APPEND x CATENATE (URL "/y" TEXT {1}\r\nz)') == "append x message 0 catenate url /y text 1"
    assert word(b'a"\\\r') == '"a\\"\\\\\\x0d"' and word(b"NULL") == '"NULL"'
    for bad in (b"a XPIG", b"a LOGIN x", b"a NOOP )", b"a SEARCH FOO"):
        try:
            translate(bad)
        except Cannot:
            continue
        raise AssertionError(bad)
