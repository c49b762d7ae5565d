"""A mailbox on the throw-away Dovecot that is pulled by programs which are killed on the way.

SPDX-License-Identifier: MIT
"""
import os
import re
import signal
import sqlite3
import subprocess
import sys

from . import maildir
from .dovecot import PASSWORD, Dovecot
from .mailbox import Mailbox

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
HARK = os.path.join(TOP, "build", "release", "hark")
PATIENCE = 60
os.environ["HARK_DEBUGGABLE"] = "1"  # strace of an ordinary user sees nothing of hark otherwise
UID = re.compile(r"\d+\.V\d+U(\d+)S\d+\.")


class Pulls:
    """One server for all of them, a fresh Maildir for each."""

    def __init__(self, samples, batch):
        self.server = Dovecot()
        # Goes with the server, however this program ends.
        self.folder = self.server.path("pulls")
        os.mkdir(self.folder)
        mailbox = Mailbox(self.server.folder, "test")
        mailbox.fill(samples)
        self.manifest = mailbox.read()
        self.batch = batch
        self.password = os.path.join(self.folder, "password")
        with open(os.open(self.password, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(PASSWORD + "\n")

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(128 + signal.SIGTERM))
        return self

    def __exit__(self, *_):
        self.server.close()

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, to, hark=HARK, password_command=None):
        password = ["--password-command", password_command] if password_command else ["--password-file", self.password]
        return [hark, "pull", "--batch", str(self.batch), *password, "--ca-file", self.server.ca, "--maildir", to,
                f"imaps://test@localhost:{self.server.imaps}"]

    def pull(self, to, hark=HARK, before=()):
        """Undisturbed; its exit code, and all that it said."""
        done = subprocess.run([*before, *self.command(to, hark)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, check=False)
        return done.returncode, done.stdout.strip()

    def resume(self, to, hark=HARK):
        """After a kill: sentences for what is wrong once the pull was gone on with, twice."""
        for expected in ("", "nothing new"):
            code, said = self.pull(to, hark)
            if code or expected not in said:
                return [f"the pull after it: exit code {code}, \"{said}\""]
        return self.problems(to)

    def problems(self, to):
        """Nothing lost, nothing twice, every byte right, nothing in tmp, nothing staged."""
        return [*maildir.problems(to, self.manifest), *self.uid_problems(to), *state_problems(to, self.manifest)]

    def uid_problems(self, to):
        """Two messages with the same bytes are still two: each file is the one that its name says."""
        wanted = {message["uid"]: message["sha256_lf"] for message in self.manifest["messages"]}
        for folder, name in maildir.files(to):
            match = UID.match(name)
            uid = int(match.group(1)) if match else None
            if wanted.pop(uid, None) != maildir.digest(os.path.join(to, folder, name)):
                yield f"{folder}/{name}: not the message of its UID, or there twice"
        yield from (f"UID {uid}: not there" for uid in wanted)


def state_problems(to, manifest):
    state = sqlite3.connect(os.path.join(to, "hark.db"))
    try:
        rows, staged = state.execute("SELECT count(*), count(staged) FROM message").fetchone()
    finally:
        state.close()
    if rows != len(manifest["messages"]) or staged:
        yield f"hark.db: {rows} messages, {staged} of them staged"
