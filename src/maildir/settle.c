/* maildir/settle.c - what the worker does with a batch: sync, COMMIT, rename, sync.
 * SPDX-License-Identifier: MIT
 *
 * docs/delivery.md has the table of what start-up does after a crash at each step.  Until COMMIT
 * is begun a failure takes the whole batch back.  From then on nobody can tell without reading
 * the disk anew what it holds, so what is there stays for the next open.  Either way nothing more
 * is taken until then: what comes later may build on what failed. */
#include "maildir/internal.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Control builds for scripts/kill-sweep, which must notice both: 1 leaves out the sync of the
 * messages, 2 renames before COMMIT. */
#ifndef HARK_BREAK_DELIVERY
#define HARK_BREAK_DELIVERY 0
#endif

static bool is_file(const entry *e) { return e->kind == ENTRY_MESSAGE; }

void md_entry_name(char out[NAME_MOST], const entry *e) {
  mail_name name = {.time = e->time, .uidvalidity = e->uidvalidity, .uid = e->uid, .size = e->size};
  memcpy(name.hash, e->box->hash, sizeof name.hash);
  md_name_put(out, &name);
}

static void say_errno(const hark_maildir *m, batch *b, int number, const char *where) {
  char text[128];
  if (b->err) return;
  b->err = md_say(b->error, HARK_ERR_DISK, m->path, where, strerror_r(number, text, sizeof text));
}

static void answer_again(batch *b) {
  for (size_t i = 0; i < b->n; i++)
    if (is_file(&b->entries[i]) || b->entries[i].kind == ENTRY_SAME)
      b->entries[i].result = RESULT_AGAIN;
}

static void take_back(const hark_maildir *m, const batch *b) {
  char text[NAME_MOST];
  for (size_t i = 0; i < b->n; i++) {
    if (!is_file(&b->entries[i])) continue;
    md_entry_name(text, &b->entries[i]);
    unlinkat(m->tmp, text, 0);
  }
}

/* Few files: each alone, which leaves other programs' data alone.  Many: one call for all. */
static int sync_files(const hark_maildir *m, batch *b) {
  bool singly = b->files <= m->singles_most;
  int err = 0;
  for (size_t i = 0; i < b->n; i++) {
    entry *e = &b->entries[i];
    if (!is_file(e) || e->fd < 0) continue;
    if (singly && !err && HARK_BREAK_DELIVERY != 1) err = md_sync(e->fd);
    if (close(e->fd) && !err) err = errno;
    e->fd = -1;
  }
  if (err || !b->files || HARK_BREAK_DELIVERY == 1) return err;
  return singly ? md_sync_folder(m->tmp) : md_sync_all(m->tmp);
}

/* The name says who it is: a file that has it already is this message, delivered before. */
int md_publish(const hark_maildir *m, const char *name, uint8_t letters) {
  char with_info[NAME_MOST + LETTERS_MOST + 3], text[LETTERS_MOST];
  if (!letters) return md_rename(m->tmp, name, m->new, name);
  md_letters_put(text, letters);
  snprintf(with_info, sizeof with_info, "%s:2,%s", name, text);
  return md_rename(m->tmp, name, m->cur, with_info);
}

/* Who removed it from tmp did not take it as mail: without its row it is fetched again. */
static int place_one(hark_maildir *m, const entry *e, const char *name) {
  int err = e->known ? EEXIST : md_publish(m, name, e->letters);
  if (err == ENOENT) md_forget(m, e);
  if (err != EEXIST) return err;
  return unlinkat(m->tmp, name, 0) && errno != ENOENT ? errno : 0;
}

static void place(hark_maildir *m, batch *b) {
  char text[NAME_MOST];
  for (size_t i = 0; i < b->n; i++) {
    entry *e = &b->entries[i];
    if (!is_file(e) || e->placed) continue;
    md_entry_name(text, e);
    int err = place_one(m, e, text);
    e->placed = !err;
    if (err) say_errno(m, b, err, text);
  }
}

/* Both folders, or the one that the batch went to. */
static int sync_folders(const hark_maildir *m, const batch *b) {
  bool to_new = false, to_cur = false;
  for (size_t i = 0; i < b->n; i++)
    if (is_file(&b->entries[i])) *(b->entries[i].letters ? &to_cur : &to_new) = true;
  int err = to_new ? md_sync_folder(m->new) : 0;
  int cur_err = to_cur ? md_sync_folder(m->cur) : 0;
  return err ? err : cur_err;
}

static void finish(hark_maildir *m, batch *b) {
  place(m, b);
  int err = sync_folders(m, b);
  if (err) say_errno(m, b, err, NULL);
  for (size_t i = 0; i < b->n; i++) {
    entry *e = &b->entries[i];
    if (is_file(e)) e->result = e->placed && !err ? RESULT_HAVE : RESULT_AGAIN;
  }
}

static void say_state(const hark_maildir *m, batch *b, int result) {
  b->err = md_say_state(b->error, m->state_path, result);
}

void md_settle(hark_maildir *m, batch *b) {
  int err = sync_files(m, b), result;
  if (err) say_errno(m, b, err, "tmp");
  if (!err && (result = md_record(m, b))) say_state(m, b, result);
  if (b->err) {
    take_back(m, b);
    answer_again(b);
    return;
  }
  if (HARK_BREAK_DELIVERY == 2) place(m, b);
  if (!(result = md_run(m, md_use(m, SQL_COMMIT)))) {
    finish(m, b);
    return;
  }
  say_state(m, b, result);
  answer_again(b);
}
