/* tests/unit/test_calls.c - a careless caller: calls at the wrong time, with what cannot be sent.
 * SPDX-License-Identifier: MIT */
#include "core/client.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static hark_client *begin(unsigned flags) {
  hark_config config;
  hark_config_init(&config);
  config.flags = flags;
  hark_client *c = hark_new(&config);
  assert_non_null(c);
  return c;
}

static void drain(hark_client *c) {
  while (hark_next(c)) {
  }
}

static void say(hark_client *c, const char *text) {
  size_t n;
  while (hark_send_buf(c, &n)) hark_send_ack(c, n);
  for (size_t took; *text; text += took) {
    took = hark_feed(c, text, strlen(text));
    drain(c);
    assert_int_not_equal(took, 0);
  }
}

/* SEC E-17: behind the largest number they begin again, but not with one that is under way. */
static void numbers_that_come_around(void **state) {
  (void)state;
  hark_client *c = begin(0);
  say(c, "* PREAUTH hi\r\n");
  assert_int_equal(hark_noop(c), 1);
  assert_int_equal(hark_noop(c), 2);
  say(c, "A1 OK done\r\n");
  c->next_id = INT32_MAX;
  assert_int_equal(hark_noop(c), INT32_MAX);
  assert_int_equal(hark_noop(c), 1);
  assert_int_equal(hark_noop(c), 3);
  say(c, "A2147483647 OK done\r\nA3 OK done\r\nA2 OK done\r\nA1 OK done\r\n");
  assert_int_equal(hark_error(c), 0);
  assert_int_equal(hark_inflight(c), 0);
  hark_free(c);
}

/* The first error is the one that is told. */
static void the_network_fails_behind_an_error(void **state) {
  (void)state;
  hark_client *c = begin(0);
  say(c, "* OK hi\r\n* CAPABILITY (\r\n");
  assert_int_equal(hark_error(c), HARK_ERR_FRAME);
  char before[ERROR_TEXT];
  snprintf(before, sizeof before, "%s", hark_error_text(c));
  hark_fail(c, HARK_ERR_NET, "reset");
  hark_fail(c, HARK_ERR_CERT, "expired");
  assert_int_equal(hark_error(c), HARK_ERR_FRAME);
  assert_string_equal(hark_error_text(c), before);
  hark_free(c);
}

/* SEC F-18: whatever a caller allows, a server does not choose how much stack is used. */
static void limits_without_limit(void **state) {
  (void)state;
  hark_limits limits;
  memset(&limits, 0xff, sizeof limits);
  limits.size = sizeof limits, limits.window = 0;
  hark_config config;
  hark_config_init(&config);
  config.flags = HARK_OBSERVE, config.limits = &limits;
  hark_client *c = hark_new(&config);
  assert_non_null(c);
  char lists[1000];
  memset(lists, '(', sizeof lists - 1);
  lists[sizeof lists - 1] = 0;
  say(c, "* 1 FETCH (BODYSTRUCTURE ");
  for (int i = 0; i < 1000; i++) say(c, lists);
  memset(lists, ')', sizeof lists - 1);
  for (int i = 0; i < 1000; i++) say(c, lists);
  const hark_event *ev = NULL;
  assert_int_equal(hark_feed(c, ")\r\n", 3), 3);
  while ((ev = hark_next(c)) && ev->type != HARK_EV_MALFORMED) {
  }
  assert_non_null(ev);
  hark_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_that_come_around),
                                     cmocka_unit_test(the_network_fails_behind_an_error),
                                     cmocka_unit_test(limits_without_limit)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
