/* tests/unit/maildir_play.h - a Maildir in a folder of its own, pull events by hand, and a pull
 * that remembers what it is told.  Include once in a test program; after cmocka.h.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_MAILDIR_PLAY_H
#define HARK_TESTS_MAILDIR_PLAY_H
#include "maildir/internal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define UNUSED __attribute__((unused))

static char top[64];         /* removed at the end */
static char have_text[4096]; /* all that was told since it was emptied, "1:3;7;" */
static char again_text[4096];

/* In place of those of libhark-pull, which need a client and a server. */
int hark_pull_have(hark_pull *p, int mailbox, const char *uids) {
  (void)p, (void)mailbox;
  snprintf(have_text + strlen(have_text), sizeof have_text - strlen(have_text), "%s;", uids);
  return 0;
}

int hark_pull_again(hark_pull *p, int mailbox, const char *uids) {
  (void)p, (void)mailbox;
  snprintf(again_text + strlen(again_text), sizeof again_text - strlen(again_text), "%s;", uids);
  return 0;
}

UNUSED static void forget_answers(void) { have_text[0] = again_text[0] = 0; }

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
  (void)st, (void)type, (void)at;
  return remove(path);
}

UNUSED static int setup(void **state) {
  (void)state;
  const char *in = getenv("TMPDIR");
  snprintf(top, sizeof top, "%.40s/hark-md-XXXXXX", in ? in : "/tmp");
  forget_answers();
  return mkdtemp(top) ? 0 : -1;
}

UNUSED static int teardown(void **state) {
  (void)state;
  return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

UNUSED static const char *at(const char *name) {
  static char path[4][4200];
  static int turn;
  char *p = path[turn++ & 3];
  snprintf(p, sizeof path[0], "%s/%s", top, name);
  return p;
}

UNUSED static hark_maildir_config config_of(const char *name) {
  return (hark_maildir_config){
      .size = sizeof(hark_maildir_config), .path = at(name), .account = "user@host"};
}

UNUSED static hark_maildir *open_maildir(const char *name) {
  hark_maildir_config config = config_of(name);
  hark_maildir *m;
  int err = hark_maildir_open(&m, &config);
  if (err) print_error("%s\n", hark_maildir_error(m));
  assert_int_equal(err, 0);
  return m;
}

UNUSED static int open_fails(const hark_maildir_config *config, char said[SENTENCE_MOST]) {
  hark_maildir *m;
  int err = hark_maildir_open(&m, config);
  assert_non_null(m);
  snprintf(said, SENTENCE_MOST, "%s", hark_maildir_error(m));
  hark_maildir_close(m);
  return err;
}

UNUSED static hark_str str(const char *s) { return (hark_str){s, s ? strlen(s) : 0}; }

UNUSED static hark_pull_event event(int type, uint32_t uid) {
  return (hark_pull_event){.type = type,
                           .uid = uid,
                           .uidvalidity = 77,
                           .mailbox_name = {"INBOX", 5},
                           .time = 1600000000 + uid};
}

UNUSED static int put_data(hark_maildir *m, const char *p, size_t n) {
  hark_pull_event ev = event(HARK_PULL_DATA, 0);
  ev.bytes = (hark_str){p, n};
  return hark_maildir_put(m, &ev);
}

/* What the k-th message of a mailbox is. */
UNUSED static size_t message_text(char out[256], uint32_t k) {
  return (size_t)snprintf(
      out, 256, "Subject: %u\r\nMessage-ID: <%u@example.org>\r\n\r\nbody of %u\r\n", k, k, k);
}

UNUSED static int put_as(hark_maildir *m, uint32_t uid, uint32_t uidvalidity, const char *text,
                         size_t n, hark_strs flags) {
  hark_pull_event ev = event(HARK_PULL_MESSAGE, uid);
  ev.uidvalidity = uidvalidity, ev.size = n, ev.flags = flags;
  int err = hark_maildir_put(m, &ev);
  if (!err) err = put_data(m, text, n);
  ev.type = HARK_PULL_MESSAGE_END;
  return err ? err : hark_maildir_put(m, &ev);
}

UNUSED static int put_message(hark_maildir *m, uint32_t uid) {
  char text[256];
  size_t n = message_text(text, uid);
  return put_as(m, uid, 77, text, n, (hark_strs){NULL, 0});
}

UNUSED static int settle(hark_maildir *m) {
  int err = hark_maildir_flush(m);
  return err ? err : hark_maildir_reap(m, NULL, true);
}

UNUSED static void deliver(hark_maildir *m, uint32_t first, uint32_t last) {
  for (uint32_t uid = first; uid <= last; uid++) assert_int_equal(put_message(m, uid), 0);
  assert_int_equal(settle(m), 0);
}

/* It caches the text, and is ours. */
UNUSED static const char *text_of(const hark_set *s) {
  return hark_set_text((hark_set *)(uintptr_t)s);
}

UNUSED static const char *have_of(hark_maildir *m, uint32_t uidvalidity) {
  hark_cursor c = {.size = sizeof c};
  int err = hark_maildir_cursor(m, "INBOX", &c);
  if (err) print_error("%s\n", hark_maildir_error(m));
  assert_int_equal(err, 0);
  assert_int_equal(c.uidvalidity, uidvalidity);
  return text_of(c.have);
}

UNUSED static int count(const char *folder) {
  DIR *d = opendir(at(folder));
  assert_non_null(d);
  int n = 0;
  for (struct dirent *e; (e = readdir(d));) n += e->d_name[0] != '.';
  closedir(d);
  return n;
}

/* The name of message uid, as it is put by put_message(). */
UNUSED static const char *name_of(uint32_t uid) {
  static char out[4][NAME_MOST];
  static int turn;
  char text[256];
  mail_name is = {
      .time = 1600000000 + uid, .uidvalidity = 77, .uid = uid, .size = message_text(text, uid)};
  md_hash(is.hash, "user@host", (hark_str){"INBOX", 5});
  char *p = out[turn++ & 3];
  md_name_put(p, &is);
  return p;
}

UNUSED static const char *path_of(const char *folder, const char *name) {
  char path[400];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return at(path);
}

UNUSED static bool is_there(const char *path) { return !access(path, F_OK); }

UNUSED static size_t contents(const char *path, char *out, size_t cap) {
  int fd = open(path, O_RDONLY);
  assert_true(fd >= 0);
  ssize_t n = read(fd, out, cap);
  close(fd);
  assert_true(n >= 0);
  return (size_t)n;
}
#endif
