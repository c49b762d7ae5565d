/* hark/pull.h - keeps up with mailboxes.  Library: hark-pull.
 * SPDX-License-Identifier: MIT
 *
 * A pull drives a client: it reads the client's events, issues its commands and
 * tells in its own, fewer events what is new.  Like the client it does no I/O
 * and knows no clock: time comes in as an argument, CLOCK_BOOTTIME in ms.
 *
 *        client events          pull events                durable UIDs
 *   client ------------> [pull] -----------> [maildir] ------------------> [pull]
 *
 * The pull decides what to ask for, the maildir (or another store) when a message is
 * safe; only hark_pull_have() takes a UID off the list of what is missing.
 *
 * Lifetime: a pull event and all it points to live until the next hark_pull_next(), and
 * no longer than a client event would.  Free the pull before its client. */
#ifndef HARK_PULL_H
#define HARK_PULL_H
#include <hark/fetch.h>
#include <hark/set.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct hark_pull hark_pull;

typedef struct hark_pull_config {
  size_t   size;           /* sizeof(hark_pull_config) */
  bool     listen;         /* go on with IDLE when caught up; else end with CAUGHT_UP */
  uint32_t renew_ms;       /* of IDLE, counted from its "+", whatever came since [240000] */
  uint32_t answer_ms;      /* for the answer to DONE [20000] */
  uint32_t silence_ms;     /* within an awaited answer; only its own bytes, or INPROGRESS, count [60000] */
  uint32_t window;         /* bytes told and not yet durable before it asks for and takes no more [8 MiB] */
  uint32_t batch;          /* bytes of bodies asked for in one command [4 MiB] */
  uint32_t flush_messages; /* messages made durable together at most [500] */
  bool     no_id;          /* do not send ID */
} hark_pull_config;

/* What the caller has of a mailbox, stored by the caller.  A set, not a mark: a
 * UID is in have once its message is durably delivered, so a hole (a message the
 * server left out, refused or broke off) stays a hole and is asked for again. */
typedef struct hark_cursor {
  size_t      size;        /* sizeof(hark_cursor) */
  uint32_t    uidvalidity; /* 0: never seen */
  uint64_t    modseq;      /* only as told with HARK_PULL_CAUGHT_UP: nothing below it is missing
                            * except stuck; 0 while anything is */
  const hark_set *have;    /* UIDs; NULL: none; hark_pull_add() copies them */
  const hark_set *stuck;   /* UIDs refused before; asked for last, each on its own */
} hark_cursor;

typedef enum hark_pull_type {
  HARK_PULL_MESSAGE = 1, /* a message begins; uid, flags, time may still be 0 */
  HARK_PULL_DATA,        /* bytes of it */
  HARK_PULL_MESSAGE_END, /* it is whole; uid, flags, time, size are certain now */
  HARK_PULL_ABORT,       /* it will not become whole: the connection ended inside it */
  HARK_PULL_FLUSH,       /* make durable what you have: half the window, flush_messages, 200 ms since the
                          * first that is not, or caught up */
  HARK_PULL_STUCK,       /* the server would not give uid: cond says why */
  HARK_PULL_FLAGS,       /* of uid */
  HARK_PULL_RENUMBERED,  /* UIDVALIDITY changed, or UIDNEXT fell below what is here: have counts no
                          * more, HARK_PULL_SAME follows for each message */
  HARK_PULL_SAME,        /* identity of uid, answered once: hark_pull_have() it is here, hark_pull_again()
                          * fetch it; at most 1,000 are open */
  HARK_PULL_CAUGHT_UP,   /* nothing is missing */
  HARK_PULL_OTHER,       /* client: an event that the pull does not use: alerts, BYE, extensions, CHALLENGE,
                          * LAYER and DONE of the program's own commands */
  HARK_PULL_WAITING,     /* the server wants it slower (cond): for wait_ms nothing is asked for */
  HARK_PULL_FAILED       /* err and why say why, cond where the server did; the last event */
} hark_pull_type;

typedef struct hark_identity { /* what survives a renumbering; NIL where unknown */
  hark_str email_id;   /* EMAILID (RFC 8474) or X-GM-MSGID: alone enough */
  hark_str message_id; /* else this with size and time; when in doubt, a second copy rather than none */
} hark_identity;

typedef struct hark_pull_event {
  int32_t        type;    /* hark_pull_type */
  int32_t        mailbox; /* what hark_pull_add() returned */
  hark_str       mailbox_name;
  uint32_t       uid, uidvalidity;
  uint64_t       size, modseq;
  int64_t        time;
  hark_strs      flags;
  hark_str       bytes, set;
  hark_identity  identity;
  const hark_ev_cond *cond;
  const hark_event   *client;
  int32_t             err;     /* FAILED: hark_err */
  const char         *why;     /* FAILED: a sentence */
  uint32_t            missing; /* messages known and not yet durable, this one included */
  uint32_t            wait_ms; /* WAITING */
} hark_pull_event;

HARK_API hark_pull *hark_pull_new(hark_client *c, const hark_pull_config *config);
HARK_API void       hark_pull_free(hark_pull *p);
HARK_API int        hark_pull_add(hark_pull *p, const char *mailbox, const hark_cursor *since);
HARK_API const hark_pull_event *hark_pull_next(hark_pull *p, uint64_t now_ms);
HARK_API uint64_t   hark_pull_deadline(const hark_pull *p); /* call hark_pull_next() by then */
/* They are durable, or known from before; then call hark_pull_next(). */
HARK_API int        hark_pull_have(hark_pull *p, int mailbox, const char *uids);
/* Delivery failed: ask for them again, after all others.  NULL: the message now being
 * told, whose UID may not be known yet; the rest of it is not told.  With more than 1 GiB of it to
 * come it is STUCK, and FAILED (HARK_ERR_BUSY) follows: nobody can read past it. */
HARK_API int        hark_pull_again(hark_pull *p, int mailbox, const char *uids);
HARK_API void       hark_pull_woke(hark_pull *p, uint64_t now_ms); /* the machine slept: check at once */
/* Asks for nothing more, ends IDLE, sends LOGOUT; a body under way becomes ABORT; then
 * hark_pull_next() gives NULL, also where a FLUSH was due, and within 1.5 s, LOGOUT answered or
 * not, hark_wants() of the client says HARK_CLOSED. */
HARK_API int        hark_pull_stop(hark_pull *p);
#ifdef __cplusplus
}
#endif
#endif
