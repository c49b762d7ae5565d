/* tests/unit/test_pull_stuck.c - messages that the server does not give, or the store cannot take:
 * each costs itself alone.  pull/ask.c, answer.c.
 * SPDX-License-Identifier: MIT */
#include "pull_case.h"

static void stuck_is_what_three_rounds_do_not_bring(fate f, const char *why, int verdict) {
  play_add(&t, 300, 200);
  play_spoil(&t, 44, f, -1);
  play_all(&t);
  play_ended_well(&t);
  assert_int_equal(t.messages, 299);
  assert_string_equal(hark_set_text(t.stuck), "44");
  assert_string_equal(t.stuck_text, why);
  assert_int_equal(t.stuck_verdict, verdict);
  assert_int_equal(hark_set_count(t.have), 299);
  assert_false(hark_set_has(t.have, 44));
  for (size_t i = 0; i < t.s.n; i++)
    assert_int_equal(play_copies(&t, t.s.v[i].key), t.s.v[i].uid != 44);
}

static void stuck_when_left_out(void **state) { /* SEC M-14 */
  (void)state;
  stuck_is_what_three_rounds_do_not_bring(OMITTED, "Fetch completed", HARK_VERDICT_OK);
}
static void stuck_when_the_command_is_refused_there(void **state) { /* SEC M-13 */
  (void)state;
  stuck_is_what_three_rounds_do_not_bring(REFUSED, "cannot read it", HARK_VERDICT_NO);
}
static void stuck_when_the_whole_command_is_refused(void **state) { /* SEC M-13 */
  (void)state;
  stuck_is_what_three_rounds_do_not_bring(REFUSED_ALL, "cannot read it", HARK_VERDICT_NO);
}
static void stuck_when_the_body_is_nil(void **state) { /* SEC K-09 */
  (void)state;
  stuck_is_what_three_rounds_do_not_bring(NIL_BODY, "Fetch completed", HARK_VERDICT_OK);
  assert_int_equal(t.aborts, 0);
}
static void stuck_when_the_body_is_hollow(void **state) { /* SEC K-09 */
  (void)state;
  stuck_is_what_three_rounds_do_not_bring(EMPTY_BODY, "Fetch completed", HARK_VERDICT_OK);
}
static void stuck_when_only_the_header_comes(void **state) {
  (void)state;
  stuck_is_what_three_rounds_do_not_bring(HEADER_ONLY, "Fetch completed", HARK_VERDICT_OK);
  assert_int_equal(t.aborts, 0);
}
static void stuck_when_it_comes_as_a_part_of_it(void **state) {
  (void)state;
  stuck_is_what_three_rounds_do_not_bring(PARTIAL, "Fetch completed", HARK_VERDICT_OK);
  assert_int_equal(t.aborts, 0);
}
static void stuck_when_it_does_not_say_whose_it_is(void **state) { /* SEC K-06 */
  (void)state;
  stuck_is_what_three_rounds_do_not_bring(NO_UID, "Fetch completed", HARK_VERDICT_OK);
  assert_int_equal(t.aborts, 3);
}
static void stuck_when_it_says_two_uids(void **state) { /* SEC K-06 */
  (void)state;
  stuck_is_what_three_rounds_do_not_bring(TWO_UIDS, "Fetch completed", HARK_VERDICT_OK);
  assert_int_equal(t.aborts, 3);
}
static void stuck_when_hollow_and_the_body_comes_first(void **state) { /* SEC K-06 K-09 */
  (void)state;
  t.s.body_first = true;
  stuck_is_what_three_rounds_do_not_bring(EMPTY_BODY, "Fetch completed", HARK_VERDICT_OK);
  assert_int_equal(t.aborts, 3);
}

/* One bad message in each batch, and each costs its whole batch. */
static void many_bad_ones_cost_no_other(void **state) { /* SEC M-13 */
  (void)state;
  play_add(&t, 3000, 100);
  for (uint32_t uid = 5; uid <= 3000; uid += 100) play_spoil(&t, uid, REFUSED_ALL, -1);
  play_all(&t);
  play_ended_well(&t);
  assert_int_equal(t.stucks, 30);
  assert_int_equal(t.messages, 2970);
  assert_int_equal(hark_set_count(t.have), 2970);
  assert_true(t.s.fetches < 1200); /* most came in small batches, not one by one */
}

/* What the store has no room for and nobody can read past ends the connection, once for all. */
static void too_large_to_read_past(void **state) { /* SEC G-06 */
  (void)state;
  play_add(&t, 5, 100);
  play_spoil(&t, 3, ENDLESS, -1);
  t.room = 1 << 30;
  play_all(&t);
  play_failed_with(&t, HARK_ERR_BUSY,
                   "a message is too large to be stored or read past; the next pull goes on");
  assert_string_equal(hark_set_text(t.stuck), "3");
  assert_string_equal(t.stuck_text, "it was given and could not be stored here");
  assert_int_equal(t.messages, 2);
  play_durable(&t, t.nopen);
  play_end(&t);
  t.faileds = 0;
  play_start(&t, 7, "1:2", "3"); /* the others first */
  play_run(&t);
  assert_int_equal(t.faileds, 1);
  assert_int_equal(t.messages, 4);
  assert_int_equal(t.caught_ups, 0);
  assert_string_equal(hark_set_text(t.stuck), "3");
  play_end(&t);
  t.faileds = 0;
  play_spoil(&t, 3, GIVEN, 0); /* it was a lie */
  play_start(&t, 7, "1:2,4:5", "3");
  play_run(&t);
  play_ended_well(&t);
  assert_true(play_all_here(&t));
}

/* What can be read past costs no other even in this pull. */
static void too_large_to_be_stored(void **state) { /* SEC G-06 */
  (void)state;
  play_add(&t, 5, 100);
  server_find(&t.s, 3)->size = 100000;
  t.s.size_off = 1000 - 100000u; /* and 1000 is what RFC822.SIZE says */
  t.room = 10000;
  play_all(&t);
  play_ended_well(&t);
  assert_int_equal(t.messages, 4);
  assert_string_equal(hark_set_text(t.stuck), "3");
}

static void stuck_before_is_asked_for_last_and_alone(void **state) {
  (void)state;
  play_add(&t, 100, 100);
  play_spoil(&t, 20, REFUSED_ALL, -1);
  play_start(&t, 7, "1:10", "20,30,40,999");
  play_run(&t);
  play_ended_well(&t);
  assert_int_equal(t.messages, 89);
  assert_string_equal(hark_set_text(t.stuck), "20");
  assert_true(server_saw(&t.s, "UID FETCH 11:19,21:29,31:39,41"));
  assert_true(server_saw(&t.s, "UID FETCH 30 "));
  assert_false(server_saw(&t.s, "UID FETCH 999"));
}

static void a_store_that_fails_gets_it_again(void **state) {
  (void)state;
  play_add(&t, 100, 100);
  t.fail_uid = 30, t.fail_times = 2;
  play_all(&t);
  play_ended_well(&t);
  assert_true(play_all_here(&t));
  assert_int_equal(t.s.bodies_asked, 102);
}

static void a_store_that_always_fails_leaves_it_stuck(void **state) {
  (void)state;
  play_add(&t, 100, 100);
  t.fail_uid = 30, t.fail_times = -1;
  play_all(&t);
  play_ended_well(&t);
  assert_string_equal(hark_set_text(t.stuck), "30");
  assert_int_equal(t.s.bodies_asked, 102);
  assert_string_equal(t.stuck_text, "it was given and could not be stored here");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(stuck_when_left_out),
      TEST(stuck_when_the_command_is_refused_there),
      TEST(stuck_when_the_whole_command_is_refused),
      TEST(stuck_when_the_body_is_nil),
      TEST(stuck_when_the_body_is_hollow),
      TEST(stuck_when_only_the_header_comes),
      TEST(stuck_when_it_comes_as_a_part_of_it),
      TEST(stuck_when_it_does_not_say_whose_it_is),
      TEST(stuck_when_it_says_two_uids),
      TEST(stuck_when_hollow_and_the_body_comes_first),
      TEST(many_bad_ones_cost_no_other),
      TEST(too_large_to_read_past),
      TEST(too_large_to_be_stored),
      TEST(stuck_before_is_asked_for_last_and_alone),
      TEST(a_store_that_fails_gets_it_again),
      TEST(a_store_that_always_fails_leaves_it_stuck),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
