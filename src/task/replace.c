/* task/replace.c - a message in place of another.  RFC 8508.
 * SPDX-License-Identifier: MIT
 *
 *   REPLACE, or UID SEARCH --> APPEND --> UID STORE --> UID EXPUNGE
 *
 * The old one goes last: whatever fails, one of the two is there. */
#include "task/state.h"
#include <hark/ext/replace.h>

static hark_cmd ask(hark_task *t, uint32_t way) {
  if (way == HARK_WAY_LOOK_UP) return task_look_up(t);
  if (way == HARK_WAY_APPEND) return hark_append(t->c, t->mailbox, t->messages);
  if (way != HARK_WAY_REPLACE) return task_remove_ask(t, way);
  hark_builder *b = hark_replace_begin(t->c, t->flags, t->number, t->mailbox);
  hark_append_message(b, t->messages);
  return hark_cmd_end(b);
}

/* Exactly the one, and it is the one that was asked for. */
static bool found_it(hark_task *t) {
  uint32_t asked = t->number;
  bool other = (t->flags & HARK_UID) && asked && !hark_set_has(t->uids, asked);
  return !t->spoiled && hark_set_count(t->uids) == 1 && !other;
}

static void looked_up(hark_task *t, const hark_ev_cond *cond) {
  if (cond->verdict != HARK_VERDICT_OK)
    task_done(t, HARK_WAY_LOOK_UP, cond);
  else if (!found_it(t))
    task_fail(t, HARK_ERR_STATE);
  else if (task_front(t))
    task_next(t, HARK_WAY_APPEND);
}

static void removed(hark_task *t, const hark_ev_cond *cond) {
  task_done(t, (t->r.way & HARK_WAY_LEFT_DELETED) ? HARK_WAY_STORE : HARK_WAY_UID_EXPUNGE, cond);
}

static void answered(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  bool ok = cond->verdict == HARK_VERDICT_OK;
  if (way == HARK_WAY_REPLACE && task_lacks(cond))
    task_next(t, HARK_WAY_LOOK_UP);
  else if (way == HARK_WAY_LOOK_UP)
    looked_up(t, cond);
  else if (way == HARK_WAY_APPEND && ok)
    task_remove(t);
  else if (!task_removed(t, way, cond))
    task_done(t, way, cond);
  if (ok && (way == HARK_WAY_REPLACE || way == HARK_WAY_APPEND)) t->r.count = 1;
}

static void heard(hark_task *t, const hark_event *ev) { task_gather(t, ev, HARK_WAY_LOOK_UP); }

static const task_kind replace = {
    .ask = ask, .answered = answered, .removed = removed, .heard = heard, .in_mailbox = true};

static const char *number_text(hark_task *t, uint32_t number) {
  char digits[11];
  size_t at = sizeof digits - 1;
  digits[at] = 0;
  if (!number) digits[--at] = '*';
  for (; number; number /= 10) digits[--at] = (char)('0' + number % 10);
  return task_text(t, digits + at);
}

hark_task *hark_task_replace(hark_client *c, unsigned flags, uint32_t number, const char *mailbox,
                             const hark_message *m) {
  hark_task *t = task_new(c, &replace);
  if (!t) return NULL;
  t->flags = flags, t->number = number;
  t->set = number_text(t, number);
  t->mailbox = task_text(t, mailbox);
  t->uids = task_set(t), t->part = task_set(t);
  t->messages = task_alloc(t, sizeof *t->messages);
  if (t->messages) task_message(t, t->messages, m);
  if (!mailbox || (!(flags & HARK_UID) && hark_enabled(c, "UIDONLY"))) task_fail(t, HARK_ERR_ARG);
  return task_start(t, task_offers(t, "REPLACE") ? HARK_WAY_REPLACE : HARK_WAY_LOOK_UP);
}
