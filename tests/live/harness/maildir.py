"""Compares a delivered Maildir with the manifest of the mailbox that it came from.

SPDX-License-Identifier: MIT
"""
import collections
import hashlib
import os
import re
import stat

LETTERS = {"\\Draft": "D", "\\Flagged": "F", "$Forwarded": "P", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}
LONGEST_NAME = 120
NAME = re.compile(r"(-?\d+)\.[A-Za-z0-9._=-]+")
INFO = re.compile(r"D?F?P?R?S?T?")

Delivered = collections.namedtuple("Delivered", "sha256 letters time")


def wanted(message, eol):
    letters = "".join(sorted(LETTERS[flag] for flag in message["flags"] if flag in LETTERS))
    return Delivered(message["sha256_lf" if eol == "lf" else "sha256"], letters, message["time"])


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files(maildir):
    for folder in ("cur", "new"):
        for name in sorted(os.listdir(os.path.join(maildir, folder))):
            yield folder, name


def name_problems(folder, name):
    base, colon, info = name.partition(":2,")
    if len(os.fsencode(name)) > LONGEST_NAME:
        yield f"{folder}/{name}: more than {LONGEST_NAME} bytes"
    if not NAME.fullmatch(base):
        yield f"{folder}/{name}: not a portable name that begins with a time"
    if colon and not INFO.fullmatch(info):
        yield f"{folder}/{name}: flags are not Maildir's, in order"
    if folder == "new" and info:
        yield f"{folder}/{name}: flags in new"


def file_problems(path, name, status):
    leading = NAME.match(name)
    if leading and int(leading.group(1)) != int(status.st_mtime):
        yield f"{name}: the name begins with another time than the file's, {int(status.st_mtime)}"
    if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077:
        yield f"{path}: others may read it"


def problems(maildir, manifest, eol="lf"):
    """Sentences; none when every message is there once, byte for byte."""
    found = []
    delivered = collections.Counter()
    for folder, name in files(maildir):
        path = os.path.join(maildir, folder, name)
        status = os.stat(path)
        found += [*name_problems(folder, name), *file_problems(path, name, status)]
        letters = name.partition(":2,")[2]
        delivered[Delivered(digest(path), letters, int(status.st_mtime))] += 1
    missing = collections.Counter(wanted(message, eol) for message in manifest["messages"])
    missing.subtract(delivered)
    for message in manifest["messages"]:
        if missing[wanted(message, eol)] > 0:
            missing[wanted(message, eol)] -= 1
            found.append(f"UID {message['uid']} ({message['name']}): {why_missing(wanted(message, eol), delivered)}")
    found += [f"{-count} too many of {what}" for what, count in missing.items() if count < 0]
    found += [f"tmp/{name} was left" for name in os.listdir(os.path.join(maildir, "tmp"))]
    return found


def why_missing(message, delivered):
    for other in delivered:
        if other.sha256 == message.sha256:
            return f"its bytes are there, but flags \"{other.letters}\" and time {other.time} " \
                   f"instead of \"{message.letters}\" and {message.time}"
    return "not there byte for byte"
