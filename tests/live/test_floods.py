#!/usr/bin/python3
"""Servers that say too much, or what they say in odd ways: nothing grows, nothing is lost or twice.

SPDX-License-Identifier: MIT
"""
import concurrent.futures
import dataclasses
import itertools
import os
import re
import resource
import signal
import time
import unittest

from harness import hostile
from harness.case import MEMORY_MOST, SANITIZED, memory_of
from harness.hostile_case import HostileCase
from harness.samples import Sample, plain

GROWTH_MOST = 3 << 10  # KiB, in the second half of a flood
ADDRESSES_MOST = 128 << 20  # of memory, libraries and the stacks of threads among it
SECONDS = float(os.environ.get("HARK_FLOOD_SECONDS", "0.5"))  # of each flood: 550 are an hour in all
FLOODS = (b"* OK Still here\r\n", b"+ go on\r\n", b"* 4000000000 EXISTS\r\n", b"* 1 EXPUNGE\r\n", b"* CAPABILITY IMAP4rev1 X\r\n",
          b"* SEARCH 1 2 3\r\n", b"* 1 FETCH (FLAGS ())\r\n", b"* 1 FETCH (UID 900 FLAGS (\\Seen))\r\n", b"1 2 3 ", b"\r\n", b"\0",
          b"* 1 FETCH (UID 900 BODY[] {60000}\r\n" + b"x" * 60000 + b")\r\n", b"* X {60000}\r\n" + b"x" * 60000 + b"\r\n")
DATE = re.compile('INTERNALDATE "[^"]*"')
FLAGS = re.compile(r"FLAGS \([^)]*\)")
SIZE = re.compile(r"RFC822.SIZE \d+")


class Floods(HostileCase):
    def flooded(self, place, say, maildir):
        """The memory by the middle and by the end, and what was said, of a run that is ended within a flood."""
        server = self.serve(hostile.Floods)
        server.script.place, server.script.say = place, say
        run = self.start("pull", self.address(server), "--maildir", maildir)
        if not SANITIZED:
            resource.prlimit(run.process.pid, resource.RLIMIT_AS, (ADDRESSES_MOST, ADDRESSES_MOST))
        self.until(lambda: server.script.begun or run.process.poll() is not None, "a flood")
        begin, middle, memory = time.monotonic(), 0, 0
        while time.monotonic() < begin + SECONDS and run.process.poll() is None:
            memory = max(memory, memory_of(run.process.pid))
            if not middle and time.monotonic() >= begin + SECONDS / 2:
                middle = memory
            time.sleep(0.02)
        said = run.end() if run.process.poll() is None else dataclasses.replace(run.wait(), seconds=0)
        return middle or memory, memory, said

    def test_nothing_grows(self):  # SEC G-13
        """And a signal still ends it."""
        places = itertools.cycle((("sign-in", "FETCH"), ("EXAMINE", "SEARCH")))
        trials = [(place, say) for say, two in zip(FLOODS, places) for place in two]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            runs = [pool.submit(self.flooded, *trial, f"{self.maildir} {number}") for number, trial in enumerate(trials)]
        for trial, run in zip(trials, runs):
            with self.subTest(place=trial[0], say=trial[1][:40]):
                middle, memory, said = run.result()
                self.assertIn(said.code, (69, 75, 76, -signal.SIGINT), said.err)  # the last: it was ending already
                self.assertNotIn("Sanitizer", said.err)
                self.assertLess(said.seconds, 3)
                if not SANITIZED:
                    self.assertLess(memory, MEMORY_MOST)
                    self.assertLess(memory - middle, GROWTH_MOST)


class OddAnswers(HostileCase):
    def bodies(self, script):
        """How often each message is here, whatever its name says."""
        delivered = self.delivered()
        return [delivered.count(sample.wire.replace(b"\r\n", b"\n")) for sample in script.messages.values()]

    def answer(self, line, whole, code=0):
        with self.subTest(line=line(0, "", b"")):
            self.setUp()
            server = self.serve(hostile.FetchSays)
            server.script.line = line
            self.pull(self.address(server), code=code)
            self.assertEqual(self.bodies(server.script), [int(whole)] * 5)
            self.assertEqual(len(self.delivered()), sum(self.bodies(server.script)))

    def test_whose_body(self):  # SEC K-06
        """One that is another's, or nobody's, is not taken; of two the first is."""
        self.answer(lambda uid, a, body: a.encode() + b" " + body, False, 75)
        self.answer(lambda uid, a, body: f"UID {uid + 100} {a} ".encode() + body, False, 75)
        self.answer(lambda uid, a, body: body + f" UID {uid} {a}".encode(), True)
        self.answer(lambda uid, a, body: f"UID {uid} {a} ".encode() + body + b" BODY[] {9}\r\ndifferent", True)
        self.answer(lambda uid, a, body: f"UID {uid} {a} ".encode() + body + b" RFC822 {9}\r\ndifferent", True)
        self.answer(lambda uid, a, body: f"UID {uid} ".encode() + body + b"\0UID %d BODY[] {9}\r\ndifferent" % uid, True)
        self.answer(lambda uid, a, body: f"UID {uid} BODY[1] {{9}}\r\ndifferent ".encode() + body, True)
        self.answer(lambda uid, a, body: f"UID {uid} ".encode() + body + b"\0FLAGS (\\Seen)", True)

    def changed(self, pattern, *instead):
        for text in instead:
            self.answer(lambda uid, a, body, text=text: f"UID {uid} {pattern.sub(lambda _: text, a)} ".encode() + body, True)

    def test_sizes(self):  # SEC K-10
        self.changed(SIZE, *(f"RFC822.SIZE {size}" for size in ("0", "1", str(1 << 63), str((1 << 64) - 1), "9" * 30, "-1", "NIL")))

    def test_dates(self):
        self.changed(DATE, *(f"INTERNALDATE {date}" for date in (
            '"01-Jan-9999 00:00:00 +0000"', '"01-Jan-0000 00:00:00 +0000"', '"01-Jan-2020 00:00:00 +9999"', '"31-Feb-2020 25:61:61 -9999"',
            '"99-Foo-2020 00:00:00 +0000"', '"31-Dec-9999 23:59:59 -2359"', '"01-Jan-1900 00:00:00 +0000"', '""', "NIL")))

    def test_flags(self):
        self.changed(FLAGS, *(f"FLAGS ({flags})" for flags in (
            " ".join(f"k{number}" for number in range(100_000)), "\x01\x1b[31m \\Seen", "(nested) x", "NIL", "a\tb \x7f", "x" * 100_000,
            '"quoted"', "\\*", "\\", "]")))

    def test_numbers_at_the_top(self):  # SEC K-05
        for uids in ((4294967295,), range(4294967290, 4294967296), (1, 2147483647, 2147483648, 4294967294)):
            with self.subTest(uids=uids):
                self.setUp()
                messages = {uid: Sample("top", plain(f"Top {uid}", "top\n"), (), 1600000000) for uid in uids}
                server = self.serve(lambda messages=messages: hostile.Honest(messages))
                self.complete(server)
                self.complete(server)
                self.assertEqual(len(server.script.fetched), len(messages))


if __name__ == "__main__":
    unittest.main()
