/* pull/ask.c - which bodies are asked for, and when.
 * SPDX-License-Identifier: MIT
 *
 * Sizes are not known beforehand: asking for them would cost a round trip and, where a server
 * keeps no sizes, the reading of each message.  So a batch is as many messages as were worth
 * config.batch bytes on the average so far.
 *
 * One bad message must cost no other: what a batch did not bring is asked for in small batches
 * and then one by one. */
#include "pull/state.h"

static const char *items(const hark_pull *p) {
  if (hark_has(p->c, "OBJECTID")) return "(UID RFC822.SIZE FLAGS INTERNALDATE EMAILID BODY.PEEK[])";
  if (hark_has(p->c, "X-GM-EXT-1"))
    return "(UID RFC822.SIZE FLAGS INTERNALDATE X-GM-MSGID BODY.PEEK[])";
  return "(UID RFC822.SIZE FLAGS INTERNALDATE BODY.PEEK[])";
}

static bool one_by_one(const hark_pull *p) {
  uint64_t open = hark_set_count(p->missing) + hark_set_count(p->asked);
  return p->round == ROUNDS || (p->round > 1 && open <= SINGLE_MOST);
}

static uint64_t batch_count(const hark_pull *p) {
  if (one_by_one(p)) return 1;
  if (!p->average || p->round > 1) return FIRST_BATCH;
  uint64_t n = p->config.batch / p->average;
  return n < 1 ? 1 : n > BATCH_MOST ? BATCH_MOST : n;
}

static bool window_open(const hark_pull *p, uint64_t count) {
  uint64_t asked = hark_set_count(p->asked) * p->average;
  if (!asked && !p->open_bytes) return true;
  return p->open_bytes + asked + count * p->average <= p->config.window;
}

static bool ask_one(hark_pull *p, batch *b, uint64_t count) {
  pull_clear(b->uids);
  pull_front(p, p->missing, b->uids, count);
  const char *set = hark_set_text(b->uids);
  pull_try(p, set ? 0 : HARK_ERR_NOMEM);
  if (set && *set) b->cmd = pull_sent(p, hark_fetch(p->c, HARK_UID, set, items(p)));
  pull_try(p, hark_set_join(b->cmd ? p->asked : p->missing, b->uids));
  return b->cmd;
}

void pull_ask(hark_pull *p) {
  if (pull_waits(p)) return;
  size_t most = one_by_one(p) ? SINGLES : BATCHES;
  for (size_t i = 0; i < most && hark_set_count(p->missing); i++) {
    uint64_t count = batch_count(p);
    if (p->batches[i].cmd) continue;
    if (!window_open(p, count) || !ask_one(p, &p->batches[i], count)) return;
  }
}

static const hark_pull_event *stuck(hark_pull *p, hark_set *from, uint32_t uid,
                                    const hark_ev_cond *cond) {
  pull_move(p, from, p->stuck, uid);
  pull_tell(p, HARK_PULL_STUCK);
  p->ev.uid = uid, p->ev.cond = cond;
  return &p->ev;
}

/* A refusal that is about none of them. */
static void take_back(hark_pull *p, batch *b) {
  if (p->phase == PULL_MATCHING) {
    pull_try(p, hark_set_join(p->unsure, b->uids));
    pull_clear(b->uids);
    return;
  }
  uint32_t uid, end;
  for (uint64_t at = 0; hark_set_walk(b->uids, &at, &uid, &end);)
    for (; uid && uid <= end; uid++)
      if (hark_set_has(p->asked, uid)) pull_move(p, p->asked, p->missing, uid);
}

/* What the answer left out is asked for again; in the last round each stood alone. */
bool pull_ask_done(hark_pull *p, const hark_event *ev, const hark_pull_event **out) {
  if (ev->type != HARK_EV_DONE) return false;
  batch *b = NULL;
  for (size_t i = 0; i < SINGLES; i++)
    if (p->batches[i].cmd && p->batches[i].cmd == ev->cmd) b = &p->batches[i];
  if (!b) return false;
  b->cmd = 0;
  if (pull_is_throttle(ev->cond)) {
    take_back(p, b);
    *out = pull_throttle(p, ev->cond);
    return true;
  }
  bool answered = ev->cond->verdict <= HARK_VERDICT_BAD;
  bool last = answered && p->round == ROUNDS && hark_set_count(b->uids) == 1;
  uint32_t uid, end;
  for (uint64_t at = 0; hark_set_walk(b->uids, &at, &uid, &end);)
    for (; uid && uid <= end; uid++) {
      if (!hark_set_has(p->asked, uid)) continue;
      if (last)
        *out = stuck(p, p->asked, uid, ev->cond);
      else
        pull_move(p, p->asked, p->again, uid);
    }
  return true;
}

static const hark_pull_event *not_stored(hark_pull *p, hark_set *from, uint32_t uid) {
  static const char why[] = "it was given and could not be stored here";
  static const hark_ev_cond cond = {.verdict = HARK_VERDICT_OK, .text = {why, sizeof why - 1}};
  return stuck(p, from, uid, &cond);
}

/* One that could not be stored in any round. */
static const hark_pull_event *give_up(hark_pull *p) {
  uint32_t uid = hark_set_at(p->again, 0);
  return uid ? not_stored(p, p->again, uid) : NULL;
}

/* It would be in the way of all others for ever: the next pull asks for it last. */
const hark_pull_event *pull_set_aside(hark_pull *p) {
  uint32_t uid = p->m.uid;
  if (uid && hark_set_has(p->asked, uid)) return not_stored(p, p->asked, uid);
  return pull_fail(p, HARK_ERR_BUSY,
                   "a message is too large to be stored or read past; the next pull goes on", NULL);
}

static const hark_pull_event *caught_up(hark_pull *p) {
  if (p->list_short)
    return pull_fail(p, HARK_ERR_FRAME, "the server's list of messages cannot be read", NULL);
  p->round = 1;
  p->phase = PULL_LISTENING;
  if (p->caught_up) return NULL;
  p->caught_up = true;
  if (!p->config.listen) {
    pull_sent(p, hark_logout(p->c));
    p->phase = PULL_LEAVING;
    p->end_by = p->now + LEAVE_MS;
  }
  return pull_tell(p, HARK_PULL_CAUGHT_UP);
}

const hark_pull_event *pull_drained(hark_pull *p) {
  if (p->stopping || p->phase != PULL_FETCHING) return NULL;
  if (hark_set_count(p->missing) || hark_set_count(p->asked)) return NULL;
  if (hark_set_count(p->again) && p->round < ROUNDS) {
    p->round++;
    p->list_due = true; /* what has gone meanwhile is not asked for again */
  }
  if (p->list_due || p->check_due) {
    p->phase = PULL_LISTING;
    return NULL;
  }
  const hark_pull_event *ev = give_up(p);
  return ev || p->nopen ? ev : caught_up(p);
}
