/* maildir/batch.c - what is gathered, the worker thread, what has ended.
 * SPDX-License-Identifier: MIT
 *
 * Two batches take turns: one is gathered here while the worker settles the other.  What nobody
 * flushes (SAME, STUCK, ...) starts a batch by itself; while one is under way the next gathers,
 * so a thousand of them cost a few transactions. */
#include "maildir/internal.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* --- gathering --- */

box *md_find_box(hark_maildir *m, hark_str name) {
  for (box *b = m->boxes; b; b = b->next)
    if (b->n == name.n && !memcmp(b->name, name.p, name.n)) return b;
  box *b = calloc(1, sizeof *b + name.n + 1);
  if (!b) return NULL;
  md_hash(b->hash, m->account, name);
  memcpy(b->name, name.p, name.n);
  b->n = name.n;
  b->next = m->boxes;
  return m->boxes = b;
}

static bool full(const hark_maildir *m, const batch *b) {
  return b->n == ENTRIES_MOST || b->files >= m->files_most ||
         TEXT_MOST - b->text_n < ENTRY_TEXT_MOST;
}

int md_room(hark_maildir *m) {
  if (m->broken) return HARK_ERR_DISK;
  if (full(m, m->gather)) md_start(m);
  return full(m, m->gather) ? HARK_ERR_BUSY : 0;
}

hark_str md_keep(batch *b, hark_str text) {
  char *to = b->text + b->text_n;
  if (!text.p || text.n > TEXT_MOST - b->text_n) return (hark_str){NULL, 0};
  memcpy(to, text.p, text.n);
  b->text_n += text.n;
  return (hark_str){to, text.n};
}

entry *md_add(hark_maildir *m, entry_kind kind, const hark_pull_event *ev, box *b) {
  batch *to = m->gather;
  entry *e = &to->entries[to->n++];
  *e = (entry){.kind = kind, .box = b, .mailbox = ev->mailbox, .fd = -1};
  e->uid = ev->uid, e->uidvalidity = ev->uidvalidity;
  e->size = ev->size, e->time = ev->time, e->modseq = ev->modseq;
  if (ev->identity.email_id.n <= ID_MOST) e->email_id = md_keep(to, ev->identity.email_id);
  return e;
}

static void empty(batch *b) { b->n = b->files = b->text_n = 0, b->err = 0; }

void md_start(hark_maildir *m) {
  m->wanted = m->work != NULL;
  if (m->work || !m->gather->n || m->broken) return;
  m->work = m->gather, m->gather = m->spare, m->spare = NULL;
  pthread_mutex_lock(&m->mutex);
  m->order = m->work;
  pthread_cond_signal(&m->wake);
  pthread_mutex_unlock(&m->mutex);
}

int hark_maildir_flush(hark_maildir *m) {
  md_start(m);
  return 0;
}

int hark_maildir_fd(const hark_maildir *m) { return m->done; }

/* --- the worker --- */

static void *work(void *ud) {
  hark_maildir *m = ud;
  pthread_mutex_lock(&m->mutex);
  for (;;) {
    while (!m->order && !m->quit) pthread_cond_wait(&m->wake, &m->mutex);
    if (!m->order) break;
    pthread_mutex_unlock(&m->mutex);
    md_settle(m, m->order);
    pthread_mutex_lock(&m->mutex);
    m->order = NULL;
    eventfd_write(m->done, 1);
  }
  pthread_mutex_unlock(&m->mutex);
  return NULL;
}

/* Signals are the program's: they go to its own threads. */
static int start_thread(hark_maildir *m) {
  sigset_t all, before;
  pthread_attr_t attr;
  sigfillset(&all);
  if (pthread_attr_init(&attr)) return HARK_ERR_NOMEM;
  pthread_attr_setstacksize(&attr, 256 * 1024);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int number = pthread_create(&m->thread, &attr, work, m);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attr);
  m->threaded = !number;
  return number ? HARK_ERR_NOMEM : 0;
}

int md_worker_start(hark_maildir *m) {
  m->gather = calloc(1, sizeof *m->gather), m->spare = calloc(1, sizeof *m->spare);
  m->have = hark_set_new(NULL), m->again = hark_set_new(NULL);
  if (!m->gather || !m->spare || !m->have || !m->again) return HARK_ERR_NOMEM;
  m->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (m->done < 0) return md_say_errno(m, errno, NULL);
  bool tells = md_sync_all_tells();
  m->singles_most = tells ? SINGLES_MOST : DESCRIPTORS_MOST;
  m->files_most = tells ? ENTRIES_MOST : DESCRIPTORS_MOST;
  return start_thread(m);
}

/* What is under way ends; what is only gathered is dropped. */
void md_worker_stop(hark_maildir *m) {
  char text[NAME_MOST];
  if (m->threaded) {
    pthread_mutex_lock(&m->mutex);
    m->quit = true;
    pthread_cond_signal(&m->wake);
    pthread_mutex_unlock(&m->mutex);
    pthread_join(m->thread, NULL);
  }
  for (size_t i = 0; m->gather && i < m->gather->n; i++) {
    const entry *e = &m->gather->entries[i];
    if (e->kind != ENTRY_MESSAGE) continue;
    if (e->fd >= 0) close(e->fd);
    md_entry_name(text, e);
    unlinkat(m->tmp, text, 0);
  }
  free(m->gather), free(m->work), free(m->spare);
  hark_set_free(m->have), hark_set_free(m->again);
  if (m->done >= 0) close(m->done);
}

/* --- what has ended --- */

static int add(hark_set *set, uint32_t uid) { return hark_set_add(set, uid, uid); }

static int tell_set(hark_pull *p, int mailbox, hark_set *set,
                    int (*say)(hark_pull *, int, const char *)) {
  if (!hark_set_count(set)) return 0;
  const char *text = hark_set_text(set);
  return text ? say(p, mailbox, text) : HARK_ERR_NOMEM;
}

/* All answers for one mailbox, from the first entry that has one. */
static int tell_mailbox(hark_maildir *m, hark_pull *p, entry *from, const entry *end) {
  int mailbox = from->mailbox, err = 0;
  hark_set_remove(m->have, 1, UINT32_MAX), hark_set_remove(m->again, 1, UINT32_MAX);
  for (entry *e = from; e < end && !err; e++) {
    if (!e->result || e->mailbox != mailbox) continue;
    err = add(e->result == RESULT_HAVE ? m->have : m->again, e->uid);
    e->result = RESULT_NONE;
  }
  if (!err) err = tell_set(p, mailbox, m->have, hark_pull_have);
  return err ? err : tell_set(p, mailbox, m->again, hark_pull_again);
}

static int tell(hark_maildir *m, hark_pull *p, batch *b) {
  int err = 0;
  entry *end = b->entries + b->n;
  for (entry *e = b->entries; e < end && !err; e++)
    if (e->result) err = tell_mailbox(m, p, e, end);
  m->broken |= b->err != 0;
  if (err || !b->err) return err;
  memcpy(m->error, b->error, sizeof m->error);
  return b->err;
}

/* Nothing but the worker's own writing ends the waiting: a signal does not. */
static bool ended(hark_maildir *m, bool wait) {
  eventfd_t count;
  struct pollfd done = {.fd = m->done, .events = POLLIN};
  while (wait && poll(&done, 1, -1) < 0 && errno == EINTR) {
  }
  if (eventfd_read(m->done, &count)) return false;
  pthread_mutex_lock(&m->mutex); /* all that the worker did is seen from here on */
  pthread_mutex_unlock(&m->mutex);
  return true;
}

int hark_maildir_reap(hark_maildir *m, hark_pull *p, bool wait) {
  int err = 0;
  while (m->work && ended(m, wait)) {
    int told = tell(m, p, m->work);
    if (told && !err) err = told;
    empty(m->work);
    m->spare = m->work, m->work = NULL;
    if (m->wanted) md_start(m);
  }
  return err;
}
