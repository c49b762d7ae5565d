#!/usr/bin/python3
"""What must be encrypted before anything is said: STARTTLS and those who undermine it.

SPDX-License-Identifier: MIT
"""
import unittest

from harness import hostile, network
from harness.case import manifest_of
from harness.hostile_case import HostileCase

BEFORE_TLS = {"CAPABILITY", "STARTTLS", "LOGOUT", ""}
CANNOT = network.enter()


@unittest.skipIf(CANNOT, CANNOT)
class Starttls(HostileCase):
    host = network.ADDRESS

    def refused(self, kind, code, says):
        """And nothing that names the user has been said in clear."""
        server = super().refused(kind, code, says, "imap")
        verbs = {line.partition(" ")[2].partition(" ")[0].upper() for line in server.heard}
        self.assertLessEqual(verbs, BEFORE_TLS)
        self.assertEqual(server.connections, 1)

    def test_preauth(self):  # SEC B-01 B-02
        self.refused(hostile.Preauth, 69, "PREAUTH")

    def test_not_offered(self):  # SEC A-08
        self.refused(hostile.NoStarttls, 69, "")

    def test_no(self):
        self.refused(hostile.RefusesStarttls, 69, "")

    def test_injection(self):  # SEC A-01
        self.refused(hostile.InjectsAfterStarttls, 76, "tampered")

    def test_late_injection(self):  # SEC A-02 A-12
        self.refused(hostile.InjectsLater, 76, "TLS")

    def test_answer_before_the_command(self):  # SEC A-06
        self.refused(hostile.EarlyOk, 76, "")

    def test_alert_is_not_shown(self):  # SEC A-04
        server = self.serve(hostile.AlertBeforeTls, False)
        said = self.pull(self.address(server, "imap"), code=69)
        self.assertNotIn("555-0100", said.out + said.err)

    def test_the_whole_way(self):
        """All of the user's secrets, but only inside TLS."""
        server = self.serve(hostile.Honest, False)
        self.pull(self.address(server, "imap"))
        self.verify(manifest_of(server.script.messages))
        clear = server.heard[:server.heard.index("TLS")]
        self.assertEqual([line.split()[1] for line in clear], ["STARTTLS"])


if __name__ == "__main__":
    unittest.main()
