/* tests/unit/test_wire_same.c - texts that are equal but for case, spaces and quoting.
 * SPDX-License-Identifier: MIT */
#include "../wire_same.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static bool same(const char *a, const char *b) {
  return same_imap((hark_str){a, strlen(a)}, (hark_str){b, strlen(b)});
}

static void equal(void **state) {
  (void)state;
  assert_true(same("A1 select  inbox\r\n", "a1 SELECT \"INBOX\"\r\n"));
  assert_true(same("A1 LOGIN {3+}\r\na\"b {1}\r\nc\r\n", "A1 LOGIN \"a\\\"b\" c"));
  assert_true(same("A1 APPEND x ~{2}\r\n\r\n\r\n", "A1 APPEND x {2+}\r\n\r\n\r\n"));
  assert_true(same("BODY[HEADER.FIELDS (A \"b\")]<0.5>", "body[ header.fields(a b)] <0.5>"));
  assert_true(same("X \" 7-Feb-1994 22:43:04 -0800\"", "X \"07-Feb-1994 22:43:04 -0800\""));
  assert_true(same("", " \r\n"));
}

static void different(void **state) {
  (void)state;
  assert_false(same("A1 NOOP", "A2 NOOP"));
  assert_false(same("A1 NOOP", "A1 NOOP NOOP"));
  assert_false(same("A1 X \"a\"", "A1 X \"A\""));
  assert_false(same("A1 X NIL", "A1 X \"NIL\""));
  assert_false(same("A1 X NIL", "A1 X \"\""));
  assert_false(same("A1 X (1 2)", "A1 X ((1) 2)"));
  assert_false(same("A1 X {3}\r\nabc", "A1 X {4}\r\nabcd"));
  assert_false(same("A1 X ab", "A1 X a b"));
  assert_false(same("X \" 7-Feb-1994 22:43:04 -0800\"", "X \"17-Feb-1994 22:43:04 -0800\""));
  assert_false(same("X \" a\"", "X \"0a\""));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(equal), cmocka_unit_test(different)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
