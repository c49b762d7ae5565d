/* net/tls_staple.c - what the server brings from its CA's OCSP responder.  RFC 6960, RFC 6066.
 * SPDX-License-Identifier: MIT
 *
 * - None: fine, for most servers have none; unless the certificate says that it never comes
 *   without (RFC 7633), which is what a thief of its key would leave out.
 * - The responder's own failure (tryLater and its like): the same as none.  It is not signed, says
 *   nothing of the certificate, and some servers pass on every hiccup of their CA.
 * - Anything else must be a signed, current "good" for this very certificate; RFC 6066 section 8
 *   demands the end of the handshake otherwise, and a server that staples can do it right.
 *   "Revoked" counts also when it is old: it does not pass. */
#include "net/tls.h"

#include "net/text.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <string.h>

#define SKEW           300 /* seconds that clocks may differ */
#define STATUS_REQUEST 5   /* RFC 7633: the TLS extension's number */

typedef enum finding { NONE, GOOD, REVOKED, OLD, WORTHLESS } finding;

static bool must_staple(const X509 *cert) {
  TLS_FEATURE *features = X509_get_ext_d2i(cert, NID_tlsfeature, NULL, NULL);
  bool must = false;
  for (int i = 0; i < sk_ASN1_INTEGER_num(features); i++)
    must |= ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == STATUS_REQUEST;
  TLS_FEATURE_free(features);
  return must;
}

/* Signed by the CA that signed the certificate, or by whom that CA let do it (RFC 6960 section
 * 4.2.2.2): so that CA alone is trusted here. */
static bool is_signed(OCSP_BASICRESP *basic, X509 *issuer) {
  X509_STORE *store = X509_STORE_new();
  const bool ok = store && X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
                  X509_STORE_add_cert(store, issuer) == 1;
  STACK_OF(X509) *certs = ok ? sk_X509_new_null() : NULL;
  const bool good =
      certs && sk_X509_push(certs, issuer) > 0 && OCSP_basic_verify(basic, certs, store, 0) == 1;
  sk_X509_free(certs);
  X509_STORE_free(store);
  return good;
}

/* The CA chooses the hash by which it names the certificate. */
static bool is_about(OCSP_SINGLERESP *single, const X509 *cert, const X509 *issuer) {
  OCSP_CERTID *told = OCSP_CERTID_dup(OCSP_SINGLERESP_get0_id(single)), *id = NULL;
  ASN1_OBJECT *hash = NULL;
  if (told) OCSP_id_get0_info(NULL, &hash, NULL, NULL, told);
  const EVP_MD *md = hash ? EVP_get_digestbyobj(hash) : NULL;
  if (md) id = OCSP_cert_to_id(md, cert, issuer);
  const bool same = id && !OCSP_id_cmp(id, told);
  OCSP_CERTID_free(id);
  OCSP_CERTID_free(told);
  return same;
}

static finding judge_single(OCSP_SINGLERESP *single) {
  ASN1_GENERALIZEDTIME *from = NULL, *to = NULL;
  const int status = OCSP_single_get0_status(single, NULL, NULL, &from, &to);
  if (status == V_OCSP_CERTSTATUS_REVOKED) return REVOKED;
  if (status != V_OCSP_CERTSTATUS_GOOD) return WORTHLESS;
  return OCSP_check_validity(from, to, SKEW, -1) == 1 ? GOOD : OLD;
}

static finding judge_basic(OCSP_BASICRESP *basic, const X509 *cert, X509 *issuer) {
  finding found = WORTHLESS;
  if (!is_signed(basic, issuer)) return WORTHLESS;
  for (int i = 0; i < OCSP_resp_count(basic) && found != REVOKED; i++) {
    OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
    if (is_about(single, cert, issuer)) found = judge_single(single);
  }
  return found;
}

static finding judge_staple(const unsigned char *p, long n, const X509 *cert, X509 *issuer) {
  const unsigned char *end = p + n;
  OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &p, n);
  finding found = WORTHLESS;
  if (response && OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL) found = NONE;
  OCSP_BASICRESP *basic =
      response && p == end && found != NONE ? OCSP_response_get1_basic(response) : NULL;
  if (basic) found = judge_basic(basic, cert, issuer);
  OCSP_BASICRESP_free(basic);
  OCSP_RESPONSE_free(response);
  return found;
}

static int refuse(hark__tls_layer *l, finding found) {
  static const char *const ends[] = {
      [NONE] = "demands word of its CA that it is not revoked (OCSP), and the server brings none; "
               "tell whoever runs the server to turn on OCSP stapling",
      [REVOKED] =
          "was revoked by its CA, so its key may be in foreign hands; do not connect before "
          "whoever runs the server has a new one",
      [OLD] = "comes with word of its CA (OCSP) that is out of date; check this computer's clock, "
              "and if it is right tell whoever runs the server",
      [WORTHLESS] =
          "comes with word of its CA (OCSP) that does not show that it is not revoked; do "
          "not connect, and tell whoever runs the server",
  };
  char host[160];
  hark__show(host, sizeof host, l->host, strlen(l->host));
  hark__tls_fail(l, HARK_ERR_CERT, "The certificate of %s %s.", host, ends[found]);
  return 0;
}

int hark__tls_staple(SSL *ssl, void *unused) {
  (void)unused;
  hark__tls_layer *l = SSL_get_app_data(ssl);
  const unsigned char *p = NULL;
  const long n = SSL_get_tlsext_status_ocsp_resp(ssl, &p);
  STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
  /* Who is trusted as itself (--ca-file) has no CA whose word would count. */
  if (SSL_session_reused(ssl) || sk_X509_num(chain) < 2) return 1;
  X509 *cert = sk_X509_value(chain, 0);
  const finding found = p && n >= 0 ? judge_staple(p, n, cert, sk_X509_value(chain, 1)) : NONE;
  return found == GOOD || (found == NONE && !must_staple(cert)) || refuse(l, found);
}
