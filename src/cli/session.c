/* cli/session.c - one mailbox: from the server, through the pull, into the Maildir.
 * SPDX-License-Identifier: MIT */
#include "cli/session.h"
#include "cli/password.h"
#include "cli/policy.h"
#include "cli/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { LOGOUT_MS = 1000 };

static const hark_str nothing = {NULL, 0};

static void fail_store(session *s, int err) {
  connection_fail(&s->k, exit_of_error(err), hark_maildir_error(s->store), nothing);
  s->k.failure.final = err != HARK_ERR_BUSY;
}

/* SEC N-10: no core file, and no other process, gets at the password. */
static void close_memory(void) {
  struct rlimit none = {0, 0};
  if (getenv("HARK_DEBUGGABLE")) return;
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static bool open_store(session *s) {
  const settings *set = &s->k.job->settings;
  hark_maildir_config config = {.size = sizeof config,
                                .path = set->maildir,
                                .state = set->state,
                                .account = s->k.job->account,
                                .crlf = set->crlf};
  int err = hark_maildir_open(&s->store, &config);
  if (err && !s->store)
    connection_fail(&s->k, EXIT_INCOMPLETE, hark_err_text(err), nothing);
  else if (err)
    fail_store(s, err);
  else if (hark_maildir_note(s->store))
    report_note(s->k.report, hark_maildir_note(s->store));
  return !err;
}

static bool begin(session *s) {
  char why[300];
  s->k.fd = -1;
  if (!open_store(s)) return false;
  s->k.password = password_get(s->k.loop, &s->k.job->settings, s->k.job->account, why, sizeof why);
  if (s->k.password) {
    close_memory();
    return true;
  }
  if (loop_stopping(s->k.loop))
    connection_fail(&s->k, EXIT_INCOMPLETE, "stopped", nothing);
  else
    connection_fail(&s->k, EXIT_CONFIG, why, nothing);
  s->k.failure.final = true;
  return false;
}

static void end(session *s) {
  connection_free(&s->k);
  password_free(s->k.password);
  hark_maildir_close(s->store);
  s->k.password = NULL, s->store = NULL;
}

exit_code session_work(session *s, exit_code (*work)(session *)) {
  report *r = s->k.report;
  r->account = s->k.job->account, r->mailbox = s->k.job->url.mailbox;
  bool begun = begin(s);
  if (!begun) report_error(r, s->k.failure.code, s->k.failure.text);
  exit_code code = begun ? work(s) : s->k.failure.code;
  end(s);
  return code;
}

/* One that differs from the refused one, and only once until it is taken: whoever tries many is
 * shut out. */
bool session_renew(session *s) {
  char why[300];
  const settings *set = &s->k.job->settings;
  if (!s->k.failure.password || s->k.renewed || !set->password_command) return false;
  char *next = password_get(s->k.loop, set, s->k.job->account, why, sizeof why);
  bool differs = next && strcmp(next, s->k.password) != 0;
  password_free(differs ? s->k.password : next);
  if (!differs) return false;
  s->k.password = next;
  s->k.renewed = true;
  return true;
}

/* --- pull events --- */

/* BUSY: the disk is behind; it is waited for. */
static int put(session *s, const hark_pull_event *ev) {
  int err = hark_maildir_put(s->store, ev);
  while (err == HARK_ERR_BUSY && !(err = hark_maildir_reap(s->store, s->pull, true)))
    err = hark_maildir_put(s->store, ev);
  return err;
}

static void store(session *s, const hark_pull_event *ev) {
  int err = put(s, ev);
  if (!err) return;
  bool within = ev->type == HARK_PULL_MESSAGE || ev->type == HARK_PULL_DATA;
  char uid[12];
  if (err == HARK_ERR_STORE) {
    snprintf(uid, sizeof uid, "%u", ev->uid);
    report_alert(s->k.report, "a message could not be stored",
                 (hark_str){hark_maildir_error(s->store), strlen(hark_maildir_error(s->store))});
    hark_pull_again(s->pull, ev->mailbox, within ? NULL : uid);
    return;
  }
  fail_store(s, err);
  hark_pull_stop(s->pull);
}

static void caught_up(session *s, uint64_t now) {
  bool worth = s->figures.messages || !s->told;
  s->figures.round_trips = s->k.round_trips;
  if (worth) report_caught_up(s->k.report, &s->figures, now);
  s->told = true;
  if (!s->listen) {
    s->k.leaving = true;
    return;
  }
  s->figures = (figures){.stuck = s->figures.stuck};
}

static void pull_failed(session *s, const hark_pull_event *ev) {
  exit_code code = exit_of_error(ev->err);
  const policy *p = ev->cond ? policy_of(ev->cond->code_id) : NULL;
  const char *what =
      p && p->final ? "the server refuses the mailbox; ask its administrator" : ev->why;
  if (ev->cond)
    connection_refused(&s->k, code, what, ev->cond);
  else
    connection_fail(&s->k, code, what, nothing);
  if (ev->err == HARK_ERR_CERT) s->k.failure.final = true;
  if (ev->err == HARK_ERR_BUSY) s->k.failure.wait_ms = LONG_WAIT_MS;
}

static void take(session *s, const hark_pull_event *ev, uint64_t now) {
  figures *f = &s->figures;
  switch (ev->type) {
  case HARK_PULL_OTHER:
    if (!connection_event(&s->k, ev->client)) hark_pull_stop(s->pull);
    return;
  case HARK_PULL_FAILED: pull_failed(s, ev); return;
  case HARK_PULL_MESSAGE:
    if (!f->began) f->began = now;
    break;
  case HARK_PULL_DATA: f->bytes += ev->bytes.n; break;
  case HARK_PULL_MESSAGE_END: f->messages++; break;
  case HARK_PULL_STUCK:
    report_stuck(s->k.report, ++f->stuck, ev->uid, ev->cond ? ev->cond->text : nothing);
    break;
  case HARK_PULL_WAITING: report_waiting(s->k.report, ev->wait_ms, ev->cond->text); break;
  case HARK_PULL_RENUMBERED:
    report_note(s->k.report, "the server has numbered the mailbox anew; comparing");
    break;
  default: break;
  }
  if (ev->type == HARK_PULL_FLUSH) {
    int err = hark_maildir_flush(s->store);
    if (err) fail_store(s, err);
  } else {
    store(s, ev);
  }
  if (ev->missing > f->missing) f->all += ev->missing - f->missing; /* they have become known */
  f->missing = ev->missing;
  if (ev->type == HARK_PULL_CAUGHT_UP)
    caught_up(s, now);
  else if (f->all)
    report_progress(s->k.report, f, now);
}

/* --- one connection --- */

static bool all_here(const session *s) { return s->told && !s->listen; }

/* LOGOUT is under way when all is here; its answer is not worth a long wait. */
static void stop(session *s, uint64_t *end_by, uint64_t now) {
  if (*end_by != UINT64_MAX) return;
  if (!all_here(s)) hark_pull_stop(s->pull);
  s->k.leaving = true;
  *end_by = now + LOGOUT_MS;
}

static bool closed(const session *s) { return hark_wants(s->k.client) & HARK_CLOSED; }

static void check_sign_in(session *s, uint64_t now) {
  if (s->k.sign_in && now >= s->k.sign_in_by)
    connection_fail(&s->k, EXIT_SERVER, "the server did not finish the sign-in within a minute",
                    nothing);
}

static uint64_t sooner(uint64_t a, uint64_t b) { return a < b ? a : b; }

static void converse(session *s) {
  uint64_t end_by = UINT64_MAX, now = loop_now();
  const hark_pull_event *ev;
  while (now < end_by) {
    connection_pump(&s->k);
    int err = hark_maildir_reap(s->store, s->pull, false); /* what is durable opens the window */
    if (err) fail_store(s, err);
    while ((ev = hark_pull_next(s->pull, now))) take(s, ev, now);
    check_sign_in(s, now);
    if (closed(s)) return;
    bool ending = s->k.failure.code || loop_stopping(s->k.loop) || all_here(s);
    if (ending) stop(s, &end_by, now);
    uint64_t deadline = sooner(hark_pull_deadline(s->pull), end_by);
    if (s->k.sign_in) deadline = sooner(deadline, s->k.sign_in_by);
    connection_wait(&s->k, hark_maildir_fd(s->store), deadline);
    now = loop_now();
    if (loop_woke(s->k.loop)) hark_pull_woke(s->pull, now);
  }
}

static bool make_pull(session *s) {
  hark_cursor cursor = {.size = sizeof cursor};
  hark_pull_config config = {.size = sizeof config,
                             .listen = s->listen,
                             .flush_messages = s->batch,
                             .no_id = s->k.job->settings.no_id};
  int err = hark_maildir_cursor(s->store, s->k.job->url.mailbox, &cursor);
  if (err) {
    fail_store(s, err);
    return false;
  }
  s->pull = hark_pull_new(s->k.client, &config);
  if (s->pull && !(err = hark_pull_add(s->pull, s->k.job->url.mailbox, &cursor))) return true;
  err = err ? err : HARK_ERR_NOMEM;
  connection_fail(&s->k, exit_of_error(err), hark_err_text(err), nothing);
  return false;
}

/* What came whole is kept, however the connection ended. */
static void settle(session *s) {
  int err = hark_maildir_flush(s->store);
  if (!err) err = hark_maildir_reap(s->store, s->pull, true);
  if (err && err != HARK_ERR_BUSY) fail_store(s, err);
}

void session_run(session *s) {
  s->figures = (figures){.began = loop_now()};
  if (connection_open(&s->k) && make_pull(s)) {
    converse(s);
    settle(s);
  }
  hark_pull_free(s->pull);
  s->pull = NULL;
  connection_close(&s->k);
}
