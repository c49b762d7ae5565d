/* ext/language.c - LANGUAGE, COMPARATOR.  RFC 5255.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/language.h>

static bool astring(scan *s, void *elem) { return scan_astring(s, elem); }

/* "(" astring *(SP astring) ")" */
static bool some(scan *s, hark_strs *out) {
  if (!scan_list(s, astring, sizeof *out->v, &out->v, &out->n)) return false;
  return out->n || scan_forgive(s, "an element in the list");
}

/* language-data = "LANGUAGE" SP "(" lang-tag-quoted *(SP lang-tag-quoted) ")" */
static bool language(ext_call *call, scan *s) {
  hark_ev_language *ev = ext_event(call, HARK_EV_LANGUAGE, sizeof *ev);
  return ev && scan_sp(s) && some(s, &ev->tags);
}

/* comparator-data = "COMPARATOR" SP comp-sel-quoted
 *                   [SP "(" comp-id-quoted *(SP comp-id-quoted) ")"] */
static bool comparator(ext_call *call, scan *s) {
  hark_ev_comparator *ev = ext_event(call, HARK_EV_COMPARATOR, sizeof *ev);
  if (!ev || !scan_sp(s) || !scan_astring(s, &ev->active)) return false;
  if (scan_end(s)) return true;
  if (!scan_sp(s)) return false;
  return scan_end(s) ? scan_forgive(s, "no space at the end") : some(s, &ev->matching);
}

/* "BADCOMPARATOR" */
static bool bad_comparator(ext_call *call, scan *s) {
  ext_code(call, HARK_CODE_BADCOMPARATOR, 0);
  return scan_end(s);
}

/* language-range = (1*8ALPHA *("-" 1*8alphanum)) / "*" (RFC 4647), by its characters */
static bool is_range(const char *p) {
  bool empty = !*p;
  for (; *p; p++) {
    char lower = (char)(*p | 0x20);
    bool fits =
        (lower >= 'a' && lower <= 'z') || (*p >= '0' && *p <= '9') || *p == '-' || *p == '*';
    if (!fits) return false;
  }
  return !empty;
}

/* language-cmd = "LANGUAGE" *(SP lang-range-quoted) */
hark_cmd hark_language(hark_client *c, const char *const *ranges) {
  hark_builder *b = hark_cmd_begin(c, "LANGUAGE");
  for (; ranges && *ranges; ranges++) hark_put_text(b, is_range(*ranges) ? *ranges : NULL);
  return hark_cmd_end(b);
}

/* comparator-cmd = "COMPARATOR" *(SP comp-order-quoted) */
hark_cmd hark_comparator(hark_client *c, const char *const *orders) {
  hark_builder *b = hark_cmd_begin(c, "COMPARATOR");
  for (; orders && *orders; orders++) hark_put_text(b, **orders ? *orders : NULL);
  return hark_cmd_end(b);
}

const hark_ev_language *hark_event_language(const hark_event *ev) {
  return ev->type == HARK_EV_LANGUAGE ? ev->any : NULL;
}

const hark_ev_comparator *hark_event_comparator(const hark_event *ev) {
  return ev->type == HARK_EV_COMPARATOR ? ev->any : NULL;
}

static const ext_word responses[] = {{"LANGUAGE", language, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {"COMPARATOR", comparator, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {0}};
static const ext_word codes[] = {{"BADCOMPARATOR", bad_comparator, EXT_WHOLE, EXT_AUTHENTICATED},
                                 {0}};

enum { IN_AUTH = EXT_IN_AUTHENTICATED | EXT_IN_SELECTED };
static const ext_command commands[] = {
    {"LANGUAGE", "LANGUAGE", EXT_IN_ANY, EXT_SAME, "LANGUAGE NAMESPACE", EFFECT_NONE},
    {"COMPARATOR", "I18NLEVEL=2", IN_AUTH, EXT_SAME, "COMPARATOR", EFFECT_NONE},
    {0}};

static const hark_field language_fields[] = {FIELD(hark_ev_language, tags, STRS), {0}};
static const hark_field comparator_fields[] = {
    FIELD(hark_ev_comparator, active, STR), FIELD(hark_ev_comparator, matching, STRS), {0}};
static const ext_fields events[] = {{HARK_EV_LANGUAGE, "LANGUAGE", language_fields},
                                    {HARK_EV_COMPARATOR, "COMPARATOR", comparator_fields},
                                    {0}};
static const ext_fields ids[] = {{HARK_CODE_BADCOMPARATOR, "BADCOMPARATOR", NULL}, {0}};

extern const hark__extension hark__ext_language;
const hark__extension hark__ext_language = {.responses = responses,
                                            .codes = codes,
                                            .commands = commands,
                                            .events = events,
                                            .code_ids = ids};
