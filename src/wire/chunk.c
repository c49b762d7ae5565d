/* wire/chunk.c - a set of numbers below 65536: runs while they are few, else bits.
 * SPDX-License-Identifier: MIT */
#include "wire/chunk.h"
#include <assert.h>
#include <string.h>

enum {
  NUMBERS = 65536,
  WORD = 64,
  WORDS = NUMBERS / WORD,
  RUNS_MOST = 2048, /* as large as the bits */
  RUNS_FEW = 1024,  /* bits become runs again where there cannot be more */
  RUNS_FIRST = 8
};

static uint32_t length(run r) { return (uint32_t)r.last - r.first + 1; }
static bool is_bits(const chunk *c) { return !c->n && c->at.bits; }
static const run *runs_of(const chunk *c) { return c->cap ? c->at.runs : &c->at.one; }

void chunk_free(const mem *m, chunk *c) {
  if (is_bits(c))
    mem_free(m, c->at.bits, WORDS * sizeof *c->at.bits);
  else if (c->cap)
    mem_free(m, c->at.runs, c->cap * sizeof *c->at.runs);
  *c = (chunk){.high = c->high};
}

/* --- bits --- */

/* Not the compiler's: it would call a library of its own. */
static uint32_t ones(uint64_t v) {
  v -= v >> 1 & 0x5555555555555555u;
  v = (v & 0x3333333333333333u) + (v >> 2 & 0x3333333333333333u);
  v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  return (uint32_t)(v * 0x0101010101010101u >> 56);
}

/* Those of word w that lie in r. */
static uint64_t mask(run r, size_t w) {
  uint64_t bits = UINT64_MAX;
  if (w == r.first / WORD) bits &= UINT64_MAX << r.first % WORD;
  if (w == r.last / WORD) bits &= UINT64_MAX >> (WORD - 1 - r.last % WORD);
  return bits;
}

static void set_bits(chunk *c, run r) {
  for (size_t w = r.first / WORD; w <= r.last / WORD; w++) {
    uint64_t fresh = mask(r, w) & ~c->at.bits[w];
    c->at.bits[w] |= fresh, c->count += ones(fresh);
  }
}

static void clear_bits(chunk *c, run r) {
  for (size_t w = r.first / WORD; w <= r.last / WORD; w++) {
    uint64_t gone = mask(r, w) & c->at.bits[w];
    c->at.bits[w] &= ~gone, c->count -= ones(gone);
  }
}

/* The first number from k on that is in (is = true) or is not; NUMBERS: none. */
static uint32_t next_bit(const chunk *c, uint32_t k, bool is) {
  for (size_t w = k / WORD; w < WORDS; w++, k = (uint32_t)(w * WORD)) {
    uint64_t bits = (is ? c->at.bits[w] : ~c->at.bits[w]) & UINT64_MAX << k % WORD;
    if (bits) return (uint32_t)(w * WORD) + (uint32_t)__builtin_ctzll(bits);
  }
  return NUMBERS;
}

static bool bits_from(const chunk *c, uint32_t k, run *r) {
  uint32_t first = next_bit(c, k, true);
  if (first == NUMBERS) return false;
  *r = (run){(uint16_t)first, (uint16_t)(next_bit(c, first, false) - 1)};
  return true;
}

static int become_bits(const mem *m, chunk *c) {
  const size_t size = WORDS * sizeof(uint64_t);
  chunk bits = {.high = c->high};
  if (!(bits.at.bits = mem_grow(m, NULL, 0, size))) return HARK_ERR_NOMEM;
  memset(bits.at.bits, 0, size);
  for (size_t i = 0; i < c->n; i++) set_bits(&bits, runs_of(c)[i]);
  chunk_free(m, c);
  *c = bits;
  return 0;
}

/* So many numbers, or so few missing, are at most RUNS_FEW + 1 runs.  No memory: it stays. */
static void become_runs(const mem *m, chunk *c) {
  if (c->count > RUNS_FEW && c->count < NUMBERS - RUNS_FEW) return;
  chunk runs = {.count = c->count, .high = c->high, .cap = RUNS_FEW + 1};
  run r = {0};
  if (!(runs.at.runs = mem_grow(m, NULL, 0, runs.cap * sizeof r))) return;
  for (uint32_t k = 0; bits_from(c, k, &r); k = (uint32_t)r.last + 1) runs.at.runs[runs.n++] = r;
  chunk_free(m, c);
  *c = runs;
}

/* --- runs --- */

/* The first that ends at k or above; n: none. */
static size_t find(const chunk *c, uint32_t k) {
  const run *v = runs_of(c);
  size_t from = 0, to = c->n;
  if (c->n && v[c->n - 1].last < k) return c->n; /* sets are mostly built upwards */
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (v[middle].last < k)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

static int reserve(const mem *m, chunk *c, size_t n) {
  if (n <= c->cap || n == 1) return 0;
  size_t cap = c->cap ? c->cap : RUNS_FIRST;
  while (cap < n) cap *= 2;
  run one = c->at.one, *v = c->cap ? c->at.runs : NULL;
  if (!(v = mem_grow(m, v, c->cap * sizeof *v, cap * sizeof *v))) return HARK_ERR_NOMEM;
  if (!c->cap && c->n) v[0] = one;
  c->at.runs = v, c->cap = (uint16_t)cap;
  return 0;
}

/* A single run gives back what many took; a little room stays, for it comes and goes. */
static void shrink(const mem *m, chunk *c) {
  if (c->n > 1 || c->cap <= RUNS_FIRST) return;
  run one = c->at.runs[0];
  mem_free(m, c->at.runs, c->cap * sizeof one);
  c->at.one = one, c->cap = 0;
}

/* Puts n runs, two at most, in the place of those from .. to. */
static int replace(const mem *m, chunk *c, size_t from, size_t to, const run *with, size_t n) {
  size_t all = c->n - (to - from) + n;
  if (!all) return chunk_free(m, c), 0;
  int err = reserve(m, c, all);
  if (err) return err;
  run *v = c->cap ? c->at.runs : &c->at.one;
  for (size_t i = from; i < to; i++) c->count -= length(v[i]);
  if (c->n > to && from + n != to) memmove(v + from + n, v + to, (c->n - to) * sizeof *v);
  for (size_t i = 0; i < n; i++) v[from + i] = with[i], c->count += length(with[i]);
  c->n = (uint16_t)all;
  shrink(m, c);
  return 0;
}

static int add_run(const mem *m, chunk *c, run r) {
  const run *v = runs_of(c);
  size_t from = find(c, r.first ? r.first - 1u : 0), to = from;
  for (; to < c->n && v[to].first <= r.last + 1u; to++) {
    if (v[to].first < r.first) r.first = v[to].first;
    if (v[to].last > r.last) r.last = v[to].last;
  }
  return replace(m, c, from, to, &r, 1);
}

static int remove_run(const mem *m, chunk *c, run r) {
  const run *v = runs_of(c);
  size_t from = find(c, r.first), to = from, n = 0;
  run kept[2];
  while (to < c->n && v[to].first <= r.last) to++;
  if (from == to) return 0;
  if (v[from].first < r.first) kept[n++] = (run){v[from].first, (uint16_t)(r.first - 1)};
  if (v[to - 1].last > r.last) kept[n++] = (run){(uint16_t)(r.last + 1), v[to - 1].last};
  return replace(m, c, from, to, kept, n);
}

/* --- both --- */

int chunk_add(const mem *m, chunk *c, run r) {
  assert(r.first <= r.last);
  if (c->n == RUNS_MOST && become_bits(m, c)) return HARK_ERR_NOMEM;
  if (!is_bits(c)) return add_run(m, c, r);
  set_bits(c, r);
  become_runs(m, c);
  return 0;
}

int chunk_remove(const mem *m, chunk *c, run r) {
  assert(r.first <= r.last);
  if (c->n == RUNS_MOST && become_bits(m, c)) return HARK_ERR_NOMEM;
  if (!is_bits(c)) return remove_run(m, c, r);
  clear_bits(c, r);
  if (c->count)
    become_runs(m, c);
  else
    chunk_free(m, c);
  return 0;
}

bool chunk_from(const chunk *c, uint32_t k, run *r) {
  if (is_bits(c)) return bits_from(c, k, r);
  size_t i = find(c, k);
  if (i == c->n) return false;
  *r = runs_of(c)[i];
  if (r->first < k) r->first = (uint16_t)k;
  return true;
}

uint16_t chunk_nth(const chunk *c, uint32_t i) {
  assert(i < c->count);
  run r = {0};
  size_t w = 0;
  if (is_bits(c)) { /* words go by without a look at their runs */
    for (uint32_t n; i >= (n = ones(c->at.bits[w])); w++) i -= n;
  }
  for (uint32_t k = (uint32_t)(w * WORD); chunk_from(c, k, &r); k = (uint32_t)r.last + 1) {
    if (i < length(r)) break;
    i -= length(r);
  }
  return (uint16_t)(r.first + i);
}
