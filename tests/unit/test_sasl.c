/* tests/unit/test_sasl.c - sasl/sasl.c: the choice; and PLAIN, as it goes over the line.  RFC 4616,
 * RFC 4959. SPDX-License-Identifier: MIT */
#include "sasl_play.h"

static void start(void) {
  assert_int_equal(make(NULL, "tim", NULL, "tanstaaftanstaaf"), 0);
  assert_true(hark_sasl_start(s, c) > 0);
}

static void with_the_command_where_it_may(void **state) {
  (void)state;
  greet("AUTH=PLAIN SASL-IR");
  start();
  assert_string_equal(said(), "A1 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
}

static void to_the_empty_challenge_elsewhere(void **state) {
  (void)state;
  greet("AUTH=PLAIN");
  start();
  assert_string_equal(said(), "A1 AUTHENTICATE PLAIN\r\n");
  assert_null(say("+ ", HARK_EV_CHALLENGE));
  assert_string_equal(said(), "AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
}

static void a_plus_without_its_space(void **state) {
  (void)state;
  greet("AUTH=PLAIN");
  start();
  said();
  assert_null(say("+", HARK_EV_CHALLENGE));
  assert_string_equal(said(), "AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
}

static void an_identity_to_act_as(void **state) {
  (void)state;
  greet("AUTH=PLAIN SASL-IR");
  assert_int_equal(make("plain", "Kurt", "Ursel", "xipj3plmq"), 0);
  assert_true(hark_sasl_start(s, c) > 0);
  assert_string_equal(said(), "A1 AUTHENTICATE PLAIN VXJzZWwAS3VydAB4aXBqM3BsbXE=\r\n");
}

static void accepted(void **state) {
  (void)state;
  greet("AUTH=PLAIN SASL-IR");
  start();
  assert_true(hark_noop(c) > 0);
  assert_non_null(strstr(said(), "AUTHENTICATE"));
  assert_null(strstr(sent, "NOOP")); /* nothing leaves before the server has answered */
  const hark_event *done = say("A1 OK in", HARK_EV_DONE);
  assert_non_null(done);
  assert_string_equal(said(), "");
  assert_int_equal(hark_sasl_finish(s, c, done), 0);
  assert_string_equal(said(), "A2 NOOP\r\n");
  assert_int_equal(hark_get_phase(c), HARK_PHASE_AUTHENTICATED);
}

static void refused(void **state) { /* SEC D-01: a referral is text */
  (void)state;
  greet("AUTH=PLAIN SASL-IR");
  start();
  said();
  const hark_event *done =
      say("A1 NO [REFERRAL imap://;AUTH=*@evil.example/] not you", HARK_EV_DONE);
  assert_non_null(done);
  assert_int_equal(done->cond->verdict, HARK_VERDICT_NO);
  assert_int_equal(hark_sasl_finish(s, c, done), 0);
  assert_int_equal(hark_get_phase(c), HARK_PHASE_NOT_AUTHENTICATED);
  assert_string_equal(said(), "");
  assert_true(hark_sasl_start(s, c) > 0); /* the connection can be used for another try */
  assert_non_null(strstr(said(), "A2 AUTHENTICATE PLAIN "));
}

static void a_challenge_is_refused(const char *capabilities) {
  greet(capabilities);
  start();
  said();
  const hark_event *more = say("+ bW9yZQ==", HARK_EV_CHALLENGE);
  assert_non_null(more);
  assert_int_equal(hark_sasl_step(s, c, more), HARK_ERR_SASL);
  assert_string_equal(said(), "*\r\n");
  assert_string_equal(hark_sasl_error(s),
                      "the server asks for more than the mechanism PLAIN has to say");
}

static void asked_for_more_than_there_is(void **state) { /* SEC D-10 */
  (void)state;
  a_challenge_is_refused("AUTH=PLAIN SASL-IR");
}

static void a_challenge_before_the_answer(void **state) { /* SEC D-10 */
  (void)state;
  a_challenge_is_refused("AUTH=PLAIN"); /* PLAIN has no challenge of the server's */
}

static void what_cannot_be_done(void **state) {
  (void)state;
  assert_int_equal(make(NULL, "u", NULL, "p"), HARK_ERR_STATE); /* nothing is known yet */
  assert_null(s);
  greet("AUTH=PLAIN");
  assert_int_equal(make("SCRAM-SHA-256", "u", NULL, "p"), HARK_ERR_CAP);
  assert_int_equal(make(NULL, "", NULL, "p"), HARK_ERR_ARG);
  assert_int_equal(make(NULL, NULL, NULL, "p"), HARK_ERR_ARG);
  assert_null(s);
}

static void a_server_without_it(void **state) { /* SEC D-14 */
  (void)state;
  greet("AUTH=GSSAPI AUTH=NTLM AUTH=DIGEST-MD5 AUTH=KERBEROS_V4 AUTH=RPA AUTH=SCRAM-SHA-512");
  assert_int_equal(make(NULL, "u", NULL, "p"), HARK_ERR_CAP);
  assert_int_equal(make("NTLM", "u", NULL, "p"), HARK_ERR_CAP);
  assert_int_equal(make("DIGEST-MD5", "u", NULL, "p"), HARK_ERR_CAP);
  assert_int_equal(make("KERBEROS_V4", "u", NULL, "p"), HARK_ERR_CAP);
  assert_int_equal(make("RPA", "u", NULL, "p"), HARK_ERR_CAP);
  assert_null(s);
}

static void the_reason_why_not(void **state) {
  (void)state;
  assert_non_null(strstr(hark_sasl_refusal("ntlm"), "find the password"));
  assert_non_null(strstr(hark_sasl_refusal("DIGEST-MD5"), "RFC 6331"));
  assert_null(hark_sasl_refusal("PLAIN"));
}

/* The mechanism that is chosen; or the error's name. */
static const char *chosen(const char *name, const hark_credentials *of) {
  static char mechanism[40];
  hark_sasl *chosen = NULL;
  int err = hark_sasl_new(&chosen, c, name, of);
  snprintf(mechanism, sizeof mechanism, "%s",
           err ? hark_err_name(err) : hark_sasl_mechanism(chosen));
  hark_sasl_free(chosen);
  return mechanism;
}

#define EVERY                                                                                      \
  "AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 AUTH=ANONYMOUS AUTH=EXTERNAL AUTH=XOAUTH2 "                 \
  "AUTH=OAUTHBEARER "

static void the_strongest_of_both(void **state) {
  static const char *const offers[][2] = {
      {"AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-256 AUTH=PLAIN", "SCRAM-SHA-256"},
      {"AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-1 AUTH=PLAIN", "SCRAM-SHA-1"}, /* nothing to bind */
      {"AUTH=SCRAM-SHA-256-PLUS AUTH=PLAIN", "PLAIN"},
      {"AUTH=LOGIN AUTH=CRAM-MD5 AUTH=PLAIN", "PLAIN"},
      {"AUTH=LOGIN AUTH=CRAM-MD5 AUTH=NTLM", "LOGIN"},
      {"AUTH=SCRAM-SHA-256-PLUS", "HARK_ERR_CAP"},
      {"AUTH=CRAM-MD5 AUTH=ANONYMOUS", "HARK_ERR_CAP"}}; /* only when named */
  hark_credentials of = {.size = sizeof of, .user = "u", .password = "p"};
  for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
    greet(offers[i][0]);
    assert_string_equal(chosen(NULL, &of), offers[i][1]);
    teardown(state), setup(state);
  }
}

static void by_what_there_is(void **state) {
  (void)state;
  greet(EVERY "AUTH=SCRAM-SHA-1");
  hark_credentials of = {.size = sizeof of, .user = "u", .token = "t"};
  assert_string_equal(chosen(NULL, &of), "OAUTHBEARER");
  assert_string_equal(chosen("xoauth2", &of), "XOAUTH2");
  assert_string_equal(chosen("PLAIN", &of), "HARK_ERR_ARG");
  of.password = "p";
  assert_string_equal(chosen(NULL, &of), "SCRAM-SHA-1");
  of.token = of.password = NULL;
  assert_string_equal(chosen(NULL, &of), "EXTERNAL");
  assert_string_equal(chosen("LOGIN", &of), "HARK_ERR_ARG");
  assert_string_equal(chosen("ANONYMOUS", &of), "ANONYMOUS");
  assert_string_equal(chosen("SCRAM-SHA-256", &of), "HARK_ERR_CAP"); /* not offered */
}

/* A program that was built when there were three of them. */
static void shorter_credentials(void **state) {
  (void)state;
  greet(EVERY);
  hark_credentials of = {.user = "u",
                         .password = "p",
                         .token = (const char *)-1,
                         .host = (const char *)-1,
                         .tls = (const hark_layer *)-1};
  of.size = offsetof(hark_credentials, token);
  assert_string_equal(chosen(NULL, &of), "PLAIN");
}

static void long_passwords(void **state) { /* SEC D-15 */
  (void)state;
  static char password[65538];
  memset(password, 'x', sizeof password - 1);
  greet("AUTH=PLAIN SASL-IR");
  assert_int_equal(make(NULL, "u", NULL, password), HARK_ERR_ARG);
  password[9000] = 0; /* too long for the line: it answers the challenge instead */
  assert_int_equal(make(NULL, "u", NULL, password), 0);
  assert_true(hark_sasl_start(s, c) > 0);
  assert_string_equal(said(), "A1 AUTHENTICATE PLAIN\r\n");
  assert_null(say("+ ", HARK_EV_CHALLENGE));
  assert_int_equal(strlen(said()), (1 + 1 + 1 + 9000 + 2) / 3 * 4 + 2);
}

static void any_byte_but_nul(void **state) { /* SEC D-16 */
  (void)state;
  greet("AUTH=PLAIN SASL-IR");
  assert_int_equal(make(NULL, "u", NULL, "\r\nA2 LOGOUT \"\\\xff"), 0);
  assert_true(hark_sasl_start(s, c) > 0);
  assert_string_equal(said(), "A1 AUTHENTICATE PLAIN AHUADQpBMiBMT0dPVVQgIlz/\r\n");
}

static void the_log_never_sees_it(void **state) {
  (void)state;
  greet("AUTH=PLAIN");
  start();
  said();
  say("+ ", HARK_EV_CHALLENGE);
  said();
  assert_non_null(strstr(logged, "AUTHENTICATE PLAIN"));
  assert_null(strstr(logged, "AHRpbQ"));
  assert_null(strstr(logged, "tanstaaf"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(with_the_command_where_it_may),
      TEST(to_the_empty_challenge_elsewhere),
      TEST(a_plus_without_its_space),
      TEST(an_identity_to_act_as),
      TEST(accepted),
      TEST(refused),
      TEST(asked_for_more_than_there_is),
      TEST(a_challenge_before_the_answer),
      TEST(what_cannot_be_done),
      TEST(a_server_without_it),
      TEST(the_reason_why_not),
      TEST(the_strongest_of_both),
      TEST(by_what_there_is),
      TEST(shorter_credentials),
      TEST(long_passwords),
      TEST(any_byte_but_nul),
      TEST(the_log_never_sees_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
