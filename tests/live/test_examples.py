#!/usr/bin/python3
"""The programs in examples/, built and run as they stand.  SPDX-License-Identifier: MIT"""
import imaplib
import os
import re
import subprocess
import unittest

from harness import samples
from harness.case import TOP, Case
from harness.dovecot import PASSWORD, Dovecot
from harness.mailbox import Mailbox

EXAMPLES = os.environ.get("HARK_EXAMPLES", os.path.join(TOP, "build", "release", "examples"))


class Example(Case):
    def begin(self, name, *arguments, host="localhost", ca=None, user="test"):
        with open(self.password_file) as password:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", os.path.join(EXAMPLES, name), host, str(self.server.imaps), user, *arguments],
                stdin=password, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env={"PATH": os.environ["PATH"], "SSL_CERT_FILE": ca or self.server.ca})
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def example(self, name, *arguments, code=0, out=r"\A\Z", err=r"\A\Z", **how):
        process = self.begin(name, *arguments, **how)
        said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, said)
        self.assertRegex(said[0], out)
        self.assertRegex(said[1], err)


class Examples(Example):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Dovecot()
        cls.addClassCleanup(cls.server.close)
        cls.mailbox = Mailbox(cls.server.folder, "test")
        cls.mailbox.fill(samples.of_every_kind(1_000_000))

    def deliver(self, subject):
        self.mailbox.deliver(samples.Sample(subject, samples.plain(subject, "one more\n"), (), 1710000000))

    def test_pull(self):
        self.example("pull", self.maildir, out=r"\A[1-9]\d* new\n\Z")
        self.verify(self.mailbox.read())
        self.example("pull", self.maildir, out=r"\A0 new\n\Z")
        self.deliver("Once more")
        self.example("pull", self.maildir, out=r"\A1 new\n\Z")
        self.verify(self.mailbox.read())

    def test_dispatch(self):
        mailbox = Mailbox(self.server.folder, "other")
        mailbox.fill(samples.of_every_kind(1000))
        dispatch = self.begin("dispatch", user="other")
        self.assertRegex(dispatch.stdout.readline(), r"\A[1-9]\d* messages\n\Z")
        mailbox.deliver(samples.Sample("Told of", samples.plain("Told of", "one\n"), (), 1710000000))
        uid = len(mailbox.read()["messages"])
        self.assertEqual(dispatch.stdout.readline(), f"new: UID {uid} Told of\n")
        with imaplib.IMAP4("127.0.0.1", self.server.imap) as client:
            client.login("other", PASSWORD)
            client.select()
            client.uid("STORE", "3", "+FLAGS.SILENT", "(\\Deleted)")
            client.uid("EXPUNGE", "3")
        self.assertEqual(dispatch.stdout.readline(), "gone: UID 3\n")

    def test_watch_is_killed(self):
        watch = self.begin("watch", self.maildir)
        self.assertRegex(watch.stdout.readline(), r"\A[1-9]\d* new\n\Z")
        for number in range(3):
            self.deliver(f"Watched {number}")
            self.assertEqual(watch.stdout.readline(), "1 new\n")
        watch.kill()
        watch.wait()
        self.example("pull", self.maildir, out=r"\A\d new\n\Z")
        self.verify(self.mailbox.read())

    def test_hello(self):
        self.deliver("A subject to be seen")
        self.example("hello", out=r"(?m)\A(.*\n){9}A subject to be seen\n\Z")

    def test_wrong_password(self):
        self.write("password", "wrong\n")
        for name, arguments in (("hello", ()), ("pull", (self.maildir,)), ("watch", (self.maildir,))):
            self.example(name, *arguments, code=1, err=r"\AThe server refuses: [^\n]+\n\Z")
        self.assertEqual(self.delivered(), [])

    def test_no_password(self):
        self.write("password", "")
        self.example("pull", self.maildir, code=1, err=r"\AA password is needed; [^\n]+\n\Z")

    def test_certificate_is_checked(self):
        with open(os.path.join(self.server.folder, "dovecot.log")) as log:
            log.seek(0, os.SEEK_END)
            for name, arguments in (("hello", ()), ("pull", (self.maildir,)), ("watch", (self.maildir,))):
                self.example(name, *arguments, code=1, ca=self.place.ca, err="by a CA that this computer does not know")
            self.assertNotIn("Login: user=", log.read())

    def test_no_server(self):
        self.example("pull", self.maildir, host="none.invalid", code=1, err=r"\AThere is no host [^\n]+\n\Z")


class Moving(Example):
    """Three of four messages, away from a server that lacks more and more."""

    COPIED = ["UID SEARCH for the UIDs", "UID COPY", "UID STORE +FLAGS.SILENT (\\Deleted)"]

    def mailbox(self, client, name):
        """Message and whether it is marked, of each."""
        client.select(name, readonly=True)
        parts = client.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        return [(part[1].split()[1].decode(), b"\\Deleted" in part[0]) for part in parts if isinstance(part, tuple)]

    def move(self, without, ways, left):
        self.server = Dovecot(without=without)
        self.addCleanup(self.server.close)
        with imaplib.IMAP4("127.0.0.1", self.server.imap) as client:
            client.login("test", PASSWORD)
            client.create("Kept")
            for subject in ("one", "two", "three", "four"):
                client.append("INBOX", None, None, f"Subject: {subject}\r\n\r\n{subject}\r\n".encode())
            self.example("move", "2:9", "Kept", out="\\A3 moved\n" + re.escape("".join(f"- {way}\n" for way in ways)) + "\\Z")
            self.assertEqual(self.mailbox(client, "Kept"), [(subject, False) for subject in ("two", "three", "four")])
            self.assertEqual(self.mailbox(client, "INBOX"), [("one", False)] + [(subject, True) for subject in left])

    def test_move(self):
        self.move((), ["MOVE"], ())

    def test_without_move(self):
        self.move(("MOVE",), self.COPIED + ["UID EXPUNGE"], ())

    def test_without_uidplus(self):
        self.move(("MOVE", "UIDPLUS"), self.COPIED + ["some are still here, marked \\Deleted"], ("two", "three", "four"))


if __name__ == "__main__":
    unittest.main()
