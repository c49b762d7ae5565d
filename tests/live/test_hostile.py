#!/usr/bin/python3
"""What Dovecot will not do: a scripted server that lies, hangs and closes.  SPDX-License-Identifier: MIT"""
import concurrent.futures
import json
import os
import unittest

from harness import hostile
from harness.case import Hark, address, fast, manifest_of
from harness.hostile_case import HostileCase


class Changes(hostile.Honest):
    """Takes one password alone, and remembers all that were tried."""

    capabilities = hostile.Honest.capabilities.replace(" SASL-IR AUTH=PLAIN", "")

    def __init__(self, right, refusal):
        super().__init__()
        self.right, self.refusal, self.tried = right, refusal, []

    def do_login(self, peer, tag, rest):
        self.tried.append(rest.rpartition(" ")[2].strip('"'))
        if self.tried[-1] == self.right:
            return super().sign_in(peer, tag, True)
        return peer.say(f"{tag} {self.refusal}")


class Greetings(HostileCase):
    def test_other_protocols(self):  # SEC B-12 B-07 B-08
        for kind, says in ((hostile.Ssh, "SSH"), (hostile.Smtp, "SMTP"), (hostile.Pop3, "POP3"), (hostile.Http, "web"),
                           (hostile.Rubbish, "IMAP"), (hostile.RubbishThenOk, "IMAP"), (hostile.GreetsNo, "NO")):
            self.refused(kind, 76, says)
            server = self.refused(kind, 76, says, "imap")
            self.assertEqual(server.heard, [])

    def test_not_tls_at_all(self):
        for kind, says in ((hostile.Honest, "imap://"), (hostile.Ssh, "SSH"), (hostile.Smtp, "SMTP"),
                           (hostile.Http, "web"), (hostile.Rubbish, "TLS")):
            self.refused(kind, 76, says, implicit_tls=False)

    def test_bye(self):  # SEC B-06
        for scheme in ("imaps", "imap"):
            self.refused(hostile.Bye, 69, "", scheme)

    def test_closes_at_once(self):
        for scheme in ("imaps", "imap"):
            self.refused(hostile.Closes, 69, "closed|cut", scheme)

    def test_endless_line(self):  # SEC B-10
        for scheme in ("imaps", "imap"):
            self.refused(hostile.EndlessLine, 76, "", scheme)

    def test_literal_before_sign_in(self):
        self.refused(hostile.LiteralBeforeSignIn, 76, "")


class SignIn(HostileCase):
    def test_wrong_password(self):  # SEC D-19 M-02
        server = self.refused(hostile.RefusesSignIn, 77, "password")
        self.assertEqual(server.connections, 1)

    def test_login_disabled(self):  # SEC D-02
        server = self.refused(hostile.LoginDisabled, 77, "")
        self.assertNotIn("LOGIN", " ".join(server.heard))

    def test_only_login_beyond_ascii(self):
        """LOGIN cannot carry it: who is told so knows what to change."""
        server = self.serve(hostile.Terse)
        self.pull(address(server.port, user="jörg", host=self.host), code=77, says="the user name has characters beyond ASCII")
        self.write("password", "pässword\n")
        self.pull(self.address(server), code=77, says="the password has characters beyond ASCII.*set a password without")
        self.assertNotIn("LOGIN", " ".join(server.heard))

    def test_unavailable(self):
        self.refused(hostile.Unavailable, 75, "the directory is down")

    def says(self, answer, code, says):
        with self.subTest(answer=answer):
            self.setUp()
            server = self.serve(lambda: hostile.SignInSays(answer, 100))
            self.pull(self.address(server), code=code, says=says)
            self.assertEqual(server.connections, 1)
            self.assertEqual(self.delivered(), [])

    def test_reasons(self):  # SEC M-03 M-05
        """The server's own words, cleaned, and what to do."""
        for reason in ("AUTHORIZATIONFAILED", "NOPERM", "CANNOT", "CONTACTADMIN"):
            self.says(f"NO [{reason}] ask {hostile.ESCAPES} Ada", 77, r"refuses the sign-in; ask its.*ask .* Ada")
        self.says("NO [PRIVACYREQUIRED] not in the clear", 77, "try imaps://.*not in the clear")
        self.says("NO [EXPIRED] since May", 77, "expired.*since May")
        for reason in ("INUSE", "LIMIT", "THROTTLED", "UNAVAILABLE", "OVERQUOTA"):
            self.says(f"NO [{reason}] later", 75, "at present.*later")
        for reason in ("SERVERBUG", "CORRUPTION"):
            self.says(f"NO [{reason}] later", 69, "at present.*later")

    def test_mailbox_refused(self):  # SEC M-03
        """For good where the server says so: watch ends, too."""
        def answering(answer):
            server = self.serve(hostile.ExamineSays)
            server.script.answer = answer
            return server
        for reason in ("NOPERM", "CANNOT", "CONTACTADMIN", "AUTHORIZATIONFAILED"):
            for verb in ("pull", "watch"):
                with self.subTest(reason=reason, verb=verb):
                    server = answering(f"NO [{reason}] ask {hostile.ESCAPES} Ada")
                    said = self.start(verb, self.address(server)).wait()
                    self.check(said, 77, r"refuses the mailbox; ask its administrator: .*ask .* Ada")
                    self.assertEqual(server.connections, 1)
        self.pull(self.address(answering("NO [INUSE] later")), code=75, says="does not open the mailbox.*later")
        self.pull(self.address(answering("NO [SERVERBUG] later")), code=69, says="does not open the mailbox.*later")
        self.pull(self.address(answering("NO later")), code=69, says="does not open the mailbox.*later")

    def test_other_accounts_go_on(self):  # SEC M-06
        """The trouble of one is its own, and the exit code."""
        locked, fine = self.serve(hostile.SignInSays), self.serve(hostile.Honest)
        common = f"ca-file = {self.place.ca}\npassword = pass\n"
        self.write("hark.conf", f"[a]\nurl = {self.address(locked)}\nmaildir = A\n{common}"
                                f"[b]\nurl = {self.address(fine)}\nmaildir = Mail\n{common}")
        said = self.hark("pull", "--config", "hark.conf", code=75, says="at present.*the mailbox is locked")
        self.assertEqual(locked.connections, 1)
        self.assertNotIn(f":{fine.port}", said.err)
        self.verify(manifest_of(fine.script.messages))

    def renewing(self, refusal, *passwords):
        """watch and a password command that gives one after the other, then the last again and again."""
        self.setUp()
        server = self.serve(lambda: Changes("new", refusal))
        self.write("passwords", "".join(f"{password}\n" for password in passwords))
        command = "head -n1 passwords; [ $(wc -l <passwords) -lt 2 ] || sed -i 1d passwords; echo >>asked"
        run = Hark(self.folder, ["watch", "--ca-file", self.place.ca, "--maildir", self.maildir, "--password-command", command,
                                 self.address(server)])
        return server, run

    def asked(self):
        with open(os.path.join(self.folder, "asked")) as file:
            return len(file.read())

    def test_new_password(self):  # SEC M-04
        """Refused, the command is asked once more: another password is tried, the same is not."""
        for refusal in ("NO [EXPIRED] since May", "NO [AUTHENTICATIONFAILED] no", "NO wrong"):
            with self.subTest(refusal=refusal):
                server, run = self.renewing(refusal, "old", "new")
                self.arrives(server, run)
                self.assertEqual((server.script.tried, self.asked()), (["old", "new"], 2))
                server, run = self.renewing(refusal, "old", "old", "new")
                self.check(run.wait(), 77, "expired|refuses")
                self.assertEqual((server.script.tried, self.asked()), (["old"], 2))
                server, run = self.renewing(refusal, "old", "older", "new")
                self.check_last(run.wait(), 77)
                self.assertEqual((server.script.tried, self.asked()), (["old", "older"], 2))
        server, run = self.renewing("NO [NOPERM] go", "old", "new")
        self.check(run.wait(), 77, "administrator")
        self.assertEqual((server.script.tried, self.asked()), (["old"], 1))

    def arrives(self, server, run):
        self.until(lambda: any("IDLE" in line for line in server.heard) or run.process.poll() is not None, "IDLE")
        said = run.end()
        self.assertEqual(said.code, 0, said.err)
        self.verify(manifest_of(server.script.messages))

    def check_last(self, said, code):
        self.assertEqual(said.code, code, said.err)
        self.assertRegex(said.err.splitlines()[-1], "expired|refuses")

    def retry(self, kind):
        """What watch says when it has been refused once: after how many seconds it tries again."""
        self.setUp()
        server = self.serve(kind)
        run = self.start("watch", self.address(server), "--json")
        events = []
        while not events or events[-1]["event"] != "retry":
            events.append(json.loads(run.process.stdout.readline()))
        self.assertEqual(run.end().code, 0)
        self.assertEqual(server.connections, 1)
        return events[-1]["seconds"]

    def test_how_long_until_the_next_try(self):  # SEC M-06 M-07
        for reason in ("INUSE", "SERVERBUG", "CORRUPTION", "LIMIT"):
            self.assertGreaterEqual(self.retry(lambda: hostile.SignInSays(f"NO [{reason}] later")), 300)
        self.assertGreaterEqual(self.retry(hostile.ByeAfterSignIn), 300)
        self.assertLessEqual(self.retry(lambda: hostile.SignInSays("NO [UNAVAILABLE] later")), 1)

    def test_comes_back_with_the_same_password(self):  # SEC M-01
        server = self.serve(lambda: hostile.SignInSays("NO [UNAVAILABLE] the directory is down", 2))
        run = self.start("watch", self.address(server))
        self.until(lambda: any("IDLE" in line for line in server.heard), "IDLE")
        self.assertEqual(run.end().code, 0)
        self.assertEqual(server.connections, 3)
        self.verify(manifest_of(server.script.messages))

    def test_alerts(self):  # SEC M-10
        server = self.serve(hostile.Alerts)
        said = self.pull(self.address(server))
        self.assertEqual(said.err.count("almost full"), 1)
        self.assertLess(len(said.err), 4000)
        self.assertIn("number 0", said.err)
        self.assertNotIn("number 50", said.err)

    def test_asks_for_patience(self):
        server = self.serve(hostile.Throttles)
        run = self.start("pull", self.address(server), "--json")
        event = json.loads(run.process.stdout.readline())
        self.assertEqual((event["event"], event["seconds"]), ("waiting", 120))
        said = run.end()
        self.assertEqual(said.code, 75)
        self.assertLess(said.seconds, 2)

    def test_referral_is_not_followed(self):  # SEC D-01
        server = self.refused(hostile.RefersElsewhere, 77, "")
        self.assertEqual(server.connections, 1)

    def test_bye_after_sign_in(self):
        self.refused(hostile.ByeAfterSignIn, 69, "Too many simultaneous connections")

    def test_no_such_mailbox(self):
        self.refused(hostile.RefusesExamine, 69, "INBOX")


class Messages(HostileCase):
    def test_only_odd(self):
        """Unusual, but all of it can be had at once."""  # SEC K-07 K-10 K-21 F-15 H-12 N-01
        for kind in (hostile.DripsMessage, hostile.LeavesOut, hostile.OutOfOrder, hostile.Unasked,
                     hostile.LyingSize, hostile.Terse, hostile.RawBytes, hostile.StrangeFlags, hostile.Escapes):
            with self.subTest(kind=kind.__name__):
                self.setUp()
                server = self.serve(kind)
                self.complete(server)
                self.complete(server)

    def test_raw_bytes_exactly(self):
        server = self.serve(hostile.RawBytes)
        self.pull(self.address(server), "--eol", "crlf")
        self.verify(manifest_of(server.script.messages), "crlf")

    def test_cut(self):  # SEC A-24 K-19
        """What is whole stays, the rest comes next time, nothing twice."""
        for kind in (hostile.ClosesInMessage, hostile.ClosesBetweenMessages, hostile.ByeBetweenMessages):
            with self.subTest(kind=kind.__name__):
                self.setUp()
                server = self.serve(kind)
                self.pull(self.address(server), code=69)
                self.assertEqual(len(self.delivered()), 2)
                fetched = list(server.script.fetched)
                self.complete(server)
                self.assertEqual(server.script.fetched[len(fetched):], [3, 4, 5])

    def test_one_is_not_given(self):  # SEC K-09 M-13 M-14
        for kind in (hostile.NeverGives, hostile.NilBody, hostile.SaysNoToOne):
            with self.subTest(kind=kind.__name__):
                self.setUp()
                server = self.serve(kind)
                self.pull(self.address(server), code=75, says=r"\b3\b")
                others = {uid: sample for uid, sample in server.script.messages.items() if uid != 3}
                self.verify(manifest_of(others))

    def test_uidvalidity_changes(self):  # SEC K-01
        server = self.serve(hostile.Honest)
        self.complete(server)
        server.script.uidvalidity += 1
        server.script.messages = {uid + 10: sample for uid, sample in server.script.messages.items()}
        server.script.fetched.clear()
        self.complete(server)
        self.assertEqual(server.script.fetched, [])

    def test_uidnext_falls(self):
        """As GMX does: new mail below what is here."""
        server = self.serve(hostile.Honest)
        few = dict(list(server.script.messages.items()))
        server.script.messages = {uid + 100: sample for uid, sample in few.items()}
        self.complete(server)
        late = hostile.Sample("low", hostile.plain("Low", "low\n"), (), 1700000000)
        server.script.messages = {1: late, **{uid: sample for uid, sample in server.script.messages.items() if uid < 103}}
        self.pull(self.address(server))
        self.assertIn(late.wire.replace(b"\r\n", b"\n"), self.delivered())


class Silences(HostileCase):
    """Each takes as long as a deadline, so they are waited for together, and time passes fast."""

    def test_every_silence_ends(self):  # SEC B-09 B-10 A-11 L-02 G-07 G-08
        trials = [(hostile.Silent, "imaps", True, 69, 0), (hostile.Silent, "imap", False, 69, 0),
                  (hostile.Silent, "imaps", False, 69, 0), (hostile.DrippingGreeting, "imaps", True, 69, 0),
                  (hostile.SilentTls, "imap", False, 69, 0), (hostile.SilentAtSignIn, "imaps", True, 69, 0),
                  (hostile.SilentAtSearch, "imaps", True, 69, 0), (hostile.HangsInMessage, "imaps", True, 69, 2),
                  (hostile.CrawlsInMessage, "imaps", True, 69, 2), (hostile.StillHere, "imaps", True, 69, 2)]
        runs = []
        with concurrent.futures.ThreadPoolExecutor(len(trials)) as pool:
            for kind, scheme, implicit_tls, code, whole in trials:
                self.setUp()
                server = self.serve(kind, implicit_tls)
                run = self.start("pull", self.address(server, scheme), **fast(10))
                runs.append((kind.__name__, scheme, code, whole, self.maildir, pool.submit(run.wait, 120)))
            for name, scheme, code, whole, self.maildir, run in runs:
                with self.subTest(kind=name, scheme=scheme):
                    self.check(run.result(), code)
                    self.assertEqual(len(self.delivered()), whole)


if __name__ == "__main__":
    unittest.main()
