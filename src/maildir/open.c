/* maildir/open.c - the public calls of a Maildir's life; the order of opening.
 * SPDX-License-Identifier: MIT */
#include "maildir/internal.h"
#include <stdlib.h>
#include <string.h>

/* SQLite gives a meaning to "", ":memory:" and "file:"; a path has none of them. */
static char *copy_path(const char *dir, const char *name) {
  bool bare = name && name[0] != '/';
  const char *before = !name ? dir : bare ? "." : "", *after = name ? name : "hark.db";
  const char *between = !name || bare ? "/" : "";
  size_t n = strlen(before) + strlen(between) + strlen(after) + 1;
  char *p = malloc(n);
  if (!p) return NULL;
  p[0] = 0;
  for (size_t i = 0, at = 0; i < 3; i++) {
    const char *part = i == 0 ? before : i == 1 ? between : after;
    memcpy(p + at, part, strlen(part) + 1);
    at += strlen(part);
  }
  return p;
}

static char *copy_text(const char *text) {
  size_t n = strlen(text) + 1;
  char *p = malloc(n);
  return p ? memcpy(p, text, n) : NULL;
}

static bool configure(hark_maildir *m, const hark_maildir_config *from) {
  hark_maildir_config config = {0};
  memcpy(&config, from, from->size < sizeof config ? from->size : sizeof config);
  m->path = copy_text(config.path);
  m->state_path = copy_path(config.path, config.state);
  m->account = copy_text(config.account ? config.account : "");
  m->crlf = config.crlf;
  return m->path && m->state_path && m->account;
}

/* The Maildir is locked before its state is looked at, and a state that knows messages is looked
 * at before folders are made: an empty mount point is no new Maildir. */
static int open_all(hark_maildir *m) {
  int err;
  if ((err = md_folder_open(m)) || (err = md_state_open(m)) || (err = md_folder_make(m)))
    return err;
  if (m->fresh && (err = md_state_create(m))) return err;
  if ((err = md_recover(m))) return err;
  return md_worker_start(m);
}

int hark_maildir_open(hark_maildir **out, const hark_maildir_config *config) {
  hark_maildir *m = *out = calloc(1, sizeof *m);
  if (!m) return HARK_ERR_NOMEM;
  m->root = m->tmp = m->new = m->cur = m->done = m->file.fd = -1;
  pthread_mutex_init(&m->mutex, NULL);
  pthread_cond_init(&m->wake, NULL);
  int err = configure(m, config) ? open_all(m) : HARK_ERR_NOMEM;
  if (err == HARK_ERR_NOMEM) memcpy(m->error, "out of memory", sizeof "out of memory");
  m->broken = err;
  return err;
}

void hark_maildir_close(hark_maildir *m) {
  if (!m) return;
  bool quiet = m->work == NULL;
  md_worker_stop(m);
  md_file_drop(&m->file);
  if (quiet && !m->broken) md_run(m, md_use(m, SQL_DELIVERED)); /* else the next open does it */
  md_state_close(m);
  md_folder_close(m);
  pthread_cond_destroy(&m->wake);
  pthread_mutex_destroy(&m->mutex);
  for (box *b = m->boxes, *next; b; b = next) next = b->next, md_stray_free(b), free(b);
  free(m->file.buffer);
  free(m->path), free(m->state_path), free(m->account);
  free(m);
}

const char *hark_maildir_note(const hark_maildir *m) { return m->note[0] ? m->note : NULL; }
const char *hark_maildir_error(const hark_maildir *m) { return m->error; }
