/* ext/context.c - CANCELUPDATE, NOUPDATE.  RFC 5267 sections 4.3, 5.
 * The updates themselves are read by ext/search.c.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/context.h>

/* "NOUPDATE" SP quoted */
static bool no_update(ext_call *call, scan *s) {
  hark_str *tag = ext_code(call, HARK_CODE_NOUPDATE, sizeof *tag);
  if (!tag || !scan_sp(s)) return false;
  bool quoted = scan_peek(s) == '"';
  return scan_astring(s, tag) && scan_end(s) && (quoted || scan_forgive(s, "a quoted tag"));
}

/* "CANCELUPDATE" 1*(SP quoted) */
hark_cmd hark_cancelupdate(hark_client *c, const hark_cmd *searches, size_t n) {
  hark_builder *b = hark_cmd_begin(c, "CANCELUPDATE");
  if (!n) ext_refuse(b);
  for (size_t i = 0; i < n; i++) hark_put_tag(b, searches[i]);
  return hark_cmd_end(b);
}

const hark_str *hark_cond_no_update(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_NOUPDATE ? cond->code_data : NULL;
}

static const ext_word codes[] = {{"NOUPDATE", no_update, EXT_WHOLE, EXT_SELECTED}, {0}};
static const ext_command commands[] = {
    {"CANCELUPDATE", "CONTEXT=SEARCH CONTEXT=SORT", EXT_IN_SELECTED, 0, NULL, EFFECT_NONE}, {0}};

static const hark_field tag_field[] = {FIELD_SELF("tag", STR), {0}};
static const ext_fields ids[] = {{HARK_CODE_NOUPDATE, "NOUPDATE", tag_field}, {0}};

extern const hark__extension hark__ext_context;
const hark__extension hark__ext_context = {.codes = codes, .commands = commands, .code_ids = ids};
