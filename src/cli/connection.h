/* cli/connection.h - a connection to a job's server, up to the sign-in.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_CONNECTION_H
#define CLI_CONNECTION_H
#include "cli/exit.h"
#include "cli/job.h"
#include "cli/loop.h"
#include "cli/report.h"
#include <hark/event.h>
#include <hark/sasl.h>

typedef struct failure {
  exit_code code; /* 0: none */
  bool final;     /* trying again would not help */
  bool password;  /* it was refused; another one might be taken */
  uint32_t wait_ms; /* before that, at least */
  char text[700];
} failure;

typedef struct connection {
  const job *job;
  char *password;
  loop *loop;
  report *report;
  failure failure; /* of the last call that failed */

  hark_tls *tls; /* kept for the next connection */
  hark_client *client;
  hark_sasl *sasl;
  int fd;
  hark_cmd sign_in; /* 0: signed in, or PREAUTH */
  hark_cmd compress; /* 0: not under way */
  uint64_t opened, sign_in_by;
  bool renewed; /* the password, since somebody was last signed in */

  char alert[300]; /* the last one shown, also of connections before */
  unsigned alerts; /* shown since the greeting */

  bool selected; /* the mailbox was open */
  bool leaving; /* LOGOUT is under way, BYE its answer */

  bool sent; /* something, since the server was last heard */
  uint64_t heard;
  unsigned round_trips; /* since the greeting */
} connection;

/* Dials, brings TLS up, reads the greeting and queues the sign-in.  False: see failure. */
bool connection_open(connection *k);
void connection_close(connection *k); /* open again at will */
void connection_free(connection *k);

/* Moves what can be moved; counts round trips. */
void connection_pump(connection *k);
/* Waits for the server, also (-1: not), or the deadline. */
void connection_wait(connection *k, int also, uint64_t deadline);
/* An event that is about the connection itself: sign-in, alerts, BYE.  False: see failure. */
bool connection_event(connection *k, const hark_event *ev);

/* Fills failure, if none is there; server NIL: it said nothing. */
void connection_fail(connection *k, exit_code code, const char *what, hark_str server);
/* The same for an answer, whose code may know more about it. */
void connection_refused(connection *k, exit_code code, const char *what, const hark_ev_cond *cond);
void connection_fail_client(connection *k); /* by the client's sticky error */
#endif
