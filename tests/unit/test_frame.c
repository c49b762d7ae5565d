/* tests/unit/test_frame.c - wire/frame.c, at every cut of every input.
 * SPDX-License-Identifier: MIT */
#include "wire/frame.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct line_case {
  const char *p;
  size_t n;
  bool text;
  frame_result result;
  size_t pos;
  uint64_t largest;
} line_case;

#define LINE(bytes, free_text, result, pos, largest)                                               \
  { bytes, sizeof bytes - 1, free_text, result, pos, largest }

static const line_case lines[] = {
    LINE("* OK\r\nrest", false, FRAME_DONE, 6, 0),
    LINE("\n", false, FRAME_DONE, 1, 0),
    LINE("no end", false, FRAME_MORE, 6, 0),
    LINE("a {3}\r\nb\nc d\r\n* next\r\n", false, FRAME_DONE, 14, 3),
    LINE("a {3}\nxyz\n", false, FRAME_DONE, 10, 3), /* SEC F-24: LF alone */
    LINE("a {0}\r\n\r\n", false, FRAME_DONE, 9, 0), /* SEC F-01 */
    LINE("a ~{3}\r\nxyz\r\n", false, FRAME_DONE, 13, 3),
    LINE("a {3+}\r\nxyz\r\n", false, FRAME_DONE, 13, 3),
    LINE("a {03}\r\nxyz\r\n", false, FRAME_DONE, 13, 3),
    LINE("a \"{3}\r\nxyz\" b\r\n", false, FRAME_DONE, 16, 3),
    /* A literal whose end looks like a header, and is none: SEC F-05. */
    LINE("a {3}\r\n{9}\r\nb", false, FRAME_DONE, 12, 3),
    LINE("a {2}\r\n{9}\r\nb", false, FRAME_DONE, 12, 2),
    LINE("a {1}\r\n{9}\r\nb", false, FRAME_DONE, 12, 1),
    LINE("a {1}\r\nx{9}\r\n123456789\r\nb", false, FRAME_DONE, 24, 9),
    /* SEC F-04: free text announces nothing. */
    LINE("* OK see {5}\r\nb", true, FRAME_DONE, 14, 0),
    LINE("* OK see {-1}\r\nb", true, FRAME_DONE, 15, 0),
    /* SEC F-02 */
    LINE("a {2147483647}\r\n", false, FRAME_MORE, 16, 2147483647u),
    LINE("a {2147483648}\r\n", false, FRAME_MORE, 16, 2147483648u),
    LINE("a {4294967295}\r\n", false, FRAME_MORE, 16, 4294967295u),
    LINE("a {4294967296}\r\n", false, FRAME_MORE, 16, 4294967296u),
    LINE("a {9223372036854775807}\r\n", false, FRAME_MORE, 25, INT64_MAX),
    LINE("a {9223372036854775808}\r\n", false, FRAME_BROKEN, 0, 0),
    LINE("a {18446744073709551616}\r\n", false, FRAME_BROKEN, 0, 0),
    LINE("a {1111111111222222222233333333334444444444}\r\n", false, FRAME_BROKEN, 0, 0),
    LINE("a {-1}\r\n", false, FRAME_BROKEN, 0, 0),
    LINE("a {}\r\n", false, FRAME_BROKEN, 0, 0),
    LINE("a {+}\r\n", false, FRAME_BROKEN, 0, 0),
    LINE("a {+5}\r\n", false, FRAME_BROKEN, 0, 0),
    LINE("a { 5}\r\n", false, FRAME_BROKEN, 0, 0),
    LINE("a {5 }\r\n", false, FRAME_BROKEN, 0, 0),
    LINE("a {5\r\nb", false, FRAME_DONE, 6, 0),
    LINE("a {5}x\r\nb", false, FRAME_DONE, 8, 0),
    LINE("a {5} \r\nb", false, FRAME_DONE, 8, 0),
    LINE("a 5}\r\nb", false, FRAME_DONE, 6, 0),
    LINE("a {b}\r\nb", false, FRAME_DONE, 7, 0),
    LINE("a {5}}\r\nb", false, FRAME_DONE, 8, 0),
    LINE("}\n", false, FRAME_DONE, 2, 0),
    LINE("5}\n", false, FRAME_DONE, 3, 0),
    LINE("{1}\nx\n", false, FRAME_DONE, 6, 1),
};

/* The input as n bytes of their own, so that a sanitizer sees a read past them. */
static uint8_t *copy_of(const char *p, size_t n) {
  uint8_t *copy = malloc(n ? n : 1);
  assert_non_null(copy);
  memcpy(copy, p, n);
  return copy;
}

typedef frame_result (*reader)(frame *f, const uint8_t *p, size_t n);

/* The bytes as they come: cut of them first, then step more each time. */
static frame_result in_pieces(reader read, frame *f, hark_str all, size_t cut, size_t step) {
  for (size_t n = cut;; n = n + step < all.n ? n + step : all.n) {
    uint8_t *p = copy_of(all.p, n);
    frame_result r = read(f, p, n);
    free(p);
    if (r != FRAME_MORE || n == all.n) return r;
    assert_true(f->pos <= n);
  }
}

static void check_line(const line_case *c, size_t cut, size_t step) {
  frame f;
  frame_start(&f, c->text);
  assert_int_equal(in_pieces(frame_line, &f, (hark_str){c->p, c->n}, cut, step), c->result);
  if (c->result == FRAME_BROKEN) return;
  assert_int_equal(f.pos, c->pos);
  assert_int_equal(f.largest, c->largest);
}

static void lines_end_where_they_end(void **state) { /* SEC F-02, F-08 */
  (void)state;
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    for (size_t cut = 0; cut <= lines[i].n; cut++) check_line(&lines[i], cut, lines[i].n);
    check_line(&lines[i], 0, 1);
  }
}

typedef struct item_case {
  const char *text;
  bool value, split;
  frame_result result;
  const char *item; /* what pos is behind, or NULL */
  uint32_t depth;
} item_case;

static const item_case items[] = {
    {"UID 7)", false, false, FRAME_DONE, "UID 7", 0},
    {"UID 7 FLAGS ()", false, false, FRAME_DONE, "UID 7", 0},
    {"UID  7 FLAGS ()", false, false, FRAME_DONE, "UID  7", 0},
    {" UID 7 FLAGS ()", false, false, FRAME_DONE, " UID 7", 0},
    {"UID)", false, false, FRAME_DONE, "UID", 0},
    {")", false, false, FRAME_DONE, "", 0},
    {"FLAGS (a (b c) d) UID", false, false, FRAME_DONE, "FLAGS (a (b c) d)", 0},
    {"X \"a) b\\\" (\\\\\" Y", false, false, FRAME_DONE, "X \"a) b\\\" (\\\\\"", 0},
    {"X {5}\r\na) \"( Y", false, false, FRAME_DONE, "X {5}\r\na) \"(", 0},
    {"X {1}\r\n  Y", false, false, FRAME_DONE, "X {1}\r\n ", 0},
    {"X ({1}\r\n( {3}\r\n\"()) Y", false, false, FRAME_DONE, "X ({1}\r\n( {3}\r\n\"())", 0},
    {"BINARY.SIZE[1.2] 5 ", false, false, FRAME_DONE, "BINARY.SIZE[1.2] 5", 0},
    {"BODY[HEADER.FIELDS (DATE FROM)] \"x\" ", false, false, FRAME_DONE,
     "BODY[HEADER.FIELDS (DATE FROM)] \"x\"", 0},
    {"BODY[HEADER.FIELDS (\"a b\" {3}\r\n) c)]<5> NIL)", false, false, FRAME_DONE,
     "BODY[HEADER.FIELDS (\"a b\" {3}\r\n) c)]<5> NIL", 0},
    {"FLAGS ([a b] c) D", false, false, FRAME_DONE, "FLAGS ([a b] c)", 0},
    {"X [a b", false, false, FRAME_DONE, "X [a", 0},
    {"X \\Seen )", false, false, FRAME_DONE, "X \\Seen", 0},
    {"UID 7\r\n", false, false, FRAME_DONE, "UID 7", 0},
    {"UID 7\n", false, false, FRAME_DONE, "UID 7", 0},
    {"\r\n", false, false, FRAME_DONE, "", 0},
    {"\n", false, false, FRAME_DONE, "", 0},
    {"FLAGS (a\r\nb", false, false, FRAME_LINE_END, "FLAGS (a\r\n", 1},
    {"X \"a\r\nb", false, false, FRAME_LINE_END, "X \"a\r\n", 0},
    {"X \"a\\\nb", false, false, FRAME_LINE_END, "X \"a\\\n", 0},
    {"X {}\r\n", false, false, FRAME_BROKEN, NULL, 0},
    {"X (a", false, false, FRAME_MORE, "X (a", 1},
    {"X ((((a", false, false, FRAME_MORE, "X ((((a", 4},
    {"1 2", true, false, FRAME_DONE, "1", 0},
    {"1:3,5", true, true, FRAME_DONE, "1:3", 0},
    {"1:3,5 ", true, false, FRAME_DONE, "1:3,5", 0},
    {"(1,3),5", true, true, FRAME_DONE, "(1,3)", 0},
    {"\"1,3\",5", true, true, FRAME_DONE, "\"1,3\"", 0},
    {"{2}\r\n,,,5", true, true, FRAME_DONE, "{2}\r\n,,", 0},
    {"12\r\n", true, false, FRAME_DONE, "12", 0},
};

static const item_case lists[] = {
    {"(1)(2)", true, false, FRAME_DONE, "(1)", 0},
    {"(1 (2)(3))(4)", true, false, FRAME_DONE, "(1 (2)(3))", 0},
    {"(\")\")(4)", true, false, FRAME_DONE, "(\")\")", 0},
    {"1 (2)", true, false, FRAME_DONE, "1", 0},
    {"1(2)", true, false, FRAME_DONE, "1(2)", 0},
    {")", true, false, FRAME_DONE, "", 0},
    {"((1)", true, false, FRAME_MORE, "((1)", 1},
    {"((1)\r\n", true, false, FRAME_LINE_END, "((1)\r\n", 1},
};

static frame_result whole(frame *f, const uint8_t *p, size_t n) {
  return frame_item(f, p, n, false);
}

static frame_result split(frame *f, const uint8_t *p, size_t n) {
  return frame_item(f, p, n, true);
}

static void check_item(const item_case *c, bool as_lists, size_t cut, size_t step) {
  frame f;
  hark_str all = {c->text, strlen(c->text)};
  frame_start(&f, false);
  f.value = c->value, f.lists = as_lists;
  assert_int_equal(in_pieces(c->split ? split : whole, &f, all, cut, step), c->result);
  if (c->item) assert_int_equal(f.pos, strlen(c->item));
  assert_int_equal(f.depth, c->depth);
}

static void check_items(const item_case *v, size_t count, bool as_lists) {
  for (size_t i = 0; i < count; i++) {
    size_t n = strlen(v[i].text);
    for (size_t cut = 0; cut <= n; cut++) check_item(&v[i], as_lists, cut, n);
    check_item(&v[i], as_lists, 0, 1);
  }
}

static void items_end_where_they_end(void **state) { /* SEC F-05, F-08, F-23 */
  (void)state;
  check_items(items, sizeof items / sizeof *items, false);
  check_items(lists, sizeof lists / sizeof *lists, true);
}

/* SEC F-20: small literals are not looked at again and again.  pos only ever grows, and one
 * call more per byte ends where one call for all does. */
static void many_small_literals(void **state) {
  (void)state;
  enum { COUNT = 100000, EACH = 6 };
  uint8_t *p = malloc(COUNT * EACH + 1);
  assert_non_null(p);
  for (size_t i = 0; i < COUNT; i++) memcpy(p + i * EACH, "{1}\r\nx", EACH);
  p[COUNT * EACH] = '\n';
  frame f;
  frame_start(&f, false);
  size_t before = 0;
  for (size_t n = 0; n <= COUNT * EACH; n++) {
    assert_int_equal(frame_line(&f, p, n), FRAME_MORE);
    assert_true(f.pos >= before && f.pos == n);
    before = f.pos;
  }
  assert_int_equal(frame_line(&f, p, COUNT * EACH + 1), FRAME_DONE);
  assert_int_equal(f.largest, 1);
  free(p);
}

static void a_million_open_lists(void **state) { /* SEC F-18: a counter, no stack */
  (void)state;
  enum { N = 1000000 };
  uint8_t *p = malloc(N);
  assert_non_null(p);
  memset(p, '(', N);
  frame f;
  frame_start(&f, false);
  assert_int_equal(frame_item(&f, p, N, false), FRAME_MORE);
  assert_int_equal(f.depth, N);
  free(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_end_where_they_end),
      cmocka_unit_test(items_end_where_they_end),
      cmocka_unit_test(many_small_literals),
      cmocka_unit_test(a_million_open_lists),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
