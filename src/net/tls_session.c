/* net/tls_session.c - sessions to resume: in memory alone, and only where all is as it was.
 * RFC 8446 section 2.2.
 * SPDX-License-Identifier: MIT
 *
 * They belong to one hark_tls, whose settings (CA, pins, client certificate, name) never change,
 * and to the host that was asked for: nothing else can be resumed with them.  Only TLS 1.3, where
 * a resumed connection has new keys; a ticket of TLS 1.2 gives all its connections away to whoever
 * gets the server's ticket key.  Each ticket is used once: two would show who comes back
 * (section C.4). */
#include "net/tls.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A resumed server shows neither certificate nor staple, and each gives new tickets: without an end
 * a server could go on long after its certificate was revoked (section 4.6.1). */
#define DAY (24 * 60 * 60)

typedef struct hark__tls_kept kept;

static void drop(kept *k) {
  if (!k) return;
  SSL_SESSION_free(k->session);
  free(k);
}

/* Two hosts that share a slot only lose their sessions to each other. */
static _Atomic(kept *) *slot(hark_tls *t, const char *host) {
  unsigned hash = 0;
  for (; *host; host++) hash = hash * 31 + (unsigned char)*host;
  return &t->kept[hash % HARK_KEPT];
}

int hark__tls_keep(SSL *ssl, SSL_SESSION *session) {
  hark__tls_layer *l = SSL_get_app_data(ssl);
  if (l->err || SSL_SESSION_get_protocol_version(session) != TLS1_3_VERSION) return 0;
  const size_t n = strlen(l->host) + 1;
  kept *k = malloc(sizeof *k + n);
  if (!k) return 0; /* the next connection costs a certificate more */
  k->session = session;
  k->proved = l->proved;
  memcpy(k->host, l->host, n);
  drop(atomic_exchange(slot(l->tls, l->host), k));
  return 1; /* the reference is ours now */
}

static bool fits(const hark__tls_layer *l, const kept *k) {
  const int64_t age = time(NULL) - k->proved;
  return !strcmp(k->host, l->host) && age >= 0 && age < DAY;
}

void hark__tls_resume(hark__tls_layer *l) {
  kept *k = atomic_exchange(slot(l->tls, l->host), NULL);
  if (k && fits(l, k) && SSL_set_session(l->ssl, k->session) == 1) {
    l->proved = k->proved;
    /* expired since then, say: the server must show what it has now, and that is judged */
    if (!hark__tls_verify_again(l)) SSL_set_session(l->ssl, NULL);
    ERR_clear_error();
  }
  drop(k);
}

void hark__tls_forget(hark_tls *t) {
  for (size_t i = 0; i < HARK_KEPT; i++) drop(atomic_exchange(&t->kept[i], NULL));
}
