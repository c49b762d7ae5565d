"""IMAP from the events of extensions: one function for each response, item and code.

SPDX-License-Identifier: MIT"""
from render import EVENTS, atom, code, event, field, item, listed, no_arguments, string, strings, text, words


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
    return words("* QUOTAROOT", field(ev, "wire"), *[string(root) for root in ev["roots"]])


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
    entries = [words(field(one, "identifier"), field(one, "rights")) for one in ev["v"]]
    return words("* ACL", field(ev, "wire"), *entries)


@event("listrights")
def list_rights(ev, _):
    return words("* LISTRIGHTS", field(ev, "wire"), field(ev, "identifier"), field(ev, "required"),
                 *[string(rights) for rights in ev["optional"]])


@event("myrights")
def my_rights(ev, _):
    return words("* MYRIGHTS", field(ev, "wire"), field(ev, "rights"))


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
        return words("* METADATA", field(ev, "wire"), *[field(one, "name") for one in ev["v"]])
    return words("* METADATA", field(ev, "wire"), listed([words(field(one, "name"), field(one, "value")) for one in ev["v"]]))


@code("METADATA")
def metadata_code(cond, before):
    data = cond["code_data"]
    sized = data["kind"] in ("LONGENTRIES", "MAXSIZE")
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
    return atom(cond["code_data"]["kind"])


@code("ANNOTATIONS")
def annotations_code(cond, before):
    data = cond["code_data"]
    if data["kind"] != "WRITABLE":
        return atom(data["kind"].replace("_", "-"))
    return words(data["size"], *["NOPRIVATE"] * data["noprivate"])


# --- codes ---

code("BADCOMPARATOR")(no_arguments)



@code("BADURL")
def bad_url(cond, before):
    """Its URL is in code_args: hark/ext/codes.h."""
    return text(cond, "code_args")


@code("NEWNAME")
def new_name(cond, before):
    return words(field(cond["code_data"], "old_name"), field(cond["code_data"], "new_name"))


def self_test():
    one = {"prefix": "", "wire": "", "delimiter": "/", "extensions": [{"name": "X", "values": ["a"]}]}
    ev = {"event": "namespace", "personal": [one], "other": [], "shared": []}
    assert EVENTS["namespace"](ev, []) == b"* NAMESPACE (({0}\r\n {1}\r\n/ {1}\r\nX ({1}\r\na))) NIL NIL"
