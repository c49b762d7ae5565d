/* net/tls.h - what the files of the TLS layer share.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_NET_TLS_H
#define HARK_NET_TLS_H
#include <hark/layer.h>
#include <hark/net.h>
#include <openssl/ssl.h>
#include <stdatomic.h>

#define HARK_PINS        16
#define HARK_FINGERPRINT 32 /* SHA-256 */
#define HARK_KEPT        16 /* sessions */

struct hark__tls_kept {
  SSL_SESSION *session;
  int64_t proved; /* when the server last showed its certificate */
  char host[];
};

struct hark_tls {
  atomic_uint refs; /* of the program, and of each layer */
  SSL_CTX *ctx;
  BIO_METHOD *bio;
  char *server_name;
  size_t npins;
  unsigned char pins[HARK_PINS][HARK_FINGERPRINT];
  _Atomic(struct hark__tls_kept *) kept[HARK_KEPT]; /* sessions to resume, by host */
  bool has_cert; /* of the client */
  char *error;   /* NULL: usable */
};

/* Bytes go straight from hark_in into OpenSSL's record and from there into hark_out; what
 * has no room there (an answer made while reading, the end of a record) waits in pending. */
typedef struct hark__tls_layer {
  hark_layer base;
  hark_tls *tls;
  SSL *ssl;
  char *host;    /* whose certificate it must be */
  hark_in *in;   /* while decode runs */
  hark_out *out; /* while encode runs */
  unsigned char *pending;
  size_t pending_at, pending_n, pending_cap;
  int64_t proved;          /* when the server showed its certificate, seconds of time() */
  int err;                 /* sticky */
  bool closed;             /* the server said close_notify */
  bool nomem;              /* pending could not grow */
  bool asked_for_cert;     /* the server wants to see ours */
  bool shook_hands;        /* and has begun to read */
  int sent;                /* certificates that the server sent */
  unsigned late;           /* messages of the handshake after its end */
  unsigned char first[40]; /* of what the server said, to tell what it is if not TLS */
  size_t nfirst;
  char *text; /* error_text */
} hark__tls_layer;

/* Remembers the first failure and its sentence; returns the error to report. */
int hark__tls_fail(hark__tls_layer *l, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Why SSL_read or its like failed; from OpenSSL's error queue. */
int hark__tls_fail_ssl(hark__tls_layer *l);
/* A handshake that does not come to rest. */
int hark__tls_fail_late(hark__tls_layer *l);
/* The wire ended without close_notify. */
int hark__tls_fail_cut(hark__tls_layer *l);

BIO_METHOD *hark__tls_bio_method(void); /* NULL: out of memory */
void hark__tls_unref(hark_tls *t);
/* Chain and name, or pins.  Called by OpenSSL: see SSL_CTX_set_cert_verify_callback(). */
int hark__tls_verify(X509_STORE_CTX *store, void *unused);
/* The same for the session that is to be resumed; tells nothing. */
bool hark__tls_verify_again(const hark__tls_layer *l);
/* Called by OpenSSL: is the certificate revoked?  0: refused. */
int hark__tls_staple(SSL *ssl, void *unused);
/* Called by OpenSSL for each ticket; 1: it is kept. */
int hark__tls_keep(SSL *ssl, SSL_SESSION *session);
/* Offers the session that was kept for this host; once its name to check is set. */
void hark__tls_resume(hark__tls_layer *l);
void hark__tls_forget(hark_tls *t);
/* Fails the handshake: the sentence says what is wrong with cert. */
void hark__tls_refuse(hark__tls_layer *l, X509 *cert, int x509_err, X509 *at);
void hark__tls_refuse_pin(hark__tls_layer *l, const unsigned char fingerprint[HARK_FINGERPRINT]);
#endif
