/* ext/fetch.c - FETCH and STORE: the simple items, which items stream, and both commands built
 * out of parts.  RFC 9051 sections 6.4.5, 6.4.6, 7.5.2; CHANGEDSINCE, UNCHANGEDSINCE, VANISHED,
 * MODSEQ: RFC 7162; PARTIAL: RFC 9394; BINARY: RFC 3516.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <assert.h>
#include <string.h>

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
  bool joined = scan_peek(s) == '(';
  if (joined && !scan_forgive(s, "a space behind FLAGS")) return false;
  return list && (joined || scan_sp(s)) && scan_flag_list(s, list);
}

/* "INTERNALDATE" SP date-time */
static bool internaldate(ext_call *call, scan *s) {
  hark_ev_item *item = ext_item(call, HARK_ITEM_INTERNALDATE);
  unsigned odd = 0;
  bool read = scan_sp(s) && scan_date_time(s, &item->time, &item->zone_minutes, &odd);
  item->leap_second = odd & SCAN_LEAP_SECOND, item->no_zone = odd & SCAN_NO_ZONE;
  return read;
}

static bool count(ext_call *call, scan *s, int kind) {
  return scan_sp(s) && scan_count(s, &ext_item(call, kind)->num);
}

static bool size(ext_call *call, scan *s) { return count(call, s, HARK_ITEM_SIZE); }

/* "BINARY.SIZE" section-binary SP number; the name as sent has the section in it */
static bool binary_size(ext_call *call, scan *s) {
  hark_ev_item *item = ext_item(call, HARK_ITEM_BINARY_SIZE);
  const char *open = memchr(item->name.p, '[', item->name.n);
  const char *end = item->name.p + item->name.n;
  assert(open); /* the bracket is part of the word */
  if (end[-1] != ']') return false;
  item->section = (hark_str){open + 1, (size_t)(end - open) - 2};
  return count(call, s, HARK_ITEM_BINARY_SIZE);
}

/* fetch-mod-resp = "MODSEQ" SP "(" permsg-modsequence ")" */
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

/* --- FETCH out of parts --- */

enum { /* what was put so far: ext_note() */
       NOTE_UID = 1,
       NOTE_ITEM = 2,
       NOTE_MODIFIER = 4, /* the items are closed */
       NOTE_CHANGED_SINCE = 8,
       NOTE_VANISHED = 16,
       NOTE_PARTIAL = 32,
       NOTE_ACTION = 64
};

hark_builder *hark_fetch_begin(hark_client *c, unsigned with, const char *set) {
  hark_builder *b = hark_cmd_begin(c, with & HARK_UID ? "UID FETCH" : "FETCH");
  if (with & HARK_UID) ext_note(b, NOTE_UID);
  hark_put_set(b, set);
  hark_put_open(b);
  return b;
}

static void item_begins(hark_builder *b) {
  if (ext_noted(b) & NOTE_MODIFIER) ext_refuse(b);
  ext_note(b, NOTE_ITEM);
}

/* Macros stand alone, and a section is hark_fetch_body()'s. */
static bool is_item(const char *item) {
  static const char *const macros[] = {"ALL", "FAST", "FULL"};
  for (size_t i = 0; item && i < sizeof macros / sizeof *macros; i++)
    if (scan_is((hark_str){item, strlen(item)}, macros[i])) return false;
  return item && !item[strcspn(item, "[<")];
}

void hark_fetch_item(hark_builder *b, const char *item) {
  item_begins(b);
  hark_put_atom(b, is_item(item) ? item : NULL);
}

/* section-part = nz-number *("." nz-number); at its end, or where no digit begins. */
static bool section_part(scan *s) {
  uint32_t number;
  while (scan_peek(s) >= '0' && scan_peek(s) <= '9') {
    if (!scan_nz_u32(s, &number)) return false;
    if (scan_end(s)) return true;
    if (!scan_ch(s, '.') || scan_end(s)) return false;
  }
  return true;
}

/* section-msgtext = "HEADER" / "TEXT"; section-text = section-msgtext / "MIME" */
static bool is_section(const char *section, bool binary) {
  scan s;
  if (!section) return false;
  scan_init(&s, section, strlen(section), NULL);
  if (!section_part(&s)) return false;
  if (scan_end(&s)) return true;
  bool words = scan_word(&s, "HEADER") || scan_word(&s, "TEXT") ||
               (s.p > (const uint8_t *)section && scan_word(&s, "MIME"));
  return words && !binary && scan_end(&s);
}

static bool is_part(const char *part) { return is_section(part, true); }

/* "BODY" section [partial] / "BODY.PEEK" section [partial] / "BINARY" [".PEEK"] section-binary
 * [partial] / "BINARY.SIZE" section-binary */
void hark_fetch_body(hark_builder *b, unsigned with, const char *section, uint64_t origin,
                     uint64_t count) {
  bool binary = with & (HARK_BODY_BINARY | HARK_BODY_SIZE);
  bool sized = (with & HARK_BODY_SIZE) && (origin || count);
  item_begins(b);
  if (binary) ext_needs(b, "BINARY IMAP4rev2");
  if (sized || !is_section(section, binary)) ext_refuse(b);
  const char *name = with & HARK_BODY_SIZE ? "BINARY.SIZE["
                     : !binary             ? (with & HARK_BODY_PEEK ? "BODY.PEEK[" : "BODY[")
                                           : (with & HARK_BODY_PEEK ? "BINARY.PEEK[" : "BINARY[");
  hark_put_raw(b, name);
  ext_put_joined(b, section);
  ext_put_joined(b, "]");
  ext_put_partial(b, origin, count);
}

/* header-fld-name = astring; field-name = 1*ftext */
static void field_name(hark_builder *b, const char *name) {
  const char *p = name;
  while (*p > ' ' && *p < 0x7f && *p != ':') p++;
  if (*p || p == name) ext_refuse(b);
  hark_put_text(b, name);
}

/* section-msgtext = "HEADER.FIELDS" [".NOT"] SP header-list */
void hark_fetch_headers(hark_builder *b, unsigned with, const char *part,
                        const char *const *names) {
  item_begins(b);
  if (!is_part(part) || !names || !*names) ext_refuse(b);
  hark_put_raw(b, with & HARK_BODY_PEEK ? "BODY.PEEK[" : "BODY[");
  ext_put_joined(b, part);
  if (part && *part) ext_put_joined(b, ".");
  ext_put_joined(b, with & HARK_BODY_NOT ? "HEADER.FIELDS.NOT" : "HEADER.FIELDS");
  hark_put_open(b);
  for (; names && *names; names++) field_name(b, *names);
  hark_put_close(b);
  ext_put_joined(b, "]");
}

/* fetch-modifiers = SP "(" fetch-modifier *(SP fetch-modifier) ")", each once */
static void modifier(hark_builder *b, uint32_t note, const char *name) {
  uint32_t noted = ext_noted(b);
  if ((noted & note) || !(noted & NOTE_ITEM)) ext_refuse(b);
  if (!(noted & NOTE_MODIFIER)) {
    hark_put_close(b);
    hark_put_open(b);
  }
  ext_note(b, note | NOTE_MODIFIER);
  hark_put_atom(b, name);
}

/* mod-sequence-value: above 0, 63 bits */
void hark_fetch_changed_since(hark_builder *b, uint64_t modseq) {
  modifier(b, NOTE_CHANGED_SINCE, "CHANGEDSINCE");
  ext_needs(b, "CONDSTORE QRESYNC");
  if (!modseq || modseq > INT64_MAX) ext_refuse(b);
  hark_put_number(b, modseq);
}

void hark_fetch_vanished(hark_builder *b) {
  modifier(b, NOTE_VANISHED, "VANISHED");
  ext_needs(b, "QRESYNC");
  if (!(ext_noted(b) & NOTE_UID)) ext_refuse(b);
}

/* ["-"] nz-number */
static void position(hark_builder *b, int64_t n) {
  bool last = n < 0;
  if (last) n = n < -(int64_t)UINT32_MAX ? 0 : -n;
  if (!n || n > UINT32_MAX) ext_refuse(b);
  if (last) {
    hark_put_raw(b, "-");
    ext_join(b);
  }
  hark_put_number(b, (uint64_t)n);
}

/* partial-range-first = nz-number ":" nz-number; partial-range-last: with "-" before both */
void hark_fetch_partial(hark_builder *b, int64_t from, int64_t to) {
  modifier(b, NOTE_PARTIAL, "PARTIAL");
  ext_needs(b, "PARTIAL");
  if (!(ext_noted(b) & NOTE_UID) || (from < 0) != (to < 0)) ext_refuse(b);
  position(b, from);
  ext_put_joined(b, ":");
  ext_join(b);
  position(b, to);
}

hark_cmd hark_fetch_end(hark_builder *b) {
  uint32_t noted = ext_noted(b);
  bool alone = (noted & NOTE_VANISHED) && !(noted & NOTE_CHANGED_SINCE);
  if (!(noted & NOTE_ITEM) || alone) ext_refuse(b);
  hark_put_close(b);
  return hark_cmd_end(b);
}

/* --- STORE out of parts --- */

hark_builder *hark_store_begin(hark_client *c, unsigned with, const char *set) {
  hark_builder *b = hark_cmd_begin(c, with & HARK_UID ? "UID STORE" : "STORE");
  hark_put_set(b, set);
  return b;
}

/* store-modifier = "UNCHANGEDSINCE" SP mod-sequence-valzer */
void hark_store_unchanged_since(hark_builder *b, uint64_t modseq) {
  if (modseq > INT64_MAX || (ext_noted(b) & (NOTE_MODIFIER | NOTE_ACTION))) ext_refuse(b);
  ext_note(b, NOTE_MODIFIER);
  ext_needs(b, "CONDSTORE QRESYNC");
  hark_put_open(b);
  hark_put_atom(b, "UNCHANGEDSINCE");
  hark_put_number(b, modseq);
  hark_put_close(b);
}

/* store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP flag-list */
void hark_store_action(hark_builder *b, const char *action) {
  if (ext_noted(b) & NOTE_ACTION) ext_refuse(b);
  ext_note(b, NOTE_ACTION);
  hark_put_atom(b, action);
  hark_put_open(b);
}

void hark_store_flag(hark_builder *b, const char *flag) {
  if (!(ext_noted(b) & NOTE_ACTION)) ext_refuse(b);
  hark_put_flag(b, flag);
}

hark_cmd hark_store_end(hark_builder *b) {
  hark_put_close(b); /* where nothing was opened: HARK_ERR_ARG */
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
    {"FETCH", NULL, EXT_IN_SELECTED, EXT_SEQ, "FETCH UIDFETCH VANISHED", EFFECT_NONE},
    {"STORE", NULL, EXT_IN_SELECTED, EXT_SEQ, "FETCH UIDFETCH", EFFECT_NONE},
    {0}};

static const hark_field number[] = {FIELD_INLINE("num", U64, NULL), {0}};
static const hark_field time[] = {FIELD_INLINE("time", TIME, NULL), {0}};
static const hark_field list[] = {FIELD_SELF("flags", STRS), {0}};

static const ext_fields kinds[] = {{HARK_ITEM_UID, "UID", number},
                                   {HARK_ITEM_FLAGS, "FLAGS", list},
                                   {HARK_ITEM_INTERNALDATE, "INTERNALDATE", time},
                                   {HARK_ITEM_SIZE, "RFC822.SIZE", number},
                                   {HARK_ITEM_MODSEQ, "MODSEQ", number},
                                   {HARK_ITEM_BINARY_SIZE, "BINARY.SIZE", number},
                                   {0}};

extern const hark__extension hark__ext_fetch;
const hark__extension hark__ext_fetch = {.items = items, .commands = commands, .item_kinds = kinds};
