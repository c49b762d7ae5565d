/* tests/unit/tls_server.c - certificates made on the spot, and a TLS server in a thread.
 * SPDX-License-Identifier: MIT */
#include "tls_server.h"
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- certificates --- */

static void add_extension(X509 *cert, int nid, const char *value) {
  X509V3_CTX ctx;
  X509V3_set_ctx_nodb(&ctx);
  X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
  X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
  assert(ext);
  X509_add_ext(cert, ext, -1);
  X509_EXTENSION_free(ext);
}

static void add_raw_name(X509 *cert, const char *p, int n) {
  GENERAL_NAMES *names = GENERAL_NAMES_new();
  GENERAL_NAME *name = GENERAL_NAME_new();
  ASN1_IA5STRING *value = ASN1_IA5STRING_new();
  ASN1_STRING_set(value, p, n);
  GENERAL_NAME_set0_value(name, GEN_DNS, value);
  sk_GENERAL_NAME_push(names, name);
  X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0);
  GENERAL_NAMES_free(names);
}

void identity_make(identity *id, const wanted *w) {
  static long serial = 1;
  const identity *issuer = w->issuer ? w->issuer : id;
  id->key = EVP_EC_gen("P-256");
  id->cert = X509_new();
  id->between = NULL;
  assert(id->key && id->cert);
  X509_set_version(id->cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(id->cert), serial++);
  X509_gmtime_adj(X509_getm_notBefore(id->cert), w->from_days * 86400L - 60);
  X509_gmtime_adj(X509_getm_notAfter(id->cert), (w->to_days ? w->to_days : 30) * 86400L);
  X509_set_pubkey(id->cert, id->key);
  const unsigned char *name = (const unsigned char *)w->common_name;
  X509_NAME_add_entry_by_txt(X509_get_subject_name(id->cert), "CN", MBSTRING_UTF8, name, -1, -1, 0);
  X509_set_issuer_name(id->cert, X509_get_subject_name(issuer->cert));
  add_extension(id->cert, NID_basic_constraints, w->ca ? "critical,CA:TRUE" : "CA:FALSE");
  if (w->names) add_extension(id->cert, NID_subject_alt_name, w->names);
  if (w->raw_dns) add_raw_name(id->cert, w->raw_dns, w->raw_dns_n);
  int signed_bytes = X509_sign(id->cert, issuer->key, EVP_sha256());
  assert(signed_bytes > 0);
  (void)signed_bytes;
}

void identity_free(identity *id) {
  EVP_PKEY_free(id->key);
  X509_free(id->cert);
  sk_X509_pop_free(id->between, X509_free);
  *id = (identity){0};
}

void identity_load(identity *id, const char *folder, const char *name) {
  char path[300];
  X509 *more;
  snprintf(path, sizeof path, "%s/%s.pem", folder, name);
  BIO *bio = BIO_new_file(path, "r");
  id->cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
  id->between = sk_X509_new_null();
  while (id->cert && (more = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
    sk_X509_push(id->between, more);
  BIO_free(bio);
  snprintf(path, sizeof path, "%s/%s.key", folder, name);
  bio = BIO_new_file(path, "r");
  id->key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
  BIO_free(bio);
  ERR_clear_error();
  if (!id->cert || !id->key) fprintf(stderr, "%s cannot be read\n", path);
  assert(id->cert && id->key);
}

memory_file identity_save(const identity *id) {
  memory_file m = {.fd = memfd_create("certificate", MFD_CLOEXEC)};
  BIO *bio = BIO_new_fd(m.fd, BIO_NOCLOSE);
  int written = bio ? PEM_write_bio_X509(bio, id->cert) : 0;
  assert(written);
  (void)written;
  BIO_free(bio);
  snprintf(m.path, sizeof m.path, "/proc/self/fd/%d", m.fd);
  return m;
}

void identity_pin(const identity *id, char out[80]) {
  unsigned char digest[32];
  unsigned n = 0;
  X509_digest(id->cert, EVP_sha256(), digest, &n);
  size_t at = (size_t)sprintf(out, "sha256:");
  for (unsigned i = 0; i < n; i++) at += (size_t)sprintf(out + at, "%02x", digest[i]);
}

/* --- the server --- */

static int no_protocol(SSL *ssl, const unsigned char **out, unsigned char *n,
                       const unsigned char *in, unsigned in_n, void *ud) {
  tls_server *s = ud;
  (void)ssl, (void)out, (void)n;
  if (in_n && in[0] < sizeof s->alpn) memcpy(s->alpn, in + 1, in[0]);
  return SSL_TLSEXT_ERR_NOACK; /* it has never heard of it */
}

static void say(SSL *ssl, const char *text) { SSL_write(ssl, text, (int)strlen(text)); }

static void read_to_the_end(tls_server *s, SSL *ssl) {
  char bytes[4096];
  for (int n; (n = SSL_read(ssl, bytes, sizeof bytes)) > 0;) {
    const size_t at = strlen(s->told);
    snprintf(s->told + at, sizeof s->told - at, "%.*s", n, bytes);
    say(ssl, "* BYE bye\r\nA1 OK out\r\n");
  }
  s->client_closed = SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN;
}

/* What the client's first message offers. */
static int look_at_hello(SSL *ssl, int *alert, void *ud) {
  tls_server *s = ud;
  const unsigned char *p;
  size_t n;
  (void)alert;
  s->asked_staple = SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_status_request, &p, &n);
  s->asked_early = SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_early_data, &p, &n);
  n = SSL_client_hello_get0_compression_methods(ssl, &p);
  s->asked_compression = n != 1 || p[0] != 0; /* the one there must be is "none" */
  return SSL_CLIENT_HELLO_SUCCESS;
}

static int give_staple(SSL *ssl, void *ud) {
  const tls_server *s = ud;
  if (!s->staple) return SSL_TLSEXT_ERR_NOACK;
  unsigned char *p = OPENSSL_memdup(s->staple->p, (size_t)s->staple->n); /* OpenSSL frees it */
  SSL_set_tlsext_status_ocsp_resp(ssl, p, s->staple->n);
  return SSL_TLSEXT_ERR_OK;
}

static void remember_client(tls_server *s, const SSL *ssl) {
  X509 *cert = SSL_get0_peer_certificate(ssl);
  s->client[0] = 0;
  if (!cert || SSL_get_verify_result(ssl) != X509_V_OK) return;
  X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, s->client,
                            sizeof s->client);
}

enum { FLOOD = 4000 };

/* New keys, which the client has to answer; it does with a refusal, or with its own. */
static bool ask_anew(SSL *ssl) {
  int ok = SSL_version(ssl) == TLS1_3_VERSION ? SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
                                              : SSL_renegotiate(ssl);
  return ok == 1 && SSL_do_handshake(ssl) == 1;
}

/* Until the client closes: it must not wait for us to do so. */
static void talk_on(tls_server *s, int fd) {
  char rest[256];
  if (send(fd, "* OK more\r\n", 11, MSG_NOSIGNAL) < 0) s->manner = CUT;
  while (recv(fd, rest, sizeof rest, 0) > 0) {
  }
}

static void behave(tls_server *s, SSL *ssl, int fd) {
  const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  snprintf(s->sni, sizeof s->sni, "%s", sni ? sni : "");
  s->resumed = SSL_session_reused(ssl);
  s->early = SSL_get_early_data_status(ssl);
  s->shook_hands = true;
  s->asked = 0;
  remember_client(s, ssl);
  if (s->manner == ASKS_ANEW) s->asked += ask_anew(ssl);
  while (s->manner == FLOODS && s->asked < FLOOD && ask_anew(ssl)) s->asked++;
  if (s->manner == CUT_INSIDE)
    say(ssl, "* PREAUTH ready\r\n* OK {40}\r\n* LIST () \"/\" {40}\r\nthat is no");
  else
    say(ssl, "* OK [CAPABILITY IMAP4rev1] ready\r\n");
  if (s->manner == ANSWERS) read_to_the_end(s, ssl);
  if (s->manner == POLITE || s->manner == TALKS_ON || s->manner == ASKS_ANEW) SSL_shutdown(ssl);
  if (s->manner == TALKS_ON) talk_on(s, fd);
}

static void serve(tls_server *s, int fd) {
  const int at_once = 1; /* each small record waited 40 ms for the one before */
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  if (s->manner == PLAIN && send(fd, s->text, strlen(s->text), MSG_NOSIGNAL) < 0) s->manner = CUT;
  if (s->manner != PLAIN && s->manner != HANGS_UP) {
    SSL *ssl = SSL_new(s->ctx);
    SSL_set_fd(ssl, fd);
    s->shook_hands = false;
    s->told[0] = 0;
    if (SSL_accept(ssl) == 1) behave(s, ssl, fd);
    s->handshakes = (int)SSL_CTX_sess_accept_good(s->ctx);
    SSL_free(ssl);
  }
  /* what the client has still said must not turn the end into a reset */
  ssize_t n;
  shutdown(fd, SHUT_WR);
  s->heard_n = 0;
  while ((n = read(fd, s->heard + s->heard_n, sizeof s->heard - s->heard_n)) > 0)
    s->heard_n += (size_t)n;
  close(fd);
}

static void *run(void *ud) {
  tls_server *s = ud;
  sigset_t pipe; /* the client may have gone */
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, NULL);
  for (int i = 0; i < s->connections; i++) {
    int fd = accept(s->listener, NULL, NULL);
    if (fd >= 0) serve(s, fd);
  }
  ERR_clear_error();
  return NULL;
}

void tls_server_start(tls_server *s, int connections) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t n = sizeof a;
  s->ctx = SSL_CTX_new(TLS_server_method());
  s->connections = connections;
  SSL_CTX_set_security_level(s->ctx, 0);
  if (s->least) SSL_CTX_set_min_proto_version(s->ctx, s->least);
  if (s->most) SSL_CTX_set_max_proto_version(s->ctx, s->most);
  if (s->ciphers) SSL_CTX_set_cipher_list(s->ctx, s->ciphers);
  SSL_CTX_set_session_id_context(s->ctx, (const unsigned char *)"t", 1);
  if (!s->tickets) SSL_CTX_set_options(s->ctx, SSL_OP_NO_TICKET);
  /* tickets that it need not remember: it would forget those of connections that were cut */
  if (s->tickets) SSL_CTX_set_options(s->ctx, SSL_OP_NO_ANTI_REPLAY);
  if (s->tickets) SSL_CTX_set_max_early_data(s->ctx, 16384);
  SSL_CTX_set_alpn_select_cb(s->ctx, no_protocol, s);
  SSL_CTX_set_client_hello_cb(s->ctx, look_at_hello, s);
  SSL_CTX_set_tlsext_status_cb(s->ctx, give_staple);
  SSL_CTX_set_tlsext_status_arg(s->ctx, s);
  SSL_CTX_set_mode(s->ctx, SSL_MODE_NO_AUTO_CHAIN);
  if (s->id) SSL_CTX_use_cert_and_key(s->ctx, s->id->cert, s->id->key, s->id->between, 1);
  if (s->client_ca) {
    SSL_CTX_load_verify_file(s->ctx, s->client_ca);
    SSL_CTX_set_verify(s->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  }
  s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int err = bind(s->listener, (struct sockaddr *)&a, sizeof a) || listen(s->listener, 8) ||
            getsockname(s->listener, (struct sockaddr *)&a, &n);
  assert(!err);
  snprintf(s->port, sizeof s->port, "%u", ntohs(a.sin_port));
  err = pthread_create(&s->thread, NULL, run, s);
  assert(!err);
}

void tls_server_wait(tls_server *s) {
  pthread_join(s->thread, NULL);
  close(s->listener);
  SSL_CTX_free(s->ctx);
  s->ctx = NULL;
}
