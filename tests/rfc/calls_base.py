"""The commands of RFC 3501 and RFC 9051 as calls, and what SEARCH and FETCH have got since.

SPDX-License-Identifier: MIT"""
import datetime, re
from calls import PLAIN, SELECTED, Cannot, announced, by_pieces, command, need, nil_or_word, nodes, raw, simple, uid_word, word

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

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
simple("COPY", phase=SELECTED, caps=["SEARCHRES"], arguments=(2,))
simple("MOVE", phase=SELECTED, caps=["MOVE"], arguments=(2,))


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


@command("AUTHENTICATE", phase=PLAIN)
def authenticate(args, _):
    need(args, 1, 2)
    return ["authenticate", *[word(node.text()) for node in args]]


def as_known(known):
    """uidvalidity modseq [uids [(numbers uids)]] of QRESYNC."""
    uids = known[2] if known[2:] and known[2].kind != "list" else None
    sample = known[-1].value if known[-1].kind == "list" else []
    words = [word(known[0].text()), word(known[1].text()), word(uids.text()) if uids else "NULL"]
    return words + [word(node.text()) for node in sample]


@command("SELECT", "EXAMINE", caps=["CONDSTORE", "QRESYNC", "ENABLE"])
def select(args, _):
    need(args, 1, 2)
    options = args[1].value if args[1:] else []
    mailbox = word(args[0].text())
    if [node.upper() for node in options] == ["CONDSTORE"]:
        return ["select_condstore", "NAME", mailbox]
    if len(options) == 2 and options[0].upper() == "QRESYNC":
        return ["select_qresync", "NAME", mailbox, *as_known(options[1].value)]
    return ["NAME", mailbox, *[word(node.raw) for node in args[1:]]]


@command("STATUS")
def status(args, _):
    need(args, 2)
    return ["status", word(args[0].text()), word(args[1].raw)]


@command("CREATE", caps=["CREATE-SPECIAL-USE"])
def create(args, _):
    need(args, 1, 2)
    if len(args) == 1:
        return ["create", word(args[0].text())]
    if args[1].value[0].upper() != "USE":
        raise Cannot("CREATE with parameters")
    return ["create", word(args[0].text()), word(b" ".join(use.text() for use in args[1].value[1].value))]


def returned(options):
    """RETURN (CHILDREN STATUS (MESSAGES)) as pieces of list_extended."""
    out, at = [], 0
    while at < len(options):
        name = options[at].upper()
        if name == "STATUS":
            out += ["status", word(b" ".join(one.text() for one in options[at + 1].value))]
            at += 1
        elif name == "METADATA":
            out += [piece for one in options[at + 1].value for piece in ("metadata", word(one.text()))]
            at += 1
        else:
            out += ["return", word(name)]
        at += 1
    return out


ORDER = ["REMOTE", "SUBSCRIBED", "RECURSIVEMATCH", "SPECIAL-USE"]  # in which hark_list_extended() puts them


@command("LIST", caps=["LIST-EXTENDED", "LIST-STATUS", "LIST-MYRIGHTS", "SPECIAL-USE"])
def list_(args, _):
    selected, rest = (args[0].value, args[1:]) if args and args[0].kind == "list" else (None, args)
    if len(rest) < 2:
        raise Cannot(f"{len(rest)} arguments")
    patterns = rest[1].value if rest[1].kind == "list" else [rest[1]]
    names = [one.upper() for one in selected or []]
    if names != sorted(names, key=ORDER.index):
        return ["cmd", *by_pieces(args)]
    if selected == []:
        names = ["EXTENDED"]
    if rest[1].kind == "list" and len(patterns) == 1:
        names.append("PATTERNS")
    if selected is None and not names and len(patterns) == 1 and not rest[2:]:
        return ["list", word(rest[0].text()), word(rest[1].text())]
    words = [piece for name in names for piece in ("select", name)]
    words += ["reference", word(rest[0].text())] + [piece for one in patterns for piece in ("pattern", word(one.text()))]
    return ["list_extended", *words, *(returned(rest[3].value) if rest[2:] else [])]


# --- APPEND, REPLACE ---

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


@command("APPEND", caps=["MULTIAPPEND", "CATENATE", "ANNOTATE-EXPERIMENT-1"])
def append(args, _):
    if args[1:] and args[1].upper() == "ANNOTATION":
        need(args, 4)
        return ["append_annotations", word(args[0].text()), str(literal_size(args[3])), "NULL", *annotations(args[2].value)]
    return ["append", word(args[0].text()), *messages(args[1:])]


@command("REPLACE", phase=SELECTED, caps=["REPLACE", "CATENATE"])
def replace(args, uid):
    return ["replace", *uid_word(uid), word(args[0].text()), word(args[1].text()), *messages(args[2:])]


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


@command("FETCH", phase=SELECTED, caps=["CONDSTORE", "QRESYNC", "PARTIAL", "BINARY", "SEARCHRES"])
def fetch(args, uid):
    if len(args) < 2:
        raise Cannot(f"{len(args)} arguments")
    if args[1].kind == "list":
        try:
            return ["fetch_parts", *uid_word(uid), *fetch_parts(args)]
        except Cannot:
            pass
    return ["fetch", *uid_word(uid), word(args[0].text()), word(raw(args[1:]))]


def annotations(pairs):
    """ENTRY ATTRIBUTE VALUE, and + in place of an entry that goes on."""
    words = []
    for entry, attributes in zip(pairs[::2], pairs[1::2]):
        names, values = attributes.value[::2], attributes.value[1::2]
        for i, (name, value) in enumerate(zip(names, values)):
            words += ["+" if i else word(entry.text()), word(name.text()), nil_or_word(value)]
    return words


@command("STORE", phase=SELECTED, caps=["CONDSTORE", "SEARCHRES", "ANNOTATE-EXPERIMENT-1"])
def store(args, uid):
    action = 2 if args[1].kind == "list" else 1
    if args[action].upper() == "ANNOTATION":
        return ["store_annotations", *uid_word(uid), word(args[0].text()), *annotations(args[2].value)]
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


def is_utf8(args):
    """hark names the charset itself, where a text is not ASCII."""
    return args[1].upper() == "UTF-8" and not all(node.value.isascii() for node in args if node.kind == "string")


def without_returns(args):
    if args and args[0].upper() == "RETURN":
        return word(args[1].raw), args[2:]
    return "NULL", args


@command("SORT", phase=SELECTED, caps=["SORT", "ESORT", "CONTEXT=SORT", "CONDSTORE", "SEARCH=FUZZY"])
def sort(args, uid):
    returns, args = without_returns(args)
    if args[0].kind != "list":
        return ["cmd", "raw", "RETURN", "raw", returns, *by_pieces(args)]
    return ["sort", *uid_word(uid), word(args[0].raw), word(args[1].text()), returns, *keys(args[2:])]


@command("THREAD", phase=SELECTED, caps=["THREAD=REFERENCES", "THREAD=ORDEREDSUBJECT"])
def thread(args, uid):
    return ["thread", *uid_word(uid), word(args[0].text()), word(args[1].text()), *keys(args[2:])]


@command("SEARCH", phase=SELECTED, caps=["ESEARCH", "SEARCHRES", "WITHIN", "CONDSTORE", "FILTERS", "PARTIAL",
                                         "CONTEXT=SEARCH", "SEARCH=FUZZY", "OBJECTID", "SAVEDATE", "ANNOTATE-EXPERIMENT-1"])
def search(args, uid):
    returns, args = without_returns(args)
    if args and args[0].upper() == "ANNOTATION":
        need(args, 4)
        return ["search_annotation", *uid_word(uid), *[word(node.text()) for node in args[1:]]]
    charset = []
    if args and args[0].upper() == "CHARSET":
        charset, args = [] if is_utf8(args) else ["charset", word(args[1].text())], args[2:]
    return ["search", *uid_word(uid), returns, *charset, *keys(args)]
