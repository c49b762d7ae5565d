"""The commands of extensions as calls.  SPDX-License-Identifier: MIT"""
import re
from calls import SELECTED, Cannot, by_pieces, command, need, nil_or_word, raw, simple, uid_word, word

simple("NAMESPACE", caps=["NAMESPACE"])
simple("GETQUOTA", caps=["QUOTA"], arguments=(1,))
simple("GETQUOTAROOT", caps=["QUOTA"], arguments=(1,))
simple("DELETEACL", caps=["ACL"], arguments=(2,))
simple("GETACL", caps=["ACL"], arguments=(1,))
simple("LISTRIGHTS", caps=["ACL"], arguments=(2,))
simple("MYRIGHTS", caps=["ACL"], arguments=(1,))


@command("SETACL", caps=["ACL"])
def setacl(args, _):
    need(args, 3)
    if args[2].text() != args[2].text().lower():  # an example of BAD
        return ["cmd", *by_pieces(args)]
    return ["setacl", *[word(node.text()) for node in args]]


@command("SETQUOTA", caps=["QUOTA", "QUOTASET"])
def setquota(args, _):
    need(args, 2)
    return ["setquota", word(args[0].text()), *[word(node.text()) for node in args[1].value]]


@command("ENABLE", caps=["ENABLE"])
def enable(args, _):
    return ["enable", word(raw(args))]


@command("COMPRESS", caps=["COMPRESS=DEFLATE"])
def compress(args, _):
    need(args, 1)
    return ["compress"]


@command("LANGUAGE", caps=["LANGUAGE"])
def language(args, _):
    return ["language", *[word(node.text()) for node in args]]


@command("COMPARATOR", caps=["I18NLEVEL=2"])
def comparator(args, _):
    return ["comparator", *[word(node.text()) for node in args]]


def entries_of(args):
    need(args, 1)
    return [word(node.text()) for node in (args[0].value if args[0].kind == "list" else args)]


@command("GETMETADATA", caps=["METADATA"])
def getmetadata(args, _):
    """The grammar has options before the mailbox, and several entries, or one in the examples, in parentheses."""
    if len(args) > 2 and args[0].kind != "list":
        return ["cmd", *by_pieces(args)]
    options = []
    if args[0].kind == "list":
        depths = {"0": "1", "1": "2", "INFINITY": "3"}  # hark_metadata_depth
        for name, value in zip(args[0].value[::2], args[0].value[1::2]):
            number = value.text().decode().upper()
            options += [name.upper().lower(), number if name.upper() == "MAXSIZE" else depths[number]]
        args = args[1:]
    return ["getmetadata", word(args[0].text()), *options, *entries_of(args[1:])]


@command("SETMETADATA", caps=["METADATA"])
def setmetadata(args, _):
    need(args, 2)
    pairs = args[1].value
    return ["setmetadata", word(args[0].text()),
            *[piece for name, value in zip(pairs[::2], pairs[1::2]) for piece in (word(name.text()), nil_or_word(value))]]


@command("ID", caps=["ID"])
def identity(args, _):
    need(args, 1)
    if args[0].kind != "list":
        return ["cmd", "raw", "NIL"]  # hark_id() of nothing is ()
    return ["id", *[word(node.text()) for node in args[0].value]]


# --- RLIST, CANCELUPDATE ---

simple("RLIST", caps=["MAILBOX-REFERRALS"], arguments=(2,))
simple("RLSUB", caps=["MAILBOX-REFERRALS"], arguments=(2,))


@command("CANCELUPDATE", phase=SELECTED, caps=["ESEARCH", "CONTEXT=SEARCH"])
def cancel_update(args, _):
    """Of the searches that were given before it: A1 is the SELECT."""
    return ["cancel_update", *[f"A{i + 2}" for i in range(len(args))]]


# --- CONVERT ---

CONVERT_ITEM = re.compile(r"(BINARY\.SIZE|BINARY|BODYPARTSTRUCTURE|AVAILABLECONVERSIONS|BODY)\[([\d.]*?)\.?(HEADER|MIME)?\]"
                          r"(?:<(\d+)\.(\d+)>)?$", re.I)
CONVERT_NUMBERS = {"BINARY": 2, "BINARY.SIZE": 3, "BODYPARTSTRUCTURE": 4, "AVAILABLECONVERSIONS": 5, "HEADER": 6, "MIME": 7}


def convert_item(node):
    """+N part [origin count]; N: hark_convert_item"""
    if node.upper() == "UID":
        return ["+1", '""']
    match = CONVERT_ITEM.match(node.text().decode())
    if not match:
        raise Cannot("CONVERT of " + node.upper())
    number = CONVERT_NUMBERS[(match[3] or match[1]).upper()]
    return [f"+{number}", word(match[2]), *([match[4], match[5]] if match[4] else [])]


@command("CONVERT", phase=SELECTED, caps=["CONVERT", "BINARY"])
def convert(args, uid):
    if len(args) == 2:  # an old form, in an example of NO
        return ["cmd", *by_pieces(args)]
    need(args, 3)
    type_, params = args[1].value[0], args[1].value[1].value if args[1].value[1:] else []
    words = ["convert", *uid_word(uid), word(args[0].text()), nil_or_word(type_)]
    for name, value in zip(params[::2], params[1::2]):
        words += ["+param", word(name.text()), word(value.text())]
    items = args[2].value if args[2].kind == "list" else [args[2]]
    return words + [piece for one in items for piece in convert_item(one)]


simple("CONVERSIONS", caps=["CONVERT"], arguments=(2,))
