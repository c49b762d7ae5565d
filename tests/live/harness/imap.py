"""A small honest IMAP server, of which the hostile ones are variations.

SPDX-License-Identifier: MIT
"""
import base64
import imaplib
import re

from .dovecot import PASSWORD
from .samples import Sample, plain


def letters(count):
    return {uid: Sample(f"number {uid}", plain(f"Number {uid}", f"This is number {uid}.\n" * 50), ("\\Seen",),
                        1600000000 + uid) for uid in range(1, count + 1)}


class Honest:
    """Serves messages, a dict from UID to Sample, as INBOX."""

    greeting = "* OK [CAPABILITY {capabilities}] ready"
    capabilities = "IMAP4rev1 STARTTLS SASL-IR AUTH=PLAIN ID IDLE LITERAL+ ESEARCH"
    tagged_login = "OK [CAPABILITY {capabilities}] welcome"
    uidvalidity = 77

    def __init__(self, messages=None):
        self.messages = letters(5) if messages is None else messages
        self.fetched = []

    def talk(self, peer):
        self.greet(peer)
        while True:
            tag, verb, rest = self.command(peer)
            getattr(self, "do_" + verb.lower(), self.unknown)(peer, tag, rest)
            if verb == "LOGOUT":
                return

    def greet(self, peer):
        peer.say(self.greeting.format(capabilities=self.capabilities))

    @staticmethod
    def command(peer):
        """A command with its literals in place."""
        line = peer.line()
        while literal := re.search(r"\{(\d+)(\+?)\}$", line):
            if not literal.group(2):
                peer.say("+ go on")
            line = line[:literal.start()] + peer.exactly(int(literal.group(1))) + peer.line()
        tag, _, rest = line.partition(" ")
        verb, _, rest = rest.partition(" ")
        if verb.upper() == "UID":
            verb, _, rest = rest.partition(" ")
        return tag, verb.upper(), rest

    def unknown(self, peer, tag, _):
        peer.say(f"{tag} BAD unknown")

    def do_capability(self, peer, tag, _):
        peer.say(f"* CAPABILITY {self.capabilities}", f"{tag} OK done")

    def do_noop(self, peer, tag, _):
        peer.say(f"{tag} OK done")

    def do_logout(self, peer, tag, _):
        peer.say("* BYE see you", f"{tag} OK done")

    def do_id(self, peer, tag, _):
        peer.say("* ID NIL", f"{tag} OK done")

    def do_starttls(self, peer, tag, _):
        peer.say(f"{tag} OK begin")
        peer.start_tls(peer.server.context)

    def do_login(self, peer, tag, rest):
        self.sign_in(peer, tag, rest.endswith((PASSWORD, f'"{PASSWORD}"')))

    def do_authenticate(self, peer, tag, rest):
        _, _, response = rest.partition(" ")
        if not response:
            peer.say("+ ")
            response = peer.line()
        self.sign_in(peer, tag, base64.b64decode(response).endswith(b"\0" + PASSWORD.encode()))

    def sign_in(self, peer, tag, right):
        answer = self.tagged_login if right else "NO [AUTHENTICATIONFAILED] wrong password"
        peer.say(f"{tag} " + answer.format(capabilities=self.capabilities))

    def do_examine(self, peer, tag, _):
        peer.say("* FLAGS (\\Seen)", f"* {len(self.messages)} EXISTS", f"* OK [UIDVALIDITY {self.uidvalidity}] valid",
                 f"* OK [UIDNEXT {max(self.messages, default=0) + 1}] next", f"{tag} OK [READ-ONLY] done")

    def do_search(self, peer, tag, rest):
        found = self.chosen(re.search(r"[\d*][\d:,*]*$", rest).group() if not rest.endswith("ALL") else "1:*")
        if "RETURN" in rest:
            peer.say(f'* ESEARCH (TAG "{tag}") UID' + (f" ALL {','.join(map(str, found))}" if found else ""))
        else:
            peer.say("* SEARCH" + "".join(f" {uid}" for uid in found))
        peer.say(f"{tag} OK done")

    def chosen(self, numbers):
        """The UIDs that a sequence-set names."""
        last, found = max(self.messages, default=0), set()
        for piece in numbers.split(","):
            low, _, high = piece.replace("*", str(last)).partition(":")
            low, high = sorted((int(low), int(high or low)))
            found |= {uid for uid in self.messages if low <= uid <= high}
        return sorted(found)

    def do_fetch(self, peer, tag, rest):
        numbers, _, items = rest.partition(" ")
        for uid in self.chosen(numbers):
            if "BODY.PEEK[]" in items:
                self.fetched.append(uid)
                self.fetch(peer, uid, items)
            else:
                self.fetch_identity(peer, uid)
        peer.say(f"{tag} OK done")

    def attributes(self, uid):
        sample = self.messages[uid]
        date = imaplib.Time2Internaldate(sample.time)
        return f"UID {uid} RFC822.SIZE {len(sample.wire)} FLAGS ({' '.join(sample.flags)}) INTERNALDATE {date}"

    def begin_fetch(self, uid):
        number = sorted(self.messages).index(uid) + 1
        return f"* {number} FETCH ({self.attributes(uid)} BODY[] ".encode()

    def fetch(self, peer, uid, items):
        wire = self.messages[uid].wire
        peer.raw(self.begin_fetch(uid) + b"{%d}\r\n" % len(wire) + wire + b")\r\n")

    def fetch_identity(self, peer, uid):
        field = re.search(rb"^Message-ID: .*?\r\n", self.messages[uid].wire, re.MULTILINE).group() + b"\r\n"
        peer.raw(self.begin_fetch(uid).replace(b"BODY[] ", b"BODY[HEADER.FIELDS (MESSAGE-ID)] ")
                 + b"{%d}\r\n" % len(field) + field + b")\r\n")

    def do_idle(self, peer, tag, _):
        peer.say("+ idling")
        while peer.line().upper() != "DONE":
            pass
        peer.say(f"{tag} OK done")
