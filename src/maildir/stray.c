/* maildir/stray.c - files that no row knows: the state is an old copy, from a backup.
 * SPDX-License-Identifier: MIT
 *
 * What was delivered since has its name, wherever a reader has moved it, and the name says who it
 * is.  So before the first message of a UIDVALIDITY the names are listed once (100,000 take 50 ms),
 * and a message that comes under one of them is not put there again.  A UID alone would not do: a
 * server may give it twice. */
#include "maildir/internal.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct looking {
  const entry *e;
  const hark_set *have;
  stray *v;
  size_t n, cap;
} looking;

static bool append(looking *l, const mail_name *is) {
  if (l->n == l->cap) {
    size_t cap = l->cap ? 2 * l->cap : 64;
    stray *v = cap < SIZE_MAX / sizeof *v ? realloc(l->v, cap * sizeof *v) : NULL;
    if (!v) return false;
    l->v = v, l->cap = cap;
  }
  l->v[l->n++] = (stray){.time = is->time, .size = is->size, .uid = is->uid};
  return true;
}

static int look(void *ud, const char *file) {
  looking *l = ud;
  mail_name is;
  if (!md_name_read(&is, file, md_base_length(file)) || strcmp(is.hash, l->e->box->hash)) return 0;
  if (is.uidvalidity != l->e->uidvalidity || hark_set_has(l->have, is.uid)) return 0;
  return append(l, &is) ? 0 : ENOMEM;
}

static int compare(const void *a, const void *b) {
  const stray *x = a, *y = b;
  if (x->uid != y->uid) return x->uid < y->uid ? -1 : 1;
  if (x->size != y->size) return x->size < y->size ? -1 : 1;
  return (x->time > y->time) - (x->time < y->time);
}

/* Folders that cannot be listed hide nothing but a second copy. */
static int list(hark_maildir *m, looking *l) {
  int number = md_each_name(m->new, look, l);
  if (number != ENOMEM) number = md_each_name(m->cur, look, l);
  if (l->n) qsort(l->v, l->n, sizeof *l->v, compare);
  return number == ENOMEM ? SQLITE_NOMEM : 0;
}

int md_stray_look(hark_maildir *m, const entry *e) {
  box *b = e->box;
  if (b->strays_of == e->uidvalidity) return 0;
  hark_set *have = hark_set_new(NULL);
  looking l = {.e = e, .have = have};
  int result = have ? md_uids(m, SQL_HAVE, b->id, e->uidvalidity, have) : SQLITE_NOMEM;
  if (!result) result = list(m, &l);
  hark_set_free(have);
  md_stray_free(b);
  b->strays = l.v, b->nstrays = l.n;
  b->strays_of = result ? 0 : e->uidvalidity;
  return result;
}

bool md_stray_is(const entry *e) {
  stray key = {.time = e->time > 0 ? e->time : 0, .size = e->size, .uid = e->uid};
  const box *b = e->box;
  return b->nstrays && bsearch(&key, b->strays, b->nstrays, sizeof key, compare);
}

void md_stray_free(box *b) {
  free(b->strays);
  b->strays = NULL, b->nstrays = 0, b->strays_of = 0;
}
