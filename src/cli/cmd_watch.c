/* cli/cmd_watch.c - hark watch: all that is new, then whatever comes, for ever.
 * SPDX-License-Identifier: MIT
 *
 * After whatever happens it connects again, with full jitter: random(0, min(300 s, 1 s * 2^n));
 * n begins anew once a session has lived a minute.  What is refused for good ends it: a sign-in, a
 * certificate, a mailbox. */
#include "cli/command.h"
#include "cli/mailbox_command.h"
#include "cli/session.h"
#include <sys/random.h>

enum { FIRST_MS = 1000, MOST_MS = 300000, LIVED_MS = 60000 };

static uint64_t random_below(uint64_t n) {
  uint64_t v = 0;
  return getrandom(&v, sizeof v, 0) == sizeof v ? v % n : n / 2;
}

static uint64_t back_off(unsigned tries, uint64_t least) {
  uint64_t most = tries < 9 ? (uint64_t)FIRST_MS << tries : MOST_MS;
  if (most > MOST_MS) most = MOST_MS;
  uint64_t wait = random_below(most + 1);
  return wait > least ? wait : least;
}

static void rest(loop *l, uint64_t ms) {
  for (uint64_t end = loop_now() + ms; loop_now() < end && !loop_stopping(l);) {
    loop_wait(l, NULL, 0, end);
    if (loop_woke(l)) return; /* the network may be another one now */
  }
}

/* False: it ends here. */
static bool again(session *s) {
  const failure *f = &s->k.failure;
  if (f->final && session_renew(s)) {
    report_note(s->k.report, "the password was refused; its command gives another one now");
    return true;
  }
  if (loop_stopping(s->k.loop)) return false;
  report_error(s->k.report, f->code, f->text);
  return !f->final;
}

static exit_code watch(session *s) {
  for (unsigned tries = 0;; tries++) {
    const failure *f = &s->k.failure;
    session_run(s);
    if (loop_stopping(s->k.loop)) return EXIT_ALL_HERE;
    if (loop_now() > s->k.opened + LIVED_MS) tries = 0;
    if (!f->code) connection_fail(&s->k, EXIT_SERVER, "the connection ended", (hark_str){NULL, 0});
    bool goes_on = again(s);
    if (!goes_on) return loop_stopping(s->k.loop) ? EXIT_ALL_HERE : f->code;
    uint64_t wait = back_off(tries, f->wait_ms);
    report_retry(s->k.report, wait);
    rest(s->k.loop, wait);
    if (loop_stopping(s->k.loop)) return EXIT_ALL_HERE;
  }
}

static exit_code watch_one(const jobs *j, const options *o, loop *l, report *r) {
  session s = {.k = {.job = j->v, .loop = l, .report = r}, .batch = o->batch, .listen = true};
  if (j->n == 1) return session_work(&s, watch);
  report_error(r, EXIT_USAGE,
               "hark watch listens to one mailbox; start one for each:  hark watch ACCOUNT");
  return EXIT_USAGE;
}

int cmd_watch(int argc, char **argv) { return mailbox_command(argc, argv, watch_one); }
