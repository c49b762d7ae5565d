/* ext/enable.c - ENABLE.  RFC 5161, RFC 9051 sections 6.3.1, 7.2.1.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/enable.h>

/* enable-data = "ENABLED" *(SP capability) */
static bool enabled(ext_call *call, scan *s) {
  hark_strs *list = ext_event(call, HARK_EV_ENABLED, sizeof *list);
  if (!list || !scan_rest(s, scan_atom, list)) return false;
  for (size_t i = 0; i < list->n; i++)
    if (!ext_enabled(call, list->v[i])) return false;
  return true;
}

/* enable = "ENABLE" 1*(SP capability) */
hark_cmd hark_enable(hark_client *c, const char *capabilities) {
  hark_builder *b = hark_cmd_begin(c, "ENABLE");
  ext_put_atoms(b, capabilities);
  return hark_cmd_end(b);
}

static const ext_word responses[] = {{"ENABLED", enabled, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};
static const ext_command commands[] = {
    {"ENABLE", "ENABLE", EXT_IN_AUTHENTICATED, EXT_SAME, "ENABLED", EFFECT_ENABLE}, {0}};

static const hark_field fields[] = {FIELD_SELF("list", STRS), {0}};
static const ext_fields events[] = {{HARK_EV_ENABLED, "ENABLED", fields}, {0}};

extern const hark__extension hark__ext_enable;
const hark__extension hark__ext_enable = {
    .responses = responses, .commands = commands, .events = events};
