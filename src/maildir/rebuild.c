/* maildir/rebuild.c - a state from the names of the files, when the state was deleted.
 * SPDX-License-Identifier: MIT
 *
 * The name has UIDVALIDITY, UID, size, time, and a hash of account and mailbox; the Message-ID is
 * read from the file.  Mail that was deleted or moved elsewhere is not known and comes once more.
 */
#include "maildir/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER_MOST = 1 << 20 }; /* bytes in which a Message-ID is looked for */

typedef struct rebuilding {
  hark_maildir *m;
  int dir, result;
  uint64_t found;
  char hash[HASH_DIGITS + 1]; /* whose row id is: files of one mailbox are many */
  int64_t id;
} rebuilding;

/* A file that cannot be read is known by its name alone. */
static void read_id(rebuilding *r, const char *file, scan *s) {
  int fd = openat(r->dir, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  size_t total = 0;
  ssize_t n;
  md_scan_begin(s);
  if (fd < 0) return;
  while (!md_scan_over(s) && total < HEADER_MOST &&
         (n = read(fd, r->m->file.buffer, FILE_BUFFER)) > 0)
    md_scan_put(s, r->m->file.buffer, (size_t)n), total += (size_t)n;
  close(fd);
}

static int mailbox(rebuilding *r, const char *hash) {
  if (r->id && !strcmp(r->hash, hash)) return 0;
  hark_str text = {hash, HASH_DIGITS};
  memcpy(r->hash, hash, sizeof r->hash);
  sqlite3_stmt *s = md_use(r->m, SQL_BOX_HASH);
  md_text(s, 1, text);
  int result = md_number(r->m, s, &r->id);
  if (result == SQLITE_ROW) return 0;
  if (result) return result;
  s = md_use(r->m, SQL_BOX_ADD);
  md_text(s, 3, text);
  result = md_run(r->m, s);
  r->id = sqlite3_last_insert_rowid(r->m->db);
  return result;
}

static int add(rebuilding *r, const mail_name *is, hark_str base, hark_str message_id) {
  sqlite3_stmt *s = md_use(r->m, SQL_ADD);
  sqlite3_bind_int64(s, 1, r->id);
  sqlite3_bind_int64(s, 2, is->uidvalidity), sqlite3_bind_int64(s, 3, is->uid);
  md_text(s, 4, base), md_text(s, 5, (hark_str){"", 0});
  sqlite3_bind_int64(s, 6, (sqlite3_int64)is->size), sqlite3_bind_int64(s, 7, is->time);
  md_text(s, 9, message_id), sqlite3_bind_int(s, 10, 0);
  int result = md_run(r->m, s);
  if (!result) r->found += (uint64_t)sqlite3_changes(r->m->db);
  return result;
}

static int take(void *ud, const char *file) {
  rebuilding *r = ud;
  size_t n = md_base_length(file);
  mail_name is;
  scan s;
  if (!md_name_read(&is, file, n) || !is.uid) return 0;
  read_id(r, file, &s);
  r->result = mailbox(r, is.hash);
  if (!r->result) r->result = add(r, &is, (hark_str){file, n}, md_scan_id(&s));
  return r->result ? -1 : 0;
}

static int folder(rebuilding *r, int dir) {
  r->dir = dir;
  int number = md_each_name(dir, take, r);
  return number > 0 ? md_say_errno(r->m, number, NULL) : 0;
}

int md_rebuild(hark_maildir *m) {
  rebuilding r = {.m = m};
  int err;
  if (!m->file.buffer && !(m->file.buffer = malloc(FILE_BUFFER))) return HARK_ERR_NOMEM;
  if ((err = folder(&r, m->new)) || (err = folder(&r, m->cur))) return err;
  if (!r.result && r.found) r.result = md_run(m, md_use(m, SQL_BOX_REBUILT));
  if (r.result) return md_say_state(m->error, m->state_path, r.result);
  md_note(m, r.found,
          "message found; the state was missing and is rebuilt: mail that you deleted or moved "
          "elsewhere comes once more",
          "messages found; the state was missing and is rebuilt: mail that you deleted or moved "
          "elsewhere comes once more");
  return 0;
}
