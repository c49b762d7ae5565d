"""The examples in tests/rfc/rfcNNNN.txt, and the tables about them.  SPDX-License-Identifier: MIT"""
import pathlib, re
from dataclasses import dataclass, field, replace

HERE = pathlib.Path(__file__).resolve().parent
ENTRY = re.compile(r"(\*?)(\d+) ([SC])([:|+])(?: (.*))?$")


def type_of(part):
    return str if isinstance(part, str) else str.encode


@dataclass
class Message:
    """What one side says: a response, a command, a line of IDLE or of AUTHENTICATE."""
    rfc: int
    line: int
    side: str
    parts: list = field(default_factory=list)  # text (str) and literals (bytes) by turns
    own: int = 0  # lines of the RFC with an S: or C: of their own
    numbers: list = field(default_factory=list)
    begins: list = field(default_factory=list)  # the line that each part begins at

    def mended(self, line, text):
        """The same with this text in place of the one that begins at a line."""
        parts = [type_of(part)(text) if begins == line else part for part, begins in zip(self.parts, self.begins)]
        return replace(self, parts=parts)

    def wire(self):
        """As it stands on the wire, each literal with its true size."""
        out = b""
        for part in self.parts:
            if isinstance(part, bytes):
                head = re.sub(rb"\{\d+(\+?)\}$", rb"{%d\1}" % len(part), out)
                out = head + b"\r\n" + part
            else:
                out += part.encode()
        return out + b"\r\n"

    def text(self):
        return self.wire().decode(errors="replace").rstrip("\r\n")


@dataclass
class Example:
    rfc: int
    section: str
    line: int
    messages: list = field(default_factory=list)


def add(example, open_, match):
    """open_: the message of each side that a literal may continue."""
    own, number, side, mark, text = match[1], int(match[2]), match[3], match[4], match[5] or ""
    if mark == ":":
        open_[side] = Message(example.rfc, number, side, [text], begins=[number])
        example.messages.append(open_[side])
    message = open_[side]
    if mark == "|":
        if isinstance(message.parts[-1], bytes):
            message.parts[-1] += b"\r\n" + text.encode()
        else:
            message.parts.append(text.encode())
            message.begins.append(number)
    if mark == "+":
        message.parts.append(text)
        message.begins.append(number)
    message.own += bool(own)
    message.numbers.append(number)


def parse(rfc, text):
    examples, open_ = [], {}
    for line in text.splitlines():
        match = ENTRY.match(line)
        if line.startswith("== "):
            _, section, number = line.split(" ")
            examples.append(Example(rfc, section, int(number)))
        elif match:
            add(examples[-1], open_, match)
    return examples


def read_all(folder=HERE):
    return [example for path in sorted(folder.glob("rfc*.txt"))
            for example in parse(int(path.stem[3:]), path.read_text())]


def table(name):
    """The rows of tests/rfc/NAME.tsv, without remarks."""
    rows = (HERE / f"{name}.tsv").read_text().splitlines()
    return [row.split("\t") for row in rows if row and not row.startswith("#")]


class Foreign:
    """Lines that are no IMAP: RFC, first line, last line, protocol."""

    def __init__(self, rows=None):
        self.rows = [(int(r), int(a), int(b), what) for r, a, b, what in (table("foreign") if rows is None else rows)]

    def protocol(self, message):
        return next((what for rfc, a, b, what in self.rows if rfc == message.rfc and a <= message.line <= b), None)


class Exceptions:
    """Lines that cannot be parsed or sent as they are printed: RFC, line, reason, and perhaps what should stand
    there; then the message is tried with that, and only this line is an exception."""

    def __init__(self, rows=None):
        rows = table("exceptions") if rows is None else rows
        self.rows = {(int(row[0]), int(row[1])): (row[2], row[3] if len(row) > 3 else None) for row in rows}
        self.used = set()

    def line(self, message):
        """The line of the message that is an exception; None: it has none."""
        for number in message.numbers:
            if (message.rfc, number) in self.rows:
                self.used.add((message.rfc, number))
                return number
        return None

    def mended(self, message):
        """The message as it should be; None: it cannot be tried at all."""
        line = self.line(message)
        text = self.rows[message.rfc, line][1] if line else None
        return message if line is None else message.mended(line, text) if text is not None else None


def self_test():
    text = "== 1 3\n*3 S: * 1 FETCH (BODY[] {9}\n*4 S| a\n4 S|\n*5 S+ )\n# x\n*6 C: a LOGIN {2+}\n*7 S: + ok\n*8 C| ab\n8 C+  c\n"
    example, = parse(1, text)
    assert [m.wire() for m in example.messages] == [b"* 1 FETCH (BODY[] {3}\r\na\r\n)\r\n", b"a LOGIN {2+}\r\nab c\r\n", b"+ ok\r\n"]
    assert [m.own for m in example.messages] == [3, 2, 1]
    assert Foreign([("1", "5", "7", "SMTP")]).protocol(example.messages[1]) == "SMTP"
    exceptions = Exceptions([("1", "5", "x", " X)"), ("1", "7", "y")])
    assert exceptions.mended(example.messages[0]).wire() == b"* 1 FETCH (BODY[] {3}\r\na\r\n X)\r\n"
    assert exceptions.mended(example.messages[1]) is example.messages[1] and exceptions.mended(example.messages[2]) is None
