/* tests/unit/test_calls.c - a careless caller: calls at the wrong time, with what cannot be sent.
 * SPDX-License-Identifier: MIT */
#include "core/client.h"
#include <hark/ext/convert.h>
#include <hark/ext/id.h>
#include <hark/ext/list.h>
#include <hark/search.h>
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

/* A program that was built with a smaller structure knows nothing of what stands behind. */
static void a_shorter_query(void **state) {
  (void)state;
  static const char *const patterns[] = {"%", NULL};
  hark_list_query q = {
      .size = offsetof(hark_list_query, status), .patterns = patterns, .status = "no item)"};
  hark_config config;
  hark_config_init(&config);
  hark_client *c = hark_new(&config);
  assert_true(hark_list_extended(c, &q) > 0);
  q.size = 0;
  assert_int_equal(hark_list_extended(c, &q), HARK_ERR_ARG);
  q.size = sizeof q;
  assert_int_equal(hark_list_extended(c, &q), HARK_ERR_ARG);
  assert_int_equal(hark_list_extended(c, NULL), HARK_ERR_ARG);
  hark_free(c);
}

/* What is no text is refused, and nothing is queued. */
static void refuses_what_is_no_text(hark_client *c, int err) {
  hark_str none = {NULL, 0};
  static const char *const odd[] = {"name", "hark", "version", NULL};
  assert_int_equal(hark_login(c, NULL, "x"), err);
  assert_int_equal(hark_login(c, "x", NULL), err);
  assert_int_equal(hark_authenticate(c, NULL, NULL), err);
  assert_int_equal(hark_authenticate(c, "", &none), err);
  assert_int_equal(hark_list(c, NULL, "*", NULL), err);
  assert_int_equal(hark_list(c, "", NULL, NULL), err);
  assert_int_equal(hark_status(c, NULL, "(MESSAGES)"), err);
  assert_int_equal(hark_status(c, "INBOX", NULL), err);
  assert_int_equal(hark_select(c, NULL, NULL), err);
  assert_int_equal(hark_examine(c, NULL, ""), err);
  assert_int_equal(hark_fetch(c, 0, NULL, "UID"), err);
  assert_int_equal(hark_fetch(c, HARK_UID, "", "UID"), err);
  assert_int_equal(hark_fetch(c, HARK_UID, "1", NULL), err);
  assert_int_equal(hark_store(c, 0, "1", NULL, "()"), err);
  assert_int_equal(hark_store(c, 0, "1", "FLAGS", NULL), err);
  assert_int_equal(hark_expunge(c, ""), err);
  assert_int_equal(hark_id(c, odd), err);
  assert_int_equal(hark_cmd_end(hark_cmd_begin(c, NULL)), err);
  assert_int_equal(hark_cmd_end(hark_cmd_begin(c, "")), err);
  hark_builder *b = hark_search_begin(c, HARK_UID, NULL);
  hark_q_key(b, NULL);
  assert_int_equal(hark_search_end(b), err);
  b = hark_search_begin(c, HARK_UID, "()");
  hark_q_close(b);
  hark_q_open(b);
  assert_int_equal(hark_search_end(b), err);
  b = hark_search_begin(c, HARK_UID, NULL);
  hark_q_open(b);
  assert_int_equal(hark_search_end(b), err);
  b = hark_search_begin(c, HARK_UID, NULL);
  hark_q_date(b, "SINCE", 2026, 13, 1);
  assert_int_equal(hark_search_end(b), err);
  assert_int_equal(hark_respond(c, none), HARK_ERR_STATE);
  assert_int_equal(hark_respond_cancel(c), HARK_ERR_STATE);
  assert_int_equal(hark_authenticated(c, 0), HARK_ERR_STATE);
  assert_int_equal(hark_idle_done(c), HARK_ERR_STATE);
  assert_int_equal(hark_cancel(c, 0), HARK_ERR_STATE);
  assert_int_equal(hark_cancel(c, -1), HARK_ERR_STATE);
  assert_int_equal(hark_push_layer(c, NULL), HARK_ERR_NOMEM);
  assert_false(hark_has(c, NULL));
  assert_int_equal(hark_inflight(c), 0);
}

static void before_and_behind_it_all(void **state) {
  (void)state;
  hark_client *c = begin(0);
  assert_int_equal(hark_assume_capabilities(c, NULL), HARK_ERR_ARG);
  refuses_what_is_no_text(c, HARK_ERR_ARG);
  say(c, "* OK [CAPABILITY IMAP4rev1 ID] hi\r\n");
  refuses_what_is_no_text(c, HARK_ERR_ARG);
  hark_recv_eof(c);
  refuses_what_is_no_text(c, HARK_ERR_STATE);
  drain(c);
  assert_int_equal(hark_error(c), HARK_ERR_EOF);
  refuses_what_is_no_text(c, HARK_ERR_STATE);
  assert_int_equal(hark_wants(c), HARK_CLOSED);
  hark_free(c);
  c = begin(HARK_OBSERVE);
  refuses_what_is_no_text(c, HARK_ERR_STATE);
  hark_free(c);
}

/* RFC 2971: as many names as values, 30 at most, of 1,024 bytes at most. */
static void what_id_may_say(void **state) {
  (void)state;
  char text[1026];
  const char *fields[63] = {NULL};
  memset(text, 'x', sizeof text);
  hark_client *c = begin(0);
  for (size_t i = 0; i < 62; i++) fields[i] = "x";
  assert_int_equal(hark_id(c, fields), HARK_ERR_ARG);
  fields[60] = NULL;
  assert_int_equal(hark_id(c, fields), 1);
  fields[2] = NULL, fields[1] = text;
  text[1025] = 0;
  assert_int_equal(hark_id(c, fields), HARK_ERR_ARG);
  text[1024] = 0;
  assert_int_equal(hark_id(c, fields), 2);
  assert_int_equal(hark_id(c, NULL), 3); /* NIL */
  hark_free(c);
}

/* A piece of CONVERT does not take the items of a FETCH for its own. */
static void pieces_of_another_command(void **state) {
  (void)state;
  hark_client *c = begin(0);
  hark_builder *b = hark_fetch_begin(c, 0, "1");
  hark_fetch_item(b, "UID");
  hark_convert_put(b, HARK_CONVERT_UID, "", 0, 0);
  assert_int_equal(hark_fetch_end(b), HARK_ERR_ARG);
  hark_free(c);
}

/* An asynchronous read holds the place while the program goes on. */
static void the_place_outlives_other_calls(void **state) {
  (void)state;
  hark_client *c = begin(0);
  size_t n;
  say(c, "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  char *place = hark_recv_buf(c, &n);
  assert_non_null(place);
  assert_true(hark_idle(c) > 0); /* not offered */
  const hark_event *ev = hark_next(c);
  assert_true(ev && ev->type == HARK_EV_DONE && ev->cond->verdict == HARK_VERDICT_UNSENT);
  assert_int_equal(hark_wants(c) & HARK_WANT_RECV, 0);
  assert_null(hark_next(c));
  assert_int_equal(hark_wants(c) & HARK_WANT_RECV, HARK_WANT_RECV);
  memcpy(place, "* OK on we go\r\n", 15);
  assert_int_equal(hark_recv_ack(c, 15), 0);
  ev = hark_next(c);
  assert_true(ev && ev->type == HARK_EV_COND);
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
                                     cmocka_unit_test(before_and_behind_it_all),
                                     cmocka_unit_test(what_id_may_say),
                                     cmocka_unit_test(pieces_of_another_command),
                                     cmocka_unit_test(a_shorter_query),
                                     cmocka_unit_test(the_place_outlives_other_calls),
                                     cmocka_unit_test(limits_without_limit)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
