/* base/mem.h - the caller's allocator, carried along.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_MEM_H
#define HARK_BASE_MEM_H
#include <hark/base.h>

#define mem_init hark__mem_init
#define mem_grow hark__mem_grow
#define mem_free hark__mem_free
#define mem_wipe hark__mem_wipe
#define add_ok hark__add_ok
#define mul_ok hark__mul_ok

typedef struct mem {
  hark_alloc_fn fn;
  void *ud;
} mem;

/* fn NULL: realloc() and free(). */
void mem_init(mem *m, hark_alloc_fn fn, void *ud);
/* Like realloc(), bytes from old_size on are not set; NULL leaves ptr as it was. */
void *mem_grow(const mem *m, void *ptr, size_t old_size, size_t new_size);
void mem_free(const mem *m, void *ptr, size_t size); /* accepts NULL */
/* Overwrites, and no compiler takes that away. */
void mem_wipe(void *ptr, size_t n);

/* false: the result would not fit. */
bool add_ok(size_t a, size_t b, size_t *sum);
bool mul_ok(size_t a, size_t b, size_t *product);
#endif
