#!/usr/bin/python3
"""Configuration, addresses and passwords as somebody careless or hostile would write them.

SPDX-License-Identifier: MIT
"""
import base64
import os
import re
import resource
import shutil
import signal
import subprocess
import time
import unittest

from harness import hostile
from harness.case import HARK, TOP, Hark, manifest_of
from harness.dovecot import PASSWORD
from harness.hostile_case import HostileCase


class Any(hostile.Honest):
    """Lets everybody in, and remembers with what; has all mailboxes."""

    capabilities = hostile.Honest.capabilities.replace(" SASL-IR AUTH=PLAIN", "")  # LOGIN shows it best

    def do_login(self, peer, tag, rest):
        self.login = rest
        self.sign_in(peer, tag, True)

    def do_examine(self, peer, tag, rest):
        self.examined = rest
        super().do_examine(peer, tag, rest)


class AnyPlain(Any):
    """As Any, by the mechanism that takes all of UTF-8."""

    capabilities = hostile.Honest.capabilities

    def do_authenticate(self, peer, tag, rest):
        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        self.login = f"{user} {password}"
        self.sign_in(peer, tag, True)


class Configuration(HostileCase):
    def conf(self, data, code, says, *arguments):
        with self.subTest(data=data[:60], arguments=arguments):
            with open(os.path.join(self.folder, "hark.conf"), "wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(data)
            self.hark("pull", "--config", "hark.conf", *arguments, code=code, says=says)

    def test_mistakes_have_their_line(self):  # SEC N-09
        top = b"[a]\nurl = imaps://me@localhost\n"
        for data, line, says in (
                (b"x" * 10_000_000, 1, "longer"), (top + b"maildir = " + b"x" * 10_000_000 + b"\n", 3, "longer"),
                (b"\0", 1, "NUL"), (top + b"maildir = a\0b\n", 3, "NUL"), (top + b"maildir = a\rb\n", 3, "control"),
                (b"[a]\rurl = imaps://me@localhost\r", 1, "control"), (top + b"maildir = \x1b[2J\n", 3, "control"),
                (top + b"maildir = \xff\n", 3, "UTF-8"), (top + b"frob = 1\n", 3, "frob is not a setting"),
                (top + b"Maildir = Mail\n", 3, "Maildir is not a setting"), (top + b"maildir\n", 3, "name = value"),
                (top + b"maildir =\n", 3, "needs a value"),
                (top + b"eol = cr\n", 3, "lf or crlf"), (top + b"no-id = maybe\n", 3, "yes or no"),
                (top + b"maildir = a ; b\n", 3, "semicolon"),
                (top + b"  maildir = a\n", 3, "blank"), (top + b"= a\n", 3, "not a setting"), (b"url = x\n", 1, "before the first"),
                (b"[]\n", 1, "name of an account"),
                (b"[a\n", 1, "]"), (b"[a] url = b\n", 1, "behind the ]"), (b"[ a ]\n", 1, "blank"),
                (b"[" + b"a" * 41 + b"]\n", 1, "40 characters"),
                (top + b"[b]\n[a]\n", 4, "above"), (top + b"url = imaps://you@localhost\n", 3, "url stands above"),
                (top + b"plaintext = no\nplaintext = no\n", 4, "plaintext stands above"), (b"[a]\nurl = http://x\n", 2, "imaps://"),
                (b"[a]\nurl = imaps://me@\n", 2, "host"), (b"\xef\xbb\xbf[a]\nfrob = 1\n", 2, "frob"),
                (b"#\n" * 10_001, 10_001, "too many lines"),
                (b"".join(b"[a%d]\n" % n for n in range(1001)), 1001, "too many accounts")):
            self.conf(data, 78, rf"^hark: hark\.conf, line {line}: .*{re.escape(says)}")
        self.conf(b"[a]\nurl = imaps://me:hunter2@localhost\n", 78, "line 2: .*password does not belong")
        self.assertNotIn("hunter2", Hark(self.folder, ["pull", "--config", "hark.conf"]).wait().err)

    def test_what_is_missing(self):
        self.conf(b"", 64, "whose mail")
        self.conf(b"[a]\n", 78, r"\[a\] has no url")
        self.conf(b"[a]\nurl = imaps://me@localhost\n", 78, r"\[a\] has no maildir; write  maildir = ~/Mail/a")
        self.conf(b"[a]\nurl = imaps://me@localhost\n", 64, '"b" is neither', "b")

    def test_files_that_are_none(self):
        os.mkfifo(os.path.join(self.folder, "pipe"))
        for path in (".", "pipe", "/dev/null", "/dev/zero"):
            self.hark("pull", "--config", path, code=78, says=f"{path} is not a file")

    def test_forms_that_are_fine(self):
        server = self.serve(Any)
        url = self.address(server).encode()
        for data in (b"\xef\xbb\xbf[a]\r\nurl = %s\r\nmaildir = Mail 1\r\npassword = p;q#r \r\nca-file = %s\r\n",
                     b"[a]\nurl\t=\t%s\n\n  \n; a ; b\n# c\nmaildir: Mail 1\npassword=p;q#r\nca-file=%s",
                     b"[a]\nurl=%s\nmaildir=~/Mail 1\npassword = p;q#r\nno-id = yes\nca-file = %s\n"):
            self.conf(data % (url, self.place.ca.encode()), 0, "", "a")
            self.assertIn("p;q#r", server.script.login)
        self.verify(manifest_of(server.script.messages), path=os.path.join(self.folder, "Mail 1"))


class Addresses(HostileCase):
    def test_refused(self):  # SEC E-14
        for url, says in (("imaps://a@b/x%00y", "control"), ("imaps://a@b/x%0d%0aA1%20LOGOUT", "control"),
                          ("imaps://a%0d%0ab@c/", "control"),
                          ("imaps://a@b%00/", "control"), ("imaps://a@b%20c/", "host"), ("imaps://a@b%2fc/", "host"),
                          ("imaps://a@b/%", "hexadecimal"), ("imaps://a@b/%4", "hexadecimal"),
                          ("imaps://a@b/%ff", "UTF-8"), ("imaps://a@b:0/", "port"), ("imaps://a@b:65536/", "port"),
                          ("imaps://a@b:99999999999999999999/", "port"),
                          ("imaps://a@b:imap/", "port"), ("imaps://a@b:-1/", "port"), ("imaps://a@b:/", "port"),
                          ("imaps://a@[::1/", "]"), ("imaps://a@[::1]x/", "port"),
                          ("imaps://a@[]/", "host is missing"), ("imaps://@b/", "no user name"), ("imaps://b/", "no user name"),
                          ("imaps://;AUTH=*@b/", "no user name"),
                          ("imaps://a;AUTH=GSSAPI@b/", "mechanism"), ("imaps://a;auth=@b/", "mechanism"),
                          ("imaps://a@b/x;UIDVALIDITY=3", "messages"), ("imaps://a@b/x;uid=3", "messages"),
                          ("imaps://a@b/x?SUBJECT%20a", "messages"), ("imaps://" + "a" * 100_000, "no user name"),
                          ("imaps://a@b:" + "9" * 100_000, "port"),
                          ("imaps://a@b/" + "x" * 100_000 + "%", "hexadecimal"), ("", "imaps://"), ("imaps:", "imaps://")):
            with self.subTest(url=url[:60]):
                said = self.hark("pull", "--maildir", "Mail", url, code=64, says=re.escape(says))
                self.assertLess(len(said.err), 700)
        said = self.hark("pull", "imaps://a@b/" + "x" * 100_000, code=64, says="hark pull --maildir ~/Mail")
        self.assertRegex(said.err, r"\.\.\.\n\Z")
        self.hark("pull", "--maildir", "Mail", "imaps://me:hunter2@b/", code=64, says="password does not belong")
        self.assertNotIn("hunter2", Hark(self.folder, ["pull", "imaps://me:hunter2@b/"]).wait().err)

    def test_understood(self):
        server, plain = self.serve(Any), self.serve(AnyPlain)
        for user, mailbox, login, examined in (("a%40b", "x%2Fy%20z", '"?a@b"? ', '"x/y z"'), ("a@b", "x/y", '"?a@b"? ', '"?x/y"?'),
                                               ("a;AUTH=*", "INBOX", '"?a"? ', "INBOX"),
                                               ("gr%C3%BCn", "gr%c3%bcn/T%26C%25", "gr\u00fcn ", '"?gr&APw-n/T&-C%"?'),
                                               ("a%22%5Cb", "x%22%5Cy", r'"a\\"\\\\b" ', r'"x\\"\\\\y"'),
                                               ("a%7B3%7D", "x%7B3%7D", r'.*a\{3\}', r'.*x\{3\}"?'),
                                               ("u" * 60, "x" * 200, "u{60} ", "x{200}")):
            with self.subTest(user=user):
                self.maildir = os.path.join(self.folder, user[:5])
                used = plain if user.startswith("gr") else server
                self.check(self.start("pull", f"imaps://{user}@127.0.0.1:{used.port}/{mailbox}").wait(), 0)
                self.assertRegex(used.script.login, "^" + login)
                self.assertRegex(used.script.examined, f"^{examined}$")

    def test_ipv6(self):
        self.hark("pull", "--maildir", "Mail", "--password-file", self.password_file, "imaps://a@[::1]:9/", code=69, says="refused")

    def test_endless_names(self):
        """A user, host or mailbox of 100 kB is an error of one line, soon."""
        server = self.serve(Any)
        for url, codes in ((f"imaps://{'u' * 100_000}@127.0.0.1:{server.port}/", (0, 64, 69, 77)),
                           (f"imaps://u@{'h' * 100_000}/", (64, 68)),
                           (f"imaps://u@127.0.0.1:{server.port}/{'m' * 100_000}", (0, 64, 69, 73))):
            with self.subTest(url=url[:20]):
                said = self.start("pull", url).wait()
                self.assertIn(said.code, codes, said.err[:500])
                self.check(said, said.code)
                self.assertLess(len(said.err), 2000)


class Passwords(HostileCase):
    def setUp(self):
        super().setUp()
        self.server = self.serve(AnyPlain)

    def get(self, *options, code=0, says=""):
        return self.hark("pull", "--maildir", "Mail", "--ca-file", self.place.ca, *options, self.address(self.server), code=code, says=says)

    def test_files(self):  # SEC N-08
        path = os.path.join(self.folder, "p")
        for data, code, says in ((b"", 78, "p gives no password"), (b"\n", 78, "no password"), (b"\r\n", 78, "no password"),
                                 (b"\0\n", 78, "no password"), (b"a\0b\n", 78, "one line of text"),
                                 (b"x" * 1_000_000, 78, "4095"), (b"x" * 4096, 78, "4095"), (b"x" * 4095, 0, "x" * 4095),
                                 (b"two words \n", 0, "two words "), (b"pass\r\nmore\r\n", 0, "pass"),
                                 ("gr\u00fcn".encode(), 0, "gr\u00fcn"), (b'a"b\\c\n', 0, None)):
            with self.subTest(data=data[:20]):
                with open(path, "wb") as file:
                    os.fchmod(file.fileno(), 0o600)
                    file.write(data)
                self.get("--password-file", "p", code=code, says=says if code else "")
                if not code and says:
                    self.assertRegex(self.server.script.login, f' "?{re.escape(says)}"?$')
        for mode in (0o640, 0o604, 0o620):
            os.chmod(path, mode)
            self.get("--password-file", "p", code=78, says="chmod 600 p")
        self.get("--password-file", ".", code=78, says=r"\. is a folder")
        self.get("--password-file", "/dev/null", code=78, says="no password")

    @unittest.skipIf(os.getuid(), "only root can give a file away")
    def test_somebody_elses_file(self):  # SEC N-08
        os.chmod(self.folder, 0o711)
        os.mkdir(os.path.join(self.folder, "Mail"))
        path = self.write("p", PASSWORD)
        os.chown(path, 65534, 65534)
        self.get("--password-file", "p", code=78, says="somebody else")

    @unittest.skipIf(os.getuid(), "only root can give a folder away")
    def test_root_in_somebody_elses_maildir(self):
        """Is warned: what root delivers its owner cannot read."""
        self.write("p", PASSWORD)
        os.chmod(os.path.join(self.folder, "p"), 0o600)
        words = ["pull", "--maildir", "Mail", "--ca-file", self.place.ca, "--password-file", "p"]
        said = self.hark(*words, self.address(self.server))
        self.check(said, 0)
        self.assertNotIn("root", said.err)
        os.chown(os.path.join(self.folder, "Mail"), 65534, 65534)
        said = self.hark(*words, self.address(self.server))
        self.check(said, 0)
        self.assertRegex(said.err, "you are root, and Mail belongs to another user.*sudo -u nobody")
        said = self.hark(*words, "--json", self.address(self.server))
        self.assertIn('"event":"warning"', said.out)

    def test_named_pipe(self):
        """A writer that comes late is waited for; a signal ends the waiting."""
        path = os.path.join(self.folder, "pipe")
        os.mkfifo(path, 0o600)
        run = Hark(self.folder, ["pull", "--maildir", "Mail", "--ca-file", self.place.ca, "--password-file", "pipe",
                                 self.address(self.server)])
        time.sleep(0.3)
        with open(path, "w") as file:
            file.write("late\n")
        self.check(run.wait(), 0)
        self.assertRegex(self.server.script.login, ' "?late"?$')
        run = Hark(self.folder, ["pull", "--maildir", "Mail", "--password-file", "pipe", self.address(self.server)])
        time.sleep(0.3)
        said = run.end(signal.SIGTERM)
        self.assertEqual(said.code, 75, said.err)

    def test_process_substitution(self):
        done = subprocess.run(["bash", "-c", '"$@" --password-file <(echo substituted)', "bash", HARK, "pull", "--maildir", "Mail",
                               "--ca-file", self.place.ca,
                               self.address(self.server)], cwd=self.folder, timeout=30, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(self.server.script.login, ' "?substituted"?$')

    def test_children(self):  # SEC N-12
        """The password command has the descriptors, signals and words that hark was given, and no more."""
        self.write("hark.conf", f"[a]\nurl = imaps://other@localhost\npassword = canary-of-another\n"
                                f"[b]\nurl = {self.address(self.server)}\n"
                                f"maildir = Mail\nca-file = {self.place.ca}\npassword-command = sh ./command\n")
        self.write("command", "ls -l /proc/self/fd >fds; cat /proc/self/status >status; env >env; "
                              "tr '\\0' ' ' </proc/$$/cmdline >args; echo pass\n")
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGCHLD})
        try:
            run = Hark(self.folder, ["pull", "--config", "hark.conf", "b"])
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        self.check(run.wait(), 0)
        said = {}
        for name in ("fds", "status", "env", "args"):
            with open(os.path.join(self.folder, name)) as file:
                said[name] = file.read()
        self.assertEqual(re.findall(r" (\d+) -> (?!/proc/)", said["fds"]), ["0", "1", "2"])
        blocked, ignored = (int(re.search(rf"{name}:\s+(\w+)", said["status"])[1], 16) for name in ("SigBlk", "SigIgn"))
        self.assertEqual((blocked, ignored & 0x7ffffffe), (0, 0))  # SIGHUP may be, by nohup(1)
        self.assertNotRegex("".join(said.values()), "canary-of-another")
        names = {line.partition("=")[0] for line in said["env"].splitlines()}
        self.assertLessEqual(names, {"PATH", "HOME", "LC_ALL", "PWD", "OLDPWD", "SHLVL", "_"})


class Memory(HostileCase):
    @unittest.skipIf("asan" in HARK, "AddressSanitizer has no core files of its own")
    def test_no_core(self):  # SEC N-10
        """Neither a core file nor /proc shows a running watch's memory."""
        server = self.serve(hostile.Honest)
        soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_CORE, (soft, hard))
        run = self.start("watch", self.address(server))
        self.until(lambda: any("IDLE" in line for line in server.heard), "IDLE")
        pid = run.process.pid
        with open(f"/proc/{pid}/limits") as file:
            self.assertRegex(file.read(), r"Max core file size +0 +0 ")
        self.assertEqual(os.stat(f"/proc/{pid}/mem").st_uid, 0)  # another's where not dumpable
        for name in ("cmdline", "environ"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    self.assertNotIn(PASSWORD.encode(), file.read().split(b"\0"))
            except PermissionError:
                self.assertNotEqual(os.getuid(), 0)
        run.process.stdout.close()
        run.process.stderr.close()
        run.process.send_signal(signal.SIGABRT)
        _, status = os.waitpid(pid, 0)
        run.process.returncode = -signal.SIGABRT
        self.assertEqual(os.WTERMSIG(status), signal.SIGABRT)
        self.assertFalse(os.WCOREDUMP(status))

    @unittest.skipIf(os.getuid(), "for an ordinary user test_no_core shows it")
    def test_of_an_ordinary_user(self):  # SEC N-10
        """The user itself cannot look into it."""
        server = self.serve(hostile.Honest)
        self.maildir = os.path.join(self.folder, "Mail")
        os.mkdir(self.maildir)
        for path in (self.folder, self.maildir, self.password_file):
            os.chown(path, 65534, 65534)
        os.chmod(self.place.folder, 0o711)
        ca = shutil.copy(self.place.ca, self.folder)
        os.chmod(ca, 0o644)
        user = ["setpriv", "--pdeathsig", "KILL", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        for more in ({}, {"HARK_DEBUGGABLE": "1"}):
            run = subprocess.Popen([*user, HARK, "watch", "--ca-file", ca, "--password-file", self.password_file, "--maildir", self.maildir,
                                    self.address(server)], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env={"PATH": os.environ["PATH"], "HOME": self.folder, **more})
            try:
                before = len(server.heard)
                self.until(lambda: run.poll() is not None or any("IDLE" in line for line in server.heard[before:]), "IDLE")
                self.assertIsNone(run.poll(), "it runs")
                for name in ("environ", "maps", "fd/0", "status"):
                    done = subprocess.run([*user, "head", "-c0", f"/proc/{run.pid}/{name}"], capture_output=True)
                    self.assertEqual(done.returncode == 0, name == "status" or bool(more), (name, done.stderr))
            finally:
                run.terminate()
                run.wait()


class Words(HostileCase):
    def test_help_manual_and_code_agree(self):
        """Each option is in all of them; no other is in any."""
        def options(text):
            return set(re.findall(r"--([a-z][a-z-]*)", text))

        def read(*path):
            with open(os.path.join(TOP, *path), encoding="utf-8") as file:
                return file.read()

        manual = read("man", "hark.1.scd").replace("*", "")
        listed = {command: options(self.hark("help", command).out) for command in ("pull", "watch", "decode")}
        for command, source in (("pull", "options.c"), ("watch", "options.c"), ("decode", "cmd_decode.c")):
            known = set(re.findall(r'\{"([a-z-]+)", (?:required|no)_argument', read("src", "cli", source)))
            self.assertGreater(len(known), 1)
            self.assertEqual(listed[command], known)
        self.assertEqual(options(manual), listed["pull"] | listed["decode"] | {"version"})
        for command in listed:
            for help_too in ("--help", "-h"):
                self.assertEqual(self.hark(command, help_too).out, self.hark("help", command).out)
        self.assertRegex(self.hark("--version").out, r"\Ahark \d+\.\d+\.\d+\n\Z")

    def test_exit_codes_agree(self):
        with open(os.path.join(TOP, "src", "cli", "exit.h")) as file:
            known = set(re.findall(r"EXIT_\w+ = (\d+)", file.read()))
        with open(os.path.join(TOP, "man", "hark.1.scd")) as file:
            self.assertEqual(set(re.findall(r"^[\[|][\[ ] +\*(\d+)\*", file.read(), re.M)), known)
        told = "".join(self.hark("help", command).out.partition("Exit codes:")[2] for command in ("pull", "decode"))
        self.assertEqual(set(re.findall(r"\b(0|6\d|7\d)\b", told)), known)


if __name__ == "__main__":
    unittest.main()
