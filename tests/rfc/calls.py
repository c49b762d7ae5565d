"""A client's line as the call of hark that sends it.

Each function here takes a command's arguments and gives the words of a transcript's "call:" line; what no
call can say raises Cannot.  SPDX-License-Identifier: MIT"""
import re
from dataclasses import dataclass, field

COMMANDS = {}
STREAMED = {"APPEND", "REPLACE", "BLURDYBLOOP"}  # their literals come from hark_send_data()
PLAIN, SIGNED_IN, SELECTED = "plain", "signed in", "selected"


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
    searches: int = 0  # that are given before, for CANCELUPDATE to name


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


# --- literals ---

def announced(node):
    """The size of a literal that has no bytes: the server refused it."""
    size = re.fullmatch(rb"\{(\d+)\}", node.value) if node.kind == "atom" else None
    return int(size[1]) if size else None


def literals(args):
    """The bytes of every literal, in order; None of one that was refused."""
    out = []
    for node in args:
        if node.kind == "list":
            out += literals(node.value)
        elif node.is_literal or announced(node) is not None:
            out.append(node.value if node.is_literal else None)
    return out


def by_pieces(args):
    """Through the builder: what the RFC prints, where the call sends it in another form, or not at all."""
    words = []
    for node in args:
        if node.kind == "list":
            words += ["open", *by_pieces(node.value), "close"]
        else:
            words += ["string" if node.kind == "string" else "raw", word(node.value)]
    return words


# --- the tables ---

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
    words = [name.lower() if piece == "NAME" else piece for piece in function(args, bool(line[2]))]
    if words[0] == "cmd":
        words.insert(1, word(f"UID {name}" if line[2] else name))
    given = literals(args) if name in STREAMED else []
    data = [value for value in given if value is not None]
    searches = len(args) if name == "CANCELUPDATE" else 0
    return line[1], Call(words, phase, list(caps), data, len(data) < len(given), searches)


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
    assert words(b'a LIST () "" % RETURN (CHILDREN)') == 'list_extended select EXTENDED reference "" pattern % return CHILDREN'
    assert words(b'a LIST "" (%)') == 'list_extended select PATTERNS reference "" pattern %'
    assert words(b"a LIST (RECURSIVEMATCH SUBSCRIBED) a b").startswith("cmd LIST open raw RECURSIVEMATCH")
    assert words(b'a LIST (REMOTE) "" (a b)') == 'list_extended select REMOTE reference "" pattern a pattern b'
    assert words(b"a EXAMINE x (CONDSTORE)") == "select_condstore examine x"
    assert words(b"a SELECT x (QRESYNC (1 2 3:4 (5 6)))") == "select_qresync select x 1 2 3:4 5 6"
    assert words(b"a THREAD REFERENCES UTF-8 ALL") == "thread REFERENCES UTF-8 key ALL"
    assert words(b'a UID CONVERT 1 ("x/y" ("p" "q")) (BINARY[3]<0.5> UID)') == "convert uid 1 x/y +param p q +2 3 0 5 +1 \"\""
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
