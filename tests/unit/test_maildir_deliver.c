/* tests/unit/test_maildir_deliver.c - messages in, files out: names, folders, times, bytes, what a
 * cursor then says.
 * SPDX-License-Identifier: MIT */
#include "maildir_play.h"
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

static void message_in_new(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 3);
  assert_string_equal(have_text, "1:3;");
  assert_string_equal(again_text, "");
  assert_string_equal(have_of(m, 77), "1:3");
  hark_maildir_close(m);
  assert_int_equal(count("M/new"), 3);
  assert_int_equal(count("M/cur"), 0);
  assert_int_equal(count("M/tmp"), 0);

  char text[256];
  struct stat st;
  size_t n = contents(path_of("M/new", name_of(2)), text, sizeof text);
  text[n] = 0;
  assert_string_equal(text, "Subject: 2\nMessage-ID: <2@example.org>\n\nbody of 2\n");
  assert_int_equal(stat(path_of("M/new", name_of(2)), &st), 0);
  assert_int_equal(st.st_mtime, 1600000002);

  m = open_maildir("M");
  assert_null(hark_maildir_note(m));
  assert_string_equal(have_of(m, 77), "1:3");
  deliver(m, 4, 4);
  assert_string_equal(have_of(m, 77), "1:4");
  hark_maildir_close(m);
}

static void letters_mean_cur(void **state) {
  (void)state;
  const hark_str flags[] = {str("\\Flagged"), str("\\Seen"), str("$Junk")};
  char text[256], name[NAME_MOST + 8];
  hark_maildir *m = open_maildir("M");
  size_t n = message_text(text, 5);
  assert_int_equal(put_as(m, 5, 77, text, n, (hark_strs){flags, 3}), 0);
  assert_int_equal(settle(m), 0);
  hark_maildir_close(m);
  snprintf(name, sizeof name, "%s:2,FS", name_of(5));
  assert_true(is_there(path_of("M/cur", name)));
  assert_int_equal(count("M/new"), 0);
}

/* A server chooses the order: the UID, the time and the flags may come last. */
static void known_at_the_end(void **state) {
  (void)state;
  char text[256];
  size_t n = message_text(text, 8);
  hark_maildir *m = open_maildir("M");
  hark_pull_event ev = event(HARK_PULL_MESSAGE, 0);
  ev.time = 0, ev.size = n;
  assert_int_equal(hark_maildir_put(m, &ev), 0);
  assert_int_equal(put_data(m, text, n), 0);
  assert_int_equal(count("M/tmp"), 1);
  ev = event(HARK_PULL_MESSAGE_END, 8), ev.size = n;
  assert_int_equal(hark_maildir_put(m, &ev), 0);
  assert_int_equal(settle(m), 0);
  assert_true(is_there(path_of("M/new", name_of(8))));
  hark_maildir_close(m);
}

static int put_part(hark_maildir *m, uint32_t uid, uint64_t announced) {
  hark_pull_event ev = event(HARK_PULL_MESSAGE, uid);
  ev.size = announced;
  int err = hark_maildir_put(m, &ev);
  return err ? err : put_data(m, "part\r\n", 6);
}

/* SEC A-24, SEC K-19 */
static void broken_off(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  hark_pull_event ev = event(HARK_PULL_ABORT, 2);
  assert_int_equal(put_message(m, 1), 0);
  assert_int_equal(put_part(m, 2, 100), 0);
  assert_int_equal(hark_maildir_put(m, &ev), 0);
  assert_int_equal(settle(m), 0);
  assert_string_equal(have_of(m, 77), "1");
  assert_int_equal(count("M/tmp"), 0);
  assert_int_equal(put_part(m, 3, 100), 0);
  hark_maildir_close(m);
  assert_int_equal(count("M/tmp"), 0);
  assert_int_equal(count("M/new"), 1);
}

static void other_size_than_announced(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  assert_int_equal(put_part(m, 2, 7), 0);
  hark_pull_event ev = event(HARK_PULL_MESSAGE_END, 2);
  ev.size = 7;
  assert_int_equal(hark_maildir_put(m, &ev), HARK_ERR_STORE);
  assert_non_null(strstr(hark_maildir_error(m), "fewer or more bytes came than were announced"));
  assert_int_equal(hark_maildir_put(m, &ev), HARK_ERR_STORE);
  assert_int_equal(count("M/tmp"), 0);
  deliver(m, 3, 3);
  assert_string_equal(have_of(m, 77), "3");
  hark_maildir_close(m);
}

static void more_than_announced(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  hark_pull_event ev = event(HARK_PULL_MESSAGE_END, 2);
  assert_int_equal(put_part(m, 2, 5), 0);
  ev.size = 5;
  assert_int_equal(hark_maildir_put(m, &ev), HARK_ERR_STORE);
  assert_int_equal(count("M/tmp"), 0);
  hark_maildir_close(m);
}

static void nothing_and_next_to_nothing(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  hark_pull_event ev = event(HARK_PULL_MESSAGE, 1);
  assert_int_equal(hark_maildir_put(m, &ev), 0);
  ev.type = HARK_PULL_MESSAGE_END; /* no DATA at all */
  assert_int_equal(hark_maildir_put(m, &ev), 0);
  assert_int_equal(put_as(m, 2, 77, "\r", 1, (hark_strs){NULL, 0}), 0);
  assert_int_equal(put_as(m, 3, 77, "\r\n", 2, (hark_strs){NULL, 0}), 0);
  assert_int_equal(settle(m), 0);
  assert_string_equal(have_of(m, 77), "1:3");
  hark_maildir_close(m);
  assert_int_equal(count("M/new"), 3);
}

static void empty_tmp(void) {
  DIR *d = opendir(at("M/tmp"));
  for (struct dirent *e; (e = readdir(d));)
    if (e->d_name[0] != '.') assert_int_equal(unlink(path_of("M/tmp", e->d_name)), 0);
  closedir(d);
}

/* Somebody cleans tmp while hark gathers: nobody has taken such a message, it is fetched. */
static void tmp_is_emptied(void **state) {
  (void)state;
  for (uint32_t messages = 2; messages <= 20; messages += 18) { /* synced alone, and together */
    hark_maildir *m = open_maildir("M");
    forget_answers();
    for (uint32_t k = 1; k <= messages; k++)
      assert_int_equal(put_message(m, 100 * messages + k), 0);
    empty_tmp();
    int err = settle(m);
    assert_int_equal(err, HARK_ERR_DISK);
    assert_non_null(strstr(hark_maildir_error(m), "No such file"));
    assert_string_equal(have_text, "");
    hark_maildir_close(m);
    m = open_maildir("M");
    assert_string_equal(have_of(m, 77), "");
    hark_maildir_close(m);
  }
}

static void not_flushed_is_undone(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  for (uint32_t uid = 1; uid <= 10; uid++) assert_int_equal(put_message(m, uid), 0);
  hark_maildir_close(m);
  assert_int_equal(count("M/tmp") + count("M/new"), 0);
  m = open_maildir("M");
  assert_null(hark_maildir_note(m));
  assert_string_equal(have_of(m, 0), "");
  hark_maildir_close(m);
}

/* More than two batches hold before anyone reaps: BUSY says when. */
static void more_than_fits(void **state) {
  (void)state;
  enum { MANY = 3 * ENTRIES_MOST };
  bool waited = false;
  hark_maildir *m = open_maildir("M");
  for (uint32_t uid = 1; uid <= MANY; uid++) {
    int err = put_message(m, uid);
    if (err == HARK_ERR_BUSY) {
      waited = true;
      assert_int_equal(hark_maildir_reap(m, NULL, true), 0);
      err = put_message(m, uid);
    }
    assert_int_equal(err, 0);
  }
  assert_int_equal(settle(m), 0);
  assert_true(waited);
  assert_string_equal(have_of(m, 77), "1:3072");
  hark_maildir_close(m);
  assert_int_equal(count("M/new"), MANY);
}

static bool marked_exact(uint32_t uid) {
  sqlite3 *db;
  sqlite3_stmt *s;
  assert_int_equal(sqlite3_open(at("M/hark.db"), &db), 0);
  assert_int_equal(sqlite3_prepare_v2(db, "SELECT exact FROM message WHERE uid = ?1", -1, &s, NULL),
                   0);
  sqlite3_bind_int64(s, 1, uid);
  assert_int_equal(sqlite3_step(s), SQLITE_ROW);
  bool exact = sqlite3_column_int(s, 0);
  sqlite3_finalize(s);
  sqlite3_close(db);
  return exact;
}

static void exact_is_marked(void **state) {
  (void)state;
  static const char bare[] = "A: b\r\n\r\nc\nd\r\n";
  hark_maildir *m = open_maildir("M");
  assert_int_equal(put_message(m, 1), 0);
  assert_int_equal(put_as(m, 2, 77, bare, sizeof bare - 1, (hark_strs){NULL, 0}), 0);
  assert_int_equal(settle(m), 0);
  hark_maildir_close(m);
  assert_false(marked_exact(1));
  assert_true(marked_exact(2));
}

/* The user's affair: moved, deleted, flags changed. */
static void not_fetched_again(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 3);
  assert_int_equal(unlink(path_of("M/new", name_of(1))), 0);
  assert_int_equal(rename(path_of("M/new", name_of(2)), at("elsewhere")), 0);
  hark_maildir_close(m);
  m = open_maildir("M");
  assert_string_equal(have_of(m, 77), "1:3");
  hark_maildir_close(m);
}

static void cursor_waits_for_all(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  hark_cursor c = {.size = sizeof c};
  assert_int_equal(put_message(m, 1), 0);
  assert_int_equal(hark_maildir_cursor(m, "INBOX", &c), HARK_ERR_BUSY);
  assert_int_equal(settle(m), 0);
  assert_int_equal(hark_maildir_cursor(m, "INBOX", &c), 0);
  hark_maildir_close(m);
}

/* SEC H-15 */
static void folder_goes_meanwhile(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 1);
  assert_int_equal(rename(at("M"), at("gone")), 0);
  deliver(m, 2, 2); /* into the folder that was opened, wherever it is */
  assert_int_equal(nftw(at("gone"), remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
  assert_int_equal(put_message(m, 3), HARK_ERR_DISK);
  hark_maildir_close(m);
  assert_false(is_there(at("M")));
}

static void too_big_for_a_file(void **state) {
  (void)state;
  struct rlimit before, small = {.rlim_cur = 100000};
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 1);
  signal(SIGXFSZ, SIG_IGN);
  small.rlim_max = before.rlim_max;
  char part[30000];
  memset(part, 'x', sizeof part);
  hark_pull_event ev = event(HARK_PULL_MESSAGE, 2);
  ev.size = 300000;
  assert_int_equal(hark_maildir_put(m, &ev), 0);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  int err = 0;
  for (int i = 0; i < 10 && !err; i++) err = put_data(m, part, sizeof part);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, SIG_DFL);
  assert_int_equal(err, HARK_ERR_STORE);
  assert_non_null(strstr(hark_maildir_error(m), "File too large"));
  assert_int_equal(count("M/tmp"), 0);
  deliver(m, 3, 3);
  assert_string_equal(have_of(m, 77), "1,3");
  hark_maildir_close(m);
}

static uint64_t free_blocks; /* of 4096 bytes, on a disk of free_of; 0: as it is */
static uint64_t free_of;

#pragma GCC visibility push(default)
int fstatvfs(int fd, struct statvfs *out) {
  if (!free_of) {
    struct statfs is;
    int result = fstatfs(fd, &is);
    *out = (struct statvfs){.f_frsize = (unsigned long)is.f_bsize};
    out->f_blocks = is.f_blocks, out->f_bavail = is.f_bavail;
    return result;
  }
  (void)fd;
  *out = (struct statvfs){.f_frsize = 4096, .f_blocks = free_of, .f_bavail = free_blocks};
  return 0;
}
#pragma GCC visibility pop

static void space_is_kept(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  free_of = 10 << 20, free_blocks = KEEP_FREE / 4096 + 1; /* 40 GiB, one block to spare */
  deliver(m, 1, 1);
  assert_int_equal(put_part(m, 2, 4096), HARK_ERR_DISK);
  assert_int_equal(put_part(m, 2, KEEP_FREE), HARK_ERR_DISK);
  assert_int_equal(put_part(m, 2, KEEP_FREE + 1), HARK_ERR_STORE); /* others may fit */
  assert_non_null(strstr(hark_maildir_error(m), "larger than the room on this disk"));
  assert_int_equal(put_part(m, 2, UINT64_MAX), HARK_ERR_STORE);
  deliver(m, 3, 3);
  free_blocks -= 2;
  assert_int_equal(put_message(m, 4), HARK_ERR_DISK);
  assert_non_null(strstr(hark_maildir_error(m), "the disk is nearly full; make some space"));
  free_of = 1600, free_blocks = 101; /* a small one */
  deliver(m, 5, 5);
  free_blocks -= 2;
  assert_int_equal(put_message(m, 6), HARK_ERR_DISK);
  assert_int_equal(count("M/tmp"), 0);
  free_of = 0;
  deliver(m, 6, 6);
  assert_string_equal(have_of(m, 77), "1,3,5:6");
  hark_maildir_close(m);
}

/* SEC G-06: what others write meanwhile is seen before the disk is full. */
static void space_is_kept_while_it_is_written(void **state) {
  (void)state;
  enum { PART = 1 << 20, PARTS = 40, PART_BLOCKS = PART / 4096, SPARE = 60 * PART_BLOCKS };
  static char part[PART];
  hark_maildir *m = open_maildir("M");
  hark_pull_event ev = event(HARK_PULL_MESSAGE, 1);
  ev.size = PARTS * (uint64_t)PART;
  for (int others = 0; others < 2; others++) { /* write as fast */
    free_of = 10 << 20, free_blocks = KEEP_FREE / 4096 + SPARE;
    assert_int_equal(hark_maildir_put(m, &ev), 0);
    int err = 0, written = 0;
    for (; written < PARTS && !err; written++) {
      err = put_data(m, part, sizeof part);
      free_blocks -= PART_BLOCKS * (1u + (unsigned)others);
    }
    assert_int_equal(err, others ? HARK_ERR_DISK : 0);
    assert_int_equal(written == PARTS, !others);
    assert_true(free_blocks > KEEP_FREE / 4096 / 2);
    assert_int_equal(count("M/tmp"), !others);
  }
  assert_non_null(strstr(hark_maildir_error(m), "nearly full"));
  free_of = 0;
  deliver(m, 2, 2);
  hark_maildir_close(m);
}

/* SEC J-08 */
static void really_full(void **state) {
  (void)state;
  mkdir(at("full"), 0700);
  if (mount("tmpfs", at("full"), "tmpfs", 0, "size=256k")) {
    print_message("skipped: mounting needs root (%s)\n", strerror(errno));
    skip();
  }
  char big[20000] = "A: b\r\n\r\n";
  memset(big + 8, 'x', sizeof big - 8);
  hark_maildir *m = open_maildir("full/M");
  free_of = free_blocks = 1 << 20; /* another program was quicker */
  int err = 0;
  uint32_t uid = 0;
  while (!err && uid < 30) err = put_as(m, ++uid, 77, big, sizeof big, (hark_strs){NULL, 0});
  bool full = err == HARK_ERR_DISK && strstr(hark_maildir_error(m), "No space left") != NULL;
  settle(m);
  hark_maildir_close(m);
  free_of = 0;
  mount("tmpfs", at("full"), "tmpfs", MS_REMOUNT, "size=8m");
  m = open_maildir("full/M");
  hark_cursor c = {.size = sizeof c};
  int asked = hark_maildir_cursor(m, "INBOX", &c);
  uint32_t first = 1, last = 0;
  uint64_t from = 0;
  hark_set_walk(c.have, &from, &first, &last);
  for (uid = last + 1; uid <= 30; uid++)
    err = put_as(m, uid, 77, big, sizeof big, (hark_strs){NULL, 0});
  int settled = settle(m);
  hark_maildir_close(m);
  int new = count("full/M/new"), tmp = count("full/M/tmp");
  umount(at("full"));
  assert_true(full);
  assert_int_equal(asked, 0);
  assert_int_equal(err, 0);
  assert_int_equal(settled, 0);
  assert_int_equal(new, 30);
  assert_int_equal(tmp, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(message_in_new, setup, teardown),
      cmocka_unit_test_setup_teardown(letters_mean_cur, setup, teardown),
      cmocka_unit_test_setup_teardown(known_at_the_end, setup, teardown),
      cmocka_unit_test_setup_teardown(broken_off, setup, teardown),
      cmocka_unit_test_setup_teardown(other_size_than_announced, setup, teardown),
      cmocka_unit_test_setup_teardown(more_than_announced, setup, teardown),
      cmocka_unit_test_setup_teardown(nothing_and_next_to_nothing, setup, teardown),
      cmocka_unit_test_setup_teardown(tmp_is_emptied, setup, teardown),
      cmocka_unit_test_setup_teardown(not_flushed_is_undone, setup, teardown),
      cmocka_unit_test_setup_teardown(more_than_fits, setup, teardown),
      cmocka_unit_test_setup_teardown(exact_is_marked, setup, teardown),
      cmocka_unit_test_setup_teardown(not_fetched_again, setup, teardown),
      cmocka_unit_test_setup_teardown(cursor_waits_for_all, setup, teardown),
      cmocka_unit_test_setup_teardown(folder_goes_meanwhile, setup, teardown),
      cmocka_unit_test_setup_teardown(too_big_for_a_file, setup, teardown),
      cmocka_unit_test_setup_teardown(space_is_kept, setup, teardown),
      cmocka_unit_test_setup_teardown(space_is_kept_while_it_is_written, setup, teardown),
      cmocka_unit_test_setup_teardown(really_full, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
