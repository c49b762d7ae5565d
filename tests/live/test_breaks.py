#!/usr/bin/python3
"""Signals, broken connections and broken pipes at any time do no damage.

SPDX-License-Identifier: MIT
"""
import os
import random
import signal
import socket
import struct
import subprocess
import time
import unittest

from harness import hostile
from harness.case import HARK, manifest_of
from harness.hostile_case import HostileCase
from harness.peer import Gone

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL, signal.SIGALRM, signal.SIGUSR1)
HARMLESS = (signal.SIGPIPE, signal.SIGCHLD, signal.SIGWINCH, signal.SIGURG, signal.SIGCONT, signal.SIGXFSZ)


def letter(uid):
    return hostile.Sample(f"{uid}", hostile.plain(f"Number {uid}", "x" * 3000 + "\n"), (), 1600000000 + uid)


class Resets(hostile.Idles):
    """Resets the connection at one place, once; honest otherwise."""

    place = None

    def reset(self, peer, place):
        if place != self.place:
            return
        self.place = None
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.sock.close()
        raise Gone

    def greet(self, peer):
        self.reset(peer, "before the greeting")
        super().greet(peer)
        self.reset(peer, "after the greeting")

    def sign_in(self, peer, tag, right):
        self.reset(peer, "at the sign-in")
        super().sign_in(peer, tag, right)
        self.reset(peer, "after the sign-in")

    def fetch(self, peer, uid, items):
        if uid == 3:
            wire = self.messages[uid].wire
            if self.place == "in a message":
                peer.raw(self.begin_fetch(uid) + b"{%d}\r\n" % len(wire) + wire[:100])
            self.reset(peer, "in a message")
        super().fetch(peer, uid, items)
        self.reset(peer, "after a message")

    def idles(self, peer):
        self.reset(peer, "while listening")
        super().idles(peer)


PLACES = ("before the greeting", "after the greeting", "at the sign-in", "after the sign-in", "in a message", "after a message",
          "while listening")


class Breaks(HostileCase):
    def test_hundreds_of_ends(self):  # SEC N-16
        """200 runs, each with new mail, are ended at random by one or two signals; all is there once."""
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        server = self.serve(lambda: hostile.Honest({1: letter(1)}))
        codes = set()
        with self.subTest(seed=seed):
            for _ in range(200):
                messages = server.script.messages
                messages.update({uid: letter(uid) for uid in range(len(messages) + 1, len(messages) + 11)})
                run = self.start("pull", self.address(server))
                time.sleep(chance.uniform(0, 0.12))
                for _ in range(chance.choice((1, 1, 2))):
                    run.process.send_signal(chance.choice(ENDING))
                codes.add(run.wait().code)
            self.assertGreater(len(codes), 3)
            self.complete(server)

    def test_signals_that_end_nothing(self):  # SEC N-16
        """Hundreds of them, and stops, while one pull is at work."""
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        server = self.serve(lambda: hostile.Honest({uid: letter(uid) for uid in range(1, 3001)}))
        sent = 0
        with self.subTest(seed=seed):
            while sent <= 200:
                self.setUp()
                sent += self.disturb(server, chance)
                self.verify(manifest_of(server.script.messages))

    def disturb(self, server, chance):
        """How many signals a pull was sent until it had all."""
        before, sent = server.connections, 0
        run = self.start("pull", self.address(server))
        self.until(lambda: server.connections > before, "connection")
        while run.process.poll() is None:
            stop = chance.random() < 0.05
            run.process.send_signal(signal.SIGSTOP if stop else chance.choice(HARMLESS))
            time.sleep(chance.uniform(0, 0.001))
            if stop:
                run.process.send_signal(signal.SIGCONT)
            sent += 1
        self.check(run.wait(), 0)
        return sent

    def watch(self, server, folder, **streams):
        return subprocess.Popen(["setpriv", "--pdeathsig", "KILL", HARK, "watch", "--json", "--verbose", "--ca-file", self.place.ca,
                                 "--password-file", self.password_file, "--maildir", folder, self.address(server)],
                                stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "HOME": self.folder}, **streams)

    def count(self, folder):
        new = os.path.join(folder, "new"), os.path.join(folder, "cur")
        return sum(len(os.listdir(path)) for path in new if os.path.isdir(path))

    def test_resets(self):  # SEC J-10
        """Wherever the connection is reset and whoever has stopped reading, watch goes on; no SIGPIPE ends it."""
        runs = []
        for number, place in enumerate(PLACES):
            server = self.serve(Resets)
            server.script.place = place
            folder = os.path.join(self.folder, f"Mail {number}")
            reader, writer = os.pipe()
            runs.append((place, server, folder, self.watch(server, folder, stdout=writer, stderr=writer)))
            os.close(writer)
            os.close(reader)  # from here on all that it says meets a broken pipe
        for place, server, folder, process in runs:
            with self.subTest(place=place):
                script = server.script
                self.until(lambda: process.poll() is not None or script.listening and self.count(folder) == 5, "all")
                self.assertIsNone(process.poll())
                self.assertIsNone(script.place, "it was reset")
                self.assertGreater(server.connections, 1)
                script.deliver(letter(6))
                self.until(lambda: process.poll() is not None or self.count(folder) == 6, "the late one")
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(10), 0)
                self.verify(manifest_of(script.messages), path=folder)

    def test_pull_ends_where_it_is_reset(self):  # SEC J-10
        """With the code that says: try again."""
        for place in PLACES[:-1]:
            with self.subTest(place=place):
                self.setUp()
                server = self.serve(Resets)
                server.script.place = place
                self.pull(self.address(server), code=69)
                self.complete(server)


if __name__ == "__main__":
    unittest.main()
