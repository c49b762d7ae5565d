/* wire/chunk.h - a set of numbers below 65536: a list while it is short, else bits.
 * SPDX-License-Identifier: MIT
 *
 * A mailbox whose messages were never deleted is one run; one with a hole behind every message
 * would be a million of them.  So where each run is a single number the list has one word for it,
 * and bits bound what any 65,536 numbers cost to 8 KiB. */
#ifndef HARK_WIRE_CHUNK_H
#define HARK_WIRE_CHUNK_H
#include "base/mem.h"

#define chunk_add    hark__chunk_add
#define chunk_remove hark__chunk_remove
#define chunk_from   hark__chunk_from
#define chunk_nth    hark__chunk_nth
#define chunk_rank   hark__chunk_rank
#define chunk_free   hark__chunk_free

typedef struct run {
  uint16_t first, last;
} run;

typedef struct chunk {
  uint32_t count; /* of numbers; 0: nothing is owned */
  uint16_t high;  /* for the owner: the upper half of its numbers */
  uint16_t n;     /* of runs, sorted and apart from each other; 0: bits, or empty */
  uint16_t cap;   /* room in the list, in words; 0: the only run is in place */
  uint8_t width;  /* words a run: 2, or 1 where each is a single number */
  union {
    uint64_t *bits;
    uint16_t *list;
    uint16_t one[2]; /* first, last */
  } at;
} chunk;

/* 0, or HARK_ERR_NOMEM, and nothing has changed. */
int chunk_add(const mem *m, chunk *c, run r);
int chunk_remove(const mem *m, chunk *c, run r);
/* The run that holds k, from k on, or the next one; false: none. */
bool chunk_from(const chunk *c, uint32_t k, run *r);
uint16_t chunk_nth(const chunk *c, uint32_t i);  /* i < count, from 0 */
uint32_t chunk_rank(const chunk *c, uint32_t k); /* how many are below k, k < 65536 */
void chunk_free(const mem *m, chunk *c);         /* empties it */
#endif
