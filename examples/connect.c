/* examples/connect.c - a password, a socket, TLS, LOGIN.
 * SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* explicit_bzero() */
#include "connect.h"
#include <hark/net.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { DIAL_MS = 30000 };

/* A server may send anything: nothing of it may steer the terminal. */
void print_harmless(FILE *to, hark_str s) {
  for (size_t i = 0; i < s.n; i++) fputc(s.p[i] >= ' ' && s.p[i] < 0x7f ? s.p[i] : '?', to);
}

void complain(const char *what, hark_str server) {
  fprintf(stderr, server.n ? "%s: " : "%s", what);
  print_harmless(stderr, server);
  fputc('\n', stderr);
}

/* Never an argument: other users can read those. */
bool account_ask(account *a, const char *host, const char *service, const char *user) {
  struct termios before, quiet;
  const bool terminal = !tcgetattr(STDIN_FILENO, &before);
  *a = (account){.host = host, .service = service, .user = user};
  setvbuf(stdin, NULL, _IONBF, 0); /* no second copy */
  if (terminal) {
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG); /* Ctrl-C would leave the terminal mute */
    fprintf(stderr, "Password of %s at %s: ", user, host);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  const bool typed = fgets(a->password, sizeof a->password, stdin);
  if (terminal) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before), fputc('\n', stderr);
  a->password[strcspn(a->password, "\n")] = 0;
  if (typed && *a->password) return true;
  complain("A password is needed; type it, or give it on standard input.", (hark_str){NULL, 0});
  return false;
}

static bool complain_of(int err) {
  if (err < 0) complain(hark_err_text(err), (hark_str){NULL, 0});
  return err >= 0;
}

bool connection_dial(connection *k, const account *a) {
  char why[700];
  *k = (connection){.fd = hark_dial(a->host, a->service, DIAL_MS, why, sizeof why)};
  if (k->fd < 0) return complain(why, (hark_str){NULL, 0}), false;
  hark_tls *tls = hark_tls_new(NULL);
  k->client = hark_new(NULL);
  int err = HARK_ERR_NOMEM;
  if (tls && k->client) err = hark_push_layer(k->client, hark_tls_layer(tls, a->host));
  hark_tls_free(tls); /* the layer keeps what it needs */
  return complain_of(err);
}

bool connection_open(connection *k, const account *a) {
  if (!connection_dial(k, a)) return false;
  return complain_of(hark_login(k->client, a->user, a->password)); /* it leaves when TLS is up */
}

void connection_close(connection *k) {
  hark_free(k->client);
  if (k->fd >= 0) close(k->fd);
}

/* A command lost with its connection needs no word: the client says how that ended. */
bool connection_event(const connection *k, const hark_event *ev) {
  if (ev->type == HARK_EV_COND && ev->cond->code_id == HARK_CODE_ALERT)
    complain("The server says", ev->cond->text); /* RFC 9051 section 7.1: it must be shown */
  if (ev->type != HARK_EV_DONE || ev->cond->verdict == HARK_VERDICT_OK || hark_error(k->client))
    return true;
  if (ev->cond->verdict == HARK_VERDICT_UNSENT)
    complain(hark_err_text(ev->cond->err), (hark_str){NULL, 0});
  else
    complain("The server refuses", ev->cond->text);
  return false;
}
