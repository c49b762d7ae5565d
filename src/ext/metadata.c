/* ext/metadata.c - METADATA.  RFC 5464.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/metadata.h>
#include <string.h>

/* entry-value = entry SP value; value = nstring / literal8 */
static bool entry_value(scan *s, void *elem) {
  hark_metadata_entry *e = elem;
  return scan_astring(s, &e->name) && scan_sp(s) && scan_nstring(s, &e->value);
}

/* entry-values = "(" entry-value *(SP entry-value) ")" */
static bool entry_values(scan *s, hark_ev_metadata *ev) {
  ev->values = true;
  if (!scan_list(s, entry_value, sizeof *ev->v, &ev->v, &ev->n)) return false;
  return ev->n || scan_forgive(s, "an entry in the list");
}

/* entry-list = entry *(SP entry) */
static bool entry_list(ext_call *call, scan *s, hark_ev_metadata *ev) {
  hark_strs rest;
  hark_str first;
  if (!scan_astring(s, &first) || !scan_rest(s, scan_astring, &rest)) return false;
  hark_metadata_entry *v = ext_space(call, (rest.n + 1) * sizeof *v);
  if (!v) return false;
  v[0].name = first;
  for (size_t i = 0; i < rest.n; i++) v[i + 1].name = rest.v[i];
  ev->v = v, ev->n = rest.n + 1;
  return true;
}

/* metadata-resp = "METADATA" SP mailbox SP (entry-values / entry-list) */
static bool metadata(ext_call *call, scan *s) {
  hark_ev_metadata *ev = ext_event(call, HARK_EV_METADATA, sizeof *ev);
  if (!ev || !scan_sp(s) || !scan_mailbox(s, &ev->mailbox, &ev->wire) || !scan_sp(s)) return false;
  return scan_peek(s) == '(' ? entry_values(s, ev) : entry_list(call, s, ev);
}

static void the_rest(scan *s, hark_str *out) {
  *out = (hark_str){(const char *)s->p, (size_t)(s->end - s->p)};
  s->p = s->end;
}

/* "METADATA" SP ("LONGENTRIES" SP number / "MAXSIZE" SP number / "TOOMANY" / "NOPRIVATE") */
static bool code(ext_call *call, scan *s) {
  static const char *const known[] = {"LONGENTRIES", "MAXSIZE", "TOOMANY", "NOPRIVATE"};
  hark_metadata_code *d = ext_code(call, HARK_CODE_METADATA, sizeof *d);
  if (!d || !scan_sp(s)) return false;
  scan word = *s;
  if (!scan_atom(s, &d->name)) return false;
  for (int i = 0; i < 4; i++)
    if (scan_word(&word, known[i])) d->kind = HARK_METADATA_LONGENTRIES + i;
  switch (d->kind) {
  case HARK_METADATA_LONGENTRIES:
  case HARK_METADATA_MAXSIZE: return scan_sp(s) && scan_u64(s, &d->size) && scan_end(s);
  case HARK_METADATA_OTHER: return scan_end(s) || (scan_sp(s) && (the_rest(s, &d->args), true));
  default: return scan_end(s);
  }
}

/* entry = astring: slash-separated, without "*" and "%", "//" and "/" at its end; section 3.2 */
static bool is_entry(hark_str name) {
  if (!name.n || name.p[0] != '/' || name.p[name.n - 1] == '/') return false;
  for (size_t i = 0; i < name.n; i++) {
    char ch = name.p[i];
    if (ch < 0x20 || ch > 0x7e || ch == '*' || ch == '%') return false;
    if (ch == '/' && name.p[i + 1] == '/') return false;
  }
  return true;
}

static void put_entry(hark_builder *b, hark_str name) {
  hark_put_string(b, is_entry(name) ? name : (hark_str){NULL, 0});
}

/* getmetadata-options = "(" getmetadata-option *(SP getmetadata-option) ")" */
static void put_options(hark_builder *b, const hark_metadata_options *o) {
  static const char *const depths[] = {NULL, "0", "1", "infinity"};
  if (!o || (!o->maxsize && o->depth == HARK_METADATA_DEPTH_UNSAID)) return;
  hark_put_open(b);
  if (o->maxsize) {
    hark_put_atom(b, "MAXSIZE");
    hark_put_number(b, *o->maxsize);
  }
  if (o->depth != HARK_METADATA_DEPTH_UNSAID) {
    bool known = o->depth > 0 && o->depth <= HARK_METADATA_DEPTH_INFINITY;
    hark_put_atom(b, "DEPTH");
    hark_put_atom(b, known ? depths[o->depth] : NULL);
  }
  hark_put_close(b);
}

/* getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries; the examples of the
 * RFC have the options behind the mailbox, which not all servers take. */
hark_cmd hark_getmetadata(hark_client *c, const char *mailbox, const hark_metadata_options *options,
                          const char *const *entries) {
  hark_builder *b = hark_cmd_begin(c, "GETMETADATA");
  bool several = entries && entries[0] && entries[1];
  put_options(b, options);
  hark_put_mailbox(b, mailbox);
  if (several) hark_put_open(b);
  size_t i = 0;
  do {
    const char *name = entries ? entries[i] : NULL;
    put_entry(b, (hark_str){name, name ? strlen(name) : 0});
  } while (entries && entries[i] && entries[++i]);
  if (several) hark_put_close(b);
  return hark_cmd_end(b);
}

/* setmetadata = "SETMETADATA" SP mailbox SP entry-values */
hark_cmd hark_setmetadata(hark_client *c, const char *mailbox, const hark_metadata_entry *v,
                          size_t n) {
  hark_builder *b = hark_cmd_begin(c, "SETMETADATA");
  hark_put_mailbox(b, mailbox);
  hark_put_open(b);
  if (!n) put_entry(b, (hark_str){NULL, 0});
  for (size_t i = 0; i < n; i++) {
    put_entry(b, v[i].name);
    hark_put_nstring8(b, v[i].value);
  }
  hark_put_close(b);
  return hark_cmd_end(b);
}

const hark_metadata_code *hark_cond_metadata(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_METADATA ? cond->code_data : NULL;
}

const hark_ev_metadata *hark_event_metadata(const hark_event *ev) {
  return ev->type == HARK_EV_METADATA ? ev->any : NULL;
}

static const ext_word responses[] = {{"METADATA", metadata, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};
static const ext_word codes[] = {{"METADATA", code, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};

enum { IN_AUTH = EXT_IN_AUTHENTICATED | EXT_IN_SELECTED };
static const char either[] = "METADATA METADATA-SERVER";
static const ext_command commands[] = {{"GETMETADATA", either, IN_AUTH, 0, "METADATA", EFFECT_NONE},
                                       {"SETMETADATA", either, IN_AUTH, 0, NULL, EFFECT_NONE},
                                       {0}};

static const hark_field entry_fields[] = {
    FIELD(hark_metadata_entry, name, STR), FIELD(hark_metadata_entry, value, STR), {0}};
static const hark_field fields[] = {
    FIELD(hark_ev_metadata, mailbox, STR),
    FIELD(hark_ev_metadata, wire, STR),
    FIELD(hark_ev_metadata, values, BOOL),
    FIELD_ARRAY(hark_ev_metadata, v, hark_metadata_entry, entry_fields),
    {0}};
static const hark_field kinds[] = {{"OTHER", HARK_METADATA_OTHER, 0, 0, NULL},
                                   {"LONGENTRIES", HARK_METADATA_LONGENTRIES, 0, 0, NULL},
                                   {"MAXSIZE", HARK_METADATA_MAXSIZE, 0, 0, NULL},
                                   {"TOOMANY", HARK_METADATA_TOOMANY, 0, 0, NULL},
                                   {"NOPRIVATE", HARK_METADATA_NOPRIVATE, 0, 0, NULL},
                                   {0}};
static const hark_field code_fields[] = {FIELD_OF(hark_metadata_code, kind, ENUM, kinds),
                                         FIELD(hark_metadata_code, name, STR),
                                         FIELD(hark_metadata_code, args, STR),
                                         FIELD(hark_metadata_code, size, U64),
                                         {0}};
static const ext_fields events[] = {{HARK_EV_METADATA, "METADATA", fields}, {0}};
static const ext_fields ids[] = {{HARK_CODE_METADATA, "METADATA", code_fields}, {0}};

extern const hark__extension hark__ext_metadata;
const hark__extension hark__ext_metadata = {.responses = responses,
                                            .codes = codes,
                                            .commands = commands,
                                            .events = events,
                                            .code_ids = ids};
