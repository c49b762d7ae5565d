/* ext/mailbox.c - what is told of the selected mailbox, and what changes mailboxes.
 * RFC 9051 sections 6.3, 6.4.3, 7.3.5, 7.4, 7.5.1.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"

/* "FLAGS" SP flag-list */
static bool flags(ext_call *call, scan *s) {
  hark_strs *v = ext_event(call, HARK_EV_FLAGS, sizeof *v);
  return v && scan_sp(s) && scan_flag_list(s, v) && scan_ends(s);
}

/* number SP word: as many messages as a mailbox can hold */
static bool numbered(ext_call *call, scan *s, int type) {
  if (ext_number(call) > UINT32_MAX) return s->expected = "number of messages", false;
  return scan_ends(s) && ext_emit(call, type, ext_number(call));
}

static bool exists(ext_call *call, scan *s) { return numbered(call, s, HARK_EV_EXISTS); }
static bool recent(ext_call *call, scan *s) { return numbered(call, s, HARK_EV_RECENT); }
static bool expunge(ext_call *call, scan *s) {
  if (!ext_number(call)) return s->expected = "number above 0", false;
  return numbered(call, s, HARK_EV_EXPUNGE);
}

hark_cmd hark_expunge(hark_client *c, const char *uid_set) {
  hark_builder *b = hark_cmd_begin(c, uid_set ? "UID EXPUNGE" : "EXPUNGE");
  if (uid_set) hark_put_set(b, uid_set);
  return hark_cmd_end(b);
}

static const ext_word responses[] = {{"FLAGS", flags, EXT_WHOLE, EXT_SELECTED},
                                     {"EXISTS", exists, EXT_WHOLE, EXT_SELECTED},
                                     {"RECENT", recent, EXT_WHOLE, EXT_SELECTED},
                                     {"EXPUNGE", expunge, EXT_WHOLE, EXT_SELECTED},
                                     {0}};

static const ext_command commands[] = {{"EXPUNGE", NULL, EXT_IN_SELECTED, EXT_SAME, "EXPUNGE", EFFECT_NONE},
                                       {0}};

static const hark_field flag_fields[] = {{"list", 0, 0, HARK_FIELD_STRS, NULL}, {0}};
static const hark_field number[] = {{"num", HARK_FIELD_INLINE, 0, HARK_FIELD_U64, NULL}, {0}};

static const ext_fields events[] = {{HARK_EV_FLAGS, "FLAGS", flag_fields},
                                    {HARK_EV_EXISTS, "EXISTS", number},
                                    {HARK_EV_RECENT, "RECENT", number},
                                    {HARK_EV_EXPUNGE, "EXPUNGE", number},
                                    {0}};

extern const hark__extension hark__ext_mailbox;
const hark__extension hark__ext_mailbox = {
    .responses = responses, .commands = commands, .events = events};
