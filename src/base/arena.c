/* base/arena.c - memory of the events of one response, a chain of blocks that double.
 * SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include <stdalign.h>
#include <string.h>

/* Bytes of a block, header included.  HARK_EXACT_ARENA: a block for each piece, so that tests see
 * each one fail, and AddressSanitizer where each one ends. */
#ifdef HARK_EXACT_ARENA
enum { FIRST = 0, LARGEST = 0, KEPT = 0 };
#else
enum { FIRST = 2048, LARGEST = 65536, KEPT = 16384 };
#endif

struct arena_block {
  struct arena_block *older;
  size_t size; /* header included */
  alignas(max_align_t) unsigned char data[];
};
enum { HEADER = offsetof(struct arena_block, data) };

void arena_init(arena *a, const mem *m, size_t limit) { *a = (arena){.mem = m, .limit = limit}; }

static size_t next_size(const arena *a, size_t n) {
  size_t size = a->blocks ? a->blocks->size * 2 : FIRST;
  if (size > LARGEST) size = LARGEST;
  if (size < n) size = n;
  size_t left = a->limit - a->total;
  return size <= left ? size : n <= left ? left : 0;
}

/* Room for n bytes behind those used of the newest block. */
static bool more(arena *a, size_t n) {
  size_t need;
  size_t size = add_ok(n, HEADER, &need) ? next_size(a, need) : 0;
  if (!size) return a->full = true, false;
  struct arena_block *b = mem_grow(a->mem, NULL, 0, size);
  if (!b) return a->failed = true, false;
  *b = (struct arena_block){.older = a->blocks, .size = size};
  a->blocks = b;
  a->used = HEADER;
  a->total += size;
  return true;
}

static void *take(arena *a, size_t n) {
  size_t rounded;
  if (!add_ok(n, alignof(max_align_t) - 1, &rounded)) return a->full = true, NULL;
  rounded &= ~(alignof(max_align_t) - 1);
  if (!a->blocks || rounded > a->blocks->size - a->used) {
    if (!more(a, rounded)) return NULL;
  }
  a->used += rounded;
  return (unsigned char *)a->blocks + a->used - rounded;
}

void *arena_alloc(arena *a, size_t n) {
  void *p = take(a, n);
  return p && n ? memset(p, 0, n) : p;
}

hark_str arena_copy(arena *a, const void *p, size_t n) {
  size_t with_nul;
  char *copy = add_ok(n, 1, &with_nul) ? take(a, with_nul) : NULL;
  if (!copy) return (hark_str){0};
  if (n) memcpy(copy, p, n);
  copy[n] = 0;
  return (hark_str){copy, n};
}

void *arena_grow(arena *a, void *v, size_t size, size_t *cap, size_t count) {
  if (count <= *cap) return v;
  size_t doubled = *cap ? *cap : 4, bytes;
  while (doubled < count) {
    if (!mul_ok(doubled, 2, &doubled)) return a->full = true, NULL;
  }
  if (!mul_ok(doubled, size, &bytes)) return a->full = true, NULL;
  void *grown = arena_alloc(a, bytes);
  if (!grown) return NULL;
  if (v) memcpy(grown, v, *cap * size);
  *cap = doubled;
  return grown;
}

static void drop(arena *a, struct arena_block *b) {
  a->total -= b->size;
  mem_free(a->mem, b, b->size);
}

void arena_reset(arena *a) {
  if (a->used <= HEADER && !a->failed && !a->full) return; /* as it was */
  struct arena_block *kept = NULL;
  for (struct arena_block *b = a->blocks, *older; b; b = older) {
    older = b->older;
    if (!kept && b->size <= KEPT) {
      kept = b;
    } else {
      drop(a, b);
    }
  }
  if (kept) kept->older = NULL;
  a->blocks = kept;
  a->used = HEADER;
  a->failed = a->full = false;
}

void arena_free(arena *a) {
  arena_reset(a);
  if (a->blocks) drop(a, a->blocks);
  a->blocks = NULL;
}
