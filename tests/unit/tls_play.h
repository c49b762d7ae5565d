/* tests/unit/tls_play.h - one client, one TLS server, and what came of it.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_TLS_PLAY_H
#define TESTS_UNIT_TLS_PLAY_H
#include "tls_server.h"
#include <hark/net.h>

#define PASSWORD "hunter2" /* what the client wants to send, where it signs in */

typedef struct outcome {
  bool greeted, bye, listed;
  int err;
  char text[1000], version[16];
} outcome;

/* What the next connection is made of: a test changes what it is about. */
extern const char *host;
extern bool signs_in;
extern tls_server server;
extern hark_tls_config config;
extern outcome o; /* of the last one */

void play_reset(const identity *id, const char *ca_file); /* a good server at imap.test */
void converse(hark_tls *tls);                             /* the server runs already */
void connect_once(void);
void accepted(void);
void refused(int err, const char *sentence); /* and not a byte was said within TLS */
#endif
