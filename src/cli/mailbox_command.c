/* cli/mailbox_command.c - how pull and watch begin and end.
 * SPDX-License-Identifier: MIT */
#include "cli/mailbox_command.h"

static exit_code with_loop(const jobs *j, const options *o, report *r, mailbox_fn work) {
  loop *l = loop_new();
  if (!l) return EXIT_INCOMPLETE;
  exit_code code = work(j, o, l, r);
  loop_free(l);
  return code;
}

int mailbox_command(int argc, char **argv, mailbox_fn work) {
  options o;
  jobs j = {0};
  char why[600] = "";
  int code = options_read(&o, argc, argv, why, sizeof why) ? 0 : EXIT_USAGE;
  report r = {.json = o.json, .quiet = o.quiet, .verbose = o.verbose, .debug = o.debug};
  report_init(&r);
  if (!code) code = jobs_make(&j, &o, why, sizeof why);
  if (code)
    report_error(&r, (exit_code)code, why);
  else
    code = (int)with_loop(&j, &o, &r, work);
  jobs_free(&j);
  options_free(&o);
  return code;
}
