/* pull/listen.c - IDLE, polling, and what must happen in time.  RFC 2177, RFC 9051 6.3.13.
 * SPDX-License-Identifier: MIT
 *
 * Middle boxes forget a quiet connection after five minutes and drop its packets without a
 * word, and some servers never announce anything: IDLE is left four minutes after its "+",
 * whatever came meanwhile, and every leaving is followed by a check for what is new. */
#include "pull/state.h"

void pull_end_idle(hark_pull *p, uint32_t answer_ms) {
  if (!p->idling || p->done_asked) return;
  hark_idle_done(p->c);
  p->done_asked = true, p->done_since = p->now, p->answer_ms = answer_ms;
  p->check_due = true;
}

/* Nothing is missing: listen, or look again after a minute where IDLE is not to be had. */
void pull_listen(hark_pull *p) {
  if (p->idle || p->poll || hark_inflight(p->c)) return;
  if (!p->idle_refused && (!hark_capabilities_known(p->c) || hark_has(p->c, "IDLE"))) {
    p->idle = hark_idle(p->c);
    return;
  }
  if (!p->polled_at) p->polled_at = p->now;
  if (p->now < p->polled_at + POLL_MS) return;
  p->polled_at = p->now;
  p->poll = hark_noop(p->c);
}

static void idle_over(hark_pull *p, const hark_ev_cond *cond) {
  bool accepted = p->idling;
  p->idle = 0, p->idling = p->done_asked = false;
  if (cond->verdict == HARK_VERDICT_LOST) return;
  if (!accepted) p->idle_refused = true; /* NO, BAD, or not offered after all */
  p->check_due = p->check_due || accepted;
  p->polled_at = p->now;
}

bool pull_listen_event(hark_pull *p, const hark_event *ev, const hark_pull_event **out) {
  (void)out;
  if (ev->type == HARK_EV_IDLING && ev->cmd == p->idle) {
    p->idling = true, p->idling_since = p->now;
    return true;
  }
  if (ev->type != HARK_EV_DONE) return false;
  if (ev->cmd == p->idle)
    idle_over(p, ev->cond);
  else if (ev->cmd == p->poll)
    p->poll = 0, p->check_due = true;
  else
    return ev->cmd == p->logout;
  return true;
}

static const hark_pull_event *silent(hark_pull *p) {
  return pull_fail(p, HARK_ERR_NET, "the server stopped answering", NULL);
}

const hark_pull_event *pull_timers(hark_pull *p) {
  if (p->stopping) return NULL;
  if (p->done_asked && p->now >= p->done_since + p->answer_ms) return silent(p);
  bool awaiting = hark_inflight(p->c) > (p->idling && !p->done_asked ? 1u : 0u);
  if (awaiting && p->now >= p->heard_at + p->config.silence_ms) return silent(p);
  if (p->idling && p->now >= p->idling_since + p->config.renew_ms)
    pull_end_idle(p, p->config.answer_ms);
  if (p->phase == PULL_LISTENING && p->now >= p->listed_at + DAY_MS) p->list_due = true;
  return NULL;
}

static uint64_t sooner(uint64_t a, uint64_t b) { return a < b ? a : b; }

uint64_t hark_pull_deadline(const hark_pull *p) {
  uint64_t at = UINT64_MAX;
  if (p->stopping || p->phase == PULL_OVER) return at;
  if (p->unflushed) at = sooner(at, p->unflushed_since + FLUSH_MS);
  if (p->done_asked)
    at = sooner(at, p->done_since + p->answer_ms);
  else if (p->idling)
    at = sooner(at, p->idling_since + p->config.renew_ms);
  if (hark_inflight(p->c) > (p->idling && !p->done_asked ? 1u : 0u))
    at = sooner(at, p->heard_at + p->config.silence_ms);
  if (p->phase == PULL_LISTENING && !p->idle && p->polled_at)
    at = sooner(at, p->polled_at + POLL_MS);
  if (p->phase == PULL_LISTENING) at = sooner(at, p->listed_at + DAY_MS);
  return at;
}
