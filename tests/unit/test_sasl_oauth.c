/* tests/unit/test_sasl_oauth.c - sasl/oauth.c.  RFC 7628.
 * SPDX-License-Identifier: MIT */
#include "sasl_play.h"

static hark_credentials of;

static void start(const char *capabilities, const char *mechanism) {
  greet(capabilities);
  assert_int_equal(hark_sasl_new(&s, c, mechanism, &of), 0);
  assert_true(hark_sasl_start(s, c) > 0);
}

static int begin(void **state) {
  of = (hark_credentials){.size = sizeof of,
                          .user = "user@example.com",
                          .token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
                          .host = "server.example.com",
                          .port = 143};
  return setup(state);
}

/* RFC 7628 section 4.1. */
static void as_the_rfc_has_it(void **state) {
  (void)state;
  start("AUTH=OAUTHBEARER SASL-IR", NULL);
  assert_string_equal(said(), "A1 AUTHENTICATE OAUTHBEARER "
                              "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9"
                              "MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZ"
                              "Mjl0Q2c9PQEB\r\n");
  assert_true(hark_noop(c) > 0);
  assert_string_equal(said(), ""); /* a challenge would swallow it */
  assert_int_equal(finish("A1 OK SASL authentication succeeded"), 0);
  assert_string_equal(said(), "A2 NOOP\r\n");
}

/* developers.google.com/gmail/imap/xoauth2-protocol */
static void xoauth2(void **state) {
  (void)state;
  of.user = "someuser@example.com";
  of.token = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg";
  start("AUTH=XOAUTH2 SASL-IR", NULL);
  assert_string_equal(said(), "A1 AUTHENTICATE XOAUTH2 "
                              "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRx"
                              "bVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==\r\n");
}

static void without_host_and_with_odd_names(void **state) {
  (void)state;
  of.host = NULL, of.port = 0, of.authzid = "a=b,c", of.token = "t";
  start("AUTH=OAUTHBEARER", NULL);
  assert_string_equal(said(), "A1 AUTHENTICATE OAUTHBEARER\r\n");
  assert_null(say("+ ", HARK_EV_CHALLENGE));
  assert_string_equal(plain_words(), "n,a=a=3Db=2Cc,\1auth=Bearer t\1\1");
}

static void long_tokens(void **state) {
  (void)state;
  static char token[20001];
  memset(token, 't', sizeof token - 1);
  of.token = token;
  start("AUTH=XOAUTH2 SASL-IR", NULL);
  assert_string_equal(said(), "A1 AUTHENTICATE XOAUTH2\r\n");
  assert_null(say("+ ", HARK_EV_CHALLENGE));
  assert_true(strlen(said()) > 20000 * 4 / 3);
}

/* SEC D-11.  RFC 7628 section 4.3: the answer is AQ==, and the NO says that it is over. */
static void refused(const char *mechanism, const char *json, const char *answer,
                    const char *sentence) {
  start("AUTH=OAUTHBEARER AUTH=XOAUTH2 SASL-IR", mechanism);
  said();
  assert_int_equal(challenge(json), 0);
  assert_string_equal(said(), answer);
  assert_string_equal(hark_sasl_error(s), sentence);
  assert_int_equal(finish("A1 NO SASL authentication failed"), 0);
  assert_int_equal(hark_get_phase(c), HARK_PHASE_NOT_AUTHENTICATED);
  assert_string_equal(said(), "");
}

static void a_token_that_expired(void **state) {
  (void)state;
  refused("OAUTHBEARER",
          "{\"status\":\"invalid_token\",\"scope\":\"example_scope\",\"openid-configuration\":"
          "\"https://example.com/.well-known/openid-configuration\"}",
          "AQ==\r\n",
          "the server does not take the access token: it has expired, was revoked or is for "
          "something else (status invalid_token; needed scope: example_scope)");
}

static void googles_words(void **state) {
  (void)state;
  refused(
      "XOAUTH2",
      "{ \"status\" : \"400\",\n \"schemes\":\"Bearer\",\"scope\":\"https://mail.google.com/\"}",
      "\r\n",
      "the server does not understand the access token; it may be for another user (status "
      "400; needed scope: https://mail.google.com/)");
}

static void a_number(void **state) {
  (void)state;
  refused("XOAUTH2", "{\"status\":403}", "\r\n",
          "the access token does not allow to read mail (status 403)");
}

static void no_json_at_all(void **state) {
  (void)state;
  refused("OAUTHBEARER", "\"status\"", "AQ==\r\n",
          "the server refuses the access token (status not told)");
}

static void harmless_words(void **state) {
  (void)state;
  refused("OAUTHBEARER", "{\"status\":\"\33[2J\xc3\xa4\r\nA\\\"", "AQ==\r\n",
          "the server refuses the access token (status ?[2J????A)");
}

static void an_ok_behind_a_refusal(void **state) {
  (void)state;
  start("AUTH=XOAUTH2 SASL-IR", NULL);
  assert_true(hark_noop(c) > 0);
  said();
  assert_int_equal(challenge("{\"status\":\"401\"}"), 0);
  said();
  assert_int_equal(finish("A1 OK come in"), HARK_ERR_PROOF);
  assert_string_equal(said(), "");
  assert_int_equal(hark_error(c), HARK_ERR_PROOF);
}

static void one_refusal_is_enough(void **state) {
  (void)state;
  start("AUTH=XOAUTH2 SASL-IR", NULL);
  assert_int_equal((said(), challenge("{}")), 0);
  said();
  assert_int_equal(challenge("{}"), HARK_ERR_SASL);
  assert_string_equal(said(), "*\r\n");
}

static void cannot_begin(void) {
  greet("AUTH=OAUTHBEARER AUTH=XOAUTH2 SASL-IR");
  assert_int_equal(hark_sasl_new(&s, c, NULL, &of), 0);
  assert_int_equal(hark_sasl_start(s, c), HARK_ERR_ARG);
  assert_non_null(strstr(hark_sasl_error(s), "control characters"));
  assert_string_equal(said(), "");
}

static void a_token_with_its_line_end(void **state) { /* as a file or a command gives it */
  (void)state;
  of.token = "abc\n";
  cannot_begin();
}

static void a_name_that_brings_its_own_token(void **state) {
  (void)state;
  of.user = "me\1auth=Bearer other\1\1";
  cannot_begin();
}

#define OAUTH(name) cmocka_unit_test_setup_teardown(name, begin, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      OAUTH(as_the_rfc_has_it),
      OAUTH(xoauth2),
      OAUTH(without_host_and_with_odd_names),
      OAUTH(long_tokens),
      OAUTH(a_token_that_expired),
      OAUTH(googles_words),
      OAUTH(a_number),
      OAUTH(no_json_at_all),
      OAUTH(harmless_words),
      OAUTH(an_ok_behind_a_refusal),
      OAUTH(one_refusal_is_enough),
      OAUTH(a_token_with_its_line_end),
      OAUTH(a_name_that_brings_its_own_token),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
