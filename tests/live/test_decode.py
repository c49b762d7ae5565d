#!/usr/bin/python3
"""hark decode: whatever it is given, it prints JSON lines, one for each event, and ends.

SPDX-License-Identifier: MIT
"""
import base64
import concurrent.futures
import functools
import gzip
import json
import os
import re
import subprocess
import unittest

from harness.case import HARK, HARMFUL, TOP, Case


def unescaped(text):
    """As tests/wire_script.c reads the lines of a transcript."""
    known = {b"r": b"\r", b"n": b"\n", b"0": b"\0", b"t": b"\t", b"\\": b"\\"}
    text = re.sub(rb"\\<(\d+)\|([^>]*)>", lambda m: m[2] * int(m[1]), text)
    return re.sub(rb"\\(x..|[rn0t\\])", lambda m: known.get(m[1]) or bytes([int(m[1][1:], 16)]), text)


def blocks():
    folder = os.path.join(TOP, "tests", "wire")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            for block in re.findall(rb"^```imap\n(.*?)^```", file.read(), re.M | re.S):
                lines = re.findall(rb"^S([:~]) (.*)\n", block, re.M)
                data = b"".join(unescaped(line) + (b"\r\n" if end == b":" else b"") for end, line in lines)
                if data:
                    yield data


def decoded(data, *options):
    """Leaks, the search for which takes long, are looked for in the other tests."""
    return subprocess.run([HARK, "decode", *options], input=data, capture_output=True, timeout=60,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})


def text_of(where, name):
    """A text's bytes, however they are printed."""
    return where[name].encode() if name in where else base64.b64decode(where[name + "_base64"])


def at_once(function, inputs):
    """For hundreds of short runs."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return list(pool.map(function, inputs))


@functools.cache
def captures():
    """The server's side of the transcripts: what can be read on is one, then what is cut or fatal."""
    together, others, all_blocks = b"", [], list(blocks())
    for data, done in zip(all_blocks, at_once(decoded, all_blocks)):
        if done.returncode == 0 and data.endswith(b"\n"):
            together += data
        else:
            others.append((data, done))
    return together, others


class Decode(Case):
    def run_decode(self, data, *options):
        return subprocess.run([HARK, "decode", *options], input=data, capture_output=True, timeout=60)

    def decode(self, data, *options, code=0):
        """The events of data, and what was said beside; every line is checked."""
        done = self.run_decode(data, *options)
        self.assertEqual(done.returncode, code, done.stderr)
        text = done.stdout.decode()  # strictly UTF-8
        for line in text.split("\n") + done.stderr.decode().split("\n"):
            self.assertNotRegex(line, HARMFUL)
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def kinds(self, data, *options, code=0):
        return [event["event"] for event in self.decode(data, *options, code=code)]

    def test_every_text_is_harmless(self):  # SEC N-02 N-03 N-06
        """Every character, and every byte that is none, in every place that takes text."""
        texts = [chr(c).encode() for c in range(1, 0x250) if chr(c) not in "\r\n\"\\]"]
        texts += [chr(c).encode() for c in range(0x2000, 0x2070)]
        texts += [chr(c).encode() for c in (0x34f, 0x61c, 0x180e, 0x3164, 0xfeff, 0xfffd, 0xffff, 0x1f600, 0x1d173, 0xe0041, 0x10ffff)]
        texts += [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80", b"a\x80b"]
        for form, name in ((b"* OK x%sy\r\n", "text"), (b"* OK [ALERT] x%sy\r\n", "text"), (b"* OK [X-CODE x%sy] a\r\n", "code_args"),
                           (b'* LIST () "/" {%d}\r\nx%sy\r\n', "wire"), (b"* FROB x%sy\r\n", "bytes"),
                           (b'* 1 FETCH (ENVELOPE (NIL "x%sy" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n', "subject")):
            with self.subTest(form=form):
                data = [form % ((len(text) + 2, text) if b"%d" in form else text) for text in texts]
                events = [event.get("envelope", event) for event in self.decode(b"".join(data))]
                found = [event[name].encode() if event.get(name) else base64.b64decode(event[name + "_base64"])
                         for event in events if event.get(name) or name + "_base64" in event]
                self.assertEqual(len(found), len(texts))
                for text, back in zip(texts, found):
                    self.assertIn(b"x" + text + b"y", back)

    def test_raw_bytes(self):  # SEC N-06
        """NUL, lone surrogates and other bytes of a body come back exactly."""
        body = bytes(range(256)) * 200 + b"\xed\xa0\x80\xe2\x80\xa8" + "grün\0".encode()
        for data in (body, "grün\u2028\0\x7f".encode() * 9000):
            events = self.decode(b"* 1 FETCH (BODY[] {%d}\r\n%s)\r\n" % (len(data), data))
            back = b"".join(e["bytes"].encode() if "bytes" in e else base64.b64decode(e["bytes_base64"])
                            for e in events if e["event"] == "body_data")
            self.assertEqual(back, data)

    def shown(self, word):
        """The events of an answer that has a word in each place of a header that takes text."""
        text = b"{%d}\r\n%s" % (len(word), word)
        data = b'* 1 FETCH (ENVELOPE (NIL %s ((%s NIL %s %s)) NIL NIL NIL NIL NIL NIL NIL) ' \
               b'BODYSTRUCTURE ("text" "plain" ("charset" %s "name*0*" %s) NIL %s "7bit" 1 1 NIL ' \
               b'("attachment" ("filename*" %s)) NIL NIL))\r\n* 7 EXISTS\r\n' % ((text,) * 8)
        done = self.run_decode(data)
        for line in done.stdout.decode().split("\n"):
            self.assertNotRegex(line, HARMFUL)
        self.assertLess(len(done.stdout), 6 * 2 * len(data) + 2000)  # raw and read, a byte as \u001b at most
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual((done.returncode, events[-1]), (0, {"event": "exists", "num": 7}))
        return events

    def test_encoded_words(self):  # SEC F-28
        """Cut, nested, of a charset with any name: shown is what came, harmless, and no longer than it is."""
        words = [b"=?utf-8?q?J=C3=B6rg?=", b"=?utf-8?b?TcO8?= =?", b"=?utf-8?b?TcO", b"=?", b"=?=", b"=??=", b"=????=", b"=?utf-8?x?a?=",
                 b"=?utf-8?q?=?utf-8?q?=3D=3Futf-8=3F?=?=", b"=?utf-8?q?=1B]0;owned=07=E2=80=AE?=", b"=?\x1b[2J?q?a?=",
                 b"=?utf-8*\xe2\x80\xae?b?=80?=", b"=?utf-8?q?\xff=FF=?=", b"utf-8'en'%C3%BC%", b"''", b"utf-8''%1B%5B2J%00", b"%",
                 b"x" * 30_000 + b"''%41", b"=?" + b"x" * 30_000 + b"?q?a?=", b"=?" * 15_000, b"=?utf-8?q?" + b"=C3" * 10_000]
        for word in words:
            with self.subTest(word=word[:60]):
                _, *items, _, _ = self.shown(word)
                envelope, structure = items[0]["envelope"], items[1]["structure"]
                sender, params = envelope["from"][0], structure["params"] + structure["disposition_params"]
                places = [(envelope, "subject"), (sender, "name"), (sender, "mailbox"), (sender, "host"), (structure, "description"),
                          *((param, "value") for param in params)]
                self.assertEqual([text_of(*place) for place in places], [word] * 8)

    def test_encoded_words_too_long(self):  # SEC F-28
        """What no response may be is not kept, and what follows is read."""
        for word in (b"=?" + b"x" * 3_000_000 + b"?q?a?=", b"=?" * 1_000_000, b"utf-8''" + b"%41" * 700_000):
            with self.subTest(word=word[:40]):
                self.assertIn("malformed", [event["event"] for event in self.shown(word)])

    def test_delimiter_that_is_no_text(self):
        (event,) = self.decode(b'* LIST () "\xfe" a\r\n')
        self.assertEqual(base64.b64decode(event["delimiter_base64"]), b"\xfe")

    def test_however_it_is_cut(self):
        data, others = captures()
        self.assertGreater(len(data), 20_000)
        in_bytes = at_once(lambda other: self.run_decode(other[0], "--split", "1"), others)
        for (cut, whole), split in zip(others, in_bytes):
            self.assertIn(whole.returncode, (0, 65), cut)
            self.assertEqual(split.stdout, whole.stdout, cut)
        for strict in ((), ("--strict",)):
            whole = self.run_decode(data, *strict)
            self.assertGreater(len(whole.stdout), 10_000)
            for size in ("1", "2", "7", "65536"):
                self.assertEqual(self.run_decode(data, "--split", size, *strict).stdout, whole.stdout)

    def test_names(self):
        """Events go by the names of hark/event.h and hark/ext/."""
        headers = os.path.join(TOP, "include", "hark")
        known = {"error"}
        for name in ["event.h"] + [os.path.join("ext", name) for name in os.listdir(os.path.join(headers, "ext"))]:
            with open(os.path.join(headers, name), encoding="utf-8") as file:
                known |= {name.lower() for name in re.findall(r"\bHARK_EV_(\w+)", file.read())}
        seen = {event["event"] for event in self.decode(captures()[0])}
        self.assertLessEqual(seen, known)
        self.assertGreater(len(seen), 18)

    def test_odd_inputs(self):
        for data, kinds in ((b"", []), (b"* OK hi\r\n", ["greeting"]), (b"* OK hi\n* 1 EXISTS\n", ["greeting", "exists"]),
                            (b"rest of a literal\r\n)\r\n* 1 EXISTS\r\n", None),
                            (b"A1 LOGIN a b\r\n* 1 EXISTS\r\nA2 NOOP\r\nA2 OK done\r\n", None)):
            with self.subTest(data=data):
                found = self.kinds(data)
                if kinds is None:
                    self.assertIn("exists", found)
                else:
                    self.assertEqual(found, kinds)
        for data in (b"\0" * 1000, b"\x00\xff\r" * 1000, gzip.compress(b"* OK hi\r\n" * 1000), b"\r" * 1000, b"\r\n" * 1000):
            self.assertIn(self.run_decode(data).returncode, (0, 65))

    def test_it_says_that_the_end_is_missing(self):
        for data, cut in ((b"* OK hi", True), (b"* 1 FETCH (BODY[] {100}\r\nabc\r\n", True), (b"* OK hi\r\n", False)):
            with self.subTest(data=data):
                done = self.run_decode(data)
                self.assertEqual(done.returncode, 0)
                self.assertEqual(b"ends in the middle" in done.stderr, cut)

    def test_a_line_of_100_megabytes(self):  # SEC N-05
        """What is kept of it is small, and what follows is read."""
        script = "ulimit -v 400000; (printf '* OK '; head -c 100000000 /dev/zero | tr '\\0' x; " \
                 "printf '\\r\\n* 7 EXISTS\\r\\n') | \"$0\" decode"
        if "asan" in HARK:
            script = script.partition("; ")[2]  # AddressSanitizer reserves terabytes
        done = subprocess.run(["bash", "-c", script, HARK], capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(events[-1], {"event": "exists", "num": 7})
        self.assertLess(len(done.stdout), 1_000_000)

    def test_files(self):
        self.write("good", "* OK hi\r\n")
        self.assertIn("greeting", self.hark("decode", "good").out)
        self.hark("decode", "missing", code=65, says="missing cannot be read: No such file")
        self.hark("decode", self.folder, code=65, says=f"{self.folder} cannot be read: Is a directory")
        self.hark("decode", "\x1b[2J\u202e", code=65, says="cannot be read")

    def test_usage(self):
        for arguments, says in ((("--frob",), "--frob is not an option; see:  hark help decode"), (("--split",), "--split needs a value"),
                                (("--split", "0"), "from 1 to 65536"), (("--split", "7x"), "from 1"), (("--split", "65537"), "from 1"),
                                (("--split", "-1"), "from 1"), (("a", "b"), "one file")):
            with self.subTest(arguments=arguments):
                self.hark("decode", *arguments, code=64, says=says)

    def test_fatal(self):
        events = self.decode(b"* OK hi\r\n* 1 FETCH (BODY[] {99999999999999999999999}\r\n", code=65)
        self.assertEqual((events[0]["event"], events[-1]["event"]), ("greeting", "error"))

    def test_output_cannot_be_written(self):  # SEC J-12
        """An endless input ends with its reader; the exit code says that something is missing."""
        for to in ("| head -1", ">/dev/full", ">&-"):
            with self.subTest(to=to):
                script = f"(yes '* 1 EXISTS' | (\"$0\" decode; echo $? >&2) {to})"
                done = subprocess.run(["bash", "-c", script, HARK], capture_output=True, timeout=20)
                self.assertRegex(done.stderr.decode(), r"^hark: the output cannot be written: [^\n]+\n74\n$")


if __name__ == "__main__":
    unittest.main()
