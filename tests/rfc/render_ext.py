"""IMAP from the events of extensions: one function for each response, item and code.

SPDX-License-Identifier: MIT"""
from render import (EVENTS, astring, atom, atoms, code, date_time, event, field, item, listed, no_arguments, one_number, quoted,
                    string, strings, structure, text, unknown, words)


# --- ENABLE ---

@event("enabled")
def enabled(ev, _):
    return words("* ENABLED", *map(atom, ev["list"]))


# --- quota ---

@event("quota")
def quota(ev, _):
    resources = [words(one["name"], one["usage"], one["limit"]) for one in ev["v"]]
    return words("* QUOTA", field(ev, "root"), listed(resources))


@event("quotaroot")
def quota_root(ev, _):
    return words("* QUOTAROOT", astring(ev, "wire"), *[string(root) for root in ev["roots"]])


# --- NAMESPACE ---

def namespace_prefix(one):
    more = [words(field(x, "name"), strings(x["values"])) for x in one["extensions"]]
    return listed([field(one, "wire"), field(one, "delimiter"), *more])


def namespaces(all_):
    return b"(" + b"".join(map(namespace_prefix, all_)) + b")" if all_ else b"NIL"


@event("namespace")
def namespace(ev, _):
    return words("* NAMESPACE", *[namespaces(ev[name]) for name in ("personal", "other", "shared")])


# --- ACL ---

@event("acl")
def acl(ev, _):
    entries = [words(astring(one, "identifier"), astring(one, "rights")) for one in ev["v"]]
    return words("* ACL", astring(ev, "wire"), *entries)


@event("listrights")
def list_rights(ev, _):
    return words("* LISTRIGHTS", astring(ev, "wire"), astring(ev, "identifier"), astring(ev, "required"),
                 *[string(rights) for rights in ev["optional"]])


@event("myrights")
def my_rights(ev, _):
    return words("* MYRIGHTS", astring(ev, "wire"), astring(ev, "rights"))


# --- LANGUAGE ---

@event("language")
def language(ev, _):
    return words("* LANGUAGE", strings(ev["tags"]))


@event("comparator")
def comparator(ev, _):
    return words("* COMPARATOR", field(ev, "active"), *[strings(ev["matching"])] * bool(ev["matching"]))


# --- METADATA ---

@event("metadata")
def metadata(ev, _):
    if not ev["values"]:
        return words("* METADATA", astring(ev, "wire"), *[field(one, "name") for one in ev["v"]])
    return words("* METADATA", astring(ev, "wire"), listed([words(field(one, "name"), field(one, "value")) for one in ev["v"]]))


@code("METADATA")
def metadata_code(cond, before):
    data = cond["code_data"]
    sized = data["kind"] in ("LONGENTRIES", "MAXSIZE")
    if data["kind"] == "OTHER":
        return words(text(data, "name"), *[] if data["args"] is None else [text(data, "args")])
    return words(data["kind"], data["size"]) if sized else atom(data["kind"])


# --- ANNOTATE ---

def annotation_values(values):
    return listed([words(field(one, "attribute"), field(one, "value")) for one in values])


@item("ANNOTATION")
def annotation(it):
    """Entries with their attributes; entries alone where they have only changed."""
    pieces = []
    for one in it["v"]:
        pieces += [field(one, "entry"), *[annotation_values(one["v"])] * bool(one["v"])]
    return words(it["name"], listed(pieces))


@code("ANNOTATE")
def annotate_code(cond, before):
    data = cond["code_data"]
    return words(text(data, "name"), *[] if data["args"] is None else [text(data, "args")])


@code("ANNOTATIONS")
def annotations_code(cond, before):
    data = cond["code_data"]
    what = data["size"] if data["kind"] == "WRITABLE" else data["kind"]
    return words(what, *["NOPRIVATE"] * data["noprivate"])


# --- QRESYNC, UIDONLY ---

@event("vanished")
def vanished(ev, before):
    sets = b",".join(text(one, "set") for one in [*before, ev])
    return words("* VANISHED", *["(EARLIER)"] * ev["earlier"], sets)


@code("MODIFIED")
def modified(cond, before):
    return text(cond["code_data"], "set")


# --- THREAD, CONTEXT, referrals ---

def thread_members(nodes):
    """The first node's own line of descent, with the branches in lists of their own."""
    first, rest = nodes[0], nodes[1:]
    starts = [i for i, node in enumerate(rest) if node["depth"] == first["depth"] + 1]
    branches = [rest[a:b] for a, b in zip(starts, [*starts[1:], len(rest)])]
    own = [atom(first["number"])] * bool(first["number"])
    if len(branches) == 1 and first["number"]:
        return own + thread_members(branches[0])
    return own + [listed(thread_members(branch)) for branch in branches]


@event("thread")
def thread(ev, before):
    return words("* THREAD", *[listed(thread_members(one["v"])) for one in [*before, ev] if one["v"]])


@code("NOUPDATE")
def no_update(cond, before):
    return quoted(text(cond["code_data"], "tag"))


@code("REFERRAL")
def referral(cond, before):
    return words(*map(atom, cond["code_data"]["urls"]))


# --- PREVIEW, SAVEDATE ---

@item("PREVIEW")
def preview(it):
    return words(it["name"], field(it, "preview"))


@item("SAVEDATE")
def savedate(it):
    return words(it["name"], date_time(it) if it["known"] else "NIL")


# --- CONVERT ---

def convert_params(params):
    """Names alone where they are missing."""
    return listed([field(one, "name") if one["value"] is None else words(field(one, "name"), field(one, "value")) for one in params])


def refused(one):
    types = [field(one, "from"), field(one, "to")] if one["to"] is not None else []
    return words(*types, *[convert_params(one["params"])] * bool(one["params"]))


def convert_error(error):
    minutes = [atom(error["minutes"])] * bool(error["minutes"])
    rest = [] if not error["raw"] else [unknown("code of CONVERTED", text(error, "raw"))]
    return listed([b"ERROR", field(error, "text"), text(error, "code"), *minutes, *map(refused, error["refused"]), *rest])


def converted_value(one):
    if one["error"]:
        return convert_error(one["error"])
    if one["item"] in ("UID", "SIZE"):
        return atom(one["number"])
    if one["item"] in ("BINARY", "HEADER", "MIME"):
        return field(one, "bytes")
    if one["item"] == "AVAILABLE":
        return listed([strings(one["types"])])
    if one["item"] == "STRUCTURE":
        return structure(one["structure"])
    return unknown(f"item of CONVERTED {one['name']}", text(one, "raw"))


def converted_item(one):
    section = b"" if one["section"] is None else b"[" + text(one, "section") + b"]"
    origin = b"<%d>" % one["origin"] if one["partial"] else b""
    return words(text(one, "name") + section + origin, converted_value(one))


@event("converted")
def converted(ev, _):
    tag = [listed([b"TAG", field(ev, "tag")])] * (ev["tag"] is not None)
    return words("*", ev["number"], "CONVERTED", *tag, listed(map(converted_item, ev["v"])))


@event("conversion")
def conversion(ev, _):
    return words("* CONVERSION", field(ev, "from"), field(ev, "to"), *[strings(ev["params"])] * bool(ev["params"]))


@code("TEMPFAIL")
def temp_fail(cond, before):
    return atom(cond["code_num"])


# --- URLAUTH, JMAPACCESS ---

@event("genurlauth")
def genurlauth(ev, _):
    return words("* GENURLAUTH", *map(string, ev["urls"]))


def url_value(one):
    name = one["name"].upper()
    if name == "BODYPARTSTRUCTURE":
        return structure(one["structure"])
    return field(one, "bytes") if name in ("BODY", "BINARY") else unknown(f"datum of URLFETCH {name}", text(one, "raw"))


@event("urlfetch")
def urlfetch(ev, _):
    pieces = []
    for one in ev["v"]:
        data = [listed([words(item["name"], url_value(item))]) for item in one["v"]]
        pieces += [field(one, "url"), *(data or [field(one, "bytes")])]
    return words("* URLFETCH", *pieces)


@code("URLMECH")
def urlmech(cond, before):
    return words(*[text(one, "name") + (b"" if one["data"] is None else b"=" + text(one, "data"))
                   for one in cond["code_data"]["v"]])


@event("jmapaccess")
def jmapaccess(ev, _):
    return words("* JMAPACCESS", field(ev, "url"))


# --- INPROGRESS, MESSAGELIMIT ---

@code("INPROGRESS")
def inprogress(cond, before):
    data = cond["code_data"]
    numbers = [atom(data[name]) if data["has_" + name] else b"NIL" for name in ("progress", "goal")]
    return listed([field(data, "tag"), *numbers])


@code("MESSAGELIMIT")
def message_limit(cond, before):
    data = cond["code_data"]
    return words(data["limit"], *[data["uid"]] * bool(data["uid"]))


# --- codes ---

code("MAXCONVERTMESSAGES", "MAXCONVERTPARTS")(one_number)


code("BADCOMPARATOR", "NOTIFICATIONOVERFLOW")(no_arguments)


@code("BADEVENT")
def bad_event(cond, before):
    return atoms(cond["code_data"]["list"])


@code("UNDEFINED-FILTER")
def undefined_filter(cond, before):
    return field(cond["code_data"], "name")



@code("BADURL")
def bad_url(cond, before):
    """Its URL is in code_args: hark/ext/codes.h."""
    return text(cond, "code_args")


@code("NEWNAME")
def new_name(cond, before):
    return words(field(cond["code_data"], "old_wire"), field(cond["code_data"], "new_wire"))


def self_test():
    one = {"prefix": "", "wire": "", "delimiter": "/", "extensions": [{"name": "X", "values": ["a"]}]}
    ev = {"event": "namespace", "personal": [one], "other": [], "shared": []}
    assert EVENTS["namespace"](ev, []) == b"* NAMESPACE (({0}\r\n {1}\r\n/ {1}\r\nX ({1}\r\na))) NIL NIL"
    nodes = [{"number": n, "depth": d} for n, d in ((3, 0), (6, 1), (4, 2), (23, 3), (44, 2), (7, 3), (96, 4))]
    assert listed(thread_members(nodes)) == b"(3 6 (4 23) (44 7 96))"
    nodes = [{"number": n, "depth": d} for n, d in ((0, 0), (3, 1), (5, 1))]
    assert listed(thread_members(nodes)) == b"((3) (5))"
