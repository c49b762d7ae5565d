#!/usr/bin/python3
"""Servers that lie about which messages there are: what is here is never less than is said.

SPDX-License-Identifier: MIT
"""
import re
import unittest

from harness import hostile
from harness.case import MEMORY_MOST, SANITIZED, manifest_of, memory_of
from harness.hostile_case import HostileCase
from harness.samples import Sample, plain

class Lists(hostile.Honest):
    """Says line in the place of an ESEARCH, and old in that of a SEARCH; None: the truth."""

    line = old = None

    def do_search(self, peer, tag, rest):
        line = self.line if "RETURN" in rest else self.old
        if line is None:
            return super().do_search(peer, tag, rest)
        return peer.say(line.format(tag=tag), f"{tag} OK done")


class Unreadable(Lists):
    """Lists a UID that is none, for which the grammar has no room."""

    line = '* ESEARCH (TAG "{tag}") UID ALL 0:3,1:5'


class AllUnreadable(Unreadable):
    """Does so in the old form, too."""

    old = "* SEARCH 0 1 2 3 4 5 4294967296 -1"


class Wide(Lists):
    """Lists each UID that can be."""

    line = '* ESEARCH (TAG "{tag}") UID ALL 1:4294967295'


class Backwards(Lists):
    """Lists a range from its end, which means the same."""

    line = '* ESEARCH (TAG "{tag}") UID ALL 5:3,1:2'


class WideAndMany(Wide):
    """Says that there are as many messages."""

    def do_examine(self, peer, tag, _):
        peer.say("* 4294967295 EXISTS", "* OK [UIDVALIDITY 77] valid", f"{tag} OK [READ-ONLY] done")


class Many(WideAndMany):
    """Has only five of them."""

    line = None


class Endless(hostile.Honest):
    """Lists every other UID, in answers without an end."""

    def do_search(self, peer, tag, rest):
        uid = 1
        while True:
            numbers = ",".join(str(number) for number in range(uid, uid + 20000, 2))
            peer.say(f'* ESEARCH (TAG "{tag}") UID ALL {numbers}')
            uid = (uid + 20000) % 4000000000


class Fewer(Lists):
    """Lists many messages that it has not."""

    line = '* ESEARCH (TAG "{tag}") UID ALL 1:300'


class Grows(hostile.Honest):
    """Tells of one more message each time that it is asked which there are, and lists none of them."""

    exists = 5

    def do_search(self, peer, tag, rest):
        self.exists += 1
        peer.say(f'* ESEARCH (TAG "{tag}") UID ALL 1:5', f"* {self.exists} EXISTS", f"{tag} OK done")


class Busy(hostile.Honest):
    """Gets a message whenever it is asked which there are, and says so behind the answer."""

    searches = before_first_fetch = 0
    announces_first = False

    def do_search(self, peer, tag, rest):
        self.searches += 1
        listed = ",".join(map(str, self.chosen(re.search(r"\d[\d:*]*$", rest).group() if "UID" in rest else "1:*")))
        if self.searches <= 100:
            uid = max(self.messages) + 1
            self.messages[uid] = Sample(f"{uid}", plain(f"Late {uid}", "late\n"), (), 1600000000 + uid)
        end = [f"* {len(self.messages)} EXISTS", f"{tag} OK done"]
        peer.say(f'* ESEARCH (TAG "{tag}") UID ALL {listed}', *(end if self.announces_first else reversed(end)))

    def do_fetch(self, peer, tag, rest):
        self.before_first_fetch = self.before_first_fetch or self.searches
        super().do_fetch(peer, tag, rest)


class BusyAtOnce(Busy):
    """Says so before the answer is complete, as Dovecot does."""

    announces_first = True


class Others(hostile.Honest):
    """Gives messages that nobody asked for, that have no number or that of another."""

    def do_fetch(self, peer, tag, rest):
        for uid in (0, 6, 4294967295, 4294967296):
            peer.raw(b"* 1 FETCH (UID %d FLAGS () BODY[] {4}\r\nevil)\r\n" % uid)
        peer.raw(b"* 1 FETCH (BODY[] {4}\r\nevil)\r\n* 1 FETCH (UID 1 BODY[] {4}\r\nevil UID 2)\r\n")
        super().do_fetch(peer, tag, rest)


class Twice(hostile.Honest):
    """Gives each message twice, and loses many."""

    def fetch(self, peer, uid, items):
        super().fetch(peer, uid, items)
        peer.say("* 1 EXPUNGE", "* 0 EXPUNGE", "* 4294967295 EXPUNGE")
        super().fetch(peer, uid, items)


class NumbersAnew(hostile.AtMessage):
    """Has another UIDVALIDITY from message 3 on."""

    def misbehave(self, peer, uid, items):
        peer.say(f"* OK [UIDVALIDITY {self.uidvalidity + 1}] new")
        hostile.Honest.fetch(self, peer, uid, items)


class NoEnd(hostile.AtMessage):
    """Says 1,000 bytes of one message, and begins a literal that is larger than any disk."""

    once = False

    def attributes(self, uid):
        return re.sub("RFC822.SIZE [0-9]+", "RFC822.SIZE 1000", super().attributes(uid))

    def misbehave(self, peer, uid, items):
        peer.raw(self.begin_fetch(uid) + b"{9000000000000000000}\r\n")
        while True:
            peer.raw(b"x" * 65536)


class LargerThanItSays(NoEnd):
    """Does the same with 3 MB, and ends."""

    def misbehave(self, peer, uid, items):
        peer.raw(self.begin_fetch(uid) + b"{3000000}\r\n" + b"x\r\n" * 1_000_000 + b")\r\n")


class Memory:
    """The most that a run takes, looked at while it runs."""

    def __init__(self, run):
        self.run, self.most = run, 0

    def look(self):
        self.most = max(self.most, memory_of(self.run.process.pid))
        return self.run.process.poll() is not None


class Test(HostileCase):
    def bounded(self, memory):
        if not SANITIZED:
            self.assertGreater(memory.most, 0)
            self.assertLess(memory.most, MEMORY_MOST)

    def test_a_list_that_cannot_be_read(self):
        """Is asked for in the old form; then nobody says that all is here."""
        self.complete(self.serve(Unreadable))
        self.setUp()
        self.pull(self.address(self.serve(AllUnreadable)), code=76, says="cannot be read")
        self.assertEqual(self.delivered(), [])

    def test_more_than_there_can_be(self):  # SEC K-14
        for kind in (Wide, WideAndMany, Endless):
            with self.subTest(kind=kind.__name__):
                self.setUp()
                run = self.start("pull", self.address(self.serve(kind)))
                memory = Memory(run)
                self.until(memory.look, "the end")
                self.check(run.wait(), 76, "lists more messages")
                self.bounded(memory)

    def test_four_billion(self):  # SEC G-05
        """A number costs nothing, and what is listed comes."""
        server = self.serve(Many)
        run = self.start("pull", self.address(server))
        memory = Memory(run)
        self.until(memory.look, "the end")
        self.check(run.wait(), 0)
        self.bounded(memory)
        self.verify(manifest_of(server.script.messages))

    def test_backwards(self):
        self.complete(self.serve(Backwards))

    def test_many_that_are_not_given(self):
        """What is there is here; not each of the others has a line of its own."""
        server = self.serve(Fewer)
        said = self.start("pull", self.address(server)).wait(120)
        self.assertEqual(said.code, 75, said.err)
        self.assertLess(len(said.err.splitlines()), 30)
        self.assertRegex(said.err, r"\b295 messages\b")
        self.verify(manifest_of(server.script.messages))

    def test_exists_that_grows_and_nothing_comes(self):
        server = self.serve(Grows)
        self.complete(server)
        self.assertLess(sum("SEARCH" in line for line in server.heard), 20)

    def test_mail_that_comes_faster_than_it_is_listed(self):
        """Does not keep from coming what is known."""
        for kind in (Busy, BusyAtOnce):
            with self.subTest(kind=kind.__name__):
                self.setUp()
                server = self.serve(kind)
                self.complete(server)
                self.assertLess(server.script.before_first_fetch, 10)

    def test_what_nobody_asked_for(self):  # SEC K-05 K-06
        for kind in (Others, Twice):
            with self.subTest(kind=kind.__name__):
                self.setUp()
                self.complete(self.serve(kind))

    def test_numbered_anew_while_open(self):
        """The connection ends; what was whole stays, and nothing comes under a wrong number."""
        server = self.serve(NumbersAnew)
        self.pull(self.address(server), code=69, says="renumbered")
        self.assertEqual(len(self.delivered()), 2)


class TooLarge(HostileCase):
    def others(self, server):
        return manifest_of({uid: sample for uid, sample in server.script.messages.items() if uid != 3})

    def incomplete(self, server, says, *prefix):
        said = self.start("pull", self.address(server), prefix=prefix).wait()
        self.assertEqual(said.code, 75, said.err)
        self.assertRegex(said.err, "could not be stored")
        self.assertRegex(said.err, "UID 3: ")
        self.assertRegex(said.err, says)

    def test_no_end(self):  # SEC G-06
        """Nobody can read past it: the next run brings the others, and asks for it last."""
        server = self.serve(NoEnd)
        self.incomplete(server, "too large to be stored or read past")
        self.assertEqual(len(self.delivered()), 2)
        self.incomplete(server, "too large to be stored or read past")
        self.verify(self.others(server))
        self.assertEqual(server.script.fetched[-1], 3)
        server.script.bad = 0
        self.complete(server)

    def test_larger_than_a_file_may_be(self):  # SEC G-06
        """What was said of its size is not what is counted; the others come in the same run."""
        server = self.serve(LargerThanItSays)
        self.incomplete(server, "1 message is not here", "prlimit", "--fsize=1000000")
        self.verify(self.others(server))


if __name__ == "__main__":
    unittest.main()
