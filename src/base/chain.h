/* base/chain.h - output: a chain of blocks; a block once shown never moves.
 * SPDX-License-Identifier: MIT
 *
 *   front                              back
 *   [acked|shown......|written] -> [written|room]
 *
 * An asynchronous write holds the bytes of chain_front() while more is put behind.  Blocks
 * are wiped when they are given back: commands carry secrets. */
#ifndef HARK_BASE_CHAIN_H
#define HARK_BASE_CHAIN_H
#include "base/mem.h"

#define chain_init hark__chain_init
#define chain_put hark__chain_put
#define chain_room hark__chain_room
#define chain_wrote hark__chain_wrote
#define chain_front hark__chain_front
#define chain_pop hark__chain_pop
#define chain_free hark__chain_free

struct chain_block;
typedef struct chain {
  const mem *mem;
  struct chain_block *front, *back;
  uint64_t put, popped; /* bytes since chain_init() */
} chain;

void chain_init(chain *c, const mem *m);
bool chain_put(chain *c, const void *p, size_t n); /* false: out of memory, nothing was put */
/* Room for at least one byte to be written in place, NULL: out of memory; then
 * chain_wrote() says how much of it was used (0 is allowed). */
uint8_t *chain_room(chain *c, size_t *room);
void chain_wrote(chain *c, size_t n);
/* The oldest bytes that are still there, NULL and 0: none. */
const uint8_t *chain_front(const chain *c, size_t *n);
void chain_pop(chain *c, size_t n); /* n <= what chain_front() showed */
void chain_free(chain *c);          /* wipes; the chain can be used on */
#endif
