/* tests/unit/test_maildir_recover.c - the table of docs/delivery.md: for each place where a
 * crash may leave a message, what start-up does with it.  (That a crash leaves it there:
 * test_maildir_sweep.c.)
 * SPDX-License-Identifier: MIT */
#include "maildir_play.h"
#include <sys/syscall.h>
#include <time.h>

enum { HOUR = 3600 };

/* A clock that jumps, and no randomness; the program's own, in place of those of libc. */
static int clock_ahead;
static bool no_clock;

time_t time(time_t *out) {
  struct timespec now;
  if (no_clock) return -1;
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
  now.tv_sec += clock_ahead * HOUR;
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

/* Delivered, and then put back to where a crash would have left it. */
static void stage(const char *set) {
  sqlite3 *db;
  assert_int_equal(sqlite3_open(at("M/hark.db"), &db), 0);
  assert_int_equal(sqlite3_exec(db, set, NULL, NULL, NULL), 0);
  sqlite3_close(db);
}

static void delivered(uint32_t first, uint32_t last) {
  hark_maildir *m = open_maildir("M");
  deliver(m, first, last);
  hark_maildir_close(m);
}

static void staged_hours_ago(int hours) {
  char sql[100];
  snprintf(sql, sizeof sql, "UPDATE message SET staged = %lld",
           (long long)time(NULL) - hours * HOUR);
  stage(sql);
}

static void back_to_tmp(uint32_t uid) {
  assert_int_equal(rename(path_of("M/new", name_of(uid)), path_of("M/tmp", name_of(uid))), 0);
}

static void opens_with(const char *have, const char *note) {
  hark_maildir *m = open_maildir("M");
  if (note)
    assert_string_equal(hark_maildir_note(m), note);
  else
    assert_null(hark_maildir_note(m));
  assert_string_equal(have_of(m, 77), have);
  assert_int_equal(count("M/tmp"), 0);
  hark_maildir_close(m);
  m = open_maildir("M"); /* nothing is left to do */
  assert_null(hark_maildir_note(m));
  assert_string_equal(have_of(m, 77), have);
  hark_maildir_close(m);
}

/* Steps 1 to 3: in tmp, no row. */
static void no_row(void **state) {
  (void)state;
  delivered(1, 2);
  back_to_tmp(2);
  stage("DELETE FROM message WHERE uid = 2");
  FILE *f = fopen(at("M/tmp/1700000000.M1P2.host"), "w");
  fclose(f);
  hark_maildir *m = open_maildir("M");
  assert_string_equal(hark_maildir_note(m), "1 message that was cut off is fetched again");
  assert_string_equal(have_of(m, 77), "1");
  hark_maildir_close(m);
  assert_int_equal(count("M/tmp"), 1); /* another program's */
}

/* Step 4: COMMIT, not moved yet.  SEC I-06, SEC I-13 */
static void in_tmp(void **state) {
  (void)state;
  delivered(1, 100);
  for (uint32_t uid = 1; uid <= 100; uid++) back_to_tmp(uid);
  staged_hours_ago(0);
  opens_with("1:100", "100 messages of an interrupted pull were finished");
  assert_int_equal(count("M/new"), 100);
}

static void letters_are_remembered(void **state) {
  (void)state;
  char with_info[NAME_MOST + 8];
  delivered(1, 1);
  back_to_tmp(1);
  staged_hours_ago(0);
  stage("UPDATE message SET letters = 'FS'");
  opens_with("1", "1 message of an interrupted pull was finished");
  snprintf(with_info, sizeof with_info, "%s:2,FS", name_of(1));
  assert_true(is_there(path_of("M/cur", with_info)));
}

/* Steps 5 and 6: moved, the row says staged.  SEC I-11 */
static void in_its_place(void **state) {
  (void)state;
  char with_info[NAME_MOST + 8];
  delivered(1, 2);
  snprintf(with_info, sizeof with_info, "%s:2,RS", name_of(2));
  assert_int_equal(rename(path_of("M/new", name_of(2)), path_of("M/cur", with_info)), 0);
  staged_hours_ago(100);
  opens_with("1:2", NULL);
}

/* Moved, and in tmp as well: a power cut may leave both. */
static void in_both(void **state) {
  (void)state;
  delivered(1, 1);
  assert_int_equal(link(path_of("M/new", name_of(1)), path_of("M/tmp", name_of(1))), 0);
  staged_hours_ago(0);
  opens_with("1", NULL);
  assert_int_equal(count("M/new"), 1);
}

/* And a reader moved the one in its place: it is known by its name. */
static void in_both_and_read(void **state) {
  (void)state;
  char with_info[NAME_MOST + 8];
  delivered(1, 1);
  assert_int_equal(link(path_of("M/new", name_of(1)), path_of("M/tmp", name_of(1))), 0);
  snprintf(with_info, sizeof with_info, "%s:2,S", name_of(1));
  assert_int_equal(rename(path_of("M/new", name_of(1)), path_of("M/cur", with_info)), 0);
  staged_hours_ago(0);
  opens_with("1", NULL);
  assert_int_equal(count("M/new") + count("M/cur"), 1);
}

/* SEC I-09 */
static void taken_by_the_user(void **state) {
  (void)state;
  delivered(1, 1);
  assert_int_equal(unlink(path_of("M/new", name_of(1))), 0);
  staged_hours_ago(35);
  opens_with("1", NULL);
}

/* SEC I-10 */
static void removed_as_old(void **state) {
  (void)state;
  delivered(1, 1);
  assert_int_equal(unlink(path_of("M/new", name_of(1))), 0);
  staged_hours_ago(37);
  opens_with("", NULL);
}

/* The clock went back: nobody knows how old the row is, so the message is fetched. */
static void staged_in_the_future(void **state) {
  (void)state;
  delivered(1, 1);
  assert_int_equal(unlink(path_of("M/new", name_of(1))), 0);
  staged_hours_ago(-200);
  opens_with("", NULL);
}

/* And a message that is here is known whatever the clock says.  SEC J-11: names need none. */
static void clock_of_no_use(void **state) {
  (void)state;
  no_clock = true;
  delivered(1, 2);
  back_to_tmp(2);
  stage("UPDATE message SET staged = -1");
  opens_with("1:2", "1 message of an interrupted pull was finished");
  no_clock = false, clock_ahead = 100000;
  delivered(3, 3);
  clock_ahead = -100000;
  opens_with("1:3", NULL);
  clock_ahead = 0;
  for (uint32_t uid = 1; uid <= 3; uid++) assert_true(is_there(path_of("M/new", name_of(uid))));
}

/* More than are looked at together. */
static void very_many(void **state) {
  (void)state;
  enum { MANY = 2 * ENTRIES_MOST + 10 };
  hark_maildir *m = open_maildir("M");
  for (uint32_t uid = 1; uid <= MANY; uid += 500)
    deliver(m, uid, uid + 499 < MANY ? uid + 499 : MANY);
  hark_maildir_close(m);
  for (uint32_t uid = 1; uid <= MANY; uid += 3) back_to_tmp(uid);
  staged_hours_ago(0);
  opens_with("1:2058", "686 messages of an interrupted pull were finished");
  assert_int_equal(count("M/new"), MANY);
}

/* Paths are made of our names only, whatever a state says. */
static void name_that_is_not_ours(void **state) {
  (void)state;
  delivered(1, 1);
  staged_hours_ago(0);
  stage("UPDATE message SET name = '../../evil'");
  char said[SENTENCE_MOST];
  hark_maildir_config config = config_of("M");
  assert_int_equal(open_fails(&config, said), HARK_ERR_STORE);
  assert_non_null(strstr(said, "the state is damaged"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(no_row, setup, teardown),
      cmocka_unit_test_setup_teardown(in_tmp, setup, teardown),
      cmocka_unit_test_setup_teardown(letters_are_remembered, setup, teardown),
      cmocka_unit_test_setup_teardown(in_its_place, setup, teardown),
      cmocka_unit_test_setup_teardown(in_both, setup, teardown),
      cmocka_unit_test_setup_teardown(in_both_and_read, setup, teardown),
      cmocka_unit_test_setup_teardown(taken_by_the_user, setup, teardown),
      cmocka_unit_test_setup_teardown(removed_as_old, setup, teardown),
      cmocka_unit_test_setup_teardown(staged_in_the_future, setup, teardown),
      cmocka_unit_test_setup_teardown(clock_of_no_use, setup, teardown),
      cmocka_unit_test_setup_teardown(very_many, setup, teardown),
      cmocka_unit_test_setup_teardown(name_that_is_not_ours, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
