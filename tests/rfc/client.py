#!/usr/bin/env python3
"""tests/rfc/client.py RUN_WIRE OUT [-v]: every client line of every RFC is what a call of hark sends.

The calls become transcripts in the file OUT, which RUN_WIRE plays.  SPDX-License-Identifier: MIT"""
import base64, binascii, pathlib, re, subprocess, sys
from dataclasses import dataclass, field
import calls, calls_base, calls_ext, examples, report, tokens

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


@dataclass
class Case:
    """A command, and the lines that belong to it: SASL answers, DONE."""
    messages: list
    lines: list = field(default_factory=list)
    events: list = field(default_factory=list)
    wrong: str = None
    call: str = ""
    tag: str = "A1"

    def title(self):
        return f"rfc{self.messages[0].rfc}:{self.messages[0].line}"

    def expect(self, wire):
        """What must be sent."""
        self.lines += ["C= " + line for line in wire.decode(errors="surrogateescape").removesuffix("\r\n").split("\r\n")]

    def transcript(self):
        return "\n".join([f"## {self.title()}", "", "```imap", *self.lines, "```", "```events", *self.events, "```", ""])


def begin(case, call):
    """Greeting, and SELECT where messages are spoken of."""
    caps = " ".join(["IMAP4rev1", *["LITERAL+"] * (not call.unfinished), *call.caps])
    kind, phase = ("OK", "NOT_AUTHENTICATED") if call.phase == calls.PLAIN else ("PREAUTH", "AUTHENTICATED")
    case.lines.append(f"S: * {kind} [CAPABILITY {caps}] hello")
    case.events += [f"CAPABILITY ({caps})", f'GREETING {kind} [CAPABILITY {caps}] "hello"', f"PHASE {phase}"]
    if call.words[0] == "select_qresync":
        before(case, "enable QRESYNC", "ENABLE QRESYNC", ["S: * ENABLED QRESYNC"], ["ENABLED A1 (QRESYNC)"])
    if call.phase == calls.SELECTED:
        before(case, "select x", "SELECT x", [], ["PHASE SELECTED"])
    for _ in range(call.searches):
        before(case, "search (UPDATE) key ALL", "SEARCH RETURN (UPDATE) ALL", [], [])


def before(case, call, sent, said, told):
    """A command that must have had its answer."""
    case.lines += [f"call: {call}", f"C: {case.tag} {sent}", *said, f"S: {case.tag} OK done"]
    case.events += [*told, f'DONE {case.tag} OK "done"']
    case.tag = f"A{int(case.tag[1:]) + 1}"


def give(case, call):
    """The bytes of literals that the program has.  Where one is refused no LITERAL+ was offered: each is asked for."""
    for data in call.data:
        if call.unfinished:
            case.lines += ["ack: 100000", "S: + go on"]
        case.lines.append("call: data " + calls.word(data))
        case.events.append(f"SEND_DATA {case.tag} {len(data)}")
    if call.unfinished and call.data:
        case.lines.append("ack: 100000")


def renamed(wire, tag, case, call):
    """With hark's tags in place of the RFC's."""
    wire = case.tag.encode() + wire[len(tag):]
    if not call.searches:
        return wire
    names = iter(call.words[1:])
    return re.sub(rb'"[^"]*"', lambda _: b'"%s"' % next(names).encode(), wire)


def translated(message):
    tag, call = calls.translate(message.wire().removesuffix(b"\r\n"))
    if call.words[0] == "authenticate":
        call.caps = [f"AUTH={call.words[1]}"] + ["SASL-IR"] * (len(call.words) > 2)
    if call.words[0] == "authenticate" and len(call.words) > 2:
        base64_bytes(call.words[2])
        call.words = ["authenticate_base64", call.words[1], call.words[2].rstrip("=") or '""']
    return tag, call


def case_of(message):
    case = Case([message])
    try:
        tag, call = translated(message)
    except calls.Cannot as cannot:
        case.wrong = str(cannot)
        return case
    begin(case, call)
    case.call = call.words[0]
    case.lines.append("call: " + " ".join(call.words))
    give(case, call)
    case.expect(renamed(message.wire(), tag, case, call))
    return case


# --- SASL ---

def base64_bytes(text):
    try:
        return base64.b64decode("" if text in ("=", "*") else text)
    except binascii.Error:
        raise calls.Cannot("no base64") from None


def shown(value):
    """As tests/wire_print.c prints bytes."""
    if re.fullmatch(rb"[A-Za-z0-9\\$.+*/%:@_<>,=-]{1,160}", value) and value != b"NIL":
        return value.decode()
    text, rest = value[:160].decode("utf-8", "surrogateescape"), len(value) > 160
    out = "".join(shown_character(ch) for ch in text)
    return f'"{out}"' + (f"... {len(value)} bytes" if rest else "")


def shown_character(ch):
    special = {"\r": "\\r", "\n": "\\n", '"': '\\"', "\\": "\\\\"}
    if ch in special:
        return special[ch]
    if "\udc80" <= ch <= "\udcff":
        return f"\\x{ord(ch) - 0xdc00:02x}"
    return f"\\x{ord(ch):02x}" if ch < " " or ch == "\x7f" else ch


def challenge(case, server):
    text = server.parts[0].lstrip("+ ")
    case.lines.append(f"S: + {text}")
    case.events.append(f"CHALLENGE {case.tag} {shown(base64_bytes(text))}")


def answer(case, server, message):
    """A line in the middle of AUTHENTICATE."""
    case.messages.append(message)
    if case.wrong:
        return
    text = message.parts[0]
    try:
        challenge(case, server)
        base64_bytes(text)
        case.lines.append("call: respond_cancel" if text == "*" else f"call: respond_base64 {calls.word(text)}")
    except calls.Cannot as cannot:
        case.wrong = str(cannot)
    case.expect(message.wire())


def done(case, message):
    case.messages.append(message)
    case.lines += ["S: + idling", "call: idle_done"]
    case.events.append(f"IDLING {case.tag}")
    case.expect(message.wire())


# --- examples ---

def is_wanted(server):
    return server is not None and server.parts[0].startswith("+")


def cases_of(example, mine):
    """The commands of an example.  mine: the messages that are to be sent, by RFC and line."""
    case, server, out = None, None, []
    for message in example.messages:
        if message.side == "S":
            server = message
            continue
        message = mine.get((message.rfc, message.line))
        if not message:
            continue
        if case and case.call.startswith("authenticate") and is_wanted(server):
            answer(case, server, message)
        elif case and case.call == "idle" and message.text().upper() == "DONE":
            done(case, message)
        else:
            case = case_of(message)
            out.append(case)
        server = None
    return out


def known_calls():
    files = (ROOT / "tests/calls").glob("*.c")
    return {name for path in files for name in re.findall(r'\{"(\w+)", \w+\}', path.read_text())}


def play(run_wire, out, cases):
    """Titles of those that failed, with what was printed."""
    pathlib.Path(out).write_text("\n".join(case.transcript() for case in cases), errors="surrogateescape")
    said = subprocess.run([run_wire, out], stdout=subprocess.PIPE, check=False).stdout.decode(errors="replace")
    return parse_output(said)


def parse_output(said):
    failed, title = {}, None
    for line in said.splitlines():
        begins = re.match(r".*:\d+: (rfc\d+:\d+)$", line)
        title = begins[1] if begins else title
        if title and not begins:
            failed[title] = failed.get(title, "") + line + "\n"
    return failed


def complaint(case, said):
    refused = re.search(r"^\+(REFUSED|DONE \S+ UNSENT) (\S+)", said, re.M)
    return f"{'refused: ' + refused[2] if refused else 'sent otherwise'}: {case.call}"


def raw_complaints(cases, rows):
    """(case or row, what is wrong) where raw.tsv does not say which commands no call of their own sends."""
    reasons = {(int(row[0]), int(row[1])) for row in rows}
    raw = {(case.messages[0].rfc, case.messages[0].line) for case in cases if case.call == "cmd"}
    return [f"rfc{rfc}:{line}: no call of its own, and not in raw.tsv" for rfc, line in sorted(raw - reasons)] + \
        [f"rfc{rfc}:{line}: in raw.tsv, and has a call of its own" for rfc, line in sorted(reasons - raw)]


def self_test():
    for module in (calls, examples, tokens, report):
        module.self_test()
    example, = examples.parse(1, "== 1 1\n*1 C: a AUTHENTICATE X\n*2 S: +\n*3 C: YQ==\n*4 S: a OK\n*5 C: b NOOP\n*6 C: ...\n")
    mine = {(1, message.line): message for message in example.messages if message.line < 6}
    first, second = cases_of(example, mine)
    assert first.lines[1:] == ["call: authenticate X", "C= A1 AUTHENTICATE X", "S: + ", "call: respond_base64 YQ==", "C= YQ=="]
    assert second.lines[1:] == ["call: noop", "C= A1 NOOP"] and first.events[-1] == 'CHALLENGE A1 ""'
    assert raw_complaints([Case([example.messages[0]], call="cmd")], [("2", "3", "")]) == \
        ["rfc1:1: no call of its own, and not in raw.tsv", "rfc2:3: in raw.tsv, and has a call of its own"]
    assert shown(b'a"\xff\n') == '"a\\"\\xff\\n"' and shown(b"ab=") == "ab="
    assert parse_output("x.md:3: rfc1:2\n  whole\n1 passed, 1 failed\n").keys() == {"rfc1:2"}


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    rep = report.Report("client", sys.argv[3:])
    all_ = examples.read_all()
    mine = {(message.rfc, message.line): message for message in rep.messages("C", all_)}
    cases = [case for example in all_ for case in cases_of(example, mine)]
    there = known_calls()
    for case in cases:
        if not case.wrong and case.call not in there:
            case.wrong = f"no call {case.call}"
    failed = play(sys.argv[1], sys.argv[2], [case for case in cases if not case.wrong])
    for case in cases:
        said = failed.get(case.title())
        wrong = case.wrong or (complaint(case, said) if said else None)
        for message in case.messages:
            rep.add(message, wrong, said.encode() if said else None)
    failed_lines, complaints = rep.end(), raw_complaints(cases, examples.table("raw"))
    print("\n".join([*complaints, f"client: {sum(len(case.messages) for case in cases if case.call == 'cmd')} of these lines "
                                   "through hark_cmd_begin(), for they have no call of their own: raw.tsv"]))
    return failed_lines or bool(complaints)


if __name__ == "__main__":
    sys.exit(main())
