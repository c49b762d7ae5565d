"""A throw-away Courier imapd on a free loopback port, signed in already as test.

SPDX-License-Identifier: MIT

Who signs in with Courier talks to its authentication daemon, whose socket has a fixed place; so
its imapd, which only serves a mailbox, is started here for each connection, and greets with PREAUTH.
"""
import os
import socket
import subprocess
import threading

from .server import Server, listener
from .unpacked import libraries, reachable, unpack

PACKAGES = ("courier-imap", "courier-base", "courier-authlib", "libcourier-unicode4", "libgamin0", "libidn12")
IMAPD = "usr/bin/imapd"
# As /etc/courier/imapd has it, and ACL.
CAPABILITIES = """IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE
    ACL ACL2=UNION"""
# There is no daemon that watches files: Courier says so instead of a greeting.
NO_WATCH = b"* OK [ALERT] Filesystem notification initialization error"


class Courier(Server):
    """Runs until close(), or until this process ends in any way; raises Unavailable."""

    def __init__(self):
        root = unpack("courier", PACKAGES)
        super().__init__()
        try:
            self.root = reachable(root, self.folder)
            libraries(self.root, (IMAPD,), self.environment())
            for box in ("Maildir", "Maildir/.Sent"):
                self.make_folders(*(os.path.join(box, name) for name in ("cur", "new", "tmp")))
            self.write("Maildir/maildirsize", "100000S,200C\n")
            self.own(self.folder)
            with listener() as sock:
                self.imap = sock.getsockname()[1]
                self.begin([lambda die_with_parent: self.run(sock, die_with_parent)], keep=[sock])
        except BaseException:
            self.close()
            raise

    def environment(self):
        lib = os.path.join(self.root, "usr/lib")
        return {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": f"{lib}/{os.uname().machine}-linux-gnu:{lib}/courier-authlib:{lib}",
                "HOME": self.folder, "IMAP_CAPABILITY": " ".join(CAPABILITIES.split()), "IMAP_ACL": "1", "IMAP_KEYWORDS": "1",
                "IMAP_ENHANCEDIDLE": "0", "IMAP_IDLE_TIMEOUT": "1", "IMAP_USELOCKS": "1", "IMAP_ID_FIELDS": "11",
                "IMAP_TRASHFOLDERNAME": "Trash", "SENDMAIL": "/bin/true", "AUTHENTICATED": "test", "MAILDIRQUOTA": "100000S,200C"}

    def run(self, sock, die_with_parent):
        os.chdir(self.folder)
        self.output("courier.out")
        self.become()
        die_with_parent()
        while True:
            threading.Thread(target=self.serve, args=(sock.accept()[0],), daemon=True).start()

    def serve(self, connection):
        with open(self.path("courier.out"), "ab") as log:
            imapd = subprocess.Popen([os.path.join(self.root, IMAPD), "Maildir"], stdin=connection, stdout=subprocess.PIPE,
                                     stderr=log, env=self.environment())
        try:
            first = imapd.stdout.readline()
            if not first.startswith(NO_WATCH):
                connection.sendall(first)
            while said := os.read(imapd.stdout.fileno(), 65536):
                connection.sendall(said)
        except OSError:
            imapd.kill()
        # its output may be closed while it still holds the connection
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()
        imapd.wait()
