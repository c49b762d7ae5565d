#!/usr/bin/python3
"""The whole way through, from a real server to a Maildir.  SPDX-License-Identifier: MIT"""
import os
import re
import shutil
import unittest

from harness import samples
from harness.case import Case, address
from harness.dovecot import CAPABILITIES, Dovecot
from harness.mailbox import Mailbox
from harness.proxy import Proxy

# Each a server that leaves something out; the last has nothing but IMAP4rev1.
SERVERS = {
    "everything": (),
    "no LITERAL+": ("LITERAL+",),
    "no CONDSTORE": ("CONDSTORE", "QRESYNC"),
    "no IDLE": ("IDLE",),
    "IMAP4rev1 alone": tuple(CAPABILITIES[1:]),
}
HANDSHAKE = 2  # round trips of TLS 1.3, as the proxy counts them


class Pull(Case):
    """One server for each of SERVERS."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place.servers = {}
        for name, without in SERVERS.items():
            server = Dovecot(without=without)
            cls.addClassCleanup(server.close)
            server.mailbox = Mailbox(server.folder, "test")
            server.mailbox.fill(samples.of_every_kind(3_000_000))
            cls.place.servers[name] = server

    def setUp(self):
        super().setUp()
        self.server = self.place.servers["everything"]

    def pull(self, url, *options, **expected):
        return super().pull(url, "--ca-file", self.server.ca, *options, **expected)

    def url(self, scheme="imaps", **parts):
        return address(self.server.imaps if scheme == "imaps" else self.server.imap, scheme, **parts)

    def another(self, subject):
        self.server.mailbox.deliver(samples.Sample(subject, samples.plain(subject, "one more\n"), (), 1710000000))

    def test_every_server_both_ways(self):  # SEC K-21
        for name, server in self.place.servers.items():
            for scheme in ("imaps", "imap"):
                with self.subTest(server=name, scheme=scheme):
                    self.server, self.maildir = server, os.path.join(self.folder, f"{name} {scheme}")
                    self.pull(self.url(scheme))
                    self.verify(server.mailbox.read())
                    self.pull(self.url(scheme))
                    self.another(f"{name} {scheme}")
                    self.pull(self.url(scheme), says=r"\b1 new message\b")
                    self.verify(server.mailbox.read())

    def test_exact_bytes(self):
        self.pull(self.url(), "--eol", "crlf")
        self.verify(self.server.mailbox.read(), "crlf")

    def test_changes_nothing_on_the_server(self):  # SEC K-18
        def state():
            client = self.server.sign_in("test")
            client.select("INBOX", readonly=True)
            answer = client.uid("FETCH", "1:*", "(FLAGS)")
            client.logout()
            return answer
        before = state()
        self.pull(self.url())
        self.assertEqual(state(), before)

    def test_second_pull_is_short(self):
        """At most 6 round trips after the handshake, LOGOUT and TLS's own good-bye included."""
        self.pull(self.url())
        with Proxy(self.server.imaps) as proxy:
            said = self.pull(address(proxy.port))
            told = int(re.search(r"(\d+) round trips?", said.out + said.err).group(1))
            self.assertLessEqual(proxy.round_trips - HANDSHAKE, 6)
            self.assertLess(told, proxy.round_trips - HANDSHAKE)

    def test_cut_anywhere(self):  # SEC A-24 K-19
        """The connection ends after so many bytes; the next pull brings the rest, and nothing twice."""
        for cut in (100, 3000, 5000, 100_000, 300_000, 1_500_000):
            with self.subTest(cut=cut), Proxy(self.server.imaps, cut_after=cut) as proxy:
                self.maildir = os.path.join(self.folder, str(cut))
                said = self.start("pull", address(proxy.port), "--ca-file", self.server.ca).wait()
                self.assertIn(said.code, (69, 75), said.err)
                self.pull(self.url())
                self.verify(self.server.mailbox.read())

    def test_mailboxes_by_name(self):
        client = self.server.sign_in("names")
        names = {"Archive": "Archive", "Work/2024": "Work/2024", "Entwürfe": "Entw&APw-rfe", 'a "b" \\ c': 'a "b" \\ c',
                 "R&D": "R&-D", "100%": "100%"}
        for number, (name, wire) in enumerate(names.items()):
            with self.subTest(name=name):
                quoted = '"' + wire.replace("\\", "\\\\").replace('"', '\\"') + '"'
                self.assertEqual(client.create(quoted)[0], "OK")
                client.append(quoted, None, None, samples.plain(name, f"in number {number}\n"))
                self.maildir = os.path.join(self.folder, str(number))
                self.pull(self.url(user="names", mailbox=name), says=r"\b1 new message\b")
                self.assertIn(f"in number {number}\n".encode(), self.delivered()[0])
        client.logout()

    def test_empty_mailbox(self):
        self.pull(self.url(user="nobody-writes-me"))
        self.assertEqual(self.delivered(), [])

    def test_user_name_with_at(self):
        client = self.server.sign_in("ada@example.org")
        client.append("INBOX", None, None, samples.plain("At", "for ada\n"))
        client.logout()
        self.pull(f"imaps://ada@example.org@localhost:{self.server.imaps}/", says=r"\b1 new message\b")

    def test_state_elsewhere(self):
        state = os.path.join(self.folder, "elsewhere.db")
        self.pull(self.url(), "--state", state)
        self.assertTrue(os.path.exists(state))
        self.assertFalse(os.path.exists(os.path.join(self.maildir, "hark.db")))
        self.pull(self.url(), "--state", state)
        self.verify(self.server.mailbox.read())

    def test_deleted_state(self):  # SEC I-15
        self.pull(self.url())
        for name in os.listdir(self.maildir):
            if name.startswith("hark.db"):
                os.unlink(os.path.join(self.maildir, name))
        self.pull(self.url())
        self.verify(self.server.mailbox.read())

    def test_mail_moved_and_read(self):  # SEC I-11
        """What a mail reader does to the files is no reason to fetch them again."""
        self.pull(self.url())
        for name in os.listdir(os.path.join(self.maildir, "new")):
            os.rename(os.path.join(self.maildir, "new", name), os.path.join(self.maildir, "cur", name + ":2,S"))
        shutil.rmtree(os.path.join(self.maildir, "cur"))
        os.mkdir(os.path.join(self.maildir, "cur"), 0o700)
        self.pull(self.url())
        self.assertEqual(self.delivered(), [])

    def test_mdbox(self):
        server = Dovecot(storage="mdbox")
        self.addCleanup(server.close)
        mailbox = Mailbox(server.folder, "test")
        mailbox.append(server.imap, samples.of_every_kind(0))
        self.server = server
        self.pull(self.url())
        self.verify(mailbox.read())

    def test_permissions(self):  # SEC H-16
        """Others may read nothing, whatever the umask; verify() looks at each message."""
        old = os.umask(0)
        self.addCleanup(os.umask, old)
        self.pull(self.url())
        self.verify(self.server.mailbox.read())
        for folder in (".", "cur", "new", "tmp"):
            self.assertEqual(os.stat(os.path.join(self.maildir, folder)).st_mode & 0o077, 0, folder)
        self.assertEqual(os.stat(os.path.join(self.maildir, "hark.db")).st_mode & 0o077, 0)


if __name__ == "__main__":
    unittest.main()
