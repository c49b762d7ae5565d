"""The commands of extensions as calls.  SPDX-License-Identifier: MIT"""
import re
from calls_base import keys, without_returns
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
        return ["id"]
    return ["id", *[word(node.text()) for node in args[0].value]]


# --- RLIST, CANCELUPDATE ---

simple("RLIST", caps=["MAILBOX-REFERRALS"], arguments=(2,))
simple("RLSUB", caps=["MAILBOX-REFERRALS"], arguments=(2,))


@command("CANCELUPDATE", phase=SELECTED, caps=["ESEARCH", "CONTEXT=SEARCH"])
def cancelupdate(args, _):
    """Of the searches that were given before it: A1 is the SELECT."""
    return ["cancelupdate", *[f"A{i + 2}" for i in range(len(args))]]


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
    if len(args) == 2 or (args[2].kind == "list" and len(args[2].value) == 1):  # an old form; a list of one
        return ["cmd", *by_pieces(args)]
    need(args, 3)
    type_, params = args[1].value[0], args[1].value[1].value if args[1].value[1:] else []
    words = ["convert", *uid_word(uid), word(args[0].text()), nil_or_word(type_)]
    for name, value in zip(params[::2], params[1::2]):
        words += ["+param", word(name.text()), word(value.text())]
    return words + [piece for one in (args[2].value if args[2].kind == "list" else args[2:]) for piece in convert_item(one)]


simple("CONVERSIONS", caps=["CONVERT"], arguments=(2,))


# --- ESEARCH, NOTIFY ---

SCOPES_WITH_NAMES = ("SUBTREE", "SUBTREE-ONE", "MAILBOXES")
EVENTS = ["MESSAGENEW", "MESSAGEEXPUNGE", "FLAGCHANGE", "ANNOTATIONCHANGE", "MAILBOXNAME", "SUBSCRIPTIONCHANGE",
          "MAILBOXMETADATACHANGE", "SERVERMETADATACHANGE"]  # HARK_NOTIFY_*, in the order of the call


def scope(args):
    """SCOPE [of NAME]..., and how many nodes that were."""
    name = args[0].upper()
    if name not in SCOPES_WITH_NAMES:
        return [name.lower()], 1
    names = args[1].value if args[1].kind == "list" else [args[1]]
    return [name.lower(), *[piece for one in names for piece in ("of", word(one.text()))]], 2


@command("ESEARCH", phase=SELECTED, caps=["MULTISEARCH", "ESEARCH"])
def multisearch(args, uid):
    words = ["multisearch"]
    if uid:  # which changes nothing: its numbers are UIDs in any case
        return ["cmd", *by_pieces(args)]
    if args[0].upper() == "IN":
        places, args = args[1].value, args[2:]
        while places:
            one, took = scope(places)
            words, places = words + ["in", *one], places[took:]
    returns, args = without_returns(args)
    return [*words, returns, *keys(args)]


def events(nodes):
    """The bits of an event list, and what MessageNew fetches; None where the call puts them in another order."""
    names, items = [], None
    for node in nodes:
        if node.kind == "list":
            items = node
        else:
            names.append(node.upper())
    bits = sum(1 << EVENTS.index(name) for name in names)
    in_order = names == sorted(names, key=EVENTS.index) and (items is None or nodes.index(items) == 1)
    return [str(bits), word(items.raw) if items else "NULL"] if in_order else None


@command("NOTIFY", phase=SELECTED, caps=["NOTIFY"])
def notify(args, _):
    """Events that are in no list, as some examples have them, are not what the grammar says."""
    words, groups = ["notify"], args[1:]
    if groups[0].upper() == "STATUS":
        words, groups = words + ["status"], groups[1:]
    for group in groups:
        where, took = scope(group.value)
        what = events(group.value[took].value) if len(group.value) == took + 1 and group.value[took].kind == "list" else None
        if not what:
            return ["cmd", *by_pieces(args)]
        words += [*where, *what]
    return words
