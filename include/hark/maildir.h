/* hark/maildir.h - a Maildir and its state.  Library: hark-maildir (SQLite).
 * SPDX-License-Identifier: MIT
 *
 * Exactly once: what hark_maildir_reap() reports is on disk and recorded, whatever is
 * killed when; what it does not report leaves nothing behind.  The work may be done in a
 * thread of its own; every call here belongs to the pull's thread. */
#ifndef HARK_MAILDIR_H
#define HARK_MAILDIR_H
#include <hark/pull.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct hark_maildir hark_maildir;

typedef struct hark_maildir_config {
  size_t      size;    /* sizeof(hark_maildir_config) */
  const char *path;    /* of the Maildir; created with cur, new, tmp where it does not exist */
  const char *state;   /* its state; NULL: the file hark.db in it */
  const char *account; /* whose mail: "user@host"; part of each name's hash and of the state's keys */
  bool        crlf;    /* keep the bytes as they come; else CRLF becomes LF, while streaming */
} hark_maildir_config;

/* Opens (creates) the Maildir and its state, finishes what a crash left, rebuilds a deleted
 * state from the files, and locks both until hark_maildir_close(); HARK_ERR_BUSY when another
 * process has them, HARK_ERR_STORE when they cannot be created or used, HARK_ERR_DISK for an
 * error of the disk.  *out is set also on failure (NULL: out of memory), for
 * hark_maildir_error() and hark_maildir_close(). */
HARK_API int  hark_maildir_open(hark_maildir **out, const hark_maildir_config *config);
/* What is not durable yet is undone: the next open leaves nothing of it. */
HARK_API void hark_maildir_close(hark_maildir *m);
/* What opening found and did, a sentence for people ("3 messages of an interrupted pull were
 * finished"), or NULL. */
HARK_API const char *hark_maildir_note(const hark_maildir *m);
/* Valid until the next call.  Before a new cursor is taken: flush, then reap with wait. */
HARK_API int  hark_maildir_cursor(hark_maildir *m, const char *mailbox, hark_cursor *cursor);
/* Takes (copies) a pull event.  HARK_ERR_STORE: not this message (hark_pull_again);
 * HARK_ERR_DISK: nothing can be taken now (flush, stop); HARK_ERR_BUSY: reap first. */
HARK_API int  hark_maildir_put(hark_maildir *m, const hark_pull_event *ev);
HARK_API int  hark_maildir_flush(hark_maildir *m);    /* starts a batch, returns at once */
HARK_API int  hark_maildir_fd(const hark_maildir *m); /* readable: a batch has ended */
/* Tells the pull what is durable (have) and what failed (again); no sync is ever retried. */
HARK_API int  hark_maildir_reap(hark_maildir *m, hark_pull *p, bool wait);
HARK_API const char *hark_maildir_error(const hark_maildir *m); /* sentence with the path */
#ifdef __cplusplus
}
#endif
#endif
