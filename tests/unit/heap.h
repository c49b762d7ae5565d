/* tests/unit/heap.h - a heap for each test, from which nothing is out at the end.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_HEAP_H
#define TESTS_UNIT_HEAP_H
#include "base/mem.h"
#include "failing.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static failing heap;
static mem m;

static int setup(void **state) {
  (void)state;
  heap = (failing){0};
  mem_init(&m, failing_alloc, &heap);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  assert_int_equal(heap.out, 0);
  return 0;
}
#endif
