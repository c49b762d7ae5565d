/* tests/unit/test_uploads.c - literals whose bytes the program gives: calls in any order.
 * SPDX-License-Identifier: MIT */
#include "failing.h"
#include <hark/event.h>
#include <hark/ext/append.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static failing heap;

static void drain(hark_client *c) {
  while (hark_next(c)) {
  }
}

static void say(hark_client *c, const char *text) {
  drain(c);
  for (size_t took; *text; text += took) {
    took = hark_feed(c, text, strlen(text));
    drain(c);
    assert_int_not_equal(took, 0);
  }
}

static size_t take_all(hark_client *c) {
  size_t n, all = 0;
  for (; hark_send_buf(c, &n); all += n) hark_send_ack(c, n);
  return all;
}

/* Signed in, and APPEND of so many bytes is given. */
static hark_client *begin(uint64_t octets) {
  hark_config config;
  hark_config_init(&config);
  heap = (failing){0};
  config.alloc = failing_alloc, config.alloc_ud = &heap;
  hark_client *c = hark_new(&config);
  assert_non_null(c);
  say(c, "* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n");
  hark_message m = {.size = sizeof m, .octets = octets, .date = INT64_MIN};
  assert_int_equal(hark_append(c, "INBOX", &m), 1);
  return c;
}

static void end(hark_client *c) {
  hark_free(c);
  assert_int_equal(heap.out, 0);
}

/* Bytes before HARK_EV_SEND_DATA are not taken; the event comes, and then they are. */
static void data_before_it_is_asked_for(void **state) {
  (void)state;
  hark_client *c = begin(3);
  assert_int_equal(hark_wants(c) & HARK_WANT_DATA, 0);
  assert_int_equal(hark_send_data(c, "abc", 3), 0);
  const hark_event *ev = hark_next(c);
  assert_true(ev && ev->type == HARK_EV_SEND_DATA && ev->num == 3);
  assert_int_equal(hark_wants(c) & HARK_WANT_DATA, HARK_WANT_DATA);
  assert_int_equal(hark_send_data(c, "abcd", 4), 3);
  assert_int_equal(hark_send_data(c, "d", 1), 0);
  take_all(c);
  say(c, "A1 OK done\r\n");
  assert_int_equal(hark_inflight(c), 0);
  assert_int_equal(hark_wants(c), HARK_WANT_RECV);
  end(c);
}

/* What was to be told of a literal is not waited for behind the end. */
static void the_end_before_it_is_asked_for(void **state) {
  (void)state;
  hark_client *c = begin(3);
  hark_fail(c, HARK_ERR_CERT, "outside");
  const hark_event *ev = hark_next(c);
  assert_true(ev && ev->type == HARK_EV_DONE && ev->cond->verdict == HARK_VERDICT_LOST);
  assert_null(hark_next(c));
  assert_int_equal(hark_wants(c), HARK_CLOSED);
  assert_int_equal(hark_send_data(c, "abc", 3), 0);
  end(c);
}

/* Nor are bytes taken behind it. */
static void data_behind_the_end(void **state) {
  (void)state;
  hark_client *c = begin(3);
  assert_non_null(hark_next(c));
  hark_fail(c, HARK_ERR_CERT, "outside");
  assert_int_equal(hark_send_data(c, "abc", 3), 0);
  end(c);
}

/* What the socket takes of an upload is a sign of life; of other commands it is none. */
static void uploads_are_heard(void **state) {
  (void)state;
  hark_client *c = begin(100000);
  char bytes[1000] = {0};
  take_all(c);
  uint64_t before = hark_heard(c);
  assert_non_null(hark_next(c));
  assert_int_equal(hark_send_data(c, bytes, sizeof bytes), sizeof bytes);
  assert_int_equal(hark_heard(c), before);
  assert_int_equal(take_all(c), sizeof bytes);
  assert_int_equal(hark_heard(c), before + sizeof bytes);
  say(c, "A1 NO no\r\n"); /* and what it is owed all the same */
  before = hark_heard(c);
  assert_int_equal(take_all(c), 99002);
  assert_true(hark_heard(c) >= before + 99000);
  before = hark_heard(c);
  assert_int_equal(hark_noop(c), 2);
  take_all(c);
  assert_int_equal(hark_heard(c), before);
  end(c);
}

/* Memory that runs out in the middle ends it, whichever call of the heap it is. */
static void without_memory(void **state) {
  (void)state;
  for (long at = 1; at < 20; at++) {
    hark_client *c = begin(100000);
    char bytes[5000] = {0};
    assert_non_null(hark_next(c));
    heap.calls = 0, heap.fail_at = at, heap.for_good = true;
    size_t took = 1;
    for (int i = 0; i < 20 && took; i++) took = hark_send_data(c, bytes, sizeof bytes);
    if (hark_error(c)) {
      assert_int_equal(hark_error(c), HARK_ERR_NOMEM);
      const hark_event *ev = hark_next(c);
      assert_true(ev && ev->type == HARK_EV_DONE && ev->cond->verdict == HARK_VERDICT_LOST);
      assert_int_equal(hark_wants(c), HARK_CLOSED);
    }
    end(c);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(data_before_it_is_asked_for),
      cmocka_unit_test(the_end_before_it_is_asked_for), cmocka_unit_test(data_behind_the_end),
      cmocka_unit_test(uploads_are_heard), cmocka_unit_test(without_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
