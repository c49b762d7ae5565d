/* task/uids.c - which messages these are: numbers and ranges become UIDs.  RFC 9051 section 6.4.4.
 * SPDX-License-Identifier: MIT
 *
 * "5:*", and any range, takes in what arrives between two commands; what is to be removed must
 * be what was copied, so the UIDs are asked for once, and from then on those are named. */
#include "task/state.h"
#include <hark/search.h>
#include <string.h>

hark_cmd task_look_up(hark_task *t) {
  hark_builder *q = hark_search_begin(t->c, HARK_UID, NULL);
  hark_q_set(q, t->flags, t->set);
  return hark_search_end(q);
}

static bool takes(hark_task *t, uint32_t first, uint32_t last) {
  if (++t->numbers > NUMBERS) {
    task_fail(t, HARK_ERR_LIMIT);
    return false;
  }
  if (!first || !last) return true; /* "*" names none */
  int err = hark_set_add(t->uids, first, last);
  if (err) task_fail(t, err);
  return !err;
}

/* ESEARCH says whether its numbers are UIDs: others are no answer to what was asked. */
static bool other_numbers(const hark_ev_search *s, bool uid) {
  bool any = s->set.n || (s->have & (HARK_SEARCH_MIN | HARK_SEARCH_MAX));
  return any && !(s->have & HARK_SEARCH_VECTOR) && s->uid != uid;
}

static void gather(hark_task *t, const hark_ev_search *s) {
  hark_str set = s->set;
  uint32_t first, last;
  for (size_t i = 0; i < s->n; i++)
    if (!takes(t, s->v[i], s->v[i])) return;
  while (hark_set_next(&set, &first, &last))
    if (!takes(t, first, last)) return;
}

/* An answer that could not be read may have been this one. */
void task_gather(hark_task *t, const hark_event *ev, uint32_t way) {
  const task_command *only = t->ncommands ? &t->commands[0] : NULL;
  if (!only || only->way != way) return;
  if (ev->type == HARK_EV_MALFORMED) t->spoiled = true;
  if (ev->type != HARK_EV_SEARCH || ev->cmd != only->id) return;
  bool uid = way == HARK_WAY_LOOK_UP || (t->flags & HARK_UID);
  if (other_numbers(ev->search, uid))
    t->spoiled = true;
  else
    gather(t, ev->search);
}

/* set without what is not among these */
bool task_only(hark_task *t, hark_set *set, const hark_set *these) {
  hark_set *others = task_set(t);
  int err = others ? hark_set_join(others, set) : HARK_ERR_NOMEM;
  if (!err) err = hark_set_without(others, these);
  if (!err) err = hark_set_without(set, others);
  hark_set_free(others);
  if (err) task_fail(t, err);
  return !err;
}

static size_t digits(uint32_t n) {
  size_t count = 1;
  while (n /= 10) count++;
  return count;
}

bool task_front(hark_task *t) {
  uint32_t first, last;
  size_t text = 0;
  int err = hark_set_remove(t->part, 1, 0);
  for (uint64_t at = 0; !err && hark_set_walk(t->uids, &at, &first, &last);) {
    text += digits(first) + 1 + (last > first ? digits(last) + 1 : 0);
    if (text > SET_TEXT) break;
    err = hark_set_remove(t->uids, first, last);
    if (!err) err = hark_set_add(t->part, first, last);
  }
  if (err) task_fail(t, err);
  return !err;
}
