#!/usr/bin/python3
"""Whatever a text says and wherever it comes from, it is shown in one harmless line.

SPDX-License-Identifier: MIT
"""
import base64
import json
import os
import pty
import signal
import unittest

from harness import hostile
from harness.case import HARK, HARMFUL, Hark, manifest_of
from harness.hostile_case import HostileCase

FORGED = "hark: forged line"
# A screen cleared, a title set, the clipboard filled (OSC 52), C1, bidirectional and invisible characters.
EVIL = "\x1b[2J\x1b]0;x\x07\x1b]52;c;eA==\x07\u009b31m\u202e\u2066\u200b\u2028\u2029\ufeff\u3164\U000e0041\x7f"
TYPED = EVIL.translate(dict.fromkeys([*range(32), 0x7f, *b"[];="]))  # what an address may have
RAW = b"\xff\x9b31m\xed\xa0\x80\xc0\x80 raw"


class Talks(hostile.Honest):
    """Says what it is told to, in every text of the way."""

    text = EVIL.encode()

    def greet(self, peer):
        peer.raw(b"* OK [CAPABILITY %s] %s\r\n" % (self.capabilities.encode(), self.text))
        peer.raw(b"* OK [ALERT] %s\r\n" % self.text)

    def do_examine(self, peer, tag, rest):
        peer.raw(b"* OK [ALERT] %s\r\n* NO [X-%s] %s\r\n* FROB %s\r\n* LIST () \"/\" \"%s\"\r\n" % ((self.text.replace(b"]", b"|"),) * 5))
        super().do_examine(peer, tag, rest)


class Raw(Talks):
    """Says bytes that are no text."""

    text = RAW


class Stuck(Talks):
    """Will not give one message, and says why."""

    def do_fetch(self, peer, tag, rest):
        if 3 not in self.chosen(rest.partition(" ")[0]):
            return super().do_fetch(peer, tag, rest)
        return peer.raw(tag.encode() + b" NO [SERVERBUG] %s\r\n" % self.text)


class Refuses(Talks):
    """Has no such mailbox, and says why."""

    def do_examine(self, peer, tag, rest):
        peer.raw(tag.encode() + b" NO [NONEXISTENT] %s\r\n" % self.text)


class RawStuck(Stuck):
    """Says why in bytes that are no text."""

    text = RAW


class Long(Talks):
    """Has much to say."""

    text = b"x" * 7000 + EVIL.encode()


class Output(HostileCase):
    def lines_of(self, said, code):
        """Standard error, where each line is harmless and is one of ours."""
        self.assertEqual(said.code, code, said.err)
        for line in said.out.splitlines() + said.err.splitlines():
            self.assertNotRegex(line, HARMFUL)
        for line in said.err.split("\n")[:-1]:
            self.assertRegex(line, r"\A(hark: |[SC-][:-] )")
        return said.err.split("\n")[:-1]

    def test_server(self):  # SEC N-01 N-02
        for kind, code in ((Talks, 0), (Raw, 0), (Stuck, 75), (RawStuck, 75), (Refuses, 69), (hostile.RefusesSignIn, 77),
                           (hostile.Bye, 69)):
            for options in ((), ("--json",), ("--debug", "--verbose")):
                with self.subTest(kind=kind.__name__, options=options):
                    self.setUp()
                    server = self.serve(kind)
                    said = self.start("pull", self.address(server), *options).wait()
                    lines = self.lines_of(said, code)
                    if options[:1] != ("--json",):
                        self.assertRegex("\n".join(lines), r"\\x1B\[2J.*\\u\{9B\}|\\xFF\\x9B31m|x1B|u\{202E\}")

    def test_json(self):  # SEC N-06
        """A text comes back exactly; where it is no text, its bytes stand beside."""
        for kind, text in ((Talks, EVIL), (Stuck, EVIL), (Raw, None), (RawStuck, None)):
            with self.subTest(kind=kind.__name__):
                self.setUp()
                server = self.serve(kind)
                said = self.start("pull", self.address(server), "--json").wait()
                events = [json.loads(line) for line in said.out.splitlines()]
                about = [event for event in events if event["event"] in ("alert", "stuck")]
                self.assertGreater(len(about), 0)
                for event in about:
                    if text is None:
                        self.assertEqual(base64.b64decode(event["text_base64"]), RAW)
                        self.assertIn("\\xFF", event["text"])
                    else:
                        self.assertEqual(event["text"].replace("|", "]"), text)
                if kind in (Stuck, RawStuck):
                    self.assertEqual([event["uid"] for event in about if event["event"] == "stuck"], [3])

    def test_long(self):  # SEC N-05
        server = self.serve(Long)
        said = self.start("pull", self.address(server), "--debug").wait()
        lines = self.lines_of(said, 0)
        self.assertLess(max(map(len, lines)), 2100)
        self.assertTrue(any(line.startswith("S: ") and line.endswith("...") for line in lines))
        self.assertTrue(any(line.startswith("hark: ") and line.endswith('..."') for line in lines))

    def test_one_event_is_one_line(self):  # SEC N-03
        class Forges(Talks):
            """Has line ends of many kinds in what it says."""

            text = f"a\r{FORGED}\u2028{FORGED}\u0085{FORGED}\x0b{FORGED}\x0c{FORGED}".encode()

        server = self.serve(Forges)
        said = self.start("pull", self.address(server), "--debug", "--verbose").wait()
        lines = self.lines_of(said, 0)
        self.assertIn(FORGED, said.err)
        for line in "\n".join(lines).splitlines():  # by all that Unicode takes for a line end
            self.assertFalse(line.startswith(FORGED), line)

    def test_address(self):  # SEC N-01 N-02
        server = self.serve(Refuses)
        url = f"imaps://u{TYPED}@127.0.0.1:{server.port}/box{TYPED}"
        for options in ((), ("--json",), ("--debug", "--verbose")):
            with self.subTest(options=options):
                self.lines_of(self.start("pull", url, *options).wait(), 69)
        self.lines_of(self.start("pull", f"imaps://test@127.0.0.1:{server.port}/box{TYPED}").wait(), 69)
        for url in (EVIL, "imaps://" + EVIL, f"imaps://a@{EVIL}/", f"imaps://a@b/{EVIL}", f"imaps://{TYPED}"):
            with self.subTest(url=url):
                said = self.start("pull", url).wait()
                self.assertIn(said.code, (64, 68))
                self.lines_of(said, said.code)

    def test_prompt(self):  # SEC N-01
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(HARK, [HARK, "pull", "--maildir", self.maildir, f"imaps://u{TYPED}@localhost:9/"])
        said = b""
        while b": " not in said:
            said += os.read(terminal, 1000)
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        os.close(terminal)
        self.assertIn(b"\\u{9B}31m\\u{202E}", said)
        self.assertNotRegex(said.decode(), HARMFUL)

    def test_paths(self):  # SEC N-01
        url = f"imaps://test@127.0.0.1:{self.serve(hostile.Honest).port}/"
        path = os.path.join(self.folder, EVIL, EVIL)
        for options, code in (((f"--config={path}",), 78), ((f"--password-file={path}",), 78), ((f"--ca-file={path}",), 78),
                              ((f"--state={path}",), 73),
                              ((f"--maildir={path}",), 73), ((f"--password-command=: '{EVIL}'; exit 3",), 78), ((f"--{EVIL}",), 64),
                              ((f"--pin={EVIL}",), 78), ((f"--eol={EVIL}",), 64), ((f"--batch={EVIL}",), 64)):
            for more in ((), ("--json",)):
                with self.subTest(options=options, more=more):
                    self.lines_of(self.start("pull", url, *options, *more).wait(), code)

    def test_configuration(self):  # SEC N-01
        for text in (f"[a]\n{TYPED} = 1\n", f"[a]\nurl = {TYPED}\n", f"[{TYPED}]\nurl = x\n", f"{TYPED}\n", f"[a]\neol = {TYPED}\n",
                     f"[a]\n{EVIL} = 1\n", f"[{TYPED}]\nmaildir = x\n"):
            with self.subTest(text=text):
                self.write("hark.conf", text)
                self.lines_of(Hark(self.folder, ["pull", "--config", "hark.conf"]).wait(), 78)

    def test_all_of_it_is_there(self):
        """What is said does not disturb what is done."""
        server = self.serve(Talks)
        self.pull(self.address(server), "--debug", "--json")
        self.verify(manifest_of(server.script.messages))


if __name__ == "__main__":
    unittest.main()
