/* wire/chunk.c - a set of numbers below 65536: a list while it is short, else bits.
 * SPDX-License-Identifier: MIT */
#include "wire/chunk.h"
#include <assert.h>
#include <string.h>

enum {
  NUMBERS = 65536,
  WORD = 64,
  WORDS = NUMBERS / WORD,
  LIST_MOST = 4096, /* words: as large as the bits */
  LIST_FEW = 2048,  /* bits become a list again where it cannot be longer */
  LIST_FIRST = 8
};

static uint32_t length(run r) { return (uint32_t)r.last - r.first + 1; }
static bool is_bits(const chunk *c) { return !c->n && c->at.bits; }

/* A single number is its own first and last. */
static run run_at(const chunk *c, size_t i) {
  const uint16_t *v = c->cap ? c->at.list + i * c->width : c->at.one;
  return (run){v[0], v[c->cap ? c->width - 1 : 1]};
}

static void put(chunk *c, size_t i, run r) {
  uint16_t *v = c->cap ? c->at.list + i * c->width : c->at.one;
  v[0] = r.first, v[c->cap ? c->width - 1 : 1] = r.last;
}

void chunk_free(const mem *m, chunk *c) {
  if (is_bits(c))
    mem_free(m, c->at.bits, WORDS * sizeof *c->at.bits);
  else if (c->cap)
    mem_free(m, c->at.list, c->cap * sizeof *c->at.list);
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
  for (size_t i = 0; i < c->n; i++) set_bits(&bits, run_at(c, i));
  chunk_free(m, c);
  *c = bits;
  return 0;
}

static size_t count_runs(const chunk *c) {
  size_t n = 0;
  run r;
  for (uint32_t k = 0; bits_from(c, k, &r); k = (uint32_t)r.last + 1) n++;
  return n;
}

/* Where there are so many numbers, or so few missing, that the list is short.  No memory: bits
 * stay. */
static void become_list(const mem *m, chunk *c) {
  if (c->count > LIST_FEW / 2 && c->count < NUMBERS - LIST_FEW / 2) return;
  size_t n = count_runs(c);
  uint8_t width = n == c->count ? 1 : 2;
  chunk list = {.count = c->count, .high = c->high, .width = width};
  list.cap = (uint16_t)(n * width + LIST_FIRST);
  run r = {0};
  if (!(list.at.list = mem_grow(m, NULL, 0, list.cap * sizeof *list.at.list))) return;
  for (uint32_t k = 0; bits_from(c, k, &r); k = (uint32_t)r.last + 1) put(&list, list.n++, r);
  chunk_free(m, c);
  *c = list;
}

/* --- list --- */

/* The first that ends at k or above; n: none. */
static size_t find(const chunk *c, uint32_t k) {
  size_t from = 0, to = c->n;
  if (c->n && run_at(c, c->n - 1u).last < k) return c->n; /* sets are mostly built upwards */
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (run_at(c, middle).last < k)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

/* Room for n runs of that many words; it grows by a quarter. */
static int reserve(const mem *m, chunk *c, size_t n, uint8_t width) {
  size_t words = n * width, cap = c->cap;
  while (cap < words) cap += cap / 4 > LIST_FIRST ? cap / 4 : LIST_FIRST;
  if (cap == c->cap) return 0;
  uint16_t *v = mem_grow(m, c->cap ? c->at.list : NULL, c->cap * sizeof *v, cap * sizeof *v);
  if (!v) return HARK_ERR_NOMEM;
  if (!c->cap) {
    memcpy(v, c->at.one, sizeof c->at.one);
    c->width = 2;
  }
  c->at.list = v, c->cap = (uint16_t)cap;
  return 0;
}

static void set_width(chunk *c, uint8_t width) {
  run r;
  if (width > c->width)
    for (size_t i = c->n; i-- > 0;) {
      r = run_at(c, i);
      c->at.list[2 * i] = r.first, c->at.list[2 * i + 1] = r.last;
    }
  else if (width < c->width)
    for (size_t i = 0; i < c->n; i++) c->at.list[i] = run_at(c, i).first;
  c->width = width;
}

/* A single run gives back what many took; a little room stays, for it comes and goes. */
static void shrink(const mem *m, chunk *c) {
  if (c->n > 1 || c->cap <= 2 * LIST_FIRST) return;
  run one = run_at(c, 0);
  mem_free(m, c->at.list, c->cap * sizeof *c->at.list);
  c->cap = 0;
  put(c, 0, one);
}

/* What stands in the place of the runs from .. to: two at most. */
typedef struct change {
  size_t from, to, n;
  run with[2];
} change;

static size_t runs_after(const chunk *c, const change *to) {
  return c->n - (to->to - to->from) + to->n;
}

static uint8_t width_after(const chunk *c, const change *to) {
  uint32_t numbers = 0;
  for (size_t i = 0; i < to->n; i++) numbers += length(to->with[i]);
  return c->count == c->n && numbers == to->n ? 1 : 2;
}

/* Runs for which there must be room on the way: those that are there are widened first. */
static size_t runs_held(const chunk *c, const change *to) {
  size_t after = runs_after(c, to);
  return after > c->n ? after : c->n;
}

static bool fits(const chunk *c, const change *to) {
  return runs_held(c, to) * width_after(c, to) <= LIST_MOST;
}

static int replace(const mem *m, chunk *c, const change *to) {
  size_t all = runs_after(c, to);
  if (!all) return chunk_free(m, c), 0;
  uint8_t width = width_after(c, to);
  if (c->cap || all > 1) {
    if (reserve(m, c, runs_held(c, to), width)) return HARK_ERR_NOMEM;
    set_width(c, width);
  }
  for (size_t i = to->from; i < to->to; i++) c->count -= length(run_at(c, i));
  size_t behind = (c->n - to->to) * width;
  if (behind && to->from + to->n != to->to)
    memmove(c->at.list + (to->from + to->n) * width, c->at.list + to->to * width,
            behind * sizeof *c->at.list);
  for (size_t i = 0; i < to->n; i++)
    put(c, to->from + i, to->with[i]), c->count += length(to->with[i]);
  c->n = (uint16_t)all;
  shrink(m, c);
  return 0;
}

static change added(const chunk *c, run r) {
  change to = {.from = find(c, r.first ? r.first - 1u : 0), .n = 1};
  for (to.to = to.from; to.to < c->n; to.to++) {
    run old = run_at(c, to.to);
    if (old.first > r.last + 1u) break;
    if (old.first < r.first) r.first = old.first;
    if (old.last > r.last) r.last = old.last;
  }
  to.with[0] = r;
  return to;
}

static change removed(const chunk *c, run r) {
  change to = {.from = find(c, r.first)};
  to.to = to.from;
  while (to.to < c->n && run_at(c, to.to).first <= r.last) to.to++;
  if (to.from == to.to) return to;
  run first = run_at(c, to.from), last = run_at(c, to.to - 1);
  if (first.first < r.first) to.with[to.n++] = (run){first.first, (uint16_t)(r.first - 1)};
  if (last.last > r.last) to.with[to.n++] = (run){(uint16_t)(r.last + 1), last.last};
  return to;
}

/* --- both --- */

int chunk_add(const mem *m, chunk *c, run r) {
  assert(r.first <= r.last);
  if (c->count == NUMBERS) return 0; /* each of 65,536 chunks, when "1:*" is said again and again */
  if (!is_bits(c)) {
    change to = added(c, r);
    if (fits(c, &to)) return replace(m, c, &to);
    if (become_bits(m, c)) return HARK_ERR_NOMEM;
  }
  set_bits(c, r);
  become_list(m, c);
  return 0;
}

int chunk_remove(const mem *m, chunk *c, run r) {
  assert(r.first <= r.last);
  if (!is_bits(c)) {
    change to = removed(c, r);
    if (to.from == to.to) return 0;
    if (fits(c, &to)) return replace(m, c, &to);
    if (become_bits(m, c)) return HARK_ERR_NOMEM;
  }
  clear_bits(c, r);
  if (c->count)
    become_list(m, c);
  else
    chunk_free(m, c);
  return 0;
}

bool chunk_from(const chunk *c, uint32_t k, run *r) {
  if (is_bits(c)) return bits_from(c, k, r);
  size_t i = find(c, k);
  if (i == c->n) return false;
  *r = run_at(c, i);
  if (r->first < k) r->first = (uint16_t)k;
  return true;
}

static uint16_t list_nth(const chunk *c, uint32_t i) {
  size_t at = 0;
  run r;
  if (c->cap && c->width == 1) return c->at.list[i];
  while (i >= length(r = run_at(c, at))) i -= length(r), at++;
  return (uint16_t)(r.first + i);
}

uint16_t chunk_nth(const chunk *c, uint32_t i) {
  assert(i < c->count);
  if (!is_bits(c)) return list_nth(c, i);
  run r = {0};
  size_t w = 0; /* words go by without a look at their runs */
  for (uint32_t n; i >= (n = ones(c->at.bits[w])); w++) i -= n;
  bits_from(c, (uint32_t)(w * WORD), &r);
  while (i >= length(r)) i -= length(r), bits_from(c, r.last + 1u, &r);
  return (uint16_t)(r.first + i);
}

static uint32_t bits_rank(const chunk *c, uint32_t k) {
  uint32_t count = 0;
  for (size_t w = 0; w < k / WORD; w++) count += ones(c->at.bits[w]);
  if (k % WORD) count += ones(c->at.bits[k / WORD] & ~(UINT64_MAX << k % WORD));
  return count;
}

uint32_t chunk_rank(const chunk *c, uint32_t k) {
  if (is_bits(c)) return bits_rank(c, k);
  const bool single = c->cap && c->width == 1;
  size_t at = find(c, k);
  uint32_t count = single ? (uint32_t)at : 0;
  for (size_t i = 0; i < at && !single; i++) count += length(run_at(c, i));
  if (at < c->n && run_at(c, at).first < k) count += k - run_at(c, at).first;
  return count;
}
