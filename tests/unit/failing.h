/* tests/unit/failing.h - an allocator that counts what is out and fails when told.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_FAILING_H
#define TESTS_UNIT_FAILING_H
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct failing {
  long calls;    /* that grew something */
  long fail_at;  /* the call that fails, from 1; 0: none */
  bool for_good; /* and all behind it */
  size_t out;    /* bytes not given back */
} failing;

/* Always moves and wipes what it leaves, so that a stale pointer reads rubbish. */
static inline void *failing_alloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
  failing *f = ud;
  if (new_size) {
    f->calls++;
    bool fails = f->fail_at && (f->for_good ? f->calls >= f->fail_at : f->calls == f->fail_at);
    if (fails) return NULL;
  }
  void *moved = new_size ? malloc(new_size) : NULL;
  if (new_size) memset(moved, 0xa5, new_size);
  if (moved && ptr) memcpy(moved, ptr, old_size < new_size ? old_size : new_size);
  if (ptr) memset(ptr, 0x5a, old_size);
  free(ptr);
  f->out = f->out - (ptr ? old_size : 0) + new_size;
  return moved;
}
#endif
