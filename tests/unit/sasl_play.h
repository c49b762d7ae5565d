/* tests/unit/sasl_play.h - a client that signs in, and what is said to it.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_SASL_PLAY_H
#define TESTS_UNIT_SASL_PLAY_H
#include <gsasl.h>
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
  char text[3000];
  int n = snprintf(text, sizeof text, "%s\r\n", line);
  while (hark_next(c)) {
  }
  assert_int_equal(hark_feed(c, text, (size_t)n), n);
  while ((ev = hark_next(c)))
    if ((int)ev->type == until) return ev;
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
  char line[300];
  snprintf(line, sizeof line, "* OK [CAPABILITY IMAP4rev1 %s] ready", capabilities);
  assert_non_null(say(line, HARK_EV_GREETING));
}

static inline int make(const char *mechanism, const char *user, const char *authzid,
                       const char *password) {
  hark_credentials of = {
      .size = sizeof of, .user = user, .authzid = authzid, .password = password};
  return hark_sasl_new(&s, c, mechanism, &of);
}

/* A challenge in plain, and what came of it. */
static inline int challenge(const char *text) {
  char line[3000], *base64 = NULL;
  assert_int_equal(gsasl_base64_to(text, strlen(text), &base64, NULL), GSASL_OK);
  snprintf(line, sizeof line, "+ %s", base64);
  gsasl_free(base64);
  const hark_event *ev = say(line, HARK_EV_CHALLENGE);
  assert_non_null(ev);
  return hark_sasl_step(s, c, ev);
}

/* The last word of what has left, without base64. */
static inline const char *plain_words(void) {
  static char plain[3000];
  char *word = strrchr(said(), ' '), *out = NULL;
  size_t n = 0;
  word = word ? word + 1 : sent;
  word[strcspn(word, "\r\n")] = 0;
  if (!strcmp(word, "=")) *word = 0;
  assert_int_equal(gsasl_base64_from(word, strlen(word), &out, &n), GSASL_OK);
  assert_true(n < sizeof plain);
  memcpy(plain, out, n);
  plain[n] = 0;
  gsasl_free(out);
  return plain;
}

static inline int finish(const char *line) {
  const hark_event *done = say(line, HARK_EV_DONE);
  assert_non_null(done);
  return hark_sasl_finish(s, c, done);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#endif
