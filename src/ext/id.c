/* ext/id.c - ID.  RFC 2971.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/id.h>
#include <string.h>

enum { FIELDS = 30 }; /* "not more than 30 field-value pairs" */

/* string SPACE nstring */
static bool pair(scan *s, hark_id_field *f) {
  return scan_string(s, &f->name) && scan_sp(s) && scan_nstring(s, &f->value);
}

/* id_params_list = "(" #(string SPACE nstring) ")" / nil */
static bool id(ext_call *call, scan *s) {
  hark_ev_id *ev = ext_event(call, HARK_EV_ID, sizeof *ev);
  if (!ev || !scan_sp(s)) return false;
  ev->nil = scan_nil(s);
  if (ev->nil) return true;
  hark_id_field *v = ext_space(call, FIELDS * sizeof *v);
  if (!v || !scan_ch(s, '(')) return false;
  while (scan_peek(s) != ')') {
    if (ev->n == FIELDS) return s->expected = "shorter list", false;
    if ((ev->n && !scan_sp(s)) || !pair(s, &v[ev->n])) return false;
    ev->n++;
  }
  ev->v = v;
  return scan_ch(s, ')');
}

/* Some servers refuse atoms here: always quoted. */
static void put_fields(hark_builder *b, const char *const *fields) {
  size_t n = 0;
  hark_put_open(b);
  while (fields[n]) hark_put_quoted(b, fields[n++]);
  if (n % 2 || n > 2 * FIELDS) ext_refuse(b);
  hark_put_close(b);
}

/* id_params_list = "(" #(string SPACE nstring) ")" / nil; Cyrus and Courier refuse () */
hark_cmd hark_id(hark_client *c, const char *const *fields) {
  hark_builder *b = hark_cmd_begin(c, "ID");
  if (fields && fields[0])
    put_fields(b, fields);
  else
    hark_put_atom(b, "NIL");
  return hark_cmd_end(b);
}

const hark_ev_id *hark_event_id(const hark_event *ev) {
  return ev->type == HARK_EV_ID ? ev->any : NULL;
}

static const ext_word responses[] = {{"ID", id, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};
static const ext_command commands[] = {{"ID", "ID", EXT_IN_ANY, EXT_SAME, "ID", EFFECT_NONE}, {0}};

static const hark_field pair_fields[] = {
    FIELD(hark_id_field, name, STR), FIELD(hark_id_field, value, STR), {0}};
static const hark_field fields[] = {
    FIELD_ARRAY(hark_ev_id, v, hark_id_field, pair_fields), FIELD(hark_ev_id, nil, BOOL), {0}};
static const ext_fields events[] = {{HARK_EV_ID, "ID", fields}, {0}};

extern const hark__extension hark__ext_id;
const hark__extension hark__ext_id = {
    .responses = responses, .commands = commands, .events = events};
