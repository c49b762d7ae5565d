/* tests/wire_play.h - plays a transcript on a client.  SPDX-License-Identifier: MIT */
#ifndef TESTS_WIRE_PLAY_H
#define TESTS_WIRE_PLAY_H
#include "wire_print.h"
#include "wire_script.h"

typedef enum cut_kind { CUT_NONE, CUT_EVERYWHERE, CUT_AT } cut_kind;

typedef struct plan { /* one replay */
  cut_kind cut;
  size_t at;       /* CUT_AT: in all that the server says */
  long fail_at;    /* the allocation that fails, from 1; 0: none */
  bool for_good;   /* and all behind it */
  uint32_t window; /* limits.window; 0: the script's */
} plan;

typedef struct outcome {
  text events;      /* what happened, to compare with the script's events */
  size_t before;    /* bytes of it that came before memory ran out was told */
  long allocations; /* how many there were */
  bool nomem;       /* HARK_ERR_NOMEM was told */
  const char *flaw; /* a rule that holds for every replay was broken; NULL: none */
} outcome;

outcome play(const script *s, const plan *p);
#endif
