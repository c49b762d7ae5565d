#!/usr/bin/python3
"""SIGINT and SIGTERM end the command soon, in whatever state it is; what is delivered stays.

SPDX-License-Identifier: MIT
"""
import concurrent.futures
import os
import pty
import signal
import socket
import termios
import time
import unittest

from harness import hostile
from harness.case import HARK, address, manifest_of
from harness.hostile_case import HostileCase

SOON = 3  # seconds: the two that it may take, and one for a busy machine
BOTH = (signal.SIGINT, signal.SIGTERM)


class Endless(hostile.Honest):
    """Has one message without an end."""

    def fetch(self, peer, uid, items):
        peer.raw(self.begin_fetch(uid) + b"{99999999999}\r\n")
        while True:
            peer.raw(b"x" * 65534 + b"\r\n")


class Signals(HostileCase):  # SEC I-12
    def ends(self, run, number, codes=(75,)):
        self.ended(run.end(number), codes)

    def ended(self, said, codes=(75,)):
        self.assertIn(said.code, codes, said.err)
        self.assertLess(said.seconds, SOON)
        self.assertEqual(os.listdir(os.path.join(self.maildir, "tmp")), [])

    def heard(self, server, verb):
        return lambda: any(verb in line for line in server.heard)

    def test_while_waiting_for_the_server(self):
        """verb: what the server has heard when the signal comes."""
        for kind, scheme, implicit_tls, verb, whole in (
                (hostile.Silent, "imaps", False, None, 0), (hostile.Silent, "imaps", True, "TLS", 0),
                (hostile.Silent, "imap", False, None, 0), (hostile.SilentTls, "imap", False, "STARTTLS", 0),
                (hostile.SilentAtSignIn, "imaps", True, "LOGIN", 0), (hostile.SilentAtSearch, "imaps", True, "SEARCH", 0),
                (hostile.HangsInMessage, "imaps", True, "FETCH", 2), (hostile.StillHere, "imaps", True, "FETCH", 2),
                (Endless, "imaps", True, "FETCH", 0)):
            with self.subTest(kind=kind.__name__, scheme=scheme, implicit_tls=implicit_tls):
                runs = []
                for _ in BOTH:
                    self.setUp()
                    server = self.serve(kind, implicit_tls)
                    runs.append((self.maildir, self.start("pull", self.address(server, scheme))))
                    self.until(self.heard(server, verb) if verb else lambda: server.connections, verb)
                time.sleep(0.1)
                with concurrent.futures.ThreadPoolExecutor(len(BOTH)) as pool:  # what takes a second does so at once
                    ends = [pool.submit(run.end, number) for (_, run), number in zip(runs, BOTH)]
                for (self.maildir, _), end in zip(runs, ends):
                    self.ended(end.result())
                    self.assertEqual(len(self.delivered()), whole)

    def test_while_listening(self):
        for number in BOTH:
            with self.subTest(signal=number.name):
                self.setUp()
                server = self.serve(hostile.Honest)
                run = self.start("watch", self.address(server))
                self.until(self.heard(server, "IDLE"), "IDLE")
                self.ends(run, number, (0,))
                self.verify(manifest_of(server.script.messages))

    def test_while_resting(self):
        """Between two tries to connect."""
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            for number in BOTH:
                with self.subTest(signal=number.name):
                    run = self.start("watch", address(sock.getsockname()[1]))
                    self.until(lambda: os.path.exists(os.path.join(self.maildir, "hark.db")), "start")
                    time.sleep(0.3)
                    self.ends(run, number, (0,))

    def test_while_a_password_command_hangs(self):
        server = self.serve(hostile.Honest)
        for number in BOTH:
            with self.subTest(signal=number.name):
                started = os.path.join(self.folder, f"started-{number}")
                run = self.start("pull", self.address(server), "--password-command", f"touch {started}; exec sleep 60")
                self.until(lambda: os.path.exists(started), "password command")
                said = run.end(number)
                self.assertNotEqual(said.code, 0)
                self.assertLess(said.seconds, SOON)

    def test_while_a_password_is_typed(self):
        """The terminal gets its echo back."""
        server = self.serve(hostile.Honest)
        for how in (*BOTH, "Ctrl-C"):
            with self.subTest(how=how):
                pid, terminal = pty.fork()
                if pid == 0:
                    os.execv(HARK, [HARK, "pull", "--maildir", self.maildir, "--ca-file", self.place.ca, self.address(server)])
                said = b""
                while b"Password for" not in said:
                    said += os.read(terminal, 1000)
                self.until(lambda: not termios.tcgetattr(terminal)[3] & termios.ECHO, "echo off")
                begin = time.monotonic()
                if how == "Ctrl-C":
                    os.write(terminal, b"\x03")
                else:
                    os.kill(pid, how)
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                self.assertLess(time.monotonic() - begin, SOON)
                self.assertNotEqual(code, 0)
                self.assertTrue(termios.tcgetattr(terminal)[3] & termios.ECHO, "echo is on again")
                os.close(terminal)

    def test_then_the_rest(self):
        """Interrupted anywhere in a pull, the next one brings what is missing, and nothing twice."""
        messages = {uid: hostile.Sample(f"{uid}", hostile.plain(f"Number {uid}", "x" * 5000 + "\n"), (), 1600000000 + uid)
                    for uid in range(1, 2001)}
        server = self.serve(lambda: hostile.Honest(messages))
        for pause in (0.02, 0.05, 0.1, 0.2):
            run = self.start("pull", self.address(server))
            time.sleep(pause)
            run.end(signal.SIGTERM)
        self.complete(server)


if __name__ == "__main__":
    unittest.main()
