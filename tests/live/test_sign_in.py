#!/usr/bin/python3
"""How the command signs in: the strongest mechanism that the server has, and its proof.

SPDX-License-Identifier: MIT
"""
import base64
import contextlib
import os
import re
import unittest

from harness import hostile
from harness.case import Case, address
from harness.dovecot import Dovecot
from harness.hostile_case import HostileCase
from harness.mailbox import Mailbox
from harness.samples import Sample, plain

# What Dovecot 2.3 offers, and what hark takes of it.
OFFERS = {
    "plain login cram-md5 scram-sha-1 scram-sha-256": "SCRAM-SHA-256",
    "plain login digest-md5 cram-md5 scram-sha-1": "SCRAM-SHA-1",
    "plain login cram-md5 external anonymous": "PLAIN",  # by LOGIN, which Dovecot calls that
}


class Mechanisms(Case):
    def sign_in(self, server, **expected):
        return self.pull(address(server.imaps), "--ca-file", server.ca, **expected)

    def test_the_strongest(self):
        for offer, taken in OFFERS.items():
            with self.subTest(offer=offer), contextlib.closing(Dovecot(before=f"auth_mechanisms = {offer}")) as server:
                mailbox = Mailbox(server.folder, "test")
                mailbox.deliver(Sample("one", plain("one", "one\n"), (), 1710000000))
                self.maildir = os.path.join(self.folder, taken)
                self.sign_in(server)
                self.verify(mailbox.read())
                with open(server.path("dovecot.log")) as log:
                    self.assertEqual(re.findall(r"Login: user=<test>, method=([A-Z0-9-]+)", log.read()), [taken])

    def test_a_wrong_password(self):
        with contextlib.closing(Dovecot(before="auth_mechanisms = plain scram-sha-256")) as server:
            self.write("password", "wrong\n")
            self.sign_in(server, code=77, says="check user name and password")


class Scram(hostile.Honest):
    """Asks for the password's proof, and never gives its own."""

    capabilities = "IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256"
    iterations = 4096

    def do_authenticate(self, peer, tag, rest):
        nonce = re.search(r"r=(.*)", base64.b64decode(rest.split()[1]).decode())[1]
        first = f"r={nonce}more,s=QSXCR+Q6sek8bf92,i={self.iterations}"
        peer.say("+ " + base64.b64encode(first.encode()).decode())
        if peer.line() != "*":
            self.accept(peer, tag)

    def accept(self, peer, tag):
        self.sign_in(peer, tag, True)


class WrongProof(Scram):
    def accept(self, peer, tag):
        peer.say("+ " + base64.b64encode(b"v=" + base64.b64encode(b"x" * 32)).decode())
        self.sign_in(peer, tag, True)


class OneIteration(Scram):
    iterations = 1


class ManyIterations(Scram):
    iterations = 2147483647


class Unproved(HostileCase):
    def gives_nothing_away(self, kind, says):
        server = self.refused(kind, 77, says)
        self.assertNotIn("EXAMINE", " ".join(server.heard))

    def test_accepted_without_proof(self):  # SEC D-05
        self.gives_nothing_away(Scram, "before the mechanism SCRAM-SHA-256 has come to its end")

    def test_a_wrong_proof(self):
        self.gives_nothing_away(WrongProof, "the server has not proved that it knows the password")

    def test_iterations(self):  # SEC D-07
        self.gives_nothing_away(OneIteration, "only 4096 to 1000000 are taken")
        self.gives_nothing_away(ManyIterations, "only 4096 to 1000000 are taken")


if __name__ == "__main__":
    unittest.main()
