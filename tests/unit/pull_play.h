/* tests/unit/pull_play.h - a pull, a client and a fake server, under virtual time.
 * SPDX-License-Identifier: MIT
 *
 *   server ==bytes==> client --events--> pull --events--> the store in here
 *
 * Every event is checked as it comes: messages are whole and byte for byte what the server holds,
 * none is told inside another, FAILED is the last, and a deadline lies ahead whenever the pull
 * has nothing more to say. */
#ifndef TESTS_UNIT_PULL_PLAY_H
#define TESTS_UNIT_PULL_PLAY_H
#include "pull_server.h"
#include <hark/command.h>
#include <hark/pull.h>
#include <hark/set.h>

enum { SECOND = 1000, MINUTE = 60000, HOUR = 3600000 };

typedef struct play_open { /* told and not durable */
  uint32_t uid, bytes;
  unsigned key;
} play_open;

typedef struct play {
  server s;
  hark_client *c;
  hark_pull *p;
  hark_pull_config config;
  uint64_t now;

  /* the line */
  size_t delivered, limit, chunk; /* bytes of s.out: so far, at most, at once */
  bool cut;                       /* nothing passes any more, either way, without a word */
  bool eof_told;
  size_t round_trips; /* flights of the client that an answer followed */

  /* the store */
  bool slow;      /* FLUSH makes nothing durable: play_durable() does */
  bool late_same; /* SAME is not answered: play_answer_same() does */
  bool flush_fails;
  uint64_t room;     /* of what is announced as larger nothing is taken; 0: there is enough */
  uint32_t fail_uid; /* at its end, so often */
  int fail_times;
  size_t fail_inside; /* so many messages are given back at their first byte, by NULL */
  hark_set *have, *stuck, *asked_same;
  play_open *open;
  size_t nopen;
  uint64_t open_bytes, open_most;
  unsigned *copies; /* by key: told whole and made durable */
  unsigned *known;  /* by key: delivered before this connection */
  size_t nkeys;

  /* what was told */
  size_t messages, aborts, flushes, caught_ups, stucks, renumbereds, sames, flags, faileds, others,
      waits;
  size_t calls; /* of hark_pull_next(), in all */
  int err;
  char why[400];
  uint32_t wait_ms; /* of the last WAITING */
  int stuck_verdict;
  char stuck_text[200];

  /* the message being told */
  bool inside;
  char *bytes;
  size_t nbytes, bytes_cap;
} play;

void play_init(play *t); /* the server is empty; nothing has been said */
/* Signs in and pulls INBOX with these UIDs here already. */
void play_start(play *t, uint32_t uidvalidity, const char *have, const char *stuck);
void play_end(play *t); /* the connection; the server and the store stay */
void play_free(play *t);
void play_run(play *t);                   /* until nothing moves any more */
void play_wait(play *t, uint64_t ms);     /* so long; the pull is called at its deadlines */
void play_durable(play *t, size_t n);     /* the first n of what is open */
void play_answer_same(play *t, size_t n); /* the first n of what is open: not known here */
unsigned play_copies(const play *t, unsigned key);
void play_fill(play *t, size_t n);      /* messages that the server has */
void play_add(play *t, size_t n, uint32_t size); /* the same, of a size */
void play_spoil(play *t, uint32_t uid, fate f, int times); /* how the server gives it, so often */
void play_all(play *t);                 /* starts with nothing here, and runs */
void play_ended_well(const play *t);    /* CAUGHT_UP, LOGOUT, closed */
void play_listening(play *t, size_t n); /* which are here already; the pull listens */
void play_failed_with(const play *t, int err, const char *why);
uint64_t play_until_failed(play *t, uint64_t most); /* how long that takes, to the second */
bool play_all_here(const play *t); /* each message of the server exactly once */
#endif
