/* cli/session.h - one mailbox: from the server, through the pull, into the Maildir.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H
#include "cli/connection.h"
#include <hark/maildir.h>

typedef struct session {
  connection k;
  hark_maildir *store;
  hark_pull *pull;
  figures figures;
  uint32_t batch;
  bool listen; /* go on with IDLE */
  bool told;   /* CAUGHT_UP has been told once */
} session;

/* Opens the Maildir, gets the password, works, and closes it all.  What keeps it from working it
 * reports itself. */
exit_code session_work(session *s, exit_code (*work)(session *));

/* For the work.  One connection, until all is here, or for ever where it listens; then
 * s->k.failure says how it ended (code 0: all is here, or it was asked to stop). */
void session_run(session *s);
/* The password was refused: whether its command gives another one now, which is used then. */
bool session_renew(session *s);
#endif
