/* tests/unit/test_sasl_scram.c - sasl/gsasl.c against the server side of libgsasl, and the
 * examples of RFC 5802, RFC 7677 and RFC 2195.
 * SPDX-License-Identifier: MIT */
#include "sasl_play.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

/* --- what libgsasl makes its nonce of --- */

static unsigned char nonce[18];
static bool nonce_fixed;

__attribute__((visibility("default"))) ssize_t getrandom(void *p, size_t n, unsigned flags) {
  static unsigned char counter;
  (void)flags;
  for (size_t i = 0; i < n; i++)
    ((unsigned char *)p)[i] = nonce_fixed && i < sizeof nonce ? nonce[i] : counter++;
  return (ssize_t)n;
}

static void fix_nonce(const char *base64) {
  assert_int_equal(EVP_DecodeBlock(nonce, (const unsigned char *)base64, 24), 18);
  nonce_fixed = true;
}

/* --- the server --- */

static Gsasl *gsasl;
static Gsasl_session *session;
static const char *iterations, *knows; /* what the server has of the password */

static int answers(Gsasl *g, Gsasl_session *of, Gsasl_property property) {
  (void)g;
  switch ((int)property) {
  case GSASL_SCRAM_ITER: return gsasl_property_set(of, property, iterations);
  case GSASL_SCRAM_SALT: return gsasl_property_set(of, property, "QSXCR+Q6sek8bf92");
  case GSASL_PASSWORD: return gsasl_property_set(of, property, knows);
  default: return GSASL_NO_CALLBACK;
  }
}

static int begin(void **state) {
  iterations = "4096", knows = "pencil";
  session = NULL, nonce_fixed = false;
  assert_int_equal(gsasl_init(&gsasl), GSASL_OK);
  gsasl_callback_set(gsasl, answers);
  return setup(state);
}

static int end(void **state) {
  if (session) gsasl_finish(session);
  gsasl_done(gsasl);
  return teardown(state);
}

static void start(const char *capabilities, const char *mechanism, const char *password) {
  char with_sasl_ir[200];
  snprintf(with_sasl_ir, sizeof with_sasl_ir, "SASL-IR %s", capabilities);
  greet(with_sasl_ir);
  assert_int_equal(make(mechanism, "user", NULL, password), 0);
  assert_int_equal(gsasl_server_start(gsasl, hark_sasl_mechanism(s), &session), GSASL_OK);
  assert_true(hark_sasl_start(s, c) > 0);
  assert_true(hark_capability(c) > 0); /* stays in the queue */
}

/* What the client said goes to the server; its answer, in plain. */
static int served(char *out, size_t cap) {
  char *text = NULL;
  size_t n = 0;
  const char *words = plain_words();
  int err = gsasl_step(session, words, strlen(words), &text, &n);
  snprintf(out, cap, "%.*s", (int)n, text ? text : "");
  gsasl_free(text);
  return err;
}

/* Up to the server's proof. */
static int to_the_proof(char *out, size_t cap) {
  char first[500];
  assert_int_equal(served(first, sizeof first), GSASL_NEEDS_MORE);
  assert_int_equal(challenge(first), 0);
  assert_null(strstr(sent, "CAPABILITY"));
  return served(out, cap);
}

static void good_exchange(const char *mechanism) {
  char proof[500], capability[40];
  snprintf(capability, sizeof capability, "AUTH=%s", mechanism);
  start(capability, NULL, "pencil");
  assert_int_equal(to_the_proof(proof, sizeof proof), GSASL_OK);
  assert_int_equal(challenge(proof), 0);
  assert_string_equal(said(), "\r\nA2 CAPABILITY\r\n"); /* together with the last, empty answer */
  assert_int_equal(finish("A1 OK in"), 0);
  assert_int_equal(hark_get_phase(c), HARK_PHASE_AUTHENTICATED);
  assert_string_equal(hark_sasl_error(s), hark_err_text(0));
}

static void scram_sha_1(void **state) {
  (void)state;
  good_exchange("SCRAM-SHA-1");
}

static void scram_sha_256(void **state) {
  (void)state;
  good_exchange("SCRAM-SHA-256");
}

/* RFC 5802 section 5. */
static void the_example_of_rfc_5802(void **state) {
  (void)state;
  fix_nonce("fyko+d2lbbFgONRv9qkxdawL");
  start("AUTH=SCRAM-SHA-1", NULL, "pencil");
  assert_string_equal(plain_words(), "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
  assert_int_equal(challenge("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,"
                             "i=4096"),
                   0);
  assert_string_equal(plain_words(), "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
                                     "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
  assert_int_equal(challenge("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), 0);
  assert_string_equal(said(), "\r\nA2 CAPABILITY\r\n");
}

/* --- a server of our own: that of libgsasl would share its mistakes --- */

typedef struct proofs {
  char client[60], server[60];
} proofs;

static void hmac(const unsigned char key[32], const char *text, unsigned char out[32]) {
  assert_non_null(
      HMAC(EVP_sha256(), key, 32, (const unsigned char *)text, strlen(text), out, NULL));
}

/* RFC 5802 section 3, with SHA-256. */
static proofs prove(const char *password, const char *salt, int count, const char *auth_message) {
  unsigned char salted[32], key[32], stored[32], signature[32], salt_bytes[60];
  proofs p;
  int n = EVP_DecodeBlock(salt_bytes, (const unsigned char *)salt, (int)strlen(salt));
  n -= (int)(strlen(salt) - strcspn(salt, "="));
  PKCS5_PBKDF2_HMAC(password, -1, salt_bytes, n, count, EVP_sha256(), 32, salted);
  hmac(salted, "Client Key", key);
  EVP_Digest(key, 32, stored, NULL, EVP_sha256(), NULL);
  hmac(stored, auth_message, signature);
  for (int i = 0; i < 32; i++) signature[i] ^= key[i];
  EVP_EncodeBlock((unsigned char *)p.client, signature, 32);
  hmac(salted, "Server Key", key);
  hmac(key, auth_message, signature);
  EVP_EncodeBlock((unsigned char *)p.server, signature, 32);
  return p;
}

#define SALT_7677 "W22ZaJ0SNY7soEsUEjb6gQ=="

/* RFC 7677 section 3: its nonce is shorter than libgsasl makes them, so the server first shows
 * that it does the example, then asks the client for the same. */
static void the_example_of_rfc_7677(void **state) {
  (void)state;
  char first[200], without[200], all[4000], words[3000], last[100];
  const char *nonces = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  snprintf(all, sizeof all, "n=user,r=rOprNGfwEbeRWgbNEkqO,r=%s,s=" SALT_7677 ",i=4096,c=biws,r=%s",
           nonces, nonces);
  proofs p = prove("pencil", SALT_7677, 4096, all);
  assert_string_equal(p.client, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  assert_string_equal(p.server, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");

  start("AUTH=SCRAM-SHA-256", NULL, "pencil");
  snprintf(words, sizeof words, "%s", plain_words());
  snprintf(first, sizeof first, "%s%%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=" SALT_7677 ",i=4096",
           strstr(words, "r="));
  assert_int_equal(challenge(first), 0);
  snprintf(without, sizeof without, "c=biws,%.*s", (int)strcspn(first, ","), first);
  snprintf(all, sizeof all, "%s,%s,%s", words + 3, first, without);
  p = prove("pencil", SALT_7677, 4096, all);
  snprintf(last, sizeof last, "v=%s", p.server);
  snprintf(words, sizeof words, "%s,p=%s", without, p.client);
  assert_string_equal(plain_words(), words);
  assert_int_equal(challenge(last), 0);
  assert_string_equal(said(), "\r\nA2 CAPABILITY\r\n");
}

/* --- servers that do not know the password, SEC D-05 --- */

static void nothing_leaves_any_more(void) {
  assert_string_equal(said(), "");
  assert_int_equal(hark_error(c), HARK_ERR_PROOF);
  while (hark_next(c)) {
  }
  assert_int_equal(hark_wants(c), HARK_CLOSED);
}

static void a_wrong_proof(const char *proof) {
  char right[500];
  start("AUTH=SCRAM-SHA-256", NULL, "pencil");
  assert_int_equal(to_the_proof(right, sizeof right), GSASL_OK);
  right[10] = right[10] == 'A' ? 'B' : 'A';
  assert_int_equal(challenge(proof ? proof : right), HARK_ERR_PROOF);
  assert_string_equal(hark_sasl_error(s), "the server has not proved that it knows the password");
  nothing_leaves_any_more();
}

static void one_letter_is_wrong(void **state) {
  (void)state;
  a_wrong_proof(NULL);
}

static void no_proof(void **state) {
  (void)state;
  a_wrong_proof("");
}

static void half_a_proof(void **state) {
  (void)state;
  a_wrong_proof("v=");
}

static void a_proof_that_is_a_question(void **state) {
  (void)state;
  a_wrong_proof("r=abc,s=QSXCR+Q6sek8bf92,i=4096");
}

static void accepted_unproved(void) {
  assert_int_equal(finish("A1 OK come in"), HARK_ERR_PROOF);
  assert_non_null(strstr(hark_sasl_error(s), "before the mechanism SCRAM-SHA-256"));
  nothing_leaves_any_more();
}

static void accepted_at_once(void **state) {
  (void)state;
  start("AUTH=SCRAM-SHA-256", NULL, "pencil");
  said();
  accepted_unproved();
}

static void accepted_before_the_proof(void **state) {
  (void)state;
  char proof[500];
  start("AUTH=SCRAM-SHA-256", NULL, "pencil");
  assert_int_equal(to_the_proof(proof, sizeof proof), GSASL_OK);
  accepted_unproved();
}

static void wrong_password(void **state) {
  (void)state;
  char proof[500];
  knows = "pen";
  start("AUTH=SCRAM-SHA-1", NULL, "pencil");
  assert_int_equal(to_the_proof(proof, sizeof proof), GSASL_AUTHENTICATION_ERROR);
  assert_int_equal(finish("A1 NO [AUTHENTICATIONFAILED] no"), 0);
  assert_int_equal(hark_error(c), 0);
  assert_int_equal(hark_get_phase(c), HARK_PHASE_NOT_AUTHENTICATED);
}

static void another_try_on_the_connection(void **state) {
  wrong_password(state);
  char proof[500];
  assert_string_equal(said(), "A2 CAPABILITY\r\n");
  assert_non_null(say("A2 OK that is all", HARK_EV_DONE));
  knows = "pencil";
  gsasl_finish(session);
  assert_int_equal(gsasl_server_start(gsasl, "SCRAM-SHA-1", &session), GSASL_OK);
  assert_true(hark_sasl_start(s, c) > 0);
  assert_int_equal(to_the_proof(proof, sizeof proof), GSASL_OK);
  assert_int_equal(challenge(proof), 0);
  said();
  assert_int_equal(finish("A3 OK in"), 0);
  assert_int_equal(hark_get_phase(c), HARK_PHASE_AUTHENTICATED);
}

/* RFC 5802 section 7: server-error */
static void the_server_says_why(void **state) {
  (void)state;
  char proof[500];
  start("AUTH=SCRAM-SHA-1", NULL, "pencil");
  assert_int_equal(to_the_proof(proof, sizeof proof), GSASL_OK);
  assert_int_equal(challenge("e=unknown-user\33"), HARK_ERR_SASL);
  assert_string_equal(said(), "*\r\n");
  assert_string_equal(hark_sasl_error(s), "the server ends the sign-in: unknown-user?");
  assert_int_equal(hark_error(c), 0);
}

/* --- what the server's first message may be, SEC D-07 --- */

static void refused_first(const char *first, const char *sentence) {
  start("AUTH=SCRAM-SHA-1", NULL, "pencil");
  said();
  assert_int_equal(challenge(first), HARK_ERR_SASL);
  assert_string_equal(said(), "*\r\n");
  if (!strstr(hark_sasl_error(s), sentence)) fail_msg("%s: %s", first, hark_sasl_error(s));
  assert_int_equal(finish("A1 NO cancelled"), 0);
  assert_string_equal(said(), "A2 CAPABILITY\r\n");
}

#define FIRST(iterations) "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=" iterations

static void iteration_counts(void **state) {
  static const char *const wrong[] = {FIRST("4095"), FIRST("1"), FIRST("1000001"),
                                      FIRST("2147483647"), FIRST("4294971392")};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    fix_nonce("fyko+d2lbbFgONRv9qkxdawL");
    refused_first(wrong[i], "only 4096 to 1000000 are taken");
    end(state), begin(state);
  }
}

static void what_is_no_first_message(void **state) {
  static const char *const wrong[] = {
      "garbage",
      "",
      FIRST("0"),
      FIRST("-1"),
      FIRST("x"),
      FIRST("18446744073709555712"),                  /* 2^64 + 4096 */
      "r=fyko+d2lbbFgONRv9qkxdawL3rfc,i=4096",        /* no salt */
      "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=,i=4096",     /* an empty one */
      "r=fyko+d2lbbFgONRv9qkxdawl3rfc,s=QQ==,i=4096", /* not our nonce */
      "m=more," FIRST("4096"),
      "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    fix_nonce("fyko+d2lbbFgONRv9qkxdawL");
    refused_first(wrong[i], "what the server says is not as the mechanism SCRAM-SHA-1 has it");
    end(state), begin(state);
  }
}

/* Commands have left that the server would take for answers: there is no way back. */
static void another_challenge(void **state) {
  (void)state;
  char proof[500];
  start("AUTH=SCRAM-SHA-1", NULL, "pencil");
  assert_int_equal(to_the_proof(proof, sizeof proof), GSASL_OK);
  assert_int_equal(challenge(proof), 0);
  assert_string_equal(said(), "\r\nA2 CAPABILITY\r\n");
  assert_int_equal(challenge("more"), HARK_ERR_SASL);
  assert_int_equal(hark_error(c), HARK_ERR_SASL);
}

static void cancelled(void **state) {
  (void)state;
  char first[500];
  start("AUTH=SCRAM-SHA-1", NULL, "pencil");
  assert_int_equal(served(first, sizeof first), GSASL_NEEDS_MORE);
  assert_non_null(say("+ bm9uZQ==", HARK_EV_CHALLENGE));
  assert_int_equal(hark_respond_cancel(c), 0);
  assert_string_equal(said(), "*\r\n");
  assert_int_equal(finish("A1 BAD cancelled"), 0);
  assert_string_equal(said(), "A2 CAPABILITY\r\n");
}

/* --- SASLprep, RFC 4013 --- */

static void passwords_are_prepared(void **state) {
  (void)state;
  char proof[500];
  knows = "IX a";
  start("AUTH=SCRAM-SHA-256", NULL, "I\xc2\xadX\xc2\xa0\xc2\xaa"); /* soft hyphen, U+00A0, U+00AA */
  assert_int_equal(to_the_proof(proof, sizeof proof), GSASL_OK);
  assert_int_equal(challenge(proof), 0);
}

static void cannot_be(const char *user, const char *password) {
  greet("AUTH=SCRAM-SHA-1");
  assert_int_equal(make(NULL, user, NULL, password), 0);
  assert_int_equal(hark_sasl_start(s, c), HARK_ERR_SASL);
  assert_non_null(strstr(hark_sasl_error(s), "has characters that SCRAM-SHA-1 cannot carry"));
  assert_string_equal(said(), "");
}

static const char *const odd[] = {"pen\7cil", "\xff", "\xd8\xa7\x31", "pen\xf0\x9f\x98\x80"};

static void what_cannot_be_prepared(void **state) {
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    cannot_be("user", odd[i]);
    end(state), begin(state);
    cannot_be(odd[i], "pencil");
    end(state), begin(state);
  }
}

static void it_goes_by_another_way(void **state) {
  (void)state;
  greet("AUTH=PLAIN AUTH=SCRAM-SHA-256 SASL-IR");
  assert_int_equal(make(NULL, "user", NULL, odd[3]), 0);
  assert_string_equal(hark_sasl_mechanism(s), "PLAIN");
}

/* --- the others --- */

static void login(void **state) {
  (void)state;
  start("AUTH=LOGIN", NULL, "pencil");
  assert_string_equal(said(), "A1 AUTHENTICATE LOGIN\r\n");
  assert_int_equal(challenge("User Name"), 0);
  assert_string_equal(said(), "dXNlcg==\r\n");
  assert_int_equal(challenge("Password"), 0);
  assert_string_equal(said(), "cGVuY2ls\r\n");
  assert_int_equal(finish("A1 OK in"), 0);
  assert_string_equal(said(), "A2 CAPABILITY\r\n");
}

static void login_asks_again(void **state) {
  (void)state;
  start("AUTH=LOGIN", NULL, "pencil");
  assert_int_equal((said(), challenge("Username:")), 0);
  assert_int_equal((said(), challenge("Password:")), 0);
  assert_int_equal((said(), challenge("Username:")), HARK_ERR_SASL);
  assert_string_equal(said(), "*\r\n");
}

/* Whoever accepts without the password does not know it. */
static void login_accepted_at_once(void **state) {
  (void)state;
  start("AUTH=LOGIN", NULL, "pencil");
  assert_int_equal((said(), challenge("Username:")), 0);
  said();
  assert_int_equal(finish("A1 OK in"), HARK_ERR_PROOF);
  nothing_leaves_any_more();
}

/* RFC 2195 section 2. */
static void cram_md5(void **state) {
  (void)state;
  greet("AUTH=CRAM-MD5 SASL-IR");
  assert_int_equal(make("CRAM-MD5", "tim", NULL, "tanstaaftanstaaf"), 0);
  assert_true(hark_sasl_start(s, c) > 0);
  assert_string_equal(said(), "A1 AUTHENTICATE CRAM-MD5\r\n");
  assert_int_equal(challenge("<1896.697170952@postoffice.reston.mci.net>"), 0);
  assert_string_equal(plain_words(), "tim b913a602c7eda7a495b4e6e7334d3890");
  assert_int_equal(finish("A1 OK in"), 0);
}

/* SEC D-13: secrets longer than a block of MD5, digests with NUL in them. */
static void cram_md5_as_openssl_has_it(void **state) {
  (void)state;
  char password[101] = {0}, text[20], expected[50];
  int with_nul = 0;
  memset(password, 'x', sizeof password - 1);
  for (int i = 0; i < 60; i++) {
    unsigned char digest[16];
    greet("AUTH=CRAM-MD5");
    assert_int_equal(make("CRAM-MD5", "tim", NULL, password), 0);
    assert_true(hark_sasl_start(s, c) > 0);
    said();
    snprintf(text, sizeof text, "<%d@x>", i);
    assert_int_equal(challenge(text), 0);
    HMAC(EVP_md5(), password, 100, (unsigned char *)text, strlen(text), digest, NULL);
    int n = sprintf(expected, "tim ");
    for (int k = 0; k < 16; k++) n += sprintf(expected + n, "%02x", digest[k]);
    assert_string_equal(plain_words(), expected);
    with_nul += memchr(digest, 0, sizeof digest) != NULL;
    teardown(state), setup(state);
  }
  assert_true(with_nul);
}

static void one_message(const char *mechanism, const char *authzid, const char *line) {
  greet("AUTH=EXTERNAL AUTH=ANONYMOUS SASL-IR");
  assert_int_equal(make(mechanism, strcmp(mechanism, "EXTERNAL") ? "sirhc" : NULL, authzid, NULL),
                   0);
  assert_true(hark_sasl_start(s, c) > 0);
  assert_string_equal(said(), line);
  assert_int_equal(finish("A1 OK in"), 0);
  assert_int_equal(hark_get_phase(c), HARK_PHASE_AUTHENTICATED);
}

static void external(void **state) {
  (void)state;
  one_message("EXTERNAL", NULL, "A1 AUTHENTICATE EXTERNAL =\r\n");
}

static void external_for_another(void **state) {
  (void)state;
  one_message("EXTERNAL", "fred", "A1 AUTHENTICATE EXTERNAL ZnJlZA==\r\n");
}

/* RFC 4505 section 4. */
static void anonymous(void **state) {
  (void)state;
  one_message("ANONYMOUS", NULL, "A1 AUTHENTICATE ANONYMOUS c2lyaGM=\r\n");
}

static void the_log_never_sees_it(void **state) {
  (void)state;
  good_exchange("SCRAM-SHA-256");
  assert_non_null(strstr(logged, "AUTHENTICATE SCRAM-SHA-256"));
  assert_null(strstr(logged, "biws"));
  assert_null(strstr(logged, "Yz1i")); /* "c=b" */
}

#define SCRAM(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      SCRAM(scram_sha_1),
      SCRAM(scram_sha_256),
      SCRAM(the_example_of_rfc_5802),
      SCRAM(the_example_of_rfc_7677),
      SCRAM(one_letter_is_wrong),
      SCRAM(no_proof),
      SCRAM(half_a_proof),
      SCRAM(a_proof_that_is_a_question),
      SCRAM(accepted_at_once),
      SCRAM(accepted_before_the_proof),
      SCRAM(wrong_password),
      SCRAM(another_try_on_the_connection),
      SCRAM(the_server_says_why),
      SCRAM(iteration_counts),
      SCRAM(what_is_no_first_message),
      SCRAM(another_challenge),
      SCRAM(cancelled),
      SCRAM(passwords_are_prepared),
      SCRAM(what_cannot_be_prepared),
      SCRAM(it_goes_by_another_way),
      SCRAM(login),
      SCRAM(login_asks_again),
      SCRAM(login_accepted_at_once),
      SCRAM(cram_md5),
      SCRAM(cram_md5_as_openssl_has_it),
      SCRAM(external),
      SCRAM(external_for_another),
      SCRAM(anonymous),
      SCRAM(the_log_never_sees_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
