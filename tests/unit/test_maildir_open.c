/* tests/unit/test_maildir_open.c - what is opened and what is refused; locks; a state that is
 * lost, damaged, or not ours.
 * SPDX-License-Identifier: MIT */
#include "maildir_play.h"
#include <sys/mount.h>

static void write_file(const char *path, const char *text) {
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
}

static void refuses(const hark_maildir_config *config, int err, const char *sentence) {
  char said[SENTENCE_MOST];
  assert_int_equal(open_fails(config, said), err);
  if (!strstr(said, sentence)) print_error("said: %s\n", said);
  assert_non_null(strstr(said, sentence));
}

static void refuses_path(const char *name, const char *sentence) {
  hark_maildir_config config = config_of(name);
  refuses(&config, HARK_ERR_STORE, sentence);
}

static unsigned mode_of(const char *path) {
  struct stat st;
  assert_int_equal(lstat(path, &st), 0);
  return st.st_mode & 07777;
}

/* SEC H-16 */
static void private_whatever_the_umask(void **state) {
  (void)state;
  mode_t before = umask(0);
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 1);
  umask(before);
  static const char *const folders[] = {"M", "M/cur", "M/new", "M/tmp"};
  for (size_t i = 0; i < 4; i++) assert_int_equal(mode_of(at(folders[i])), 0700);
  assert_int_equal(mode_of(at("M/hark.db")), 0600);
  assert_int_equal(mode_of(at("M/hark.db-wal")), 0600);
  assert_int_equal(mode_of(path_of("M/new", name_of(1))), 0600);
  hark_maildir_close(m);
}

static void not_a_maildir(void **state) {
  (void)state;
  write_file(at("F"), "x");
  refuses_path("F", "is a file; a Maildir is a folder");
  refuses_path("none/M", "the folder above does not exist");
  mkdir(at("D"), 0700);
  write_file(at("D/letter.txt"), "x");
  refuses_path("D", "is not a Maildir and has other things in it");
  assert_int_equal(count("D"), 1);
  mkdir(at("M"), 0700), mkdir(at("M/cur"), 0700), mkdir(at("M/new"), 0700);
  write_file(at("M/dovecot-uidlist"), "x");
  hark_maildir_close(open_maildir("M"));
}

/* SEC H-10 */
static void links_are_not_followed(void **state) {
  (void)state;
  mkdir(at("M"), 0700), mkdir(at("M/cur"), 0700), mkdir(at("elsewhere"), 0700);
  assert_int_equal(symlink(at("elsewhere"), at("M/new")), 0);
  refuses_path("M", "new: is a file or a link");
}

static void state_is_no_file(void **state) {
  (void)state;
  hark_maildir_close(open_maildir("M"));
  assert_int_equal(unlink(at("M/hark.db")), 0);
  assert_int_equal(mkfifo(at("M/hark.db"), 0600), 0);
  refuses_path("M", "hark.db: is not a file; name a file for the state");
  assert_int_equal(unlink(at("M/hark.db")), 0);
  assert_int_equal(symlink("/dev/full", at("M/hark.db")), 0);
  refuses_path("M", "is not a file");
  assert_int_equal(unlink(at("M/hark.db")), 0);
  assert_int_equal(mkdir(at("M/hark.db"), 0700), 0);
  refuses_path("M", "is not a file");
}

static void folder_in_tmp(void **state) {
  (void)state;
  hark_maildir_close(open_maildir("M"));
  assert_int_equal(mkdir(path_of("M/tmp", name_of(1)), 0700), 0);
  hark_maildir *m = open_maildir("M");
  assert_null(hark_maildir_note(m));
  assert_int_equal(put_message(m, 1), HARK_ERR_STORE); /* its name is taken */
  deliver(m, 2, 2);
  hark_maildir_close(m);
}

static void path_is_escaped(void **state) {
  (void)state;
  write_file(at("a\n\x1b[31m\xe2\x80\xae"), "x");
  refuses_path("a\n\x1b[31m\xe2\x80\xae", "a\\x0a\\x1b[31m\\xe2");
}

/* SEC I-14 */
static void second_process(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  hark_maildir_config config = config_of("M");
  refuses(&config, HARK_ERR_BUSY, "another hark is working on this Maildir");
  config.state = at("other.db");
  refuses(&config, HARK_ERR_BUSY, "another hark is working on this Maildir");
  config.path = at("N"), config.state = at("M/hark.db");
  refuses(&config, HARK_ERR_BUSY, "has this state open");
  deliver(m, 1, 1);
  hark_maildir_close(m);
  hark_maildir_close(open_maildir("M"));
}

/* Root may write anywhere: then a child that is not root tries. */
static int as_nobody(const char *name, char said[SENTENCE_MOST]) {
  int fds[2], status;
  assert_int_equal(pipe(fds), 0);
  pid_t child = fork();
  if (!child) {
    if (!geteuid() && (setgid(65534) || setuid(65534))) _exit(99);
    hark_maildir_config config = config_of(name);
    int err = open_fails(&config, said);
    _exit(write(fds[1], said, SENTENCE_MOST) == SENTENCE_MOST ? -err : 98);
  }
  close(fds[1]);
  assert_int_equal(read(fds[0], said, SENTENCE_MOST), SENTENCE_MOST);
  close(fds[0]);
  waitpid(child, &status, 0);
  return -WEXITSTATUS(status);
}

static void read_only(void **state) {
  (void)state;
  char said[SENTENCE_MOST];
  hark_maildir_close(open_maildir("M"));
  chmod(top, 0755), chmod(at("M"), 0755), chmod(at("M/hark.db"), 0444);
  static const char *const folders[] = {"M/cur", "M/new", "M/tmp"};
  int err = as_nobody("M", said);
  if (err != HARK_ERR_STORE) print_error("said: %s\n", said);
  assert_int_equal(err, HARK_ERR_STORE);
  assert_non_null(strstr(said, "hark.db: cannot be written; see its permissions"));
  chmod(at("M/hark.db"), 0666), chmod(at("M"), 0777);
  for (size_t i = 0; i < 3; i++) chmod(at(folders[i]), 0555);
  assert_int_equal(as_nobody("M", said), HARK_ERR_STORE);
  assert_non_null(strstr(said, "tmp: cannot be written; see its permissions"));
}

/* SEC I-08 */
static void synced_at_each_commit(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  sqlite3_stmt *s;
  assert_int_equal(sqlite3_prepare_v2(m->db, "PRAGMA synchronous", -1, &s, NULL), 0);
  assert_int_equal(sqlite3_step(s), SQLITE_ROW);
  assert_int_equal(sqlite3_column_int(s, 0), 3);
  sqlite3_finalize(s);
  hark_maildir_close(m);
}

/* Of descriptors above those of stdio: how many are open, how many a child would inherit, and how
 * many are of the state. */
static void descriptors(int *all, int *inherited, int *of_state) {
  char path[64], target[300];
  *all = *inherited = *of_state = 0;
  for (int fd = 3; fd < 1024; fd++) {
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0) continue;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(path, target, sizeof target - 1);
    target[n < 0 ? 0 : n] = 0;
    *all += 1, *inherited += !(flags & FD_CLOEXEC), *of_state += strstr(target, "hark.db") != NULL;
  }
}

/* SEC I-19: in the middle of a message, with the state and its log open. */
static void no_child_inherits(void **state) {
  (void)state;
  int before[3], now[3];
  descriptors(&before[0], &before[1], &before[2]);
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 2);
  assert_int_equal(put_message(m, 3), 0);
  hark_pull_event ev = event(HARK_PULL_MESSAGE, 4);
  assert_int_equal(hark_maildir_put(m, &ev), 0);
  descriptors(&now[0], &now[1], &now[2]);
  hark_maildir_close(m);
  assert_int_equal(now[0] - before[0], 4 /* folders */ + 1 /* eventfd */ + 2 /* files */ + 2);
  assert_int_equal(now[1], before[1]);
  assert_int_equal(now[2], 2);
}

static void copy(const char *from, const char *to) {
  static char all[1 << 20];
  size_t n = contents(from, all, sizeof all);
  assert_true(n < sizeof all);
  FILE *f = fopen(to, "w");
  assert_non_null(f);
  assert_int_equal(fwrite(all, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

static void add_row(char *out, size_t cap, sqlite3_stmt *s) {
  for (int i = 0; i < sqlite3_column_count(s); i++) {
    const char *text = (const char *)sqlite3_column_text(s, i);
    size_t n = strlen(out);
    assert_true(n + 300 < cap);
    snprintf(out + n, cap - n, "%s|", text ? text : "NULL");
  }
}

static void dump(char *out, size_t cap, sqlite3 *db) {
  static const char *const tables[] = {"SELECT * FROM mailbox ORDER BY id",
                                       "SELECT * FROM message ORDER BY id",
                                       "SELECT * FROM stuck ORDER BY uid", "PRAGMA user_version"};
  out[0] = 0;
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(db, tables[i], -1, &s, NULL), 0);
    while (sqlite3_step(s) == SQLITE_ROW) add_row(out, cap, s);
    sqlite3_finalize(s);
  }
}

/* What a crash at this moment would leave, read anew. */
static void journal_says_the_same(hark_maildir *m) {
  static char live[1 << 16], replayed[1 << 16];
  copy(at("M/hark.db"), at("copy.db"));
  copy(at("M/hark.db-wal"), at("copy.db-wal"));
  sqlite3 *db;
  assert_int_equal(sqlite3_open(at("copy.db"), &db), 0);
  dump(replayed, sizeof replayed, db);
  sqlite3_close(db);
  dump(live, sizeof live, m->db);
  assert_string_equal(replayed, live);
}

static void note_event(hark_maildir *m, int type, uint32_t uid, uint32_t uidvalidity) {
  hark_pull_event ev = event(type, uid);
  ev.uidvalidity = uidvalidity;
  assert_int_equal(hark_maildir_put(m, &ev), 0);
  assert_int_equal(settle(m), 0);
}

/* SEC I-23: after each kind of batch, and what the cursor said is what the next run's says. */
static void journal_and_memory_agree(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  journal_says_the_same(m);
  deliver(m, 1, 3);
  journal_says_the_same(m);
  note_event(m, HARK_PULL_STUCK, 4, 77);
  journal_says_the_same(m);
  note_event(m, HARK_PULL_CAUGHT_UP, 0, 77);
  journal_says_the_same(m);
  deliver(m, 4, 40);
  journal_says_the_same(m);
  assert_string_equal(have_of(m, 77), "1:40");
  hark_maildir_close(m);
  m = open_maildir("M");
  assert_string_equal(have_of(m, 77), "1:40");
  note_event(m, HARK_PULL_RENUMBERED, 0, 78);
  journal_says_the_same(m);
  hark_maildir_close(m);
}

static void alter(const char *path, const char *sql) {
  sqlite3 *db;
  assert_int_equal(sqlite3_open(path, &db), 0);
  assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), 0);
  sqlite3_close(db);
}

static void spoil(const char *path, off_t at_byte) {
  char rubbish[8192];
  memset(rubbish, 0x5a, sizeof rubbish);
  int fd = open(path, O_WRONLY);
  assert_int_equal(pwrite(fd, rubbish, sizeof rubbish, at_byte), sizeof rubbish);
  close(fd);
}

/* SEC I-16 */
static void strange_states(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 20);
  hark_maildir_close(m);
  alter(at("M/hark.db"), "PRAGMA user_version = 9999");
  refuses_path("M", "was written by a newer hark; update hark");
  alter(at("M/hark.db"), "PRAGMA user_version = 1; PRAGMA application_id = 5");
  refuses_path("M", "is a database of another program");
  alter(at("M/hark.db"), "PRAGMA application_id = 1751216747");
  hark_maildir_close(open_maildir("M"));
  spoil(at("M/hark.db"), 0);
  refuses_path("M", "this is no state of hark");
  assert_int_equal(count("M/new"), 20);

  assert_int_equal(rename(at("M/hark.db"), at("aside")), 0); /* as the sentence says */
  m = open_maildir("M");
  assert_non_null(strstr(hark_maildir_note(m), "20 messages found; the state was missing"));
  assert_string_equal(have_of(m, 77), "1:20");
  hark_maildir_close(m);
  assert_int_equal(truncate(at("M/hark.db"), 0), 0);
  m = open_maildir("M");
  assert_non_null(strstr(hark_maildir_note(m), "rebuilt"));
  hark_maildir_close(m);
}

static void damaged_inside(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 400);
  hark_maildir_close(m);
  struct stat st;
  assert_int_equal(stat(at("M/hark.db"), &st), 0);
  for (off_t page = 8192; page + 8192 <= st.st_size; page += 8192) spoil(at("M/hark.db"), page);
  hark_maildir_config config = config_of("M");
  hark_cursor c = {.size = sizeof c};
  int err = hark_maildir_open(&m, &config);
  if (!err) err = hark_maildir_cursor(m, "INBOX", &c);
  assert_int_equal(err, HARK_ERR_STORE);
  assert_non_null(strstr(hark_maildir_error(m), "the state is damaged; move this file away"));
  hark_maildir_close(m);
}

/* SEC H-15 */
static void empty_mount_point(void **state) {
  (void)state;
  hark_maildir_config config = config_of("M");
  hark_maildir *m;
  config.state = at("state.db");
  assert_int_equal(hark_maildir_open(&m, &config), 0);
  deliver(m, 1, 2);
  hark_maildir_close(m);
  assert_int_equal(rename(at("M"), at("unmounted")), 0);
  mkdir(at("M"), 0700);
  for (int i = 0; i < 2; i++) refuses(&config, HARK_ERR_STORE, "is the disk mounted?");
  assert_int_equal(count("M"), 0);
}

/* SEC I-15, SEC I-11 */
static void rebuilt_from_names(void **state) {
  (void)state;
  const hark_str flags[] = {str("\\Seen")};
  char text[256];
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 5);
  size_t n = message_text(text, 6);
  assert_int_equal(put_as(m, 6, 77, text, n, (hark_strs){flags, 1}), 0);
  assert_int_equal(settle(m), 0);
  hark_maildir_close(m);
  char read_it[200];
  snprintf(read_it, sizeof read_it, "%s:2,RS", name_of(2));
  assert_int_equal(rename(path_of("M/new", name_of(2)), path_of("M/cur", read_it)), 0);
  assert_int_equal(unlink(path_of("M/new", name_of(3))), 0);
  write_file(at("M/new/1700000000.M1P2.host"), "of another program");
  assert_int_equal(unlink(at("M/hark.db")), 0);

  m = open_maildir("M");
  assert_non_null(strstr(hark_maildir_note(m), "5 messages found"));
  assert_string_equal(have_of(m, 77), "1:2,4:6");
  hark_maildir_close(m);
  m = open_maildir("M");
  assert_null(hark_maildir_note(m));
  assert_string_equal(have_of(m, 77), "1:2,4:6");
  hark_maildir_close(m);
}

/* What was delivered since the backup comes again, and is not put there twice.  SEC I-17 */
static void state_from_a_backup(void **state) {
  (void)state;
  char read_it[200];
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 3);
  hark_maildir_close(m);
  copy(at("M/hark.db"), at("backup"));
  m = open_maildir("M");
  deliver(m, 4, 8);
  hark_maildir_close(m);
  snprintf(read_it, sizeof read_it, "%s:2,RS", name_of(5));
  assert_int_equal(rename(path_of("M/new", name_of(5)), path_of("M/cur", read_it)), 0);
  copy(at("backup"), at("M/hark.db"));
  m = open_maildir("M");
  assert_string_equal(have_of(m, 77), "1:3");
  deliver(m, 4, 9);
  assert_string_equal(have_of(m, 77), "1:9");
  hark_maildir_close(m);
  assert_true(is_there(path_of("M/cur", read_it)));
  assert_int_equal(count("M/new"), 8);
  assert_int_equal(count("M/cur"), 1);
  assert_int_equal(count("M/tmp"), 0);
}

/* A server that gives a UID twice: the second message is another, and is wanted. */
static void backup_and_another_message(void **state) {
  (void)state;
  char read_it[200];
  hark_maildir *m = open_maildir("M");
  hark_maildir_close(m);
  copy(at("M/hark.db"), at("backup"));
  m = open_maildir("M");
  deliver(m, 1, 1);
  hark_maildir_close(m);
  snprintf(read_it, sizeof read_it, "%s:2,S", name_of(1));
  assert_int_equal(rename(path_of("M/new", name_of(1)), path_of("M/cur", read_it)), 0);
  copy(at("backup"), at("M/hark.db"));
  m = open_maildir("M");
  static const char text[] = "Subject: another\r\n\r\n";
  assert_int_equal(put_as(m, 1, 77, text, sizeof text - 1, (hark_strs){NULL, 0}), 0);
  assert_int_equal(settle(m), 0);
  hark_maildir_close(m);
  assert_int_equal(count("M/new"), 1);
  assert_int_equal(count("M/cur"), 1);
}

/* Cut off before the log was taken in, and rotten since.  SEC I-16 */
static void damaged_by_a_crash(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 200);
  hark_maildir_close(m);
  sqlite3 *db;
  assert_int_equal(sqlite3_open(at("M/hark.db"), &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db,
                                "PRAGMA writable_schema = ON;"
                                "UPDATE sqlite_schema SET sql = replace(sql, 'uid IS NOT NULL',"
                                " 'uid > 100') WHERE name = 'message_uid'",
                                NULL, NULL, NULL),
                   SQLITE_OK);
  sqlite3_close(db);
  hark_maildir_close(open_maildir("M"));
  write_file(at("M/hark.db-wal"), "what a crash left");
  refuses_path("M", "the state is damaged; move this file away");
}

/* SEC I-21 */
static void two_file_systems(void **state) {
  (void)state;
  mkdir(at("M"), 0700), mkdir(at("M/cur"), 0700), mkdir(at("M/new"), 0700);
  if (mount("tmpfs", at("M/new"), "tmpfs", 0, "size=64k")) {
    print_message("skipped: mounting needs root (%s)\n", strerror(errno));
    skip();
  }
  char said[SENTENCE_MOST];
  hark_maildir_config config = config_of("M");
  int err = open_fails(&config, said);
  umount(at("M/new"));
  assert_int_equal(err, HARK_ERR_STORE);
  assert_non_null(strstr(said, "must be on one file system"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(private_whatever_the_umask, setup, teardown),
      cmocka_unit_test_setup_teardown(not_a_maildir, setup, teardown),
      cmocka_unit_test_setup_teardown(links_are_not_followed, setup, teardown),
      cmocka_unit_test_setup_teardown(state_is_no_file, setup, teardown),
      cmocka_unit_test_setup_teardown(folder_in_tmp, setup, teardown),
      cmocka_unit_test_setup_teardown(path_is_escaped, setup, teardown),
      cmocka_unit_test_setup_teardown(second_process, setup, teardown),
      cmocka_unit_test_setup_teardown(read_only, setup, teardown),
      cmocka_unit_test_setup_teardown(synced_at_each_commit, setup, teardown),
      cmocka_unit_test_setup_teardown(no_child_inherits, setup, teardown),
      cmocka_unit_test_setup_teardown(journal_and_memory_agree, setup, teardown),
      cmocka_unit_test_setup_teardown(strange_states, setup, teardown),
      cmocka_unit_test_setup_teardown(damaged_inside, setup, teardown),
      cmocka_unit_test_setup_teardown(empty_mount_point, setup, teardown),
      cmocka_unit_test_setup_teardown(rebuilt_from_names, setup, teardown),
      cmocka_unit_test_setup_teardown(state_from_a_backup, setup, teardown),
      cmocka_unit_test_setup_teardown(backup_and_another_message, setup, teardown),
      cmocka_unit_test_setup_teardown(damaged_by_a_crash, setup, teardown),
      cmocka_unit_test_setup_teardown(two_file_systems, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
