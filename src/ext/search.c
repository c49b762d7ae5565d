/* ext/search.c - the answers SEARCH, ESEARCH and SORT.  RFC 9051 section 7.3.4; RFC 3501 section
 * 7.2.5; RFC 4731, 5256, 5267, 6203, 7162, 7377, 9394.  The calls are in ext/search_keys.c.
 * SPDX-License-Identifier: MIT
 *
 * An answer of any size is told in pieces of 1,024 numbers, or 512 elements of a set.  What a
 * piece says is kept in the state until it is told; a list (PARTIAL, ADDTO, ...) is not kept: it
 * is told at once, with whatever waits. */
#include "core/extension.h"
#include <string.h>

enum {
  NUMBERS = 1024,
  ELEMENTS = 512,
  RANGE_TEXT = 24,   /* "4294967295:4294967295" and a comma */
  CORRELATOR = 1024, /* bytes */
  NAMES = 32,        /* data in one piece */
  TEXT = CORRELATOR + ELEMENTS * RANGE_TEXT + 3072
};

typedef enum datum {
  DATUM_MIN,
  DATUM_MAX,
  DATUM_COUNT,
  DATUM_MODSEQ,
  DATUM_ALL,
  DATUM_PARTIAL,
  DATUM_ADDTO,
  DATUM_REMOVEFROM,
  DATUM_RELEVANCY,
  DATUM_OTHER /* raw */
} datum;

typedef struct kept { /* a hark_named, in the text of the answer */
  size_t name, name_n, raw, raw_n;
  bool has_raw;
} kept;

typedef struct answer { /* ext_state() of an answer under way */
  int type;             /* of its events */
  hark_ev_search head;  /* told with the last piece */
  size_t n;             /* numbers, or elements of the set */
  size_t correlator_n;  /* of text, which begins with it */
  size_t text_n;
  size_t set, set_n; /* in text */
  size_t names;      /* of kept */
  hark_str large;    /* the end of the last raw value, not in text */
  datum datum;       /* what the value that comes, or goes on, belongs to */
  bool in_value;
  bool begun, named, done; /* done: the last piece was told */
  /* what is above is zero at first */
  kept kept[NAMES];
  union {
    uint32_t v[NUMBERS]; /* SEARCH, SORT */
    char text[TEXT];     /* ESEARCH */
  } of;
} answer;

static answer *state(ext_call *call, int type) {
  answer *a = ext_state_head(call, sizeof *a, offsetof(answer, kept));
  if (a) a->type = type;
  return a;
}

/* --- telling --- */

static bool other_correlator(scan *s, hark_named *out) {
  if (!scan_atom(s, &out->name) || !scan_sp(s)) return false;
  const uint8_t *value = s->p;
  if (!scan_skip(s)) return false;
  out->value = (hark_str){(const char *)value, (size_t)(s->p - value)};
  return true;
}

/* one-correlator = ("TAG" SP tag-string) / ("MAILBOX" SP astring) / ("UIDVALIDITY" SP nz-number);
 * "Each correlator MUST appear exactly once."  RFC 4466 had the first, others may follow. */
static bool one_correlator(scan *s, hark_ev_search *ev, hark_named *out) {
  const char *name = (const char *)s->p;
  if (!ev->tag.p && scan_word(s, "TAG")) {
    out->name = (hark_str){name, 3};
    return scan_sp(s) && scan_astring(s, &ev->tag);
  }
  if (!ev->mailbox.p && scan_word(s, "MAILBOX")) {
    out->name = (hark_str){name, 7};
    return scan_sp(s) && scan_mailbox(s, &ev->mailbox, &ev->wire);
  }
  if (!ev->uidvalidity && scan_word(s, "UIDVALIDITY")) {
    out->name = (hark_str){name, 11};
    return scan_sp(s) && scan_nz_u32(s, &ev->uidvalidity);
  }
  return other_correlator(s, out);
}

/* search-correlator = SP "(" one-correlator *(SP one-correlator) ")", behind its "(" */
static bool read_correlators(ext_call *call, scan *s, hark_ev_search *ev) {
  enum { MOST = 8 };
  hark_named *v = ext_space(call, MOST * sizeof *v);
  size_t n = 0;
  if (!v) return false;
  do {
    if (n == MOST || !one_correlator(s, ev, &v[n++])) return false;
  } while (scan_peek(s) == ' ' && scan_sp(s));
  if (n > 1 || !ev->tag.p) ev->correlators = v, ev->ncorrelators = n;
  return scan_ch(s, ')') && scan_end(s);
}

/* The same once more, from where it was kept. */
static bool tell_correlators(ext_call *call, const scan *like, const answer *a,
                             hark_ev_search *ev) {
  if (!a->correlator_n) return true;
  scan s = *like;
  hark_str text = ext_copy(call, a->of.text, a->correlator_n);
  s.p = (const uint8_t *)text.p, s.end = s.p + text.n;
  return scan_accept(&s, '(') && read_correlators(call, &s, ev);
}

/* The event has a copy of the text, for the state goes on changing. */
static bool tell_text(ext_call *call, const answer *a, hark_ev_search *ev) {
  if (!a->names && !a->set_n) return true;
  const char *text = ext_copy(call, a->of.text, a->text_n).p;
  hark_named *v = ext_space(call, a->names * sizeof *v);
  if (!text || !v) return false;
  for (size_t i = 0; i < a->names; i++) {
    const kept *k = &a->kept[i];
    if (k->name_n) v[i].name = (hark_str){text + k->name, k->name_n};
    if (k->has_raw) v[i].value = (hark_str){text + k->raw, k->raw_n};
  }
  if (a->large.p) v[a->names - 1].value = a->large;
  ev->returned = v, ev->nreturned = a->names;
  if (a->set_n) ev->set = (hark_str){text + a->set, a->set_n};
  return true;
}

static bool tell_numbers(ext_call *call, const answer *a, hark_ev_search *ev) {
  ev->have |= HARK_SEARCH_VECTOR, ev->n = a->n, ev->uid = ext_by_uid(call);
  if (!a->n) return true;
  ev->v = (const uint32_t *)(const void *)ext_copy(call, a->of.v, a->n * sizeof *ev->v).p;
  return ev->v;
}

/* A piece: all that waits to be told.  NULL: no memory. */
static hark_ev_search *tell(ext_call *call, const scan *s, answer *a, bool last) {
  hark_ev_search *ev = ext_event(call, a->type, sizeof *ev);
  if (!ev) return NULL;
  if (last) *ev = a->head;
  ev->uid = a->head.uid, ev->last = a->done = last;
  if (a->head.have & HARK_SEARCH_VECTOR) {
    if (!tell_numbers(call, a, ev)) return NULL;
  } else {
    if (!tell_correlators(call, s, a, ev) || !tell_text(call, a, ev)) return NULL;
    if (a->set_n) ev->have |= HARK_SEARCH_ALL;
    if ((ev->have & HARK_SEARCH_ALL) && !a->set_n) ev->set.p = "";
  }
  a->n = a->set_n = a->names = 0;
  a->text_n = a->correlator_n;
  return ev;
}

/* --- SEARCH, SORT --- */

/* search-sort-mod-seq = "(" "MODSEQ" SP mod-sequence-value ")" */
static bool numbers_modseq(answer *a, scan *s) {
  a->head.have |= HARK_SEARCH_MODSEQ;
  return scan_word(s, "MODSEQ") && scan_sp(s) && scan_u64(s, &a->head.modseq) && scan_ch(s, ')') &&
         scan_end(s);
}

/* nz-number SP, as often as it is there and there is room for it. */
static void run_of_numbers(answer *a, scan *s) {
  for (const uint8_t *p = s->p; a->n < NUMBERS; s->p = ++p) {
    uint64_t n = 0;
    unsigned digit;
    while (p < s->end && (digit = (unsigned)*p - '0') <= 9 && n <= UINT32_MAX)
      n = n * 10 + digit, p++;
    if (p == s->end || *p != ' ' || !n || n > UINT32_MAX) return;
    a->of.v[a->n++] = (uint32_t)n;
  }
}

/* *(SP nz-number) [SP search-sort-mod-seq] */
static bool numbers(ext_call *call, scan *s, int type) {
  answer *a = state(call, type);
  if (!a) return false;
  a->head.have |= HARK_SEARCH_VECTOR;
  if (ext_last(call)) return tell(call, s, a, true);
  if (a->head.have & HARK_SEARCH_MODSEQ) return false;
  if (ext_run(call)) return run_of_numbers(a, s), true;
  if (scan_accept(s, '(')) return numbers_modseq(a, s);
  if (a->n == NUMBERS && !tell(call, s, a, false)) return false;
  return scan_nz_u32(s, &a->of.v[a->n++]) && scan_end(s);
}

/* "SEARCH" [1*(SP nz-number) SP search-sort-mod-seq] */
static bool search(ext_call *call, scan *s) { return numbers(call, s, HARK_EV_SEARCH); }

/* sort-data = "SORT" [1*(SP nz-number) SP search-sort-mod-seq] */
static bool sort(ext_call *call, scan *s) { return numbers(call, s, HARK_EV_SORT); }

/* --- ESEARCH: values --- */

/* partial-range-first = nz-number ":" nz-number
 * partial-range-last = MINUS nz-number ":" MINUS nz-number */
static bool partial_range(scan *s, hark_ev_search *ev) {
  bool from_end = ev->partial_from_end = scan_accept(s, '-');
  return scan_nz_u32(s, &ev->partial_first) && scan_ch(s, ':') && (!from_end || scan_ch(s, '-')) &&
         scan_nz_u32(s, &ev->partial_last);
}

/* ret-data-partial = "PARTIAL" SP "(" partial-range SP partial-results ")"
 * partial-results = sequence-set / "NIL" */
static bool partial(scan *s, hark_ev_search *ev) {
  ev->have |= HARK_SEARCH_PARTIAL;
  return scan_ch(s, '(') && partial_range(s, ev) && scan_sp(s) &&
         (scan_nil(s) || scan_set(s, &ev->partial)) && scan_ch(s, ')');
}

/* context-position SP sequence-set */
static bool update(scan *s, void *elem) {
  hark_search_update *u = elem;
  return scan_u32(s, &u->position) && scan_sp(s) && scan_set(s, &u->set);
}

/* ret-data-addto = "ADDTO" SP "(" context-position SP sequence-set
 *                  *(SP context-position SP sequence-set) ")"; so is REMOVEFROM */
static bool updates(scan *s, hark_ev_search *ev, bool remove) {
  hark_search_update *v;
  if (!scan_list(s, update, sizeof *v, &v, &ev->nupdates) || !ev->nupdates) return false;
  for (size_t i = 0; i < ev->nupdates; i++) v[i].remove = remove;
  v[0].first = true;
  ev->have |= HARK_SEARCH_UPDATES, ev->updates = v;
  return true;
}

/* score = 1*3DIGIT, 1 to 100 */
static bool score(scan *s, void *elem) {
  uint32_t *n = elem;
  return scan_nz_u32(s, n) && (*n <= 100 || scan_forgive(s, "a score of 100 at most"));
}

/* score-list = "(" [score *(SP score)] ")" */
static bool relevancy(scan *s, hark_ev_search *ev) {
  ev->have |= HARK_SEARCH_RELEVANCY;
  return scan_list(s, score, sizeof *ev->relevancy, &ev->relevancy, &ev->nrelevancy);
}

static bool list_value(ext_call *call, answer *a, scan *s) {
  hark_ev_search *ev = tell(call, s, a, !ext_delimiter(call));
  if (!ev) return false;
  switch (a->datum) {
  case DATUM_PARTIAL: return partial(s, ev);
  case DATUM_RELEVANCY: return relevancy(s, ev);
  default: return updates(s, ev, a->datum == DATUM_REMOVEFROM);
  }
}

/* "MIN" SP nz-number / "MAX" SP nz-number / "COUNT" SP number / "MODSEQ" SP mod-sequence-value */
static bool number_value(answer *a, scan *s) {
  hark_ev_search *h = &a->head;
  uint32_t *of[] = {[DATUM_MIN] = &h->min, [DATUM_MAX] = &h->max, [DATUM_COUNT] = &h->count};
  static const uint32_t bits[] = {HARK_SEARCH_MIN, HARK_SEARCH_MAX, HARK_SEARCH_COUNT,
                                  HARK_SEARCH_MODSEQ};
  h->have |= bits[a->datum];
  if (a->datum == DATUM_MODSEQ) return scan_u64(s, &h->modseq);
  uint32_t *n = of[a->datum];
  if (!scan_u32(s, n)) return false;
  return *n || a->datum == DATUM_COUNT || scan_forgive(s, "MIN and MAX only where something is");
}

static size_t add_text(answer *a, const void *p, size_t n) {
  size_t at = a->text_n;
  memcpy(a->of.text + at, p, n);
  a->text_n += n;
  return at;
}

static size_t room(const answer *a) { return sizeof a->of.text - a->text_n; }

static void keep_name(answer *a, hark_str name) {
  kept *k = &a->kept[a->names++];
  *k = (kept){.name = add_text(a, name.p, name.n), .name_n = name.n};
  k->raw = a->text_n, k->has_raw = a->datum == DATUM_OTHER;
}

/* "ALL" SP sequence-set: one element of it. */
static bool set_element(ext_call *call, answer *a, scan *s) {
  hark_str element;
  if (!scan_set(s, &element) || !scan_end(s) || element.n >= RANGE_TEXT) return false;
  if (a->n == ELEMENTS && !tell(call, s, a, false)) return false;
  a->head.have |= HARK_SEARCH_ALL;
  if (a->set_n)
    add_text(a, ",", 1);
  else
    a->set = a->text_n;
  add_text(a, element.p, element.n);
  a->set_n = a->text_n - a->set, a->n++;
  return true;
}

/* There is no room for it: told at once, from where it is, behind what was kept of that value. */
static bool large_value(ext_call *call, answer *a, const scan *s, hark_str value) {
  const hark_str goes_on = {"", 0};
  if (a->kept[a->names - 1].raw_n) {
    if (!tell(call, s, a, false)) return false;
    keep_name(a, goes_on);
  }
  a->large = value;
  bool told = tell(call, s, a, !ext_delimiter(call));
  a->large = (hark_str){NULL, 0};
  if (a->in_value) keep_name(a, goes_on);
  return told;
}

/* tagged-ext-val = tagged-ext-simple / "(" [tagged-ext-comp] ")" of a name that has no field: as it
 * was sent, up to a comma that splits it. */
static bool raw_value(ext_call *call, answer *a, scan *s) {
  const char *from = (const char *)s->p;
  if (!scan_skip(s) || !scan_end(s)) return false;
  size_t n = (size_t)((const char *)s->p - from) + a->in_value;
  if (room(a) < n) return large_value(call, a, s, (hark_str){from, n});
  add_text(a, from, n);
  a->kept[a->names - 1].raw_n += n;
  return true;
}

/* --- ESEARCH: names --- */

/* What comes once has its field once: a second COUNT is kept raw. */
static datum datum_of(hark_str name, uint32_t have) {
  static const struct {
    const char *word;
    uint32_t once;
  } known[] = {[DATUM_MIN] = {"MIN", HARK_SEARCH_MIN},
               [DATUM_MAX] = {"MAX", HARK_SEARCH_MAX},
               [DATUM_COUNT] = {"COUNT", HARK_SEARCH_COUNT},
               [DATUM_MODSEQ] = {"MODSEQ", HARK_SEARCH_MODSEQ},
               [DATUM_ALL] = {"ALL", 0},
               [DATUM_PARTIAL] = {"PARTIAL", 0},
               [DATUM_ADDTO] = {"ADDTO", 0},
               [DATUM_REMOVEFROM] = {"REMOVEFROM", 0},
               [DATUM_RELEVANCY] = {"RELEVANCY", 0}};
  scan s;
  scan_init(&s, name.p, name.n, NULL);
  size_t i = 0;
  while (i < DATUM_OTHER && !scan_word(&s, known[i].word)) i++;
  return i < DATUM_OTHER && !(have & known[i].once) ? (datum)i : DATUM_OTHER;
}

/* tagged-ext-label: an atom that begins with no digit */
static bool label(scan *s, hark_str *out) {
  enum { LONGEST = 255 };
  int first = scan_peek(s);
  return (first < '0' || first > '9') && scan_atom(s, out) && scan_end(s) && out->n <= LONGEST;
}

/* [SP "UID"] *(SP search-return-data): "UID", or the search-modifier-name of one of these */
static bool return_name(ext_call *call, answer *a, scan *s) {
  hark_str name;
  bool first = !a->named;
  if (first && !a->head.uid && scan_word(s, "UID")) return (a->head.uid = scan_end(s));
  if (!label(s, &name)) return false;
  a->named = a->in_value = true;
  a->datum = datum_of(name, a->head.have);
  bool set = a->datum == DATUM_ALL;
  size_t need = name.n + (set ? ELEMENTS * RANGE_TEXT : 0);
  bool full = a->names == NAMES || room(a) < need || (set && a->set_n);
  if (full && !tell(call, s, a, false)) return false;
  keep_name(a, name);
  return true;
}

static bool return_value(ext_call *call, answer *a, scan *s) {
  a->in_value = ext_delimiter(call) == ','; /* as sets do, and what has no field */
  if (a->datum == DATUM_ALL) return set_element(call, a, s);
  if (a->datum == DATUM_OTHER) return raw_value(call, a, s);
  if (a->in_value) return false;
  return (a->datum < DATUM_ALL ? number_value(a, s) : list_value(call, a, s)) && scan_end(s);
}

static bool correlator(ext_call *call, answer *a, scan *s) {
  hark_ev_search ev = {0};
  const uint8_t *from = s->p - 1;
  if (!read_correlators(call, s, &ev) || s->p - from > CORRELATOR) return false;
  add_text(a, from, (size_t)(s->p - from));
  a->correlator_n = a->text_n;
  if (ev.tag.p) ext_correlate(call, ev.tag);
  return true;
}

/* esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data) */
static bool esearch(ext_call *call, scan *s) {
  answer *a = state(call, HARK_EV_SEARCH);
  if (!a) return false;
  if (ext_last(call)) return !a->in_value && (a->done || tell(call, s, a, true));
  bool first = !a->begun;
  a->begun = true;
  if (first && scan_accept(s, '(')) return correlator(call, a, s);
  return a->in_value ? return_value(call, a, s) : return_name(call, a, s);
}

/* --- tables --- */

static const ext_word responses[] = {{"SEARCH", search, EXT_NUMBERS, EXT_SELECTED},
                                     {"SORT", sort, EXT_NUMBERS, EXT_SELECTED},
                                     {"ESEARCH", esearch, EXT_SETS, EXT_AUTHENTICATED},
                                     {0}};
static const ext_command commands[] = {
    {"SEARCH", NULL, EXT_IN_SELECTED, EXT_SEQ | EXT_SAME, "SEARCH ESEARCH", EFFECT_NONE}, {0}};

static const hark_field update_fields[] = {FIELD(hark_search_update, remove, BOOL),
                                           FIELD(hark_search_update, first, BOOL),
                                           FIELD(hark_search_update, position, U32),
                                           FIELD(hark_search_update, set, SET),
                                           {0}};
static const hark_field fields[] = {
    FIELD(hark_ev_search, have, U32),
    FIELD_ARRAY(hark_ev_search, v, uint32_t, NULL),
    FIELD(hark_ev_search, set, SET),
    FIELD(hark_ev_search, min, U32),
    FIELD(hark_ev_search, max, U32),
    FIELD(hark_ev_search, count, U32),
    FIELD(hark_ev_search, modseq, U64),
    FIELD(hark_ev_search, partial_first, U32),
    FIELD(hark_ev_search, partial_last, U32),
    FIELD(hark_ev_search, partial_from_end, BOOL),
    FIELD(hark_ev_search, partial, SET),
    FIELD_ARRAY(hark_ev_search, updates, hark_search_update, update_fields),
    FIELD_ARRAY(hark_ev_search, relevancy, uint32_t, NULL),
    FIELD_ARRAY(hark_ev_search, returned, hark_named, ext_named_fields),
    FIELD(hark_ev_search, uid, BOOL),
    FIELD(hark_ev_search, tag, STR),
    FIELD(hark_ev_search, mailbox, STR),
    FIELD(hark_ev_search, wire, STR),
    FIELD(hark_ev_search, uidvalidity, U32),
    FIELD_ARRAY(hark_ev_search, correlators, hark_named, ext_named_fields),
    FIELD(hark_ev_search, last, BOOL),
    {0}};
static const ext_fields events[] = {
    {HARK_EV_SEARCH, "SEARCH", fields}, {HARK_EV_SORT, "SORT", fields}, {0}};

extern const hark__extension hark__ext_search;
const hark__extension hark__ext_search = {
    .responses = responses, .commands = commands, .events = events};
