"""Counts what passed, by RFC, and says what did not.  SPDX-License-Identifier: MIT"""
import collections, fnmatch, sys
import examples


class Pending:
    """What is not there yet: side, the complaint (with * and ? as in file names), what it waits for."""

    def __init__(self, side, rows=None):
        self.rows = {what: why for s, what, why in (examples.table("pending") if rows is None else rows) if s == side}
        self.used = set()

    def waits(self, wrong):
        fitting = {what for what in self.rows if fnmatch.fnmatchcase(wrong, what)}
        self.used |= fitting
        return bool(fitting)


class Report:
    """-v: every line that failed, pending ones too; a number: those of that RFC."""

    def __init__(self, name, options, foreign=None, exceptions=None, pending=None):
        self.name, self.verbose = name, options
        self.foreign = foreign or examples.Foreign()
        self.exceptions = exceptions or examples.Exceptions()
        self.pending = pending or Pending(name[0].upper())
        self.by_rfc = collections.defaultdict(collections.Counter)
        self.kinds, self.protocols = collections.Counter(), collections.Counter()
        self.failed, self.excepted = [], []  # excepted: as they are printed

    def messages(self, side, all_=None):
        """Those that can be tried, in their mended form; counts the others."""
        for example in examples.read_all() if all_ is None else all_:
            for message in example.messages:
                if message.side == side:
                    yield from self.tried(message)

    def tried(self, message):
        protocol, mended = self.foreign.protocol(message), self.exceptions.mended(message)
        if not protocol and self.exceptions.line(message) is not None:
            self.excepted.append(message)
        if protocol:
            self.protocols[protocol] += message.own
        elif mended is None:
            self.by_rfc[message.rfc]["exceptions"] += message.own
        else:
            yield mended

    def add(self, message, wrong, got=None):
        count = self.by_rfc[message.rfc]
        excepted = self.exceptions.line(message) is not None
        state = "passed" if wrong is None else "pending" if self.pending.waits(wrong) else "failed"
        count["exceptions"] += excepted
        count[state] += message.own - excepted
        if wrong:
            self.kinds[wrong, state] += message.own - excepted
        if state == "failed":
            self.failed.append(message)
        if self.shown(message, state):
            print(f"rfc{message.rfc}:{message.line}: {state}: {wrong}\n  {message.text()}")
            if got is not None:
                print(f"  {got.decode(errors='replace').rstrip()}")

    def needless(self, message):
        """An exception that passes as it is printed."""
        print(f"rfc{message.rfc}:{message.line}: needs no exception")
        self.failed.append(message)

    def shown(self, message, state):
        return state == "failed" or (state != "passed" and ("-v" in self.verbose or str(message.rfc) in self.verbose))

    def total(self, state):
        return sum(count[state] for count in self.by_rfc.values())

    def table(self):
        states = ["passed", "pending", "exceptions", "failed"]
        print(f"{'RFC':>6} " + " ".join(f"{state:>10}" for state in states))
        for rfc, count in sorted(self.by_rfc.items()):
            print(f"{rfc:>6} " + " ".join(f"{count[state] or '-':>10}" for state in states))
        print(f"{'all':>6} " + " ".join(f"{self.total(state):>10}" for state in states))

    def end(self):
        self.table()
        for (what, state), n in sorted(self.kinds.items(), key=lambda kind: (kind[0][1], -kind[1])):
            print(f"{state}: {n:4} {what}")
        for what in sorted(set(self.pending.rows) - self.pending.used):
            print(f"no longer pending: {what}")
        for what, n in self.protocols.items():
            print(f"not counted, for it is {what}: {n} lines")
        lines = sum(sum(count.values()) for count in self.by_rfc.values())
        imap = sum(message.own for example in examples.read_all() for message in example.messages
                   if not self.foreign.protocol(message))
        share = 100 * self.total("exceptions") / imap
        print(f"{self.name}: {self.total('passed')} of {lines} lines of {len(self.by_rfc)} RFCs; {self.total('pending')} pending, "
              f"{self.total('exceptions')} exceptions ({share:.2f} % of all {imap} S: and C: lines that are IMAP)")
        return bool(self.failed)


def self_test():
    message = examples.Message(7, 1, "S", ["* 1 EXISTS"], 1, [1], [1])
    other = examples.Message(7, 2, "S", ["x"], 2, [2], [2])
    third = examples.Message(7, 3, "S", ["y"], 3, [3], [3])
    rep = Report("server", [], examples.Foreign([("7", "2", "2", "SMTP")]), examples.Exceptions([("7", "3", "why")]),
                 Pending("S", [("S", "b*", "c"), ("C", "*", "")]))
    all_ = [examples.Example(7, "1", 1, [message, other, third])]
    assert list(rep.messages("S", all_)) == [message] and rep.protocols["SMTP"] == 2 and rep.total("exceptions") == 3
    rep.shown = lambda *_: False
    for wrong in (None, "a", "bb"):
        rep.add(message, wrong)
    assert dict(rep.by_rfc[7]) == {"passed": 1, "failed": 1, "pending": 1, "exceptions": 3} and rep.failed == [message]
    rep.exceptions = examples.Exceptions([("7", "1", "why", "* 2 EXISTS")])
    assert [m.parts for m in rep.tried(message)] == [["* 2 EXISTS"]] and rep.excepted == [third, message]
    rep.add(message, None)
    assert rep.total("exceptions") == 4 and rep.total("passed") == 1
