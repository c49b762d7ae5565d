/* tests/unit/tls_server.h - certificates made on the spot, and a TLS server in a thread.
 * SPDX-License-Identifier: MIT
 *
 * Everything is on loopback and in memory: whatever ends a test, nothing stays behind. */
#ifndef TESTS_UNIT_TLS_SERVER_H
#define TESTS_UNIT_TLS_SERVER_H
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>

typedef struct identity { /* a key and its certificate */
  EVP_PKEY *key;
  X509 *cert;
  STACK_OF(X509) * between; /* what the server sends with it */
} identity;

typedef struct staple { /* an answer of an OCSP responder, or anything else */
  unsigned char *p;
  int n;
} staple;

typedef struct memory_file {
  int fd;
  char path[32]; /* for whoever opens it by name */
} memory_file;

typedef struct wanted { /* of a certificate */
  const char *common_name;
  const char *names;   /* subjectAltName as OpenSSL's configuration has it: "DNS:a,IP:127.0.0.1" */
  const char *raw_dns; /* one name with whatever bytes */
  int raw_dns_n;
  int from_days, to_days; /* from today; to 0: 30 */
  bool ca;
  const identity *issuer; /* NULL: itself */
} wanted;

void identity_make(identity *id, const wanted *w);
void identity_free(identity *id);
/* Its certificate, PEM, in a file that no folder has; close fd. */
/* folder/NAME.pem, with what was signed between, and folder/NAME.key */
void identity_load(identity *id, const char *folder, const char *name);
memory_file identity_save(const identity *id);
void identity_pin(const identity *id, char out[80]);      /* "sha256:..." */

typedef enum manner {             /* of the server */
                      POLITE,     /* greets, says close_notify, closes */
                      CUT,        /* greets and closes */
                      CUT_INSIDE, /* a message begins, and the connection ends in it */
                      TALKS_ON,   /* says more after its close_notify, and stays */
                      HANGS_UP,   /* closes instead of TLS */
                      PLAIN,      /* says text instead of TLS */
                      ASKS_ANEW,  /* TLS 1.2: one renegotiation; TLS 1.3: new keys; then POLITE */
                      FLOODS,     /* the same again and again, and reads nothing */
                      ANSWERS /* greets, answers LOGOUT, reads until the client says close_notify */
} manner;

typedef struct tls_server {
  const identity *id;
  manner manner;
  const char *text;    /* of PLAIN */
  int most, least;     /* TLS versions; 0: any */
  const char *ciphers; /* of TLS 1.2; NULL: OpenSSL's */
  bool tickets;        /* gives tickets, and would resume */
  const staple *staple;
  const char *client_ca; /* whoever comes must have a certificate of it */

  SSL_CTX *ctx;
  pthread_t thread;
  int listener;
  char port[8];
  int connections;
  /* what it saw of the last one */
  bool shook_hands, resumed, client_closed;
  int early, handshakes; /* SSL_get_early_data_status(); finished */
  long asked;            /* by FLOODS */
  char sni[100], alpn[100];
  bool asked_staple, asked_early, asked_compression; /* in the first message */
  char client[100];                                  /* whose certificate the client has */
  char told[200];                                    /* by the client, within TLS, to ANSWERS */
  char heard[4096];                                  /* by PLAIN */
  size_t heard_n;
} tls_server;

void tls_server_start(tls_server *s, int connections); /* it ends after so many */
void tls_server_wait(tls_server *s);
#endif
