#!/usr/bin/env python3
"""tests/rfc/server.py HARK [-v]: every server line of every RFC is read, and made again from its events.

SPDX-License-Identifier: MIT"""
import json, subprocess, sys
import examples, render, render_ext, report, tokens

MARK = "the end of example line"


def decode(hark, messages, *options):
    """The events of each message.  One that ends the reading ends it for itself alone."""
    found, todo = {}, list(enumerate(messages))
    while todo:
        stream = b"* OK begins\r\n" + b"".join(m.wire() + f"* OK {MARK} {i}\r\n".encode() for i, m in todo)
        said = subprocess.run([hark, "decode", *options], input=stream, stdout=subprocess.PIPE, check=False).stdout
        told = by_message(said)
        found.update(told)
        done = [i for i, _ in todo if i in told]
        if len(done) == len(todo):
            break
        lost = todo[len(done)][0]
        found[lost] = []
        todo = todo[len(done) + 1:]
    return [found[i] for i in range(len(messages))]


def by_message(output):
    told, events = {}, []
    for line in output.splitlines()[1:]:
        event = json.loads(line)
        name, _, number = (event.get("text") or "").rpartition(" ")
        if event["event"] == "cond" and name == MARK:
            told[int(number)] = events
            events = []
        else:
            events.append(event)
    return told


def verdict(message, events):
    """What is wrong with it, or None; and what was made again."""
    try:
        again = render.render(events)
    except render.Lacking as lacking:
        return str(lacking), None
    if tokens.equal(message.wire(), again):
        return None, again
    return f"differs: {events[0]['event'] if events else '?'}", again


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    rep = report.Report("server", sys.argv[2:])
    messages = list(rep.messages("S"))
    for message, events in zip(messages, decode(sys.argv[1], messages)):
        wrong, again = verdict(message, events)
        rep.add(message, wrong, again)
    for message, events in zip(rep.excepted, decode(sys.argv[1], rep.excepted)):
        if not verdict(message, events)[0]:
            rep.needless(message)
    return rep.end()


def self_test():
    for module in (examples, tokens, report, render_ext):
        module.self_test()
    message = examples.Message(1, 1, "S", ["* 3 EXISTS"])
    assert verdict(message, [{"event": "exists", "num": 3}])[0] is None
    assert verdict(message, [{"event": "exists", "num": 4}])[0] == "differs: exists"
    assert verdict(message, [{"event": "x"}])[0] == "no renderer for x" and verdict(message, [])[0] == "no event"
    output = b'{"event":"greeting"}\n{"event":"exists","num":1}\n{"event":"cond","text":"%s 7"}\n' % MARK.encode()
    assert by_message(output) == {7: [{"event": "exists", "num": 1}]}


if __name__ == "__main__":
    sys.exit(main())
