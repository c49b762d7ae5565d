/* cli/cmd_pull.c - hark pull: all that is new, then the end.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/mailbox_command.h"
#include "cli/session.h"

static exit_code result(const session *s) {
  if (s->k.failure.code) return s->k.failure.code;
  if (!s->told || s->figures.stuck) return EXIT_INCOMPLETE;
  return EXIT_ALL_HERE;
}

static exit_code pull(const job *j, const options *o, loop *l, report *r) {
  session s = {.k = {.job = j, .loop = l, .report = r}, .batch = o->batch};
  r->account = j->account, r->mailbox = j->url.mailbox;
  if (session_begin(&s)) session_run(&s);
  exit_code code = result(&s);
  if (s.k.failure.code)
    report_error(r, code, s.k.failure.text);
  else if (loop_stopping(l))
    report_error(r, code, "stopped; the same command goes on from here");
  else if (code)
    report_error(r, code, "not all of the mail is here; the same command tries again");
  session_end(&s);
  return code;
}

/* The first trouble is the exit code; the others are pulled all the same. */
static exit_code pull_all(const jobs *j, const options *o, loop *l, report *r) {
  exit_code code = EXIT_ALL_HERE;
  for (size_t i = 0; i < j->n && !loop_stopping(l); i++) {
    exit_code one = pull(&j->v[i], o, l, r);
    if (!code) code = one;
  }
  return code;
}

int cmd_pull(int argc, char **argv) { return mailbox_command(argc, argv, pull_all); }
