/* pull/ask.c - which bodies are asked for, and when.
 * SPDX-License-Identifier: MIT
 *
 * Sizes are not known beforehand: asking for them would cost a round trip and, where a server
 * keeps no sizes, the reading of each message.  So a batch is as many messages as were worth
 * config.batch bytes on the average so far. */
#include "pull/state.h"
#include <string.h>

static const char *items(const hark_pull *p) {
  if (hark_has(p->c, "OBJECTID")) return "(UID RFC822.SIZE FLAGS INTERNALDATE EMAILID BODY.PEEK[])";
  if (hark_has(p->c, "X-GM-EXT-1"))
    return "(UID RFC822.SIZE FLAGS INTERNALDATE X-GM-MSGID BODY.PEEK[])";
  return "(UID RFC822.SIZE FLAGS INTERNALDATE BODY.PEEK[])";
}

/* Later rounds go to the few that an earlier one did not bring: each on its own, so that one
 * bad message costs no other. */
static bool one_by_one(hark_pull *p) {
  return p->round > 1 && hark_set_count(p->missing) + hark_set_count(p->asked) <= SINGLE_MOST;
}

static uint64_t batch_count(const hark_pull *p, bool singles) {
  if (singles) return 1;
  if (!p->average) return FIRST_BATCH;
  uint64_t n = p->config.batch / p->average;
  return n < 1 ? 1 : n > BATCH_MOST ? BATCH_MOST : n;
}

static bool window_open(hark_pull *p, uint64_t count) {
  uint64_t asked = hark_set_count(p->asked) * p->average;
  if (!asked && !p->open_bytes) return true;
  return p->open_bytes + asked + count * p->average <= p->config.window;
}

static bool ask_one(hark_pull *p, batch *b, uint64_t count) {
  char set[SET_TEXT + 1];
  hark_str text = pull_text(p->missing);
  hark_str slice = hark_set_slice(&text, SET_TEXT, count);
  if (!slice.n || slice.n > SET_TEXT) return false;
  memcpy(set, slice.p, slice.n);
  set[slice.n] = 0;
  hark_str part = {set, slice.n};
  hark_set_remove(b->uids, 1, UINT32_MAX);
  b->cmd = hark_fetch(p->c, HARK_UID, set, items(p));
  if (b->cmd < 0) {
    b->cmd = 0;
    return false;
  }
  pull_each(p, part, b->uids, hark_set_add);
  pull_each(p, part, p->asked, hark_set_add);
  pull_each(p, part, p->missing, hark_set_remove);
  return true;
}

void pull_ask(hark_pull *p) {
  bool singles = one_by_one(p);
  size_t most = singles ? SINGLES : BATCHES;
  for (size_t i = 0; i < most && hark_set_count(p->missing); i++) {
    uint64_t count = batch_count(p, singles);
    if (p->batches[i].cmd) continue;
    if (!window_open(p, count) || !ask_one(p, &p->batches[i], count)) return;
  }
}

/* Why a body did not come, for STUCK. */
static void remember(hark_pull *p, const hark_ev_cond *cond) {
  size_t n = cond->text.n < sizeof p->refusal_text ? cond->text.n : sizeof p->refusal_text;
  if (n) memcpy(p->refusal_text, cond->text.p, n);
  p->refusal = (hark_ev_cond){.verdict = cond->verdict, .code_id = cond->code_id};
  p->refusal.text = (hark_str){p->refusal_text, n};
}

bool pull_ask_done(hark_pull *p, const hark_event *ev) {
  if (ev->type != HARK_EV_DONE) return false;
  for (size_t i = 0; i < SINGLES; i++) {
    batch *b = &p->batches[i];
    if (!b->cmd || b->cmd != ev->cmd) continue;
    b->cmd = 0;
    uint32_t first, last;
    for (hark_str text = pull_text(b->uids); hark_set_next(&text, &first, &last);)
      for (uint32_t uid = first; uid && uid <= last; uid++)
        if (hark_set_has(p->asked, uid)) pull_take(p, p->asked, p->again, uid); /* left out */
    if (ev->cond->verdict != HARK_VERDICT_LOST) remember(p, ev->cond);
    return true;
  }
  return false;
}

/* One that no round brought: the others have been delivered meanwhile. */
static const hark_pull_event *give_up(hark_pull *p) {
  uint32_t uid, last;
  hark_str text = pull_text(p->again);
  if (!hark_set_next(&text, &uid, &last)) return NULL;
  pull_take(p, p->again, p->stuck, uid);
  pull_tell(p, HARK_PULL_STUCK);
  p->ev.uid = uid, p->ev.cond = &p->refusal;
  return &p->ev;
}

const hark_pull_event *pull_drained(hark_pull *p) {
  if (p->stopping || p->phase != PULL_FETCHING || p->list_due || p->search) return NULL;
  if (hark_set_count(p->missing) || hark_set_count(p->asked)) return NULL;
  if (hark_set_count(p->again) && p->round < ROUNDS) {
    p->round++;
    p->list_due = true; /* what has gone meanwhile is not asked for again */
    return NULL;
  }
  const hark_pull_event *stuck = give_up(p);
  if (stuck || p->nopen) return stuck;
  p->round = 1;
  p->phase = PULL_LISTENING;
  if (p->caught_up) return NULL;
  p->caught_up = true;
  if (!p->config.listen) {
    p->logout = hark_logout(p->c);
    p->phase = PULL_LEAVING;
  }
  return pull_tell(p, HARK_PULL_CAUGHT_UP);
}
