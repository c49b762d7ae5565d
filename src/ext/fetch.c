/* ext/fetch.c - FETCH and STORE: the simple items, and which items stream.
 * RFC 9051 sections 6.4.5, 6.4.6, 7.5.2; MODSEQ: RFC 7162.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"

/* "UID" SP uniqueid */
static bool uid(ext_call *call, scan *s) {
  uint32_t n;
  if (!scan_sp(s) || !scan_nz_u32(s, &n)) return false;
  ext_item(call, HARK_ITEM_UID)->num = n;
  return true;
}

/* "FLAGS" SP "(" [flag-fetch *(SP flag-fetch)] ")" */
static bool flags(ext_call *call, scan *s) {
  hark_ev_item *item = ext_item(call, HARK_ITEM_FLAGS);
  hark_strs *list = ext_space(call, sizeof *list);
  item->flags = list;
  return list && scan_sp(s) && scan_flag_list(s, list);
}

/* "INTERNALDATE" SP date-time */
static bool internaldate(ext_call *call, scan *s) {
  hark_ev_item *item = ext_item(call, HARK_ITEM_INTERNALDATE);
  return scan_sp(s) && scan_date_time(s, &item->time, &item->zone_minutes);
}

static bool count(ext_call *call, scan *s, int kind) {
  return scan_sp(s) && scan_count(s, &ext_item(call, kind)->num);
}

static bool size(ext_call *call, scan *s) { return count(call, s, HARK_ITEM_SIZE); }
static bool binary_size(ext_call *call, scan *s) { return count(call, s, HARK_ITEM_BINARY_SIZE); }

/* "MODSEQ" SP "(" permsg-modsequence ")" */
static bool modseq(ext_call *call, scan *s) {
  return scan_sp(s) && scan_ch(s, '(') && scan_count(s, &ext_item(call, HARK_ITEM_MODSEQ)->num) &&
         scan_ch(s, ')');
}

hark_cmd hark_fetch(hark_client *c, unsigned with, const char *set, const char *items) {
  hark_builder *b = hark_cmd_begin(c, with & HARK_UID ? "UID FETCH" : "FETCH");
  hark_put_set(b, set);
  hark_put_raw(b, items);
  return hark_cmd_end(b);
}

hark_cmd hark_store(hark_client *c, unsigned with, const char *set, const char *action,
                    const char *list) {
  hark_builder *b = hark_cmd_begin(c, with & HARK_UID ? "UID STORE" : "STORE");
  hark_put_set(b, set);
  hark_put_raw(b, action);
  hark_put_raw(b, list);
  return hark_cmd_end(b);
}

static const ext_word items[] = {{"UID", uid, EXT_WHOLE, EXT_SELECTED},
                                 {"FLAGS", flags, EXT_WHOLE, EXT_SELECTED},
                                 {"INTERNALDATE", internaldate, EXT_WHOLE, EXT_SELECTED},
                                 {"RFC822.SIZE", size, EXT_WHOLE, EXT_SELECTED},
                                 {"MODSEQ", modseq, EXT_WHOLE, EXT_SELECTED},
                                 {"BINARY.SIZE[", binary_size, EXT_WHOLE, EXT_SELECTED},
                                 {"BODY[", NULL, EXT_BODY, EXT_SELECTED},
                                 {"BINARY[", NULL, EXT_BODY, EXT_SELECTED},
                                 {"RFC822", NULL, EXT_BODY, EXT_SELECTED},
                                 {"RFC822.HEADER", NULL, EXT_BODY, EXT_SELECTED},
                                 {"RFC822.TEXT", NULL, EXT_BODY, EXT_SELECTED},
                                 {0}};

static const ext_command commands[] = {
    {"FETCH", NULL, EXT_IN_SELECTED, EXT_SEQ, "FETCH", EFFECT_NONE},
    {"STORE", NULL, EXT_IN_SELECTED, EXT_SEQ, "FETCH", EFFECT_NONE},
    {0}};

static const hark_field number[] = {{"num", HARK_FIELD_INLINE, 0, HARK_FIELD_U64, NULL}, {0}};
static const hark_field time[] = {{"time", HARK_FIELD_INLINE, 0, HARK_FIELD_TIME, NULL}, {0}};
static const hark_field list[] = {{"flags", 0, 0, HARK_FIELD_STRS, NULL}, {0}};

static const ext_fields kinds[] = {{HARK_ITEM_UID, "UID", number},
                                   {HARK_ITEM_FLAGS, "FLAGS", list},
                                   {HARK_ITEM_INTERNALDATE, "INTERNALDATE", time},
                                   {HARK_ITEM_SIZE, "RFC822.SIZE", number},
                                   {HARK_ITEM_MODSEQ, "MODSEQ", number},
                                   {HARK_ITEM_BINARY_SIZE, "BINARY.SIZE", number},
                                   {0}};

extern const hark__extension hark__ext_fetch;
const hark__extension hark__ext_fetch = {.items = items, .commands = commands, .item_kinds = kinds};
