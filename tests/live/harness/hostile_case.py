"""Tests of the command against one of the hostile servers.  SPDX-License-Identifier: MIT"""
from .case import Case, address, manifest_of
from .peer import Server


class HostileCase(Case):
    host = "127.0.0.1"

    def serve(self, kind, implicit_tls=True, certificate="good"):
        server = Server(kind(), self.place.certificates[certificate], implicit_tls, self.host)
        self.addCleanup(server.close)
        return server.__enter__()

    def address(self, server, scheme="imaps"):
        return address(server.port, scheme, host=self.host)

    def refused(self, kind, code, says, scheme="imaps", implicit_tls=None):
        """A server from which nothing can be had: exit code, sentence, and an empty Maildir."""
        with self.subTest(kind=kind.__name__, scheme=scheme):
            server = self.serve(kind, scheme == "imaps" if implicit_tls is None else implicit_tls)
            self.pull(self.address(server, scheme), code=code, says=says, timeout=120)
            self.assertEqual(self.delivered(), [])
            return server

    def complete(self, server, **expected):
        self.pull(self.address(server), timeout=120, **expected)
        self.verify(manifest_of(server.script.messages))
