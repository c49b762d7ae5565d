"""Sample mail of every kind, the same in every run.  SPDX-License-Identifier: MIT"""
import base64
import dataclasses
import random

BIG = 60 * 1000 * 1000


@dataclasses.dataclass
class Sample:
    name: str
    wire: bytes  # as a server is to send it
    flags: tuple = ()
    time: int = 1700000000


def crlf(text):
    return text.replace("\n", "\r\n").encode()


def header(subject, extra="", date="Tue, 14 Nov 2023 22:13:20 +0000"):
    return (f"From: Ada <ada@example.org>\nTo: Bob <bob@example.org>\nDate: {date}\n"
            f"Message-ID: <{subject.lower().replace(' ', '-')}@example.org>\nSubject: {subject}\n{extra}")


def plain(subject, body, extra=""):
    return crlf(header(subject, extra) + "\n" + body)


def encoded(size, seed):
    return base64.encodebytes(random.Random(seed).randbytes(size)).replace(b"\n", b"\r\n")


def part(content_type, body, extra=""):
    return crlf(f"--=_b\nContent-Type: {content_type}\n{extra}\n") + body + b"\r\n"


def multipart(subject, kind, parts):
    head = crlf(header(subject, f"MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=\"=_b\"\n") + "\n")
    return head + b"".join(parts) + b"--=_b--\r\n"


def attachments(subject, size, seed):
    return multipart(subject, "mixed", [
        part("text/plain; charset=utf-8", crlf("Two files for you.\n")),
        part("application/pdf; name=report.pdf", encoded(size, seed),
             "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=report.pdf\n"),
        part("application/octet-stream", encoded(1000, seed + 1),
             "Content-Transfer-Encoding: base64\n"
             "Content-Disposition: attachment; filename*=utf-8''%C3%BCbersicht.bin\n")])


def exactly(size, subject):
    head = plain(subject, "")
    return head + b"x" * (size - len(head) - 2) + b"\r\n"


def of_every_kind(big=BIG):
    text = plain("Plain", "Hello Bob,\n\nthis is a plain message.\n\nAda\n")
    seen, passed = ("\\Seen",), ("\\Seen", "$Forwarded")
    samples = [
        Sample("plain", text, seen),
        Sample("attachments", attachments("Attachments", 200_000, 1), ("\\Seen", "\\Answered")),
        Sample("alternative", multipart("Alternative", "alternative", [
            part("text/plain; charset=iso-8859-1", crlf("Gr=FC=DFe\n"), "Content-Transfer-Encoding: quoted-printable\n"),
            part("text/html; charset=utf-8", crlf("<p>Gr&uuml;&szlig;e</p>\n"))]), ("\\Flagged",)),
        Sample("message in a message", multipart("Forward", "mixed", [part("message/rfc822", text)]), passed),
        Sample("8-bit UTF-8", plain("8 bit", "Grüße, приве́т, 你好, 🙂\n", "Content-Transfer-Encoding: 8bit\n")),
        Sample("8-bit, every byte from 0x80 on", plain("Bytes", "") + bytes(range(128, 256)) + b"\r\n"),
        Sample("control characters", plain("Controls", "") + bytes(b for b in range(1, 32) if b not in b"\r\n") + b"\x7f\r\n"),
        Sample("empty body", plain("Empty", "")),
        Sample("no body, no empty line", crlf(header("Only a header"))),
        Sample("no header", crlf("\nA body that nobody signed.\n")),
        Sample("nothing at all", b""),
        Sample("one byte", b"x"),
        Sample("only line ends", b"\r\n" * 1000),
        Sample("no line end at the end", plain("Unfinished", "the last line has no end")),
        Sample("a line of 1 MB", plain("Long line", "x" * 1_000_000 + "\nand one more\n")),
        Sample("a header line of 100 KB", plain("Long header", "body\n", "References:" + " <r@example.org>" * 6000 + "\n")),
        Sample("200,000 short lines", plain("Short lines", "".join(f"{n % 10}\n" for n in range(200_000)))),
        Sample("encoded header", plain("Encoded", "body\n", "X-Name: =?utf-8?q?J=C3=B6rg?= =?utf-8?b?TcO8bGxlcg==?=\n")),
        Sample("lines that look like mbox", plain("Mbox", "From ada Tue Nov 14\n>From bob\n.\n..\n")),
        Sample("lines that look like IMAP", plain("Protocol", "* BYE\nh1 OK done\n+ go on\n* 1 FETCH (UID 1 BODY[] {5}\n)\n")),
        Sample("bare CR", plain("Bare", "a\rb\r\r c\nd\n")),
        Sample("16 KiB exactly", exactly(16384, "Window")),
        Sample("64 KiB and one", exactly(65537, "Window and one")),
        Sample("every system flag", plain("Flags", "flags\n"), ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")),
        Sample("keywords", plain("Keywords", "keywords\n"), ("urgent", "$MDNSent", "Project-X")),
        Sample("1995", plain("Old", "old\n"), seen, 800000000),
        Sample("1 January 1970", plain("Oldest", "oldest\n"), seen, 86400),
        Sample("2040", plain("Future", "future\n"), (), 2208988800),
        Sample("the same twice", plain("Twin", "twin\n"), seen),
        Sample("the same twice", plain("Twin", "twin\n"), seen),
    ]
    if big:
        samples.insert(20, Sample("big", attachments("Big", big * 3 // 4, 2), seen, 1600000000))
    return samples


def many(count, size):
    """Text that no two messages share, for tests of amounts."""
    noise = encoded(size + 3000, 3)
    line = noise.index(b"\n") + 1
    for n in range(count):
        head = plain(f"Number {n}", "")
        start = n % 30 * line
        body = noise[start:start + max(0, size - len(head) - 2)].rstrip()
        yield Sample("many", head + body + b"\r\n", ("\\Seen",), 1600000000 + n)
