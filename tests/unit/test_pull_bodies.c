/* tests/unit/test_pull_bodies.c - nothing is lost, nothing comes twice: pull/ask.c, answer.c.
 * SPDX-License-Identifier: MIT */
#include "pull_play.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static play t;

static int setup(void **state) {
  (void)state;
  play_init(&t);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  play_free(&t);
  return 0;
}

static void fill(size_t n, uint32_t size) {
  for (size_t i = 0; i < n; i++) server_add(&t.s, 0, size);
}

static void spoil(uint32_t uid, fate f, int times) {
  mail *m = server_find(&t.s, uid);
  assert_non_null(m);
  m->fate = f, m->times = times;
}

static void pull_all(void) {
  play_start(&t, 0, NULL, NULL);
  play_run(&t);
}

static void ended_well(void) {
  assert_int_equal(t.faileds, 0);
  assert_int_equal(t.caught_ups, 1);
  assert_true(hark_wants(t.c) & HARK_CLOSED);
  assert_int_equal(t.s.logouts, 1);
}

static void every_message_once(void **state) {
  (void)state;
  fill(500, 300);
  server_add(&t.s, 0, 0);
  server_add(&t.s, 0, 1);
  server_add(&t.s, 0, 200000);
  pull_all();
  ended_well();
  assert_true(play_all_here(&t));
  assert_int_equal(t.messages, 503);
  assert_int_equal(t.s.bodies_asked, 503);
  assert_int_equal(t.s.listings, 1);
}

static void an_empty_mailbox(void **state) {
  (void)state;
  pull_all();
  ended_well();
  assert_int_equal(t.s.fetches, 0);
}

static void one_byte_at_a_time(void **state) {
  (void)state;
  fill(20, 100);
  play_start(&t, 0, NULL, NULL);
  t.chunk = 1;
  play_run(&t);
  ended_well();
  assert_true(play_all_here(&t));
}

static void only_reading_commands_leave(void **state) { /* SEC K-18 */
  (void)state;
  static const char *const allowed[] = {"|",    "LOGIN ", "ID ",  "EXAMINE ", "UID SEARCH ",
                                        "IDLE", "DONE",   "NOOP", "LOGOUT"};
  fill(100, 300);
  spoil(7, OMITTED, -1);
  t.config.listen = true;
  play_start(&t, 7, "1:10", "20");
  play_wait(&t, 600000);
  hark_pull_stop(t.p);
  play_run(&t);
  for (size_t i = 0; i < t.s.nlog; i++) {
    const char *line = t.s.log[i];
    bool fine = !strncmp(line, "UID FETCH ", 10) && strstr(line, "BODY.PEEK[]") &&
                !strstr(line, "BODY[") && !strstr(line, "RFC822)");
    for (size_t k = 0; k < sizeof allowed / sizeof *allowed; k++)
      fine = fine || !strncmp(line, allowed[k], strlen(allowed[k]));
    if (!fine) fail_msg("%s", line);
  }
  assert_int_equal(t.s.other, 0);
}

static void nothing_new_costs_four_round_trips(void **state) {
  (void)state;
  fill(2000, 300);
  play_start(&t, 7, "1:2000", NULL);
  play_run(&t);
  ended_well();
  assert_int_equal(t.messages, 0);
  static const char *const want[] = {
      "|", "LOGIN u p", "ID (", "EXAMINE INBOX", "|", "UID SEARCH RETURN (ALL) ALL", "|", "LOGOUT"};
  assert_int_equal(t.s.nlog, sizeof want / sizeof *want);
  for (size_t i = 0; i < t.s.nlog; i++) assert_memory_equal(t.s.log[i], want[i], strlen(want[i]));
  assert_int_equal(t.round_trips, 3);
}

static void no_id_when_it_is_turned_off(void **state) {
  (void)state;
  t.config.no_id = true;
  pull_all();
  ended_well();
  assert_false(server_saw(&t.s, "ID"));
}

static void no_body_is_asked_for_before_the_mailbox_is_open(void **state) {
  (void)state;
  fill(10, 100);
  pull_all();
  size_t examine = 0, flight = 0;
  for (size_t i = 0; i < t.s.nlog; i++) {
    if (!strncmp(t.s.log[i], "EXAMINE", 7)) examine = i;
    if (!strcmp(t.s.log[i], "|")) flight = i;
    if (!strncmp(t.s.log[i], "UID ", 4)) assert_true(examine && flight > examine);
  }
}

static void a_refused_mailbox_is_a_failure(void **state) { /* SEC K-18 */
  (void)state;
  t.s.examine_refused = true;
  pull_all();
  assert_int_equal(t.faileds, 1);
  assert_string_equal(t.why, "the server does not open the mailbox");
  assert_false(server_saw(&t.s, "UID"));
}

static void what_an_ok_leaves_out_is_asked_for_again(void **state) { /* SEC M-14 */
  (void)state;
  fill(300, 200);
  for (uint32_t uid = 3; uid < 300; uid += 7) spoil(uid, OMITTED, 1);
  pull_all();
  ended_well();
  assert_true(play_all_here(&t));
  assert_int_equal(t.stucks, 0);
  assert_int_equal(t.s.bodies_asked, 300 + 43);
  assert_int_equal(t.s.listings, 2);
}

static void stuck_is_what_three_rounds_do_not_bring(fate f, const char *why, int verdict) {
  fill(300, 200);
  spoil(44, f, -1);
  pull_all();
  ended_well();
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
  fill(3000, 100);
  for (uint32_t uid = 5; uid <= 3000; uid += 100) spoil(uid, REFUSED_ALL, -1);
  pull_all();
  ended_well();
  assert_int_equal(t.stucks, 30);
  assert_int_equal(t.messages, 2970);
  assert_int_equal(hark_set_count(t.have), 2970);
  assert_true(t.s.fetches < 1200); /* most came in small batches, not one by one */
}

static void order_is_the_servers(void **state) {
  (void)state;
  fill(400, 150);
  t.s.body_first = t.s.shuffled = t.s.gossip = true;
  pull_all();
  ended_well();
  assert_true(play_all_here(&t));
  assert_int_equal(t.s.bodies_asked, 400);
}

static void flags_of_what_is_here_are_told(void **state) {
  (void)state;
  fill(50, 150);
  t.s.gossip = true;
  play_start(&t, 7, "1:40", NULL);
  play_run(&t);
  ended_well();
  assert_true(t.flags > 0);
  assert_int_equal(t.messages, 10);
}

static void what_is_here_is_not_asked_for(void **state) {
  (void)state;
  fill(1000, 100);
  play_start(&t, 7, "1:499,501:998", NULL);
  play_run(&t);
  ended_well();
  assert_int_equal(t.s.bodies_asked, 3);
  assert_true(server_saw(&t.s, "UID FETCH 500,999:1000 "));
}

static void the_largest_uid_is_a_uid(void **state) { /* SEC K-05 */
  (void)state;
  server_add(&t.s, 4294967294u, 100);
  server_add(&t.s, 4294967295u, 100);
  t.config.listen = true;
  pull_all();
  assert_int_equal(t.messages, 2);
  server_expunge(&t.s, 4294967294u);
  server_deliver(&t.s, 9, 100); /* nothing is above the highest: all is listed again */
  play_run(&t);
  assert_int_equal(t.messages, 3);
  assert_int_equal(t.faileds, 0);
}

static void above_the_largest_uid_is_nothing(void **state) { /* SEC K-05 */
  (void)state;
  server_add(&t.s, 4294967295u, 100);
  play_start(&t, 7, "4294967295", NULL);
  play_run(&t);
  ended_well();
  assert_int_equal(t.renumbereds, 0);
  assert_int_equal(t.s.fetches, 0);
}

static void answers_to_what_nobody_asked_are_dropped(void **state) { /* SEC K-07 */
  (void)state;
  fill(3, 100);
  t.config.listen = true;
  play_start(&t, 7, "1:3", NULL);
  play_run(&t);
  server_say(&t.s, "* 2 FETCH (UID 2 BODY[] {5}\r\nhello)");
  server_say(&t.s, "* 9 FETCH (UID 9 BODY[] {5}\r\nhello)");
  server_say(&t.s, "* 9 FETCH (BODY[] {5}\r\nhello UID 9)");
  play_run(&t);
  assert_int_equal(t.messages + t.aborts, 0);
  assert_int_equal(t.faileds, 0);
}

static void a_size_that_is_not_the_literals(void **state) { /* SEC K-10 */
  (void)state;
  fill(20, 500);
  t.s.size_off = 17;
  pull_all();
  ended_well();
  assert_true(play_all_here(&t));
}

static void a_listing_with_uids_that_are_not_there(void **state) { /* SEC K-14 */
  (void)state;
  fill(5, 100);
  t.s.search_adds = "3000000000,4294967295";
  pull_all();
  ended_well();
  assert_int_equal(t.messages, 5);
  assert_string_equal(hark_set_text(t.stuck), "3000000000,4294967295");
}

static void a_listing_of_everything_there_can_be(void **state) { /* SEC K-14 */
  (void)state;
  fill(5, 100);
  t.s.search_adds = "1:4294967295";
  pull_all();
  assert_int_equal(t.faileds, 1);
  assert_int_equal(t.err, HARK_ERR_FRAME);
  assert_string_equal(t.why, "the server lists more messages than the mailbox has");
  assert_int_equal(t.s.fetches, 0);
}

/* "n:*" brings the last message though it lies below n. */
static void the_last_message_is_not_new_each_time(void **state) { /* SEC K-04 */
  (void)state;
  fill(5, 100);
  spoil(5, REFUSED, -1);
  t.config.listen = true;
  pull_all();
  assert_string_equal(hark_set_text(t.stuck), "5");
  size_t before = t.s.bodies_asked;
  play_wait(&t, 3600000);
  assert_true(t.s.checks >= 15);
  assert_int_equal(t.s.bodies_asked, before);
  assert_int_equal(t.s.listings, 3);
}

static void expunged_meanwhile_is_no_hole(void **state) { /* SEC K-08 */
  (void)state;
  fill(100, 100);
  spoil(50, OMITTED, -1);
  play_start(&t, 0, NULL, NULL);
  t.limit = 3000;
  play_run(&t);
  t.limit = SIZE_MAX;
  server_expunge(&t.s, 50);
  play_run(&t);
  ended_well();
  assert_int_equal(t.stucks, 0);
  assert_int_equal(t.messages, 99);
}

static void mail_that_arrives_while_bodies_come_is_pulled_too(void **state) { /* SEC K-12 */
  (void)state;
  fill(50, 100);
  t.s.arrive_in_fetch = 5;
  pull_all();
  ended_well();
  assert_int_equal(t.messages, 55);
  assert_true(play_all_here(&t));
  assert_int_equal(t.s.listings, 1);
}

/* What the store has no room for and nobody can read past ends the connection, once for all. */
static void too_large_to_read_past(void **state) { /* SEC G-06 */
  (void)state;
  fill(5, 100);
  spoil(3, ENDLESS, -1);
  t.room = 1 << 30;
  pull_all();
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
  spoil(3, GIVEN, 0); /* it was a lie */
  play_start(&t, 7, "1:2,4:5", "3");
  play_run(&t);
  ended_well();
  assert_true(play_all_here(&t));
}

/* What can be read past costs no other even in this pull. */
static void too_large_to_be_stored(void **state) { /* SEC G-06 */
  (void)state;
  fill(5, 100);
  server_find(&t.s, 3)->size = 100000;
  t.s.size_off = 1000 - 100000u; /* and 1000 is what RFC822.SIZE says */
  t.room = 10000;
  pull_all();
  ended_well();
  assert_int_equal(t.messages, 4);
  assert_string_equal(hark_set_text(t.stuck), "3");
}

static void stuck_before_is_asked_for_last_and_alone(void **state) {
  (void)state;
  fill(100, 100);
  spoil(20, REFUSED_ALL, -1);
  play_start(&t, 7, "1:10", "20,30,40,999");
  play_run(&t);
  ended_well();
  assert_int_equal(t.messages, 89);
  assert_string_equal(hark_set_text(t.stuck), "20");
  assert_true(server_saw(&t.s, "UID FETCH 11:19,21:29,31:39,41"));
  assert_true(server_saw(&t.s, "UID FETCH 30 "));
  assert_false(server_saw(&t.s, "UID FETCH 999"));
}

static void a_store_that_fails_gets_it_again(void **state) {
  (void)state;
  fill(100, 100);
  t.fail_uid = 30, t.fail_times = 2;
  pull_all();
  ended_well();
  assert_true(play_all_here(&t));
  assert_int_equal(t.s.bodies_asked, 102);
}

static void a_store_that_always_fails_leaves_it_stuck(void **state) {
  (void)state;
  fill(100, 100);
  t.fail_uid = 30, t.fail_times = -1;
  pull_all();
  ended_well();
  assert_string_equal(hark_set_text(t.stuck), "30");
  assert_int_equal(t.s.bodies_asked, 102);
  assert_string_equal(t.stuck_text, "it was given and could not be stored here");
}

static void again_in_the_middle_of_a_message(bool body_first) {
  fill(100, 5000);
  t.s.body_first = body_first;
  t.fail_inside = 3;
  play_start(&t, 0, NULL, NULL);
  t.chunk = 700;
  play_run(&t);
  ended_well();
  assert_true(play_all_here(&t));
  assert_int_equal(t.s.bodies_asked, 103);
  assert_int_equal(t.aborts, 0);
}
static void given_back_before_its_end(void **state) {
  (void)state;
  again_in_the_middle_of_a_message(false);
}
static void given_back_before_its_uid_is_known(void **state) {
  (void)state;
  again_in_the_middle_of_a_message(true);
}

static void given_back_when_there_is_nothing_to_give(void **state) {
  (void)state;
  play_start(&t, 0, NULL, NULL);
  assert_int_equal(hark_pull_again(t.p, 0, NULL), HARK_ERR_STATE);
  assert_int_equal(hark_pull_again(t.p, 0, "1,"), HARK_ERR_ARG);
  assert_int_equal(hark_pull_have(t.p, 0, "x"), HARK_ERR_ARG);
  assert_int_equal(hark_pull_have(t.p, 1, "1"), HARK_ERR_ARG);
}

static void what_is_lost_here_comes_again(void **state) {
  (void)state;
  fill(10, 100);
  t.config.listen = true;
  play_start(&t, 7, "1:10", NULL);
  play_run(&t);
  assert_int_equal(hark_pull_again(t.p, 0, "4"), 0);
  play_run(&t);
  assert_int_equal(t.messages, 1);
  assert_true(hark_set_has(t.have, 4));
}

static void a_slow_store_holds_the_server_back(void **state) { /* window */
  (void)state;
  fill(2000, 5000);
  t.slow = true;
  t.config.window = 1 << 20, t.config.batch = 1 << 19;
  play_start(&t, 0, NULL, NULL);
  play_run(&t);
  assert_true(t.s.bodies_asked * 5000 <= 1 << 20);
  for (int i = 0; i < 2000 && !t.caught_ups; i++) {
    play_durable(&t, 1 + (size_t)i % 50);
    play_wait(&t, 70000); /* what the store takes is not the server's silence */
  }
  ended_well();
  assert_true(play_all_here(&t));
  assert_true(t.open_most <= (1 << 20) + 5000);
  assert_true(t.open_most > 1 << 19);
}

static void sizes_that_jump_do_not_break_the_window(void **state) {
  (void)state;
  fill(200, 100);
  fill(20, 300000);
  t.slow = true;
  t.config.window = 1 << 20, t.config.batch = 1 << 19;
  play_start(&t, 0, NULL, NULL);
  for (int i = 0; i < 2000 && !t.caught_ups; i++) {
    play_run(&t);
    play_durable(&t, 1);
  }
  ended_well();
  assert_true(play_all_here(&t));
  assert_true(t.open_most <= (1 << 20) + 300000);
}

static void flush_comes_within_a_moment(void **state) {
  (void)state;
  fill(5, 1000);
  t.slow = true;
  play_start(&t, 0, NULL, NULL);
  t.limit = 2500;
  play_run(&t);
  assert_int_equal(t.messages, 1);
  assert_int_equal(t.flushes, 0);
  play_wait(&t, 199);
  assert_int_equal(t.flushes, 0);
  play_wait(&t, 1);
  assert_int_equal(t.flushes, 1);
  play_wait(&t, 1000);
  assert_int_equal(t.flushes, 1);
}

static void closed_inside_a_message_aborts_it(void **state) { /* SEC K-19 */
  (void)state;
  fill(5, 1000);
  play_start(&t, 0, NULL, NULL);
  t.limit = 2500;
  play_run(&t);
  assert_true(t.inside);
  hark_recv_eof(t.c);
  play_run(&t);
  assert_int_equal(t.aborts, 1);
  assert_int_equal(t.faileds, 1);
  assert_int_equal(t.err, HARK_ERR_EOF);
  assert_int_equal(hark_set_count(t.have), 1); /* FLUSH came before FAILED */
}

/* However much had come when the connection ended, the next one brings the rest. */
static void a_cut_at_every_byte_loses_nothing(void **state) { /* SEC K-19 */
  (void)state;
  for (size_t cut = 1, whole = 1; cut < whole; cut++) {
    play_free(&t);
    play_init(&t);
    for (uint32_t i = 0; i < 6; i++) server_add(&t.s, 0, 40 + i * 30);
    t.s.body_first = cut % 2;
    play_start(&t, 0, NULL, NULL);
    t.limit = cut;
    play_run(&t);
    hark_recv_eof(t.c);
    play_run(&t);
    whole = cut < t.s.out_n ? cut + 2 : 0;
    size_t durable = (size_t)hark_set_count(t.have);
    play_end(&t);
    t.faileds = 0;
    play_start(&t, 7, hark_set_text(t.have), NULL);
    play_run(&t);
    assert_int_equal(t.faileds, 0);
    assert_true(play_all_here(&t));
    assert_int_equal(t.s.bodies_asked, 6 - durable);
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_message_once),
      TEST(an_empty_mailbox),
      TEST(one_byte_at_a_time),
      TEST(only_reading_commands_leave),
      TEST(nothing_new_costs_four_round_trips),
      TEST(no_id_when_it_is_turned_off),
      TEST(no_body_is_asked_for_before_the_mailbox_is_open),
      TEST(a_refused_mailbox_is_a_failure),
      TEST(what_an_ok_leaves_out_is_asked_for_again),
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
      TEST(order_is_the_servers),
      TEST(flags_of_what_is_here_are_told),
      TEST(what_is_here_is_not_asked_for),
      TEST(the_largest_uid_is_a_uid),
      TEST(above_the_largest_uid_is_nothing),
      TEST(answers_to_what_nobody_asked_are_dropped),
      TEST(a_size_that_is_not_the_literals),
      TEST(a_listing_with_uids_that_are_not_there),
      TEST(a_listing_of_everything_there_can_be),
      TEST(the_last_message_is_not_new_each_time),
      TEST(expunged_meanwhile_is_no_hole),
      TEST(mail_that_arrives_while_bodies_come_is_pulled_too),
      TEST(too_large_to_read_past),
      TEST(too_large_to_be_stored),
      TEST(stuck_before_is_asked_for_last_and_alone),
      TEST(a_store_that_fails_gets_it_again),
      TEST(a_store_that_always_fails_leaves_it_stuck),
      TEST(given_back_before_its_end),
      TEST(given_back_before_its_uid_is_known),
      TEST(given_back_when_there_is_nothing_to_give),
      TEST(what_is_lost_here_comes_again),
      TEST(a_slow_store_holds_the_server_back),
      TEST(sizes_that_jump_do_not_break_the_window),
      TEST(flush_comes_within_a_moment),
      TEST(closed_inside_a_message_aborts_it),
      TEST(a_cut_at_every_byte_loses_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
