/* tests/unit/test_pull_throttle.c - a server that wants us slower: pull/throttle.c.
 * SPDX-License-Identifier: MIT */
#include "pull_case.h"

static int setup_full(void **state) {
  setup(state);
  play_add(&t, 100, 300);
  return 0;
}

static void throttled(const char *answer, size_t times) {
  t.s.throttle = answer, t.s.throttles = times;
  play_start(&t, 0, NULL, NULL);
  play_run(&t);
}

static void waits(const char *answer, uint32_t ms) {
  play_end(&t);
  t.waits = 0;
  throttled(answer, 2); /* both commands under way: one step */
  assert_int_equal(t.waits, 1);
  assert_int_equal(t.wait_ms, ms);
  assert_int_equal(hark_pull_deadline(t.p), t.now + ms);
}

/* Nothing is asked for until the time has come, then all of it, and nothing twice. */
static void the_time_that_is_asked_for(void **state) { /* SEC M-11 */
  (void)state;
  throttled("BAD Request is throttled. Suggested Backoff Time: 178755 milliseconds", 2);
  assert_int_equal(t.waits, 1);
  assert_int_equal(t.wait_ms, 178755);
  size_t asked = t.s.fetches;
  play_wait(&t, 178754);
  assert_int_equal(t.s.fetches, asked);
  play_wait(&t, 1);
  assert_int_equal(t.faileds, 0);
  assert_int_equal(t.stucks, 0);
  assert_int_equal(t.caught_ups, 1);
  assert_true(play_all_here(&t));
}

static void hints_have_bounds(void **state) { /* SEC M-11 */
  (void)state;
  waits("NO [THROTTLED] slower, please", 60000);
  waits("NO [THROTTLED] try again in 2 seconds", 60000); /* a minute at least */
  waits("BAD throttled, try again in 90 s", 90000);
  waits("NO [LIMIT] 42 requests; try again in 4 minutes", 240000);
  waits("NO [OVERQUOTA] Account exceeded command or bandwidth limits", 60000);
  waits("NO Account exceeded command or BANDWIDTH LIMITS. (Failure)", 60000);
  waits("NO [THROTTLED] in 99999999999999999999999 hours", 300000); /* five minutes at most */
}

static void a_limit_of_the_day_ends_it(void **state) { /* SEC M-15 */
  (void)state;
  throttled("NO [THROTTLED] daily limit", 100000);
  uint64_t began = t.now;
  play_wait(&t, 3600000);
  assert_int_equal(t.waits, 3);
  assert_int_equal(t.faileds, 1);
  assert_int_equal(t.err, HARK_ERR_BUSY);
  assert_non_null(strstr(t.why, "the rest comes later"));
  assert_int_equal(t.stucks, 0);
  assert_true(t.now - began >= 60000 + 120000 + 240000);
  play_end(&t);
  t.s.throttles = 0, t.faileds = 0; /* the next day */
  play_start(&t, t.s.uidvalidity, hark_set_text(t.have), NULL);
  play_run(&t);
  assert_int_equal(t.caught_ups, 1);
  assert_true(play_all_here(&t));
}

static void steps_begin_anew_with_a_message(void **state) {
  (void)state;
  throttled("NO [THROTTLED] slower", 2);
  assert_int_equal(t.wait_ms, 60000);
  t.s.throttles = 1;
  play_wait(&t, 60000);
  assert_int_equal(t.wait_ms, 120000);
  play_wait(&t, 120000);
  assert_int_equal(t.waits, 2);
  assert_int_equal(t.caught_ups, 1);
  assert_true(play_all_here(&t));
}

/* While identities are compared nothing is fetched anew for it. */
static void in_matching(void **state) {
  (void)state;
  t.s.throttle = "NO [THROTTLED] slower", t.s.throttles = 1;
  t.late_same = true;
  play_start(&t, t.s.uidvalidity + 1, "1:100", NULL);
  play_run(&t);
  assert_int_equal(t.waits, 1);
  assert_int_equal(t.sames, 0);
  play_wait(&t, 60000);
  assert_int_equal(t.sames, 100);
  assert_int_equal(t.s.bodies_asked, 0);
}

/* EXAMINE and both kinds of SEARCH wait as FETCH does, and are not asked for in another way. */
static void every_command_waits(void **state) { /* SEC M-11 */
  (void)state;
  const char *const commands[] = {"EXAMINE ", "UID SEARCH RETURN (ALL) ALL", "UID FETCH "};
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    teardown(NULL), setup_full(NULL);
    t.s.throttled = commands[i];
    throttled("NO [LIMIT] slower, try again in 100 seconds", i == 2 ? 2 : 1);
    assert_int_equal(t.waits, 1);
    assert_int_equal(hark_pull_deadline(t.p), t.now + 100000);
    size_t lines = t.s.nlog;
    play_wait(&t, 99999);
    assert_int_equal(t.s.nlog, lines);
    play_wait(&t, 1);
    assert_int_equal(t.faileds, 0);
    assert_true(play_all_here(&t));
    assert_false(server_saw(&t.s, "UID SEARCH ALL"));
  }
}

static void every_command_gives_up(void **state) { /* SEC M-15 */
  (void)state;
  const char *const commands[] = {"EXAMINE ", "UID SEARCH "};
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    teardown(NULL), setup_full(NULL);
    t.s.throttled = commands[i];
    throttled("NO [THROTTLED] daily limit", 100000);
    play_wait(&t, HOUR);
    assert_int_equal(t.waits, 3);
    play_failed_with(&t, HARK_ERR_BUSY, "the server gives no more for now; the rest comes later");
  }
}

/* What is new while it listens. */
static void a_check_waits(void **state) {
  (void)state;
  teardown(NULL), play_init(&t);
  t.config.listen = true;
  play_listening(&t, 5);
  t.s.throttle = "NO [THROTTLED] slower", t.s.throttled = "UID SEARCH", t.s.throttles = 1;
  server_deliver(&t.s, 0, 100);
  play_wait(&t, 59999);
  assert_int_equal(t.messages, 0);
  play_wait(&t, 1);
  assert_int_equal(t.messages, 1);
  assert_int_equal(t.s.listings, 1);
}

static void stop_while_waiting(void **state) {
  (void)state;
  t.s.throttled = "EXAMINE ";
  throttled("NO [THROTTLED] slower", 1);
  assert_int_equal(hark_pull_stop(t.p), 0);
  play_wait(&t, HOUR);
  assert_int_equal(t.s.examines, 0);
  assert_int_equal(t.s.logouts, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_time_that_is_asked_for, setup_full, teardown),
      cmocka_unit_test_setup_teardown(hints_have_bounds, setup_full, teardown),
      cmocka_unit_test_setup_teardown(a_limit_of_the_day_ends_it, setup_full, teardown),
      cmocka_unit_test_setup_teardown(steps_begin_anew_with_a_message, setup_full, teardown),
      cmocka_unit_test_setup_teardown(in_matching, setup_full, teardown),
      cmocka_unit_test_setup_teardown(every_command_waits, setup_full, teardown),
      cmocka_unit_test_setup_teardown(every_command_gives_up, setup_full, teardown),
      cmocka_unit_test_setup_teardown(a_check_waits, setup_full, teardown),
      cmocka_unit_test_setup_teardown(stop_while_waiting, setup_full, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
