/* pull/pull.c - a pull's life: made, drained, told what is durable.
 * SPDX-License-Identifier: MIT */
#include "pull/state.h"
#include <stdlib.h>
#include <string.h>

static void defaults(hark_pull_config *to, const hark_pull_config *from) {
  if (from) memcpy(to, from, from->size < sizeof *to ? from->size : sizeof *to);
  if (!to->renew_ms) to->renew_ms = 240000;
  if (!to->answer_ms) to->answer_ms = 20000;
  if (!to->silence_ms) to->silence_ms = 60000;
  if (!to->window) to->window = 8u << 20;
  if (!to->batch) to->batch = 4u << 20;
  if (!to->flush_messages) to->flush_messages = FLUSH_MESSAGES;
}

static hark_set **sets_of(hark_pull *p, size_t i) {
  hark_set **const all[] = {&p->have,   &p->missing, &p->asked,   &p->told,  &p->again, &p->stuck,
                            &p->listed, &p->unsure,  &p->scratch, &p->found, &p->same};
  if (i < sizeof all / sizeof *all) return all[i];
  i -= sizeof all / sizeof *all;
  return i < SINGLES ? &p->batches[i].uids : NULL;
}

hark_pull *hark_pull_new(hark_client *c, const hark_pull_config *config) {
  hark_pull *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->c = c;
  defaults(&p->config, config);
  for (size_t i = 0; sets_of(p, i); i++)
    if (!(*sets_of(p, i) = hark_set_new(NULL))) {
      hark_pull_free(p);
      return NULL;
    }
  p->round = 1;
  p->list_due = true;
  return p;
}

void hark_pull_free(hark_pull *p) {
  if (!p) return;
  for (size_t i = 0; sets_of(p, i); i++) hark_set_free(*sets_of(p, i));
  free(p->mailbox);
  free(p->open);
  free(p->flag_text);
  free(p->flag_v);
  free(p);
}

static hark_str text_of(const char *s) { return (hark_str){s, s ? strlen(s) : 0}; }

void pull_try(hark_pull *p, int err) {
  if (err) p->out_of_memory = true;
}

void pull_move(hark_pull *p, hark_set *from, hark_set *to, uint32_t uid) {
  pull_try(p, hark_set_remove(from, uid, uid));
  pull_try(p, hark_set_add(to, uid, uid));
}

void pull_clear(hark_set *set) { hark_set_remove(set, 1, 0); }

static size_t digits(uint32_t n) {
  size_t count = 1;
  while (n /= 10) count++;
  return count;
}

void pull_front(hark_pull *p, hark_set *from, hark_set *to, uint64_t count) {
  uint32_t first, last;
  size_t text = 0;
  for (uint64_t at = 0; count && hark_set_walk(from, &at, &first, &last);) {
    if (last - first >= count) last = first + (uint32_t)count - 1;
    text += digits(first) + 1 + (last > first ? digits(last) + 1 : 0);
    if (text > SET_TEXT) return;
    count -= (uint64_t)last - first + 1;
    pull_try(p, hark_set_remove(from, first, last));
    pull_try(p, hark_set_add(to, first, last));
  }
}

hark_cmd pull_sent(hark_pull *p, hark_cmd cmd) {
  pull_try(p, cmd == HARK_ERR_NOMEM);
  return cmd > 0 ? cmd : 0;
}

/* Text from the caller; "" and NULL are the empty set. */
static int parse(hark_set *set, const char *uids) {
  pull_clear(set);
  return uids && *uids ? hark_set_parse(set, text_of(uids)) : 0;
}

int hark_pull_add(hark_pull *p, const char *mailbox, const hark_cursor *since) {
  if (p->mailbox) return HARK_ERR_STATE; /* one mailbox for now */
  int err = since && since->have ? hark_set_join(p->have, since->have) : 0;
  if (since && since->stuck && !err) err = hark_set_join(p->stuck, since->stuck);
  if (err) return err;
  size_t n = strlen(mailbox) + 1;
  if (!(p->mailbox = malloc(n))) return HARK_ERR_NOMEM;
  memcpy(p->mailbox, mailbox, n);
  if (since) p->cursor_validity = since->uidvalidity;
  pull_open(p);
  return p->examine < 0 ? p->examine : 0;
}

/* --- telling --- */

const hark_pull_event *pull_tell(hark_pull *p, int type) {
  memset(&p->ev, 0, sizeof p->ev);
  p->ev.type = type;
  p->ev.mailbox_name = text_of(p->mailbox);
  p->ev.uidvalidity = p->uidvalidity;
  uint64_t missing = hark_set_count(p->missing) + hark_set_count(p->asked) +
                     hark_set_count(p->told) + hark_set_count(p->again);
  p->ev.missing = missing > UINT32_MAX ? UINT32_MAX : (uint32_t)missing;
  return &p->ev;
}

static void put_text(char *to, size_t cap, const char *from) {
  size_t n = strlen(from);
  if (n > cap - 1) n = cap - 1;
  memcpy(to, from, n);
  to[n] = 0;
}

/* ABORT comes first where a message is being told: then the next call comes here again. */
const hark_pull_event *pull_fail(hark_pull *p, int err, const char *why, const hark_ev_cond *cond) {
  const hark_pull_event *abort = pull_abort(p);
  if (abort) return abort;
  p->failed = true;
  p->phase = PULL_OVER;
  put_text(p->why, sizeof p->why, why);
  pull_tell(p, HARK_PULL_FAILED);
  p->ev.err = err, p->ev.why = p->why, p->ev.cond = cond;
  return &p->ev;
}

/* The client has ended: after LOGOUT that is all, else why. */
static const hark_pull_event *closed(hark_pull *p) {
  const hark_pull_event *ev = pull_abort(p);
  if (ev) return ev;
  bool meant = p->phase == PULL_LEAVING || p->stopping;
  if (meant || p->phase == PULL_OVER) {
    p->phase = PULL_OVER;
    return NULL;
  }
  int err = hark_error(p->c);
  return pull_fail(p, err ? err : HARK_ERR_EOF,
                   err ? hark_error_text(p->c) : "the server ended the connection", NULL);
}

/* FLUSH: half the window, enough messages, old enough, or nothing more is on its way. */
static bool flush_due(const hark_pull *p) {
  if (!p->unflushed || p->stopping) return false;
  if (p->unflushed_bytes >= p->config.window / 2 || p->unflushed >= p->config.flush_messages)
    return true;
  if (p->now >= p->unflushed_since + FLUSH_MS) return true;
  return !hark_set_count(p->missing) && !hark_set_count(p->asked);
}

static const hark_pull_event *flush(hark_pull *p) {
  p->unflushed = 0, p->unflushed_bytes = 0;
  return pull_tell(p, HARK_PULL_FLUSH);
}

static const hark_pull_event *take_event(hark_pull *p, const hark_event *ev) {
  const hark_pull_event *out = NULL;
  pull_progress(p, ev);
  if (pull_answer_event(p, ev, &out) || pull_list_event(p, ev, &out) ||
      pull_listen_event(p, ev, &out) || pull_ask_done(p, ev, &out))
    return out;
  pull_tell(p, HARK_PULL_OTHER);
  p->ev.client = ev;
  return &p->ev;
}

/* EXAMINE leaves with the sign-in; once more where it was to wait. */
static void open_again(hark_pull *p) {
  bool ready = hark_get_phase(p->c) == HARK_PHASE_AUTHENTICATED;
  if (p->phase != PULL_OPENING || p->examine || !ready || pull_waits(p)) return;
  pull_examine(p);
  pull_try(p, p->examine == HARK_ERR_NOMEM);
}

/* What can be started now; the commands of one call leave together. */
static void act(hark_pull *p) {
  if (!p->stopping) open_again(p);
  if (p->stopping || p->search || hark_get_phase(p->c) != HARK_PHASE_SELECTED) return;
  if (p->phase == PULL_MATCHING)
    pull_same_ask(p);
  else if (p->phase == PULL_FETCHING)
    pull_ask(p);
  else if (p->phase != PULL_LISTING && p->phase != PULL_LISTENING)
    return;
  else if (p->list_due || p->check_due)
    pull_list(p, p->list_due);
  else
    pull_listen(p);
}

static bool finished(const hark_pull *p) { return p->phase == PULL_OVER || p->failed; }

/* The store is behind: what is not read stays with the server.  Within a message the store
 * takes it all the same, or says hark_pull_again(). */
static bool store_is_behind(const hark_pull *p) {
  return !p->stopping && !p->m.told && p->open_bytes >= p->config.window;
}

/* Sets that lack something say that nothing is missing: they are asked nothing more. */
static const hark_pull_event *no_memory(hark_pull *p) {
  return pull_fail(p, HARK_ERR_NOMEM, hark_err_text(HARK_ERR_NOMEM), NULL);
}

/* The client's events until there is something to tell. */
static const hark_pull_event *drain(hark_pull *p) {
  const hark_event *client;
  const hark_pull_event *out;
  while (!store_is_behind(p) && (client = hark_next(p->c))) {
    if (p->stopping) continue; /* what comes now is not told */
    out = take_event(p, client);
    if (p->out_of_memory) return no_memory(p);
    if (out) return out;
    if (flush_due(p)) return flush(p);
  }
  pull_heard(p);
  return NULL;
}

const hark_pull_event *hark_pull_next(hark_pull *p, uint64_t now_ms) {
  const hark_pull_event *out;
  uint32_t before;
  pull_phase was;
  p->now = now_ms;
  if (p->stopping && !p->end_by) p->end_by = now_ms + STOP_MS;
  pull_heard(p);
  pull_end_due(p);
  if (p->stopping && (out = pull_abort(p))) return out;
  if (finished(p)) return p->stopping ? drain(p) : NULL; /* the answer to LOGOUT */
  do {
    if (p->out_of_memory) return no_memory(p);
    if (p->past_skipping && !p->stopping) return pull_set_aside(p);
    if (flush_due(p)) return flush(p);
    if ((out = drain(p))) return out;
    if (hark_wants(p->c) & HARK_CLOSED) return closed(p);
    if (store_is_behind(p)) return NULL;
    out = pull_drained(p);
    if (p->out_of_memory) return no_memory(p);
    if (out || (out = pull_timers(p))) return out;
    before = hark_inflight(p->c), was = p->phase;
    act(p);
  } while (hark_inflight(p->c) != before || p->phase != was);
  return NULL;
}

/* --- what the caller says --- */

/* Takes the messages in set off those that are not durable. */
static void close_open(hark_pull *p, const hark_set *set) {
  size_t kept = 0;
  for (size_t i = 0; i < p->nopen; i++) {
    if (!hark_set_has(set, p->open[i].uid))
      p->open[kept++] = p->open[i];
    else
      p->open_bytes -= p->open[i].bytes;
  }
  p->nopen = kept;
  if (!kept) p->unflushed = 0, p->unflushed_bytes = 0;
  pull_try(p, hark_set_without(p->told, set));
  pull_try(p, hark_set_without(p->same, set));
}

int hark_pull_have(hark_pull *p, int mailbox, const char *uids) {
  int err = mailbox ? HARK_ERR_ARG : parse(p->scratch, uids);
  if (err) return err;
  close_open(p, p->scratch);
  pull_try(p, hark_set_without(p->missing, p->scratch));
  pull_try(p, hark_set_join(p->have, p->scratch));
  return p->out_of_memory ? HARK_ERR_NOMEM : 0;
}

/* The message now being told, or the one just told to its end. */
static int this_one_again(hark_pull *p) {
  const message *m = &p->m;
  if (!m->told && !(m->uid && hark_set_has(p->told, m->uid))) return HARK_ERR_STATE;
  if (m->told) {
    p->m.refused = true; /* it stays asked for, and is counted as left out */
    p->past_skipping = m->body_size - m->got > SKIP_MOST;
  } else {
    pull_try(p, hark_set_add(p->scratch, m->uid, m->uid));
  }
  return 0;
}

int hark_pull_again(hark_pull *p, int mailbox, const char *uids) {
  int err = mailbox ? HARK_ERR_ARG : parse(p->scratch, uids);
  if (!err && !uids) err = this_one_again(p);
  if (err) return err;
  close_open(p, p->scratch);
  pull_try(p, hark_set_without(p->have, p->scratch));
  pull_try(p, hark_set_join(p->phase == PULL_MATCHING ? p->missing : p->again, p->scratch));
  if (p->phase == PULL_LISTENING && hark_set_count(p->scratch)) p->list_due = true;
  return p->out_of_memory ? HARK_ERR_NOMEM : 0;
}

void hark_pull_woke(hark_pull *p, uint64_t now_ms) {
  p->now = p->heard_at = p->progress_at = now_ms;
  p->rate_at = now_ms, p->rate_bytes = 0;
  p->woken = p->check_due = true;
  pull_end_idle(p, WAKE_MS);
}

int hark_pull_stop(hark_pull *p) {
  if (p->stopping) return 0;
  p->stopping = true;
  p->end_by = 0; /* counted from the next call */
  hark_cmd logout = hark_logout(p->c);
  return logout < 0 ? logout : 0;
}
