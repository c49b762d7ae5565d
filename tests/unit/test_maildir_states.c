/* tests/unit/test_maildir_states.c - errors of SQLite at each of its steps: what each means, and
 * that none is tried again.
 * SPDX-License-Identifier: MIT */
#include "maildir_play.h"
#include <dlfcn.h>
#include <time.h>

static struct {
  int nth;    /* which step fails; 0: none */
  int result; /* with what */
  int steps, after, told;
} plan;

/* sqlite3_exec() takes what a step says from elsewhere: its steps are left alone. */
static bool own(void *caller) {
  Dl_info info;
  return dladdr(caller, &info) && !strstr(info.dli_fname, "sqlite");
}

/* In place of SQLite's for the library; a failure is SQLite's answer, and nothing was done. */
#pragma GCC visibility push(default)
int sqlite3_step(sqlite3_stmt *s) {
  static int (*next)(sqlite3_stmt *);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "sqlite3_step");
  if (!own(__builtin_return_address(0))) return next(s);
  plan.steps++;
  if (plan.nth && plan.steps > plan.nth) plan.after++;
  return plan.nth && plan.steps == plan.nth ? plan.result : next(s);
}
#pragma GCC visibility pop

static const struct meaning {
  int result, err;
  const char *says;
} meanings[] = {
    {SQLITE_BUSY, HARK_ERR_BUSY, "has this state open"},
    {SQLITE_LOCKED, HARK_ERR_BUSY, "has this state open"},
    {SQLITE_FULL, HARK_ERR_DISK, "the disk is full"},
    {SQLITE_IOERR_FSYNC, HARK_ERR_DISK, "an error of the disk"},
    {SQLITE_READONLY, HARK_ERR_STORE, "read-only"},
    {SQLITE_CANTOPEN, HARK_ERR_STORE, "cannot be opened or created here"},
    {SQLITE_CORRUPT_INDEX, HARK_ERR_STORE, "the state is damaged; move this file away"},
    {SQLITE_NOTADB, HARK_ERR_STORE, "this is no state of hark"},
};
enum { MEANINGS = sizeof meanings / sizeof *meanings, MESSAGES = 6 };

/* Opens, delivers and asks; the first error and its sentence. */
static int go(char said[SENTENCE_MOST]) {
  hark_maildir_config config = config_of("M");
  hark_cursor c = {.size = sizeof c};
  hark_maildir *m;
  int err = hark_maildir_open(&m, &config);
  if (!err) err = hark_maildir_cursor(m, "INBOX", &c);
  for (uint32_t uid = 1; !err && uid <= MESSAGES; uid++)
    if (!hark_set_has(c.have, uid)) err = put_message(m, uid);
  if (!err) err = settle(m);
  snprintf(said, SENTENCE_MOST, "%s", hark_maildir_error(m));
  plan.nth = 0, plan.told = plan.steps; /* what closing does is told to nobody */
  hark_maildir_close(m);
  return err;
}

/* A file system without a disk: nobody waits. */
static int setup_quick(void **state) {
  if (!access("/dev/shm", W_OK)) setenv("TMPDIR", "/dev/shm", 1);
  return setup(state);
}

static void anew(void) {
  assert_int_equal(nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
  assert_int_equal(mkdir(top, 0700), 0);
}

static void then_all_is_here(void) {
  char said[SENTENCE_MOST];
  assert_int_equal(go(said), 0);
  assert_int_equal(count("M/new"), MESSAGES);
  assert_int_equal(count("M/tmp"), 0);
}

/* One step fails: hark stops at once, says why, and the next run has all.  After it come at most
 * a roll-back and what reads the answer: never the same step again. */
static bool fails_at(int nth, const struct meaning *is) {
  char said[SENTENCE_MOST];
  anew();
  plan.nth = nth, plan.result = is->result, plan.steps = plan.after = 0;
  int err = go(said);
  if (plan.told < nth) return false;
  if (err != is->err || !strstr(said, is->says)) print_error("step %d: %d %s\n", nth, err, said);
  assert_int_equal(err, is->err);
  assert_non_null(strstr(said, is->says));
  assert_true(plan.after <= 1);
  then_all_is_here();
  return true;
}

/* SEC J-09 */
static void each_has_its_meaning(void **state) {
  (void)state;
  for (size_t i = 0; i < MEANINGS; i++) {
    int nth = 1;
    while (fails_at(nth, &meanings[i])) nth++;
    assert_true(nth > 20);
  }
}

/* SEC J-09: a state that another program has locked is not waited for. */
static void busy_at_once(void **state) {
  (void)state;
  char said[SENTENCE_MOST];
  hark_maildir_close(open_maildir("M"));
  sqlite3 *other;
  plan.nth = 0;
  assert_int_equal(sqlite3_open(at("M/hark.db"), &other), 0);
  assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE; UPDATE mailbox SET modseq = 1", 0, 0, 0),
                   0);
  time_t began = time(NULL);
  int err = go(said);
  assert_true(time(NULL) - began < 5);
  assert_int_equal(err, HARK_ERR_BUSY);
  assert_non_null(strstr(said, "has this state open"));
  assert_int_equal(sqlite3_exec(other, "ROLLBACK", 0, 0, 0), 0);
  sqlite3_close(other);
}

/* A state that is hark's by its marks, and has other tables: not "out of memory". */
static void other_tables(void **state) {
  (void)state;
  static const char *const spoilt[] = {"ALTER TABLE message RENAME COLUMN staged TO other",
                                       "ALTER TABLE mailbox RENAME COLUMN modseq TO other",
                                       "DROP TABLE stuck", "DROP TABLE message"};
  for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++) {
    char said[SENTENCE_MOST];
    sqlite3 *db;
    anew();
    hark_maildir_close(open_maildir("M"));
    assert_int_equal(sqlite3_open(at("M/hark.db"), &db), 0);
    assert_int_equal(sqlite3_exec(db, spoilt[i], 0, 0, 0), 0);
    sqlite3_close(db);
    int err = go(said);
    if (err != HARK_ERR_STORE) print_error("%s: %d %s\n", spoilt[i], err, said);
    assert_int_equal(err, HARK_ERR_STORE);
    assert_non_null(strstr(said, "the state is damaged; move this file away"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(each_has_its_meaning, setup_quick, teardown),
      cmocka_unit_test_setup_teardown(other_tables, setup, teardown),
      cmocka_unit_test_setup_teardown(busy_at_once, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
