/* tests/unit/test_pull_bodies.c - nothing is lost, nothing comes twice: pull/ask.c, answer.c.
 * SPDX-License-Identifier: MIT */
#include "pull_case.h"

static void every_message_once(void **state) {
  (void)state;
  play_add(&t, 500, 300);
  server_add(&t.s, 0, 0);
  server_add(&t.s, 0, 1);
  server_add(&t.s, 0, 200000);
  play_all(&t);
  play_ended_well(&t);
  assert_true(play_all_here(&t));
  assert_int_equal(t.messages, 503);
  assert_int_equal(t.s.bodies_asked, 503);
  assert_int_equal(t.s.listings, 1);
}

static void an_empty_mailbox(void **state) {
  (void)state;
  play_all(&t);
  play_ended_well(&t);
  assert_int_equal(t.s.fetches, 0);
}

static void one_byte_at_a_time(void **state) {
  (void)state;
  play_add(&t, 20, 100);
  play_start(&t, 0, NULL, NULL);
  t.chunk = 1;
  play_run(&t);
  play_ended_well(&t);
  assert_true(play_all_here(&t));
}

static void only_reading_commands_leave(void **state) { /* SEC K-18 */
  (void)state;
  static const char *const allowed[] = {"|",    "LOGIN ", "ID ",  "EXAMINE ", "UID SEARCH ",
                                        "IDLE", "DONE",   "NOOP", "LOGOUT"};
  play_add(&t, 100, 300);
  play_spoil(&t, 7, OMITTED, -1);
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
  play_add(&t, 2000, 300);
  play_start(&t, 7, "1:2000", NULL);
  play_run(&t);
  play_ended_well(&t);
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
  play_all(&t);
  play_ended_well(&t);
  assert_false(server_saw(&t.s, "ID"));
}

static void no_body_is_asked_for_before_the_mailbox_is_open(void **state) {
  (void)state;
  play_add(&t, 10, 100);
  play_all(&t);
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
  play_all(&t);
  assert_int_equal(t.faileds, 1);
  assert_string_equal(t.why, "the server does not open the mailbox");
  assert_false(server_saw(&t.s, "UID"));
}

static void what_an_ok_leaves_out_is_asked_for_again(void **state) { /* SEC M-14 */
  (void)state;
  play_add(&t, 300, 200);
  for (uint32_t uid = 3; uid < 300; uid += 7) play_spoil(&t, uid, OMITTED, 1);
  play_all(&t);
  play_ended_well(&t);
  assert_true(play_all_here(&t));
  assert_int_equal(t.stucks, 0);
  assert_int_equal(t.s.bodies_asked, 300 + 43);
  assert_int_equal(t.s.listings, 2);
}

static void order_is_the_servers(void **state) {
  (void)state;
  play_add(&t, 400, 150);
  t.s.body_first = t.s.shuffled = t.s.gossip = true;
  play_all(&t);
  play_ended_well(&t);
  assert_true(play_all_here(&t));
  assert_int_equal(t.s.bodies_asked, 400);
}

static void flags_of_what_is_here_are_told(void **state) {
  (void)state;
  play_add(&t, 50, 150);
  t.s.gossip = true;
  play_start(&t, 7, "1:40", NULL);
  play_run(&t);
  play_ended_well(&t);
  assert_true(t.flags > 0);
  assert_int_equal(t.messages, 10);
}

static void what_is_here_is_not_asked_for(void **state) {
  (void)state;
  play_add(&t, 1000, 100);
  play_start(&t, 7, "1:499,501:998", NULL);
  play_run(&t);
  play_ended_well(&t);
  assert_int_equal(t.s.bodies_asked, 3);
  assert_true(server_saw(&t.s, "UID FETCH 500,999:1000 "));
}

static void the_largest_uid_is_a_uid(void **state) { /* SEC K-05 */
  (void)state;
  server_add(&t.s, 4294967294u, 100);
  server_add(&t.s, 4294967295u, 100);
  t.config.listen = true;
  play_all(&t);
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
  play_ended_well(&t);
  assert_int_equal(t.renumbereds, 0);
  assert_int_equal(t.s.fetches, 0);
}

static void answers_to_what_nobody_asked_are_dropped(void **state) { /* SEC K-07 */
  (void)state;
  play_add(&t, 3, 100);
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
  play_add(&t, 20, 500);
  t.s.size_off = 17;
  play_all(&t);
  play_ended_well(&t);
  assert_true(play_all_here(&t));
}

static void a_listing_with_uids_that_are_not_there(void **state) { /* SEC K-14 */
  (void)state;
  play_add(&t, 5, 100);
  t.s.search_adds = "3000000000,4294967295";
  play_all(&t);
  play_ended_well(&t);
  assert_int_equal(t.messages, 5);
  assert_string_equal(hark_set_text(t.stuck), "3000000000,4294967295");
}

static void a_listing_of_everything_there_can_be(void **state) { /* SEC K-14 */
  (void)state;
  play_add(&t, 5, 100);
  t.s.search_adds = "1:4294967295";
  play_all(&t);
  assert_int_equal(t.faileds, 1);
  assert_int_equal(t.err, HARK_ERR_FRAME);
  assert_string_equal(t.why, "the server lists more messages than the mailbox has");
  assert_int_equal(t.s.fetches, 0);
}

/* "n:*" brings the last message though it lies below n. */
static void the_last_message_is_not_new_each_time(void **state) { /* SEC K-04 */
  (void)state;
  play_add(&t, 5, 100);
  play_spoil(&t, 5, REFUSED, -1);
  t.config.listen = true;
  play_all(&t);
  assert_string_equal(hark_set_text(t.stuck), "5");
  size_t before = t.s.bodies_asked;
  play_wait(&t, 3600000);
  assert_true(t.s.checks >= 15);
  assert_int_equal(t.s.bodies_asked, before);
  assert_int_equal(t.s.listings, 3);
}

static void expunged_meanwhile_is_no_hole(void **state) { /* SEC K-08 */
  (void)state;
  play_add(&t, 100, 100);
  play_spoil(&t, 50, OMITTED, -1);
  play_start(&t, 0, NULL, NULL);
  t.limit = 3000;
  play_run(&t);
  t.limit = SIZE_MAX;
  server_expunge(&t.s, 50);
  play_run(&t);
  play_ended_well(&t);
  assert_int_equal(t.stucks, 0);
  assert_int_equal(t.messages, 99);
}

static void mail_that_arrives_while_bodies_come_is_pulled_too(void **state) { /* SEC K-12 */
  (void)state;
  play_add(&t, 50, 100);
  t.s.arrive_in_fetch = 5;
  play_all(&t);
  play_ended_well(&t);
  assert_int_equal(t.messages, 55);
  assert_true(play_all_here(&t));
  assert_int_equal(t.s.listings, 1);
}

static void again_in_the_middle_of_a_message(bool body_first) {
  play_add(&t, 100, 5000);
  t.s.body_first = body_first;
  t.fail_inside = 3;
  play_start(&t, 0, NULL, NULL);
  t.chunk = 700;
  play_run(&t);
  play_ended_well(&t);
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
  play_add(&t, 10, 100);
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
  play_add(&t, 2000, 5000);
  t.slow = true;
  t.config.window = 1 << 20, t.config.batch = 1 << 19;
  play_start(&t, 0, NULL, NULL);
  play_run(&t);
  assert_true(t.s.bodies_asked * 5000 <= 1 << 20);
  for (int i = 0; i < 2000 && !t.caught_ups; i++) {
    play_durable(&t, 1 + (size_t)i % 50);
    play_wait(&t, 70000); /* what the store takes is not the server's silence */
  }
  play_ended_well(&t);
  assert_true(play_all_here(&t));
  assert_true(t.open_most <= (1 << 20) + 5000);
  assert_true(t.open_most > 1 << 19);
}

static void sizes_that_jump_do_not_break_the_window(void **state) {
  (void)state;
  play_add(&t, 200, 100);
  play_add(&t, 20, 300000);
  t.slow = true;
  t.config.window = 1 << 20, t.config.batch = 1 << 19;
  play_start(&t, 0, NULL, NULL);
  for (int i = 0; i < 2000 && !t.caught_ups; i++) {
    play_run(&t);
    play_durable(&t, 1);
  }
  play_ended_well(&t);
  assert_true(play_all_here(&t));
  assert_true(t.open_most <= (1 << 20) + 300000);
}

static void flush_comes_within_a_moment(void **state) {
  (void)state;
  play_add(&t, 5, 1000);
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
  play_add(&t, 5, 1000);
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
