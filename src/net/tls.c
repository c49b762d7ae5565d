/* net/tls.c - the settings of TLS: what is trusted, and how little is offered.  RFC 9325.
 * SPDX-License-Identifier: MIT */
#include "net/tls.h"

#include "net/text.h"

#include <ctype.h>
#include <dirent.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool wrong(hark_tls *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool wrong(hark_tls *t, const char *format, ...) {
  va_list args;
  va_start(args, format);
  if (!t->error && vasprintf(&t->error, format, args) < 0) t->error = NULL;
  va_end(args);
  return false;
}

static const char *reason(void) {
  const unsigned long code = ERR_peek_error();
  const char *text =
      ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);
  return text ? text : "cannot be read";
}

/* HEX with or without colons, 32 bytes of it; returns what follows, or NULL. */
static const char *fingerprint(const char *p, unsigned char out[HARK_FINGERPRINT]) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < 2 * (size_t)HARK_FINGERPRINT; i++) {
    if (*p == ':' && i && i % 2 == 0) p++;
    const char *digit = *p ? strchr(digits, tolower((unsigned char)*p)) : NULL;
    if (!digit) return NULL;
    const unsigned value = (unsigned)(digit - digits);
    out[i / 2] = (unsigned char)(i % 2 ? out[i / 2] | value : value << 4);
    p++;
  }
  return p;
}

/* pins = "sha256:" HEX *("," "sha256:" HEX) */
static bool read_pins(hark_tls *t, const char *p) {
  while (p && *p) {
    if (t->npins == HARK_PINS)
      return wrong(t, "There are more than %d fingerprints; give fewer.", HARK_PINS);
    while (*p == ' ') p++;
    if (strncasecmp(p, "sha256:", 7) || !(p = fingerprint(p + 7, t->pins[t->npins])))
      return wrong(t, "A fingerprint is \"sha256:\" and 64 hexadecimal digits; this one is not.");
    while (*p == ' ') p++;
    if (*p && *p++ != ',')
      return wrong(t, "Fingerprints are separated by commas, and each has 64 hexadecimal digits.");
    t->npins++;
  }
  return t->npins > 0 || wrong(t, "No fingerprint is given; it is \"sha256:\" and 64 digits.");
}

/* OpenSSL's folder of certificates: files named by hash ("4042bcee.0"), of which only those
 * that are needed are read; the one file with all of them costs a megabyte and more. */
static bool has_hashed_names(const char *path) {
  bool found = false;
  DIR *dir = opendir(path);
  if (!dir) return false;
  for (const struct dirent *e; !found && (e = readdir(dir));)
    found = strlen(e->d_name) > 9 && strspn(e->d_name, "0123456789abcdef") == 8 &&
            e->d_name[8] == '.' && isdigit((unsigned char)e->d_name[9]);
  closedir(dir);
  return found;
}

static bool trust_system(hark_tls *t) {
  const bool own_dir = getenv(X509_get_default_cert_dir_env());
  const bool own_file = getenv(X509_get_default_cert_file_env());
  SSL_CTX_set_default_verify_dir(t->ctx);
  if (own_file || (!own_dir && !has_hashed_names(X509_get_default_cert_dir())))
    SSL_CTX_set_default_verify_file(t->ctx);
  return true;
}

/* Whoever is in the file is trusted, be it a CA or the server itself. */
static bool trust_file(hark_tls *t, const char *file) {
  char name[200];
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(t->ctx), X509_V_FLAG_PARTIAL_CHAIN);
  if (SSL_CTX_load_verify_file(t->ctx, file) == 1) return true;
  hark__show(name, sizeof name, file, strlen(file));
  return wrong(t, "The CA file %s holds no certificate that can be read (%s); it must be in PEM.",
               name, reason());
}

static int no_passphrase(char *buf, int size, int writing, void *ud) {
  (void)buf, (void)size, (void)writing, (void)ud;
  return -1; /* OpenSSL would ask on the terminal */
}

static bool use_client_cert(hark_tls *t, const char *cert, const char *key) {
  char cert_name[200], key_name[200];
  if (!cert) return !key || wrong(t, "A client key is given without its certificate; give both.");
  if (!key) key = cert;
  hark__show(cert_name, sizeof cert_name, cert, strlen(cert));
  hark__show(key_name, sizeof key_name, key, strlen(key));
  SSL_CTX_set_default_passwd_cb(t->ctx, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(t->ctx, cert) != 1)
    return wrong(t, "The client certificate in %s cannot be used (%s); it must be in PEM.",
                 cert_name, reason());
  const bool read = SSL_CTX_use_PrivateKey_file(t->ctx, key, SSL_FILETYPE_PEM) == 1;
  if (read && SSL_CTX_check_private_key(t->ctx) == 1) return t->has_cert = true;
  /* a key of another kind is only found by the check */
  if (read || ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH)
    return wrong(t, "The key in %s is not that of the client certificate in %s; give its own.",
                 key_name, cert_name);
  return wrong(t,
               "The key of the client certificate in %s cannot be used (%s); it must be in PEM, "
               "without a passphrase.",
               key_name, reason());
}

/* The certificate is set already; this only tells that it was asked for. */
static int cert_wanted(SSL *ssl, void *unused) {
  hark__tls_layer *l = SSL_get_app_data(ssl);
  (void)unused;
  l->asked_for_cert = true;
  return 1;
}

static bool harden(SSL_CTX *ctx) {
  static const unsigned char alpn[] = "\x04imap"; /* RFC 7301; IANA's name for IMAP */
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  /* at least: who set OpenSSL to more wants it here too */
  if (SSL_CTX_get_security_level(ctx) < 2) SSL_CTX_set_security_level(ctx, 2);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(ctx, hark__tls_keep);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_cert_cb(ctx, cert_wanted, NULL);
  SSL_CTX_set_cert_verify_callback(ctx, hark__tls_verify, NULL);
  return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(ctx, "HIGH:!aNULL:!eNULL:!PSK:!SRP:!MD5") == 1 &&
         SSL_CTX_set_alpn_protos(ctx, alpn, sizeof alpn - 1) == 0;
}

static bool configure(hark_tls *t, const hark_tls_config *c) {
  if (c->pins && !read_pins(t, c->pins)) return false;
  if (c->server_name && !(t->server_name = strdup(c->server_name))) return false;
  if (!use_client_cert(t, c->cert_file, c->key_file)) return false;
  if (t->npins) return true; /* nobody's word counts then, an OCSP responder's neither */
  SSL_CTX_set_tlsext_status_type(t->ctx, TLSEXT_STATUSTYPE_ocsp);
  SSL_CTX_set_tlsext_status_cb(t->ctx, hark__tls_staple);
  return c->ca_file ? trust_file(t, c->ca_file) : trust_system(t);
}

hark_tls *hark_tls_new(const hark_tls_config *config) {
  hark_tls_config c = {.size = sizeof c};
  hark_tls *t = calloc(1, sizeof *t);
  if (!t) return NULL;
  if (config) memcpy(&c, config, config->size < sizeof c ? config->size : sizeof c);
  atomic_init(&t->refs, 1);
  ERR_clear_error();
  if ((t->ctx = SSL_CTX_new(TLS_client_method())) && (t->bio = hark__tls_bio_method()) &&
      harden(t->ctx) && (configure(t, &c) || t->error))
    return t;
  hark__tls_unref(t);
  return NULL;
}

void hark__tls_unref(hark_tls *t) {
  if (!t || atomic_fetch_sub(&t->refs, 1) != 1) return;
  hark__tls_forget(t);
  SSL_CTX_free(t->ctx);
  BIO_meth_free(t->bio);
  free(t->server_name);
  free(t->error);
  free(t);
}

void hark_tls_free(hark_tls *t) { hark__tls_unref(t); }

const char *hark_tls_error(const hark_tls *t) { return t ? t->error : NULL; }
