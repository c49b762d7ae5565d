/* tests/unit/test_corners.c - what is rare: calls that no program should make.
 * SPDX-License-Identifier: MIT */
#include "any_client.h"
#include "core/client.h"
#include "core/extension.h"
#include <hark/search.h>
#include <stdio.h>

/* --- what the caller sets --- */

static void limits_of_every_kind(void **state) {
  (void)state;
  hark_limits some = {.size = sizeof some,
                      .window = 1,
                      .line = 100,
                      .response = 200,
                      .literal = 50,
                      .items = 3,
                      .depth = 5000,
                      .inflight = 1,
                      .output = 400,
                      .body = 7};
  hark_client *c = begin(0, &some);
  assert_true(c->limits.window > 1);
  assert_true(c->limits.depth <= 1000);
  assert_int_equal(c->limits.items, 3);
  assert_int_equal(c->limits.body, 7);
  hark_free(c);
  some.size =
      offsetof(hark_limits, window); /* as an older program would have it: all are defaults */
  c = begin(0, &some);
  assert_int_equal(c->limits.window, 1 << 14);
  assert_int_equal(c->limits.output, 1 << 20);
  assert_int_equal(c->limits.body, 0);
  hark_free(c);
}

static void nothing_is_asked_for(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  char many[2000], *end = many;
  assert_false(hark_has(c, NULL));
  assert_false(hark_enabled(c, NULL));
  assert_string_equal(hark_error_text(c), hark_err_text(HARK_OK));
  assert_int_equal(hark_assume_capabilities(c, NULL), HARK_ERR_ARG);
  for (size_t i = 0; i < 300; i++) end += snprintf(end, 8, "A12 ");
  snprintf(end, 8, "LAST");
  assert_int_equal(hark_assume_capabilities(c, many), 0); /* 256 are kept */
  assert_false(hark_has(c, "LAST"));
  assert_true(hark_has(c, "a12"));
  assert_int_equal(hark_assume_capabilities(c, "X"), HARK_ERR_STATE);
  hark_free(c);
}

static void names_of_nobody(void **state) {
  (void)state;
  assert_null(hark_event_name(999999));
  assert_null(hark_event_fields(999999));
  assert_null(hark_item_name(999999));
  assert_null(hark_item_fields(999999));
  assert_null(hark_code_fields(999999));
  assert_string_equal(hark_item_name(HARK_ITEM_OTHER), "OTHER");
}

/* --- commands --- */

static void strings_or_nil(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  say(c, "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  hark_builder *b = hark_cmd_begin(c, "X-TEST");
  hark_put_nstring(b, (hark_str){NULL, 0});
  hark_put_nstring(b, (hark_str){"", 0});
  hark_put_nstring(b, (hark_str){"NIL", 3});
  assert_true(hark_cmd_end(b) > 0);
  size_t n;
  const char *sent = hark_send_buf(c, &n);
  assert_int_equal(n, strlen("A1 X-TEST NIL \"\" \"NIL\"\r\n"));
  assert_memory_equal(sent, "A1 X-TEST NIL \"\" \"NIL\"\r\n", n);
  hark_free(c);
}

static void begun_and_never_ended(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  hark_cmd_begin(c, "NOOP");
  hark_builder *b = hark_cmd_begin(c, "NOOP"); /* in place of the other */
  assert_true(hark_cmd_end(b) > 0);
  hark_cmd_begin(c, "NOOP");
  hark_free(c);
}

/* A careless program still holds its builder. */
static void ended_and_gone_on_with(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  say(c, "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  hark_builder *b = hark_cmd_begin(c, "X-TEST");
  assert_int_equal(hark_cmd_end(b), 1);
  hark_put_raw(b, "A");
  hark_put_open(b);
  hark_put_mailbox(b, "\xc3\xbc");
  hark_put_stream(b, 0, 9);
  hark_put_close(b);
  assert_int_equal(hark_cmd_end(b), HARK_ERR_STATE);
  assert_int_equal(hark_cmd_end(b), HARK_ERR_STATE);
  b = hark_cmd_begin(c, "X-TEST");
  assert_int_equal(hark_noop(c), 2);
  hark_put_raw(b, "B");
  assert_int_equal(hark_cmd_end(b), HARK_ERR_STATE);
  size_t n;
  const char *sent = hark_send_buf(c, &n);
  assert_int_equal(n, strlen("A1 X-TEST\r\n"));
  assert_memory_equal(sent, "A1 X-TEST\r\n", n);
  hark_free(c);
}

/* As hark_select() does. */
static void selected_piece_by_piece(void **state) {
  (void)state;
  size_t n;
  hark_client *c = begin(0, NULL);
  say(c, "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  hark_builder *b = hark_cmd_begin(c, "EXAMINE");
  hark_put_mailbox(b, "inbox");
  hark_put_list(b, "(X-SOME)");
  assert_int_equal(hark_cmd_end(b), 1);
  while (hark_send_buf(c, &n)) hark_send_ack(c, n);
  say(c, "A1 OK done\r\n");
  assert_int_equal(hark_get_phase(c), HARK_PHASE_SELECTED);
  assert_non_null(hark_selected(c));
  assert_string_equal(hark_selected(c), "INBOX");
  hark_free(c);
}

static void too_many_needs(void **state) {
  (void)state;
  static const char names[MAX_NEEDS + 1][2] = {"A", "B", "C", "D", "E", "F", "G"};
  hark_client *c = begin(0, NULL);
  hark_builder *b = hark_cmd_begin(c, "X-TEST");
  for (size_t i = 0; i < MAX_NEEDS; i++) ext_needs(b, names[i]), ext_needs(b, names[i]);
  assert_int_equal(b->text.err, 0);
  ext_needs(b, names[MAX_NEEDS]);
  assert_int_equal(hark_cmd_end(b), HARK_ERR_ARG);
  hark_free(c);
}

/* "CHARSET UTF-8" would not fit any more. */
static void no_room_for_the_charset(void **state) {
  (void)state;
  char long_text[900];
  hark_client *c = begin(0, NULL);
  memset(long_text, 'x', sizeof long_text - 1);
  long_text[sizeof long_text - 1] = 0;
  int last = 1;
  for (size_t cut = 0; cut < 900 && last > 0; cut += 3) {
    hark_builder *q = hark_search_begin(c, 0, NULL);
    for (size_t i = 0; i < 8; i++) hark_q_text(q, "TEXT", long_text);
    hark_q_text(q, "TEXT", long_text + sizeof long_text - 1 - cut);
    last = hark_search_end(q);
    if (last > 0) assert_int_equal(hark_cancel(c, last), 0), drain(c);
  }
  assert_int_equal(last, HARK_ERR_ARG);
  hark_free(c);
}

static void idle_that_never_left(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  assert_int_equal(hark_idle_done(c), HARK_ERR_STATE);
  assert_true(hark_noop(c) > 0);
  assert_int_equal(hark_idle_done(c), HARK_ERR_STATE);
  assert_true(hark_idle(c) > 0);
  assert_int_equal(hark_idle_done(c), 0); /* it was queued: cancelled */
  assert_int_equal(hark_idle_done(c), HARK_ERR_STATE);
  drain(c);
  hark_free(c);
}

/* A tag that this client cannot have given is no answer to it. */
static void tags_of_nobody(void **state) {
  (void)state;
  static const char *const tags[] = {"A", "A0", "A12345678901", "A1x", "A1.", "B1", "A2"};
  for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
    char line[40];
    hark_client *c = begin(0, NULL);
    say(c, "* PREAUTH hi\r\n");
    assert_int_equal(hark_noop(c), 1);
    snprintf(line, sizeof line, "%s OK done\r\n", tags[i]);
    say(c, line);
    assert_int_equal(hark_error(c), HARK_ERR_FRAME);
    hark_free(c);
  }
}

/* --- what cannot be written --- */

static int refusal(void (*put_it)(hark_builder *)) {
  hark_client *c = begin(0, NULL);
  hark_builder *b = hark_cmd_begin(c, "X-TEST");
  put_it(b);
  int id = hark_cmd_end(b);
  hark_free(c);
  return id > 0 ? 0 : id;
}

static void flag_of_8_bits(hark_builder *b) { hark_put_flags(b, "\xc3\xa4"); }
static void flags_too_far(hark_builder *b) { hark_put_flags(b, "a  b"); }
static void flags_and_space(hark_builder *b) { hark_put_flags(b, "a "); }
static void zone_too_far(hark_builder *b) { hark_put_date_time(b, 0, 24 * 60); }
static void zone_too_far_west(hark_builder *b) { hark_put_date_time(b, 0, -24 * 60); }
static void year_10000(hark_builder *b) { hark_put_date_time(b, INT64_MAX, 0); }
static void before_year_1(hark_builder *b) { hark_put_date_time(b, INT64_MIN, 0); }
static void raw_delete(hark_builder *b) { hark_put_raw(b, "a\x7f"); }
static void quoted_of_8_bits(hark_builder *b) { hark_put_quoted(b, "a\r"); }
static void tag_of_none(hark_builder *b) { hark_put_tag(b, 0); }

static void what_is_no_argument(void **state) {
  (void)state;
  static void (*const none[])(hark_builder *) = {
      flag_of_8_bits, flags_too_far, flags_and_space, zone_too_far,     zone_too_far_west,
      year_10000,     before_year_1, raw_delete,      quoted_of_8_bits, tag_of_none};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    assert_int_equal(refusal(none[i]), HARK_ERR_ARG);
}

/* --- the network --- */

static void failing(void **state) {
  (void)state;
  char long_text[2000];
  memset(long_text, 'x', sizeof long_text - 1);
  long_text[sizeof long_text - 1] = 0;
  hark_client *c = begin(0, NULL);
  hark_fail(c, HARK_ERR_CERT, long_text); /* told as far as there is room */
  assert_int_equal(hark_error(c), HARK_ERR_CERT);
  assert_true(strlen(hark_error_text(c)) < 1000);
  hark_fail(c, HARK_ERR_NET, "again");
  assert_int_equal(hark_error(c), HARK_ERR_CERT);
  hark_free(c);
  c = begin(0, NULL);
  hark_fail(c, HARK_ERR_NET, NULL);
  drain(c);
  assert_int_equal(hark_error(c), HARK_ERR_NET);
  hark_free(c);
}

static void after_the_end(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  say(c, "* PREAUTH hi\r\n");
  assert_true(hark_logout(c) > 0);
  say(c, "* BYE bye\r\nA1 OK done\r\n");
  hark_recv_eof(c);
  drain(c);
  assert_int_equal(hark_wants(c), HARK_CLOSED);
  hark_fail(c, HARK_ERR_NET, "late");
  assert_int_equal(hark_error(c), 0);
  size_t n;
  assert_null(hark_recv_buf(c, &n));
  assert_int_equal(hark_feed(c, "x", 1), 0);
  hark_free(c);
}

/* The place is given again until bytes are in it. */
static void a_place_that_is_asked_for_twice(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  size_t n, again;
  void *place = hark_recv_buf(c, &n);
  assert_ptr_equal(hark_recv_buf(c, &again), place);
  assert_int_equal(again, n);
  assert_int_equal(hark_recv_ack(c, 0), 0);
  assert_int_equal(hark_feed(c, "", 0), 0);
  assert_non_null(hark_recv_buf(c, &n));
  hark_fail(c, HARK_ERR_CERT, NULL);
  hark_free(c);
}

/* What is still to be told comes first. */
static void what_is_wanted_between_events(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  static const char greeting[] = "* PREAUTH hi\r\n", answer[] = "A1 OK done\r\n";
  assert_int_equal(hark_feed(c, greeting, sizeof greeting - 1), sizeof greeting - 1);
  assert_non_null(hark_next(c));
  assert_int_equal(hark_wants(c), 0);
  drain(c);
  assert_int_equal(hark_wants(c), HARK_WANT_RECV);
  assert_int_equal(hark_logout(c), 1);
  took_all(c);
  assert_int_equal(hark_feed(c, answer, sizeof answer - 1), sizeof answer - 1);
  assert_int_equal(hark_next(c)->type, HARK_EV_PHASE);
  assert_int_equal(hark_wants(c), 0);
  assert_int_equal(hark_next(c)->type, HARK_EV_DONE);
  drain(c);
  assert_int_equal(hark_wants(c), HARK_CLOSED);
  hark_free(c);
}

/* Only bytes are an injection, and only one failure counts. */
static void nothing_before_tls(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  say(c, "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n");
  assert_int_equal(hark_starttls(c), 1);
  say(c, "A1 OK begin\r\n");
  assert_int_equal(hark_wants(c), HARK_WANT_LAYER);
  assert_int_equal(hark_feed(c, "", 0), 0);
  assert_int_equal(hark_error(c), 0);
  hark_fail(c, HARK_ERR_CERT, NULL);
  assert_int_equal(hark_feed(c, "x", 1), 0);
  assert_int_equal(hark_error(c), HARK_ERR_CERT);
  hark_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(limits_of_every_kind),
      cmocka_unit_test(nothing_is_asked_for),
      cmocka_unit_test(names_of_nobody),
      cmocka_unit_test(strings_or_nil),
      cmocka_unit_test(begun_and_never_ended),
      cmocka_unit_test(ended_and_gone_on_with),
      cmocka_unit_test(selected_piece_by_piece),
      cmocka_unit_test(too_many_needs),
      cmocka_unit_test(no_room_for_the_charset),
      cmocka_unit_test(idle_that_never_left),
      cmocka_unit_test(tags_of_nobody),
      cmocka_unit_test(what_is_no_argument),
      cmocka_unit_test(failing),
      cmocka_unit_test(after_the_end),
      cmocka_unit_test(a_place_that_is_asked_for_twice),
      cmocka_unit_test(what_is_wanted_between_events),
      cmocka_unit_test(nothing_before_tls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
