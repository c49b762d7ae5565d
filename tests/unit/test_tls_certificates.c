/* tests/unit/test_tls_certificates.c - each way in which a certificate can be wrong, made by the
 * openssl command: refused with a sentence that says what to do, before the password leaves.
 * SPDX-License-Identifier: MIT */
#include "tls_play.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ocsp.h>

#include <cmocka.h>

static char folder[] = "/tmp/hark-certificates-XXXXXX";
static char ca_file[100];
static identity ca;

static void path_of(char out[100], const char *name) { snprintf(out, 100, "%s/%s", folder, name); }

static int remove_all(void **state) {
  (void)state;
  char command[100];
  identity_free(&ca);
  snprintf(command, sizeof command, "rm -r %s", folder);
  return system(command);
}

static int make_all(void **state) {
  assert_non_null(mkdtemp(folder));
  char command[400];
  snprintf(command, sizeof command, "%s %s", HARK_CERTIFICATES, folder);
  if (system(command)) {
    remove_all(state);
    return -1;
  }
  path_of(ca_file, "ca.pem");
  identity_load(&ca, folder, "ca");
  return 0;
}

static int setup(void **state) {
  (void)state;
  play_reset(NULL, ca_file);
  server.manner = ANSWERS;
  signs_in = true;
  return 0;
}

/* The control: the same client with a good certificate says the password. */
static void signed_in(const char *name) {
  identity id;
  identity_load(&id, folder, name);
  server.id = &id;
  accepted();
  assert_non_null(strstr(server.told, PASSWORD));
  identity_free(&id);
}

static void turned_away(const char *name, const char *what, const char *advice) {
  identity id;
  identity_load(&id, folder, name);
  server.id = &id;
  for (server.most = TLS1_2_VERSION; server.most <= TLS1_3_VERSION; server.most++) {
    refused(HARK_ERR_CERT, what);
    if (!strstr(o.text, advice)) fail_msg("%s", o.text);
  }
  server.most = 0;
  identity_free(&id);
}

/* --- what is wrong with it --- */

typedef struct wrong {
  const char *test, *name, *host; /* NULL: imap.test */
  const char *what, *advice;
  const char *good; /* beside it, at the same host or good_host */
  const char *good_host;
} wrong;

#define NAMES  "The server's certificate is not for "
#define CHECK  "check the host in the address, it must be one of the names in the certificate"
#define BROKEN "The certificate of imap.test can be forged: "
#define RENEW  "whoever runs the server must get a new one (RSA of 2048 bits or P-256"
#define STAR   "mail.example.org"

/* SEC A-19: refused for issuer, time and host; there is no option to go on all the same.
 * SEC A-20: a NUL in the name.  SEC A-22: wildcards and addresses. */
static const wrong wrongs[] = {
    {"expired", "expired", NULL, "The certificate of imap.test expired on 20",
     "whoever runs the server must renew it", "good", NULL},
    {"not yet valid", "not-yet", NULL, "The certificate of imap.test is not valid before 20",
     "check this computer's clock", "good", NULL},
    {"wrong host", "wrong-host", NULL, NAMES "imap.test but for mail.test; ", CHECK, "good", NULL},
    {"self-signed", "self-signed", NULL, "is signed by nobody but itself",
     "confirms this fingerprint, add --pin sha256:", "good", NULL},
    {"unknown CA", "stranger", NULL, "is signed by a CA that this computer does not know",
     "--ca-file FILE with the certificate of the CA", "good", NULL},
    {"weak key", "rsa-1024", NULL, BROKEN "its key is too short", RENEW, "rsa", NULL},
    {"weak key of the CA", "behind-short", NULL, BROKEN "the key of its CA is too short", RENEW,
     "behind-middle", NULL},
    {"SHA-1", "sha-1", NULL, BROKEN "it is signed with a hash that is broken, as SHA-1", RENEW,
     "good", NULL},
    {"SHA-1 between", "behind-sha-1", NULL, BROKEN "it is signed with a hash that is broken", RENEW,
     "behind-middle", NULL},
    {"name constraints", "narrow-broken", NULL,
     "The certificate of imap.test is for imap.test, and the CA that signed it must not sign",
     "do not connect, and tell whoever runs the server", "narrow-kept", "imap.example.org"},
    {"address", "other-address", "127.0.0.1", NAMES "127.0.0.1 but for 127.0.0.2; ", CHECK,
     "address", NULL},
    {"address as a name", "address-as-name", "127.0.0.1", NAMES "127.0.0.1 but for 127.0.0.1; ",
     CHECK, "address", NULL},
    {"wildcard within a label", "wildcard-partial", STAR, NAMES STAR, CHECK, "wildcard", NULL},
    {"wildcard behind a prefix", "wildcard-prefix", STAR, NAMES STAR, CHECK, "wildcard", NULL},
    {"wildcard in the second label", "wildcard-inside", STAR, NAMES STAR, CHECK, "wildcard", NULL},
    {"two wildcards", "wildcard-twice", STAR, NAMES STAR, CHECK, "wildcard", NULL},
    {"wildcard for two labels", "wildcard", "a." STAR, NAMES "a." STAR, CHECK, "wildcard", STAR},
    {"wildcard for no label", "wildcard", "example.org", NAMES "example.org", CHECK, "wildcard",
     STAR},
    {"wildcard of a top level", "wildcard-top", "example.org", NAMES "example.org", CHECK,
     "wildcard", STAR},
    {"wildcard alone", "wildcard-alone", "localhost", NAMES "localhost", CHECK, "wildcard", STAR},
    {"NUL in the name", "nul", NULL, NAMES "imap.test but for imap.test\\x00.evil.example; ", CHECK,
     "good", NULL},
    {"intermediate missing", "middle-missing", NULL,
     "does not know, and the server sends no intermediate certificate",
     "whoever runs the server must add it", "behind-middle", NULL},
};

static void a_wrong_one(void **state) {
  const wrong *w = *state;
  setup(state);
  host = w->good_host ? w->good_host : w->host ? w->host : "imap.test";
  signed_in(w->good);
  host = w->host ? w->host : "imap.test";
  turned_away(w->name, w->what, w->advice);
}

static void a_pin_of_a_weak_key(void **state) { /* SEC A-23 */
  (void)state;
  static const char *const names[] = {"rsa", "rsa-1024"};
  char pin[80];
  for (size_t i = 0; i < 2; i++) {
    identity id;
    identity_load(&id, folder, names[i]);
    identity_pin(&id, pin);
    identity_free(&id);
    config = (hark_tls_config){.size = sizeof config, .pins = pin};
    if (!i)
      signed_in(names[i]);
    else
      turned_away(names[i], BROKEN "its key is too short", RENEW);
  }
}

/* --- what its CA says of it --- */

typedef struct answer { /* of an OCSP responder */
  int status;
  const char *about, *signer;
  long from, to;
  const EVP_MD *hash;
} answer;

static staple make_staple(const answer *a) {
  identity cert, signer;
  identity_load(&cert, folder, a->about);
  identity_load(&signer, folder, a->signer);
  OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
  OCSP_CERTID *id = OCSP_cert_to_id(a->hash, cert.cert, ca.cert);
  ASN1_TIME *from = X509_gmtime_adj(NULL, a->from), *to = X509_gmtime_adj(NULL, a->to);
  ASN1_TIME *revoked = a->status == V_OCSP_CERTSTATUS_REVOKED ? from : NULL;
  OCSP_basic_add1_status(basic, id, a->status, OCSP_REVOKED_STATUS_KEYCOMPROMISE, revoked, from,
                         to);
  const unsigned long flags = strcmp(a->signer, "ca") ? 0 : OCSP_NOCERTS;
  assert_int_equal(OCSP_basic_sign(basic, signer.cert, signer.key, EVP_sha256(), NULL, flags), 1);
  OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
  staple s = {0};
  s.n = i2d_OCSP_RESPONSE(response, &s.p);
  OCSP_RESPONSE_free(response), OCSP_BASICRESP_free(basic), OCSP_CERTID_free(id);
  ASN1_TIME_free(from), ASN1_TIME_free(to);
  identity_free(&cert), identity_free(&signer);
  return s;
}

static staple good_answer(void) {
  return make_staple(&(answer){V_OCSP_CERTSTATUS_GOOD, "good", "ca", -60, 3600, EVP_sha1()});
}

static void stapled(const answer *a, const char *what, const char *advice) {
  staple s = make_staple(a);
  server.staple = &s;
  if (what)
    turned_away("good", what, advice);
  else
    signed_in("good");
  assert_true(server.asked_staple);
  OPENSSL_free(s.p);
}

static void good_says_the_ca(void **state) {
  (void)state;
  stapled(&(answer){V_OCSP_CERTSTATUS_GOOD, "good", "ca", -60, 3600, EVP_sha1()}, NULL, NULL);
  stapled(&(answer){V_OCSP_CERTSTATUS_GOOD, "good", "ca", -60, 3600, EVP_sha256()}, NULL, NULL);
  stapled(&(answer){V_OCSP_CERTSTATUS_GOOD, "good", "responder", -60, 3600, EVP_sha1()}, NULL,
          NULL);
}

static void revoked_says_the_ca(void **state) { /* SEC A-19 */
  (void)state;
  static const char what[] = "The certificate of imap.test was revoked by its CA",
                    advice[] = "do not connect before whoever runs the server has a new one";
  stapled(&(answer){V_OCSP_CERTSTATUS_REVOKED, "good", "ca", -60, 3600, EVP_sha1()}, what, advice);
  stapled(&(answer){V_OCSP_CERTSTATUS_REVOKED, "good", "responder", -60, 3600, EVP_sha1()}, what,
          advice);
  /* and it does not pass */
  stapled(&(answer){V_OCSP_CERTSTATUS_REVOKED, "good", "ca", -7200, -3600, EVP_sha1()}, what,
          advice);
}

static void out_of_date_is_what_the_ca_says(void **state) {
  (void)state;
  static const char what[] = "(OCSP) that is out of date", advice[] = "check this computer's clock";
  stapled(&(answer){V_OCSP_CERTSTATUS_GOOD, "good", "ca", -7200, -3600, EVP_sha1()}, what, advice);
  stapled(&(answer){V_OCSP_CERTSTATUS_GOOD, "good", "ca", 3600, 7200, EVP_sha1()}, what, advice);
}

static void worthless_is_what_is_stapled(void **state) {
  (void)state;
  static const answer answers[] = {
      {V_OCSP_CERTSTATUS_UNKNOWN, "good", "ca", -60, 3600, NULL},
      {V_OCSP_CERTSTATUS_GOOD, "wrong-host", "ca", -60, 3600, NULL}, /* of another certificate */
      {V_OCSP_CERTSTATUS_GOOD, "good", "stranger-ca", -60, 3600, NULL},
      {V_OCSP_CERTSTATUS_GOOD, "good", "good", -60, 3600, NULL},   /* its own word */
      {V_OCSP_CERTSTATUS_GOOD, "good", "client", -60, 3600, NULL}, /* same CA, no responder */
  };
  static const char what[] = "(OCSP) that does not show that it is not revoked",
                    advice[] = "tell whoever runs the server";
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    answer a = answers[i];
    a.hash = EVP_sha1();
    stapled(&a, what, advice);
  }
  staple s = good_answer();
  server.staple = &s;
  signed_in("good");
  s.p[s.n - 1] ^= 1; /* a signature that is none */
  turned_away("good", what, advice);
  s.p[s.n - 1] ^= 1;
  s.n--; /* cut */
  turned_away("good", what, advice);
  s.n++;
  s.p[0] ^= 1; /* no answer at all */
  turned_away("good", what, advice);
  OPENSSL_free(s.p);
}

static void a_failing_responder_says_nothing(void **state) {
  (void)state;
  OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, NULL);
  staple s = {0};
  s.n = i2d_OCSP_RESPONSE(response, &s.p);
  OCSP_RESPONSE_free(response);
  server.staple = &s;
  signed_in("good");
  turned_away("must-staple", "demands word of its CA that it is not revoked (OCSP)",
              "turn on OCSP stapling");
  OPENSSL_free(s.p);
}

static void a_certificate_that_must_be_stapled(void **state) {
  (void)state;
  turned_away("must-staple", "and the server brings none", "turn on OCSP stapling");
  staple s =
      make_staple(&(answer){V_OCSP_CERTSTATUS_GOOD, "must-staple", "ca", -60, 3600, EVP_sha1()});
  server.staple = &s;
  signed_in("must-staple");
  OPENSSL_free(s.p);
}

static void a_staple_below_an_intermediate(void **state) {
  (void)state;
  identity id, middle;
  identity_load(&id, folder, "behind-middle");
  identity_load(&middle, folder, "middle-ca");
  const identity root = ca;
  static const struct {
    int status;
    bool by_root;
    const char *what;
  } cases[] = {{V_OCSP_CERTSTATUS_GOOD, false, NULL},
               {V_OCSP_CERTSTATUS_REVOKED, false, "was revoked by its CA"},
               {V_OCSP_CERTSTATUS_GOOD, true, "(OCSP) that does not show that it is not revoked"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ca = middle; /* who names the certificate */
    staple s = make_staple(&(answer){cases[i].status, "behind-middle",
                                     cases[i].by_root ? "ca" : "middle-ca", -60, 3600, EVP_sha1()});
    ca = root;
    server.staple = &s;
    if (cases[i].what)
      turned_away("behind-middle", cases[i].what, "whoever runs the server");
    else
      signed_in("behind-middle");
    OPENSSL_free(s.p);
  }
  identity_free(&id), identity_free(&middle);
}

/* --- the client's own --- */

static char cert_file[100], key_file[100];

static void comes_with(const char *cert, const char *key) {
  path_of(cert_file, cert);
  path_of(key_file, key);
  config.cert_file = cert_file;
  config.key_file = key_file;
}

static void the_server_asks_for_a_certificate(void **state) {
  (void)state;
  server.client_ca = ca_file;
  comes_with("client.pem", "client.key");
  for (server.most = TLS1_2_VERSION; server.most <= TLS1_3_VERSION; server.most++) {
    signed_in("good");
    assert_string_equal(server.client, "client");
  }
}

static void the_server_takes_no_other_certificate(void **state) {
  (void)state;
  identity good;
  identity_load(&good, folder, "good");
  server.id = &good;
  server.client_ca = ca_file;
  for (server.most = TLS1_2_VERSION; server.most <= TLS1_3_VERSION; server.most++) {
    config.cert_file = config.key_file = NULL;
    refused(HARK_ERR_LAYER, "imap.test demands a client certificate; give one");
    comes_with("stranger-client.pem", "stranger-client.key");
    refused(HARK_ERR_LAYER, "imap.test does not accept the client certificate");
  }
  identity_free(&good);
}

static void unusable(const char *what) {
  hark_tls *t = hark_tls_new(&config);
  assert_non_null(t);
  assert_non_null(hark_tls_error(t));
  if (!strstr(hark_tls_error(t), what)) fail_msg("%s", hark_tls_error(t));
  hark_tls_free(t);
}

static void client_certificates_that_cannot_be_used(void **state) {
  (void)state;
  char sentence[300];
  comes_with("nothing.pem", "client.key");
  unusable("nothing.pem cannot be used (No such file or directory); it must be in PEM");
  comes_with("client.csr", "client.key");
  unusable("client.csr cannot be used (no start line); it must be in PEM");
  comes_with("client.pem", "nothing.key");
  unusable("nothing.key cannot be used (No such file or directory); it must be in PEM");
  comes_with("client.pem", "client.pem");
  unusable("The key of the client certificate in ");
  static const char *const others[] = {"ca.key", "rsa.key"}; /* of the same kind, and of another */
  for (size_t i = 0; i < 2; i++) {
    comes_with("client.pem", others[i]);
    snprintf(sentence, sizeof sentence,
             "The key in %s is not that of the client certificate in %s; ", key_file, cert_file);
    unusable(sentence);
  }
  comes_with("rsa-1024.pem", "rsa-1024.key");
  unusable("rsa-1024.pem cannot be used (ee key too small)");
  config.cert_file = NULL;
  unusable("A client key is given without its certificate");
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void) {
  enum { WRONGS = sizeof wrongs / sizeof *wrongs };
  const struct CMUnitTest others[] = {
      TEST(a_pin_of_a_weak_key),
      TEST(good_says_the_ca),
      TEST(revoked_says_the_ca),
      TEST(out_of_date_is_what_the_ca_says),
      TEST(worthless_is_what_is_stapled),
      TEST(a_failing_responder_says_nothing),
      TEST(a_certificate_that_must_be_stapled),
      TEST(a_staple_below_an_intermediate),
      TEST(the_server_asks_for_a_certificate),
      TEST(the_server_takes_no_other_certificate),
      TEST(client_certificates_that_cannot_be_used),
  };
  struct CMUnitTest tests[WRONGS + sizeof others / sizeof *others];
  for (size_t i = 0; i < WRONGS; i++)
    tests[i] = (struct CMUnitTest){.name = wrongs[i].test,
                                   .test_func = a_wrong_one,
                                   .initial_state = (void *)(uintptr_t)&wrongs[i]};
  memcpy(tests + WRONGS, others, sizeof others);
  return cmocka_run_group_tests(tests, make_all, remove_all);
}
