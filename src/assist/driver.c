/* assist/driver.c - from the greeting to a mailbox that is listened to.
 * SPDX-License-Identifier: MIT */
#include <hark/command.h>
#include <hark/driver.h>
#include <hark/ext/enable.h>
#include <hark/ext/id.h>
#include <string.h>

enum {
  RENEW_MS = 28 * 60000,
  RENEW_MOST = 29 * 60000, /* RFC 9051 section 6.3.13 */
  POLL_MS = 120000,
  SILENCE_MS = 60000,
  SHORT_MS = 2000, /* an IDLE that the server itself ends sooner is none; after so many: */
  SHORT_IDLES = 3
};

void hark_driver_init_sized(hark_driver *d, size_t size) {
  memset(d, 0, size);
  d->size = size;
}

const char *hark_step_name(int step) {
  static const char *const names[] = {"GREETING", "CAPABILITY", "STARTTLS", "LAYER",   "SIGN_IN",
                                      "PREPARE",  "READY",      "LISTEN",   "GIVE_UP", "CLOSED"};
  return step >= 0 && (size_t)step < sizeof names / sizeof *names ? names[step] : NULL;
}

static uint32_t or_else(uint32_t set, uint32_t otherwise) { return set ? set : otherwise; }

static uint32_t renew_ms(const hark_driver *d) {
  uint32_t ms = or_else(d->renew_ms, RENEW_MS);
  return ms < RENEW_MOST ? ms : RENEW_MOST;
}

/* --- steps --- */

/* 0: go on, HARK_DRIVER_SKIP, or an error. */
static int enter(hark_driver *d, hark_client *c, hark_step step) {
  d->now_at = (int32_t)step;
  return d->step ? d->step(d->ud, d, c, (int)step) : 0;
}

static void give_up(hark_driver *d, hark_client *c, int err) {
  if (d->leaving) return;
  d->leaving = true;
  if (!d->err) d->err = err;
  if (!enter(d, c, HARK_STEP_GIVE_UP)) hark_logout(c);
}

/* What a command's call, or a callback, returned. */
static bool queued(hark_driver *d, hark_client *c, hark_cmd cmd) {
  if (cmd < 0) give_up(d, c, cmd);
  return cmd >= 0;
}

/* true: the driver is to do it itself; *skipped: the program has done it. */
static bool begins(hark_driver *d, hark_client *c, hark_step step, bool *skipped) {
  int answer = enter(d, c, step);
  *skipped = answer > 0;
  return queued(d, c, answer) && !answer;
}

static void become_ready(hark_driver *d, hark_client *c) {
  if (d->ready || d->leaving || d->now_at != HARK_STEP_PREPARE) return;
  if (d->sign_in_cmd || d->enable_cmd || d->select_cmd) return;
  d->ready = true;
  if (enter(d, c, HARK_STEP_READY) < 0) give_up(d, c, HARK_ERR_STATE);
}

static bool queue_select(hark_driver *d, hark_client *c) {
  if (!d->mailbox) return true;
  d->select_cmd = (d->examine ? hark_examine : hark_select)(c, d->mailbox, d->select_options);
  return queued(d, c, d->select_cmd);
}

static void prepare(hark_driver *d, hark_client *c) {
  bool skipped;
  d->enable_cmd = d->select_cmd = 0;
  if (begins(d, c, HARK_STEP_PREPARE, &skipped)) {
    if (d->id && !queued(d, c, hark_id(c, d->id))) return;
    if (d->enable && !queued(d, c, d->enable_cmd = hark_enable(c, d->enable))) return;
    if (d->prepare && !queued(d, c, d->prepare(d->ud, c))) return;
    if (!queue_select(d, c)) return;
  }
  become_ready(d, c);
}

static hark_cmd queue_sign_in(const hark_driver *d, hark_client *c) {
  if (d->sign_in) return d->sign_in(d->ud, c);
  return d->user ? hark_login(c, d->user, d->password ? d->password : "") : HARK_ERR_ARG;
}

/* All that follows is queued behind it at once. */
static void sign_in(hark_driver *d, hark_client *c) {
  bool skipped;
  if (begins(d, c, HARK_STEP_SIGN_IN, &skipped)) {
    d->sign_in_cmd = queue_sign_in(d, c);
    if (!queued(d, c, d->sign_in_cmd)) return;
  } else if (!skipped) {
    return;
  }
  prepare(d, c);
}

static void settle(hark_driver *d, hark_client *c);

static void starttls(hark_driver *d, hark_client *c) {
  bool skipped;
  d->tls_settled = true;
  if (begins(d, c, HARK_STEP_STARTTLS, &skipped)) {
    d->starttls_cmd = hark_starttls(c);
    queued(d, c, d->starttls_cmd);
  } else if (skipped) {
    settle(d, c);
  }
}

static void with_capabilities(hark_driver *d, hark_client *c) {
  if (!d->tls_settled && d->starttls == HARK_STARTTLS_WANTED && hark_has(c, "STARTTLS"))
    starttls(d, c);
  else
    sign_in(d, c);
}

/* To require STARTTLS nothing must be known: a server without it refuses, and that is fatal. */
static void settle(hark_driver *d, hark_client *c) {
  bool settled = hark_capabilities_known(c);
  if (!d->tls_settled && d->starttls == HARK_STARTTLS_REQUIRED) {
    starttls(d, c);
  } else if (!settled && begins(d, c, HARK_STEP_CAPABILITY, &settled)) {
    d->capability_cmd = hark_capability(c);
    queued(d, c, d->capability_cmd);
  } else if (settled) {
    with_capabilities(d, c);
  }
}

/* --- events --- */

static void greeted(hark_driver *d, hark_client *c, const hark_ev_cond *cond) {
  switch (cond->verdict) {
  case HARK_VERDICT_OK: settle(d, c); break;
  case HARK_VERDICT_PREAUTH:
    if (d->starttls == HARK_STARTTLS_REQUIRED)
      hark_fail(c, HARK_ERR_PLAIN, "it signed us in before it could be asked to encrypt");
    else
      prepare(d, c);
    break;
  default: d->leaving = true; break; /* BYE */
  }
}

static void layer(hark_driver *d, hark_client *c, int kind) {
  bool skipped;
  if (begins(d, c, HARK_STEP_LAYER, &skipped)) {
    if (d->layer)
      hark_push_layer(c, d->layer(d->ud, c, kind));
    else
      hark_fail(c, HARK_ERR_LAYER, "the program has no layer");
  } else if (!skipped) {
    return;
  }
  if (d->starttls_cmd && !hark_error(c)) settle(d, c);
}

static void challenge(hark_driver *d, hark_client *c, const hark_event *ev) {
  if (d->challenge)
    d->challenge(d->ud, c, ev); /* the server's NO says that it failed */
  else
    hark_respond_cancel(c);
}

/* UNSENT: it is not offered; NO and BAD were fatal, OK has brought the layer. */
static void starttls_done(hark_driver *d, hark_client *c, const hark_ev_cond *cond) {
  d->starttls_cmd = 0;
  if (cond->verdict != HARK_VERDICT_UNSENT || hark_error(c)) return;
  if (d->starttls == HARK_STARTTLS_REQUIRED)
    hark_fail(c, HARK_ERR_PLAIN, "it does not offer STARTTLS");
  else
    settle(d, c);
}

static void proved(hark_driver *d, hark_client *c, const hark_event *ev) {
  int err = d->signed_in ? d->signed_in(d->ud, c, ev) : 0;
  if (!d->signed_in) hark_authenticated(c, 0);
  if (err < 0) hark_authenticated(c, HARK_ERR_PROOF);
}

/* 0: it is not to be tried again. */
static hark_cmd refused(hark_driver *d, hark_client *c, const hark_event *ev) {
  hark_cmd again = 0;
  if (ev->cond->verdict == HARK_VERDICT_LOST || hark_error(c) || d->leaving) return 0;
  if (d->refused) again = d->refused(d->ud, d, c, ev);
  if (again > 0) return again;
  give_up(d, c, again);
  return 0;
}

static void sign_in_done(hark_driver *d, hark_client *c, const hark_event *ev) {
  if (ev->cond->verdict == HARK_VERDICT_OK) {
    d->sign_in_cmd = 0;
    proved(d, c, ev);
    return;
  }
  d->sign_in_cmd = refused(d, c, ev); /* what was queued behind the old one is UNSENT */
  if (d->sign_in_cmd) prepare(d, c);
}

static void select_done(hark_driver *d, hark_client *c, const hark_event *ev) {
  d->select_cmd = ev->cond->verdict == HARK_VERDICT_OK ? 0 : refused(d, c, ev);
}

/* Ended by the server again and again, it would be a loop without a rest. */
static void listen_done(hark_driver *d, uint64_t now) {
  bool early = d->idling && !d->ending_idle && now < d->listen_at + SHORT_MS;
  if (!d->no_idle && !d->idling) d->no_idle = true; /* refused, or not offered */
  d->short_idles = early ? (uint8_t)(d->short_idles + 1) : 0;
  if (d->short_idles == SHORT_IDLES) d->no_idle = true;
  d->listen_cmd = 0, d->idling = d->ending_idle = false;
  d->listen_at = now;
}

static void done(hark_driver *d, hark_client *c, const hark_event *ev, uint64_t now) {
  if (ev->cmd == d->listen_cmd) {
    listen_done(d, now);
  } else if (ev->cmd == d->starttls_cmd) {
    starttls_done(d, c, ev->cond);
  } else if (ev->cmd == d->capability_cmd) {
    d->capability_cmd = 0;
    if (ev->cond->verdict < HARK_VERDICT_UNSENT && !d->leaving) with_capabilities(d, c);
  } else if (ev->cmd == d->sign_in_cmd) {
    sign_in_done(d, c, ev);
  } else if (ev->cmd == d->select_cmd) {
    select_done(d, c, ev);
  } else if (ev->cmd == d->enable_cmd) {
    d->enable_cmd = 0;
  }
  become_ready(d, c);
}

static int verdict(const hark_driver *d, const hark_client *c) {
  return d->err ? d->err : hark_error(c);
}

int hark_driver_event(hark_driver *d, hark_client *c, const hark_event *ev, uint64_t now_ms) {
  switch (ev->type) {
  case HARK_EV_GREETING: greeted(d, c, ev->cond); break;
  case HARK_EV_LAYER: layer(d, c, (int)ev->num); break;
  case HARK_EV_CHALLENGE: challenge(d, c, ev); break;
  case HARK_EV_PHASE:
    if (d->phase) d->phase(d->ud, c, (hark_phase)ev->num);
    break;
  case HARK_EV_IDLING:
    if (ev->cmd == d->listen_cmd) d->idling = true, d->listen_at = now_ms;
    break;
  case HARK_EV_BYE: d->leaving = true; break;
  case HARK_EV_DONE: done(d, c, ev, now_ms); break;
  default: break;
  }
  return verdict(d, c);
}

/* --- time --- */

/* An IDLE in its rest awaits nothing, nor does what the program must do first; behind BYE the end
 * is awaited.  Silence begins with the first that is. */
static void hear(hark_driver *d, hark_client *c, uint64_t now) {
  const unsigned ours =
      HARK_WANT_RESPOND | HARK_WANT_DATA | HARK_WANT_LAYER | HARK_WANT_AUTHENTICATED;
  hark_phase phase = hark_get_phase(c);
  bool waited = d->waiting;
  d->waiting = hark_inflight(c) + (phase == HARK_PHASE_GREETING || phase == HARK_PHASE_LOGOUT);
  if (d->waiting && d->idling && !d->ending_idle) d->waiting--;
  if (hark_wants(c) & ours) d->waiting = 0;
  if (!d->started || !waited || !d->waiting || d->heard != hark_heard(c)) d->heard_at = now;
  d->started = true, d->heard = hark_heard(c);
}

static uint64_t silent_at(const hark_driver *d) {
  uint32_t ms = or_else(d->silence_ms, SILENCE_MS);
  return d->waiting && ms != UINT32_MAX ? d->heard_at + ms : UINT64_MAX;
}

/* Nothing else is to be done: it may listen. */
static bool rests(const hark_driver *d, const hark_client *c) {
  hark_phase phase = hark_get_phase(c);
  bool signed_in = phase == HARK_PHASE_AUTHENTICATED || phase == HARK_PHASE_SELECTED;
  return d->idle && d->ready && !d->leaving && signed_in && !hark_inflight(c);
}

static bool polls(const hark_driver *d, const hark_client *c) {
  return d->no_idle || (hark_capabilities_known(c) && !hark_has(c, "IDLE"));
}

static void listen(hark_driver *d, hark_client *c, uint64_t now) {
  bool skipped;
  if (d->idling && !d->ending_idle && now >= d->listen_at + renew_ms(d)) {
    d->ending_idle = true;
    hark_idle_done(c);
  }
  if (!rests(d, c)) return;
  d->no_idle = polls(d, c);
  if (!d->listen_at) d->listen_at = now;
  if (d->no_idle && now < d->listen_at + or_else(d->poll_ms, POLL_MS)) return;
  d->listen_at = now;
  if (!begins(d, c, HARK_STEP_LISTEN, &skipped)) return;
  d->listen_cmd = d->no_idle ? hark_noop(c) : hark_idle(c);
  queued(d, c, d->listen_cmd);
}

int hark_driver_tick(hark_driver *d, hark_client *c, uint64_t now_ms) {
  if (d->now_at == HARK_STEP_CLOSED) return verdict(d, c);
  if (!d->started && hark_get_phase(c) == HARK_PHASE_GREETING)
    queued(d, c, enter(d, c, HARK_STEP_GREETING));
  if (hark_wants(c) & HARK_CLOSED) {
    d->waiting = 0, d->idling = d->rests = false, d->leaving = true;
    enter(d, c, HARK_STEP_CLOSED);
    return verdict(d, c);
  }
  hear(d, c, now_ms);
  if (now_ms >= silent_at(d))
    hark_fail(c, HARK_ERR_NET, "the server stopped answering");
  else
    listen(d, c, now_ms);
  hear(d, c, now_ms);
  d->rests = rests(d, c);
  return verdict(d, c);
}

uint64_t hark_driver_deadline(const hark_driver *d) {
  uint64_t silent = silent_at(d), at = UINT64_MAX;
  if (d->idling && !d->ending_idle)
    at = d->listen_at + renew_ms(d);
  else if (d->rests && d->no_idle)
    at = d->listen_at + or_else(d->poll_ms, POLL_MS);
  return silent < at ? silent : at;
}
