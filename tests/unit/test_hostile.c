/* tests/unit/test_hostile.c - every word that a module reads, in the mouth of a hostile server.
 * SPDX-License-Identifier: MIT */
#include "hostile.h"
#include <hark/ext/enable.h>
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

/* Signed in, with so many commands that wait. */
static void busy(attack *a, size_t n) {
  static const char hi[] = "* PREAUTH [CAPABILITY IMAP4rev1 ENABLE] hi\r\n";
  hark_config config;
  hark_config_init(&config);
  *a = (attack){0};
  config.alloc = attack_alloc, config.alloc_ud = a;
  a->c = hark_new(&config);
  assert_non_null(a->c);
  attack_say(a, hi, sizeof hi - 1);
  while (n--) assert_true(hark_noop(a->c) > 0);
}

/* SEC G-11: what waits here is not gone through for each line that comes. */
static void lines_while_many_wait(void **state) {
  (void)state;
  attack a;
  shape s = {"", "* 3 EXISTS\r\n* OK x\r\n", "* 7 EXISTS\r\n"};
  busy(&a, 100000);
  attack_shape(&a, &s, 4 << 20);
  assert_int_equal(hark_error(a.c), 0);
  assert_true(a.events > 100000);
  assert_int_equal(hark_inflight(a.c), 100000);
  attack_end(&a);
}

/* SEC G-03: what nobody asked to be enabled is not looked for among thousands. */
static void many_are_enabled(void **state) {
  (void)state;
  attack a;
  char name[8];
  busy(&a, 0);
  assert_true(hark_enable(a.c, "X") > 0);
  for (int line = 0; line < 40; line++) {
    attack_say(&a, "* ENABLED", 9);
    for (int i = 0; i < 60000; i++)
      attack_say(&a, name,
                 (size_t)snprintf(name, sizeof name, " %c%c", 'A' + i % 26, 'A' + i / 26 % 26));
    attack_say(&a, "\r\n", 2);
  }
  assert_true(hark_enabled(a.c, "AA"));
  assert_false(hark_enabled(a.c, "ZZ"));
  attack_end(&a);
}

/* A byte of it is so many bytes, all alike: a bomb, or nothing at all. */
typedef struct bomb {
  hark_layer base;
  size_t times, due;
  uint8_t byte;
} bomb;

static int explode(hark_layer *self, hark_in *in, hark_out *out) {
  bomb *b = (bomb *)self;
  for (; out->n && (b->due || in->n); out->p++, out->n--, b->due--) {
    while (!b->due && in->n) b->byte = *in->p++, in->n--, b->due = b->byte == '!' ? b->times : 1;
    if (!b->due) return 0;
    *out->p = b->byte;
  }
  return 0;
}

static int pass(hark_layer *self, hark_in *in, hark_out *out) {
  (void)self;
  size_t n = in->n < out->n ? in->n : out->n;
  if (n) memcpy(out->p, in->p, n);
  in->p += n, in->n -= n, out->p += n, out->n -= n;
  return 0;
}

static void bomb_free(hark_layer *self) { free(self); }

static void compressed(attack *a, size_t times) {
  static const hark_layer_ops ops = {.size = sizeof ops,
                                     .kind = HARK_LAYER_DEFLATE,
                                     .decode = explode,
                                     .encode = pass,
                                     .free = bomb_free};
  static const char hi[] = "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n";
  hark_config config;
  hark_config_init(&config);
  *a = (attack){0};
  config.alloc = attack_alloc, config.alloc_ud = a;
  a->c = hark_new(&config);
  bomb *b = calloc(1, sizeof *b);
  if (!a->c || !b) abort();
  b->base.ops = &ops, b->times = times;
  assert_int_equal(hark_push_layer(a->c, &b->base), 0);
  attack_say(a, hi, sizeof hi - 1);
}

/* SEC G-09: it counts as what it becomes, and comes through a window of its own size. */
static void a_bomb(void **state) {
  (void)state;
  static const hark_limits defaults = {.window = 16384, .response = 1 << 20};
  attack a;
  compressed(&a, 100 << 20);
  attack_say(&a, "* OK !\r\n", 8);
  assert_int_equal(a.malformed, 1);
  attack_say(&a, "* LIST () NIL \"!\"\r\n* NO (\r\n", 28);
  assert_int_equal(a.malformed, 2);
  assert_int_equal(hark_error(a.c), 0);
  assert_true(a.most <= most_memory(&defaults) + 16384);
  attack_end(&a);
}

/* SEC G-10 */
static void compressed_nothing(void **state) {
  (void)state;
  attack a;
  shape nothing = {"", "!", ""};
  compressed(&a, 0);
  attack_shape(&a, &nothing, 65536);
  attack_say(&a, "* OK x\r\n", 8);
  attack_shape(&a, &nothing, 65536);
  assert_int_equal(hark_error(a.c), 0);
  attack_say(&a, "!", 1);
  assert_int_equal(hark_error(a.c), HARK_ERR_LAYER);
  attack_end(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_word_at_length),    cmocka_unit_test(more_than_a_response_may_be),
      cmocka_unit_test(ten_megabytes_in_pieces), cmocka_unit_test(lines_while_many_wait),
      cmocka_unit_test(many_are_enabled),        cmocka_unit_test(a_bomb),
      cmocka_unit_test(compressed_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
