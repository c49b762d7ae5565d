#!/usr/bin/python3
"""What the other tests rely on: differences are found, and nothing is left behind.

SPDX-License-Identifier: MIT
"""
import os
import signal
import subprocess
import tempfile
import time
import unittest

from harness import maildir, samples
from harness.mailbox import entry

HERE = os.path.dirname(os.path.realpath(__file__))


class Verify(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.maildir = place.name
        for name in ("cur", "new", "tmp"):
            os.mkdir(os.path.join(self.maildir, name))
        two = list(samples.many(2, 1000))
        self.manifest = {"messages": [entry(uid, sample) for uid, sample in enumerate(two, 1)]}
        self.paths = [self.put(f"cur/{sample.time}.V1U{uid}.abc:2,S", sample) for uid, sample in enumerate(two, 1)]

    def put(self, name, sample):
        path = os.path.join(self.maildir, name)
        with open(path, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(sample.wire.replace(b"\r\n", b"\n"))
        os.utime(path, (sample.time, sample.time))
        return path

    def finds(self, what):
        self.assertRegex("\n".join(maildir.problems(self.maildir, self.manifest)), what)

    def test_equal(self):
        self.assertEqual(maildir.problems(self.maildir, self.manifest), [])

    def test_a_byte(self):
        with open(self.paths[0], "r+b") as file:
            file.seek(500)
            file.write(b"!")
        os.utime(self.paths[0], (1600000000, 1600000000))
        self.finds("UID 1 .*not there byte for byte")

    def test_missing(self):
        os.unlink(self.paths[1])
        self.finds("UID 2 .*not there")

    def test_twice(self):
        self.put("new/1600000001.V1U9.abc", list(samples.many(2, 1000))[1])
        self.finds("1 too many")

    def test_flags(self):
        os.rename(self.paths[0], self.paths[0] + "T")
        self.finds('UID 1 .*flags "ST"')

    def test_time(self):
        os.utime(self.paths[0], (1, 1))
        self.finds("another time than the file's")

    def test_name(self):
        os.rename(self.paths[0], os.path.join(self.maildir, "cur", "1600000000.a+b:2,S"))
        self.finds("not a portable name")

    def test_left_in_tmp(self):
        self.put("tmp/x", list(samples.many(1, 10))[0])
        self.finds("tmp/x was left")

    def test_readable_by_others(self):
        os.chmod(self.paths[0], 0o644)
        self.finds("others may read it")


class Guard(unittest.TestCase):
    """However a throw-away server's owner ends, nothing of it is left."""

    def run_and_end(self, end):
        with subprocess.Popen([os.path.join(HERE, "dovecot"), "run", "--", "sh", "-c",
                               "echo $HARK_TEST_DIR; (setsid sleep 4321 & echo $!); sleep 4321"],
                              stdout=subprocess.PIPE, text=True, start_new_session=True) as run:
            folder, background = run.stdout.readline().strip(), int(run.stdout.readline())
            self.assertTrue(os.path.isdir(folder))
            end(run)
        deadline = time.monotonic() + 30
        while os.path.exists(folder) or alive(background):
            self.assertLess(time.monotonic(), deadline, "left behind")
            time.sleep(0.01)
        return run.returncode

    def test_killed(self):
        self.run_and_end(lambda run: run.kill())

    def test_killed_with_all_its_group(self):
        self.run_and_end(lambda run: os.killpg(run.pid, signal.SIGKILL))

    def test_terminated(self):
        self.assertEqual(self.run_and_end(lambda run: run.terminate()), 128 + signal.SIGTERM)

    def test_exit_code(self):
        done = subprocess.run([os.path.join(HERE, "dovecot"), "run", "--", "sh", "-c", "exit 9"])
        self.assertEqual(done.returncode, 9)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            return stat.read().rpartition(b")")[2].split()[0] != b"Z"
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    unittest.main()
