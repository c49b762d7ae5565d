/* base/arena.h - memory of the events of one response: given out piece by piece, taken
 * back at once.
 * SPDX-License-Identifier: MIT
 *
 * An arena remembers that it ran out (failed), so that a builder asks once, at its end. */
#ifndef HARK_BASE_ARENA_H
#define HARK_BASE_ARENA_H
#include "base/mem.h"

#define arena_init hark__arena_init
#define arena_alloc hark__arena_alloc
#define arena_copy hark__arena_copy
#define arena_grow hark__arena_grow
#define arena_reset hark__arena_reset
#define arena_free hark__arena_free

struct arena_block;
typedef struct arena {
  const mem *mem;
  struct arena_block *blocks; /* newest first */
  size_t used;                /* of the newest block */
  size_t total, limit;        /* bytes of all blocks; hard upper bound */
  bool failed;                /* out of memory (not: over the limit) at least once since the reset */
  bool full;                  /* over the limit likewise */
} arena;

void arena_init(arena *a, const mem *m, size_t limit);
/* Zeroed, aligned for any type; NULL sets failed or full. */
void *arena_alloc(arena *a, size_t n);
/* A copy with a NUL behind it (not counted in n); {NULL, 0} when it does not fit. */
hark_str arena_copy(arena *a, const void *p, size_t n);
/* An array grown to at least count elements of size bytes: doubles *cap, moves what is
 * there, zeroes the rest.  NULL when it does not fit. */
void *arena_grow(arena *a, void *v, size_t size, size_t *cap, size_t count);
/* Forgets everything; keeps one small block, so that the steady state allocates nothing. */
void arena_reset(arena *a);
void arena_free(arena *a); /* gives all memory back; the arena can be used on */
#endif
