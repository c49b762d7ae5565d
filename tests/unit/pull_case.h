/* tests/unit/pull_case.h - a play for each test of the pull.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_PULL_CASE_H
#define TESTS_UNIT_PULL_CASE_H
#include "pull_play.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static play t;

static inline int setup(void **state) {
  (void)state;
  play_init(&t);
  return 0;
}

static inline int setup_listening(void **state) {
  setup(state);
  t.config.listen = true;
  return 0;
}

static inline int teardown(void **state) {
  (void)state;
  play_free(&t);
  return 0;
}

#define TEST(name)           cmocka_unit_test_setup_teardown(name, setup, teardown)
#define TEST_LISTENING(name) cmocka_unit_test_setup_teardown(name, setup_listening, teardown)
#endif
