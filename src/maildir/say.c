/* maildir/say.c - error sentences and notes.
 * SPDX-License-Identifier: MIT */
#include "maildir/internal.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* C0, DEL, C1, and the characters that reorder text (U+2000 to U+207F). */
static bool harmful(const unsigned char *p) {
  if (*p < ' ' || *p == 0x7f) return true;
  if (*p == 0xc2) return p[1] < 0xa0;
  return *p == 0xe2 && (p[1] == 0x80 || p[1] == 0x81);
}

static size_t put_path(char *out, size_t cap, const char *path) {
  size_t n = 0;
  for (const unsigned char *p = (const unsigned char *)path; *p && n + 5 < cap; p++)
    n += (size_t)snprintf(out + n, cap - n, harmful(p) ? "\\x%02x" : "%c", *p);
  return n;
}

int md_say(char out[SENTENCE_MOST], int err, const char *path, const char *where, const char *why) {
  size_t n = put_path(out, SENTENCE_MOST / 2, path);
  if (where) {
    out[n++] = '/';
    n += put_path(out + n, NAME_MOST + LETTERS_MOST, where);
  }
  snprintf(out + n, SENTENCE_MOST - n, ": %s", why);
  return err;
}

static bool disk_itself(int number) {
  return number == ENOSPC || number == EDQUOT || number == EIO || number == EMFILE ||
         number == ENFILE;
}

int md_say_errno(hark_maildir *m, int number, const char *where) {
  char text[128];
  if (number == ENOMEM) return HARK_ERR_NOMEM;
  return md_say(m->error, disk_itself(number) ? HARK_ERR_DISK : HARK_ERR_STORE, m->path, where,
                strerror_r(number, text, sizeof text));
}

static const char damaged[] =
    "the state is damaged; move this file away and run again: it is rebuilt from the names of the "
    "files (mail that you deleted or moved elsewhere comes once more)";

static const struct said {
  int result, err;
  const char *why;
} said[] = {
    {SQLITE_BUSY, HARK_ERR_BUSY, "another hark (or another program) has this state open"},
    {SQLITE_LOCKED, HARK_ERR_BUSY, "another hark (or another program) has this state open"},
    {SQLITE_FULL, HARK_ERR_DISK, "the disk is full"},
    {SQLITE_IOERR, HARK_ERR_DISK, "an error of the disk"},
    {SQLITE_READONLY, HARK_ERR_STORE, "the state cannot be written: it is read-only"},
    {SQLITE_PERM, HARK_ERR_STORE, "the state cannot be opened: permission denied"},
    {SQLITE_CANTOPEN, HARK_ERR_STORE, "the state cannot be opened or created here"},
    {SQLITE_CORRUPT, HARK_ERR_STORE, damaged},
    {SQLITE_ERROR, HARK_ERR_STORE, damaged}, /* no such table or column */
    {SQLITE_NOTADB, HARK_ERR_STORE,
     "this is no state of hark; if it was one, move this file away and run again: it is rebuilt "
     "from the names of the files (mail that you deleted or moved elsewhere comes once more)"},
};

int md_say_state(char out[SENTENCE_MOST], const char *path, int result) {
  if (result == SQLITE_NOMEM) return HARK_ERR_NOMEM;
  for (size_t i = 0; i < sizeof said / sizeof *said; i++)
    if (said[i].result == (result & 0xff)) return md_say(out, said[i].err, path, NULL, said[i].why);
  return md_say(out, HARK_ERR_DISK, path, NULL, sqlite3_errstr(result));
}

void md_note(hark_maildir *m, uint64_t count, const char *one, const char *many) {
  if (!count) return;
  size_t n = strlen(m->note);
  snprintf(m->note + n, SENTENCE_MOST - n, "%s%llu %s", n ? "; " : "", (unsigned long long)count,
           count == 1 ? one : many);
}
