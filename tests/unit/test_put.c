/* tests/unit/test_put.c - wire/put.c: whatever is put, one command leaves.
 * SPDX-License-Identifier: MIT */
#include "heap.h"
#include "wire/put.h"
#include "wire/scan.h"
#include <stdint.h>
#include <stdio.h>

/* --- a reader of arguments that shares no line with the library --- */

typedef struct reader {
  const uint8_t *p, *end;
  char arg[4096];
  size_t n;
  bool was_literal;
} reader;

/* The wire as a server sees it: marked literals get their header. */
static size_t on_wire(const put *b, uint8_t *out) {
  size_t n = 0, from = 0;
  for (size_t i = 0; i < b->nmarks; i++) {
    if (b->marks[i].kind != PUT_LITERAL) continue;
    memcpy(out + n, b->p + from, b->marks[i].from - from);
    n += b->marks[i].from - from;
    n += (size_t)sprintf((char *)out + n, "{%zu}\r\n", b->marks[i].n);
    memcpy(out + n, b->p + b->marks[i].from, b->marks[i].n);
    n += b->marks[i].n;
    from = b->marks[i].from + b->marks[i].n;
  }
  if (b->n > from) memcpy(out + n, b->p + from, b->n - from);
  return n + b->n - from;
}

static bool read_quoted(reader *r) {
  for (r->p++; r->p < r->end && *r->p != '"'; r->p++) {
    if (*r->p == '\\' && ++r->p == r->end) return false;
    if (!*r->p || *r->p == '\r' || *r->p == '\n' || *r->p > 127) return false;
    r->arg[r->n++] = (char)*r->p;
  }
  return r->p++ < r->end;
}

static bool read_literal(reader *r) {
  size_t n = 0;
  for (r->p++; *r->p >= '0' && *r->p <= '9'; r->p++) n = n * 10 + (*r->p - '0');
  if (memcmp(r->p, "}\r\n", 3) != 0) return false;
  r->p += 3;
  if (n > (size_t)(r->end - r->p)) return false;
  memcpy(r->arg, r->p, n);
  r->n = n;
  r->p += n;
  return r->was_literal = true;
}

static bool read_argument(reader *r) {
  r->n = 0;
  r->was_literal = false;
  if (r->p < r->end && *r->p == '"') return read_quoted(r);
  if (r->p < r->end && *r->p == '{') return read_literal(r);
  while (r->p<r->end && * r->p> ' ' && *r->p < 127 && !strchr("(){%*\"\\", *r->p)) {
    r->arg[r->n++] = (char)*r->p++;
  }
  return r->n > 0;
}

/* --- SEC E-01, E-02, E-03, E-07, E-10, F-33 --- */

typedef void (*putter)(put *, hark_str);

static void round_trip(putter fn, const char *p, size_t n) {
  put b;
  static uint8_t wire[20000];
  put_init(&b, &m, 8000);
  put_text(&b, "X ");
  fn(&b, (hark_str){p, n});
  put_text(&b, " Y");
  if (memchr(p, 0, n)) {
    assert_int_equal(b.err, HARK_ERR_ARG);
  } else {
    assert_int_equal(b.err, 0);
    reader r = {.p = wire, .end = wire + on_wire(&b, wire)};
    assert_true(read_argument(&r) && r.n == 1 && r.arg[0] == 'X' && *r.p++ == ' ');
    assert_true(read_argument(&r));
    assert_int_equal(r.n, n);
    assert_memory_equal(r.arg, p, n);
    assert_true(*r.p++ == ' ' && read_argument(&r) && r.arg[0] == 'Y');
    assert_ptr_equal(r.p, r.end);
  }
  put_free(&b);
}

static unsigned next_random(unsigned *seed) { return (*seed = *seed * 1103515245u + 12345u) >> 8; }

static void what_is_put_is_read_equal(void **state) {
  (void)state;
  static const char *const texts[] = {
      "",
      "a",
      "INBOX",
      "a b",
      "a\"b\\c",
      "NIL",
      "nil",
      "\r\nX DELETE INBOX",
      "a\nb",
      "{5+}\r\nhello",
      "a{0}",
      "a{0+}",
      "{0}",
      "~{3}",
      "\\Seen\r\nX",
      "tab\there",
      "bell\a",
      "\x7f",
      "\xc3\xbc",
      "\xff\xfe",
      "a]b",
      "%",
      "*",
      "(",
      ")",
      "\"",
      "\\",
      "\"\"\"\"",
      "\\\\\\\\",
      " ",
      "+",
      "a+b",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    round_trip(put_string, texts[i], strlen(texts[i]));
    round_trip(put_astring, texts[i], strlen(texts[i]));
  }
  round_trip(put_string, "a\0b", 3);
  round_trip(put_astring, "\0", 1);
  unsigned seed = 3;
  for (int i = 0; i < 20000; i++) {
    char text[40];
    static const char likely[] = "ab \"\\{}0+\r\n()%*]\t\x7f\x80\xff~";
    size_t n = next_random(&seed) % sizeof text;
    for (size_t k = 0; k < n; k++) text[k] = likely[next_random(&seed) % (sizeof likely - 1)];
    round_trip(i % 2 ? put_string : put_astring, text, n);
  }
}

/* SEC E-10: every length around where a buffer doubles, all bytes escaped or none. */
static void at_every_length(void **state) {
  (void)state;
  static char text[2100];
  for (int escaped = 0; escaped < 2; escaped++) {
    memset(text, escaped ? '"' : 'a', sizeof text);
    for (size_t n = 0; n < sizeof text; n += n < 300 ? 1 : 61) round_trip(put_string, text, n);
  }
}

static void check_text(void (*fn)(put *, const char *), const char *text, const char *want) {
  put b;
  put_init(&b, &m, 8000);
  fn(&b, text);
  assert_int_equal(b.err, want ? 0 : HARK_ERR_ARG);
  if (want) {
    assert_int_equal(b.n, strlen(want));
    if (b.n) assert_memory_equal(b.p, want, b.n);
  }
  put_text(&b, "");
  put_free(&b);
}

static void raw_text_is_checked(void **state) { /* SEC E-05, E-06 */
  (void)state;
  static const char *const good[] = {"(UID FLAGS)",
                                     "()",
                                     "\" a  b\" (c (d))",
                                     "BODY.PEEK[HEADER.FIELDS (\"a{5}\" b)]<0.5>",
                                     "RETURN (SPECIAL-USE)",
                                     "\"a\\\"b\\\\\"",
                                     "\"(\"",
                                     "1:*"};
  static const char *const bad[] = {
      "(",      ")",    ")(",       "(()",      "\"",       "\"a\\\"", "\"a\\b\"",
      "a\r\nb", "a\nb", "\"\r\n\"", "{5}",      "{5+}",     "a{",      "~{1}",
      "a\tb",   "\x7f", "\"\x01\"", "\"\x7f\"", "\xc3\xbc", "\"\\",    "",
      " ",      "a ",   " a",       "a  b",     "( a)",     "(a )",    "a ( b)"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) check_text(put_raw, good[i], good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) check_text(put_raw, bad[i], NULL);
  check_text(put_raw, NULL, NULL);
}

static void one_list_is_checked(void **state) {
  (void)state;
  static const char *const good[] = {"()", "(ALL COUNT)", "(PARTIAL (1:5))", "(\")\" (a))"};
  static const char *const bad[] = {"", "ALL", "(a) b", "(a)(b)", "(a) ", " (a)", "(a", "\"(a)\""};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) check_text(put_list, good[i], good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) check_text(put_list, bad[i], NULL);
  check_text(put_list, NULL, NULL);
}

static void something_in_front(void **state) {
  (void)state;
  put b;
  put_init(&b, &m, 40);
  put_text(&b, "SEARCH");
  put_text(&b, " TEXT ");
  assert_true(put_is_ascii(&b, 6));
  put_string(&b, (hark_str){"\xc3\xa4", 2});
  assert_false(put_is_ascii(&b, 6));
  assert_true(put_is_ascii(&b, b.n));
  put_insert(&b, 6, " CHARSET UTF-8");
  assert_int_equal(b.err, 0);
  assert_int_equal(b.n, 28);
  assert_memory_equal(b.p, "SEARCH CHARSET UTF-8 TEXT \xc3\xa4", 28);
  assert_int_equal(b.marks[0].from, 26);
  put_insert(&b, 6, " CHARSET UTF-8");
  assert_int_equal(b.err, 0); /* 40 without the literal */
  put_insert(&b, 6, "x");
  assert_int_equal(b.err, HARK_ERR_ARG);
  put_free(&b);
}

/* A mailbox name is spelled in ASCII later, or where UTF-8 is allowed. */
static void names_count_as_ascii(void **state) {
  (void)state;
  put b;
  put_init(&b, &m, 40);
  put_text(&b, "LABEL ");
  put_mailbox(&b, "\xc3\xa4");
  put_text(&b, " LABEL ");
  put_mailbox(&b, "\xc3\xa4");
  assert_true(put_is_ascii(&b, 0));
  assert_int_equal(put_room(&b), 40 - 17);
  put_text(&b, " \xc3\xa4");
  assert_false(put_is_ascii(&b, 0));
  put_free(&b);
}

static void sets_are_checked(void **state) { /* SEC E-01, F-14 */
  (void)state;
  check_text(put_set, "1:5,9,*", "1:5,9,*");
  check_text(put_set, "$", "$");
  check_text(put_set, "1:*", "1:*");
  static const char *const bad[] = {"", "1,", "0", "a", "1 2", "1\r\nX", "$1", "1,$", "4294967296"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) check_text(put_set, bad[i], NULL);
  check_text(put_set, NULL, NULL);
}

static void in_utf7(put *b, const char *name) {
  put_mailbox(b, name);
  put_names(b, false);
}

static void in_utf8(put *b, const char *name) {
  put_mailbox(b, name);
  put_names(b, true);
}

static void mailboxes(void **state) {
  (void)state;
  check_text(in_utf7, "inbox", "INBOX");
  check_text(in_utf7, "Sent Mail", "\"Sent Mail\"");
  check_text(in_utf7, "Entw\xc3\xbcrfe", "Entw&APw-rfe");
  check_text(in_utf7, "R&D", "R&-D");
  check_text(in_utf7, "a\tb", "\"a\tb\""); /* SEC E-03 */
  check_text(in_utf7, "", "\"\"");
  check_text(in_utf7, "a\r\nX LOGOUT", "\"a&AA0ACg-X LOGOUT\""); /* SEC E-01 */
  check_text(in_utf7, "\xff", "\xff");                           /* a literal: its bytes */
  check_text(in_utf7, NULL, NULL);
  check_text(in_utf8, "inbox", "INBOX");
  check_text(in_utf8, "Entw\xc3\xbcrfe", "\"Entw\xc3\xbcrfe\"");
  check_text(in_utf8, "R&D", "\"R&D\"");
  check_text(in_utf8, "a\"\\&", "\"a\\\"\\\\&\"");
  check_text(in_utf8, "a&\r\nX LOGOUT", "a&\r\nX LOGOUT"); /* a literal: its bytes */
}

/* Names between literals, secrets and streams: everything else stays where it was. */
static void names_among_others(void **state) {
  (void)state;
  put b;
  put_init(&b, &m, 1000);
  put_text(&b, "A ");
  put_mailbox(&b, "\xc3\xbc");
  put_text(&b, " ");
  put_string(&b, (hark_str){"x\ny", 3});
  b.secret = true;
  put_text(&b, " s");
  b.secret = false;
  put_stream(&b, 5000000000, true);
  put_text(&b, " ");
  put_mailbox(&b, "&");
  assert_true(put_has_names(&b));
  put_names(&b, false);
  assert_int_equal(b.err, 0);
  assert_false(put_has_names(&b));
  const char want[] = "A &APw- x\ny s &-";
  assert_int_equal(b.n, strlen(want));
  assert_memory_equal(b.p, want, b.n);
  assert_int_equal(b.nmarks, 3);
  assert_true(b.marks[0].kind == PUT_LITERAL && b.marks[0].from == 8 && b.marks[0].n == 3);
  assert_true(b.marks[1].kind == PUT_SECRET && b.marks[1].from == 11 && b.marks[1].n == 2);
  assert_true(b.marks[2].kind == PUT_STREAM && b.marks[2].from == 13 && b.marks[2].binary);
  assert_true(b.marks[2].stream == 5000000000 && b.literals == 3);
  put_free(&b);
}

/* Each line has as many as the first, however many there are. */
static void lines_behind_literals(void **state) {
  (void)state;
  static char text[91];
  put b;
  put_init(&b, &m, 100);
  memset(text, 'x', sizeof text - 1);
  for (int i = 0; i < 4; i++) {
    assert_int_equal(put_room(&b), 100);
    put_text(&b, text);
    put_stream(&b, 7, false);
  }
  put_free(&b);
}

static void quoted_always(void **state) {
  (void)state;
  put b;
  put_init(&b, &m, 100);
  put_quoted(&b, (hark_str){"a", 1});
  put_quoted(&b, (hark_str){"", 0});
  assert_int_equal(b.n, 5);
  assert_memory_equal(b.p, "\"a\"\"\"", 5);
  put_quoted(&b, (hark_str){"a\r", 2}); /* SEC E-08 */
  assert_int_equal(b.err, HARK_ERR_ARG);
  put_free(&b);
  put_quoted(&b, (hark_str){"a\0b", 3});
  assert_int_equal(b.err, HARK_ERR_ARG);
  put_free(&b);
  put_string(&b, (hark_str){NULL, 0});
  assert_int_equal(b.err, HARK_ERR_ARG);
  put_free(&b);
  put_string8(&b, (hark_str){NULL, 0});
  assert_int_equal(b.err, HARK_ERR_ARG);
  put_free(&b);
}

static void numbers_and_base64(void **state) {
  (void)state;
  put b;
  put_init(&b, &m, 8000);
  put_number(&b, 0);
  put_text(&b, " ");
  put_number(&b, UINT64_MAX);
  static const char *const plain[] = {"",     "f",     "fo",     "foo",
                                      "foob", "fooba", "foobar", "\xff\xfe\xfd"};
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
    put_text(&b, " ");
    put_base64(&b, (hark_str){plain[i], strlen(plain[i])});
  }
  static const char want[] =
      "0 18446744073709551615  Zg== Zm8= Zm9v Zm9vYg== Zm9vYmE= Zm9vYmFy //79";
  assert_int_equal(b.n, sizeof want - 1);
  assert_memory_equal(b.p, want, b.n);
  put_free(&b);
}

/* date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE */
static void dates(void **state) {
  static const struct {
    int64_t seconds;
    int16_t zone;
    const char *text;
  } cases[] = {{837596665, 0, "\"17-Jul-1996 09:44:25 +0000\""},
               {837596665, -420, "\"17-Jul-1996 02:44:25 -0700\""},
               {951782400, 330, "\"29-Feb-2000 05:30:00 +0530\""},
               {-1, 0, "\"31-Dec-1969 23:59:59 +0000\""},
               {-62135596800, 0, "\"01-Jan-0001 00:00:00 +0000\""},
               {253402300799, 0, "\"31-Dec-9999 23:59:59 +0000\""},
               {-62135596801, 0, NULL},
               {253402300799, 1, NULL},
               {INT64_MIN, 0, NULL},
               {INT64_MAX, 0, NULL},
               {0, 1440, NULL}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    put b;
    put_init(&b, &m, 100);
    put_date_time(&b, cases[i].seconds, cases[i].zone);
    assert_int_equal(b.err, cases[i].text ? 0 : HARK_ERR_ARG);
    if (cases[i].text) {
      assert_int_equal(b.n, strlen(cases[i].text));
      assert_memory_equal(b.p, cases[i].text, b.n);
      scan s;
      int64_t seconds;
      int16_t zone;
      unsigned odd;
      scan_init(&s, b.p, b.n, NULL);
      assert_true(scan_date_time(&s, &seconds, &zone, &odd) && scan_end(&s) && !odd);
      assert_true(seconds == cases[i].seconds && zone == cases[i].zone);
    }
    put_free(&b);
  }
}

static void the_bound_is_hard_and_sticks(void **state) { /* SEC E-11 */
  (void)state;
  put b;
  put_init(&b, &m, 10);
  put_text(&b, "1234567890");
  assert_int_equal(b.err, 0);
  char text[2000];
  memset(text, 'a', sizeof text);
  put_string(&b, (hark_str){text, sizeof text}); /* a literal does not count */
  assert_int_equal(b.err, 0);
  assert_int_equal(b.literals, sizeof text);
  put_text(&b, "1");
  assert_int_equal(b.err, HARK_ERR_ARG);
  size_t n = b.n;
  put_string(&b, (hark_str){text, sizeof text});
  put_number(&b, 1);
  put_mailbox(&b, "x");
  assert_int_equal(b.n, n);
  put_free(&b);
}

static void secrets_are_marked(void **state) { /* SEC D-23 */
  (void)state;
  put b;
  put_init(&b, &m, 8000);
  put_text(&b, "LOGIN u ");
  b.secret = true;
  put_string(&b, (hark_str){"pa\"ss", 5});
  b.secret = false;
  put_text(&b, " ");
  b.secret = true;
  put_string(&b, (hark_str){"p\xc3\xa4", 3});
  put_base64(&b, (hark_str){"secret", 6});
  b.secret = false;
  assert_int_equal(b.nmarks, 3);
  assert_int_equal(b.marks[0].kind, PUT_SECRET);
  assert_int_equal(b.marks[0].from, 8);
  assert_int_equal(b.marks[0].n, 8);
  assert_int_equal(b.marks[1].kind, PUT_LITERAL);
  assert_true(b.marks[1].secret);
  assert_int_equal(b.marks[1].from, 17);
  assert_int_equal(b.marks[1].n, 3);
  assert_int_equal(b.marks[2].kind, PUT_SECRET);
  assert_int_equal(b.marks[2].n, 8);
  put_free(&b);
}

/* SEC D-22: no freed block holds what was put. */
static void *inspecting_alloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
  if (ptr && !new_size) assert_null(memmem(ptr, old_size, "hunter2", 7));
  return failing_alloc(ud, ptr, old_size, new_size);
}

static void what_is_left_behind_is_wiped(void **state) {
  (void)state;
  mem_init(&m, inspecting_alloc, &heap);
  put b;
  put_init(&b, &m, 8000);
  for (int i = 0; i < 200; i++) put_text(&b, "hunter2 ");
  assert_int_equal(b.err, 0);
  put_free(&b);
}

static void every_allocation_failing(void **state) { /* SEC F-31 */
  (void)state;
  char text[200];
  memset(text, 'b', sizeof text);
  for (long at = 1;; at++) {
    heap = (failing){.fail_at = at, .for_good = at % 2};
    put b;
    put_init(&b, &m, 8000);
    put_mailbox(&b, "\xc3\xbc");
    for (int i = 0; i < 6; i++) put_string(&b, (hark_str){"\xff", 1});
    put_string(&b, (hark_str){text, sizeof text});
    b.secret = true;
    put_text(&b, "secret");
    int err = b.err;
    put_free(&b);
    assert_int_equal(heap.out, 0);
    assert_int_equal(b.err, 0);
    if (heap.calls < at) {
      assert_int_equal(err, 0);
      break;
    }
    assert_int_equal(err, HARK_ERR_NOMEM);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_is_put_is_read_equal, setup, teardown),
      cmocka_unit_test_setup_teardown(at_every_length, setup, teardown),
      cmocka_unit_test_setup_teardown(raw_text_is_checked, setup, teardown),
      cmocka_unit_test_setup_teardown(one_list_is_checked, setup, teardown),
      cmocka_unit_test_setup_teardown(something_in_front, setup, teardown),
      cmocka_unit_test_setup_teardown(names_count_as_ascii, setup, teardown),
      cmocka_unit_test_setup_teardown(sets_are_checked, setup, teardown),
      cmocka_unit_test_setup_teardown(mailboxes, setup, teardown),
      cmocka_unit_test_setup_teardown(names_among_others, setup, teardown),
      cmocka_unit_test_setup_teardown(lines_behind_literals, setup, teardown),
      cmocka_unit_test_setup_teardown(quoted_always, setup, teardown),
      cmocka_unit_test_setup_teardown(numbers_and_base64, setup, teardown),
      cmocka_unit_test_setup_teardown(dates, setup, teardown),
      cmocka_unit_test_setup_teardown(the_bound_is_hard_and_sticks, setup, teardown),
      cmocka_unit_test_setup_teardown(secrets_are_marked, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_left_behind_is_wiped, setup, teardown),
      cmocka_unit_test_setup_teardown(every_allocation_failing, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
