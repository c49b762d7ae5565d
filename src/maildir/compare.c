/* maildir/compare.c - files that the state does not know: it is an old copy, from a backup.
 * SPDX-License-Identifier: MIT
 *
 * Once for each mailbox, before its first pull, and cheap where all is well: a name whose number
 * is known costs a look into a set.  For the others the names in the state are read: a row that
 * lost its number in a renumbering still has its name, and is no news. */
#include "maildir/internal.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct suspect {
  uint64_t key; /* of the name */
  bool known;
} suspect;

typedef struct comparison {
  hark_maildir *m;
  const box *box;
  uint32_t uidvalidity;
  const hark_set *have;
  suspect *v;
  size_t n, room;
} comparison;

static bool append(comparison *c, uint64_t key) {
  if (c->n == c->room) {
    size_t room = c->room ? 2 * c->room : 64;
    suspect *v = room < SIZE_MAX / sizeof *v ? realloc(c->v, room * sizeof *v) : NULL;
    if (!v) return false;
    c->v = v, c->room = room;
  }
  c->v[c->n++] = (suspect){.key = key};
  return true;
}

static int look(void *ud, const char *file) {
  comparison *c = ud;
  size_t n = md_base_length(file);
  mail_name is;
  if (!md_name_read(&is, file, n) || !is.uid || strcmp(is.hash, c->box->hash)) return 0;
  if (is.uidvalidity == c->uidvalidity && hark_set_has(c->have, is.uid)) return 0;
  return append(c, md_key((hark_str){file, n})) ? 0 : ENOMEM;
}

static int by_key(const void *a, const void *b) {
  uint64_t x = ((const suspect *)a)->key, y = ((const suspect *)b)->key;
  return (x > y) - (x < y);
}

static suspect *find(const comparison *c, hark_str name) {
  suspect key = {.key = md_key(name)};
  return bsearch(&key, c->v, c->n, sizeof *c->v, by_key);
}

/* Two files with one name are two suspects; the first that is found stands for both. */
static void drop_twins(comparison *c) {
  size_t n = 0;
  for (size_t i = 0; i < c->n; i++)
    if (!n || c->v[n - 1].key != c->v[i].key) c->v[n++] = c->v[i];
  c->n = n;
}

static int mark_known(comparison *c) {
  sqlite3_stmt *s = md_use(c->m, SQL_NAMES);
  int result = s ? SQLITE_ROW : sqlite3_extended_errcode(c->m->db);
  sqlite3_bind_int64(s, 1, c->box->id);
  while (s && (result = sqlite3_step(s)) == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(s, 0);
    suspect *found = name ? find(c, (hark_str){name, strlen(name)}) : NULL;
    if (found) found->known = true;
  }
  sqlite3_reset(s);
  return result == SQLITE_DONE ? 0 : result;
}

static bool any_unknown(const comparison *c) {
  for (size_t i = 0; i < c->n; i++)
    if (!c->v[i].known) return true;
  return false;
}

static bool unknown(const void *ud, hark_str base) {
  const suspect *found = find(ud, base);
  return found && !found->known;
}

static int add_rows(comparison *c) {
  hark_maildir *m = c->m;
  int result = md_run(m, md_use(m, SQL_BEGIN));
  int err = result ? 0 : md_rebuild_some(m, c->box, unknown, c);
  if (!result && !err) result = md_run(m, md_use(m, SQL_COMMIT));
  if (!result && !err) return 0;
  md_rollback(m);
  return err ? err : md_say_state(m->error, m->state_path, result);
}

static int compare(comparison *c) {
  hark_maildir *m = c->m;
  int number = md_each_name(m->new, look, c);
  if (!number) number = md_each_name(m->cur, look, c);
  if (number) return md_say_errno(m, number, NULL);
  if (!c->n) return 0;
  qsort(c->v, c->n, sizeof *c->v, by_key);
  drop_twins(c);
  int result = mark_known(c);
  if (result) return md_say_state(m->error, m->state_path, result);
  return any_unknown(c) ? add_rows(c) : 0;
}

int md_compare(hark_maildir *m, box *b, uint32_t uidvalidity, const hark_set *have) {
  comparison c = {.m = m, .box = b, .uidvalidity = uidvalidity, .have = have};
  if (b->compared || m->fresh) return 0;
  int result = md_box(m, b, false);
  int err = result ? md_say_state(m->error, m->state_path, result) : compare(&c);
  b->compared = !err;
  free(c.v);
  return err;
}
