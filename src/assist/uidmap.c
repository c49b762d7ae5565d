/* assist/uidmap.c - message numbers <-> UIDs of the selected mailbox.  RFC 9051 section 2.3.1.
 * SPDX-License-Identifier: MIT
 *
 * Numbers and UIDs ascend together: so the i-th known number has the i-th known UID, and the map
 * is two sets, of equal size.  Numbers shift with each EXPUNGE and so are a short array of runs;
 * UIDs never do, and are a hark_set.
 *
 * What holds: for two known messages the UIDs are at least as far apart as the numbers; no UID is
 * below its number.  Whatever would break that is a contradiction, and costs all that is known. */
#include "base/mem.h"
#include <assert.h>
#include <hark/ext/qresync.h>
#include <hark/fetch.h>
#include <hark/uidmap.h>
#include <string.h>

enum { RUNS_MOST = 1024, RUNS_FIRST = 4 };

typedef struct run {
  uint32_t first, n; /* numbers */
  uint32_t before;   /* known ones below first */
} run;

/* The answer to UID SEARCH ALL, as it comes. */
typedef struct answer {
  hark_cmd cmd; /* 0: none is awaited */
  hark_set *uids;
  uint32_t exists; /* when it was asked for */
  bool grown, removed, broken;
} answer;

struct hark_uidmap {
  mem mem;
  hark_config config;
  hark_set *uids;
  run *v; /* sorted, and apart from each other */
  size_t n, cap;
  uint32_t exists;
  uint32_t fetch;   /* the number of the FETCH being told, or 0 */
  hark_cmd opening; /* the SELECT to whose mailbox all this belongs, until it is selected; or 0 */
  answer all;
};

hark_uidmap *hark_uidmap_new(const hark_config *config) {
  hark_config from;
  hark_config_init(&from);
  if (config) from.alloc = config->alloc, from.alloc_ud = config->alloc_ud;
  mem memory;
  mem_init(&memory, from.alloc, from.alloc_ud);
  hark_uidmap *m = mem_grow(&memory, NULL, 0, sizeof *m);
  if (!m) return NULL;
  *m = (hark_uidmap){.mem = memory, .config = from, .uids = hark_set_new(&from)};
  if (m->uids) return m;
  hark_uidmap_free(m);
  return NULL;
}

void hark_uidmap_free(hark_uidmap *m) {
  if (!m) return;
  hark_set_free(m->uids);
  hark_set_free(m->all.uids);
  mem memory = m->mem;
  mem_free(&memory, m->v, m->cap * sizeof *m->v);
  mem_free(&memory, m, sizeof *m);
}

static void forget(hark_uidmap *m) {
  hark_set_without(m->uids, m->uids);
  m->n = 0;
}

static void end_answer(hark_uidmap *m) {
  hark_set_free(m->all.uids);
  m->all = (answer){0};
}

/* A search that is not answered yet will be of the next mailbox: SELECT waits for those before it.
 */
static void leave_mailbox(hark_uidmap *m) {
  forget(m);
  m->exists = m->fetch = 0, m->opening = 0;
  if (m->all.cmd) hark_set_without(m->all.uids, m->all.uids);
  m->all = (answer){.cmd = m->all.cmd, .uids = m->all.uids};
}

void hark_uidmap_clear(hark_uidmap *m) {
  end_answer(m);
  leave_mailbox(m);
}

/* --- what is known --- */

uint32_t hark_uidmap_exists(const hark_uidmap *m) { return m->exists; }
uint32_t hark_uidmap_known(const hark_uidmap *m) { return (uint32_t)hark_set_count(m->uids); }
const hark_set *hark_uidmap_uids(const hark_uidmap *m) { return m->uids; }

/* The first run that ends at number or above; n: none. */
static size_t find(const hark_uidmap *m, uint32_t number) {
  size_t from = 0, to = m->n;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (m->v[middle].first + (m->v[middle].n - 1) < number)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

/* How many known ones are below number. */
static uint32_t rank(const hark_uidmap *m, uint32_t number, bool *known) {
  size_t i = find(m, number);
  *known = i < m->n && m->v[i].first <= number;
  if (i == m->n) return hark_uidmap_known(m);
  return m->v[i].before + (*known ? number - m->v[i].first : 0);
}

/* The number of the i-th known one, from 0. */
static uint32_t number_at(const hark_uidmap *m, uint32_t i) {
  size_t from = 0, to = m->n;
  while (to - from > 1) {
    size_t middle = from + (to - from) / 2;
    if (m->v[middle].before <= i)
      from = middle;
    else
      to = middle;
  }
  return m->v[from].first + (i - m->v[from].before);
}

uint32_t hark_uidmap_uid(const hark_uidmap *m, uint32_t number) {
  bool known;
  uint32_t i = rank(m, number, &known);
  return known ? hark_set_at(m->uids, i) : 0;
}

uint32_t hark_uidmap_number(const hark_uidmap *m, uint32_t uid) {
  if (!uid || !hark_set_has(m->uids, uid)) return 0;
  return number_at(m, (uint32_t)hark_set_rank(m->uids, uid));
}

bool hark_uidmap_unknown(const hark_uidmap *m, uint32_t from, uint32_t *first, uint32_t *last) {
  if (!from) from = 1;
  size_t i = find(m, from);
  if (i < m->n && m->v[i].first <= from) { /* runs do not touch: behind it there is a gap */
    from = m->v[i].first + (m->v[i].n - 1);
    if (from == UINT32_MAX) return false;
    from++, i++;
  }
  *first = from;
  *last = i < m->n ? m->v[i].first - 1 : m->exists;
  return from <= m->exists;
}

/* --- runs of numbers --- */

static void count_from(hark_uidmap *m, size_t i) {
  for (; i < m->n; i++) m->v[i].before = i ? m->v[i - 1].before + m->v[i - 1].n : 0;
}

static int forget_shortest(hark_uidmap *m) {
  size_t least = 0;
  for (size_t i = 1; i < m->n; i++)
    if (m->v[i].n < m->v[least].n) least = i;
  const run *r = &m->v[least];
  uint32_t first = hark_set_at(m->uids, r->before);
  uint32_t last = hark_set_at(m->uids, (uint64_t)r->before + r->n - 1);
  int err = hark_set_remove(m->uids, first, last);
  if (err) return err;
  m->n--;
  memmove(m->v + least, m->v + least + 1, (m->n - least) * sizeof *m->v);
  count_from(m, least);
  return 0;
}

static int reserve(hark_uidmap *m) {
  if (m->n == RUNS_MOST) return forget_shortest(m);
  if (m->n < m->cap) return 0;
  size_t cap = m->cap ? m->cap * 2 : RUNS_FIRST;
  run *v = mem_grow(&m->mem, m->v, m->cap * sizeof *v, cap * sizeof *v);
  if (!v) return HARK_ERR_NOMEM;
  m->v = v, m->cap = cap;
  return 0;
}

/* number is in no run. */
static int put_number(hark_uidmap *m, uint32_t number) {
  size_t i = find(m, number);
  bool below = i && m->v[i - 1].first + m->v[i - 1].n == number;
  bool above = i < m->n && m->v[i].first - 1 == number;
  if (below && above) {
    m->v[i - 1].n += 1 + m->v[i].n;
    m->n--;
    memmove(m->v + i, m->v + i + 1, (m->n - i) * sizeof *m->v);
  } else if (below) {
    m->v[i - 1].n++;
  } else if (above) {
    m->v[i].first--, m->v[i].n++;
  } else {
    int err = reserve(m);
    if (err) return err;
    i = find(m, number); /* another run may be gone */
    memmove(m->v + i + 1, m->v + i, (m->n - i) * sizeof *m->v);
    m->v[i] = (run){.first = number, .n = 1};
    m->n++;
  }
  count_from(m, i ? i - 1 : 0);
  return 0;
}

/* Puts r behind the runs that are there already; both may touch. */
static void put_behind(hark_uidmap *m, uint32_t first, uint32_t n) {
  run *last = m->n ? &m->v[m->n - 1] : NULL;
  assert(m->v); /* r was in it */
  if (last && last->first + last->n == first)
    last->n += n;
  else
    m->v[m->n++] = (run){.first = first, .n = n};
}

/* Forgets the numbers low .. high; those above move down by so many as are gone, high - low + 1
 * at most.  A run that is cut in two is joined again, for then all between is gone: so what is put
 * never overtakes what is read. */
static void cut(hark_uidmap *m, uint32_t low, uint32_t high, uint32_t gone) {
  size_t n = m->n;
  m->n = find(m, low);
  for (size_t i = m->n; i < n; i++) {
    run r = m->v[i];
    uint32_t last = r.first + (r.n - 1);
    if (r.first < low) put_behind(m, r.first, low - r.first);
    if (last > high) {
      uint32_t first = r.first > high ? r.first : high + 1;
      put_behind(m, first - gone, last - first + 1);
    }
  }
  count_from(m, 0);
}

/* --- what the server says --- */

/* Whether two messages can stand side by side: UIDs ascend, and each message between has one. */
static bool fits(uint32_t number, uint32_t uid, uint32_t next_number, uint32_t next_uid) {
  return next_uid > uid && next_uid - uid >= next_number - number;
}

static bool agrees(const hark_uidmap *m, uint32_t i, uint32_t number, uint32_t uid) {
  uint32_t below = i ? number_at(m, i - 1) : 0, below_uid = i ? hark_set_at(m->uids, i - 1) : 0;
  if (!fits(below, below_uid, number, uid)) return false;
  return i == hark_uidmap_known(m) || fits(number, uid, number_at(m, i), hark_set_at(m->uids, i));
}

static int learn(hark_uidmap *m, uint32_t number, uint32_t uid) {
  bool known, there = hark_set_has(m->uids, uid);
  if (!number || number > m->exists || uid < number) return 0; /* wrong by itself */
  uint32_t i = rank(m, number, &known);
  bool same = known == there && hark_set_rank(m->uids, uid) == i;
  if (same && known) return 0;
  if (!same || !agrees(m, i, number, uid)) forget(m);
  int err = put_number(m, number);
  return err ? err : hark_set_add(m->uids, uid, uid);
}

static void exists_now(hark_uidmap *m, const hark_event *ev) {
  if (ev->cmd && ev->cmd != m->opening) { /* of the mailbox that this command opens */
    leave_mailbox(m);
    m->opening = ev->cmd;
  }
  uint32_t exists = ev->num > UINT32_MAX ? UINT32_MAX : (uint32_t)ev->num;
  if (exists < m->exists) {
    forget(m);
    m->all.broken = true;
  }
  if (exists > m->exists) m->all.grown |= !m->opening;
  if (m->opening) m->all.exists = exists;
  m->exists = exists;
}

static int expunged(hark_uidmap *m, uint64_t number) {
  bool known;
  if (!number || number > m->exists) {
    forget(m);
    return 0;
  }
  uint32_t n = (uint32_t)number, i = rank(m, n, &known);
  uint32_t uid = known ? hark_set_at(m->uids, i) : 0;
  cut(m, n, n, 1);
  m->exists--, m->all.removed = true;
  return known ? hark_set_remove(m->uids, uid, uid) : 0;
}

/* Known messages, and the numbers around them: those before i, those from to on. */
typedef struct span {
  uint32_t i, to;
  uint32_t low, high; /* numbers between the neighbours */
} span;

static span around(const hark_uidmap *m, uint32_t first, uint32_t last) {
  span s = {.i = (uint32_t)hark_set_rank(m->uids, first), .high = m->exists};
  s.to = (uint32_t)hark_set_rank(m->uids, last) + hark_set_has(m->uids, last);
  s.low = s.i ? number_at(m, s.i - 1) + 1 : 1;
  if (s.to < hark_uidmap_known(m)) s.high = number_at(m, s.to) - 1;
  return s;
}

/* Each UID of first .. last was a message: is there room for them? */
static bool all_were_there(const hark_uidmap *m, const span *s, uint32_t first, uint32_t last) {
  if (s->i == s->to) return s->high >= s->low && s->high - s->low >= last - first;
  uint32_t a = number_at(m, s->i), a_uid = hark_set_at(m->uids, s->i);
  uint32_t b = number_at(m, s->to - 1), b_uid = hark_set_at(m->uids, s->to - 1);
  return b - a == b_uid - a_uid && a - s->low >= a_uid - first && s->high - b >= last - b_uid;
}

/* RFC 7162 section 3.2.10.2: each UID decrements the message count.  One that is not known
 * stood between its neighbours, and that is all that must be known to count those above. */
static int vanished_range(hark_uidmap *m, uint32_t first, uint32_t last) {
  span s = around(m, first, last);
  uint32_t gone = last - first + 1;
  if (!all_were_there(m, &s, first, last)) {
    forget(m);
    m->exists -= gone < m->exists ? gone : m->exists;
    return 0;
  }
  cut(m, s.low, s.high, gone);
  m->exists -= gone;
  return hark_set_remove(m->uids, first, last);
}

static int vanished(hark_uidmap *m, const hark_ev_vanished *v) {
  hark_str set = v->set;
  uint32_t first, last;
  int err = 0;
  if (v->earlier) return 0;
  m->all.removed = true;
  while (!err && hark_set_next(&set, &first, &last) && last) /* "*" is no UID */
    err = vanished_range(m, first, last);
  return err;
}

/* --- the answer to UID SEARCH ALL --- */

int hark_uidmap_all(hark_uidmap *m, hark_cmd search) {
  end_answer(m);
  if (search <= 0) return search ? search : HARK_ERR_ARG;
  hark_set *uids = hark_set_new(&m->config);
  if (!uids) return HARK_ERR_NOMEM;
  m->all = (answer){.cmd = search, .uids = uids, .exists = m->exists};
  return 0;
}

/* In any order: joined, so that a piece costs one pass over what there is. */
static int add_numbers(hark_uidmap *m, const uint32_t *v, size_t n) {
  hark_set *piece = hark_set_new(&m->config);
  int err = piece ? 0 : HARK_ERR_NOMEM;
  for (size_t i = 0; i < n && !err; i++) err = hark_set_add(piece, v[i], v[i]);
  if (!err) err = hark_set_join(m->all.uids, piece);
  hark_set_free(piece);
  return err;
}

/* More than there are messages is no answer, and nothing to spend memory on. */
static int add_set(hark_uidmap *m, hark_str set) {
  hark_str rest = set;
  uint64_t n = 0;
  uint32_t first, last;
  while (hark_set_next(&rest, &first, &last)) {
    n += (uint64_t)last - first + 1;
    if (!first || !last || n > m->exists) m->all.broken = true;
  }
  return m->all.broken || !set.n ? 0 : hark_set_parse(m->all.uids, set);
}

/* What is certain: it names the messages that were there at some time since it was asked for. */
static bool is_whole(const hark_uidmap *m) {
  const answer *a = &m->all;
  uint64_t n = hark_set_count(a->uids);
  if (a->broken || hark_set_has(a->uids, 0) || (a->removed && a->grown)) return false;
  return a->removed ? n == m->exists : n >= a->exists && n <= m->exists;
}

/* No UID is below its number, and they ascend: so all agree. */
static int take_answer(hark_uidmap *m) {
  uint64_t n = hark_set_count(m->all.uids);
  m->n = 0;
  int err = n ? reserve(m) : 0;
  hark_set *before = m->uids;
  m->uids = m->all.uids, m->all.uids = before;
  if (n && !err) m->v[m->n++] = (run){.first = 1, .n = (uint32_t)n};
  return err;
}

static int searched(hark_uidmap *m, const hark_ev_search *s) {
  if (!s->uid && !(s->have & HARK_SEARCH_VECTOR)) m->all.broken = true; /* ESEARCH says so */
  int err = s->n ? add_numbers(m, s->v, s->n) : 0;
  if (!err) err = add_set(m, s->set);
  if (hark_set_count(m->all.uids) > m->exists) m->all.broken = true;
  if (!err && s->last && is_whole(m)) err = take_answer(m);
  if (s->last || err || m->all.broken) end_answer(m);
  return err;
}

/* --- events --- */

/* A mailbox is told of before the client is in it. */
static void entered(hark_uidmap *m, uint64_t phase) {
  if (phase != HARK_PHASE_SELECTED || !m->opening) leave_mailbox(m);
  m->opening = 0;
}

static void done(hark_uidmap *m, const hark_event *ev) {
  if (ev->cmd == m->opening) leave_mailbox(m); /* that mailbox was not opened */
  if (ev->cmd == m->all.cmd) end_answer(m);
}

static int take(hark_uidmap *m, const hark_event *ev) {
  switch (ev->type) {
  case HARK_EV_PHASE: entered(m, ev->num); break;
  case HARK_EV_COND:
    if (ev->cond->code_id == HARK_CODE_CLOSED) leave_mailbox(m); /* RFC 7162 section 3.2.11 */
    break;
  case HARK_EV_DONE: done(m, ev); break;
  case HARK_EV_EXISTS: exists_now(m, ev); break;
  case HARK_EV_EXPUNGE: return expunged(m, ev->num);
  case HARK_EV_FETCH: m->fetch = ev->num > UINT32_MAX ? 0 : (uint32_t)ev->num; break;
  case HARK_EV_FETCH_END: m->fetch = 0; break;
  case HARK_EV_ITEM:
    if (ev->item->kind != HARK_ITEM_UID || ev->item->num > UINT32_MAX) break;
    return learn(m, m->fetch, (uint32_t)ev->item->num);
  case HARK_EV_SEARCH:
    if (m->all.cmd && ev->cmd == m->all.cmd) return searched(m, ev->search);
    break;
  case HARK_EV_VANISHED: return vanished(m, ev->any);
  default: break;
  }
  return 0;
}

int hark_uidmap_event(hark_uidmap *m, const hark_event *ev) {
  int err = take(m, ev);
  if (!err) return 0;
  forget(m);
  end_answer(m);
  return HARK_ERR_NOMEM;
}
