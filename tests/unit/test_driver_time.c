/* tests/unit/test_driver_time.c - assist/driver.c: IDLE, its end and its like, and silence.
 * SPDX-License-Identifier: MIT */
#include "driver_play.h"

static void listening(talk *t, const char *capabilities) {
  char greeting[200];
  begin(t);
  t->d.idle = true, t->d.mailbox = "INBOX";
  snprintf(greeting, sizeof greeting, "* OK [CAPABILITY IMAP4rev1 %s] hello\r\n", capabilities);
  say(t, greeting);
  say(t, "A1 OK in\r\n");
  snprintf(greeting, sizeof greeting, "* CAPABILITY IMAP4rev1 %s\r\nA2 OK done\r\n", capabilities);
  say(t, greeting);
  *t->log = 0;
}

enum { MINUTE = 60000 };

static void idle_is_renewed(void **state) { /* RFC 9051 section 6.3.13 */
  (void)state;
  talk t;
  listening(&t, "IDLE");
  sent(&t, "A1 LOGIN me secret|A2 SELECT INBOX|A3 IDLE|");
  assert_int_equal(hark_driver_deadline(&t.d), t.now + MINUTE); /* for the "+" */
  say(&t, "+ idling\r\n");
  uint64_t began = t.now;
  assert_int_equal(hark_driver_deadline(&t.d), began + 28 * MINUTE);
  t.now = began + 10 * MINUTE;
  say(&t, "* 4 EXISTS\r\n"); /* what comes meanwhile does not put it off */
  assert_int_equal(hark_driver_deadline(&t.d), began + 28 * MINUTE);
  t.now = began + 28 * MINUTE - 1;
  drain(&t);
  sent(&t, "");
  t.now++;
  drain(&t);
  sent(&t, "DONE|");
  assert_int_equal(hark_driver_deadline(&t.d), t.now + MINUTE);
  say(&t, "A3 OK done\r\n");
  sent(&t, "A4 IDLE|");
  say(&t, "+ idling\r\n");
  assert_int_equal(hark_driver_deadline(&t.d), t.now + 28 * MINUTE);
  went(&t, "LISTEN");
  t.d.renew_ms = 999 * MINUTE;
  assert_int_equal(hark_driver_deadline(&t.d), t.now + 29 * MINUTE);
  t.d.renew_ms = MINUTE;
  assert_int_equal(hark_driver_deadline(&t.d), t.now + MINUTE);
  hark_free(t.c);
}

/* IDLE makes way for the program's commands, and comes back behind the last. */
static void idle_makes_way(void **state) {
  (void)state;
  talk t;
  listening(&t, "IDLE");
  say(&t, "+ idling\r\n");
  memset(t.sent, 0, sizeof t.sent);
  hark_noop(t.c);
  hark_noop(t.c);
  say(&t, "A3 OK done\r\nA4 OK done\r\n");
  sent(&t, "DONE|A4 NOOP|A5 NOOP|");
  say(&t, "A5 OK done\r\n");
  sent(&t, "A6 IDLE|");
  hark_logout(t.c); /* before the "+" */
  say(&t, "+ idling\r\n");
  say(&t, "A6 OK done\r\n* BYE bye\r\nA7 OK done\r\n");
  sent(&t, "DONE|A7 LOGOUT|");
  assert_int_equal(t.d.now_at, HARK_STEP_CLOSED);
  assert_int_equal(hark_driver_deadline(&t.d), UINT64_MAX);
  hark_free(t.c);
}

static void without_idle_it_asks(void **state) {
  (void)state;
  talk t;
  listening(&t, "NAMESPACE");
  memset(t.sent, 0, sizeof t.sent);
  drain(&t);
  assert_int_equal(hark_driver_deadline(&t.d), t.now + 2 * MINUTE);
  t.now += 2 * MINUTE;
  drain(&t);
  sent(&t, "A3 NOOP|");
  t.now += 5;
  say(&t, "A3 OK done\r\n");
  t.d.poll_ms = 700;
  assert_int_equal(hark_driver_deadline(&t.d), t.now + 700);
  hark_free(t.c);
  listening(&t, "IDLE"); /* offered, and refused */
  say(&t, "A3 NO not here\r\n");
  sent(&t, "A1 LOGIN me secret|A2 SELECT INBOX|A3 IDLE|");
  assert_int_equal(hark_driver_deadline(&t.d), t.now + 2 * MINUTE);
  hark_free(t.c);
  listening(&t, "IDLE"); /* accepted, and ended at once, again and again */
  say(&t, "+ idling\r\nA3 OK done\r\n");
  say(&t, "+ idling\r\nA4 OK done\r\n");
  say(&t, "+ idling\r\nA5 OK done\r\n");
  sent(&t, "A1 LOGIN me secret|A2 SELECT INBOX|A3 IDLE|A4 IDLE|A5 IDLE|");
  assert_int_equal(hark_driver_deadline(&t.d), t.now + 2 * MINUTE);
  hark_free(t.c);
  listening(&t, "IDLE");
  t.skip = HARK_STEP_LISTEN; /* the program listens in its own way */
  say(&t, "+ idling\r\n");
  t.now += 28 * MINUTE;
  say(&t, "A3 OK done\r\n");
  sent(&t, "A1 LOGIN me secret|A2 SELECT INBOX|A3 IDLE|DONE|");
  hark_free(t.c);
}

static void silence_is_noticed(void **state) {
  (void)state;
  talk t;
  begin(&t); /* no greeting */
  drain(&t);
  assert_int_equal(hark_driver_deadline(&t.d), t.now + MINUTE);
  t.now += MINUTE - 1;
  assert_int_equal(drain(&t), 0);
  t.now++;
  drain(&t);
  assert_int_equal(drain(&t), HARK_ERR_NET);
  went(&t, "GREETING CLOSED");
  hark_free(t.c);
  begin(&t); /* no answer; what was not asked for is none */
  say(&t, "* OK [CAPABILITY IMAP4rev1] hello\r\n");
  for (int i = 0; i < 6; i++, t.now += 10000) say(&t, "* OK still here\r\n");
  drain(&t);
  assert_int_equal(drain(&t), HARK_ERR_NET);
  hark_free(t.c);
  listening(&t, "IDLE"); /* in its rest IDLE may be silent; its end may not */
  say(&t, "+ idling\r\n");
  t.now += 28 * MINUTE;
  assert_int_equal(drain(&t), 0);
  t.now += MINUTE;
  drain(&t);
  assert_int_equal(drain(&t), HARK_ERR_NET);
  hark_free(t.c);
  begin(&t);
  t.d.silence_ms = UINT32_MAX;
  drain(&t);
  assert_int_equal(hark_driver_deadline(&t.d), UINT64_MAX);
  hark_free(t.c);
}

/* What cannot be done before the program's command is answered, nobody is to be called for. */
static void no_poll_while_something_is_under_way(void **state) {
  (void)state;
  talk t;
  listening(&t, "NAMESPACE");
  t.d.poll_ms = 1000;
  hark_noop(t.c);
  drain(&t);
  uint64_t asked = t.now;
  t.now += 2000;
  drain(&t);
  assert_int_equal(hark_driver_deadline(&t.d), asked + MINUTE);
  say(&t, "A3 OK done\r\n");
  sent(&t, "A1 LOGIN me secret|A2 SELECT INBOX|A3 NOOP|A4 NOOP|");
  hark_free(t.c);
}

/* Silence is counted from the question. */
static void asked_after_a_rest(void **state) {
  (void)state;
  talk t;
  listening(&t, "IDLE");
  say(&t, "+ idling\r\n");
  t.now += 10 * MINUTE;
  hark_noop(t.c);
  assert_int_equal(drain(&t), 0);
  assert_int_equal(hark_driver_deadline(&t.d), t.now + MINUTE);
  hark_free(t.c);
  begin(&t); /* nothing is listened to */
  say(&t, "* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n");
  t.now += 10 * MINUTE;
  hark_noop(t.c);
  assert_int_equal(drain(&t), 0);
  assert_int_equal(hark_driver_deadline(&t.d), t.now + MINUTE);
  hark_free(t.c);
}

/* A server that says BYE and stays. */
static void bye_is_no_end(void **state) {
  (void)state;
  talk t;
  for (int idles = 0; idles < 2; idles++) {
    listening(&t, "IDLE");
    say(&t, idles ? "+ idling\r\n" : "A3 NO not now\r\n");
    t.now += 1000;
    say(&t, "* BYE so long\r\n");
    assert_int_equal(hark_driver_deadline(&t.d), t.now + MINUTE);
    t.now += MINUTE;
    drain(&t);
    assert_int_equal(drain(&t), 0); /* it had said so */
    assert_int_equal(t.d.now_at, HARK_STEP_CLOSED);
    hark_free(t.c);
  }
}

/* The program thinks about its answer: that is not the server's silence. */
static int thinks(void *ud, hark_client *c, const hark_event *ev) {
  (void)ud, (void)c, (void)ev;
  return 0;
}

static void our_own_silence(void **state) {
  (void)state;
  talk t;
  begin(&t);
  t.d.sign_in = plain, t.d.challenge = thinks;
  say(&t, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n");
  say(&t, "+ \r\n");
  assert_int_equal(hark_driver_deadline(&t.d), UINT64_MAX);
  t.now += 99 * MINUTE;
  assert_int_equal(drain(&t), 0);
  hark_respond(t.c, (hark_str){"x", 1});
  drain(&t);
  assert_int_equal(hark_driver_deadline(&t.d), t.now + MINUTE);
  hark_free(t.c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(idle_is_renewed),
      cmocka_unit_test(idle_makes_way),
      cmocka_unit_test(without_idle_it_asks),
      cmocka_unit_test(silence_is_noticed),
      cmocka_unit_test(no_poll_while_something_is_under_way),
      cmocka_unit_test(our_own_silence),
      cmocka_unit_test(asked_after_a_rest),
      cmocka_unit_test(bye_is_no_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
