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

hark_str pull_text(hark_set *set) { return text_of(hark_set_text(set)); }

void pull_each(hark_pull *p, hark_str text, hark_set *to, pull_set_fn fn) {
  uint32_t a, b;
  while (hark_set_next(&text, &a, &b))
    if (a && b && fn(to, a, b)) p->out_of_memory = true;
}

void pull_take(hark_pull *p, hark_set *from, hark_set *to, uint32_t uid) {
  if (hark_set_remove(from, uid, uid) || (to && hark_set_add(to, uid, uid)))
    p->out_of_memory = true;
}

int hark_pull_add(hark_pull *p, const char *mailbox, const hark_cursor *since) {
  if (p->mailbox) return HARK_ERR_STATE; /* one mailbox for now */
  size_t n = strlen(mailbox) + 1;
  if (!(p->mailbox = malloc(n))) return HARK_ERR_NOMEM;
  memcpy(p->mailbox, mailbox, n);
  if (since) {
    p->cursor_validity = since->uidvalidity;
    pull_each(p, text_of(since->have), p->have, hark_set_add);
    pull_each(p, text_of(since->stuck), p->stuck, hark_set_add);
  }
  if (p->out_of_memory) return HARK_ERR_NOMEM;
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

const hark_pull_event *pull_fail(hark_pull *p, int err, const char *why, const hark_ev_cond *cond) {
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
  if (!p->unflushed) return false;
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
  if (pull_answer_event(p, ev, &out) || pull_list_event(p, ev, &out) ||
      pull_listen_event(p, ev, &out) || pull_ask_done(p, ev))
    return out;
  pull_tell(p, HARK_PULL_OTHER);
  p->ev.client = ev;
  return &p->ev;
}

/* What can be started now; the commands of one call leave together. */
static void act(hark_pull *p) {
  if (p->stopping || hark_get_phase(p->c) != HARK_PHASE_SELECTED) return;
  bool searching = p->search > 0;
  if (p->phase == PULL_MATCHING)
    pull_same_ask(p);
  else if (p->phase == PULL_FETCHING)
    pull_ask(p);
  if (searching || p->phase == PULL_MATCHING || p->phase == PULL_OPENING) return;
  if (p->list_due && !hark_set_count(p->asked))
    pull_list(p, true);
  else if (p->check_due && p->phase == PULL_LISTENING)
    pull_list(p, false);
  else if (p->phase == PULL_LISTENING)
    pull_listen(p);
}

static bool finished(const hark_pull *p) { return p->phase == PULL_OVER || p->failed; }

const hark_pull_event *hark_pull_next(hark_pull *p, uint64_t now_ms) {
  const hark_event *client;
  const hark_pull_event *out;
  bool awaiting = hark_inflight(p->c) > (p->idling && !p->done_asked ? 1u : 0u);
  p->now = now_ms;
  if (!awaiting || p->heard != hark_heard(p->c)) p->heard = hark_heard(p->c), p->heard_at = now_ms;
  if (p->stopping && (out = pull_abort(p))) return out;
  while (!finished(p)) {
    if (p->out_of_memory) return pull_fail(p, HARK_ERR_NOMEM, hark_err_text(HARK_ERR_NOMEM), NULL);
    if (flush_due(p)) return flush(p);
    while ((client = hark_next(p->c)) && !p->stopping)
      if ((out = take_event(p, client)) || flush_due(p)) return out ? out : flush(p);
    if (client) continue; /* stopping: what comes now is not told */
    if (hark_wants(p->c) & HARK_CLOSED) return closed(p);
    if (p->heard != hark_heard(p->c)) p->heard = hark_heard(p->c), p->heard_at = now_ms;
    if ((out = pull_drained(p)) || (out = pull_timers(p))) return out;
    if (finished(p)) break;
    uint32_t before = hark_inflight(p->c);
    act(p);
    if (hark_inflight(p->c) == before) return NULL;
  }
  return NULL;
}

/* --- what the caller says --- */

static hark_set *parsed(hark_pull *p, const char *uids) {
  hark_set_remove(p->scratch, 1, UINT32_MAX);
  pull_each(p, text_of(uids), p->scratch, hark_set_add);
  return p->scratch;
}

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
}

/* In which of its answers SAME is counted: each UID in set that was still open. */
static void close_same(hark_pull *p, hark_str text) {
  uint32_t a, b;
  while (p->open_same && hark_set_next(&text, &a, &b))
    for (uint32_t uid = a; uid <= b && uid; uid++)
      if (hark_set_has(p->same, uid)) {
        hark_set_remove(p->same, uid, uid);
        p->open_same--;
      }
}

int hark_pull_have(hark_pull *p, int mailbox, const char *uids) {
  if (mailbox) return HARK_ERR_ARG;
  hark_set *set = parsed(p, uids);
  close_open(p, set);
  close_same(p, text_of(uids));
  pull_each(p, text_of(uids), p->told, hark_set_remove);
  pull_each(p, text_of(uids), p->missing, hark_set_remove);
  pull_each(p, text_of(uids), p->have, hark_set_add);
  return p->out_of_memory ? HARK_ERR_NOMEM : 0;
}

int hark_pull_again(hark_pull *p, int mailbox, const char *uids) {
  if (mailbox) return HARK_ERR_ARG;
  if (!uids) {
    p->m.refused = true;
    return 0;
  }
  hark_set *set = parsed(p, uids);
  bool matching = p->open_same > 0;
  close_open(p, set);
  close_same(p, text_of(uids));
  pull_each(p, text_of(uids), p->told, hark_set_remove);
  pull_each(p, text_of(uids), matching ? p->missing : p->again, hark_set_add);
  return p->out_of_memory ? HARK_ERR_NOMEM : 0;
}

void hark_pull_woke(hark_pull *p, uint64_t now_ms) {
  p->now = now_ms;
  if (p->idling) pull_end_idle(p, WAKE_MS);
  p->check_due = true;
}

int hark_pull_stop(hark_pull *p) {
  if (p->stopping) return 0;
  p->stopping = true;
  hark_cmd logout = hark_logout(p->c);
  return logout < 0 ? logout : 0;
}
