/* task/move.c - messages into another mailbox.  RFC 6851; RFC 4315; RFC 9051 section 6.4.7.
 * SPDX-License-Identifier: MIT
 *
 *   MOVE, or
 *   UID SEARCH --UIDs--> (UID COPY --COPYUID--> UID STORE --> UID EXPUNGE) part by part
 *
 * COPY is all or none, and leaves out in silence what has gone meanwhile. */
#include "task/state.h"
#include <hark/ext/codes.h>
#include <hark/ext/qresync.h>
#include <string.h>

static hark_cmd ask(hark_task *t, uint32_t way) {
  const char *set = NULL;
  switch (way) {
  case HARK_WAY_MOVE: return hark_move(t->c, t->flags, t->set, t->mailbox);
  case HARK_WAY_LOOK_UP: return task_look_up(t);
  case HARK_WAY_COPY:
    set = hark_set_text(t->part);
    return set ? hark_copy(t->c, HARK_UID, set, t->mailbox) : HARK_ERR_NOMEM;
  default: return task_remove_ask(t, way);
  }
}

/* The next part, or the end. */
static void go_on(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  if (!hark_set_count(t->uids))
    task_done(t, way, cond);
  else if (task_front(t))
    task_next(t, HARK_WAY_COPY);
}

/* What the server found beyond the UIDs that were asked for is none of ours.  "*" and "$" stand for
 * what only the server knows. */
static bool asked_for_only(hark_task *t) {
  size_t n = strlen(t->set);
  if (!(t->flags & HARK_UID) || strcspn(t->set, "*$") < n) return true;
  hark_set *asked = task_set(t);
  int err = asked ? hark_set_parse(asked, (hark_str){t->set, n}) : HARK_ERR_NOMEM;
  if (err) task_fail(t, err);
  bool ok = !err && task_only(t, t->uids, asked);
  hark_set_free(asked);
  return ok;
}

static void looked_up(hark_task *t, const hark_ev_cond *cond) {
  if (cond->verdict != HARK_VERDICT_OK)
    task_done(t, HARK_WAY_LOOK_UP, cond);
  else if (t->spoiled)
    task_fail(t, HARK_ERR_STATE);
  else if (asked_for_only(t))
    go_on(t, HARK_WAY_LOOK_UP, cond);
}

/* Of a set as sent; 0: there is "*" in it. */
static uint64_t count(hark_str set) {
  uint64_t n = 0;
  uint32_t first, last;
  while (hark_set_next(&set, &first, &last)) {
    if (!first || !last) return 0;
    n += (first < last ? last - first : first - last) + UINT64_C(1);
  }
  return n;
}

/* false: as many were copied as are new, that must be so; or memory is short. */
static bool only_copied(hark_task *t, const hark_ev_cond *cond) {
  const hark_code_uids *u = hark_cond_uids(cond);
  if (cond->code_id != HARK_CODE_COPYUID) return true;
  bool good = u && count(u->source) && count(u->source) == count(u->uids);
  hark_set *source = good ? task_set(t) : NULL;
  int err = !good ? HARK_ERR_STATE : source ? hark_set_parse(source, u->source) : HARK_ERR_NOMEM;
  if (err) task_fail(t, err);
  bool ok = !err && task_only(t, t->part, source);
  hark_set_free(source);
  return ok;
}

static void copied(hark_task *t, const hark_ev_cond *cond) {
  if (cond->verdict != HARK_VERDICT_OK) {
    task_done(t, HARK_WAY_COPY, cond);
    return;
  }
  if (!only_copied(t, cond)) {
    t->r.way |= HARK_WAY_IN_BOTH;
    task_keep(t, HARK_WAY_COPY, cond);
  } else if (hark_set_count(t->part))
    task_remove(t);
  else
    go_on(t, HARK_WAY_COPY, cond);
}

static void removed(hark_task *t, const hark_ev_cond *cond) {
  t->r.count += hark_set_count(t->part);
  go_on(t, (t->r.way & HARK_WAY_LEFT_DELETED) ? HARK_WAY_STORE : HARK_WAY_UID_EXPUNGE, cond);
}

/* COPYUID names what went, by itself or with the OK (RFC 6851 section 4.3); without UIDPLUS only
 * EXPUNGE and VANISHED say how much that was. */
static void moved(hark_task *t, const hark_event *ev) {
  const hark_ev_vanished *v = hark_event_vanished(ev);
  const hark_code_uids *u = ev->type == HARK_EV_COND ? hark_cond_uids(ev->cond) : NULL;
  if (u && ev->cond->code_id == HARK_CODE_COPYUID) t->copied += count(u->source);
  if (ev->type == HARK_EV_EXPUNGE) t->gone++;
  if (v && !v->earlier) t->gone += count(v->set);
  t->r.count = t->copied ? t->copied : t->gone;
}

static void answered(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  if (way == HARK_WAY_MOVE && task_lacks(cond))
    task_next(t, HARK_WAY_LOOK_UP);
  else if (way == HARK_WAY_MOVE) {
    moved(t, &(hark_event){.type = HARK_EV_COND, .cond = cond});
    task_done(t, way, cond);
  } else if (way == HARK_WAY_LOOK_UP)
    looked_up(t, cond);
  else if (way == HARK_WAY_COPY)
    copied(t, cond);
  else
    task_removed(t, way, cond);
}

static void heard(hark_task *t, const hark_event *ev) {
  task_gather(t, ev, HARK_WAY_LOOK_UP);
  if (t->ncommands && t->commands[0].way == HARK_WAY_MOVE) moved(t, ev);
}

static const task_kind move = {
    .ask = ask, .answered = answered, .removed = removed, .heard = heard, .in_mailbox = true};

hark_task *hark_task_move(hark_client *c, unsigned flags, const char *set, const char *mailbox) {
  hark_task *t = task_new(c, &move);
  if (!t) return NULL;
  t->flags = flags;
  t->set = task_text(t, set);
  t->mailbox = task_text(t, mailbox);
  t->uids = task_set(t), t->part = task_set(t);
  if (!set || !mailbox || (!(flags & HARK_UID) && hark_enabled(c, "UIDONLY")))
    task_fail(t, HARK_ERR_ARG);
  return task_start(t, task_offers(t, "MOVE") ? HARK_WAY_MOVE : HARK_WAY_LOOK_UP);
}
