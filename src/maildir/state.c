/* maildir/state.c - SQLite: opening, versions, statements.
 * SPDX-License-Identifier: MIT
 *
 * synchronous=EXTRA: a COMMIT that returned is on disk, in whichever journal.  WAL, but on network
 * file systems, for which SQLite does not vouch, a rollback journal.  locking_mode=EXCLUSIVE: one
 * process, for as long as it is open, and no shared memory file.  A message has a uid while its
 * number counts; after a renumbering it has none until it is matched. */
#include "maildir/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { APPLICATION = 0x6861726b }; /* "hark" */

static const char schema[] =
    "CREATE TABLE mailbox (id INTEGER PRIMARY KEY, account TEXT, name TEXT, hash TEXT NOT NULL,"
    " uidvalidity INTEGER NOT NULL DEFAULT 0, matching INTEGER NOT NULL DEFAULT 0,"
    " modseq INTEGER NOT NULL DEFAULT 0, UNIQUE (account, name));"
    "CREATE TABLE message (id INTEGER PRIMARY KEY, mailbox INTEGER NOT NULL,"
    " uidvalidity INTEGER NOT NULL, uid INTEGER, name TEXT NOT NULL, letters TEXT NOT NULL,"
    " size INTEGER NOT NULL, time INTEGER NOT NULL, email_id TEXT, message_id TEXT,"
    " exact INTEGER NOT NULL, staged INTEGER);"
    "CREATE UNIQUE INDEX message_uid ON message (mailbox, uidvalidity, uid) WHERE uid IS NOT NULL;"
    "CREATE INDEX message_staged ON message (staged) WHERE staged IS NOT NULL;"
    "CREATE INDEX message_email_id ON message (mailbox, email_id) WHERE uid IS NULL;"
    "CREATE INDEX message_message_id ON message (mailbox, message_id) WHERE uid IS NULL;"
    "CREATE TABLE stuck (mailbox INTEGER NOT NULL, uidvalidity INTEGER NOT NULL,"
    " uid INTEGER NOT NULL, reason TEXT, since INTEGER NOT NULL,"
    " PRIMARY KEY (mailbox, uidvalidity, uid)) WITHOUT ROWID;"
    "PRAGMA application_id = 1751216747; PRAGMA user_version = 1;";

static const char *const sql[SQL_COUNT] = {
#define X(name, text) [SQL_##name] = text,
    STATEMENTS(X)
#undef X
};

sqlite3_stmt *md_use(hark_maildir *m, statement which) {
  sqlite3_stmt **s = &m->statements[which];
  if (!*s) sqlite3_prepare_v3(m->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
  if (*s) sqlite3_clear_bindings(*s);
  return *s;
}

void md_text(sqlite3_stmt *s, int at, hark_str text) {
  if (text.p) sqlite3_bind_text(s, at, text.p, (int)text.n, SQLITE_STATIC);
}

int md_run(hark_maildir *m, sqlite3_stmt *s) {
  if (!s) return sqlite3_extended_errcode(m->db);
  int result = sqlite3_step(s);
  sqlite3_reset(s);
  return result == SQLITE_DONE || result == SQLITE_ROW ? 0 : result;
}

int md_number(hark_maildir *m, sqlite3_stmt *s, int64_t *out) {
  if (!s) return sqlite3_extended_errcode(m->db);
  int result = sqlite3_step(s);
  if (result == SQLITE_ROW) *out = sqlite3_column_int64(s, 0);
  sqlite3_reset(s);
  return result == SQLITE_DONE ? 0 : result;
}

int md_uids(hark_maildir *m, statement which, int64_t row, int64_t uidvalidity, hark_set *to) {
  hark_set_remove(to, 1, UINT32_MAX);
  sqlite3_stmt *s = md_use(m, which);
  sqlite3_bind_int64(s, 1, row), sqlite3_bind_int64(s, 2, uidvalidity);
  int result = s ? SQLITE_ROW : sqlite3_extended_errcode(m->db);
  while (s && (result = sqlite3_step(s)) == SQLITE_ROW) {
    uint32_t uid = (uint32_t)sqlite3_column_int64(s, 0);
    if (uid && hark_set_add(to, uid, uid)) {
      result = SQLITE_NOMEM;
      break;
    }
  }
  sqlite3_reset(s);
  return result == SQLITE_DONE ? 0 : result;
}

void md_rollback(hark_maildir *m) {
  if (!sqlite3_get_autocommit(m->db)) sqlite3_exec(m->db, "ROLLBACK", NULL, NULL, NULL);
}

static int question(hark_maildir *m, const char *text, int64_t *out) {
  sqlite3_stmt *s = NULL;
  int result = sqlite3_prepare_v2(m->db, text, -1, &s, NULL);
  if (!result && (result = sqlite3_step(s)) == SQLITE_ROW)
    *out = sqlite3_column_int64(s, 0), result = 0;
  sqlite3_finalize(s);
  return result == SQLITE_DONE ? 0 : result;
}

/* SQLite would create it with what the umask leaves. */
static int make_private(hark_maildir *m) {
  int fd = open(m->state_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
  struct stat is;
  if (fd < 0) return errno;
  m->shared = md_networked(fd);
  bool file = !fstat(fd, &is) && S_ISREG(is.st_mode);
  if (close(fd)) return errno;
  return file ? 0 : EISDIR;
}

static int prepare(hark_maildir *m) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int result = sqlite3_open_v2(m->state_path, &m->db, flags, NULL);
  if (result) return result;
  result = sqlite3_exec(m->db,
                        m->shared ? "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE"
                                  : "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL",
                        NULL, NULL, NULL);
  if (result) return result;
  result =
      sqlite3_exec(m->db,
                   "PRAGMA synchronous = EXTRA; PRAGMA cache_size = -512; PRAGMA mmap_size = 0;"
                   "PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 4194304;"
                   "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;"
                   "BEGIN IMMEDIATE; COMMIT",
                   NULL, NULL, NULL);
  int64_t synchronous = 0;
  if (!result) result = question(m, "PRAGMA synchronous", &synchronous);
  return !result && synchronous != 3 ? SQLITE_CANTOPEN : result;
}

/* The log of changes that an end in good order would have taken in and removed. */
static bool ended_badly(const hark_maildir *m) {
  char *path = sqlite3_mprintf("%s-%s", m->state_path, m->shared ? "journal" : "wal");
  struct stat is;
  bool left = path && !stat(path, &is) && is.st_size;
  sqlite3_free(path);
  return left;
}

/* A crash is when disks forget what they said was written, and what the state has lost without
 * anybody's notice comes once more: then it is read whole.  A million messages take 2 seconds. */
static int check_whole(hark_maildir *m) {
  sqlite3_stmt *s = NULL;
  int result = sqlite3_prepare_v2(m->db, "PRAGMA integrity_check(1)", -1, &s, NULL);
  if (!result && (result = sqlite3_step(s)) == SQLITE_ROW) {
    const char *said = (const char *)sqlite3_column_text(s, 0);
    result = said && !strcmp(said, "ok") ? 0 : SQLITE_CORRUPT;
  }
  sqlite3_finalize(s);
  return result;
}

static int say(hark_maildir *m, const char *why) {
  return md_say(m->error, HARK_ERR_STORE, m->state_path, NULL, why);
}

/* Whose it is, and whether this hark can read it. */
static int identify(hark_maildir *m) {
  int64_t tables = 0, application = 0, version = 0, any = 0;
  int result;
  if ((result = question(m, "SELECT count(*) FROM sqlite_schema", &tables)) ||
      (result = question(m, "PRAGMA application_id", &application)) ||
      (result = question(m, "PRAGMA user_version", &version)))
    return md_say_state(m->error, m->state_path, result);
  m->fresh = !tables && !version;
  if (m->fresh) return 0;
  if (application != APPLICATION)
    return say(m, "is a database of another program; name another file for the state");
  if (version > STATE_VERSION) return say(m, "was written by a newer hark; update hark");
  result = md_number(m, md_use(m, SQL_ANY), &any);
  if (result && result != SQLITE_ROW) return md_say_state(m->error, m->state_path, result);
  if (any && !m->has_folders)
    return md_say(
        m->error, HARK_ERR_STORE, m->path, NULL,
        "the state knows messages, but cur and new are gone; is the disk mounted? To begin "
        "anew, move the state away");
  return 0;
}

static int say_errno(hark_maildir *m, int number) {
  char text[128];
  int err = md_say_errno(m, number, NULL);
  return md_say(m->error, err, m->state_path, NULL, strerror_r(number, text, sizeof text));
}

int md_state_open(hark_maildir *m) {
  if (!(m->statements = calloc(SQL_COUNT, sizeof *m->statements))) return HARK_ERR_NOMEM;
  int number = make_private(m);
  if (number == EISDIR) return say(m, "is not a file; name a file for the state");
  if (number == EROFS) return say(m, "is on a disk that is read-only");
  if (number == EACCES) return say(m, "cannot be written; see its permissions");
  if (number) return say_errno(m, number);
  bool suspect = ended_badly(m);
  int result = prepare(m);
  if (!result && suspect) result = check_whole(m);
  return result ? md_say_state(m->error, m->state_path, result) : identify(m);
}

int md_state_create(hark_maildir *m) {
  int result = md_run(m, md_use(m, SQL_BEGIN)), err;
  if (!result) result = sqlite3_exec(m->db, schema, NULL, NULL, NULL);
  if (result) return md_say_state(m->error, m->state_path, result);
  if ((err = md_rebuild(m))) return err;
  result = md_run(m, md_use(m, SQL_COMMIT));
  return result ? md_say_state(m->error, m->state_path, result) : 0;
}

void md_state_close(hark_maildir *m) {
  for (size_t i = 0; m->statements && i < SQL_COUNT; i++) sqlite3_finalize(m->statements[i]);
  free(m->statements);
  sqlite3_close(m->db);
}
