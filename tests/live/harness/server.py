"""What the throw-away servers have in common: a folder, and a user that is not root.

SPDX-License-Identifier: MIT
"""
import grp
import os
import pwd
import shutil
import socket
import tempfile

from .guard import Guard

PASSWORD = "pass"
# A socket's path may have 107 bytes, and the servers' own names need some of them.
LONGEST_PLACE = 50


def make_folder():
    for place in (tempfile.gettempdir(), "/tmp"):
        if len(place) <= LONGEST_PLACE:
            return tempfile.mkdtemp(prefix="hark-", dir=place)
    raise ValueError(f"TMPDIR has more than {LONGEST_PLACE} bytes")


def listener():
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(128)
    return sock


def placeholder():
    """Bound to a port that nobody is given as long as it is open; whoever knows it may listen there."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", 0))
    return sock


class Server:
    """Its folder goes with whoever wanted it."""

    def __init__(self):
        # None of them serves mail as root.
        self.user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.group = grp.getgrgid(self.user.pw_gid).gr_name
        self.folder = make_folder()
        self.guard = None

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def make_folders(self, *names):
        for name in names:
            os.makedirs(self.path(name), exist_ok=True)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def own(self, path):
        """Gives path and all below to the user that the server runs as."""
        if os.getuid() != 0:
            return
        os.chown(path, self.user.pw_uid, self.user.pw_gid)
        for folder, folders, files in os.walk(path):
            for name in folders + files:
                os.chown(os.path.join(folder, name), self.user.pw_uid, self.user.pw_gid, follow_symlinks=False)

    def output(self, name):
        """Descriptors: nothing to read, and a file for what the server prints."""
        log = os.open(name, os.O_WRONLY | os.O_CREAT, 0o600)
        if os.getuid() == 0:
            os.chown(name, self.user.pw_uid, self.user.pw_gid)
        return os.open("/dev/null", os.O_RDONLY), log

    def become(self):
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(self.user.pw_gid)
            os.setuid(self.user.pw_uid)

    def begin(self, services, command=None, keep=()):
        """The folder's end is the guard's from here on."""
        self.guard = Guard(self.folder, services, command, [sock.fileno() for sock in keep])

    def close(self):
        if self.guard:
            return self.guard.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return 0
