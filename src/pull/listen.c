/* pull/listen.c - IDLE, polling, and what must happen in time.  RFC 2177, RFC 9051 6.3.13.
 * SPDX-License-Identifier: MIT
 *
 * Middle boxes forget a quiet connection after five minutes and drop its packets without a
 * word, and some servers never announce anything: IDLE is left four minutes after its "+",
 * whatever came meanwhile, and every leaving is followed by a check for what is new.
 *
 * A line on which nothing awaited comes is dead after a minute.  What can belong to an answer
 * counts as awaited, so a server may chatter for ever: progress, which is a message, a number in a
 * list, a command's end, or word of it (RFC 9585), must come as well, if more rarely.  A message
 * that has begun comes at some rate, or never. */
#include "pull/state.h"

/* Commands that are to be answered: all but an IDLE in its rest. */
static bool awaiting(const hark_pull *p) {
  return hark_inflight(p->c) > (p->idling && !p->done_asked ? 1u : 0u);
}

void pull_progress(hark_pull *p, const hark_event *ev) {
  bool word = ev->type == HARK_EV_COND && ev->cond->code_id == HARK_CODE_INPROGRESS;
  if (ev->type == HARK_EV_DONE || word) p->progress_at = p->now;
}

void pull_came(hark_pull *p, size_t n) {
  if (n) p->progress_at = p->now;
  p->rate_bytes += n;
  if (n && p->rate_bytes < RATE_BYTES) return;
  p->rate_bytes = 0, p->rate_at = p->now;
}

void pull_heard(hark_pull *p) {
  bool waits = awaiting(p) && p->open_bytes < p->config.window && p->progress_at;
  if (!waits) p->progress_at = p->now;
  bool heard = p->heard != hark_heard(p->c) || !p->heard_at; /* the first call begins the count */
  if (heard) p->woken = false;
  if (!heard && awaiting(p) && p->open_bytes < p->config.window) return;
  p->heard = hark_heard(p->c), p->heard_at = p->now;
}

static uint64_t silent_at(const hark_pull *p) {
  return p->heard_at + (p->woken ? WAKE_MS : p->config.silence_ms);
}

void pull_end_idle(hark_pull *p, uint32_t answer_ms) {
  if (!p->idling) return;
  if (!p->done_asked) hark_idle_done(p->c);
  p->done_asked = true, p->done_since = p->now, p->answer_ms = answer_ms;
}

/* Nothing is missing: listen, or look again after a minute where IDLE is not to be had. */
void pull_listen(hark_pull *p) {
  if (hark_inflight(p->c)) return;
  if (!p->idle_refused && (!hark_capabilities_known(p->c) || hark_has(p->c, "IDLE"))) {
    p->idle = pull_sent(p, hark_idle(p->c));
    return;
  }
  if (!p->polled_at) p->polled_at = p->now;
  if (p->now < p->polled_at + POLL_MS) return;
  p->polled_at = p->now;
  p->poll = pull_sent(p, hark_noop(p->c));
}

/* IDLE that the server ends at once, again and again, would be a loop without a rest. */
static bool means_it(hark_pull *p) {
  bool early = !p->done_asked && p->now < p->idling_since + SHORT_IDLE_MS;
  p->short_idles = early ? p->short_idles + 1 : 0;
  return p->short_idles < SHORT_IDLES;
}

static void idle_over(hark_pull *p, const hark_ev_cond *cond) {
  bool accepted = p->idling;
  if (!accepted || !means_it(p)) p->idle_refused = true; /* NO, BAD, or not offered after all */
  p->idle = 0, p->idling = p->done_asked = false;
  if (cond->verdict >= HARK_VERDICT_UNSENT) return;
  if (accepted) p->check_due = true;
  p->polled_at = p->now;
}

/* A search that was asked for before the "+" leaves now, and DONE in front of it. */
static void idling(hark_pull *p) {
  p->idling = true, p->idling_since = p->now;
  if (p->search) pull_end_idle(p, p->config.answer_ms);
}

bool pull_listen_event(hark_pull *p, const hark_event *ev, const hark_pull_event **out) {
  (void)out;
  if (ev->type == HARK_EV_BYE) p->end_by = p->now + LEAVE_MS;
  if (ev->type == HARK_EV_IDLING && ev->cmd == p->idle) {
    idling(p);
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

static uint64_t stalled_at(const hark_pull *p) { return p->progress_at + STALL_MS; }

static uint64_t too_slow_at(const hark_pull *p) {
  return p->m.streams ? p->rate_at + RATE_MS : UINT64_MAX;
}

static const hark_pull_event *silent(hark_pull *p) {
  return pull_fail(p, HARK_ERR_NET, "the server stopped answering", NULL);
}

/* What is over takes no longer than it may; what was received is told before. */
void pull_end_due(hark_pull *p) {
  if (!p->end_by || p->now < p->end_by) return;
  p->end_by = 0;
  hark_fail(p->c, HARK_ERR_NET, "the server did not end the connection");
}

const hark_pull_event *pull_timers(hark_pull *p) {
  if (p->stopping || p->end_by) return NULL;
  if (p->done_asked && p->now >= p->done_since + p->answer_ms) return silent(p);
  if (awaiting(p) && p->now >= silent_at(p)) return silent(p);
  if (awaiting(p) && p->now >= stalled_at(p))
    return pull_fail(p, HARK_ERR_NET, "for ten minutes the server answered nothing that was asked",
                     NULL);
  if (p->now >= too_slow_at(p))
    return pull_fail(p, HARK_ERR_NET, "a message came too slowly: less than 1 KiB in a minute",
                     NULL);
  if (p->idling && !p->done_asked && p->now >= p->idling_since + p->config.renew_ms)
    pull_end_idle(p, p->config.answer_ms);
  if (p->phase == PULL_LISTENING && p->now >= p->listed_at + DAY_MS) p->list_due = true;
  return NULL;
}

static uint64_t sooner(uint64_t a, uint64_t b) { return a < b ? a : b; }

static uint64_t listen_deadline(const hark_pull *p) {
  uint64_t at = p->listed_at + DAY_MS;
  if (p->phase != PULL_LISTENING || p->list_due || p->check_due) return UINT64_MAX;
  return p->polled_at && !hark_inflight(p->c) ? sooner(at, p->polled_at + POLL_MS) : at;
}

uint64_t hark_pull_deadline(const hark_pull *p) {
  uint64_t at = p->end_by ? p->end_by : UINT64_MAX;
  if (p->phase == PULL_OVER) return UINT64_MAX;
  if (p->stopping) return at;
  if (p->unflushed) at = sooner(at, p->unflushed_since + FLUSH_MS);
  if (p->end_by) return at;
  if (p->done_asked)
    at = sooner(at, p->done_since + p->answer_ms);
  else if (p->idling)
    at = sooner(at, p->idling_since + p->config.renew_ms);
  if (pull_waits(p)) at = sooner(at, p->resume_at);
  if (awaiting(p)) at = sooner(at, sooner(silent_at(p), stalled_at(p)));
  return sooner(sooner(at, too_slow_at(p)), listen_deadline(p));
}
