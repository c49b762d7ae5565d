/* pull/state.h - the insides of a pull, for pull/ alone.
 * SPDX-License-Identifier: MIT
 *
 *   pull.c   the public calls; drains the client
 *   list.c   what is on the server: EXAMINE, UID SEARCH
 *   ask.c    which bodies are asked for, and when
 *   answer.c FETCH answers become events
 *   same.c   after a renumbering: which messages are known
 *   listen.c IDLE, timers, silence
 *   throttle.c a server that wants us slower
 *
 * Sets of UIDs.  A UID on the server is in exactly one of the first five:
 *
 *   missing --ask--> asked --MESSAGE_END--> told --have()--> have
 *      ^               |                     |
 *      +---- again <---+------- again() -----+        again --3 rounds--> stuck */
#ifndef HARK_PULL_STATE_H
#define HARK_PULL_STATE_H
#include <hark/ext/id.h>
#include <hark/pull.h>
#include <hark/search.h>
#include <hark/set.h>

#define pull_tell         hark__pull_tell
#define pull_fail         hark__pull_fail
#define pull_try          hark__pull_try
#define pull_move         hark__pull_move
#define pull_front        hark__pull_front
#define pull_clear        hark__pull_clear
#define pull_sent         hark__pull_sent
#define pull_open         hark__pull_open
#define pull_examine      hark__pull_examine
#define pull_list         hark__pull_list
#define pull_list_event   hark__pull_list_event
#define pull_ask          hark__pull_ask
#define pull_ask_done     hark__pull_ask_done
#define pull_drained      hark__pull_drained
#define pull_set_aside    hark__pull_set_aside
#define pull_answer_event hark__pull_answer_event
#define pull_abort        hark__pull_abort
#define pull_same_ask     hark__pull_same_ask
#define pull_listen_event hark__pull_listen_event
#define pull_listen       hark__pull_listen
#define pull_timers       hark__pull_timers
#define pull_heard        hark__pull_heard
#define pull_progress     hark__pull_progress
#define pull_came         hark__pull_came
#define pull_end_due      hark__pull_end_due
#define pull_end_idle     hark__pull_end_idle
#define pull_is_throttle  hark__pull_is_throttle
#define pull_throttle     hark__pull_throttle
#define pull_waits        hark__pull_waits

typedef enum pull_phase {
  PULL_OPENING,   /* EXAMINE is queued */
  PULL_LISTING,   /* UID SEARCH is under way */
  PULL_MATCHING,  /* identities after a renumbering */
  PULL_FETCHING,  /* bodies */
  PULL_LISTENING, /* nothing is missing; IDLE, or polling */
  PULL_LEAVING,   /* LOGOUT */
  PULL_OVER
} pull_phase;

enum {
  BATCHES = 2,      /* in flight: one streams, the next is already with the server */
  SINGLES = 8,      /* commands in flight when UIDs are asked one by one */
  ROUNDS = 3,       /* a UID is asked for so often in one connection */
  FIRST_BATCH = 32, /* messages, while nothing is known of their size, and in the second round */
  BATCH_MOST = 1000,
  SINGLE_MOST = 200,
  SET_TEXT = 900, /* RFC 2683 section 3.2.1.5: command lines under 1,000 octets */
  FLUSH_MESSAGES = 500,
  FLUSH_MS = 200,
  SKIP_MOST = 1 << 30, /* bytes of a message that nobody takes, to be read all the same */
  SAME_OPEN = 1000,
  SAME_BATCH = 250,
  EXISTS_MOST = 100000000, /* messages in a mailbox */
  LOOKS = 4,               /* listings in a row, then what is known has its turn */
  LISTED_MORE = 1000000,   /* than EXISTS */
  POLL_MS = 60000,
  WAKE_MS = 10000,       /* for the first answer after the machine slept */
  LEAVE_MS = 5000,       /* for the answer to LOGOUT, and for the end after BYE */
  STOP_MS = 1500,        /* the same where the program is told to end */
  STALL_MS = 600000,     /* for anything that was asked, however much else comes */
  RATE_MS = 60000,       /* within a message, for so much of it: */
  RATE_BYTES = 1024,
  SHORT_IDLE_MS = 10000, /* a server that ends IDLE sooner, SHORT_IDLES times, does not mean it */
  SHORT_IDLES = 3,
  DAY_MS = 86400000,
  ID_TEXT = 512
};

typedef struct batch {
  hark_cmd cmd; /* 0: free */
  hark_set *uids;
} batch;

typedef struct open_message { /* told and not yet durable */
  uint32_t uid;
  uint64_t bytes;
} open_message;

typedef struct message { /* the FETCH being read */
  uint32_t uid;
  uint64_t size, body_size, got;
  int64_t time;
  hark_strs flags;
  bool has_size, has_flags, has_body, told, streams, refused, nil, whole, aside, two_uids;
  char email_id[ID_TEXT], message_id[ID_TEXT];
  size_t email_id_n, message_id_n;
} message;

struct hark_pull {
  hark_client *c;
  hark_pull_config config;
  char *mailbox;
  pull_phase phase;
  uint64_t now;

  hark_set *have, *missing, *asked, *told, *again, *stuck, *listed, *scratch;
  hark_set *found;         /* by the search under way */
  hark_set *unsure, *same; /* identities not yet asked for; told and not answered */
  bool out_of_memory;
  bool past_skipping; /* what is left of m is too much to be read */
  uint32_t uidvalidity, cursor_validity;
  uint32_t uidnext;
  uint64_t exists;
  int round;

  batch batches[SINGLES];
  open_message *open;
  size_t nopen, open_cap;
  uint64_t open_bytes, unflushed_bytes;
  uint32_t unflushed;
  uint64_t unflushed_since;
  uint64_t average; /* bytes a message, running */

  message m;
  char *flag_text; /* flags of m outlive the event they came with */
  hark_str *flag_v;

  hark_cmd id, examine, search, idle, poll, logout;
  bool search_full, search_extended, extended_refused;
  bool search_broken;       /* something that came meanwhile could not be read */
  bool search_answered;     /* if only by an empty list */
  bool list_short;          /* and so the last list lacks messages */
  uint32_t search_from;     /* a check: UIDs below are not new */
  uint64_t search_exists;   /* when it was asked */
  bool list_due, check_due; /* all again; what lies above the highest */
  bool renumbered, caught_up, cursor_stuck_asked;
  int looks;        /* listings since bodies were last asked for */
  bool looks_found; /* something new was in one of them */
  bool relisted;    /* the last listing was a second try */
  int64_t settled;  /* EXISTS less what is listed, which a second look could not explain */
  bool idle_refused, idling, done_asked, stopping, failed;
  bool woken; /* and nothing heard since */
  int short_idles;
  uint64_t idling_since, done_since, heard, heard_at, progress_at, listed_at, polled_at, answer_ms;
  int throttles;      /* steps waited since the last message came */
  uint64_t resume_at; /* nothing is asked for before */
  uint64_t rate_at, rate_bytes; /* of m came since; again from none when that is enough */
  uint64_t end_by;    /* the connection is given up then; 0: it goes on */

  hark_pull_event ev;
  char why[640];
};

/* pull.c */
const hark_pull_event *pull_tell(hark_pull *p, int type); /* p->ev, emptied, with this type */
const hark_pull_event *pull_fail(hark_pull *p, int err, const char *why, const hark_ev_cond *cond);
void pull_try(hark_pull *p, int err); /* a failure is remembered, and ends the pull */
void pull_move(hark_pull *p, hark_set *from, hark_set *to, uint32_t uid);
void pull_clear(hark_set *set);
/* Moves up to count UIDs from the front of a set, as many as a command line holds. */
void pull_front(hark_pull *p, hark_set *from, hark_set *to, uint64_t count);
hark_cmd pull_sent(hark_pull *p, hark_cmd cmd); /* 0: it was not; tried again later */

/* list.c */
void pull_open(hark_pull *p); /* ID and EXAMINE */
void pull_examine(hark_pull *p);
void pull_list(hark_pull *p, bool full);
/* true: the event was meant for it; *out: what is to be told, or NULL. */
bool pull_list_event(hark_pull *p, const hark_event *ev, const hark_pull_event **out);

/* ask.c */
void pull_ask(hark_pull *p);
bool pull_ask_done(hark_pull *p, const hark_event *ev, const hark_pull_event **out);
/* Nothing is missing nor asked for: the next round, STUCK, CAUGHT_UP; NULL: nothing to tell. */
const hark_pull_event *pull_drained(hark_pull *p);

const hark_pull_event *pull_set_aside(hark_pull *p); /* m, which cannot be read past; then FAILED */

/* answer.c */
bool pull_answer_event(hark_pull *p, const hark_event *ev, const hark_pull_event **out);
const hark_pull_event *pull_abort(hark_pull *p); /* of the message being told; NULL: none is */

/* throttle.c */
bool pull_is_throttle(const hark_ev_cond *cond);
/* What was asked for is missing again; FAILED when it has been so too often; NULL: told already. */
const hark_pull_event *pull_throttle(hark_pull *p, const hark_ev_cond *cond);
bool pull_waits(const hark_pull *p);

/* same.c */
void pull_same_ask(hark_pull *p);

/* listen.c */
bool pull_listen_event(hark_pull *p, const hark_event *ev, const hark_pull_event **out);
void pull_listen(hark_pull *p);
void pull_end_idle(hark_pull *p, uint32_t answer_ms);
void pull_heard(hark_pull *p); /* before and after reading: has anything awaited come? */
void pull_progress(hark_pull *p, const hark_event *ev); /* is it what was waited for? */
void pull_came(hark_pull *p, size_t n); /* bytes of the message being told; 0: it begins */
void pull_end_due(hark_pull *p);
const hark_pull_event *pull_timers(hark_pull *p);
#endif
