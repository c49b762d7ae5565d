"""Reads a trace of a pull and proves the order of delivery for each message.

The trace is of  strace -f -y -s 5000 -o FILE -e trace=CALLS,...  SPDX-License-Identifier: MIT
"""
import dataclasses
import os
import re

# Each that changes the disk, or decides what is on it; "?": where this kernel has the call.
CALLS = ("open creat openat write pwrite64 writev pwritev fsync fdatasync syncfs sync_file_range rename renameat renameat2 "
         "unlink unlinkat rmdir link linkat symlinkat mkdir mkdirat truncate ftruncate fallocate chmod fchmod fchmodat "
         "chown fchown utimensat close flock fcntl").split()
TRACE = "trace=" + ",".join("?" + name for name in CALLS)
CHANGES = ("pwrite64", "write", "writev", "pwritev", "ftruncate", "fallocate", "fchmod", "utimensat")
SYNCS = ("fsync", "fdatasync", "syncfs")
MAIL = re.compile(r"(\d+\.V\d+U(\d+)S\d+\.[0-9a-f]+)")
LINE = re.compile(r"(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)")
ON = re.compile(r"\w+(?:<([^>]*)>)?")
RESULT = re.compile(r".*\) += (-?\d+|\?)")


@dataclasses.dataclass
class Call:
    thread: int
    name: str
    nth: int  # of this name in this thread, as strace's when= counts
    began: int  # lines of the trace
    text: str
    ended: int = 0
    good: bool = False

    @property
    def on(self):
        """The path of the descriptor that it is given first."""
        match = ON.match(self.text)
        return match and match.group(1) or ""

    def before(self, other):
        return self.good and self.ended < other.began


def read(path):
    """All calls, in the order in which they began."""
    calls, open_calls, counts = [], {}, {}
    with open(path, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            match = LINE.match(line.rstrip("\n"))
            if not match:
                continue
            thread, resumed, name, text = int(match[1]), match[2], match[3], match[4]
            if resumed:
                call = open_calls.pop((thread, resumed))
            else:
                counts[thread, name] = counts.get((thread, name), 0) + 1
                call = Call(thread, name, counts[thread, name], number, text)
                calls.append(call)
                open_calls[thread, name] = call
            result = RESULT.match(text)
            if result and not text.endswith("<unfinished ...>"):
                open_calls.pop((thread, name), None)
                call.ended, call.good = number, not result[1].startswith(("-", "?"))
    return calls


class Message:
    """What happened to the file of one message."""

    def __init__(self, uid):
        self.uid = uid
        self.created = self.row = self.renamed = None
        self.changes = []


def messages(calls):
    """By UID, each with the call that created it, wrote it, noted it in the state, moved it."""
    found = {}
    for call in calls:
        for _, uid in MAIL.findall(call.text):
            message = found.setdefault(int(uid), Message(int(uid)))
            if call.name == "openat" and "O_CREAT" in call.text:
                message.created = call
            elif call.name in CHANGES and call.on.endswith("hark.db-wal"):
                message.row = message.row or call
            elif call.name in CHANGES and MAIL.search(call.on):
                message.changes.append(call)
            elif call.name.startswith("rename"):
                message.renamed = message.renamed or call
    return found


def first(calls, after, wanted):
    """The first good call that began after another had ended."""
    return next((call for call in calls if after.before(call) and call.good and wanted(call)), None)


class Proof:
    """Of the calls of one pull.  problems: sentences; none when the order holds for each message."""

    def __init__(self, calls, maildir, uids):
        self.calls, self.maildir = calls, maildir
        self.messages = messages(self.calls)
        self.problems = [sentence for uid in uids for sentence in self.of(uid)]
        self.syncs = [call for call in self.calls if call.name in SYNCS]

    def folder(self, name):
        return os.path.join(self.maildir, name)

    def synced(self, after, path):
        """The sync of path, or of everything, that makes durable what the call after did."""
        return first(self.calls, after, lambda call: call.name == "syncfs" or
                     call.name in SYNCS and call.on == path)

    def of(self, uid):
        message = self.messages.get(uid)
        if not message or not (message.created and message.row and message.renamed):
            yield f"UID {uid}: it is not in the trace that the file was created, noted in the state, and moved"
            return
        tmp = self.folder("tmp")
        name = MAIL.search(message.created.text)[1]
        steps = [*(("its data synced", self.synced(change, f"{tmp}/{name}")) for change in message.changes),
                 ("its name in tmp synced", self.synced(message.created, tmp))]
        yield from self.in_order(uid, steps, "its row written", message.row)
        commit = first(self.calls, message.row, lambda call: call.name in SYNCS and call.on.endswith("hark.db-wal"))
        yield from self.in_order(uid, [("COMMIT", commit)], "rename", message.renamed)
        to = self.folder("cur" if ":2," in message.renamed.text else "new")
        have = first(self.calls, message.row, lambda call: call.name == "write" and "eventfd" in call.on)
        moved = [("rename", message.renamed), (f"{os.path.basename(to)} synced", self.synced(message.renamed, to))]
        yield from self.in_order(uid, moved, "have", have)

    @staticmethod
    def in_order(uid, steps, then_name, then):
        for name, step in steps:
            if not step or not then or not step.before(then):
                yield f"UID {uid}: \"{name}\" does not come before \"{then_name}\""
