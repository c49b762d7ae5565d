"""IMAP from the events of `hark decode`, from their fields alone.

What a field does not tell is not rendered: then the line differs, and that is hark's mistake.  Raw text
(raw, code_args, bytes) is rendered nowhere, but for responses that no client knows.  SPDX-License-Identifier: MIT"""
import base64, datetime

EVENTS, ITEMS, CODES = {}, {}, {}
FETCHES = ("fetch", "uidfetch")
# Response codes without arguments.  RFC 9051 section 7.1, RFC 5530, and the RFCs that add one.
BARE = set("""ALERT ALREADYEXISTS AUTHENTICATIONFAILED AUTHORIZATIONFAILED CANNOT CLIENTBUG CLOSED CONTACTADMIN
CORRUPTION EXPIRED EXPUNGEISSUED HASCHILDREN INUSE LIMIT NONEXISTENT NOPERM OVERQUOTA PARSE PRIVACYREQUIRED
READ-ONLY READ-WRITE SERVERBUG TRYCREATE UIDNOTSTICKY UNAVAILABLE UNKNOWN-CTE NOMODSEQ THROTTLED NOTSAVED
USEATTR TOOBIG COMPRESSIONACTIVE UIDREQUIRED""".split())
# Responses that RFC 3501 and RFC 9051 make up to show what a client does not know.
MADE_UP = {"XPIG-LATIN"}
NUMBER = {"UIDNEXT", "UIDVALIDITY", "UNSEEN", "HIGHESTMODSEQ"}


class Lacking(Exception):
    """What a message cannot be rendered for."""


KNOWS_ALL = True  # whether names in open lists that have no field of their own are hark's mistake


def unknown(what, raw):
    """What is kept as it was sent, for nobody knows its name."""
    if KNOWS_ALL or raw is None:
        raise Lacking("unknown " + what)
    return raw


def event(*names):
    return lambda f: [EVENTS.__setitem__(name, f) for name in names] and f


def item(*names):
    return lambda f: [ITEMS.__setitem__(name, f) for name in names] and f


def code(*names):
    return lambda f: [CODES.__setitem__(name, f) for name in names] and f


# --- pieces ---

def text(of, name):
    """A field's bytes; None: NIL."""
    if name + "_base64" in of:
        return base64.b64decode(of[name + "_base64"])
    return None if of[name] is None else of[name].encode()


def string(value):
    if isinstance(value, dict):
        value = text(value, "bytes")
    if isinstance(value, str):
        value = value.encode()
    return b"NIL" if value is None else b"{%d}\r\n%s" % (len(value), value)


def field(of, name):
    return string(text(of, name))


def astring(of, name):
    """Where NIL is a string of three letters as any other: tokens.py sees it by the "+"."""
    value = text(of, name)
    return b"{%d+}\r\n%s" % (len(value), value)


def quoted(value):
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def atom(value):
    if isinstance(value, dict):
        return text(value, "bytes")
    return value if isinstance(value, bytes) else str(value).encode()


def words(*pieces):
    return b" ".join(piece if isinstance(piece, bytes) else str(piece).encode() for piece in pieces)


def listed(pieces):
    return b"(" + b" ".join(pieces) + b")"


def atoms(values):
    return listed(map(atom, values))


def strings(values):
    return listed(map(string, values))


# --- status responses ---

@code(*BARE)
def no_arguments(cond, before):
    return unknown(f"arguments of the code {cond['code']}", text(cond, "code_args"))


@code(*NUMBER)
def one_number(cond, before):
    return atom(cond["code_num"])


@code("CAPABILITY")
def capabilities(cond, before):
    if not before or before[0]["event"] != "capability":
        return unknown("capabilities", text(cond, "code_args"))
    return words(*map(atom, before[0]["list"]))


@code("PERMANENTFLAGS")
def permanent_flags(cond, before):
    return atoms(cond["code_data"]["list"])


@code("BADCHARSET")
def bad_charset(cond, before):
    data = cond["code_data"]
    return string(data["list"][0]) if data["bare"] else strings(data["list"])


@code("APPENDUID")
def append_uid(cond, before):
    data = cond["code_data"]
    return words(data["uidvalidity"], data["uids"])


@code("COPYUID")
def copy_uid(cond, before):
    data = cond["code_data"]
    return words(data["uidvalidity"], data["source"], data["uids"])


@code("MAILBOXID")
def mailbox_id(cond, before):
    return listed([text(cond["code_data"], "id")])


def is_unread(name, cond):
    """Whether arguments are in no field of their own, be it one of cond itself or of an event before it."""
    if "code_data" in cond or cond["code_num"] or name in ("CAPABILITY", "BADURL"):
        return False
    return name not in NUMBER or cond["code_args"] != "0"


def status_code(cond, before):
    name = cond["code"]
    if name is None:
        return b""
    if cond["code_id"] == 999 or name.upper() not in CODES:
        arguments = unknown(f"code {name.upper()}", text(cond, "code_args") or b"")
        return b"[" + (words(name, arguments) if arguments else atom(name)) + b"] "
    if cond["code_args"] is None:
        return b"[" + atom(name) + b"] "
    if is_unread(name.upper(), cond):
        return b"[" + words(name, unknown(f"arguments of the code {name.upper()}", text(cond, "code_args"))) + b"] "
    arguments = CODES[name.upper()](cond, before)
    return b"[" + (words(name, arguments) if arguments else atom(name)) + b"] "


@event("greeting", "cond", "bye", "done")
def status(cond, before):
    tag = text(cond, "tag") or b"*"
    return words(tag, cond["verdict"], status_code(cond, before) + (text(cond, "text") or b""))


@event("continue")
def go_on(cond, before):
    return words("+", status_code(cond, before) + (text(cond, "text") or b""))


# --- mailboxes ---

@event("capability")
def capability(ev, _):
    return words("* CAPABILITY", *map(atom, ev["list"]))


def extended(ev):
    """mbox-list-extended, in the order sent; what a field tells is taken from there."""
    typed = {"CHILDINFO": lambda: strings(ev["child_info"]), "OLDNAME": lambda: listed([field(ev, "old_wire")])}
    items = [words(field(one, "name"),
                   typed.get(one["name"].upper(), lambda value=one: text(value, "value"))())
             for one in ev["extended"]]
    return [listed(items)] if items or ev["extended_empty"] else []


@event("list", "lsub", "xlist")
def mailbox(ev, _):
    delimiter = field(ev, "delimiter" if ev["odd_delimiter"] is None else "odd_delimiter")
    return words("*", ev["event"], atoms(ev["attributes"]), delimiter, astring(ev, "wire"), *extended(ev))


def status_value(ev, one):
    plain = {"MESSAGES": "messages", "UIDNEXT": "uidnext", "UIDVALIDITY": "uidvalidity", "UNSEEN": "unseen", "DELETED": "deleted",
             "RECENT": "recent", "SIZE": "size", "HIGHESTMODSEQ": "modseq", "DELETED-STORAGE": "deleted_storage"}
    name = one["name"].upper()
    if name in plain:
        return atom(ev[plain[name]])
    if name == "APPENDLIMIT":
        return b"NIL" if ev["append_unlimited"] else atom(ev["appendlimit"])
    if name == "MAILBOXID":
        return listed([text(ev, "mailboxid")])
    return unknown(f"item of STATUS {name}", text(one, "value"))


def status_values(ev):
    """Of a name that was sent twice the field has the last value; others are as they were sent."""
    last = {one["name"].upper(): i for i, one in enumerate(ev["items"])}
    return [status_value(ev, one) if last[one["name"].upper()] == i else unknown(f"second {one['name']}", text(one, "value"))
            for i, one in enumerate(ev["items"])]


@event("status")
def mailbox_status(ev, _):
    return words("* STATUS", astring(ev, "wire"), listed([words(one["name"], value) for one, value in zip(ev["items"], status_values(ev))]))


@event("flags")
def flags(ev, _):
    return words("* FLAGS", atoms(ev["list"]))


@event("exists", "recent", "expunge")
def numbered(ev, _):
    return words("*", ev["num"], ev["event"])


VECTOR, MODSEQ = 0x20, 0x10


def correlator(ev):
    """search-correlator, in the order sent; TAG alone is not listed."""
    typed = {"TAG": lambda: field(ev, "tag"), "MAILBOX": lambda: astring(ev, "wire"), "UIDVALIDITY": lambda: atom(ev["uidvalidity"])}
    if not ev["correlators"]:
        return [listed([b"TAG", field(ev, "tag")])] if ev["tag"] is not None else []
    return [listed([words(one["name"], named(one, typed)) for one in ev["correlators"]])]


def named(one, typed):
    """The value of an open list's element: where a field has it, from there."""
    return typed[one["name"].upper()]() if one["value"] is None else unknown(f"datum {one['name']}", text(one, "value"))


def updates(ev):
    """ADDTO or REMOVEFROM: position and set by turns."""
    name = b"REMOVEFROM " if ev["updates"][0]["remove"] else b"ADDTO "
    return name + listed([words(one["position"], one["set"]) for one in ev["updates"]])


def partial_range(ev):
    sign = "-" if ev["partial_from_end"] else ""
    found = "NIL" if ev["partial"] is None else ev["partial"]
    return listed([words(f"{sign}{ev['partial_first']}:{sign}{ev['partial_last']}", found)])


def returned(ev, last):
    """The return data of one piece of the answer; the numbers come with the last piece."""
    typed = {name: lambda name=name: atom(last[name.lower()]) for name in ("MIN", "MAX", "COUNT", "MODSEQ")}
    typed |= {"ALL": lambda: atom(ev["set"]), "PARTIAL": lambda: partial_range(ev),
              "RELEVANCY": lambda: listed(map(atom, ev["relevancy"]))}
    return [updates(ev) if one["name"].upper() in ("ADDTO", "REMOVEFROM") else words(one["name"], named(one, typed))
            for one in ev["returned"] if one["name"] is not None]


def gone_on(ev):
    """What belongs to the end of the piece before: more of ALL, or of a raw value."""
    if ev["returned"] and ev["returned"][0]["name"] is None:
        return text(ev["returned"][0], "value")
    own = any((one["name"] or "").upper() == "ALL" for one in ev["returned"])
    return b"" if own or not ev["set"] else b"," + text(ev, "set")


@event("search", "sort")
def search(ev, before):
    pieces = [*before, ev]
    if ev["have"] & VECTOR:
        numbers = [atom(n) for piece in pieces for n in piece["v"]]
        return words("*", ev["event"], *numbers, *[listed([words("MODSEQ", ev["modseq"])])] * bool(ev["have"] & MODSEQ))
    data = b"".join(gone_on(piece) + b"".join(b" " + one for one in returned(piece, ev)) for piece in pieces)
    return words("* ESEARCH", *correlator(ev), *["UID"] * ev["uid"]) + data


@event("id")
def identity(ev, _):
    return words("* ID", b"NIL" if ev["nil"] else listed([b" ".join((field(f, "name"), field(f, "value"))) for f in ev["v"]]))


# --- messages ---

@item("UID", "RFC822.SIZE", "X-GM-MSGID", "X-GM-THRID")
def number_item(it):
    return words(it["name"], it["num"])


@item("BINARY.SIZE")
def binary_size(it):
    return words(b"BINARY.SIZE[" + text(it, "section") + b"]", it["num"])


@item("FLAGS")
def flags_item(it):
    return words(it["name"], atoms(it["flags"]))


@item("MODSEQ")
def modseq(it):
    return words(it["name"], listed([atom(it["num"])]))


def date_time(of):
    zone = datetime.timezone(datetime.timedelta(minutes=of["zone_minutes"]))
    when = datetime.datetime.fromtimestamp(of["time"] - of["leap_second"], zone)
    second = "60" if of["leap_second"] else "%S"
    return string(when.strftime(f"%e-%b-%Y %H:%M:{second} " + ("-0000" if of["no_zone"] else "%z")))


@item("INTERNALDATE")
def internaldate(it):
    return words(it["name"], date_time(it))


@item("EMAILID", "THREADID")
def objectid(it):
    return words(it["name"], b"NIL" if it["id"] is None else listed([text(it, "id")]))


def addresses(all_):
    one = [listed([field(a, part) for part in ("name", "adl", "mailbox", "host")]) for a in all_]
    return listed(one) if one else b"NIL"


def envelope(e):
    people = [addresses(e[name]) for name in ("from", "sender", "reply_to", "to", "cc", "bcc")]
    return listed([field(e, "date"), field(e, "subject"), *people, field(e, "in_reply_to"), field(e, "message_id")])


@item("ENVELOPE")
def envelope_item(it):
    return words(it["name"], envelope(it["envelope"]))


def params(part, name):
    pairs = [field(p, "name") + b" " + field(p, "value") for p in part[name]]
    return listed(pairs) if pairs or part[name + "_empty"] else b"NIL"


def extension_data(part, first):
    """From first (MD5, or a multipart's parameters) on, as many as were sent, and what came behind them."""
    disposition = b"NIL"
    if part["disposition"] is not None:
        disposition = listed([field(part, "disposition"), params(part, "disposition_params")])
    language = string(part["language"][0]) if part["language"] else b"NIL"
    if part["language_list"]:
        language = strings(part["language"])
    known = [first, disposition, language, field(part, "location")]
    return known[:part["fields_sent"]] + list(map(atom, part["extensions"]))


def multipart(part):
    children = b"".join(map(structure, part["child"]))
    return listed([children, field(part, "subtype"), *extension_data(part, params(part, "params"))])


def single_part(part):
    fields = [field(part, "type"), field(part, "subtype"), params(part, "params"), field(part, "id"),
              field(part, "description"), field(part, "encoding"), atom(part["octets"])]
    if part["envelope"] is not None:
        fields += [envelope(part["envelope"]), structure(part["child"][0])]
    if not part["lines_missing"] and ((part["type"] or "").upper() == "TEXT" or part["envelope"] is not None):
        fields.append(atom(part["lines"]))
    return listed(fields + extension_data(part, field(part, "md5")))


def structure(part):
    return multipart(part) if (part["type"] or "").lower() == "multipart" and part["child"] else single_part(part)


@item("BODYSTRUCTURE", "BODY")
def structure_item(it):
    return words(it["name"], structure(it["structure"]))


def one_item(it):
    if it["kind"] not in ITEMS:
        return words(it["name"], unknown(f"item {it['name'].upper()}", text(it, "raw")))
    return ITEMS[it["kind"]](it)


def body(ev, data):
    name = text(ev, "name")
    if not name.upper().startswith(b"RFC822"):
        name += b"[" + text(ev, "section") + b"]"
    if ev["partial"]:
        name += b"<%d>" % ev["origin"]
    return words(name, string(None if ev["nil"] else data))


def data_of(ev):
    return text(ev, "bytes")


def fetch(events):
    """FETCH (ITEM | BODY BODY_DATA* BODY_END)* FETCH_END"""
    items, data, open_ = [], b"", None
    for ev in events[1:]:
        if ev["event"] == "item":
            items.append(one_item(ev))
        elif ev["event"] == "body":
            open_, data = ev, b""
        elif ev["event"] == "body_data":
            data += data_of(ev)
        elif ev["event"] == "body_end":
            items.append(body(open_, data))
        elif ev["event"] == "malformed":
            raise Lacking(f"malformed item: {ev['reason']}")
    return words("*", events[0]["num"], events[0]["event"], listed(items))


# --- all of them ---

def word_of(raw):
    """What an unread response is about, to say it in a report."""
    names = [word for word in raw.split()[1:3] if not word.isdigit()]
    return names[0].upper() if names else "?"


def render(events):
    """The one message that these events were told for."""
    try:
        return render_known(events)
    except KeyError as missing:
        raise Lacking(f"no field {missing.args[0]} in {events[0]['event']}") from None


def render_known(events):
    if not events:
        raise Lacking("no event")
    for ev in events:
        raw = (text(ev, "bytes") or b"").decode(errors="replace") if ev["event"] in ("unknown", "malformed") else ""
        if ev["event"] == "unknown" and word_of(raw) in MADE_UP:
            return text(ev, "bytes")
        if raw and events[0]["event"] not in FETCHES:
            raise Lacking(f"{ev['event']} response {word_of(raw) if ev['event'] == 'unknown' else ev['reason']}")
    if events[0]["event"] in FETCHES:
        return fetch(events) + b"\r\n"
    last = events[-1]
    if last["event"] not in EVENTS:
        raise Lacking(f"no renderer for {last['event']}")
    return EVENTS[last["event"]](last, events[:-1]) + b"\r\n"
