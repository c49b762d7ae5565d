/* tests/unit/test_arena.c - base/arena.c and base/mem.c.  SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "heap.h"
#include <stdint.h>

static void pieces_are_zeroed_aligned_and_apart(void **state) {
  (void)state;
  arena a;
  unsigned char *p[300];
  arena_init(&a, &m, 1 << 20);
  for (size_t i = 0; i < 300; i++) {
    p[i] = arena_alloc(&a, i);
    assert_non_null(p[i]);
    assert_int_equal((uintptr_t)p[i] % _Alignof(max_align_t), 0);
    for (size_t k = 0; k < i; k++) assert_int_equal(p[i][k], 0);
    memset(p[i], (int)(i & 0xff), i);
  }
  for (size_t i = 0; i < 300; i++) {
    for (size_t k = 0; k < i; k++) assert_int_equal(p[i][k], i & 0xff);
  }
  assert_false(a.failed || a.full);
  arena_free(&a);
}

static void copy_has_a_nul_behind_it(void **state) {
  (void)state;
  arena a;
  arena_init(&a, &m, 1 << 20);
  hark_str s = arena_copy(&a, "ab\0c", 4), none = arena_copy(&a, NULL, 0);
  assert_int_equal(s.n, 4);
  assert_memory_equal(s.p, "ab\0c", 5);
  assert_non_null(none.p);
  assert_int_equal(none.p[0], 0);
  arena_free(&a);
}

static void the_limit_is_hard(void **state) {
  (void)state;
  for (size_t limit = 0; limit < 6000; limit += 97) {
    arena a;
    arena_init(&a, &m, limit);
    while (arena_alloc(&a, 100)) assert_true(heap.out <= limit);
    assert_true(a.full);
    assert_false(a.failed);
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_alloc(&a, SIZE_MAX - 40));
    assert_null(arena_copy(&a, "", SIZE_MAX).p);
    arena_free(&a);
    assert_false(a.full);
  }
}

static void grow_keeps_what_was_there(void **state) {
  (void)state;
  arena a;
  arena_init(&a, &m, 1 << 20);
  uint32_t *v = NULL;
  size_t cap = 0;
  for (uint32_t i = 0; i < 5000; i++) {
    v = arena_grow(&a, v, sizeof *v, &cap, i + 1);
    assert_non_null(v);
    assert_true(cap > i);
    assert_int_equal(v[i], 0);
    v[i] = i * 7;
  }
  for (uint32_t i = 0; i < 5000; i++) assert_int_equal(v[i], i * 7);
  size_t huge = SIZE_MAX / 4 + 1;
  assert_null(arena_grow(&a, v, sizeof *v, &cap, SIZE_MAX));
  assert_null(arena_grow(&a, v, 16, &cap, huge));
  assert_true(a.full);
  arena_free(&a);
}

static void steady_state_allocates_nothing(void **state) {
  (void)state;
#ifdef HARK_EXACT_ARENA
  skip();
#endif
  arena a;
  arena_init(&a, &m, 1 << 20);
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 80; i++) assert_non_null(arena_alloc(&a, 100));
    arena_reset(&a);
  }
  long before = heap.calls;
  for (int round = 0; round < 100; round++) {
    for (int i = 0; i < 80; i++) assert_non_null(arena_alloc(&a, 100));
    arena_reset(&a);
  }
  assert_int_equal(heap.calls, before);
  assert_non_null(arena_alloc(&a, 200000));
  arena_reset(&a);
  assert_true(heap.out <= 16384);
  arena_free(&a);
  assert_int_equal(heap.out, 0);
  assert_non_null(arena_alloc(&a, 1));
  arena_free(&a);
}

static void running_out_is_remembered(void **state) { /* SEC F-31 */
  (void)state;
  arena a;
  arena_init(&a, &m, 1 << 20);
  heap.fail_at = 1;
  assert_null(arena_alloc(&a, 1));
  assert_true(a.failed);
  assert_non_null(arena_alloc(&a, 1));
  assert_true(a.failed);
  arena_reset(&a);
  assert_false(a.failed);
  arena_free(&a);
}

static void sums_and_products_that_do_not_fit(void **state) {
  (void)state;
  size_t n;
  assert_true(add_ok(SIZE_MAX - 1, 1, &n) && n == SIZE_MAX);
  assert_false(add_ok(SIZE_MAX, 1, &n));
  assert_true(mul_ok(0, SIZE_MAX, &n) && n == 0);
  assert_true(mul_ok(SIZE_MAX, 0, &n) && n == 0);
  assert_true(mul_ok(SIZE_MAX / 2, 2, &n));
  assert_false(mul_ok(SIZE_MAX / 2 + 1, 2, &n));
}

static void libc_is_the_default(void **state) {
  (void)state;
  mem libc;
  mem_init(&libc, NULL, &heap);
  char *p = mem_grow(&libc, NULL, 0, 3);
  assert_non_null(p);
  memcpy(p, "ab", 3);
  p = mem_grow(&libc, p, 3, 5000);
  assert_non_null(p);
  assert_string_equal(p, "ab");
  mem_wipe(p, 5000);
  assert_int_equal(p[0] | p[1] | p[4999], 0);
  mem_wipe(NULL, 0);
  mem_free(&libc, p, 5000);
  mem_free(&libc, NULL, 0);
}

static void errors_have_names_and_sentences(void **state) {
  (void)state;
  assert_string_equal(hark_err_name(HARK_OK), "HARK_OK");
  assert_string_equal(hark_err_name(HARK_ERR_HOST), "HARK_ERR_HOST");
  assert_string_equal(hark_err_text(HARK_ERR_HOST), "host not found");
  for (int err = -40; err < 3; err++) {
    assert_non_null(hark_err_name(err));
    assert_non_null(hark_err_text(err));
  }
  assert_string_equal(hark_err_text(12345), "unknown error");
  assert_true(strchr(hark_version(), '.') != NULL);
  hark_config c;
  memset(&c, 0xff, sizeof c);
  hark_config_init(&c);
  assert_int_equal(c.size, sizeof c);
  assert_true(!c.alloc && !c.log && !c.flags && !c.limits);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(pieces_are_zeroed_aligned_and_apart, setup, teardown),
      cmocka_unit_test_setup_teardown(copy_has_a_nul_behind_it, setup, teardown),
      cmocka_unit_test_setup_teardown(the_limit_is_hard, setup, teardown),
      cmocka_unit_test_setup_teardown(grow_keeps_what_was_there, setup, teardown),
      cmocka_unit_test_setup_teardown(steady_state_allocates_nothing, setup, teardown),
      cmocka_unit_test_setup_teardown(running_out_is_remembered, setup, teardown),
      cmocka_unit_test(sums_and_products_that_do_not_fit),
      cmocka_unit_test(libc_is_the_default),
      cmocka_unit_test(errors_have_names_and_sentences),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
