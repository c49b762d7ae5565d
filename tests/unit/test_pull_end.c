/* tests/unit/test_pull_end.c - silence, the end of the session, waking up, stopping: pull/listen.c.
 * SPDX-License-Identifier: MIT */
#include "pull_case.h"

/* --- silence --- */

static void in_mid_literal(void) {
  server_add(&t.s, 0, 1000000);
  server_add(&t.s, 0, 1000000);
  play_start(&t, 0, NULL, NULL);
  t.limit = 60000;
  play_run(&t);
  assert_true(t.inside);
}

static void silence_in_mid_message_is_a_minute(void **state) {
  (void)state;
  in_mid_literal();
  assert_int_equal(play_until_failed(&t, HOUR), MINUTE);
  assert_int_equal(t.aborts, 1); /* before FAILED */
  play_failed_with(&t, HARK_ERR_NET, "the server stopped answering");
}

enum { SLOW = 1024, DRIP = 1000 }; /* bytes a minute: just fast enough, and not */

static void slowly(void) {
  for (uint64_t from = t.now; t.now < from + 6 * HOUR; t.limit += SLOW) {
    play_wait(&t, MINUTE - 1);
    assert_int_equal(t.faileds, 0);
  }
  assert_true(t.limit < 1000000);
}

static void a_slow_line_may_take_hours(void **state) { /* SEC G-07 */
  (void)state;
  in_mid_literal();
  slowly();
}

/* What cannot be stored here is read to its end all the same. */
static void a_refused_message_may_take_hours(void **state) { /* SEC G-07 */
  (void)state;
  in_mid_literal();
  assert_int_equal(hark_pull_again(t.p, 0, NULL), 0);
  slowly();
}

static void dripping(uint32_t bytes, uint64_t every) {
  uint64_t from = t.now;
  for (; !t.faileds && t.now < from + HOUR; t.limit += bytes) play_wait(&t, every);
  assert_in_range(t.now - from, MINUTE, MINUTE + every);
  assert_int_equal(t.aborts, 1);
  play_failed_with(&t, HARK_ERR_NET, "a message came too slowly: less than 1 KiB in a minute");
}

static void a_message_that_drips_is_a_dead_line(void **state) { /* SEC G-07 */
  (void)state;
  in_mid_literal();
  dripping(1, SECOND);
  teardown(NULL), setup_listening(NULL);
  in_mid_literal();
  dripping(DRIP / 2, 30 * SECOND);
}

/* From its first byte, and though others came fast before it. */
static void a_message_that_drips_behind_fast_ones(void **state) { /* SEC G-07 */
  (void)state;
  in_mid_literal();
  t.limit = 1005000; /* the second has begun */
  play_run(&t);
  assert_int_equal(t.messages, 1);
  dripping(DRIP / 100, 600);
}

/* Bytes that are no message's are not counted, a small message is. */
static void small_messages_may_come_slowly(void **state) { /* SEC G-07 */
  (void)state;
  play_fill(&t, 100);
  play_start(&t, 0, NULL, NULL);
  t.limit = 0;
  for (; t.messages < 100; t.limit += 200) {
    play_wait(&t, 50 * SECOND);
    assert_int_equal(t.faileds, 0);
  }
}

/* The command of which there is one now is never answered; said comes each second. */
static void unanswered(const size_t *command, const char *said, uint64_t dies) {
  play_fill(&t, 5);
  play_start(&t, 0, NULL, NULL);
  while (!*command) {
    t.limit = t.s.out_n;
    play_run(&t);
  }
  t.delivered = t.s.out_n;
  t.limit = SIZE_MAX;
  uint64_t from = t.now;
  while (!t.faileds && t.now < from + HOUR) {
    play_wait(&t, SECOND);
    server_say(&t.s, said);
  }
  assert_int_equal(t.faileds, dies < HOUR);
  assert_in_range(t.now - from, dies, dies + SECOND); /* the first may be news */
}

static void still_here_does_not_keep_a_dead_fetch_alive(void **state) {
  (void)state;
  unanswered(&t.s.fetches, "* OK Still here", MINUTE);
}
static void still_here_does_not_keep_a_dead_search_alive(void **state) {
  (void)state;
  unanswered(&t.s.listings, "* OK Still here", MINUTE);
}
static void exists_does_not_keep_a_dead_fetch_alive(void **state) {
  (void)state;
  unanswered(&t.s.fetches, "* 5 EXISTS", MINUTE);
}
static void inprogress_keeps_a_fetch_alive(void **state) { /* SEC M-09 */
  (void)state;
  unanswered(&t.s.fetches, "* OK [INPROGRESS (\"A5\" 4 10)] reading", HOUR);
}
static void inprogress_keeps_a_search_alive(void **state) { /* SEC M-09 */
  (void)state;
  unanswered(&t.s.listings, "* OK [INPROGRESS (\"A4\" 4 10)] searching", HOUR);
}

/* What may belong to an answer, and is none. */
static void chatter_keeps_nothing_alive_for_ever(void **state) {
  (void)state;
  struct {
    const size_t *command;
    const char *said;
  } v[] = {{&t.s.examines, "* OK Still here"},
           {&t.s.examines, "* 5 EXISTS"},
           {&t.s.listings, "* SEARCH 1 2 3"},
           {&t.s.fetches, "* 1 FETCH (FLAGS ())"},
           {&t.s.fetches, "* 1 FETCH (UID 900 FLAGS ())"},
           {&t.s.fetches, "* 1 FETCH (UID 900 BODY[] {3}\r\nabc)"},
           {&t.s.fetches, "* 1 FETCH (UID 1 BODY[] NIL)"}};
  for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
    teardown(NULL), setup_listening(NULL);
    unanswered(v[i].command, v[i].said, 10 * MINUTE);
    play_failed_with(&t, HARK_ERR_NET,
                     "for ten minutes the server answered nothing that was asked");
  }
}

static void the_greeting_too_comes_in_time(void **state) { /* SEC B-09 */
  (void)state;
  play_fill(&t, 5);
  play_start(&t, 0, NULL, NULL);
  t.limit = 0;
  assert_int_equal(play_until_failed(&t, HOUR), MINUTE);
}

/* --- the end of the session --- */

static void bye_and_the_end(void **state) { /* SEC M-12 */
  (void)state;
  play_listening(&t, 5);
  server_say(&t.s, "* BYE autologout");
  server_close(&t.s);
  play_run(&t);
  play_failed_with(&t, HARK_ERR_EOF, "the server ended the connection");
}

static void bye_and_no_end(void **state) { /* SEC M-12 */
  (void)state;
  play_listening(&t, 5);
  server_say(&t.s, "* BYE autologout");
  t.s.mute = true;
  assert_int_equal(play_until_failed(&t, HOUR), 5 * SECOND);
  play_failed_with(&t, HARK_ERR_EOF, "the server ended the connection");
}

static void closed_without_bye(void **state) {
  (void)state;
  play_listening(&t, 5);
  server_close(&t.s);
  play_run(&t);
  assert_int_equal(t.faileds, 1);
  assert_int_equal(t.err, HARK_ERR_EOF);
}

static void logout_that_nobody_answers_is_no_failure(void **state) {
  (void)state;
  t.config.listen = false;
  play_fill(&t, 5);
  play_start(&t, 0, NULL, NULL);
  while (!t.caught_ups) {
    t.limit = t.s.out_n;
    if (t.s.logouts) break;
    play_run(&t);
  }
  t.cut = true;
  play_wait(&t, 4999);
  assert_int_equal(hark_wants(t.c) & HARK_CLOSED, 0);
  play_wait(&t, 1);
  assert_int_equal(hark_wants(t.c), HARK_CLOSED);
  assert_int_equal(t.faileds, 0);
  assert_int_equal(t.caught_ups, 1);
}

/* --- waking up --- */

static void waking_up_checks_at_once(void **state) { /* SEC L-07 */
  (void)state;
  play_listening(&t, 5);
  t.s.announces_nothing = true;
  server_deliver(&t.s, 0, 100);
  t.now += 8 * (uint64_t)HOUR;
  hark_pull_woke(t.p, t.now);
  play_run(&t);
  assert_int_equal(t.messages, 1);
  assert_int_equal(t.faileds, 0);
}

static void a_line_that_died_asleep_is_found_in_ten_seconds(void **state) { /* SEC L-07 */
  (void)state;
  play_listening(&t, 5);
  t.cut = true;
  t.now += 8 * (uint64_t)HOUR;
  hark_pull_woke(t.p, t.now);
  assert_int_equal(play_until_failed(&t, HOUR), 10 * SECOND);
}

static void the_same_where_there_is_no_idle(void **state) { /* SEC L-07 */
  (void)state;
  t.s.capabilities = "IMAP4rev1";
  play_listening(&t, 5);
  t.cut = true;
  t.now += 8 * (uint64_t)HOUR;
  hark_pull_woke(t.p, t.now);
  assert_int_equal(play_until_failed(&t, HOUR), 10 * SECOND);
}

static void the_same_in_mid_message(void **state) { /* SEC L-07 */
  (void)state;
  in_mid_literal();
  t.now += 8 * (uint64_t)HOUR;
  hark_pull_woke(t.p, t.now);
  assert_int_equal(play_until_failed(&t, HOUR), 10 * SECOND);
}

static void sleeping_in_mid_message_is_survived(void **state) { /* SEC L-09 */
  (void)state;
  in_mid_literal();
  t.now += 8 * (uint64_t)HOUR;
  hark_pull_woke(t.p, t.now);
  play_wait(&t, 9 * SECOND);
  t.limit += 2000;
  play_wait(&t, 59 * SECOND); /* it lives, and may be slow again */
  assert_int_equal(t.faileds, 0);
  t.limit = SIZE_MAX;
  play_run(&t);
  assert_int_equal(t.messages, 2);
  play_wait(&t, HOUR);
  assert_int_equal(t.faileds, 0);
}

/* --- stopping --- */

static void stopped(bool inside) {
  size_t messages = t.messages, flushes = t.flushes;
  assert_int_equal(hark_pull_stop(t.p), 0);
  assert_int_equal(hark_pull_stop(t.p), 0);
  const hark_pull_event *ev = hark_pull_next(t.p, t.now);
  assert_int_equal(ev != NULL, inside);
  if (ev) assert_int_equal(ev->type, HARK_PULL_ABORT);
  assert_null(hark_pull_next(t.p, t.now));
  play_wait(&t, 2 * SECOND);
  assert_int_equal(hark_wants(t.c), HARK_CLOSED);
  assert_int_equal(t.messages, messages);
  assert_int_equal(t.flushes, flushes);
  assert_int_equal(t.faileds, 0);
}

/* However much has come, and whether the server still answers or not. */
static void stop_in_every_state(void **state) {
  (void)state;
  size_t whole = 1;
  for (size_t at = 0; at < whole; at += at < 400 ? 3 : 61) {
    for (int mute = 0; mute < 2; mute++) {
      teardown(NULL), setup_listening(NULL);
      play_fill(&t, 3);
      server_add(&t.s, 0, 3000);
      play_start(&t, 0, NULL, NULL);
      t.limit = at;
      play_run(&t);
      whole = at < t.s.out_n ? at + 62 : at;
      t.cut = mute;
      t.limit = SIZE_MAX;
      stopped(t.inside);
    }
  }
}

static void stop_says_logout(void **state) {
  (void)state;
  play_listening(&t, 5);
  stopped(false);
  assert_int_equal(t.s.logouts, 1);
  assert_string_equal(t.s.log[t.s.nlog - 2], "DONE");
}

/* What failed here takes leave as fast as what did not. */
static void stop_after_a_failure(void **state) {
  (void)state;
  t.s.examine_refused = true;
  play_start(&t, 0, NULL, NULL);
  play_run(&t);
  assert_int_equal(t.faileds, 1);
  hark_pull_stop(t.p);
  play_run(&t);
  assert_int_equal(t.s.logouts, 1);
  assert_int_equal(hark_wants(t.c), HARK_CLOSED);
}

static void stop_after_the_end(void **state) {
  (void)state;
  play_listening(&t, 5);
  server_close(&t.s);
  play_run(&t);
  hark_pull_stop(t.p);
  play_wait(&t, HOUR);
  assert_int_equal(t.faileds, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST_LISTENING(silence_in_mid_message_is_a_minute),
      TEST_LISTENING(a_slow_line_may_take_hours),
      TEST_LISTENING(a_refused_message_may_take_hours),
      TEST_LISTENING(a_message_that_drips_is_a_dead_line),
      TEST_LISTENING(a_message_that_drips_behind_fast_ones),
      TEST_LISTENING(small_messages_may_come_slowly),
      TEST_LISTENING(still_here_does_not_keep_a_dead_fetch_alive),
      TEST_LISTENING(still_here_does_not_keep_a_dead_search_alive),
      TEST_LISTENING(exists_does_not_keep_a_dead_fetch_alive),
      TEST_LISTENING(chatter_keeps_nothing_alive_for_ever),
      TEST_LISTENING(inprogress_keeps_a_fetch_alive),
      TEST_LISTENING(inprogress_keeps_a_search_alive),
      TEST_LISTENING(the_greeting_too_comes_in_time),
      TEST_LISTENING(bye_and_the_end),
      TEST_LISTENING(bye_and_no_end),
      TEST_LISTENING(closed_without_bye),
      TEST_LISTENING(logout_that_nobody_answers_is_no_failure),
      TEST_LISTENING(waking_up_checks_at_once),
      TEST_LISTENING(a_line_that_died_asleep_is_found_in_ten_seconds),
      TEST_LISTENING(the_same_where_there_is_no_idle),
      TEST_LISTENING(the_same_in_mid_message),
      TEST_LISTENING(sleeping_in_mid_message_is_survived),
      TEST_LISTENING(stop_in_every_state),
      TEST_LISTENING(stop_says_logout),
      TEST_LISTENING(stop_after_a_failure),
      TEST_LISTENING(stop_after_the_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
