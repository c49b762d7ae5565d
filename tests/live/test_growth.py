#!/usr/bin/python3
"""What must not grow by the size of a mailbox, by connections or by time; nor shrink while a mailbox is away.

HARK_MESSAGES=100000 in the environment makes the large mailbox as large, and the last run pulls all of it.
SPDX-License-Identifier: MIT
"""
import os
import signal
import time
import unittest

from harness import hostile
from harness.case import FAST_CLOCK, MEMORY_MOST, SANITIZED, address, fast, manifest_of, memory_of
from harness.hostile_case import HostileCase

MESSAGES = int(os.environ.get("HARK_MESSAGES", "0"))
WAL_MOST = 8 << 20


class Large(hostile.Honest):
    """Has as many messages as count says, and makes each when it is asked for."""

    count = MESSAGES or 100_000

    def __init__(self):
        super().__init__({})

    def do_examine(self, peer, tag, _):
        peer.say(f"* {self.count} EXISTS", f"* OK [UIDVALIDITY {self.uidvalidity}] valid", f"* OK [UIDNEXT {self.count + 1}] next",
                 f"{tag} OK [READ-ONLY] done")

    def do_search(self, peer, tag, _):
        peer.say(f'* ESEARCH (TAG "{tag}") UID ALL 1:{self.count}', f"{tag} OK done")

    def do_fetch(self, peer, tag, rest):
        for piece in rest.partition(" ")[0].split(","):
            low, _, high = piece.partition(":")
            for uid in range(int(low), int(high or low) + 1):
                self.fetched.append(uid)
                peer.raw(self.whole(uid))
        peer.say(f"{tag} OK done")

    @staticmethod
    def whole(uid):
        wire = hostile.plain(f"Number {uid}", "x" * 1500 + "\n")
        return b'* %d FETCH (UID %d RFC822.SIZE %d FLAGS () INTERNALDATE "17-Jul-1996 02:44:25 +0000" BODY[] {%d}\r\n%s)\r\n' % (
            uid, uid, len(wire), len(wire), wire)


class Away(hostile.Honest):
    """Has no such mailbox, or an empty one with this UIDNEXT, while away says so."""

    away = None

    def do_examine(self, peer, tag, rest):
        if self.away is None:
            return super().do_examine(peer, tag, rest)
        if not self.away:
            return peer.say(f"{tag} NO [NONEXISTENT] no such mailbox")
        return peer.say("* 0 EXISTS", f"* OK [UIDVALIDITY {self.uidvalidity}] valid", f"* OK [UIDNEXT {self.away}] next",
                        f"{tag} OK [READ-ONLY] done")

    def chosen(self, numbers):
        return super().chosen(numbers) if self.away is None else []


class Labels(hostile.Honest):
    """Has the same mail in each mailbox, which it says itself."""

    capabilities = hostile.Honest.capabilities + " OBJECTID"

    def do_examine(self, peer, tag, rest):
        self.uidvalidity = 77 + ("Mail" in rest)
        super().do_examine(peer, tag, rest)

    def attributes(self, uid):
        return super().attributes(uid) + f" EMAILID (M{uid})"


class Growth(HostileCase):
    def new(self):
        """UID of each file."""
        folder = os.path.join(self.maildir, "new")
        return [int(name.partition("U")[2].partition("S")[0]) for name in os.listdir(folder)] if os.path.isdir(folder) else []

    def state(self):
        """What hark keeps beside the mail, by name."""
        kept = {}
        for name in os.listdir(self.maildir):
            if name.startswith("hark.db"):
                with open(os.path.join(self.maildir, name), "rb") as file:
                    kept[name] = file.read()
        return kept

    def part_of_it(self, server, enough):
        """Pulls until there are as many files, and is killed; the most memory that it took, in KiB."""
        run, most = self.start("pull", self.address(server), "--batch", "200"), 0
        while run.process.poll() is None and len(self.new()) < enough:
            most = max(most, memory_of(run.process.pid))
            time.sleep(0.005)
        run.process.send_signal(signal.SIGKILL)
        said = run.wait()
        self.assertIn(said.code, (-signal.SIGKILL, 0), said.err)
        return most

    def test_a_large_mailbox(self):  # SEC K-22 G-15
        """A first run of many, killed twice: its memory and its log of the state are bounded, and it goes on where it was."""
        server = self.serve(Large)
        for enough in (200, 600, MESSAGES or 1000):
            before, server.script.fetched = set(self.new()), []
            most = self.part_of_it(server, enough)
            self.assertGreater(most, 0)
            if not SANITIZED:
                self.assertLess(most, MEMORY_MOST)
            self.assertGreaterEqual(len(self.new()), enough)
            self.assertEqual(len(self.new()), len(set(self.new())))
            self.assertEqual(before & set(server.script.fetched), set())
            self.assertLess(len(self.state().get("hark.db-wal", b"")), WAL_MOST)

    def test_nothing_new(self):  # SEC G-15
        """The state stays as it is, and each run says as much as the one before."""
        server = self.serve(hostile.Honest)
        self.complete(server)
        state = self.state()
        self.assertEqual(list(state), ["hark.db"])
        lengths = set()
        for _ in range(20):
            said = self.pull(self.address(server), "--verbose")
            lengths.add(len(said.out + said.err))
            self.assertEqual(self.state(), state)
        self.assertLessEqual(max(lengths), min(lengths) + 10, lengths)  # digits of times

    @unittest.skipUnless(FAST_CLOCK, "no library for a fast clock")
    def test_nothing_new_for_long(self):  # SEC G-15
        """Nor does watch say or keep anything while nothing comes, for a while of polls."""
        server = self.serve(hostile.Terse)
        self.complete(server)
        state = self.state()
        run = self.start("watch", self.address(server), **fast(100))
        self.until(lambda: sum("NOOP" in line for line in server.heard) >= 4, "polls")
        kept = {name: content for name, content in self.state().items() if content}
        said = run.end()
        self.assertEqual(said.code, 0, said.err)
        self.assertEqual(kept["hark.db"], state["hark.db"])
        self.assertLess(len(kept.get("hark.db-wal", b"")), 100_000)
        lines, anew = len((said.out + said.err).splitlines()), server.connections - 2  # on a machine that is too busy
        self.assertLessEqual(lines, 1 + 3 * anew, said)

    def test_few_descriptors(self):  # SEC G-14
        server = self.serve(Large)
        server.script.count = 300
        said = self.start("pull", self.address(server), prefix=("prlimit", "--nofile=32")).wait()
        self.check(said, 0)
        self.assertEqual(sorted(self.new()), list(range(1, 301)))

    @unittest.skipUnless(FAST_CLOCK, "no library for a fast clock")
    def test_few_descriptors_for_many_connections(self):  # SEC G-14
        """Thrown out again and again, watch still connects."""
        server = self.serve(hostile.ByeAfterSignIn)
        server.script.greeting = "* BYE come back later"
        run = self.start("watch", self.address(server), prefix=("prlimit", "--nofile=32"), **fast(2000))
        self.until(lambda: server.connections > 40, "connections")
        said = run.end()
        self.assertEqual(said.code, 0, said.err)
        self.assertNotIn("open files", said.err)

    def test_a_mailbox_that_is_away(self):  # SEC K-16
        """As one that is not there, as an empty one, and as one that begins anew: nothing is forgotten, nothing comes twice."""
        for away in (0, 6, 1):
            with self.subTest(away=away):
                self.setUp()
                server = self.serve(Away)
                self.complete(server)
                server.script.away = away
                for _ in range(3):
                    self.pull(self.address(server), code=0 if away else 69)
                    self.verify(manifest_of(server.script.messages))
                server.script.away = None
                server.script.fetched.clear()
                self.complete(server)
                if away != 1:  # else its UIDs may be other mail: it is looked at, and known
                    self.assertEqual(server.script.fetched, [])
                server.script.fetched.clear()
                server.script.messages[6] = hostile.Sample("late", hostile.plain("Late", "late\n"), (), 1700000000)
                self.complete(server)
                self.assertEqual(server.script.fetched, [6])

    def test_the_same_mail_in_two_mailboxes(self):  # SEC K-23
        """Comes once for each, whatever the server says of their being the same."""
        server = self.serve(Labels)
        urls = [address(server.port, mailbox=mailbox, host=self.host) for mailbox in ("INBOX", "All", "All Mail")]
        for _ in range(3):
            for count, url in enumerate(urls, 1):
                self.pull(url)
            manifest = manifest_of(server.script.messages)
            manifest["messages"] *= len(urls)
            self.verify(manifest)
        self.assertEqual(len(server.script.fetched), len(urls) * len(server.script.messages))


if __name__ == "__main__":
    unittest.main()
