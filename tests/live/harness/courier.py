"""A throw-away Courier imapd on a free loopback port, signed in already as test.

SPDX-License-Identifier: MIT

Who signs in with Courier talks to its authentication daemon, whose socket has a fixed place; so
its imapd, which only serves a mailbox, is started here for each connection, and greets with PREAUTH.
"""
import os
import signal

from .server import Server, listener
from .unpacked import libraries, reachable, unpack

PACKAGES = ("courier-imap", "courier-base", "courier-authlib", "libcourier-unicode4", "libgamin0", "gamin", "libidn12")
IMAPD, WATCH = "usr/bin/imapd", "usr/libexec/gam_server"
# As /etc/courier/imapd has it; it adds ACL, ID and ENABLE by itself.
CAPABILITIES = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"


class Courier(Server):
    """Runs until close(), or until this process ends in any way; raises Unavailable."""

    def __init__(self):
        root = unpack("courier", PACKAGES)
        super().__init__()
        try:
            self.root = reachable(root, self.folder)
            libraries(self.root, (IMAPD, WATCH), self.environment())
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
                "HOME": self.folder, "IMAP_CAPABILITY": CAPABILITIES, "IMAP_ACL": "1", "IMAP_KEYWORDS": "1",
                "IMAP_ENHANCEDIDLE": "0", "IMAP_IDLE_TIMEOUT": "1", "IMAP_USELOCKS": "1", "IMAP_ID_FIELDS": "11",
                "IMAP_TRASHFOLDERNAME": "Trash", "SENDMAIL": "/bin/true", "AUTHENTICATED": "test", "MAILDIRQUOTA": "100000S,200C",
                # it starts what watches files for it, which without these would be everybody's
                "GAMIN_DEBUG_SERVER": os.path.join(self.root, WATCH), "GAM_CLIENT_ID": os.path.basename(self.folder)}

    def run(self, sock, die_with_parent):
        os.chdir(self.folder)
        log = self.output("courier.out")[1]
        self.become()
        die_with_parent()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
        imapd = os.path.join(self.root, IMAPD)
        while True:
            with sock.accept()[0] as connection:
                ends = [(os.POSIX_SPAWN_DUP2, source, target) for target, source in
                        enumerate((connection.fileno(), connection.fileno(), log))]
                os.posix_spawn(imapd, [imapd, "Maildir"], self.environment(), file_actions=ends)
