#!/usr/bin/python3
"""--compress: the same mail in fewer bytes, and a round trip more.  SPDX-License-Identifier: MIT"""
import imaplib
import os
import re
import unittest

from harness import hostile, samples
from harness.case import address, manifest_of
from harness.cyrus import Cyrus
from harness.dovecot import Dovecot
from harness.hostile_case import HostileCase
from harness.mailbox import Mailbox
from harness.proxy import Proxy
from harness.server import PASSWORD
from harness.unpacked import Unavailable

COMPRESSES = """\
protocol imap {{
  mail_plugins = zlib imap_zlib
}}
"""
ON, NOT_THERE, REFUSED = "compressed from here on", "the server does not compress", "the server refuses to compress"


class Dovecots(HostileCase):
    host = "localhost"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Dovecot(more=COMPRESSES)
        cls.addClassCleanup(cls.server.close)
        cls.mailbox = Mailbox(cls.server.folder, "test")
        cls.mailbox.fill(samples.of_every_kind(200_000))
        texts = Mailbox(cls.server.folder, "texts")
        texts.fill([samples.Sample(f"text {n}", samples.plain(f"Text {n}", "As I said, again and again.\n" * 100), (), 1700000000 + n)
                    for n in range(100)])
        cls.texts = texts

    def run_it(self, name, *options, user="test", scheme="imaps"):
        """What was said, and bytes and round trips that it took."""
        self.maildir = f"{self.folder}/{name}"
        with Proxy(getattr(self.server, scheme)) as proxy:
            said = self.pull(address(proxy.port, scheme, user), "--ca-file", self.server.ca, "--verbose", *options)
            trips = int(re.search(r"(\d+) round trips?", said.out + said.err)[1])
            return said.out + said.err, proxy.from_server, trips

    def test_all_of_it(self):
        for scheme in ("imaps", "imap"):
            said, _, _ = self.run_it(scheme, "--compress", scheme=scheme)
            self.assertIn(ON, said)
            self.verify(self.mailbox.read())

    def test_a_tenth_of_the_bytes_for_a_round_trip(self):
        said, plain, trips = self.run_it("plain", user="texts")
        self.assertNotIn("compress", said)
        self.verify(self.texts.read())
        said, packed, more_trips = self.run_it("packed", "--compress", user="texts")
        self.assertIn(ON, said)
        self.verify(self.texts.read())
        self.assertLess(packed * 10, plain)
        self.assertLessEqual(more_trips, trips + 1)

    def test_by_configuration(self):
        for answer, is_on in (("yes", True), ("no", False)):
            conf = self.write("hark.conf", f"[a]\nurl = imap://test@localhost:{self.server.imap}\nmaildir = {self.folder}/{answer}\n"
                                           f"ca-file = {self.server.ca}\npassword = {PASSWORD}\ncompress = {answer}\n")
            said = self.hark("pull", "--config", conf, "--verbose", "a")
            self.assertEqual(ON in said.out + said.err, is_on)
            self.verify(self.mailbox.read(), path=f"{self.folder}/{answer}")

    def test_watch(self):
        run = self.start("watch", address(self.server.imaps, user="watched"), "--ca-file", self.server.ca, "--compress")
        client = self.server.sign_in("watched")
        self.until(lambda: all(os.path.isdir(os.path.join(self.maildir, name)) for name in ("cur", "new")), "a Maildir")
        for number in range(3):
            client.append("INBOX", None, None, samples.plain(f"Late {number}", "late\n"))
            self.until(lambda: len(self.delivered()) == number + 1, "the mail")
        client.logout()
        self.check(run.end(), 0)

    def test_not_offered(self):
        server = self.serve(hostile.Honest)
        said = self.pull(self.address(server), "--compress", "--verbose")
        self.assertIn(NOT_THERE, said.out + said.err)
        self.verify(manifest_of(server.script.messages))


class CyrusToo(HostileCase):
    def test_all_of_it(self):
        try:
            server = Cyrus()
        except Unavailable as error:
            self.skipTest(str(error))
        self.addCleanup(server.close)
        client = imaplib.IMAP4("127.0.0.1", server.imap, timeout=10)
        client.login("test", PASSWORD)
        texts = {n: samples.Sample(f"text {n}", samples.plain(f"Text {n}", f"number {n}\n" * 100), (), 0) for n in range(1, 21)}
        for text in texts.values():
            self.assertEqual(client.append("INBOX", None, None, text.wire)[0], "OK")
        client.logout()
        said = self.pull(address(server.imap, "imap"), "--compress", "--verbose", "--eol", "crlf")
        self.assertIn(ON, said.out + said.err)
        self.assertEqual(sorted(self.delivered()), sorted(text.wire for text in texts.values()))


class Offers(hostile.Honest):
    """Offers to compress, and says NO."""

    capabilities = hostile.Honest.capabilities + " COMPRESS=DEFLATE"

    def do_compress(self, peer, tag, _):
        peer.say(f"{tag} NO [COMPRESSIONACTIVE] not twice")


class SendsRubbish(Offers):
    """Says OK, and sends what is not DEFLATE."""

    def do_compress(self, peer, tag, _):
        peer.raw(f"{tag} OK begin\r\n".encode() + b"\xff" * 100)
        peer.hang()


class Hostile(HostileCase):
    def test_refused(self):  # SEC O-04
        server = self.serve(Offers)
        said = self.pull(self.address(server), "--compress", "--verbose")
        self.assertIn(REFUSED, said.out + said.err)
        self.verify(manifest_of(server.script.messages))

    def test_unasked(self):
        server = self.serve(Offers)
        self.pull(self.address(server))
        self.assertNotIn("COMPRESS", " ".join(server.heard))

    def test_rubbish(self):  # SEC O-02
        server = self.serve(SendsRubbish)
        self.pull(self.address(server), "--compress", code=76, says="compressed data cannot be read")
        self.assertEqual(self.delivered(), [])


if __name__ == "__main__":
    unittest.main()
