/* ext/search.c - SEARCH, ESEARCH and their keys.  RFC 9051 sections 6.4.4, 7.3.4; the old
 * answer: RFC 3501 section 7.2.5; MODSEQ: RFC 7162.
 * SPDX-License-Identifier: MIT
 *
 * An answer of any size is told in pieces of 1,024 numbers, or 512 elements of a set. */
#include "core/extension.h"
#include <hark/search.h>
#include <string.h>

enum { NUMBERS = 1024, ELEMENTS = 512, RANGE_TEXT = 24, TAG = 64 };

typedef enum expecting { RETURN_NAME, RETURN_VALUE, RETURN_SET } expecting;
typedef struct answer { /* ext_state() of an answer under way */
  hark_ev_search head;  /* min, max, count, modseq: told with the last piece */
  uint32_t v[NUMBERS];
  size_t n; /* numbers, or elements of the set */
  char set[ELEMENTS * RANGE_TEXT];
  size_t set_n;
  char tag[TAG];
  size_t tag_n;
  expecting expecting;
  char name[16]; /* of the return item whose value comes next */
  bool first_seen;
} answer;

static bool tell(ext_call *call, answer *a, bool last) {
  hark_ev_search *ev = ext_event(call, HARK_EV_SEARCH, sizeof *ev);
  if (!ev) return false;
  if (last) *ev = a->head;
  ev->uid = a->head.uid, ev->last = last;
  ev->tag = ext_copy(call, a->tag, a->tag_n);
  if (!a->tag_n) ev->tag.p = NULL;
  if (a->head.have & HARK_SEARCH_VECTOR) {
    ev->have |= HARK_SEARCH_VECTOR;
    ev->v = (const uint32_t *)(const void *)ext_copy(call, a->v, a->n * sizeof *a->v).p;
    ev->n = a->n;
  } else if (a->head.have & HARK_SEARCH_ALL) {
    ev->have |= HARK_SEARCH_ALL;
    ev->set = ext_copy(call, a->set, a->set_n);
  }
  a->n = a->set_n = 0;
  return !ev->n || ev->v;
}

/* --- SEARCH --- */

/* "(" "MODSEQ" SP mod-sequence-value ")" */
static bool search_modseq(answer *a, scan *s) {
  a->head.have |= HARK_SEARCH_MODSEQ;
  return scan_ch(s, '(') && scan_word(s, "MODSEQ") && scan_sp(s) && scan_u64(s, &a->head.modseq) &&
         scan_ch(s, ')') && scan_end(s);
}

/* "SEARCH" *(SP nz-number) */
static bool search(ext_call *call, scan *s) {
  answer *a = ext_state(call, sizeof *a);
  if (!a) return false;
  a->head.have |= HARK_SEARCH_VECTOR;
  if (ext_last(call)) return tell(call, a, true);
  if (scan_peek(s) == '(') return search_modseq(a, s);
  if (a->n == NUMBERS && !tell(call, a, false)) return false;
  return scan_nz_u32(s, &a->v[a->n++]) && scan_end(s);
}

/* --- ESEARCH --- */

/* search-correlator = SP "(" "TAG" SP tag-string ")" */
static bool correlator(ext_call *call, answer *a, scan *s) {
  hark_str tag;
  if (!scan_ch(s, '(') || !scan_word(s, "TAG") || !scan_sp(s) || !scan_astring(s, &tag) ||
      !scan_ch(s, ')') || tag.n > TAG)
    return false;
  memcpy(a->tag, tag.p, tag.n);
  a->tag_n = tag.n;
  ext_correlate(call, tag);
  return scan_end(s);
}

static bool return_name(answer *a, scan *s) {
  hark_str name;
  if (scan_word(s, "UID") && scan_end(s)) {
    a->head.uid = true;
    return true;
  }
  if (!scan_atom(s, &name) || !scan_end(s)) return false;
  size_t n = name.n < sizeof a->name - 1 ? name.n : sizeof a->name - 1;
  memcpy(a->name, name.p, n);
  a->name[n] = 0;
  a->expecting = RETURN_VALUE;
  return true;
}

static bool is(const answer *a, const char *word) {
  scan s;
  scan_init(&s, a->name, strlen(a->name), NULL);
  return scan_word(&s, word) && scan_end(&s);
}

/* One element of a sequence-set, checked and kept. */
static bool set_element(ext_call *call, answer *a, scan *s) {
  hark_str element;
  if (!scan_set(s, &element) || !scan_end(s) || element.n >= RANGE_TEXT) return false;
  if (a->n == ELEMENTS && !tell(call, a, false)) return false;
  if (a->set_n) a->set[a->set_n++] = ',';
  memcpy(a->set + a->set_n, element.p, element.n);
  a->set_n += element.n, a->n++;
  a->expecting = ext_delimiter(call) == ',' ? RETURN_SET : RETURN_NAME;
  return true;
}

static bool return_value(ext_call *call, answer *a, scan *s) {
  bool goes_on = ext_delimiter(call) == ','; /* as sets do, and what no module knows */
  a->expecting = goes_on ? RETURN_VALUE : RETURN_NAME;
  uint32_t bit = is(a, "MIN")      ? HARK_SEARCH_MIN
                 : is(a, "MAX")    ? HARK_SEARCH_MAX
                 : is(a, "COUNT")  ? HARK_SEARCH_COUNT
                 : is(a, "MODSEQ") ? HARK_SEARCH_MODSEQ
                                   : 0;
  uint32_t *to = bit == HARK_SEARCH_MIN   ? &a->head.min
                 : bit == HARK_SEARCH_MAX ? &a->head.max
                                          : &a->head.count;
  if (is(a, "ALL")) {
    a->head.have |= HARK_SEARCH_ALL;
    return set_element(call, a, s);
  }
  a->head.have |= bit;
  if (bit && goes_on) return false;
  if (bit == HARK_SEARCH_MODSEQ) return scan_u64(s, &a->head.modseq) && scan_end(s);
  if (bit) return scan_u32(s, to) && scan_end(s);
  return scan_skip(s) && scan_end(s); /* known to no module yet */
}

/* "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data) */
static bool esearch(ext_call *call, scan *s) {
  answer *a = ext_state(call, sizeof *a);
  if (!a) return false;
  if (ext_last(call)) return a->expecting == RETURN_NAME && tell(call, a, true);
  bool first = !a->first_seen;
  a->first_seen = true;
  if (first && scan_peek(s) == '(') return correlator(call, a, s);
  switch (a->expecting) {
  case RETURN_NAME: return return_name(a, s);
  case RETURN_VALUE: return return_value(call, a, s);
  case RETURN_SET: return set_element(call, a, s);
  }
  return false;
}

/* --- the builder --- */

hark_builder *hark_search_begin(hark_client *c, unsigned flags, const char *returns) {
  hark_builder *b = hark_cmd_begin(c, flags & HARK_UID ? "UID SEARCH" : "SEARCH");
  if (!returns) return b;
  hark_put_raw(b, "RETURN");
  hark_put_raw(b, returns);
  return b;
}

void hark_q_key(hark_builder *q, const char *key) { hark_put_raw(q, key); }

void hark_q_text(hark_builder *q, const char *field, const char *utf8) {
  hark_put_raw(q, field);
  hark_put_text(q, utf8);
}

void hark_q_header(hark_builder *q, const char *name, const char *utf8) {
  hark_put_raw(q, "HEADER");
  hark_put_text(q, name);
  hark_put_text(q, utf8);
}

/* date = date-day "-" date-month "-" date-year */
void hark_q_date(hark_builder *q, const char *field, int year, int month, int day) {
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  hark_put_raw(q, field);
  char text[12], *p = text;
  bool valid = month >= 1 && month <= 12 && day >= 1 && day <= 31 && year >= 0 && year <= 9999;
  if (valid) {
    if (day > 9) *p++ = (char)('0' + day / 10);
    *p++ = (char)('0' + day % 10);
    *p++ = '-';
    memcpy(p, months + 3 * (month - 1), 3), p += 3;
    *p++ = '-';
    for (int by = 1000; by; by /= 10) *p++ = (char)('0' + year / by % 10);
  } else
    *p++ = '\n'; /* refused: HARK_ERR_ARG comes out of hark_search_end() */
  *p = 0;
  hark_put_raw(q, text);
}

void hark_q_number(hark_builder *q, const char *field, uint64_t n) {
  hark_put_raw(q, field);
  hark_put_number(q, n);
}

void hark_q_set(hark_builder *q, unsigned flags, const char *set) {
  if (flags & HARK_UID) hark_put_raw(q, "UID");
  hark_put_set(q, set);
}

void hark_q_or(hark_builder *q) { hark_put_raw(q, "OR"); }
void hark_q_not(hark_builder *q) { hark_put_raw(q, "NOT"); }
void hark_q_open(hark_builder *q) { hark_put_open(q); }
void hark_q_close(hark_builder *q) { hark_put_close(q); }
hark_cmd hark_search_end(hark_builder *q) { return hark_cmd_end(q); }

static const ext_word responses[] = {{"SEARCH", search, EXT_ELEMENTS, EXT_SELECTED},
                                     {"ESEARCH", esearch, EXT_SETS, EXT_SELECTED},
                                     {0}};
static const ext_command commands[] = {
    {"SEARCH", NULL, EXT_IN_SELECTED, EXT_SEQ | EXT_SAME, "SEARCH ESEARCH", EFFECT_NONE}, {0}};

#define FIELD(name, kind)                                                                          \
  { #name, offsetof(hark_ev_search, name), 0, HARK_FIELD_##kind, NULL }
static const hark_field fields[] = {
    FIELD(have, U32),
    {"v", offsetof(hark_ev_search, v), sizeof(uint32_t), HARK_FIELD_ARRAY, NULL},
    FIELD(set, SET),
    FIELD(min, U32),
    FIELD(max, U32),
    FIELD(count, U32),
    FIELD(modseq, U64),
    FIELD(uid, BOOL),
    FIELD(tag, STR),
    FIELD(last, BOOL),
    {0}};
static const ext_fields events[] = {{HARK_EV_SEARCH, "SEARCH", fields}, {0}};

extern const hark__extension hark__ext_search;
const hark__extension hark__ext_search = {
    .responses = responses, .commands = commands, .events = events};
