#!/usr/bin/python3
"""The calls of IMAP and its extensions against Dovecot, Cyrus and Courier: tests/live/ext/*.md.

  tests/live/test_extensions.py [--update]

Each server plays all scripts; what it said goes to build/live/SERVER.tsv, the words of the grammar that it
proved.  tests/coverage/live.tsv keeps them: every word there must be seen again, and --update writes it anew.
SPDX-License-Identifier: MIT
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import time
import unittest

from harness.case import TOP
from harness.courier import Courier
from harness.cyrus import Cyrus
from harness.dovecot import EXTENSIONS, MOVED, Dovecot
from harness.server import PASSWORD
from harness.unpacked import Unavailable

PLAY = os.environ.get("HARK_LIVE_PLAY", os.path.join(TOP, "build", "release", "tests", "live_play"))
SCRIPTS = sorted(glob.glob(os.path.join(TOP, "tests", "live", "ext", "*.md")))
COVERAGE = os.path.join(TOP, "scripts", "coverage")
KEPT = os.path.join(TOP, "tests", "coverage", "live.tsv")
PLACE = os.path.join(TOP, "build", "live")


def dovecot():
    server = Dovecot(before=MOVED, more=EXTENSIONS)
    server.prepare()
    return server


SERVERS = {"Dovecot": dovecot, "Cyrus": Cyrus, "Courier": Courier}
# Sections that no server can play: why.
NOBODY = {
    "catenate.md: In place of another": "REPLACE came after Dovecot 2.3 and Cyrus 3.6",
    "catenate.md: Signed out, not gone": "UNAUTHENTICATE came with Cyrus 3.8",
}
# Words that depend on whether a clock's second has passed meanwhile.
FICKLE = {("Dovecot", "attribute", "\\Marked"), ("Dovecot", "attribute", "\\UnMarked")}


class Player:
    """A server, and live_play on its way."""

    def __init__(self, name):
        self.name = name
        self.capture = os.path.join(PLACE, name)
        shutil.rmtree(self.capture, ignore_errors=True)
        os.makedirs(self.capture)
        self.server = SERVERS[name]()
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", PLAY, str(self.server.imap), "test", PASSWORD,
             getattr(self.server, "ca", "-"), self.capture, *SCRIPTS],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")

    def end(self):
        said = self.process.communicate(timeout=120)[0]
        self.server.close()
        return said

    def rows(self):
        """What it proved, as scripts/coverage reads the conversations."""
        table = os.path.join(PLACE, f"{self.name}.tsv")
        with open(table, "w") as file:
            subprocess.run([COVERAGE, "--session", self.name, *sorted(glob.glob(self.capture + "/*"))], stdout=file, check=True)
        return table


def words(table):
    with open(table, encoding="utf-8") as file:
        return {tuple(line.split("\t")[:3]) for line in file if not line.startswith("#")}


def fickle():
    """What was kept of FICKLE, for when it does not come this time."""
    table = os.path.join(PLACE, "fickle.tsv")
    with open(KEPT, encoding="utf-8") as kept, open(table, "w", encoding="utf-8") as file:
        file.writelines(line for line in kept if tuple(line.split("\t")[:3]) in FICKLE)
    return table


class Extensions(unittest.TestCase):
    """All servers at once: most of the time one waits for another process."""

    @classmethod
    def setUpClass(cls):
        cls.began, cls.players, cls.missing = time.monotonic(), {}, {}
        for name in SERVERS:
            try:
                cls.players[name] = Player(name)
            except Unavailable as error:
                cls.missing[name] = error
                print(f"skipped {name}: {error}")
        cls.said = {name: player.end() for name, player in cls.players.items()}
        cls.seconds = time.monotonic() - cls.began

    def of(self, name):
        if name in self.missing:
            self.skipTest(f"{name}: {self.missing[name]}")
        said = self.said[name]
        self.assertNotRegex(said, r"(?m)^unread ")
        self.assertRegex(said, r"\d+ passed, 0 failed, \d+ skipped\n\Z", f"{name} says:\n{said}")

    def test_dovecot(self):
        self.of("Dovecot")

    def test_cyrus(self):
        self.of("Cyrus")

    def test_courier(self):
        self.of("Courier")

    def test_somebody_plays_each_section(self):
        if self.missing:
            self.skipTest(", ".join(f"{name}: {why}" for name, why in self.missing.items()))
        skipped = set.intersection(*(set(re.findall(r"^skipped (.*): \S+$", said, re.M)) for said in self.said.values()))
        for section in sorted(skipped & set(NOBODY)):
            print(f"skipped {section}: {NOBODY[section]}")
        self.assertEqual(skipped, set(NOBODY))

    def test_words_are_seen_again(self):
        if not os.path.exists(COVERAGE):
            self.skipTest("there is no scripts/coverage")
        tables = [player.rows() for player in self.players.values()]
        if "--update" in OPTIONS:
            subprocess.run([COVERAGE, "--live", *tables, fickle()], check=True)
        seen = set().union(*(words(table) for table in tables))
        kept = {row for row in words(KEPT) if row[0] in self.players}
        self.assertEqual(sorted(kept - seen - FICKLE), [])


OPTIONS = [argument for argument in sys.argv if argument == "--update"]

if __name__ == "__main__":
    unittest.main(argv=[argument for argument in sys.argv if argument not in OPTIONS])
