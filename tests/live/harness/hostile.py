"""What no decent server does, one class each.  SPDX-License-Identifier: MIT

A class says what it does in its docstring; tests/live/hostile lists them.
"""
import time

from .imap import Honest
from .samples import Sample, plain

ESCAPES = "\x1b[2J\x1b]0;owned\x07\u009b31m\u202egpj.exe\x7f"


class Banner(Honest):
    """Greets with line, and then listens."""

    line = ""

    def talk(self, peer):
        peer.raw(self.line.encode("latin-1"))
        peer.hang()


class Silent(Banner):
    """Says nothing at all."""


class Rubbish(Banner):
    """Says bytes that mean nothing."""

    line = "\x00\xff\x80\x01 lorem \x1b[31m ipsum\r\n" * 3


class Ssh(Banner):
    """Is an SSH server."""

    line = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"


class Smtp(Banner):
    """Is a mail server for sending."""

    line = "220 mail.example.org ESMTP Postfix\r\n"


class Pop3(Banner):
    """Is a POP3 server."""

    line = "+OK POP3 ready <1.2@example.org>\r\n"


class Http(Banner):
    """Is a web server."""

    line = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


class RubbishThenOk(Banner):
    """Says two lines of rubbish before a proper greeting."""

    line = "hello\r\nare you there\r\n* OK [CAPABILITY IMAP4rev1] ready\r\n"


class GreetsNo(Banner):
    """Greets with NO."""

    line = "* NO go away\r\n"


class Bye(Honest):
    """Greets with BYE and closes."""

    def talk(self, peer):
        peer.say(f"* BYE Too busy, {ESCAPES} come back later")


class Closes(Honest):
    """Closes as soon as somebody connects."""

    def talk(self, peer):
        pass


class EndlessLine(Honest):
    """A greeting that has no end."""

    def talk(self, peer):
        peer.raw(b"* OK ")
        while True:
            peer.raw(b"x" * 65536)


class DrippingGreeting(Honest):
    """A greeting of one byte a second."""

    def talk(self, peer):
        peer.drip(b"* OK " + b"x" * 1000, 1)


class Preauth(Honest):
    """Says PREAUTH where TLS was to come."""

    greeting = "* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] you are the administrator"


class NoStarttls(Honest):
    """Does not offer STARTTLS."""

    capabilities = "IMAP4rev1 AUTH=PLAIN"

    def do_starttls(self, peer, tag, _):
        peer.say(f"{tag} BAD unknown")


class RefusesStarttls(Honest):
    """Offers STARTTLS and then says NO."""

    def do_starttls(self, peer, tag, _):
        peer.say(f"{tag} NO not today")


class InjectsAfterStarttls(Honest):
    """Sends more behind the OK of STARTTLS, in the same packet."""

    def do_starttls(self, peer, tag, _):
        peer.raw(f"{tag} OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n* OK [ALERT] {ESCAPES}\r\n".encode())
        peer.start_tls(peer.server.context)
        super().talk(peer)


class InjectsLater(Honest):
    """Sends more behind the OK of STARTTLS, in a packet of its own."""

    def do_starttls(self, peer, tag, _):
        peer.say(f"{tag} OK begin")
        time.sleep(0.1)
        peer.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN", f"{tag} OK done")
        peer.hang()


class SilentTls(Honest):
    """Says OK to STARTTLS, and never another word."""

    def do_starttls(self, peer, tag, _):
        peer.say(f"{tag} OK begin")
        peer.hang()


class EarlyOk(Honest):
    """Answers STARTTLS before it was asked."""

    def greet(self, peer):
        super().greet(peer)
        peer.say(*(f"A{n} OK begin" for n in range(1, 5)))


class AlertBeforeTls(Honest):
    """Has a text to show before TLS."""

    greeting = "* OK [ALERT] Your account is at risk, call 555-0100"

    def do_starttls(self, peer, tag, _):
        peer.say("* OK [ALERT] Your account is at risk, call 555-0100", f"{tag} NO [ALERT] call 555-0100")


class LoginDisabled(Honest):
    """Forbids every way to sign in that we know."""

    capabilities = "IMAP4rev1 LOGINDISABLED AUTH=GSSAPI"


class LiteralBeforeSignIn(Honest):
    """Announces a literal of 4 GB before sign-in."""

    greeting = "* OK ready"

    def do_capability(self, peer, tag, _):
        peer.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN", "* LIST () {4000000000}")
        while True:
            peer.raw(b"x" * 65536)


class RefusesSignIn(Honest):
    """Says NO to every password, in colours."""

    def sign_in(self, peer, tag, right):
        peer.say(f"{tag} NO [AUTHENTICATIONFAILED] {ESCAPES} no")


class Unavailable(Honest):
    """Cannot check passwords at the moment."""

    def sign_in(self, peer, tag, right):
        peer.say(f"{tag} NO [UNAVAILABLE] the directory is down")


class SignInSays(Honest):
    """Answers the first sign-ins with something else than OK."""

    def __init__(self, answer="NO [INUSE] the mailbox is locked", times=1):
        super().__init__()
        self.answer, self.times = answer, times

    def sign_in(self, peer, tag, right):
        if not self.times:
            return super().sign_in(peer, tag, right)
        self.times -= 1
        peer.say(f"{tag} {self.answer}")


class Alerts(Honest):
    """Warns with every line, with one text and then with ever new ones."""

    def do_examine(self, peer, tag, rest):
        peer.say(*["* OK [ALERT] Mailbox is almost full " + "x" * 5000] * 50)
        peer.say(*[f"* OK [ALERT] number {number} \x1b[2J" for number in range(100)])
        super().do_examine(peer, tag, rest)


class Throttles(Honest):
    """Wants it slower, after the first message."""

    def do_fetch(self, peer, tag, rest):
        peer.say(f"{tag} NO [THROTTLED] try again in 2 minutes {ESCAPES}")


class RefersElsewhere(Honest):
    """Sends people elsewhere to sign in."""

    def sign_in(self, peer, tag, right):
        peer.say(f"{tag} NO [REFERRAL imap://test;AUTH=*@127.0.0.1:{peer.server.port}/] try there")


class SilentAtSignIn(Honest):
    """Never answers the password."""

    def sign_in(self, peer, tag, right):
        peer.hang()


class SilentAtSearch(Honest):
    """Never says which messages there are."""

    def do_search(self, peer, tag, rest):
        peer.hang()


class ByeAfterSignIn(Honest):
    """Signs people in and shows them out."""

    def sign_in(self, peer, tag, right):
        super().sign_in(peer, tag, right)
        peer.say("* BYE Too many simultaneous connections")
        peer.close()


class RefusesExamine(Honest):
    """Has no such mailbox."""

    def do_examine(self, peer, tag, _):
        peer.say(f"{tag} NO [NONEXISTENT] Mailbox doesn't exist: {ESCAPES}")


class ExamineSays(Honest):
    """Answers EXAMINE with something else than OK."""

    answer = "NO [NOPERM] not yours"

    def do_examine(self, peer, tag, _):
        peer.say(f"{tag} {self.answer}")


class Escapes(Honest):
    """Paints the terminal wherever it may say something."""

    greeting = f"* OK [CAPABILITY {{capabilities}}] {ESCAPES}"
    tagged_login = f"OK [CAPABILITY {{capabilities}}] {ESCAPES}"

    def do_examine(self, peer, tag, rest):
        peer.say(f"* OK [ALERT] {ESCAPES} quota")
        super().do_examine(peer, tag, rest)


class AtMessage(Honest):
    """Does something at message bad, once; honest otherwise."""

    bad = 3
    once = True

    def fetch(self, peer, uid, items):
        if uid != self.bad or (self.once and self.fetched.count(uid) > 1):
            return super().fetch(peer, uid, items)
        return self.misbehave(peer, uid, items)

    def begin(self, peer, uid, share=0.5):
        wire = self.messages[uid].wire
        peer.raw(self.begin_fetch(uid) + b"{%d}\r\n" % len(wire) + wire[:int(len(wire) * share)])


class HangsInMessage(AtMessage):
    """Falls silent in the middle of a message."""

    def misbehave(self, peer, uid, items):
        self.begin(peer, uid)
        peer.hang()


class ClosesInMessage(AtMessage):
    """Closes in the middle of a message."""

    def misbehave(self, peer, uid, items):
        self.begin(peer, uid)
        peer.close()


class ClosesBetweenMessages(AtMessage):
    """Closes between two messages."""

    def misbehave(self, peer, uid, items):
        peer.close()


class ByeBetweenMessages(AtMessage):
    """Says BYE between two messages."""

    def misbehave(self, peer, uid, items):
        peer.say("* BYE Disconnected for maintenance")
        peer.close()


class DripsMessage(AtMessage):
    """Sends one message a few bytes at a time."""

    def misbehave(self, peer, uid, items):
        wire = self.messages[uid].wire
        peer.drip(self.begin_fetch(uid) + b"{%d}\r\n" % len(wire), 0.001)
        for start in range(0, len(wire), 7):
            peer.raw(wire[start:start + 7])
            time.sleep(0.001)
        peer.raw(b")\r\n")


class CrawlsInMessage(AtMessage):
    """Sends one message by the byte, for hours."""

    def misbehave(self, peer, uid, items):
        self.begin(peer, uid, 0)
        peer.drip(self.messages[uid].wire, 0.5)


class StillHere(AtMessage):
    """Says * OK Still here for ever instead of a message."""

    def misbehave(self, peer, uid, items):
        while True:
            peer.say("* OK Still here")
            time.sleep(1)


class LeavesOut(AtMessage):
    """Says OK, but leaves one message out, once."""

    def misbehave(self, peer, uid, items):
        pass


class NeverGives(AtMessage):
    """Says OK, but leaves one message out, always."""

    once = False

    def misbehave(self, peer, uid, items):
        pass


class NilBody(AtMessage):
    """Has NIL for the body of one message."""

    once = False

    def misbehave(self, peer, uid, items):
        peer.raw(self.begin_fetch(uid) + b"NIL)\r\n")


class SaysNoToOne(Honest):
    """Says NO whenever number 3 is asked for."""

    def do_fetch(self, peer, tag, rest):
        if 3 not in self.chosen(rest.partition(" ")[0]):
            return super().do_fetch(peer, tag, rest)
        return peer.say(f"{tag} NO [SERVERBUG] cannot read it")


class OutOfOrder(Honest):
    """Sends the last message first, and the body before the UID."""

    def chosen(self, numbers):
        return sorted(super().chosen(numbers), reverse=True)

    def fetch(self, peer, uid, items):
        wire = self.messages[uid].wire
        peer.raw(b"* %d FETCH (BODY[] {%d}\r\n" % (uid, len(wire)) + wire + b" %s)\r\n" % self.attributes(uid).encode())


class Unasked(Honest):
    """Adds a message that nobody asked for and that does not exist."""

    def do_fetch(self, peer, tag, rest):
        peer.say("* 9 FETCH (UID 4000 FLAGS () INTERNALDATE \"01-Jan-2020 00:00:00 +0000\" BODY[] {4}", "evil)")
        super().do_fetch(peer, tag, rest)


class RawBytes(Honest):
    """Sends NUL, bare CR and bare LF in messages."""

    def __init__(self):
        bodies = (b"a\0b\r\n", b"a\nb\r\n", b"a\rb\r\n", b"\r\n\n\r", b"\r", b"\n", bytes(range(256)) * 300, b"x\r\n" * 30000 + b"\n")
        super().__init__({uid: Sample(f"raw {uid}", plain(f"Raw {uid}", "") + body, (), 1600000000 + uid)
                          for uid, body in enumerate(bodies, 1)})


class Terse(Honest):
    """Says nothing of what it can do unless asked, and can do little."""

    greeting = "* OK"
    tagged_login = "OK"
    capabilities = "IMAP4rev1"


class LyingSize(Honest):
    """Announces another RFC822.SIZE than it sends."""

    def attributes(self, uid):
        return super().attributes(uid).replace("RFC822.SIZE ", "RFC822.SIZE 9")


class StrangeFlags(Honest):
    """Has flags that would be a path."""

    def attributes(self, uid):
        return super().attributes(uid).replace("FLAGS (", "FLAGS (../../x :2,T " + "k" * 300 + " ")


class Floods(Honest):
    """Says the same for ever from one place on: say, place."""

    say, place = b"* OK Still here\r\n", "EXAMINE"
    begun = False

    def flood(self, peer, place):
        while place == self.place:
            self.begun = True
            peer.raw(self.say * (65536 // len(self.say) + 1))

    def sign_in(self, peer, tag, right):
        self.flood(peer, "sign-in")
        super().sign_in(peer, tag, right)

    def do_examine(self, peer, tag, rest):
        self.flood(peer, "EXAMINE")
        super().do_examine(peer, tag, rest)

    def do_search(self, peer, tag, rest):
        self.flood(peer, "SEARCH")
        super().do_search(peer, tag, rest)

    def fetch(self, peer, uid, items):
        if uid == 3:
            self.flood(peer, "FETCH")
        super().fetch(peer, uid, items)


class FetchSays(Honest):
    """Has its own way of saying each message: line(uid, attributes, body)."""

    @staticmethod
    def line(uid, attributes, body):
        return f"UID {uid} {attributes} ".encode() + body

    def fetch(self, peer, uid, items):
        wire = self.messages[uid].wire
        _, _, attributes = self.attributes(uid).split(" ", 2)
        body = b"BODY[] {%d}\r\n" % len(wire) + wire
        number = b"* %d FETCH (" % (sorted(self.messages).index(uid) + 1)
        for line in self.line(uid, attributes, body).split(b"\0"):
            peer.raw(number + line + b")\r\n")


class Idles(Honest):
    """Takes new messages while a client idles: deliver(sample).

    Only the thread of the connection says anything, for TLS is not to be written by two.
    """

    listening = False

    def deliver(self, sample):
        self.messages[max(self.messages, default=0) + 1] = sample

    def do_idle(self, peer, tag, _):
        peer.say("+ idling")
        self.idles(peer)
        peer.line()
        peer.say(f"{tag} OK done")

    def idles(self, peer):
        self.listening, told = True, None
        while told != len(self.messages) or peer.waits(0.05):
            if told != len(self.messages):
                told = len(self.messages)
                peer.say(f"* {told} EXISTS")


def kinds():
    return {name: kind for name, kind in globals().items()
            if isinstance(kind, type) and issubclass(kind, Honest) and kind not in (Banner, AtMessage)}
