"""What the tests of the command share: a place, hark, and what it said.  SPDX-License-Identifier: MIT"""
import dataclasses
import os
import re
import signal
import subprocess
import time
import unittest
import urllib.parse

from . import certificates, maildir
from .dovecot import PASSWORD, make_folder
from .guard import Guard

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))
HARK = os.environ.get("HARK", os.path.join(TOP, "build", "release", "hark"))
FAST_CLOCK = os.environ.get("HARK_FAST_CLOCK", "")
PATIENCE = 30
SANITIZED = "asan" in HARK  # its memory is not ours to bound
MEMORY_MOST = 32 << 10  # KiB
# What must reach neither terminal nor log: what a terminal obeys or hides, or ends a line somewhere.
HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028-\u202e"
                     "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]")


@dataclasses.dataclass
class Said:
    code: int
    out: str
    err: str
    seconds: float


def memory_of(pid):
    """The most that a process took so far, in KiB; 0: it has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            return int((re.search(r"VmHWM:\s+(\d+)", file.read()) or "00")[1])
    except OSError:
        return 0


class Place:
    """A folder with certificates, which goes when this process does."""

    def __init__(self):
        self.folder = make_folder()
        self.guard = Guard(self.folder, [])
        self.certificates = certificates.make_all(self.folder)
        self.ca = os.path.join(self.folder, "ca.pem")
        self.count = 0

    def new(self):
        self.count += 1
        path = os.path.join(self.folder, str(self.count))
        os.mkdir(path)
        return path

    def close(self):
        self.guard.close()


def address(port, scheme="imaps", user="test", mailbox="", host="localhost"):
    return f"{scheme}://{urllib.parse.quote(user)}@{host}:{port}/{urllib.parse.quote(mailbox)}"


def fast(speed):
    """What a program's environment says so that its time passes as much faster, where that can be."""
    return {"LD_PRELOAD": FAST_CLOCK, "HARK_TEST_SPEED": str(speed)} if FAST_CLOCK else {}


class Hark:
    """One run of the command, started."""

    def __init__(self, folder, arguments, stdin=subprocess.DEVNULL, prefix=(), **environment):
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *prefix, HARK, *arguments], cwd=folder, stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", **environment})

    def wait(self, timeout=PATIENCE):
        try:
            out, err = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            err += b"(did not end)"
        return Said(self.process.returncode, out.decode(errors="replace"), err.decode(errors="replace"),
                    time.monotonic() - self.started)

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        begin = time.monotonic()
        said = self.wait()
        said.seconds = time.monotonic() - begin
        return said


class Case(unittest.TestCase):
    """Every run is checked for what is never to be said, whatever it is about."""

    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)

    def setUp(self):
        self.folder = self.place.new()
        self.maildir = os.path.join(self.folder, "Mail")
        self.password_file = self.write("password", PASSWORD + "\n")

    def write(self, name, text, mode=0o600):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
        return path

    def start(self, verb, url, *options, **environment):
        return Hark(self.folder, [verb, "--ca-file", self.place.ca, "--password-file", self.password_file,
                                  "--maildir", self.maildir, *options, url], **environment)

    def hark(self, *arguments, code=0, says="", timeout=PATIENCE, **environment):
        return self.check(Hark(self.folder, arguments, **environment).wait(timeout), code, says)

    def pull(self, url, *options, code=0, says="", timeout=PATIENCE):
        return self.check(self.start("pull", url, *options).wait(timeout), code, says)

    def check(self, said, code, says=""):
        text = said.out + said.err
        self.assertEqual(said.code, code, text)
        if says:
            self.assertRegex(text, says)
        self.assertNotRegex(text, HARMFUL)
        self.assertNotIn("Sanitizer", text)
        if code:
            self.assertRegex(said.err, r"\A(hark: [^\n]+ UID \d+[^\n]*\n)*hark: [^\n]+\n\Z", "one line says what is wrong")
        return said

    def verify(self, manifest, eol="lf", path=None):
        self.assertEqual(maildir.problems(path or self.maildir, manifest, eol), [])

    def delivered(self):
        """What is in the Maildir, in the order of UIDs that the times give it."""
        names = sorted(os.path.join(folder, name) for folder, name in maildir.files(self.maildir))
        contents = []
        for name in sorted(names, key=lambda name: os.stat(os.path.join(self.maildir, name)).st_mtime):
            with open(os.path.join(self.maildir, name), "rb") as file:
                contents.append(file.read())
        return contents

    def until(self, condition, what, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"never: {what}")
            time.sleep(0.005)


def manifest_of(messages):
    """For messages that no Dovecot has, a dict from UID to Sample."""
    from .mailbox import entry
    return {"messages": [entry(uid, sample) for uid, sample in messages.items()]}
