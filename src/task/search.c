/* task/search.c - SEARCH with the result that ESEARCH would have told.  RFC 4731; RFC 9051 section
 * 6.4.4; BADCHARSET: RFC 3501 section 7.1.
 * SPDX-License-Identifier: MIT
 *
 *   SEARCH RETURN, or SEARCH; NO [BADCHARSET (... ISO-8859-1 ...)]: the same once more in that */
#include "task/state.h"
#include <hark/ext/codes.h>
#include <hark/search.h>
#include <string.h>

enum { RETURNS = HARK_SEARCH_MIN | HARK_SEARCH_MAX | HARK_SEARCH_COUNT | HARK_SEARCH_ALL };

/* --- text --- */

/* The next character of valid UTF-8; 0: the end, or *p stands at what is none. */
static uint32_t next_character(const unsigned char **p) {
  const unsigned char *from = *p;
  uint32_t ch = *from;
  size_t more = ch < 0x80 ? 0 : ch < 0xe0 ? 1 : ch < 0xf0 ? 2 : 3;
  if (ch) ++*p;
  if (more) ch &= 0x3fu >> more;
  bool several = more;
  for (; more; more--) {
    if ((**p & 0xc0) != 0x80) return *p = from, 0;
    ch = ch << 6 | (*(*p)++ & 0x3fu);
  }
  return several && ch < 0x80 ? *p = from, 0u : ch;
}

static void look_at(hark_task *t, const char *utf8) {
  const unsigned char *p = (const unsigned char *)utf8;
  for (uint32_t ch; (ch = next_character(&p));) {
    if (ch > 0x7f) t->eight_bit = true;
    if (ch > 0xff) t->too_wide = true;
  }
  if (*p) t->too_wide = true;
}

/* In the charset that the command names. */
static void put_text(hark_task *t, hark_builder *q, const char *utf8) {
  const unsigned char *p = (const unsigned char *)utf8;
  size_t n = 0, size = strlen(utf8) + 1;
  char *latin1 = mem_grow(&t->mem, NULL, 0, size);
  if (!latin1) t->no_memory = true;
  for (uint32_t ch; latin1 && (ch = next_character(&p));) latin1[n++] = (char)(unsigned char)ch;
  hark_put_string(q, (hark_str){latin1, n}); /* NULL: refused */
  mem_free(&t->mem, latin1, size);
}

void hark_task_q_text(hark_task *t, hark_builder *q, const char *key, const char *utf8) {
  if (utf8) look_at(t, utf8);
  if (!utf8 || !t->latin1) {
    hark_q_text(q, key, utf8);
    return;
  }
  hark_put_atom(q, key);
  put_text(t, q, utf8);
}

void hark_task_q_header(hark_task *t, hark_builder *q, const char *name, const char *utf8) {
  if (utf8) look_at(t, utf8);
  if (!utf8 || !t->latin1) {
    hark_q_header(q, name, utf8);
    return;
  }
  hark_put_atom(q, "HEADER");
  hark_put_text(q, name);
  put_text(t, q, utf8);
}

/* --- asking --- */

/* "(MIN MAX COUNT ALL)" */
static void returns_text(char out[32], uint32_t returns) {
  static const char *const words[] = {"MIN ", "MAX ", "COUNT ", "ALL "};
  size_t n = 0;
  out[n++] = '(';
  for (size_t i = 0; i < 4; i++)
    for (const char *p = words[i]; *p && (returns >> i & 1); p++) out[n++] = *p;
  out[n - 1] = ')';
  out[n] = 0;
}

static hark_builder *begin(hark_task *t, const char *returns) {
  if (!t->latin1) return hark_search_begin(t->c, t->flags, returns);
  hark_builder *q = hark_cmd_begin(t->c, t->flags & HARK_UID ? "UID SEARCH" : "SEARCH");
  hark_put_returns(q, returns);
  hark_put_raw(q, "CHARSET");
  hark_put_raw(q, "ISO-8859-1");
  return q;
}

static hark_cmd ask(hark_task *t, uint32_t way) {
  char returns[32];
  returns_text(returns, t->returns);
  t->eight_bit = t->too_wide = t->no_memory = false;
  hark_builder *q = begin(t, way == HARK_WAY_ESEARCH ? returns : NULL);
  t->keys(t->ud, t, q);
  return hark_search_end(q);
}

/* --- the result --- */

static void heard(hark_task *t, const hark_event *ev) {
  const hark_ev_search *s = ev->search;
  task_gather(t, ev, HARK_WAY_ESEARCH);
  task_gather(t, ev, HARK_WAY_SEARCH);
  if (ev->type != HARK_EV_SEARCH || !t->ncommands || ev->cmd != t->commands[0].id) return;
  if (s->have & HARK_SEARCH_MIN) t->found.min = s->min;
  if (s->have & HARK_SEARCH_MAX) t->found.max = s->max;
  if (s->have & HARK_SEARCH_COUNT) t->found.count = s->count;
  t->found.have |= s->have;
}

/* From the numbers, where those came; else it is what was told. */
static void compute(hark_task *t) {
  hark_task_found *f = &t->found;
  bool counts = f->have & (HARK_SEARCH_MIN | HARK_SEARCH_MAX | HARK_SEARCH_COUNT);
  bool nothing = (f->have & HARK_SEARCH_COUNT) && !f->count;
  if (hark_set_count(t->uids) || nothing || !counts) {
    f->count = hark_set_count(t->uids);
    f->min = hark_set_at(t->uids, 0), f->max = hark_set_max(t->uids);
    f->have = RETURNS;
  }
  if (!f->min) f->have &= ~HARK_SEARCH_MIN;
  if (!f->max) f->have &= ~HARK_SEARCH_MAX;
  f->have &= t->returns;
  f->all = f->have & HARK_SEARCH_ALL ? t->uids : NULL;
}

static bool is_latin1(hark_str s) {
  static const char *const names[] = {"iso-8859-1", "latin1", "iso_8859-1", "l1"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    size_t n = 0;
    while (n < s.n && names[i][n] &&
           (s.p[n] | (s.p[n] >= 'A' && s.p[n] <= 'Z' ? 32 : 0)) == names[i][n])
      n++;
    if (n == s.n && !names[i][n]) return true;
  }
  return false;
}

/* US-ASCII is no help: a text that is ASCII named no charset. */
static bool other_charset(const hark_task *t, const hark_ev_cond *cond) {
  const hark_strs *charsets = hark_cond_charsets(cond);
  if (cond->verdict != HARK_VERDICT_NO || !charsets || t->latin1) return false;
  if (!t->eight_bit || t->too_wide) return false;
  for (size_t i = 0; i < charsets->n; i++)
    if (is_latin1(charsets->v[i])) return true;
  return false;
}

static void forget(hark_task *t) {
  memset(&t->found, 0, sizeof t->found);
  hark_set_remove(t->uids, 1, 0);
  t->numbers = 0, t->spoiled = false;
}

static void answered(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  bool ok = cond->verdict == HARK_VERDICT_OK;
  if (other_charset(t, cond)) {
    forget(t);
    t->latin1 = true;
    task_next(t, way);
  } else if (ok && t->spoiled) {
    task_keep(t, way, cond);
    task_fail(t, HARK_ERR_STATE);
  } else {
    if (ok && t->latin1) t->r.way |= HARK_WAY_CHARSET;
    if (ok) compute(t);
    task_done(t, way, cond);
  }
}

static const task_kind search = {
    .ask = ask, .answered = answered, .heard = heard, .in_mailbox = true};

hark_task *hark_task_search(hark_client *c, unsigned flags, uint32_t returns, hark_task_keys keys,
                            void *ud) {
  hark_task *t = task_new(c, &search);
  if (!t) return NULL;
  t->flags = flags, t->returns = returns, t->keys = keys, t->ud = ud;
  t->uids = task_set(t);
  if (!returns || (returns & ~(uint32_t)RETURNS) || !keys) task_fail(t, HARK_ERR_ARG);
  /* where nothing is known yet, SEARCH is understood by all */
  return task_start(t, hark_has(c, "ESEARCH") ? HARK_WAY_ESEARCH : HARK_WAY_SEARCH);
}

const hark_task_found *hark_task_get_found(const hark_task *t) {
  return t->kind == &search && t->r.state == HARK_TASK_DONE ? &t->found : NULL;
}
