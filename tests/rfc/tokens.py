"""IMAP text as tokens: what is equal but for case, spaces and quoting has equal tokens.

SPDX-License-Identifier: MIT"""
import re
from typing import NamedTuple

# A quoted string, a literal, a bracket, an atom: also one as [Gmail], which is no section.
PIECE = re.compile(rb'"((?:\\.|[^"\\])*)"|~?\{(\d+)\+?\}\r\n|(?<![^\s(])(\[[^\s()\[\]"{]+\])(?![^\s)])|([()\[\]])'
                   rb'|([^\s()\[\]"{]+|\{)|\s+')
DATE = re.compile(rb"[ 0](\d-\w{3}-\d{4} \d\d:\d\d:\d\d [-+]\d{4})$")  # date-day-fixed: either fills it
STATUS = re.compile(rb"(\S+ +(?:OK|NO|BAD|BYE|PREAUTH)|\+)(?: +|(?=\r\n)|$)", re.I)


class Token(NamedTuple):
    kind: str  # "(", ")", "[", "]", or "" of a string
    value: bytes = b""
    quoted: bool = False
    astring: bool = False  # whether NIL would be the string of these letters

    def __str__(self):
        return self.kind or ('"%s"' if self.quoted else "%s") % self.value.decode(errors="replace")


def stray(bracket, out):
    """Whether this "]" closes nothing: then it is part of an atom."""
    kinds = [token.kind for token in out]
    return bracket == b"]" and kinds.count("[") <= kinds.count("]")


def tokens(wire):
    out, at, glue = [], 0, False  # glue: this goes on with the last token
    while at < len(wire):
        match = PIECE.match(wire, at)
        if not match:
            raise ValueError(f"no token at byte {at}: {wire[at:at + 20]!r}")
        quoted, size, whole, bracket, atom = match.groups()
        goes_on = bool(out) and wire[at - 1:at] not in b" (" and not out[-1].kind and not out[-1].quoted
        at = match.end()
        if bracket and stray(bracket, out):
            atom, bracket, glue = bracket, None, True
        if atom and glue and goes_on:
            out.append(Token("", out.pop().value + atom))
            continue
        glue = atom == b"]"
        if quoted is not None:
            out.append(Token("", re.sub(rb"\\(.)", rb"\1", quoted), True))
        elif size is not None:
            out.append(Token("", wire[at:at + int(size)], True, match[0].endswith(b"+}\r\n")))
            at += int(size)
        elif bracket:
            out.append(Token(bracket.decode()))
        elif whole or atom:
            out.append(Token("", whole or atom))
    return out


def same(a, b):
    """NIL is not "NIL"; strings that are quoted in both have their case compared, but for INBOX."""
    if a.kind != b.kind:
        return False
    dates = DATE.match(a.value), DATE.match(b.value)
    if all(dates):
        return dates[0][1].upper() == dates[1][1].upper()
    nil = [t.value.upper() == b"NIL" and not t.quoted for t in (a, b)]
    if nil[0] != nil[1] and not a.astring and not b.astring:
        return False
    exact = a.quoted and b.quoted and a.value.upper() != b"INBOX"
    return a.value == b.value if exact else a.value.upper() == b.value.upper()


def status(wire):
    """(head, code, text) of a status response or a continuation; None: it is none."""
    match = STATUS.match(wire)
    if not match:
        return None
    rest = wire[match.end():].strip()
    code = re.match(rb'\[((?:"(?:\\.|[^"\\])*"|[^"\]])*)\]', rest)
    return match[1], code[1] if code else None, rest[code.end():] if code else rest


def equal(a, b):
    parts = status(a), status(b)
    if not parts[0] or not parts[1]:
        return not any(parts) and equal_tokens(a, b)
    (head, code, text), (other_head, other_code, other_text) = parts
    return (equal_tokens(head, other_head) and (code is None) == (other_code is None)
            and equal_tokens(code or b"", other_code or b"") and text.split() == other_text.split())


def equal_tokens(a, b):
    x, y = tokens(a), tokens(b)
    return len(x) == len(y) and all(map(same, x, y))


def self_test():
    assert equal(b'* list  (\\A) "/" x\r\n', b'* LIST (\\a) "/" {1}\r\nx\r\n')
    assert not equal(b'* LIST () NIL x', b'* LIST () "NIL" x') and not equal(b"* A NIL", b'* A ""')
    assert not equal(b'* A "x"', b'* A "X"') and equal(b'* A "x"', b"* A X") and not equal(b"* A 1", b"* A 1 2")
    assert equal(b'* "01-Jan-2015 18:50:53 +0100"', b'* " 1-jan-2015 18:50:53 +0100"') and not equal(b'* " a"', b'* "0a"')
    assert equal(b"* OK [UIDNEXT  5] a  (b", b'* ok ["uidnext" 5] a (b') and not equal(b"* OK [A] b", b"* OK [A] c")
    assert not equal(b"* OK [A] b", b"* OK b") and equal(b"+", b"+ ") and not equal(b"+ a", b"+ b")
    assert equal(b"LIST NIL a]b] ]", b'LIST NIL "a]b]" "]"') and not equal(b"LIST a]b", b'LIST a "]b"')
    assert equal(b"LIST NIL", b"LIST {3+}\r\nNIL") and equal(b"BODY[]<0> a]b", b'BODY[]<0> "a]b"')
    assert equal(b'LIST () "/" [a]', b'LIST () "/" "[a]"') and not equal(b"BODY[1]", b'BODY "[1]"')
    assert equal(b"A BODY[1] x", b"A BODY[ 1 ] x") and equal(b"a OK", b"a OK ")
