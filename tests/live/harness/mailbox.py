"""A mailbox of the throw-away Dovecot, filled, and the manifest of what it will serve.

SPDX-License-Identifier: MIT
"""
import hashlib
import imaplib
import json
import os
import re
import time

from .dovecot import PASSWORD

LETTERS = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}
UIDVALIDITY = 1234567890
BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")


def entry(uid, sample):
    """What the manifest says of a message; sha256_lf: of the bytes with LF line ends, where these
    can be turned into CRLF again without a doubt."""
    lf = sample.wire if BARE.search(sample.wire) else sample.wire.replace(b"\r\n", b"\n")
    return {"uid": uid, "name": sample.name, "size": len(sample.wire), "time": sample.time,
            "flags": list(sample.flags), "sha256": hashlib.sha256(sample.wire).hexdigest(),
            "sha256_lf": hashlib.sha256(lf).hexdigest()}


class Mailbox:
    """INBOX of user.  Files go straight into Dovecot's Maildir, which is fast and allows any UID."""

    def __init__(self, folder, user):
        self.folder, self.user = folder, user
        self.manifest_file = os.path.join(folder, f"manifest-{user}.json")
        self.maildir = os.path.join(folder, "mail", user, "Maildir")
        self.owner = os.stat(folder)

    def read(self):
        try:
            with open(self.manifest_file) as file:
                return json.load(file)
        except FileNotFoundError:
            return {"uidvalidity": UIDVALIDITY, "messages": []}

    def write(self, manifest):
        with open(self.manifest_file, "w") as file:
            json.dump(manifest, file, indent=1)

    def make_folders(self):
        for path in (os.path.dirname(self.maildir), self.maildir,
                     *(os.path.join(self.maildir, name) for name in ("cur", "new", "tmp"))):
            if not os.path.isdir(path):
                os.mkdir(path, 0o700)
                self.own(path)

    def own(self, path):
        if os.geteuid() == 0:
            os.chown(path, self.owner.st_uid, self.owner.st_gid)

    def write_file(self, path, data, mtime):
        with open(path, "wb") as file:
            file.write(data)
        if mtime is not None:
            os.utime(path, (mtime, mtime))
        self.own(path)

    def fill(self, samples, uidvalidity=UIDVALIDITY):
        """The whole mailbox, before Dovecot has seen it."""
        self.make_folders()
        keywords, lines, messages = [], [], []
        for uid, sample in enumerate(samples, 1):
            letters = "".join(sorted(self.letter(flag, keywords) for flag in sample.flags))
            data = sample.wire.replace(b"\r\n", b"\n")
            base = f"{sample.time}.M{uid}P1.hark,S={len(data)},W={len(sample.wire)}"
            self.write_file(os.path.join(self.maildir, "cur", f"{base}:2,{letters}"), data, sample.time)
            lines.append(f"{uid} :{base}\n")
            messages.append(entry(uid, sample))
        self.write_file(os.path.join(self.maildir, "dovecot-keywords"),
                        "".join(f"{n} {name}\n" for n, name in enumerate(keywords)).encode(), None)
        head = f"3 V{uidvalidity} N{len(lines) + 1} G{uidvalidity:032x}\n"
        self.write_file(os.path.join(self.maildir, "dovecot-uidlist"), (head + "".join(lines)).encode(), None)
        self.write({"uidvalidity": uidvalidity, "messages": messages})

    @staticmethod
    def letter(flag, keywords):
        """Dovecot keeps the keywords as small letters."""
        if flag in LETTERS:
            return LETTERS[flag]
        if flag not in keywords:
            keywords.append(flag)
        return chr(ord("a") + keywords.index(flag))

    def deliver(self, sample):
        """One more, as a mail server would while clients are connected."""
        self.make_folders()
        manifest = self.read()
        uid = len(manifest["messages"]) + 1
        name = f"{time.time_ns()}.P{os.getpid()}.hark"
        tmp = os.path.join(self.maildir, "tmp", name)
        self.write_file(tmp, sample.wire.replace(b"\r\n", b"\n"), sample.time)
        manifest["messages"].append(entry(uid, sample))
        self.write(manifest)
        os.rename(tmp, os.path.join(self.maildir, "new", name))

    def append(self, port, samples):
        """Through IMAP, for what is not a Maildir; without the few that APPEND or dbox do not take."""
        client = imaplib.IMAP4("127.0.0.1", port)
        client.login(self.user, PASSWORD)
        manifest = self.read()
        for sample in samples:
            if not sample.wire or BARE.search(sample.wire) or sample.time >= 1 << 31:
                continue
            date = imaplib.Time2Internaldate(sample.time)
            status, answer = client.append("INBOX", f"({' '.join(sample.flags)})", date, sample.wire)
            if status != "OK":
                raise RuntimeError(f"APPEND: {answer[0].decode()}")
            uidvalidity, uid = re.search(rb"APPENDUID (\d+) (\d+)", answer[0]).groups()
            manifest["uidvalidity"] = int(uidvalidity)
            manifest["messages"].append(entry(int(uid), sample))
        client.logout()
        self.write(manifest)
