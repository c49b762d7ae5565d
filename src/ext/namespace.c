/* ext/namespace.c - NAMESPACE.  RFC 2342, RFC 9051 sections 6.3.10, 7.3.2, RFC 5255 section 3.4.
 * SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "core/extension.h"
#include <hark/ext/namespace.h>

/* string; it is the beginning of a mailbox name, and so in modified UTF-7 */
static bool prefix(scan *s, hark_namespace_prefix *p) {
  bool is_string = scan_peek(s) == '"' || scan_peek(s) == '{';
  if (!is_string && !scan_forgive(s, "quotes around the prefix")) return false;
  return scan_mailbox(s, &p->prefix, &p->wire);
}

/* DQUOTE QUOTED-CHAR DQUOTE / nil; "" is taken for NIL */
static bool delimiter(scan *s, char *out) {
  hark_str d;
  if (!scan_nstring(s, &d)) return false;
  *out = d.n ? d.p[0] : 0;
  if (d.p && !d.n) return scan_forgive(s, "NIL for no hierarchy delimiter");
  return d.n <= 1 || scan_forgive(s, "a hierarchy delimiter of one character");
}

static bool string(scan *s, void *elem) { return scan_string(s, elem); }

/* namespace-trans = SP DQUOTE "TRANSLATION" DQUOTE SP "(" string ")" in modified UTF-7: s stands
 * at the list, which has been read. */
static bool translation(scan s, hark_str *out) {
  s.p++;
  return scan_mailbox(&s, out, NULL);
}

/* namespace-response-extension = SP string SP "(" string *(SP string) ")" */
static bool extension(scan *s, hark_namespace_prefix *p, hark_namespace_extension *e) {
  if (!scan_sp(s) || !scan_string(s, &e->name) || !scan_sp(s)) return false;
  scan values = *s;
  if (!scan_list(s, string, sizeof *e->values.v, &e->values.v, &e->values.n)) return false;
  bool translated = scan_is(e->name, "TRANSLATION") && e->values.n == 1;
  return !translated || translation(values, &p->translation);
}

/* namespace-descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil)
 *                   [namespace-response-extensions] ")" */
static bool descr(scan *s, void *elem) {
  hark_namespace_prefix *p = elem;
  hark_namespace_extension *v = NULL;
  size_t cap = 0;
  if (!scan_ch(s, '(') || !prefix(s, p) || !scan_sp(s) || !delimiter(s, &p->delimiter))
    return false;
  while (scan_peek(s) == ' ') {
    if (p->nextensions == s->items) return s->expected = "shorter list", false;
    v = arena_grow(s->arena, v, sizeof *v, &cap, p->nextensions + 1);
    if (!v || !extension(s, p, &v[p->nextensions])) return false;
    p->nextensions++;
  }
  p->extensions = v;
  return scan_ch(s, ')');
}

/* namespace = nil / "(" 1*namespace-descr ")" */
static bool namespaces(scan *s, hark_namespaces *out) {
  if (scan_nil(s)) return true;
  if (!scan_list(s, descr, sizeof *out->v, &out->v, &out->n)) return false;
  return out->n || scan_forgive(s, "NIL for no namespaces");
}

/* What stands between two namespaces; RFC 5255 itself leaves it out once. */
static bool between(scan *s) {
  return scan_peek(s) == '(' ? scan_forgive(s, "a space between namespaces") : scan_sp(s);
}

/* namespace-response = "NAMESPACE" SP namespace SP namespace SP namespace */
static bool response(ext_call *call, scan *s) {
  hark_ev_namespace *ev = ext_event(call, HARK_EV_NAMESPACE, sizeof *ev);
  return ev && scan_sp(s) && namespaces(s, &ev->personal) && between(s) &&
         namespaces(s, &ev->other) && between(s) && namespaces(s, &ev->shared);
}

hark_cmd hark_namespace(hark_client *c) { return hark_cmd_end(hark_cmd_begin(c, "NAMESPACE")); }

const hark_ev_namespace *hark_event_namespace(const hark_event *ev) {
  return ev->type == HARK_EV_NAMESPACE ? ev->any : NULL;
}

static const ext_word responses[] = {{"NAMESPACE", response, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};

enum { IN_AUTH = EXT_IN_AUTHENTICATED | EXT_IN_SELECTED };
static const ext_command commands[] = {
    {"NAMESPACE", "NAMESPACE", IN_AUTH, EXT_SAME, "NAMESPACE", EFFECT_NONE}, {0}};

static const hark_field extension_fields[] = {
    FIELD(hark_namespace_extension, name, STR), FIELD(hark_namespace_extension, values, STRS), {0}};
static const hark_field prefix_fields[] = {
    FIELD(hark_namespace_prefix, prefix, STR),
    FIELD(hark_namespace_prefix, wire, STR),
    FIELD(hark_namespace_prefix, delimiter, CHAR),
    FIELD(hark_namespace_prefix, translation, STR),
    FIELD_ARRAY(hark_namespace_prefix, extensions, hark_namespace_extension, extension_fields),
    {0}};
static const hark_field fields[] = {
    FIELD_ARRAY(hark_ev_namespace, personal, hark_namespace_prefix, prefix_fields),
    FIELD_ARRAY(hark_ev_namespace, other, hark_namespace_prefix, prefix_fields),
    FIELD_ARRAY(hark_ev_namespace, shared, hark_namespace_prefix, prefix_fields),
    {0}};
static const ext_fields events[] = {{HARK_EV_NAMESPACE, "NAMESPACE", fields}, {0}};

extern const hark__extension hark__ext_namespace;
const hark__extension hark__ext_namespace = {
    .responses = responses, .commands = commands, .events = events};
