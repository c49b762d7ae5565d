/* examples/pull.c - what is new in INBOX, into a Maildir: pull HOST PORT USER MAILDIR
 * SPDX-License-Identifier: MIT */
#include "session.h"

int main(int argc, char **argv) {
  account a;
  session s = {0};
  if (argc != 5) return fprintf(stderr, "pull HOST PORT USER MAILDIR\n"), 2;
  if (!account_ask(&a, argv[1], argv[2], argv[3])) return 1;
  if (!(s.store = store_open(&a, argv[4]))) return 1;
  session_run(&s, &a);
  hark_maildir_close(s.store);
  return !s.caught_up || s.failed || s.stuck;
}
