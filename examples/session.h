/* examples/session.h - one connection: what is new comes through a pull into a Maildir.
 * SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_SESSION_H
#define EXAMPLES_SESSION_H
#include "connect.h"
#include <hark/maildir.h>

/* The Maildir at path; NULL: it has said why. */
hark_maildir *store_open(const account *a, const char *path);

typedef struct session {
  connection k;
  hark_maildir *store;
  hark_pull *pull;
  bool listen;    /* go on after that */
  bool caught_up; /* all was here, at least once */
  bool failed;    /* connecting again would not help */
  unsigned messages, stuck;
} session;

/* Until all is here, or the connection has ended.  A process may be killed at any moment: what
 * is in the Maildir then is there once, the rest comes with the next run. */
void session_run(session *s, const account *a);
#endif
