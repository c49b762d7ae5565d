#!/usr/bin/python3
"""hark watch: what comes is here soon, and whatever happens to the connection, nothing is missed.

SPDX-License-Identifier: MIT
"""
import os
import time
import unittest

from harness import hostile, samples
from harness.case import FAST_CLOCK, address, fast, manifest_of
from harness.dovecot import Dovecot
from harness.hostile_case import HostileCase
from harness.mailbox import Mailbox
from harness.proxy import Proxy

SPEED = 20  # of the clock that the command sees, in tests of long waits


def late(number):
    return hostile.Sample(f"late {number}", samples.plain(f"Late {number}", "late\n"), (), 1700000000 + number)


class AddsBeforeIdle(hostile.Honest):
    """Gets a message between the last FETCH and IDLE, and says so before its +."""

    def do_idle(self, peer, tag, rest):
        if 6 not in self.messages:
            self.messages[6] = late(6)
            peer.say("* 6 EXISTS")
        super().do_idle(peer, tag, rest)


class EndsIdle(hostile.Honest):
    """Ends IDLE itself, with a new message that it does not announce."""

    def do_idle(self, peer, tag, rest):
        if 6 in self.messages:
            return super().do_idle(peer, tag, rest)
        peer.say("+ idling")
        self.messages[6] = late(6)
        return peer.say(f"{tag} OK enough")


class ClosesInIdle(hostile.Honest):
    """Closes the first connection that idles, and gets a message."""

    def do_idle(self, peer, tag, rest):
        if 6 in self.messages:
            return super().do_idle(peer, tag, rest)
        self.messages[6] = late(6)
        return self.leave(peer)

    def leave(self, peer):
        peer.close()


class SaysByeInIdle(ClosesInIdle):
    """Says BYE to the first connection that idles, and gets a message."""

    def leave(self, peer):
        peer.say("* BYE Autologout; idle for too long")
        peer.close()


class Watch(HostileCase):
    def tearDown(self):
        if hasattr(self, "watching") and self.watching.process.poll() is None:
            said = self.watching.end()
            self.assertEqual(said.code, 0, said.err)

    def watch(self, url, *options, **environment):
        self.watching = self.start("watch", url, *options, **environment)

    def delivered(self):
        """How many files are in cur and new, which hark makes one after the other."""
        folders = (os.path.join(self.maildir, name) for name in ("cur", "new"))
        return sum(len(os.listdir(folder)) for folder in folders if os.path.isdir(folder))

    def arrives(self, messages, seconds=30):
        self.until(lambda: self.delivered() >= len(messages), f"{len(messages)} messages", seconds)

    def test_dovecot(self):
        server = Dovecot()
        self.addCleanup(server.close)
        mailbox = Mailbox(server.folder, "test")
        mailbox.fill(samples.many(5, 1000))
        self.watch(address(server.imaps), "--ca-file", server.ca)
        self.arrives(mailbox.read()["messages"])
        for number in range(3):
            mailbox.deliver(late(number))
            self.arrives(mailbox.read()["messages"])
        self.verify(mailbox.read())

    def test_nothing_is_missed(self):  # SEC K-12 M-12
        for kind in (AddsBeforeIdle, EndsIdle, ClosesInIdle, SaysByeInIdle):
            with self.subTest(kind=kind.__name__):
                self.setUp()
                server = self.serve(kind)
                self.watch(self.address(server))
                self.until(lambda: 6 in server.script.messages, "IDLE")
                self.arrives(server.script.messages)
                self.tearDown()
                self.verify(manifest_of(server.script.messages))

    def test_server_comes_back(self):
        """Nobody listens at first; then somebody does."""
        server = self.serve(hostile.Honest)
        with Proxy(server.port) as proxy:
            target, proxy.target = proxy.target, 1  # connected, and closed at once
            self.watch(address(proxy.port))
            self.until(lambda: proxy.connections > 0, "a first try")
            proxy.target = target
            self.arrives(server.script.messages)
        self.verify(manifest_of(server.script.messages))

    def test_refused_for_good(self):  # SEC D-19
        """A wrong password and a wrong certificate are not tried twice."""
        server = self.serve(hostile.RefusesSignIn)
        self.check(self.start("watch", self.address(server)).wait(), 77, "password")
        self.assertEqual(server.connections, 1)
        server = self.serve(hostile.Honest, certificate="stranger")
        self.check(self.start("watch", self.address(server)).wait(), 77, "trust|ca-file")
        self.assertEqual(server.connections, 1)

    @unittest.skipUnless(FAST_CLOCK, "no library for a fast clock")
    def test_without_idle(self):
        """Where a server announces nothing, it is asked."""
        server = Dovecot(without=("IDLE", "NOTIFY"))
        self.addCleanup(server.close)
        mailbox = Mailbox(server.folder, "test")
        mailbox.fill(samples.many(3, 1000))
        self.watch(address(server.imaps), "--ca-file", server.ca, **fast(SPEED))
        self.arrives(mailbox.read()["messages"])
        mailbox.deliver(late(1))
        self.arrives(mailbox.read()["messages"])
        self.verify(mailbox.read())

    @unittest.skipUnless(FAST_CLOCK, "no library for a fast clock")
    def test_dead_line(self):  # SEC L-01
        """A box on the way forgets the connection: packets vanish, and nobody says so.

        By the clock of the command, the mail is there 4 min 30 s after the last byte.
        """
        server = Dovecot()
        self.addCleanup(server.close)
        mailbox = Mailbox(server.folder, "test")
        mailbox.fill(samples.many(3, 1000))
        with Proxy(server.imap) as proxy:
            self.watch(address(proxy.port, "imap"), "--ca-file", server.ca, "--debug", **fast(SPEED))
            self.arrives(mailbox.read()["messages"])
            time.sleep(1)
            proxy.forget()
            begin = time.monotonic()
            mailbox.deliver(late(1))
            self.arrives(mailbox.read()["messages"], 60)
            self.assertLessEqual((time.monotonic() - begin) * SPEED, 270 + SPEED)
            self.assertEqual(proxy.connections, 2)
            self.tearDown()
        self.verify(mailbox.read())


if __name__ == "__main__":
    unittest.main()
