/* maildir/recover.c - what a crash left: docs/delivery.md has the table.
 * SPDX-License-Identifier: MIT
 *
 * Each row that is staged has its message in tmp, or in its place, or the user has taken it
 * since.  What else of ours is in tmp never got a row.  Doing this twice does no more than doing
 * it once. */
#include "maildir/internal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
  STAGED_MOST = ENTRIES_MOST,
  TAKEN_MOST = 36 * 3600 /* maildir(5): what is in tmp longer may be removed by anyone */
};

typedef struct staged {
  int64_t id, since;
  bool here;
  uint8_t letters;
  char name[NAME_MOST];
} staged;

typedef struct recovery {
  hark_maildir *m;
  size_t n;
  staged v[STAGED_MOST];
} recovery;

static int load(recovery *r) {
  hark_maildir *m = r->m;
  sqlite3_stmt *s = md_use(m, SQL_STAGED);
  int result = s ? SQLITE_ROW : sqlite3_extended_errcode(m->db);
  r->n = 0;
  sqlite3_bind_int(s, 1, STAGED_MOST);
  while (s && (result = sqlite3_step(s)) == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(s, 1);
    const char *letters = (const char *)sqlite3_column_text(s, 2);
    staged *to = &r->v[r->n];
    mail_name is;
    if (!name || !letters || !md_name_read(&is, name, strlen(name))) {
      result = SQLITE_CORRUPT; /* a state says nothing that a path is made of, but our names */
      break;
    }
    *to = (staged){.id = sqlite3_column_int64(s, 0), .since = sqlite3_column_int64(s, 3)};
    to->letters = md_letters_read(letters);
    memcpy(to->name, name, strlen(name) + 1);
    r->n++;
  }
  sqlite3_reset(s);
  return result == SQLITE_DONE ? 0 : result;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const staged *)a)->name, ((const staged *)b)->name);
}

/* Whoever reads the mail may have moved it from new to cur, and changed its letters. */
static int look(void *ud, const char *file) {
  recovery *r = ud;
  staged key = {0};
  size_t n = md_base_length(file);
  if (n >= NAME_MOST) return 0;
  memcpy(key.name, file, n);
  key.name[n] = 0;
  staged *found = bsearch(&key, r->v, r->n, sizeof *r->v, by_name);
  if (found) found->here = true;
  return 0;
}

static int look_in_folders(recovery *r) {
  hark_maildir *m = r->m;
  int number = md_each_name(m->new, look, r);
  if (!number) number = md_each_name(m->cur, look, r);
  return number ? md_say_errno(m, number, NULL) : 0;
}

/* Not in its place: moved, if it is in tmp.  In both: a crash between link and unlink, or a power
 * cut, left two names, and a reader may have changed the other since. */
static int move_one(recovery *r, staged *each, uint64_t *moved) {
  hark_maildir *m = r->m;
  int number = each->here ? EEXIST : md_publish(m, each->name, each->letters);
  if (number == ENOENT) return 0;
  if (number == EEXIST && unlinkat(m->tmp, each->name, 0) && errno != ENOENT) number = errno;
  if (number && number != EEXIST) return md_say_errno(m, number, each->name);
  *moved += !number;
  each->here = true;
  return 0;
}

static int move(recovery *r, uint64_t *moved) {
  hark_maildir *m = r->m;
  int err = 0;
  for (size_t i = 0; !err && i < r->n; i++) err = move_one(r, &r->v[i], moved);
  if (err) return err;
  int number = md_sync_folder(m->new); /* the renames of the dead may not be on disk either */
  if (!number) number = md_sync_folder(m->cur);
  return number ? md_say_errno(m, number, NULL) : 0;
}

/* By the user, not by whoever cleans tmp.  A row of the future has no age: the clock went back. */
static bool taken(const staged *row, int64_t now) {
  return row->since <= now && now - row->since < TAKEN_MOST;
}

static int decide(recovery *r) {
  hark_maildir *m = r->m;
  int64_t now = time(NULL);
  int result = md_run(m, md_use(m, SQL_BEGIN));
  for (size_t i = 0; !result && i < r->n; i++) {
    const staged *each = &r->v[i];
    sqlite3_stmt *s = md_use(m, each->here || taken(each, now) ? SQL_DELIVERED_ONE : SQL_FORGET);
    sqlite3_bind_int64(s, 1, each->id);
    result = md_run(m, s);
  }
  if (!result) result = md_run(m, md_use(m, SQL_COMMIT));
  if (!result) return 0;
  md_rollback(m);
  return md_say_state(m->error, m->state_path, result);
}

typedef struct sweep {
  hark_maildir *m;
  uint64_t removed;
} sweep;

/* Names of other programs in tmp are theirs, and so is a folder. */
static int remove_own(void *ud, const char *file) {
  sweep *s = ud;
  mail_name is;
  if (!md_name_read(&is, file, strlen(file))) return 0;
  if (unlinkat(s->m->tmp, file, 0)) return errno == ENOENT || errno == EISDIR ? 0 : errno;
  s->removed++;
  return 0;
}

static int clear_tmp(hark_maildir *m) {
  sweep s = {.m = m};
  int number = md_each_name(m->tmp, remove_own, &s);
  if (number) return md_say_errno(m, number, "tmp");
  md_note(m, s.removed, "message that was cut off is fetched again",
          "messages that were cut off are fetched again");
  return 0;
}

static int settle_staged(recovery *r) {
  uint64_t moved = 0;
  for (;;) {
    int result = load(r), err;
    if (result) return md_say_state(r->m->error, r->m->state_path, result);
    if (!r->n) break;
    qsort(r->v, r->n, sizeof *r->v, by_name);
    if ((err = look_in_folders(r)) || (err = move(r, &moved)) || (err = decide(r))) return err;
  }
  md_note(r->m, moved, "message of an interrupted pull was finished",
          "messages of an interrupted pull were finished");
  return 0;
}

int md_recover(hark_maildir *m) {
  recovery *r = malloc(sizeof *r);
  if (!r) return HARK_ERR_NOMEM;
  r->m = m;
  int err = settle_staged(r);
  free(r);
  return err ? err : clear_tmp(m);
}
