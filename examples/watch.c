/* examples/watch.c - the same, and it listens for more until it is killed: watch HOST PORT USER
 * MAILDIR SPDX-License-Identifier: MIT */
#include "session.h"
#include <unistd.h>

enum { PAUSE_S = 10 }; /* better: one that grows, with chance in it */

int main(int argc, char **argv) {
  account a;
  session s = {.listen = true};
  if (argc != 5) return fprintf(stderr, "watch HOST PORT USER MAILDIR\n"), 2;
  if (!account_ask(&a, argv[1], argv[2], argv[3])) return 1;
  if (!(s.store = store_open(&a, argv[4]))) return 1;
  do session_run(&s, &a);
  while (s.caught_up && !s.failed && !sleep(PAUSE_S)); /* what has worked once works again */
  hark_maildir_close(s.store);
  return 1;
}
