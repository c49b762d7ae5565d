/* ext/jmapaccess.c - JMAPACCESS.  RFC 9698.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/jmapaccess.h>

/* "JMAPACCESS" SP quoted */
static bool jmap_access(ext_call *call, scan *s) {
  hark_str *url = ext_event(call, HARK_EV_JMAPACCESS, sizeof *url);
  if (!url || !scan_sp(s)) return false;
  if (scan_peek(s) != '"' && !scan_forgive(s, "quotes around the URL")) return false;
  return scan_astring(s, url);
}

hark_cmd hark_getjmapaccess(hark_client *c) {
  return hark_cmd_end(hark_cmd_begin(c, "GETJMAPACCESS"));
}

const hark_str *hark_event_jmapaccess(const hark_event *ev) {
  return ev->type == HARK_EV_JMAPACCESS ? ev->any : NULL;
}

static const ext_word responses[] = {{"JMAPACCESS", jmap_access, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {0}};

enum { IN_AUTH = EXT_IN_AUTHENTICATED | EXT_IN_SELECTED };
static const ext_command commands[] = {
    {"GETJMAPACCESS", "JMAPACCESS", IN_AUTH, EXT_SAME, "JMAPACCESS", EFFECT_NONE}, {0}};

static const hark_field fields[] = {FIELD_SELF("url", STR), {0}};
static const ext_fields events[] = {{HARK_EV_JMAPACCESS, "JMAPACCESS", fields}, {0}};

extern const hark__extension hark__ext_jmapaccess;
const hark__extension hark__ext_jmapaccess = {
    .responses = responses, .commands = commands, .events = events};
