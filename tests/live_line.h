/* tests/live_line.h - a connection to a real server, and what was said on it.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_LIVE_LINE_H
#define TESTS_LIVE_LINE_H
#include "wire_print.h"
#include <hark/net.h>
#include <netinet/in.h>

typedef struct server {
  in_port_t port;
  const char *user, *password;
  hark_tls *tls;       /* for STARTTLS; NULL: not tried */
  const char *capture; /* a folder: one file for each connection */
  unsigned captured;
} server;

typedef struct line {
  server *at;
  hark_client *c;
  int fd;
  printer print;
  text said[2]; /* of the server, of the client: what is no whole line yet */
  text session; /* lines "S: " and "C: ", as scripts/coverage reads them */
  const char *user;
  bool paused;  /* IDLING, SEND_DATA or CHALLENGE came: the program is to act */
  bool layered; /* what is sent and received is seen inside the layer */
} line;

/* from: an address on this machine; "": any. */
void line_open(line *l, server *at, const char *from);
void line_close(line *l);
/* The events that there are. */
void line_tell(line *l);
/* false: nothing came within so many milliseconds, or nothing will. */
bool line_turn(line *l, int milliseconds);
/* Until all commands are done, or the program is to act or to give data; false: no answer came. */
bool line_settle(line *l);
#endif
