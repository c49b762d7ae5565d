/* base/mem.c - the caller's allocator, or libc's; the only file that names malloc's family.
 * SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include <assert.h>
#include <stdlib.h>

static void *libc_alloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
  (void)ud, (void)old_size;
  if (new_size) return realloc(ptr, new_size);
  free(ptr);
  return NULL;
}

void mem_init(mem *m, hark_alloc_fn fn, void *ud) {
  m->fn = fn ? fn : libc_alloc;
  m->ud = fn ? ud : NULL;
}

void *mem_grow(const mem *m, void *ptr, size_t old_size, size_t new_size) {
  assert(new_size);
  return m->fn(m->ud, ptr, old_size, new_size);
}

void mem_free(const mem *m, void *ptr, size_t size) {
  if (ptr) m->fn(m->ud, ptr, size, 0);
}

/* Writes to volatile memory are made even when nobody reads it again. */
void mem_wipe(void *ptr, size_t n) {
  for (volatile unsigned char *p = ptr; n; n--) *p++ = 0;
}

bool add_ok(size_t a, size_t b, size_t *sum) {
  *sum = a + b;
  return *sum >= a;
}

bool mul_ok(size_t a, size_t b, size_t *product) {
  *product = a * b;
  return !a || *product / a == b;
}
