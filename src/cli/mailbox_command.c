/* cli/mailbox_command.c - how pull and watch begin and end.
 * SPDX-License-Identifier: MIT */
#include "cli/mailbox_command.h"
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* What root delivers its owner cannot read. */
static void warn_root(report *r, const job *j) {
  struct stat is;
  if (geteuid() || stat(j->settings.maildir, &is) || !is.st_uid) return;
  char text[400], room[1024];
  struct passwd entry, *owner = NULL;
  if (getpwuid_r(is.st_uid, &entry, room, sizeof room, &owner)) owner = NULL;
  snprintf(text, sizeof text,
           "you are root, and %.200s belongs to another user, who will not be able to read what "
           "comes; better: sudo -u %.32s hark ...",
           j->settings.maildir, owner ? owner->pw_name : "USER");
  report_warning(r, text);
}

static exit_code with_loop(const jobs *j, const options *o, report *r, mailbox_fn work) {
  loop *l = loop_new();
  if (!l) return EXIT_INCOMPLETE;
  for (size_t i = 0; i < j->n; i++) warn_root(r, &j->v[i]);
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
