/* tests/unit/test_maildir_sweep.c - a delivery killed, or failed, at each of its disk calls.
 * SPDX-License-Identifier: MIT
 *
 * Then it is opened again: each message must be there exactly once, byte by byte, and nothing
 * that was promised may be missing. */
#include "maildir_play.h"

#include "maildir_faults.h"
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
enum { STEP = 5 }; /* a sanitized process takes long to fork; the release build tries each call */
#else
enum { STEP = 1 };
#endif
enum { MESSAGES = 9, FIRST = 3 /* synced alone; the others with one call */ };

struct promised { /* shared with the children: what they were told is durable */
  char have[4096];
  int syncs_after;
};
enum { SHARED_BYTES = sizeof(struct promised) };
static struct promised *promised;

/* A file system without a disk: the calls are the same, and nobody waits. */
static int setup_sweep(void **state) {
  /* cppcheck-suppress invalidFunctionArg ; -1 is what mmap(2) asks for */
  promised = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (promised == MAP_FAILED) return -1;
  if (!access("/dev/shm", W_OK)) setenv("TMPDIR", "/dev/shm", 1);
  return setup(state);
}

static int teardown_sweep(void **state) {
  munmap(promised, SHARED_BYTES);
  return teardown(state);
}

static const hark_str seen[] = {{"\\Seen", 5}};

static int put_one(hark_maildir *m, uint32_t uid) {
  char text[256];
  size_t n = message_text(text, uid);
  return put_as(m, uid, 77, text, n, (hark_strs){seen, uid % 2});
}

/* Whatever fails, on it goes to the end; no assertion: it runs in a child, too. */
static void pull_all(const char *name) {
  hark_maildir_config config = config_of(name);
  hark_maildir *m;
  forget_answers();
  int err = hark_maildir_open(&m, &config);
  for (uint32_t uid = 1; !err && uid <= MESSAGES; uid++) {
    put_one(m, uid);
    if (uid == FIRST || uid == MESSAGES) settle(m);
    memcpy(promised->have, have_text, sizeof have_text);
  }
  hark_maildir_close(m);
  promised->syncs_after = faults.syncs_after;
}

/* In a child, so that it may die: true when it came to its end untouched. */
static bool in_child(struct faults how, void (*run)(const char *), const char *name) {
  fflush(NULL);
  pid_t child = fork();
  assert_true(child >= 0);
  if (!child) {
    faults.nth = how.nth, faults.error = how.error, faults.on = how.on, faults.die_at = how.die_at;
    atomic_store(&faults.count, 0);
    run(name);
    _exit(faults.count < how.nth ? 0 : 1);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status) || WTERMSIG(status) == SIGKILL);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void open_and_close(const char *name) {
  hark_maildir_config config = config_of(name);
  hark_maildir *m;
  hark_maildir_open(&m, &config);
  hark_maildir_close(m);
}

static bool in_set(const char *text, uint32_t uid) {
  hark_set *set = hark_set_new(NULL);
  for (const char *p = text; *p; p += strcspn(p, ";") + (p[strcspn(p, ";")] != 0))
    hark_set_parse(set, (hark_str){p, strcspn(p, ";")});
  bool has = hark_set_has(set, uid);
  hark_set_free(set);
  return has;
}

static void holds(uint32_t uid) {
  char text[256], is[256], lf[256];
  size_t n = message_text(text, uid), k = 0;
  for (size_t i = 0; i < n; i++)
    if (text[i] != '\r') lf[k++] = text[i];
  char name[NAME_MOST + 8];
  snprintf(name, sizeof name, "%s%s", name_of(uid), uid % 2 ? ":2,S" : "");
  size_t got = contents(path_of(uid % 2 ? "M/cur" : "M/new", name), is, sizeof is);
  assert_int_equal(got, k);
  assert_memory_equal(is, lf, k);
}

/* Opened again, what is missing fetched again: all are here, each once. */
static void finishes(void) {
  hark_maildir *m = open_maildir("M");
  hark_cursor c = {.size = sizeof c};
  char have[256];
  assert_int_equal(hark_maildir_cursor(m, "INBOX", &c), 0);
  snprintf(have, sizeof have, "%s", text_of(c.have));
  for (uint32_t uid = 1; uid <= MESSAGES; uid++) {
    if (in_set(promised->have, uid)) assert_true(in_set(have, uid));
    if (!in_set(have, uid)) assert_int_equal(put_one(m, uid), 0);
  }
  assert_int_equal(settle(m), 0);
  assert_string_equal(have_of(m, 77), "1:9");
  hark_maildir_close(m);
  for (uint32_t uid = 1; uid <= MESSAGES; uid++) holds(uid);
  assert_int_equal(count("M/new") + count("M/cur"), MESSAGES);
  assert_int_equal(count("M/tmp"), 0);
}

static void anew(void) {
  assert_int_equal(nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
  assert_int_equal(mkdir(top, 0700), 0);
  memset(promised, 0, sizeof *promised);
  forget_answers();
}

/* SEC I-01, SEC I-22 */
static void killed_at_each_call(void **state) {
  (void)state;
  int n = 1;
  for (bool whole = false; !whole; n += STEP) {
    anew();
    whole = in_child((struct faults){.nth = n}, pull_all, "M");
    finishes();
  }
  assert_true(n > 60); /* the sweep swept */
}

static void journal_is(hark_maildir *m, const char *mode) {
  sqlite3_stmt *s;
  assert_int_equal(sqlite3_prepare_v2(m->db, "PRAGMA journal_mode", -1, &s, NULL), 0);
  assert_int_equal(sqlite3_step(s), SQLITE_ROW);
  assert_string_equal(sqlite3_column_text(s, 0), mode);
  sqlite3_finalize(s);
}

/* A state that moves to a network file system changes its journal, and back. */
static void opens_as(bool network, const char *mode) {
  faults.network = network;
  hark_maildir *m = open_maildir("M");
  journal_is(m, mode);
  put_one(m, network ? 1 : 2);
  assert_int_equal(settle(m), 0);
  assert_int_equal(is_there(at("M/hark.db-wal")), !network);
  hark_maildir_close(m);
}

/* SEC I-20: where WAL is not safe, a journal that is, and it is as good when killed anywhere.  And
 * where rename() has no flags, link() replaces nothing either. */
static void on_a_network_file_system(void **state) {
  (void)state;
  opens_as(false, "wal");
  opens_as(true, "delete");
  opens_as(false, "wal");
  faults.network = true;
  killed_at_each_call(state);
  faults.network = false;
}

/* SEC I-02 */
static void killed_while_recovering(void **state) {
  (void)state;
  for (int n = 1; n < 90; n += 2 * STEP)
    for (int again = 1; again < 40; again += 3) {
      anew();
      in_child((struct faults){.nth = n}, pull_all, "M");
      bool whole = in_child((struct faults){.nth = again}, open_and_close, "M");
      finishes();
      if (whole) break;
    }
}

static void fails_at_each_call(int error, bool on, int step) {
  int n = 1;
  for (bool whole = false; !whole; n += step) {
    anew();
    whole = in_child((struct faults){.nth = n, .error = error, .on = on}, pull_all, "M");
    assert_int_equal(promised->syncs_after, 0);
    finishes();
  }
  assert_true(n > 60);
}

/* SEC J-01, SEC J-03, SEC J-04, SEC J-05, SEC J-06, SEC J-07 */
static void fails_once(void **state) {
  (void)state;
  fails_at_each_call(ENOSPC, false, STEP);
  fails_at_each_call(EIO, false, STEP);
  static const int alike[] = {EDQUOT, EMFILE, EROFS}; /* the same paths, another sentence */
  for (size_t i = 0; i < sizeof alike / sizeof *alike; i++)
    fails_at_each_call(alike[i], false, 3 * STEP);
}

/* SEC J-13 */
static void fails_from_then_on(void **state) {
  (void)state;
  fails_at_each_call(ENOSPC, true, STEP);
  fails_at_each_call(EIO, true, STEP);
}

/* A COMMIT whose sync fails may have come to the disk all the same. */
static void fails_then_dies(void **state) {
  (void)state;
  for (int later = 1; later < 8; later += 3) {
    int n = 1;
    for (bool whole = false; !whole; n += STEP) {
      anew();
      struct faults how = {.nth = n, .error = EIO, .die_at = n + later};
      whole = in_child(how, pull_all, "M");
      finishes();
    }
  }
}

/* SEC J-02 */
static void one_byte_at_a_time(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  faults.short_writes = true;
  for (uint32_t uid = 1; uid <= 3; uid++) assert_int_equal(put_one(m, uid), 0);
  faults.short_writes = false; /* what SQLite writes is its own affair */
  assert_int_equal(settle(m), 0);
  hark_maildir_close(m);
  for (uint32_t uid = 1; uid <= 3; uid++) holds(uid);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(killed_at_each_call, setup_sweep, teardown_sweep),
      cmocka_unit_test_setup_teardown(on_a_network_file_system, setup_sweep, teardown_sweep),
      cmocka_unit_test_setup_teardown(killed_while_recovering, setup_sweep, teardown_sweep),
      cmocka_unit_test_setup_teardown(fails_once, setup_sweep, teardown_sweep),
      cmocka_unit_test_setup_teardown(fails_from_then_on, setup_sweep, teardown_sweep),
      cmocka_unit_test_setup_teardown(fails_then_dies, setup_sweep, teardown_sweep),
      cmocka_unit_test_setup_teardown(one_byte_at_a_time, setup_sweep, teardown_sweep),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
