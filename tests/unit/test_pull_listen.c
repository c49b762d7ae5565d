/* tests/unit/test_pull_listen.c - new mail and IDLE: pull/listen.c, list.c.
 * SPDX-License-Identifier: MIT */
#include "pull_case.h"

/* --- new mail --- */

static void mail_is_announced_and_here_at_once(void **state) {
  (void)state;
  play_listening(&t, 5);
  server_deliver(&t.s, 0, 100);
  uint64_t before = t.now;
  play_run(&t);
  assert_int_equal(t.messages, 1);
  assert_int_equal(t.now, before);
  assert_int_equal(t.s.listings, 1);
  assert_int_equal(t.s.checks, 1);
  assert_int_equal(t.s.idles, 2);
  assert_true(server_saw(&t.s, "UID SEARCH RETURN (ALL) UID 6:*"));
}

static void a_burst_of_exists_is_one_check(void **state) {
  (void)state;
  play_listening(&t, 5);
  for (int i = 0; i < 100; i++) server_deliver(&t.s, 0, 100);
  play_run(&t);
  assert_int_equal(t.messages, 100);
  assert_int_equal(t.s.listings, 1);
  assert_int_equal(t.s.checks, 1);
}

static void a_burst_in_pieces_lists_nothing_in_full(void **state) {
  (void)state;
  play_listening(&t, 5);
  t.chunk = 5;
  for (int i = 0; i < 100; i++) {
    server_deliver(&t.s, 0, 100);
    if (i % 3 == 0) play_run(&t);
  }
  play_run(&t);
  assert_true(play_copies(&t, 105) == 1);
  assert_int_equal(t.messages, 100);
  assert_int_equal(t.s.listings, 1);
  assert_true(t.s.checks <= 34);
}

/* Between the last FETCH and the "+", announced before it. */
static void mail_between_fetch_and_idle_announced(void **state) { /* SEC K-12 L-06 */
  (void)state;
  play_fill(&t, 5);
  play_start(&t, 7, "1:5", "");
  play_run(&t);
  server_say(&t.s, "* 5 EXISTS");
  server_deliver(&t.s, 0, 100);
  play_run(&t);
  t.limit = t.s.out_n; /* IDLE has been given, its "+" is held back */
  server_deliver(&t.s, 0, 100);
  play_run(&t);
  t.limit = SIZE_MAX;
  play_run(&t);
  assert_int_equal(t.messages, 2);
}

static void mail_between_fetch_and_idle_never_announced(void **state) { /* SEC K-12 */
  (void)state;
  play_listening(&t, 5);
  t.s.announces_nothing = true;
  server_deliver(&t.s, 0, 100);
  play_wait(&t, 4 * MINUTE - 1);
  assert_int_equal(t.messages, 0);
  play_wait(&t, 1);
  assert_int_equal(t.messages, 1);
  assert_int_equal(t.s.listings, 1);
}

static void small_uids_for_new_mail_are_found(void **state) { /* SEC K-03 */
  (void)state;
  play_fill(&t, 100);
  server_expunge(&t.s, 50);
  play_start(&t, 7, "1:49,51:100", "");
  play_run(&t);
  server_deliver(&t.s, 50, 100);
  play_run(&t);
  assert_int_equal(t.messages, 1);
  assert_int_equal(t.s.checks, 1);
  assert_int_equal(t.s.listings, 2);
}

/* Announced behind the answer to the very search: it is looked for again, above the highest. */
static void mail_that_races_with_the_search(void **state) {
  (void)state;
  t.s.arrive_in_search = 2;
  play_listening(&t, 5);
  assert_int_equal(t.messages, 2);
  t.s.arrive_in_search = 1;
  server_deliver(&t.s, 0, 100);
  play_run(&t);
  assert_int_equal(t.messages, 4);
  assert_int_equal(t.s.listings, 1);
}

static void a_listing_that_leaves_one_out_is_made_again(void **state) {
  (void)state;
  t.s.search_omits = 3;
  play_fill(&t, 5);
  play_start(&t, 0, NULL, NULL);
  play_run(&t);
  assert_int_equal(t.messages, 5);
  assert_int_equal(t.s.listings, 2);
}

static void exists_that_falls_without_expunge(void **state) { /* SEC K-13 */
  (void)state;
  play_listening(&t, 100);
  t.s.n -= 10;
  server_say(&t.s, "* 90 EXISTS");
  play_run(&t);
  assert_int_equal(t.s.listings, 2);
  server_deliver(&t.s, 0, 100);
  play_run(&t);
  assert_int_equal(t.s.listings, 2);
  assert_int_equal(t.messages, 1);
}

/* A session that begins with what is here: what came while away, and while listening, comes once.
 */
static void session_says(const char *examine_says, const char *listening_says) {
  t.s.examine_says = examine_says;
  server_add(&t.s, 0, 100);
  play_start(&t, t.s.uidvalidity, hark_set_text(t.have), NULL);
  play_run(&t);
  server_say(&t.s, listening_says);
  server_deliver(&t.s, 0, 100);
  play_run(&t);
  play_wait(&t, HOUR);
  assert_int_equal(t.messages, t.s.n);
  assert_int_equal(t.faileds, 0);
  assert_true(play_all_here(&t));
  play_end(&t);
}

static void modification_sequences_that_lie(void **state) { /* SEC K-15 */
  (void)state;
  t.s.capabilities = "IMAP4rev1 IDLE ESEARCH ENABLE CONDSTORE QRESYNC";
  play_fill(&t, 5);
  session_says("* OK [HIGHESTMODSEQ 900] highest", "* VANISHED 4000:5000");
  session_says("* OK [HIGHESTMODSEQ 5] back again", "* VANISHED (EARLIER) 1:4294967295");
  session_says("* OK [NOMODSEQ] none at all", "* VANISHED 1:3");
  session_says("* OK [HIGHESTMODSEQ 0] no number\r\n* VANISHED (EARLIER) 1:*", "* VANISHED 0");
  session_says("* OK [HIGHESTMODSEQ 99999999999999999999] no number\r\n* VANISHED (EARLIER) 1:2,6",
               "* 1 FETCH (UID 1 FLAGS () MODSEQ (0))\r\n* OK [HIGHESTMODSEQ 1] less");
}

static void expunge_needs_no_listing(void **state) {
  (void)state;
  play_listening(&t, 100);
  for (uint32_t uid = 1; uid < 100; uid += 3) server_expunge(&t.s, uid);
  play_run(&t);
  server_deliver(&t.s, 0, 100);
  play_run(&t);
  assert_int_equal(t.messages, 1);
  assert_int_equal(t.s.listings, 1);
  assert_int_equal(t.s.checks, 1);
}

/* A count that is always wrong costs a listing or two, not one for each EXISTS. */
static void exists_that_is_always_wrong(void **state) {
  (void)state;
  t.s.exists_off = 3;
  play_listening(&t, 100);
  size_t before = t.s.listings;
  assert_true(before <= 2);
  for (int i = 0; i < 50; i++) {
    server_deliver(&t.s, 0, 100);
    play_run(&t);
  }
  assert_int_equal(t.messages, 50);
  assert_int_equal(t.s.listings, before);
}

static void all_is_listed_once_a_day(void **state) {
  (void)state;
  play_listening(&t, 100);
  play_wait(&t, 23 * (uint64_t)HOUR);
  assert_int_equal(t.s.listings, 1);
  play_wait(&t, HOUR + MINUTE);
  assert_int_equal(t.s.listings, 2);
  play_wait(&t, 24 * (uint64_t)HOUR);
  assert_int_equal(t.s.listings, 3);
  assert_int_equal(t.faileds, 0);
}

/* --- IDLE --- */

static void idle_is_renewed_four_minutes_after_its_plus(void **state) { /* SEC L-03 L-04 */
  (void)state;
  play_listening(&t, 5);
  for (int i = 0; i < 239; i++) {
    play_wait(&t, SECOND);
    server_say(&t.s, "* OK Still here");
    server_say(&t.s, "* 5 EXISTS");
  }
  assert_int_equal(t.s.dones, 0);
  play_wait(&t, SECOND);
  assert_int_equal(t.s.dones, 1);
  assert_int_equal(t.s.idles, 2);
  play_wait(&t, 4 * MINUTE);
  assert_int_equal(t.s.dones, 2);
  assert_int_equal(t.s.logins, 1);
  assert_int_equal(t.s.listings, 1);
}

static void thirty_days_of_idle(void **state) { /* SEC L-20 */
  (void)state;
  play_listening(&t, 5);
  play_wait(&t, 30 * 24 * (uint64_t)HOUR);
  assert_int_equal(t.faileds, 0);
  assert_int_equal(t.s.dones, 30 * 24 * 15);
  assert_int_equal(t.s.listings, 31);
  server_deliver(&t.s, 0, 100);
  play_run(&t);
  assert_int_equal(t.messages, 1);
}

static void a_dead_line_is_found_within_four_and_a_half_minutes(void **state) { /* SEC L-01 */
  (void)state;
  play_listening(&t, 5);
  for (int i = 0; i < 100; i++) {
    play_wait(&t, SECOND);
    server_say(&t.s, "* OK Still here");
  }
  play_run(&t);
  t.cut = true;
  uint64_t found = play_until_failed(&t, HOUR);
  assert_int_equal(found, 160 * SECOND);
  play_failed_with(&t, HARK_ERR_NET, "the server stopped answering");
}

static void a_line_that_dies_with_the_plus(void **state) { /* SEC L-01 */
  (void)state;
  play_listening(&t, 5);
  t.cut = true;
  assert_int_equal(play_until_failed(&t, HOUR), 260 * SECOND);
}

static void done_is_answered_within_twenty_seconds(void **state) { /* SEC L-02 */
  (void)state;
  play_listening(&t, 5);
  play_wait(&t, 4 * MINUTE - SECOND);
  t.s.mute = true;
  uint64_t from = t.now;
  while (!t.faileds && t.now < from + HOUR) {
    play_wait(&t, SECOND);
    t.s.mute = false;
    server_say(&t.s, "* OK Still here"); /* no answer */
    t.s.mute = true;
  }
  assert_int_equal(t.now - from, 21 * SECOND);
}

static void a_search_that_ends_idle_is_answered_as_soon(void **state) {
  (void)state;
  play_listening(&t, 5);
  server_deliver(&t.s, 0, 100);
  t.s.mute = true;
  assert_int_equal(play_until_failed(&t, HOUR), 20 * SECOND);
}

/* EXISTS comes before the "+": SEARCH and DONE leave as soon as it is there. */
static void a_search_that_ends_idle_at_its_plus(void **state) {
  (void)state;
  t.s.idle_silent = true;
  play_listening(&t, 5);
  server_say(&t.s, "* 6 EXISTS");
  play_wait(&t, 30 * SECOND);
  server_say(&t.s, "+ idling");
  t.s.mute = true;
  assert_int_equal(play_until_failed(&t, HOUR), 20 * SECOND);
}

static void idle_that_is_refused_is_polling(void **state) { /* SEC K-20 */
  (void)state;
  t.s.idle_refused = true;
  play_listening(&t, 5);
  t.s.announces_nothing = true;
  server_deliver(&t.s, 0, 100);
  play_wait(&t, 10 * MINUTE);
  assert_int_equal(t.s.idles, 1);
  assert_in_range(t.s.noops, 9, 10);
  assert_int_equal(t.s.checks, t.s.noops);
  assert_int_equal(t.messages, 1);
  assert_int_equal(t.faileds, 0);
}

static void idle_that_is_not_offered_is_polling(void **state) { /* SEC K-20 K-21 */
  (void)state;
  t.s.capabilities = "IMAP4rev1";
  play_listening(&t, 5);
  play_wait(&t, 10 * MINUTE);
  assert_int_equal(t.s.idles, 0);
  assert_in_range(t.s.noops, 9, 10);
  assert_true(server_saw(&t.s, "UID SEARCH ALL"));
  assert_false(server_saw(&t.s, "ID"));
  server_deliver(&t.s, 0, 100);
  play_wait(&t, MINUTE);
  assert_int_equal(t.messages, 1);
}

static void idle_without_a_plus_is_silence(void **state) { /* SEC K-20 */
  (void)state;
  t.s.idle_silent = true;
  play_listening(&t, 5);
  assert_int_equal(play_until_failed(&t, HOUR), MINUTE);
}

static void idle_that_the_server_ends_at_once_is_no_loop(void **state) { /* SEC L-05 */
  (void)state;
  t.s.idle_short = true;
  play_listening(&t, 5);
  play_wait(&t, 10 * MINUTE);
  assert_int_equal(t.s.idles, 3);
  assert_in_range(t.s.noops, 9, 10);
  assert_int_equal(t.faileds, 0);
}

static void idle_that_the_server_ends_later_begins_again(void **state) { /* SEC L-05 */
  (void)state;
  play_listening(&t, 5);
  for (int i = 0; i < 10; i++) {
    play_wait(&t, MINUTE);
    t.s.announces_nothing = true;
    server_deliver(&t.s, 0, 100);
    char line[32];
    snprintf(line, sizeof line, "%s OK enough", t.s.idle_tag);
    server_say(&t.s, line);
    *t.s.idle_tag = 0;
    play_run(&t);
  }
  assert_int_equal(t.s.idles, 11);
  assert_int_equal(t.messages, 10);
}

static void esearch_that_is_refused_is_plain_search(void **state) {
  (void)state;
  t.s.esearch_bad = true;
  play_listening(&t, 5);
  server_deliver(&t.s, 0, 100);
  play_run(&t);
  assert_int_equal(t.messages, 1);
  assert_true(server_saw(&t.s, "UID SEARCH ALL"));
  assert_int_equal(t.s.checks, 1);
  assert_int_equal(t.faileds, 0);
}

/* RFC 4731 section 3.1: they would be taken for UIDs that are not there. */
static void esearch_of_message_numbers_is_plain_search(void **state) {
  (void)state;
  t.s.esearch_numbers = true;
  server_add(&t.s, 7, 100);
  server_add(&t.s, 9, 100);
  play_start(&t, 0, NULL, NULL);
  play_run(&t);
  assert_int_equal(t.messages, 2);
  assert_true(server_saw(&t.s, "UID SEARCH ALL"));
  assert_int_equal(t.s.bodies_asked, 2);
  assert_int_equal(t.faileds, 0);
}

static void a_search_that_is_refused_is_a_failure(void **state) {
  (void)state;
  t.s.search_refused = true;
  play_fill(&t, 5);
  play_start(&t, 0, NULL, NULL);
  play_run(&t);
  play_failed_with(&t, HARK_ERR_STATE, "the server refuses to list the messages");
  assert_int_equal(t.s.listings, 2);
}

/* OK, and not a word of what there is; but there are messages. */
static void a_search_that_is_not_answered_found_nothing(void **state) {
  (void)state;
  t.s.search_mute = true;
  play_fill(&t, 5);
  play_start(&t, 0, NULL, NULL);
  play_run(&t);
  play_failed_with(&t, HARK_ERR_FRAME, "the server's list of messages cannot be read");
  assert_true(server_saw(&t.s, "UID SEARCH ALL"));
  play_end(&t);
  t.faileds = 0;
  while (t.s.n) server_expunge(&t.s, t.s.v[0].uid);
  play_start(&t, 0, NULL, NULL); /* it has none: some servers say nothing then */
  play_run(&t);
  assert_int_equal(t.caught_ups, 1);
}

static void what_one_message_said_is_no_other_ones(void **state) {
  (void)state;
  play_listening(&t, 3);
  size_t before = t.flags;
  server_say(&t.s, "* 1 FETCH (UID 1 FLAGS (\\Seen))");
  play_run(&t);
  assert_int_equal(t.flags, before + 1);
  server_say(&t.s, "* 2 UIDFETCH (RFC822.SIZE 100)");
  server_say(&t.s, "* 2 UIDFETCH (UID 3 FLAGS (\\Seen))");
  server_say(&t.s, "* 3 UIDFETCH (BODY[] {5}\r\nhello)");
  play_run(&t);
  server_say(&t.s, "* 3 UIDFETCH (FLAGS (\\Seen))");
  play_run(&t);
  assert_int_equal(t.flags, before + 2); /* of two UIDs it is nobody's */
  assert_int_equal(t.messages + t.aborts + t.faileds, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST_LISTENING(mail_is_announced_and_here_at_once),
      TEST_LISTENING(a_burst_of_exists_is_one_check),
      TEST_LISTENING(a_burst_in_pieces_lists_nothing_in_full),
      TEST_LISTENING(mail_between_fetch_and_idle_announced),
      TEST_LISTENING(mail_between_fetch_and_idle_never_announced),
      TEST_LISTENING(small_uids_for_new_mail_are_found),
      TEST_LISTENING(mail_that_races_with_the_search),
      TEST_LISTENING(a_listing_that_leaves_one_out_is_made_again),
      TEST_LISTENING(exists_that_falls_without_expunge),
      TEST_LISTENING(modification_sequences_that_lie),
      TEST_LISTENING(expunge_needs_no_listing),
      TEST_LISTENING(exists_that_is_always_wrong),
      TEST_LISTENING(all_is_listed_once_a_day),
      TEST_LISTENING(idle_is_renewed_four_minutes_after_its_plus),
      TEST_LISTENING(thirty_days_of_idle),
      TEST_LISTENING(a_dead_line_is_found_within_four_and_a_half_minutes),
      TEST_LISTENING(a_line_that_dies_with_the_plus),
      TEST_LISTENING(done_is_answered_within_twenty_seconds),
      TEST_LISTENING(a_search_that_ends_idle_is_answered_as_soon),
      TEST_LISTENING(a_search_that_ends_idle_at_its_plus),
      TEST_LISTENING(idle_that_is_refused_is_polling),
      TEST_LISTENING(idle_that_is_not_offered_is_polling),
      TEST_LISTENING(idle_without_a_plus_is_silence),
      TEST_LISTENING(idle_that_the_server_ends_at_once_is_no_loop),
      TEST_LISTENING(idle_that_the_server_ends_later_begins_again),
      TEST_LISTENING(esearch_that_is_refused_is_plain_search),
      TEST_LISTENING(esearch_of_message_numbers_is_plain_search),
      TEST_LISTENING(a_search_that_is_refused_is_a_failure),
      TEST_LISTENING(a_search_that_is_not_answered_found_nothing),
      TEST_LISTENING(what_one_message_said_is_no_other_ones),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
