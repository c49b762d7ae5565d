#!/usr/bin/python3
"""What people get wrong, and machines: each has its sentence and its exit code, and loses nothing.

SPDX-License-Identifier: MIT
"""
import base64
import os
import socket
import subprocess
import unittest

from harness import hostile, samples
from harness.case import HARK, Hark, address, manifest_of
from harness.dovecot import Dovecot
from harness.hostile_case import HostileCase
from harness.mailbox import Mailbox

CANARY = "Tr0ub4dor-canary-7"


class Words(HostileCase):
    """Before anything is connected."""

    def test_usage(self):  # SEC N-07 N-18
        url = "imaps://me@localhost"
        for arguments, says in ((("frobnicate",), "frobnicate"), (("pull",), "--maildir ~/Mail"),
                                (("pull", url), r"hark pull --maildir ~/Mail imaps://me@localhost"),
                                (("pull", "--frob", url), "--frob is not an option"),
                                (("pull", "--password", "secret", url), "is not an option"),
                                (("pull", "--maildir"), "--maildir needs a value"),
                                (("pull", "--eol", "cr", "--maildir", "Mail", url), "lf or crlf"),
                                (("pull", "--maildir", "Mail", url, url + "/Other"), "one address"),
                                (("watch", "--maildir", "Mail", "nothing"), "neither an address")):
            with self.subTest(arguments=arguments):
                self.hark(*arguments, code=64, says=says)
        self.assertEqual(Hark(self.folder, []).wait().code, 64)

    def test_addresses(self):  # SEC E-14
        for url, says in (("http://me@localhost", "imaps://"), ("imaps://localhost/", "no user name"),
                          ("imaps://me@/", "host is missing"), ("imaps://me@localhost:0/", "port"),
                          ("imaps://me@localhost:70000/", "port"), ("imaps://me:secret@localhost/", "password"),
                          ("imaps://me@localhost/a%00b", "control"), ("imaps://me@localhost/a%0d%0ab", "control"),
                          ("imaps://me@localhost/%zz", "hexadecimal"), ("imaps://me@localhost/%ff", "UTF-8"),
                          ("imaps://me@local host/", "host"), ("imaps://me@localhost/\x1b[2J\u202e", "")):
            with self.subTest(url=url):
                said = self.start("pull", url).wait()
                if says:
                    self.check(said, 64, says)
                    self.assertNotIn("secret", said.out + said.err.replace(url, ""))
                else:  # shown, but not obeyed
                    self.assertNotIn("\x1b", said.err)
                    self.assertNotIn("\u202e", said.err)

    def test_configuration(self):  # SEC N-08
        path = os.path.join(self.folder, "hark.conf")
        for text, line in (("[a]\nurl = imaps://me@localhost\nfrob = 1\n", 3), ("[a]\nnonsense\n", 2),
                           ("url = imaps://me@localhost\n", 1), ("[a]\nurl = a ; b\n", 2), ("[a]\n\nmaildir = " + "x" * 300 + "\n", 3)):
            with self.subTest(text=text[:40]):
                self.write("hark.conf", text)
                self.hark("pull", "--config", path, code=78, says=rf"hark\.conf, line {line}: ")
        self.write("hark.conf", "[a]\nurl = imaps://me@localhost\npassword = pass\nmaildir = Mail\n", 0o644)
        self.hark("pull", "--config", path, code=78, says="chmod 600")
        self.hark("pull", "--config", "missing.conf", code=78, says="missing.conf")
        self.write("hark.conf", "[a]\nurl = imaps://me@\nmaildir = Mail\n")
        self.hark("pull", "--config", path, code=78, says="host is missing")

    def test_configuration_is_used(self):
        server = self.serve(hostile.Honest)
        self.write("hark.conf", f"[a]\nurl = {self.address(server)}\npassword = pass\nmaildir = {self.maildir}\n"
                                f"ca-file = {self.place.ca}\n")
        self.hark("pull", "--config", "hark.conf", "a")
        self.verify(manifest_of(server.script.messages))

    def test_password(self):
        server = self.serve(hostile.Honest)
        for options, says in ((("--password-file", "missing"), "missing"),
                              (("--password-file", self.write("empty", "")), "no password"),
                              (("--password-file", self.write("open", "pass\n", 0o644)), "chmod 600"),
                              (("--password-command", "exit 3"), "exit code 3"),
                              (("--password-command", "kill $$"), "killed"),
                              (("--password-command", "true"), "no password")):
            with self.subTest(options=options):
                self.hark("pull", "--maildir", "Mail", "--ca-file", self.place.ca, *options, self.address(server),
                          code=78, says=says)
        for text in ("pass", "pass\n", "pass\r\n", "pass\nsecond line\n"):
            with self.subTest(text=text):
                self.hark("pull", "--maildir", "Mail", "--ca-file", self.place.ca, "--password-command",
                          f"printf '{text.encode('unicode_escape').decode()}'", self.address(server))

    def test_password_is_nowhere(self):  # SEC N-11
        class Secret(hostile.Honest):
            """Has another password."""

            def sign_in(self, peer, tag, right):
                super().sign_in(peer, tag, True)

        self.password_file = self.write("password", CANARY + "\n")
        forms = (CANARY, base64.b64encode(f"\0test\0{CANARY}".encode()).decode())
        for capabilities in (Secret.capabilities, Secret.capabilities + " LOGINDISABLED",
                             Secret.capabilities.replace("SASL-IR", "LOGINDISABLED")):
            server = self.serve(Secret)
            server.script.capabilities = capabilities
            said = self.pull(self.address(server), "--debug", "--verbose")
            self.assertTrue(any(form in line for form in forms for line in server.heard), "it was sent")
            for form in forms:
                self.assertNotIn(form, said.out + said.err)
            for folder, _, names in os.walk(self.maildir):
                for name in names:
                    with open(os.path.join(folder, name), "rb") as file:
                        data = file.read()
                    for form in forms:
                        self.assertNotIn(form.encode(), data)


class Servers(HostileCase):
    def test_no_such_host(self):
        self.pull("imaps://me@no-such-host.invalid/", code=68, says="no-such-host.invalid")

    def test_nobody_listens(self):
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.pull(address(sock.getsockname()[1]), code=69, says="refused the connection")

    def test_certificates(self):
        for kind, says in (("expired", "expired"), ("wrong-host", "127.0.0.1|another|mail.example.org"),
                           ("stranger", "--ca-file|trust")):
            for scheme in ("imaps", "imap"):
                with self.subTest(kind=kind, scheme=scheme):
                    server = self.serve(hostile.Honest, scheme == "imaps", kind)
                    self.pull(self.address(server, scheme), code=77, says=says)
                    self.assertEqual(server.connections, 1)
                    self.assertNotIn("LOGIN", " ".join(server.heard))

    def test_unknown_authority(self):
        server = self.serve(hostile.Honest)
        self.hark("pull", "--maildir", "Mail", "--password-file", self.password_file, self.address(server),
                  code=77, says="ca-file|trust")

    def test_ca_file(self):
        server = self.serve(hostile.Honest)
        for name in ("missing.pem", self.write("empty.pem", "not a certificate\n")):
            self.pull(self.address(server), "--ca-file", name, code=78, says=os.path.basename(name))

    def test_pin(self):  # SEC A-34
        certificate = self.place.certificates["stranger"][0]
        out = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"],
                             capture_output=True, text=True, check=True).stdout
        right = "sha256:" + out.strip().partition("=")[2].replace(":", "").lower()
        server = self.serve(hostile.Honest, certificate="stranger")
        self.pull(self.address(server), "--pin", right)
        self.verify(manifest_of(server.script.messages))
        self.pull(self.address(self.serve(hostile.Honest)), "--pin", right, code=77, says="(?i)fingerprint|pin")
        self.pull(self.address(server), "--pin", "sha256:12", code=78, says="(?i)fingerprint|pin")

    def test_real_server(self):
        """Dovecot's own words for a wrong password and mailbox."""
        server = Dovecot()
        self.addCleanup(server.close)
        self.pull(address(server.imaps, mailbox="No/Such"), "--ca-file", server.ca, code=69, says="No/Such")
        self.write("password", "wrong\n")
        for scheme, port in (("imaps", server.imaps), ("imap", server.imap)):
            self.pull(address(port, scheme), "--ca-file", server.ca, code=77, says="password")


class Disks(HostileCase):
    """Full and read-only places are small memory file systems, seen by hark alone."""

    def setUp(self):
        super().setUp()
        self.server = self.serve(lambda: hostile.Honest({
            uid: hostile.Sample(f"{uid}", samples.exactly(100_000, f"Disk {uid}"), (), 1600000000 + uid)
            for uid in range(1, 31)}))
        self.manifest = manifest_of(self.server.script.messages)

    def on_small_disk(self, options, script):
        """Runs script where HARK is the whole command; gives the exit codes that it prints."""
        os.mkdir(self.maildir, 0o700)
        saved = os.path.join(self.folder, "saved")
        command = f"{HARK} pull --ca-file {self.place.ca} --password-file {self.password_file} " \
                  f"--maildir {self.maildir} {self.address(self.server)}"
        mounted = f"mount -t tmpfs -o mode=0700,{options} none {self.maildir} || exit 99\n{script}\n" \
                  f"cp -a {self.maildir} {saved}\n"
        done = subprocess.run(["unshare", "--map-root-user", "--mount", "sh", "-c", mounted],
                              env={**os.environ, "HARK": command}, capture_output=True, text=True, timeout=60)
        if done.returncode == 99 or "unshare" in done.stderr:
            self.skipTest(f"no file system of our own: {done.stderr.strip()}")
        self.maildir = saved
        return [int(code) for code in done.stdout.split() if code.isdigit()], done.stderr

    def test_full(self):  # SEC J-08
        codes, err = self.on_small_disk("size=1500k", "$HARK >&2; echo $?; mount -o remount,size=20m none "
                                        + self.maildir + "; $HARK >&2; echo $?")
        self.assertEqual(codes, [74, 0], err)
        self.assertRegex(err, "space|full")
        self.verify(self.manifest)

    def test_no_inodes(self):  # SEC J-08
        codes, err = self.on_small_disk("size=20m,nr_inodes=24", "$HARK >&2; echo $?; mount -o remount,nr_inodes=500 none "
                                        + self.maildir + "; $HARK >&2; echo $?")
        self.assertEqual(codes, [74, 0], err)
        self.verify(self.manifest)

    def test_read_only(self):
        codes, err = self.on_small_disk("ro", "$HARK >&2; echo $?")
        self.assertEqual(codes, [73], err)
        self.assertRegex(err, "read-only")

    def test_file_size_limit(self):
        """A message that may not be as large as it is stays out; SIGXFSZ kills nobody."""
        self.server.script.messages[31] = hostile.Sample("31", samples.exactly(2_000_000, "Too large"), (), 1600000031)
        command = ["prlimit", "--fsize=1000000", HARK, "pull", "--ca-file", self.place.ca, "--password-file",
                   self.password_file, "--maildir", self.maildir, self.address(self.server)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertRegex(done.stderr, "could not be stored")
        self.verify(self.manifest)

    def test_not_a_folder(self):
        self.write("Mail", "a file\n")
        self.pull(self.address(self.server), code=73, says="Mail")

    def test_no_parent(self):
        self.maildir = os.path.join(self.folder, "missing", "Mail")
        said = self.start("pull", self.address(self.server)).wait()
        if said.code == 0:
            self.verify(self.manifest)
        else:
            self.check(said, 73, "missing")

    def test_state_is_garbage(self):
        self.pull(self.address(self.server))
        state = os.path.join(self.maildir, "hark.db")
        with open(state, "wb") as file:
            file.write(b"this is no database" * 1000)
        self.pull(self.address(self.server), code=73, says="hark.db")
        self.verify(self.manifest)

    def test_already_running(self):  # SEC I-14
        watching = self.start("watch", self.address(self.server))
        self.until(lambda: any("IDLE" in line for line in self.server.heard), "IDLE")
        self.pull(self.address(self.server), code=75, says="(?i)another|already")
        self.check(watching.end(), 0)
        self.pull(self.address(self.server))
        self.verify(self.manifest)

    def test_output_cannot_be_written(self):  # SEC J-12 I-18
        for redirection in (">/dev/full 2>&1", "0<&- 1>&- 2>&-"):
            with self.subTest(redirection=redirection):
                self.maildir = os.path.join(self.folder, f"Mail {len(redirection)}")
                subprocess.run(["bash", "-c", f'exec "$@" {redirection}', "bash", HARK, "pull", "--ca-file", self.place.ca,
                                "--password-file", self.password_file, "--maildir", self.maildir,
                                self.address(self.server)], timeout=30)
                self.verify(self.manifest)

    def test_odd_surroundings(self):  # SEC N-17
        for number, environment in enumerate(({"LC_ALL": "tr_TR.UTF-8"}, {"LC_ALL": "C"}, {"TZ": ":broken"}, {"TZ": "Asia/Kathmandu"},
                                              {"HOME": "/nonexistent", "TMPDIR": "/nonexistent"})):
            with self.subTest(environment=environment):
                self.maildir = os.path.join(self.folder, str(number))
                self.check(self.start("pull", self.address(self.server), **environment).wait(), 0)
                self.verify(self.manifest)

    def test_no_surroundings(self):  # SEC N-17
        """No variable at all, and a working folder that is gone."""
        lost = os.path.join(self.folder, "lost")
        script = f'mkdir {lost} && cd {lost} && rmdir {lost} && exec env -i "$@"'
        done = subprocess.run(["sh", "-c", script, "sh", HARK, "pull", "--ca-file", self.place.ca, "--password-file", self.password_file,
                               "--maildir", self.maildir, self.address(self.server)], capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.verify(self.manifest)

    def test_planted_links(self):  # SEC H-10
        """What another user may have put where mail is to go is not written through."""
        elsewhere = os.path.join(self.folder, "elsewhere")
        os.mkdir(elsewhere)
        os.mkdir(self.maildir, 0o700)
        os.symlink(elsewhere, os.path.join(self.maildir, "new"))
        os.symlink(elsewhere, os.path.join(self.maildir, "tmp"))
        self.pull(self.address(self.server), code=73, says="new|tmp")
        self.assertEqual(os.listdir(elsewhere), [])


if __name__ == "__main__":
    unittest.main()
