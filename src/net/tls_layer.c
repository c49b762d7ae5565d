/* net/tls_layer.c - TLS as a layer: OpenSSL between two runs of bytes.  RFC 8446, RFC 5246.
 * SPDX-License-Identifier: MIT */
#include "net/tls.h"
#include <openssl/x509v3.h>

#include "net/text.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#define PENDING_MAX (64u * 1024)
#define RECORD      16384 /* plain bytes in one record, RFC 8446 section 5.1 */
#define OVERHEAD    128   /* a record's header, nonce, MAC and padding, rounded up */
#define SMALL       256   /* written when there is room for less than a record */
#define LATE_MOST   1000  /* messages of a handshake that is over, for the life of a connection */

static hark__tls_layer *of(hark_layer *self) { return (hark__tls_layer *)self; }
static const hark__tls_layer *of_const(const hark_layer *self) {
  return (const hark__tls_layer *)self;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static int bio_read(BIO *bio, char *to, int n) {
  hark_in *in = ((hark__tls_layer *)BIO_get_data(bio))->in;
  BIO_clear_retry_flags(bio);
  if (n <= 0) return 0;
  if (!in || !in->n) return BIO_set_retry_read(bio), -1;
  const size_t k = smaller(in->n, (size_t)n);
  memcpy(to, in->p, k);
  in->p += k;
  in->n -= k;
  return (int)k;
}

static void put_out(hark_out *out, const unsigned char *p, size_t n) {
  memcpy(out->p, p, n);
  out->p += n;
  out->n -= n;
}

static bool grow_pending(hark__tls_layer *l, size_t n) {
  const size_t need = l->pending_n + n;
  if (need <= l->pending_cap) return true;
  if (need > PENDING_MAX) return false;
  const size_t cap = need < 1024 ? 1024 : smaller(need * 2, PENDING_MAX);
  unsigned char *p = realloc(l->pending, cap);
  if (!p) return l->nomem = true, false;
  l->pending = p;
  l->pending_cap = cap;
  return true;
}

/* Takes everything: a record that was begun need not be handed in again. */
static int bio_write(BIO *bio, const char *from, int n) {
  hark__tls_layer *l = BIO_get_data(bio);
  const unsigned char *p = (const unsigned char *)from;
  size_t left = n > 0 ? (size_t)n : 0;
  BIO_clear_retry_flags(bio);
  if (l->out && !l->pending_n) {
    const size_t k = smaller(l->out->n, left);
    put_out(l->out, p, k);
    p += k;
    left -= k;
  }
  if (!left) return n;
  if (!grow_pending(l, left)) return -1;
  memcpy(l->pending + l->pending_n, p, left);
  l->pending_n += left;
  return n;
}

static long bio_ctrl(BIO *bio, int command, long number, void *p) {
  (void)bio, (void)number, (void)p;
  return command == BIO_CTRL_FLUSH;
}

static int bio_create(BIO *bio) { return BIO_set_init(bio, 1), 1; }

static void flush_pending(hark__tls_layer *l, hark_out *wire) {
  const size_t k = smaller(wire->n, l->pending_n - l->pending_at);
  if (!l->pending_n) return;
  put_out(wire, l->pending + l->pending_at, k);
  l->pending_at += k;
  if (l->pending_at < l->pending_n) return;
  free(l->pending);
  l->pending = NULL;
  l->pending_at = l->pending_n = l->pending_cap = 0;
}

/* What OpenSSL's return value means: 0 when it only wants more bytes. */
static int judge(hark__tls_layer *l, int ret) {
  switch (SSL_get_error(l->ssl, ret)) {
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE: return 0;
  case SSL_ERROR_ZERO_RETURN: return l->closed = true, 0;
  default: return hark__tls_fail_ssl(l);
  }
}

static void remember_first(hark__tls_layer *l, const hark_in *wire) {
  if (l->nfirst == sizeof l->first || !wire->n) return;
  const size_t k = smaller(sizeof l->first - l->nfirst, wire->n);
  memcpy(l->first + l->nfirst, wire->p, k);
  l->nfirst += k;
}

/* Requests for new keys or a new handshake are answered each, and the answers wait in memory
 * while the server reads none; tickets cost time alone.  An honest server has a few of them. */
static void count_late(int written, int version, int type, const void *p, size_t n, SSL *ssl,
                       void *unused) {
  hark__tls_layer *l = SSL_get_app_data(ssl);
  (void)version, (void)p, (void)n, (void)unused;
  if (!written && type == SSL3_RT_HANDSHAKE && l->shook_hands) l->late++;
}

static int decode(hark_layer *self, hark_in *wire, hark_out *plain) {
  hark__tls_layer *l = of(self);
  if (l->err) return l->err;
  remember_first(l, wire);
  l->in = wire;
  ERR_clear_error();
  while (plain->n && !l->closed && !l->err) {
    size_t n = 0;
    const int ret = SSL_read_ex(l->ssl, plain->p, plain->n, &n);
    l->shook_hands |= SSL_is_init_finished(l->ssl);
    if (l->late > LATE_MOST) hark__tls_fail_late(l);
    if (ret != 1 && !judge(l, ret) && !l->closed) break;
    plain->p += n;
    plain->n -= n;
  }
  l->in = NULL;
  /* RFC 8446 section 6.1: what comes after close_notify is ignored. */
  if (l->closed) wire->p += wire->n, wire->n = 0;
  return l->err;
}

static int encode(hark_layer *self, hark_in *plain, hark_out *wire) {
  hark__tls_layer *l = of(self);
  if (l->err) return l->err;
  flush_pending(l, wire);
  if (!wire->n) return 0;
  l->out = wire;
  ERR_clear_error();
  int ret = SSL_is_init_finished(l->ssl) ? 1 : SSL_do_handshake(l->ssl);
  if (ret != 1) judge(l, ret);
  while (ret == 1 && plain->n && wire->n && !l->pending_n) {
    const size_t room = wire->n > SMALL + OVERHEAD ? wire->n - OVERHEAD : SMALL;
    size_t n = 0;
    ret = SSL_write_ex(l->ssl, plain->p, smaller(smaller(room, plain->n), RECORD), &n);
    if (ret != 1) judge(l, ret);
    plain->p += n;
    plain->n -= n;
  }
  l->out = NULL;
  return l->err;
}

static bool ready(const hark_layer *self) {
  const hark__tls_layer *l = of_const(self);
  return !l->err && l->ssl && SSL_is_init_finished(l->ssl);
}

static int eof(hark_layer *self) {
  hark__tls_layer *l = of(self);
  if (l->err) return l->err;
  return l->closed ? 0 : hark__tls_fail_cut(l);
}

static bool ended(const hark_layer *self) { return of_const(self)->closed; }

static int shut_down(hark_layer *self, hark_out *wire) {
  hark__tls_layer *l = of(self);
  if (l->err) return l->err;
  flush_pending(l, wire);
  if (!SSL_is_init_finished(l->ssl)) return 0;
  l->out = wire;
  ERR_clear_error();
  if (!(SSL_get_shutdown(l->ssl) & SSL_SENT_SHUTDOWN) && SSL_shutdown(l->ssl) < 0) judge(l, -1);
  l->out = NULL;
  return l->err;
}

static const char *error_text(const hark_layer *self) {
  const hark__tls_layer *l = of_const(self);
  if (l->text) return l->text;
  return l->err ? hark_err_text(l->err) : "";
}

static void free_layer(hark_layer *self) {
  hark__tls_layer *l = of(self);
  if (!l) return;
  /* A line that broke is no fault of the session, whose tickets stay good (RFC 8446 section 6.1):
   * without this OpenSSL would spoil them. */
  if (l->ssl && (!l->err || l->err == HARK_ERR_EOF)) SSL_set_shutdown(l->ssl, SSL_SENT_SHUTDOWN);
  SSL_free(l->ssl);
  hark__tls_unref(l->tls);
  OPENSSL_clear_free(l->pending, l->pending_cap);
  free(l->host);
  free(l->text);
  free(l);
}

static const hark_layer_ops tls_ops = {.size = sizeof tls_ops,
                                       .kind = HARK_LAYER_TLS,
                                       .decode = decode,
                                       .encode = encode,
                                       .ready = ready,
                                       .eof = eof,
                                       .shutdown = shut_down,
                                       .error_text = error_text,
                                       .free = free_layer,
                                       .ended = ended};

BIO_METHOD *hark__tls_bio_method(void) {
  BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "hark");
  if (m && BIO_meth_set_read(m, bio_read) && BIO_meth_set_write(m, bio_write) &&
      BIO_meth_set_ctrl(m, bio_ctrl) && BIO_meth_set_create(m, bio_create))
    return m;
  BIO_meth_free(m);
  return NULL;
}

/* RFC 9525 section 6: names in the certificate's subject are never looked at. */
static bool check_name(hark__tls_layer *l) {
  unsigned char ip[16];
  const size_t n = hark__ip_literal(l->host, ip);
  X509_VERIFY_PARAM *param = SSL_get0_param(l->ssl);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                             X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (n) return X509_VERIFY_PARAM_set1_ip(param, ip, n) == 1;
  return X509_VERIFY_PARAM_set1_host(param, l->host, 0) == 1 &&
         SSL_set_tlsext_host_name(l->ssl, l->host) == 1;
}

static bool set_up(hark__tls_layer *l) {
  BIO *bio;
  if (!(l->ssl = SSL_new(l->tls->ctx)) || !(bio = BIO_new(l->tls->bio))) return false;
  BIO_set_data(bio, l);
  SSL_set_bio(l->ssl, bio, bio);
  SSL_set_app_data(l->ssl, l);
  SSL_set_msg_callback(l->ssl, count_late);
  SSL_set_connect_state(l->ssl);
  if (*l->host && *l->host != '.' && strlen(l->host) <= 255) {
    if (!check_name(l)) return false;
    hark__tls_resume(l);
    return true;
  }
  /* A leading dot would match every name below it; without a name only pins can decide. */
  if (!l->tls->npins)
    hark__tls_fail(l, HARK_ERR_CERT,
                   "There is no name to compare the server's certificate with; give the "
                   "host's name in the address.");
  return true;
}

hark_layer *hark_tls_layer(hark_tls *t, const char *host) {
  hark__tls_layer *l = t ? calloc(1, sizeof *l) : NULL;
  if (!l) return NULL;
  l->base.ops = &tls_ops;
  l->tls = t;
  atomic_fetch_add(&t->refs, 1);
  l->host = hark__bare_host(t->server_name ? t->server_name : host ? host : "");
  if (t->error)
    hark__tls_fail(l, HARK_ERR_CERT, "%s", t->error);
  else if (!l->host || !set_up(l))
    return free_layer(&l->base), NULL;
  return &l->base;
}

int hark_tls_info_get(const hark_layer *tls, hark_tls_info *info) {
  if (!tls || tls->ops != &tls_ops || !ready(tls)) return HARK_ERR_STATE;
  const SSL *ssl = of_const(tls)->ssl;
  info->version = SSL_get_version(ssl);
  info->cipher = SSL_get_cipher_name(ssl);
  return 0;
}

/* RFC 9266 section 2: 32 bytes, no context. */
static int bind_exporter(SSL *ssl, hark_tls_binding *b) {
  static const char label[] = "EXPORTER-Channel-Binding";
  b->type = "tls-exporter", b->n = 32;
  int ok = SSL_export_keying_material(ssl, b->bytes, b->n, label, sizeof label - 1, NULL, 0, 0);
  return ok == 1 ? 0 : HARK_ERR_NOMEM;
}

/* RFC 5929 section 3: the first Finished, which is the server's where a session was resumed.  Two
 * sessions can be made to have the same without an extended master secret. */
static int bind_unique(SSL *ssl, hark_tls_binding *b) {
  if (SSL_get_extms_support(ssl) != 1) return HARK_ERR_CAP;
  b->type = "tls-unique";
  b->n = SSL_session_reused(ssl) ? SSL_get_peer_finished(ssl, b->bytes, sizeof b->bytes)
                                 : SSL_get_finished(ssl, b->bytes, sizeof b->bytes);
  return b->n ? 0 : HARK_ERR_STATE;
}

int hark_tls_binding_get(const hark_layer *tls, hark_tls_binding *binding) {
  if (!tls || tls->ops != &tls_ops || !ready(tls)) return HARK_ERR_STATE;
  SSL *ssl = of_const(tls)->ssl;
  return SSL_version(ssl) == TLS1_3_VERSION ? bind_exporter(ssl, binding)
                                            : bind_unique(ssl, binding);
}
