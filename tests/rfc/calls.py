"""A client's line as the call of hark that sends it.

Each function here takes a command's arguments and gives the words of a transcript's "call:" line; what no
call can say raises Cannot.  SPDX-License-Identifier: MIT"""
import re
from dataclasses import dataclass, field

COMMANDS = {}
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
    code: str = ""  # what the answer to SELECT says


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
        return Node("string", value, quoted(value)), at
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
    return ["cmd", *[piece for node in args for piece in ("string", word(node.text()))]]


@command("SETQUOTA", caps=["QUOTA", "QUOTASET"])
def setquota(args, _):
    need(args, 2)
    return ["setquota", word(args[0].text()), *[word(node.text()) for node in args[1].value]]


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


@command("FETCH", phase=SELECTED, caps=["CONDSTORE"])
def fetch(args, uid):
    if len(args) < 2:
        raise Cannot(f"{len(args)} arguments")
    return ["fetch", *uid_word(uid), word(args[0].text()), word(raw(args[1:]))]


@command("STORE", phase=SELECTED, caps=["CONDSTORE"])
def store(args, uid):
    action = 2 if args[1].kind == "list" else 1
    if "FLAGS" not in args[action].upper():
        raise Cannot("STORE of " + args[action].upper())
    return ["store", *uid_word(uid), word(args[0].text()), word(raw(args[1:action + 1])), word(raw(args[action + 1:]))]


# --- SEARCH ---

TEXTS = set("BCC BODY CC FROM SUBJECT TEXT TO KEYWORD UNKEYWORD FILTER EMAILID THREADID".split())
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
    if name in ("OR", "NOT"):
        return [name.lower()], 1
    if name == "FUZZY":
        return ["key", "FUZZY"], 1
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
        return ["key", word(raw(args[:4]))], 4
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


@command("SEARCH", phase=SELECTED, caps=["ESEARCH", "SEARCHRES", "WITHIN", "CONDSTORE"])
def search(args, uid):
    returns = "NULL"
    if args and args[0].upper() == "RETURN":
        returns, args = word(args[1].raw), args[2:]
    if args and args[0].upper() == "CHARSET":
        raise Cannot("SEARCH with CHARSET")
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
    return line[1], Call(words, phase, caps)


def self_test():
    def words(line):
        return " ".join(translate(line)[1].words)
    assert words(b'a login "b c" {1}\r\nd') == 'login "b c" d'
    assert words(b"a UID FETCH 1:* (FLAGS BODY[HEADER.FIELDS (A B)])") == 'fetch uid 1:* "(FLAGS BODY[HEADER.FIELDS (A B)])"'
    assert words(b"a SEARCH OR NOT SEEN (FROM x 1:2) ON 1-Feb-1994") == \
        "search NULL or not key SEEN open text FROM x set 1:2 close date ON 1994 2 1"
    assert words(b'a LIST "" % RETURN (CHILDREN)') == 'list "" % "RETURN (CHILDREN)"'
    assert words(b"a EXAMINE x (CONDSTORE)") == 'examine x "(CONDSTORE)"'
    assert word(b'a"\\\r') == '"a\\"\\\\\\x0d"' and word(b"NULL") == '"NULL"'
    for bad in (b"a XPIG", b"a LOGIN x", b"a NOOP )", b"a SEARCH FOO"):
        try:
            translate(bad)
        except Cannot:
            continue
        raise AssertionError(bad)
