/* net/tls_verify.c - is this the server's certificate?  RFC 5280, RFC 9525; or a fingerprint.
 * SPDX-License-Identifier: MIT */
#include "net/tls.h"

#include "net/text.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NAMES_TOLD 6

static bool take_fingerprint(const X509 *cert, unsigned char out[HARK_FINGERPRINT]) {
  unsigned n = 0;
  return X509_digest(cert, EVP_sha256(), out, &n) == 1 && n == HARK_FINGERPRINT;
}

static void hex(const unsigned char fingerprint[HARK_FINGERPRINT],
                char out[2 * HARK_FINGERPRINT + 1]) {
  for (size_t i = 0; i < HARK_FINGERPRINT; i++) snprintf(out + 2 * i, 3, "%02x", fingerprint[i]);
}

static bool has_pin(const hark_tls *t, const unsigned char fingerprint[HARK_FINGERPRINT]) {
  for (size_t i = 0; i < t->npins; i++)
    if (!CRYPTO_memcmp(t->pins[i], fingerprint, HARK_FINGERPRINT)) return true;
  return false;
}

/* Who shows a certificate whose key can be computed from it shows nothing. */
static bool has_strong_key(const X509 *cert) {
  const EVP_PKEY *key = X509_get0_pubkey(cert);
  return key &&
         EVP_PKEY_get_security_bits(key) >= 112; /* RSA of 2,048 bits; RFC 9325 section 4.5 */
}

static int check_pins(hark__tls_layer *l, X509 *cert) {
  unsigned char fingerprint[HARK_FINGERPRINT];
  if (!take_fingerprint(cert, fingerprint)) return l->nomem = true, 0;
  if (!has_pin(l->tls, fingerprint))
    hark__tls_refuse_pin(l, fingerprint);
  else if (!has_strong_key(cert))
    hark__tls_refuse(l, cert, X509_V_ERR_EE_KEY_TOO_SMALL, cert);
  return !l->err;
}

int hark__tls_verify(X509_STORE_CTX *store, void *unused) {
  (void)unused;
  SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
  hark__tls_layer *l = SSL_get_app_data(ssl);
  X509 *leaf = X509_STORE_CTX_get0_cert(store);
  l->proved = time(NULL);
  if (l->tls->npins) {
    const int ok = check_pins(l, leaf);
    X509_STORE_CTX_set_error(store, ok ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
    return ok;
  }
  if (X509_verify_cert(store) == 1) return 1;
  const int err = X509_STORE_CTX_get_error(store);
  X509 *at = X509_STORE_CTX_get_current_cert(store);
  l->sent = sk_X509_num(X509_STORE_CTX_get0_untrusted(store));
  hark__tls_refuse(l, leaf, err, at ? at : leaf);
  return 0;
}

bool hark__tls_verify_again(const hark__tls_layer *l) {
  unsigned char fingerprint[HARK_FINGERPRINT];
  X509 *leaf = SSL_get0_peer_certificate(l->ssl);
  if (l->tls->npins)
    return leaf && take_fingerprint(leaf, fingerprint) && has_pin(l->tls, fingerprint);
  X509_STORE_CTX *store = X509_STORE_CTX_new();
  bool good = store && leaf &&
              X509_STORE_CTX_init(store, SSL_CTX_get_cert_store(l->tls->ctx), leaf,
                                  SSL_get_peer_cert_chain(l->ssl)) == 1 &&
              X509_STORE_CTX_set_default(store, "ssl_server") == 1;
  if (good) { /* as OpenSSL does in a handshake */
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(store);
    X509_VERIFY_PARAM_set_auth_level(param, SSL_get_security_level(l->ssl));
    good =
        X509_VERIFY_PARAM_set1(param, SSL_get0_param(l->ssl)) == 1 && X509_verify_cert(store) == 1;
  }
  X509_STORE_CTX_free(store);
  return good;
}

static void show_name(char *out, size_t cap, const GENERAL_NAME *name) {
  int type;
  const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
  const unsigned char *p =
      type == GEN_DNS || type == GEN_IPADD ? ASN1_STRING_get0_data(value) : NULL;
  const int n = p ? ASN1_STRING_length(value) : 0;
  *out = 0;
  if (type == GEN_DNS)
    hark__show(out, cap, p, (size_t)n);
  else if (type == GEN_IPADD && (n == 4 || n == 16))
    inet_ntop(n == 4 ? AF_INET : AF_INET6, p, out, (socklen_t)cap);
}

/* "a.example, *.b.example and 3 more" */
static void show_names(char *out, size_t cap, const X509 *cert) {
  GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
  int told = 0, more = 0;
  size_t at = 0;
  *out = 0;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
    char one[80];
    show_name(one, sizeof one, sk_GENERAL_NAME_value(names, i));
    if (!*one) continue;
    if (told == NAMES_TOLD) {
      more++;
      continue;
    }
    const int n = snprintf(out + at, cap - at, "%s%s", told++ ? ", " : "", one);
    at += n > 0 && (size_t)n < cap - at ? (size_t)n : 0;
  }
  if (!told) snprintf(out, cap, "no host at all");
  if (more) snprintf(out + at, cap - at, " and %d more", more);
  GENERAL_NAMES_free(names);
}

static void show_day(char out[32], const ASN1_TIME *time) {
  struct tm tm;
  if (ASN1_TIME_to_tm(time, &tm) == 1)
    snprintf(out, 32, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
  else
    snprintf(out, 32, "a date that cannot be read");
}

static void refuse_name(hark__tls_layer *l, const char *host, const X509 *cert) {
  char names[NAMES_TOLD * 82 + 32];
  show_names(names, sizeof names, cert);
  hark__tls_fail(l, HARK_ERR_CERT,
                 "The server's certificate is not for %s but for %s; check the host in the "
                 "address, it must be one of the names in the certificate.",
                 host, names);
}

/* Alone it cannot be told whether its CA is foreign or the one between was left out. */
static const char *what_signer(const hark__tls_layer *l, bool self) {
  if (self) return "The server's certificate is signed by nobody but itself";
  if (l->sent > 1)
    return "The server's certificate is signed by a CA that this computer does not know";
  return "The server's certificate is signed by a CA that this computer does not know, and the "
         "server sends no intermediate certificate: if there is one, whoever runs the server must "
         "add it";
}

static void refuse_signer(hark__tls_layer *l, const char *host, const X509 *cert, bool self) {
  unsigned char fingerprint[HARK_FINGERPRINT];
  char pin[2 * HARK_FINGERPRINT + 1];
  if (!take_fingerprint(cert, fingerprint)) {
    l->nomem = true;
    return;
  }
  hex(fingerprint, pin);
  hark__tls_fail(
      l, HARK_ERR_CERT,
      "%s; if whoever runs the server confirms this fingerprint, add --pin sha256:%s, or "
      "--ca-file FILE with the certificate of the CA that signed it (asked for: %s).",
      what_signer(l, self), pin, host);
}

static void refuse_date(hark__tls_layer *l, const char *host, const X509 *at, bool expired) {
  char day[32];
  show_day(day, expired ? X509_get0_notAfter(at) : X509_get0_notBefore(at));
  if (expired)
    hark__tls_fail(l, HARK_ERR_CERT,
                   "The certificate of %s expired on %s; whoever runs the server must renew it (if "
                   "that day is not over yet, this computer's clock is wrong).",
                   host, day);
  else
    hark__tls_fail(l, HARK_ERR_CERT,
                   "The certificate of %s is not valid before %s; check this computer's clock, and "
                   "if it is right tell whoever runs the server.",
                   host, day);
}

static void refuse_weak(hark__tls_layer *l, const char *host, const char *what) {
  hark__tls_fail(l, HARK_ERR_CERT,
                 "The certificate of %s can be forged: %s; whoever runs the server must get a new "
                 "one (RSA of 2048 bits or P-256, signed with SHA-256, or more).",
                 host, what);
}

static void refuse_limit(hark__tls_layer *l, const char *host, const X509 *cert) {
  char names[NAMES_TOLD * 82 + 32];
  show_names(names, sizeof names, cert);
  hark__tls_fail(l, HARK_ERR_CERT,
                 "The certificate of %s is for %s, and the CA that signed it must not sign for all "
                 "of these (name constraints); do not connect, and tell whoever runs the server.",
                 host, names);
}

void hark__tls_refuse(hark__tls_layer *l, X509 *cert, int x509_err, X509 *at) {
  char host[160];
  hark__show(host, sizeof host, l->host, strlen(l->host));
  switch (x509_err) {
  case X509_V_ERR_OUT_OF_MEM: l->nomem = true; break;
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH: refuse_name(l, host, cert); break;
  case X509_V_ERR_CERT_HAS_EXPIRED: refuse_date(l, host, at, true); break;
  case X509_V_ERR_CERT_NOT_YET_VALID: refuse_date(l, host, at, false); break;
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: refuse_signer(l, host, cert, true); break;
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
  case X509_V_ERR_CERT_UNTRUSTED: refuse_signer(l, host, cert, false); break;
  case X509_V_ERR_EE_KEY_TOO_SMALL: refuse_weak(l, host, "its key is too short"); break;
  case X509_V_ERR_CA_KEY_TOO_SMALL: refuse_weak(l, host, "the key of its CA is too short"); break;
  case X509_V_ERR_CA_MD_TOO_WEAK:
    refuse_weak(l, host, "it is signed with a hash that is broken, as SHA-1 is");
    break;
  case X509_V_ERR_PERMITTED_VIOLATION:
  case X509_V_ERR_EXCLUDED_VIOLATION: refuse_limit(l, host, cert); break;
  default:
    hark__tls_fail(l, HARK_ERR_CERT,
                   "The certificate of %s is not acceptable (%s); tell whoever runs the server.",
                   host, X509_verify_cert_error_string(x509_err));
  }
}

void hark__tls_refuse_pin(hark__tls_layer *l, const unsigned char fingerprint[HARK_FINGERPRINT]) {
  char host[160], pin[2 * HARK_FINGERPRINT + 1];
  hark__show(host, sizeof host, l->host, strlen(l->host));
  hex(fingerprint, pin);
  hark__tls_fail(l, HARK_ERR_CERT,
                 "The certificate of %s has none of the fingerprints that were given; if whoever "
                 "runs the server confirms that it was changed, give the new one: --pin sha256:%s.",
                 host, pin);
}
