/* tests/unit/test_sasl.c - sasl/sasl.c: PLAIN, as it goes over the line.  RFC 4616, RFC 4959.
 * SPDX-License-Identifier: MIT */
#include <hark/command.h>
#include <hark/event.h>
#include <hark/sasl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static hark_client *c;
static hark_sasl *s;
static char sent[200000], logged[4096];

static void log_line(void *ud, int kind, const char *line, size_t n) {
  (void)ud, (void)kind;
  size_t at = strlen(logged);
  if (at + n + 2 < sizeof logged) sprintf(logged + at, "%.*s\n", (int)n, line);
}

static int setup(void **state) {
  (void)state;
  hark_config config;
  hark_config_init(&config);
  config.log = log_line;
  *logged = 0;
  c = hark_new(&config);
  s = NULL;
  return c ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  hark_sasl_free(s);
  hark_free(c);
  return 0;
}

/* The server's bytes; the events that are not of interest are passed over. */
static const hark_event *say(const char *line, int until) {
  const hark_event *ev;
  char text[1000];
  int n = snprintf(text, sizeof text, "%s\r\n", line);
  while (hark_next(c)) {
  }
  assert_int_equal(hark_feed(c, text, (size_t)n), n);
  while ((ev = hark_next(c)))
    if (ev->type == until) return ev;
  return NULL;
}

/* What has left since the last call. */
static const char *said(void) {
  const void *p;
  size_t n, at = 0;
  while ((p = hark_send_buf(c, &n))) {
    assert_true(at + n < sizeof sent);
    memcpy(sent + at, p, n);
    at += n;
    hark_send_ack(c, n);
  }
  sent[at] = 0;
  return sent;
}

static void greet(const char *capabilities) {
  char line[200];
  snprintf(line, sizeof line, "* OK [CAPABILITY IMAP4rev1 %s] ready", capabilities);
  assert_non_null(say(line, HARK_EV_GREETING));
}

static int make(const char *mechanism, const char *user, const char *authzid,
                const char *password) {
  hark_credentials of = {sizeof of, user, authzid, password};
  return hark_sasl_new(&s, c, mechanism, &of);
}

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

static void a_server_without_it(void **state) {
  (void)state;
  greet("AUTH=LOGIN AUTH=SCRAM-SHA-1");
  assert_int_equal(make(NULL, "u", NULL, "p"), HARK_ERR_CAP);
  assert_null(s);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
      TEST(long_passwords),
      TEST(any_byte_but_nul),
      TEST(the_log_never_sees_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
