/* tests/unit/test_hostile.c - every word that a module reads, in the mouth of a hostile server.
 * SPDX-License-Identifier: MIT */
#include "hostile.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { CLIENT = 48 << 10 }; /* the client, and what it keeps from piece to piece of an answer */

/* Events, window; the old window while a larger one is filled. */
static size_t most_memory(const hark_limits *l) {
  size_t window = l->response + 4096 > l->window ? l->response + 4096 : l->window;
  return (size_t)l->response * 8 + 65536 + 2 * window + CLIENT;
}

static void check(const attack *a, const shape *s, size_t most) {
  if (a->most <= most && a->exists == 7 && !hark_error(a->c)) return;
  print_error("%s%s...: %zu bytes held, %s\n", s->begin, s->unit, a->most, hark_error_text(a->c));
  fail();
}

/* SEC F-18, F-19, F-20: nothing costs more than the limits allow, nor what is said behind it. */
static void beyond_the_limits(void *ud, const shape *s) {
  static const hark_limits limits = {.size = sizeof limits,
                                     .window = 1024,
                                     .response = 2048,
                                     .literal = 512,
                                     .items = 50,
                                     .depth = 5};
  attack a;
  size_t *n = ud;
  attack_begin(&a, &limits);
  attack_shape(&a, s, 3500);
  attack_say(&a, "* 7 EXISTS\r\n", 12);
  check(&a, s, most_memory(&limits));
  attack_end(&a);
  ++*n;
}

static void every_word_at_length(void **state) {
  (void)state;
  size_t n = 0;
  hostile_all(beyond_the_limits, &n);
  assert_true(n > 30000);
}

/* SEC G-01, G-02: two megabytes behind a word that is read whole. */
static void whole(const char *before, const char *word, const char *end) {
  static const char *const units[] = {"a ", "(a) ", "\"\\\\\" ", "{9}\r\n\r\n* 1 BAD "};
  static const hark_limits defaults = {.window = 16384, .response = 1 << 20};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    attack a;
    shape s = {.unit = units[i], .end = end};
    snprintf(s.begin, sizeof s.begin, "%s%s (", before, word);
    attack_begin(&a, NULL);
    attack_shape(&a, &s, 2 << 20);
    attack_say(&a, "* 7 EXISTS\r\n", 12);
    check(&a, &s, most_memory(&defaults));
    attack_end(&a);
  }
}

static void more_than_a_response_may_be(void **state) {
  (void)state;
  for (size_t i = 0; hostile_modules[i]; i++) {
    for (const ext_word *w = hostile_modules[i]->responses; w && w->word; w++)
      whole("* ", w->word, "\r\n");
    for (const ext_word *w = hostile_modules[i]->items; w && w->word; w++)
      whole("* 1 FETCH (UID 1 ", w->word, " UID 1)\r\n");
    for (const ext_word *w = hostile_modules[i]->codes; w && w->word; w++)
      whole("* OK [", w->word, "] x\r\n");
  }
}

/* SEC F-22: what comes in pieces passes through the window, however much there is. */
static void ten_megabytes_in_pieces(void **state) {
  (void)state;
  static const shape shapes[] = {
      {"* SEARCH", " 1", "\r\n"},
      {"* SEARCH", " 1", " (MODSEQ 5)\r\n"},
      {"* SORT", " 4294967295", "\r\n"},
      {"* THREAD ", "(1 (2)(3))", "\r\n"},
      {"* ESEARCH (TAG \"a\") UID ALL 1", ",3:4", " COUNT 5\r\n"},
      {"* ESEARCH (TAG \"a\") UID", " COUNT 1 X (1 2) ADDTO (1 2:3)", "\r\n"},
      {"* ESEARCH (TAG \"a\" MAILBOX b UIDVALIDITY 1) UID X 1", ",yz", "\r\n"},
      {"* VANISHED 1", ",3:4", "\r\n"},
      {"* VANISHED (EARLIER) 1", ",3:4", "\r\n"},
      {"* 1 FETCH (UID 1", " FLAGS (a b) X-GM-LABELS (c)", ")\r\n"},
      {"* 1 FETCH (UID 1", " BODY[] {3}\r\nabc", ")\r\n"},
      {"* 1 FETCH (UID 1 BODY[] {10485760}\r\n", "\r\n* BYE ", ")\r\n"},
      {"* 1 FETCH (UID 1", " BINARY[1] ~{3}\r\nabc BINARY[2] NIL", ")\r\n"},
      {"* 1 UIDFETCH (UID 1", " FLAGS ()", ")\r\n"}};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    attack a;
    attack_begin(&a, NULL);
    attack_shape(&a, &shapes[i], 10 << 20);
    attack_say(&a, "* 7 EXISTS\r\n", 12);
    check(&a, &shapes[i], 160 << 10);
    if (a.malformed) print_error("%s: malformed\n", shapes[i].begin);
    assert_int_equal(a.malformed, 0);
    attack_end(&a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_word_at_length),
                                     cmocka_unit_test(more_than_a_response_may_be),
                                     cmocka_unit_test(ten_megabytes_in_pieces)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
