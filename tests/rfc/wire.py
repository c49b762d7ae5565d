#!/usr/bin/env python3
"""tests/rfc/wire.py HARK [-v]: what the transcripts in tests/wire have servers say is made again from its events.

Of every response that strict reading takes, and that hark knows.  SPDX-License-Identifier: MIT"""
import collections, pathlib, re, sys
import examples, render, render_ext, report, server, tokens

WIRE = examples.HERE.parent / "wire"
LONGEST = 20000  # bytes of a message; longer ones test limits
ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|<(\d+)\|([^>]*)>|(.))")
SIMPLE = {"r": "\r", "n": "\n", "0": "\0", "t": "\t", "\\": "\\"}
LITERAL = re.compile(rb"~?\{(\d+)\+?\}\r\n\Z")


class Said:
    """One response of a transcript."""

    def __init__(self, where, wire):
        self.where, self.bytes = where, wire

    def wire(self):
        return self.bytes


def undone(text):
    """Escapes of an "S~" line."""
    def one(match):
        if match[1]:
            return chr(int(match[1], 16))
        return undone(match[3]) * int(match[2]) if match[2] else SIMPLE.get(match[4], match[4])
    return ESCAPE.sub(one, text)


def spoken(text):
    """(title, bytes) of each transcript."""
    for part in text.split("\n## ")[1:]:
        title, _, rest = part.partition("\n")
        said = b""
        for line in rest.splitlines():
            mark, body = line[:2], line[3:]
            if mark == "S:":
                said += body.encode() + b"\r\n"
            elif mark in ("S~", "S+"):
                # \\xNN is a byte, any other character is UTF-8
                said += b"".join(undone(piece).encode("latin-1") if i % 2 else piece.encode()
                                 for i, piece in enumerate(re.split(r"((?:\\(?:x[0-9a-f]{2}|<\d+\|[^>]*>|.))+)", body)))
        yield title.split("  ")[0], said


def messages_of(said):
    """Complete responses, each with its literals."""
    start = at = 0
    while (end := said.find(b"\n", at)) >= 0:
        at = end + 1
        literal = LITERAL.search(said[start:at])
        if literal and not tokens.status(said[start:at]):
            at += int(literal[1])
            continue
        yield said[start:at]
        start = at


def read_all():
    for path in sorted(WIRE.glob("*.md")):
        for title, said in spoken(path.read_text(errors="surrogateescape")):
            for wire in messages_of(said):
                if len(wire) <= LONGEST:
                    yield Said(f"{path.name}: {title}", wire)


def is_clean(events):
    """Whether strict reading took all of it."""
    return bool(events) and not any(ev["event"] in ("unknown", "malformed", "error") for ev in events)


def self_test():
    assert undone("a\\r\\n\\x80\\<3|ab>\\\\") == "a\r\n\x80ababab\\"
    assert list(spoken("# x\n\n## t  RFC\n\n```imap\nS: a\nC: b\nS~ c\\xff\n```\n")) == [("t", b"a\r\nc\xff")]
    assert list(messages_of(b"* A {3}\r\nb\nc)\r\n* OK {3}\r\nrest")) == [b"* A {3}\r\nb\nc)\r\n", b"* OK {3}\r\n"]
    assert not is_clean([]) and is_clean([{"event": "exists"}]) and not is_clean([{"event": "unknown"}])


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    render.KNOWS_ALL = False
    said, count, failed = list(read_all()), collections.Counter(), 0
    for message, events in zip(said, server.decode(sys.argv[1], said, "--strict")):
        if not is_clean(events):
            count["refused"] += 1
            continue
        wrong, again = server.verdict(message, events)
        count["passed"] += not wrong
        if wrong:
            failed += 1
            print(f"{message.where}: {wrong}\n  {message.wire()!r}\n  {again!r}")
    print(f"wire: {count['passed']} of {count['passed'] + failed} responses that strict reading takes; "
          f"{count['refused']} that it does not, or that are not known")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
