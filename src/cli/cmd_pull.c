/* cli/cmd_pull.c - hark pull: all that is new, then the end.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/mailbox_command.h"
#include "cli/session.h"
#include "cli/text.h"
#include <stdio.h>

static exit_code result(const session *s) {
  if (s->k.failure.code) return s->k.failure.code;
  if (!s->told || s->figures.stuck) return EXIT_INCOMPLETE;
  return EXIT_ALL_HERE;
}

static void report_incomplete(report *r, uint64_t stuck) {
  char count[32], text[120];
  text_count(count, sizeof count, stuck);
  snprintf(text, sizeof text, "%s message%s not here; the same command tries again", count,
           stuck == 1 ? " is" : "s are");
  report_error(r, EXIT_INCOMPLETE,
               stuck ? text : "not all of the mail is here; the same command tries again");
}

static exit_code pull(session *s) {
  session_run(s);
  exit_code code = result(s);
  report *r = s->k.report;
  if (s->k.failure.code)
    report_error(r, code, s->k.failure.text);
  else if (loop_stopping(s->k.loop))
    report_error(r, code, "stopped; the same command goes on from here");
  else if (code)
    report_incomplete(r, s->figures.stuck);
  return code;
}

/* The first trouble is the exit code; the others are pulled all the same. */
static exit_code pull_all(const jobs *j, const options *o, loop *l, report *r) {
  exit_code code = EXIT_ALL_HERE;
  for (size_t i = 0; i < j->n && !loop_stopping(l); i++) {
    session s = {.k = {.job = &j->v[i], .loop = l, .report = r}, .batch = o->batch};
    exit_code one = session_work(&s, pull);
    if (!code) code = one;
  }
  return code;
}

int cmd_pull(int argc, char **argv) { return mailbox_command(argc, argv, pull_all); }
