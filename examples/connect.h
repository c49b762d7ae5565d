/* examples/connect.h - what the examples share: an account, and a connection that signs in.
 * SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_CONNECT_H
#define EXAMPLES_CONNECT_H
#include <hark/hark.h>
#include <stdio.h>

typedef struct account {
  const char *host, *service, *user; /* "imap.example.org", "imaps" or a number, "ada" */
  char password[1000];
} account;

typedef struct connection {
  hark_client *client;
  int fd;
} connection;

/* Asks for the password, without showing it, or reads it from a pipe. */
bool account_ask(account *a, const char *host, const char *service, const char *user);

/* Dials and begins TLS.  False: it has said why.  Close it in any case. */
bool connection_dial(connection *k, const account *a);
/* And queues the sign-in. */
bool connection_open(connection *k, const account *a);
void connection_close(connection *k);

/* Shows alerts.  False: a command was not done, and it has said why. */
bool connection_event(const connection *k, const hark_event *ev);

/* One line to stderr; what the server said behind it, its controls taken out. */
void complain(const char *what, hark_str server);
void print_harmless(FILE *to, hark_str s);
#endif
