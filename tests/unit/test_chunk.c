/* tests/unit/test_chunk.c - wire/chunk.c, against a plain array of bools.
 * SPDX-License-Identifier: MIT */
#include "failing.h"
#include "wire/chunk.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { NUMBERS = 65536 };

static failing heap;
static mem memory;
static chunk c;
static bool model[NUMBERS];

static int setup(void **state) {
  (void)state;
  heap = (failing){0};
  mem_init(&memory, failing_alloc, &heap);
  memset(model, 0, sizeof model);
  c = (chunk){.high = 7};
  return 0;
}

static int teardown(void **state) {
  (void)state;
  chunk_free(&memory, &c);
  assert_int_equal(c.high, 7);
  assert_int_equal(heap.out, 0);
  return 0;
}

static void change(bool adds, uint32_t first, uint32_t last) {
  run r = {(uint16_t)first, (uint16_t)last};
  assert_int_equal((adds ? chunk_add : chunk_remove)(&memory, &c, r), 0);
  for (uint32_t n = first; n <= last; n++) model[n] = adds;
}

static void compare(void) {
  uint32_t count = 0, k = 0;
  run r;
  for (; chunk_from(&c, k, &r); k = (uint32_t)r.last + 1) {
    for (; k < r.first; k++) assert_false(model[k]);
    assert_int_equal(chunk_rank(&c, k), count);
    assert_int_equal(chunk_nth(&c, count), r.first);
    for (; k <= r.last; k++, count++) assert_true(model[k]);
    assert_int_equal(chunk_nth(&c, count - 1), r.last);
    assert_int_equal(chunk_rank(&c, r.last), count - 1);
  }
  for (; k < NUMBERS; k++) assert_false(model[k]);
  assert_int_equal(c.count, count);
  assert_true(heap.out <= 9000);
}

static unsigned next_random(unsigned *seed) { return (*seed = *seed * 1103515245u + 12345u) >> 8; }

/* Steps of few numbers keep it in runs, many make bits of it, wide ones make runs of those. */
static void at_random(void **state) {
  (void)state;
  static const uint32_t widths[] = {1, 2, 3, 500, 20000};
  unsigned seed = 3;
  for (unsigned phase = 0; phase < 40; phase++) {
    uint32_t width = widths[next_random(&seed) % 5];
    bool adds = next_random(&seed) % 2;
    for (unsigned step = 0; step < 5000 / width + 20; step++) {
      uint32_t first = next_random(&seed) % NUMBERS;
      uint32_t last = first + next_random(&seed) % width;
      change(next_random(&seed) % 8 ? adds : !adds, first, last < NUMBERS ? last : NUMBERS - 1);
    }
    compare();
  }
}

static void edges(void **state) {
  (void)state;
  compare();
  change(false, 0, 65535);
  change(true, 65535, 65535);
  change(true, 0, 0);
  compare();
  change(true, 0, 65535);
  compare();
  assert_int_equal(c.n, 1);
  change(false, 1, 65534);
  compare();
  run r;
  assert_true(chunk_from(&c, 1, &r) && r.first == 65535 && r.last == 65535);
  assert_false(chunk_from(&c, 65536, &r));
  change(true, 10, 20);
  assert_true(chunk_from(&c, 15, &r) && r.first == 15 && r.last == 20);
}

static void runs_and_bits_and_back(void **state) {
  (void)state;
  for (uint32_t n = 0; n < NUMBERS; n += 2) change(true, n, n);
  assert_int_equal(c.n, 0);
  compare();
  for (uint32_t n = 1; n < NUMBERS; n += 2) change(true, n, n);
  compare();
  assert_int_equal(c.n, 1);
  for (uint32_t n = 0; n < NUMBERS; n += 2) change(false, n, n);
  compare();
  for (uint32_t n = 1; n < NUMBERS; n += 2) change(false, n, n);
  assert_int_equal(heap.out, 0);
  compare();
}

/* The list goes from one word to two and back, at any length. */
static void single_numbers(void **state) {
  (void)state;
  for (uint32_t n = 0; n < NUMBERS; n += 16) {
    change(true, n, n);
    assert_int_equal(c.n, n / 16 + 1);
    if (n < 512) assert_in_range(heap.out, 0, 2 * (c.n + c.n / 4 + 16));
    if (!n || n % 512) continue;
    change(true, n + 1, n + 1);
    compare();
    change(false, n, n);
    compare();
    change(true, n, n);
    change(false, n + 1, n + 1);
    compare();
    if (!c.n) break; /* it was too long for two words */
  }
  assert_int_equal(c.count, 2049);
  for (uint32_t n = 0; n < NUMBERS; n += 16) change(true, n, n);
  compare();
  assert_int_equal(c.n, 0);
}

static void single_numbers_and_their_neighbours(void **state) {
  (void)state;
  for (uint32_t n = 0; n < NUMBERS; n += 16) change(true, n, n);
  assert_int_equal(c.n, 4096);
  assert_true(heap.out <= 9000);
  compare();
  change(false, 32, 32);
  assert_int_equal(c.n, 4095);
  change(true, 47, 47); /* touches 48 */
  assert_int_equal(c.n, 0);
  compare();
}

/* Nothing changes where memory lacks, and bits that cannot become runs stay. */
static void every_allocation_failing(void **state) { /* SEC F-31 */
  (void)state;
  for (uint32_t n = 0; n < 20000; n += 2) {
    heap.calls = 0, heap.fail_at = 1;
    run r = {(uint16_t)n, (uint16_t)n};
    int err = chunk_add(&memory, &c, r);
    assert_true(!err || err == HARK_ERR_NOMEM);
    if (err) compare();
    heap.fail_at = 0;
    change(true, n, n);
  }
  heap = (failing){.out = heap.out, .fail_at = 1, .for_good = true};
  for (uint32_t n = 0; n < 20000; n += 2) change(false, n, n);
  compare();
}

static void splitting_a_run_without_memory(void **state) { /* SEC F-31 */
  (void)state;
  for (uint32_t n = 0; n < 2048; n++) change(true, 4 * n, 4 * n + 2);
  assert_int_equal(c.n, 2048);
  heap.calls = 0, heap.fail_at = 1;
  assert_int_equal(chunk_remove(&memory, &c, (run){401, 401}), HARK_ERR_NOMEM);
  compare();
  change(false, 401, 401);
  assert_int_equal(c.n, 0);
  compare();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(edges, setup, teardown),
      cmocka_unit_test_setup_teardown(at_random, setup, teardown),
      cmocka_unit_test_setup_teardown(runs_and_bits_and_back, setup, teardown),
      cmocka_unit_test_setup_teardown(single_numbers, setup, teardown),
      cmocka_unit_test_setup_teardown(single_numbers_and_their_neighbours, setup, teardown),
      cmocka_unit_test_setup_teardown(every_allocation_failing, setup, teardown),
      cmocka_unit_test_setup_teardown(splitting_a_run_without_memory, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
