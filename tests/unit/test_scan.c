/* tests/unit/test_scan.c - wire/scan.c, wire/date.c, wire/class.c.  SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "wire/class.h"
#include "wire/scan.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static mem m;
static arena a;

/* A scan over bytes of their own, so that a sanitizer sees a read past them. */
typedef struct piece {
  scan s;
  uint8_t *copy;
} piece;

static piece open_n(const char *text, size_t n) {
  piece p = {.copy = malloc(n ? n : 1)};
  assert_non_null(p.copy);
  memcpy(p.copy, text, n);
  scan_init(&p.s, p.copy, n, &a);
  return p;
}

static piece open_piece(const char *text) { return open_n(text, strlen(text)); }

static void close_piece(piece *p) { free(p->copy); }

static int setup(void **state) {
  (void)state;
  mem_init(&m, NULL, NULL);
  arena_init(&a, &m, 1 << 22);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_free(&a);
  return 0;
}

typedef bool (*str_fn)(scan *, hark_str *);

/* want NULL: refused; rest: what is left behind it. */
static void check_str(str_fn fn, const char *text, const char *want, const char *rest) {
  piece p = open_piece(text);
  hark_str out = {0};
  bool ok = fn(&p.s, &out);
  assert_int_equal(ok, want != NULL);
  if (want) {
    assert_non_null(out.p);
    assert_int_equal(out.n, strlen(want));
    assert_memory_equal(out.p, want, out.n);
    assert_int_equal(p.s.end - p.s.p, strlen(rest));
    assert_memory_equal(p.s.p, rest, strlen(rest));
  } else {
    assert_non_null(p.s.expected);
  }
  close_piece(&p);
}

/* The same under strict: whatever is forgiven leniently is refused there. */
static void check_forgiven(str_fn fn, const char *text, const char *want, const char *rest) {
  check_str(fn, text, want, rest);
  piece p = open_piece(text);
  hark_str out;
  assert_true(fn(&p.s, &out) && p.s.quirk);
  scan_init(&p.s, p.copy, strlen(text), &a);
  p.s.strict = true;
  assert_false(fn(&p.s, &out));
  close_piece(&p);
}

static void atoms_and_tags(void **state) {
  (void)state;
  check_str(scan_atom, "abc def", "abc", " def");
  check_str(scan_atom, "a+b[c]", "a+b[c", "]");
  check_str(scan_atom, "+x", "+x", ""); /* SEC F-25 */
  check_str(scan_atom, "[x", "[x", "");
  check_str(scan_atom, "\xc3\xa4", "\xc3\xa4", "");
  check_str(scan_atom, "", NULL, "");
  check_str(scan_atom, "(a", NULL, "");
  check_str(scan_atom, "{5}", NULL, "");
  check_str(scan_tag, "A1] OK", "A1]", " OK");
  check_str(scan_tag, "A+1", "A", "+1");
  check_str(scan_tag, "+1", NULL, "");
}

static void strings(void **state) {
  (void)state;
  check_str(scan_string, "\"\"x", "", "x");
  check_str(scan_string, "\"a b\" c", "a b", " c");
  check_str(scan_string, "\"a\\\"b\\\\c\"", "a\"b\\c", "");
  check_str(scan_string, "\"\\\\\\\"\"", "\\\"", "");
  check_str(scan_string, "\"tab\tbell\a\"", "tab\tbell\a", "");
  check_str(scan_string, "{5}\r\nhello w", "hello", " w");
  check_str(scan_string, "{0}\r\n", "", ""); /* SEC F-01 */
  check_str(scan_string, "~{2}\r\nab", "ab", "");
  check_forgiven(scan_string, "{5+}\r\nhello", "hello", "");
  check_forgiven(scan_string, "{05}\r\nhello", "hello", "");
  check_forgiven(scan_string, "{5}\nhello", "hello", "");
  check_forgiven(scan_string, "\"C:\\temp\"", "C:\\temp", "");
  check_str(scan_string, "\"open", NULL, "");
  check_str(scan_string, "\"open\\\"", NULL, "");
  check_str(scan_string, "\"open\\", NULL, "");
  check_str(scan_string, "\"cr\rin\"", NULL, "");
  check_str(scan_string, "\"lf\nin\"", NULL, "");
  check_str(scan_string, "{5}\r\nhell", NULL, "");
  check_str(scan_string, "{5}hello", NULL, "");
  check_str(scan_string, "{}\r\n", NULL, "");
  check_str(scan_string, "{5", NULL, "");
  check_str(scan_string, "{", NULL, "");
  check_str(scan_string, "~", NULL, "");
  check_str(scan_string, "~x", NULL, "");
  check_str(scan_string, "{9223372036854775808}\r\n", NULL, "");
  check_str(scan_string, "atom", NULL, "");
  check_str(scan_string, "", NULL, "");
}

static void nul_is_no_character(void **state) { /* SEC F-07 */
  (void)state;
  hark_str out;
  piece p = open_n("\"a\0b\"", 5);
  assert_false(scan_string(&p.s, &out));
  close_piece(&p);
  p = open_n("a\0b", 3);
  assert_true(scan_atom(&p.s, &out) && out.n == 1);
  assert_int_equal(scan_peek(&p.s), 0);
  assert_false(scan_skip(&p.s));
  close_piece(&p);
  p = open_n("{3}\r\na\0b", 8);
  assert_true(scan_string(&p.s, &out) && out.n == 3);
  close_piece(&p);
}

static void a_literal_has_a_limit(void **state) {
  (void)state;
  hark_str out;
  piece p = open_piece("{5}\r\nhello");
  p.s.literal = 4;
  assert_false(scan_string(&p.s, &out));
  assert_string_equal(p.s.expected, "smaller literal");
  close_piece(&p);
}

static void astrings_and_nstrings(void **state) {
  (void)state;
  check_str(scan_astring, "a]b c", "a]b", " c");
  check_str(scan_astring, "\"a\" c", "a", " c");
  check_str(scan_astring, "{1}\r\na", "a", "");
  check_str(scan_astring, "~a", "~a", "");
  check_str(scan_astring, "~{1}\r\na", "a", "");
  check_str(scan_astring, "~", "~", "");
  check_str(scan_astring, "(", NULL, "");
  check_str(scan_nstring, "\"NIL\"", "NIL", "");
  check_str(scan_nstring, "atom", NULL, "");
  check_str(scan_nstring, "NILS", NULL, "");
  hark_str out = {"x", 1};
  piece p = open_piece("nil)");
  assert_true(scan_nstring(&p.s, &out) && !out.p && !out.n);
  assert_int_equal(scan_peek(&p.s), ')');
  close_piece(&p);
}

static void words_are_whole_and_of_any_case(void **state) { /* SEC F-24 */
  (void)state;
  piece p = open_piece("uId");
  assert_true(scan_word(&p.s, "UID") && scan_end(&p.s));
  close_piece(&p);
  p = open_piece("BODY[");
  assert_false(scan_word(&p.s, "BODY"));
  assert_int_equal(scan_peek(&p.s), 'B');
  assert_true(scan_word(&p.s, "BODY["));
  close_piece(&p);
  p = open_piece("UI");
  assert_false(scan_word(&p.s, "UID"));
  assert_false(scan_nil(&p.s));
  close_piece(&p);
}

static void spaces(void **state) {
  (void)state;
  piece p = open_piece("   x");
  assert_true(scan_sp(&p.s) && p.s.quirk && scan_ch(&p.s, 'x'));
  assert_false(scan_sp(&p.s) || scan_ch(&p.s, '(') || scan_ch(&p.s, '\x80'));
  scan_init(&p.s, p.copy, 4, &a);
  p.s.strict = true;
  assert_false(scan_sp(&p.s));
  close_piece(&p);
}

static void check_number(const char *text, int bits, bool ok, uint64_t want) {
  piece p = open_piece(text);
  uint64_t n = 0;
  uint32_t n32 = 0;
  bool read = bits == 64   ? scan_u64(&p.s, &n)
              : bits == 32 ? scan_u32(&p.s, &n32)
                           : scan_nz_u32(&p.s, &n32);
  assert_int_equal(read, ok);
  if (ok) assert_int_equal(bits == 64 ? n : n32, want);
  close_piece(&p);
}

static void numbers_and_their_bounds(void **state) { /* SEC F-10 */
  (void)state;
  check_number("0", 32, true, 0);
  check_number("0", 31, false, 0);
  check_number("1", 31, true, 1);
  check_number("007", 32, true, 7);
  check_number("4294967295", 32, true, UINT32_MAX);
  check_number("4294967296", 32, false, 0);
  check_number("4294967295", 64, true, UINT32_MAX);
  check_number("9223372036854775807", 64, true, INT64_MAX);
  check_number("9223372036854775808", 64, false, 0);
  check_number("18446744073709551616", 64, false, 0);
  check_number("-1", 64, false, 0);
  check_number("+1", 64, false, 0);
  check_number("", 64, false, 0);
  char digits[10001];
  memset(digits, '9', 10000);
  digits[10000] = 0;
  check_number(digits, 64, false, 0);
  check_number(digits, 32, false, 0);
}

static void mailbox_as(const char *text, const char *utf8, const char *wire, bool quirk) {
  piece p = open_piece(text);
  hark_str got, sent;
  assert_true(scan_mailbox(&p.s, &got, &sent));
  assert_int_equal(got.n, strlen(utf8));
  assert_memory_equal(got.p, utf8, got.n);
  assert_int_equal(sent.n, strlen(wire));
  assert_memory_equal(sent.p, wire, sent.n);
  assert_int_equal(p.s.quirk != NULL, quirk);
  close_piece(&p);
}

static void mailboxes(void **state) {
  (void)state;
  mailbox_as("inBox", "INBOX", "inBox", false);
  mailbox_as("\"a b\"", "a b", "a b", false);
  mailbox_as("{3}\r\na&-", "a&", "a&-", false);
  mailbox_as("Entw&APw-rfe", "Entw\xc3\xbcrfe", "Entw&APw-rfe", false);
  /* As long in UTF-8 as on the wire. */
  mailbox_as("&TgBOAE4ATgBOAE4A-",
             "\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80",
             "&TgBOAE4ATgBOAE4A-", false);
  mailbox_as("R&D", "R&D", "R&D", true);        /* SEC F-26 */
  mailbox_as("\"\xff\"", "\xff", "\xff", true); /* SEC F-27 */
  mailbox_as("a\tb", "a\tb", "a\tb", true);     /* quirk 18, SEC E-03 */
  mailbox_as("\"\"", "", "", false);
  mailbox_as("\"a\x7f\"", "a\x7f", "a\x7f", false);
  piece p = open_piece("(a)");
  hark_str got;
  assert_false(scan_mailbox(&p.s, &got, NULL));
  close_piece(&p);
  p = open_piece("R&D");
  p.s.strict = true;
  assert_false(scan_mailbox(&p.s, &got, NULL));
  close_piece(&p);
}

static void flags(void **state) {
  (void)state;
  check_str(scan_flag, "\\Seen)", "\\Seen", ")");
  check_str(scan_flag, "\\*)", "\\*", ")");
  check_str(scan_flag, "$Forwarded x", "$Forwarded", " x");
  check_forgiven(scan_flag, "[a]b", "[a]b", ""); /* quirk 29 */
  check_str(scan_flag, "\\", NULL, "");
  check_str(scan_flag, "\\\\Seen", NULL, "");
  check_str(scan_flag, "(", NULL, "");
}

static void sets(void **state) { /* SEC F-14 */
  (void)state;
  check_str(scan_set, "1", "1", "");
  check_str(scan_set, "1:*,3 x", "1:*,3", " x");
  check_str(scan_set, "*:*", "*:*", "");
  check_str(scan_set, "5:1", "5:1", "");
  check_str(scan_set, "4294967295", "4294967295", "");
  check_str(scan_set, "4294967296", NULL, "");
  check_str(scan_set, "0", NULL, "");
  check_str(scan_set, "1,,2", NULL, "");
  check_str(scan_set, "1,", NULL, "");
  check_str(scan_set, "1:", NULL, "");
  check_str(scan_set, ":1", NULL, "");
  check_str(scan_set, "", NULL, "");
  check_str(scan_set, "a", NULL, "");
}

static void date(const char *text, bool ok, bool quirk, int64_t want, int zone) {
  char quoted[64];
  snprintf(quoted, sizeof quoted, "\"%s\"", text);
  piece p = open_piece(quoted);
  int64_t seconds = 0;
  int16_t minutes = 0;
  unsigned odd;
  assert_int_equal(scan_date_time(&p.s, &seconds, &minutes, &odd), ok);
  if (ok) {
    assert_int_equal(seconds, want);
    assert_int_equal(minutes, zone);
    assert_int_equal(odd, (strstr(text, ":60 ") ? SCAN_LEAP_SECOND : 0) |
                              (strstr(text, "-0000") ? SCAN_NO_ZONE : 0));
    assert_true(scan_end(&p.s));
    assert_int_equal(p.s.quirk != NULL, quirk);
    scan_init(&p.s, p.copy, strlen(quoted), &a);
    p.s.strict = true;
    assert_int_equal(scan_date_time(&p.s, &seconds, &minutes, &odd), !quirk);
  }
  close_piece(&p);
}

static void dates(void **state) { /* SEC F-29; figures by date -u -d ... +%s */
  (void)state;
  date("01-Jan-1970 00:00:00 +0000", true, false, 0, 0);
  date(" 1-Jan-1970 00:00:00 +0000", true, false, 0, 0);
  date("17-Jul-1996 02:44:25 -0700", true, false, 837596665, -420);
  date("29-Feb-2000 23:59:59 +0000", true, false, 951868799, 0);
  date("29-feb-2024 12:00:00 +1400", true, false, 1709157600, 840);
  date("31-Dec-9999 23:59:59 +0000", true, false, 253402300799, 0);
  date("01-Jan-0001 00:00:00 +0000", true, false, -62135596800, 0);
  date("31-Dec-2016 23:59:60 +0000", true, false, 1483228800, 0);
  date("01-Jan-1970 00:00:00 -0000", true, false, 0, 0);
  date("19-Jan-2038 03:14:08 +0000", true, false, 2147483648, 0);
  date("01-Jan-1970 00:00:00 +0530", true, false, -19800, 330);
  date("17-Jul-96 02:44:25 -0700", true, true, 837596665, -420);
  date("01-Jan-00 00:00:00 +0000", true, true, 946684800, 0);
  date("01-Jan-101 00:00:00 +0000", true, true, 978307200, 0);
  date("1-Jan-1970 00:00:00 +0000", true, true, 0, 0);
  date("01-Jan-1970  00:00:00 +0000", true, true, 0, 0);
  date("00-Jan-2020 00:00:00 +0000", false, false, 0, 0);
  date("32-Jan-2020 00:00:00 +0000", false, false, 0, 0);
  date("30-Feb-2020 00:00:00 +0000", false, false, 0, 0);
  date("29-Feb-1900 00:00:00 +0000", false, false, 0, 0);
  date("31-Apr-2020 00:00:00 +0000", false, false, 0, 0);
  date("01-Jan-0000 00:00:00 +0000", false, false, 0, 0);
  date("01-Jan-20200 00:00:00 +0000", false, false, 0, 0);
  date("01-Foo-2020 00:00:00 +0000", false, false, 0, 0);
  date("01-Jan-2020 24:00:00 +0000", false, false, 0, 0);
  date("01-Jan-2020 00:60:00 +0000", false, false, 0, 0);
  date("01-Jan-2020 00:00:61 +0000", false, false, 0, 0);
  date("01-Jan-2020 00:00:00 +9999", false, false, 0, 0);
  date("01-Jan-2020 00:00:00 0000", false, false, 0, 0);
  date("01-Jan-2020 00:00:00", false, false, 0, 0);
  date("01-Jan", false, false, 0, 0);
  date("01-J", false, false, 0, 0);
  date("", false, false, 0, 0);
}

static void skips(const char *text, bool ok, const char *rest) {
  piece p = open_piece(text);
  assert_int_equal(scan_skip(&p.s), ok);
  if (ok) assert_int_equal(p.s.end - p.s.p, strlen(rest));
  close_piece(&p);
}

static void any_value_is_passed_over(void **state) { /* SEC F-23 */
  (void)state;
  skips("atom rest", true, " rest");
  skips("\"a ) b\" rest", true, " rest");
  skips("{3}\r\n) ( rest", true, " rest");
  skips("(a (b \"c)\" {2}\r\n)) d) () e) rest", true, " rest");
  skips("BODY[1]<0>)", true, ")");
  skips("\\Seen", true, "");
  skips("()", true, "");
  skips("(a", false, "");
  skips("(\"a)", false, "");
  skips("({5}\r\nab)", false, "");
  skips("", false, "");
  skips(" a", false, "");
  skips(")", false, "");
  skips("a\rb", false, "");
}

static void depth_is_bounded(void **state) { /* SEC F-18 */
  (void)state;
  char lists[2001];
  memset(lists, '(', 1000);
  memset(lists + 1000, ')', 1000);
  lists[2000] = 0;
  piece p = open_piece(lists + 1000 - 64);
  p.s.end = p.s.p + 128;
  assert_true(scan_skip(&p.s));
  close_piece(&p);
  p = open_piece(lists + 1000 - 65);
  p.s.end = p.s.p + 130;
  assert_false(scan_skip(&p.s));
  close_piece(&p);
}

static bool number_elem(scan *s, void *elem) { return scan_u32(s, elem); }

static bool list_elem(scan *s, void *elem) {
  struct {
    const uint32_t *v;
    size_t n;
  } *list = elem;
  return scan_list(s, number_elem, sizeof *list->v, &list->v, &list->n);
}

static void check_list(const char *text, bool ok, bool quirk, size_t want) {
  piece p = open_piece(text);
  const uint32_t *v = NULL;
  size_t n = 99;
  assert_int_equal(scan_list(&p.s, number_elem, sizeof *v, &v, &n), ok);
  if (ok) {
    assert_int_equal(n, want);
    for (size_t i = 0; i < n; i++) assert_int_equal(v[i], i + 1);
    assert_int_equal(p.s.quirk != NULL, quirk);
    assert_int_equal(p.s.depth, 64);
  }
  close_piece(&p);
}

static void lists(void **state) { /* SEC F-17, F-19 */
  (void)state;
  check_list("()", true, false, 0);
  check_list("(1)", true, false, 1);
  check_list("(1 2 3 4 5 6 7 8 9)", true, false, 9);
  check_list("( 1 2)", true, true, 2);
  check_list("(1  2)", true, true, 2);
  check_list("(1 2 )", true, true, 2);
  check_list("( )", true, true, 0);
  check_list("(1 2", false, false, 0);
  check_list("(1,2)", false, false, 0);
  check_list("(1 a)", false, false, 0);
  check_list("NIL", false, false, 0);
  check_list("", false, false, 0);
  piece p = open_piece("(1 2 3)");
  const uint32_t *v;
  size_t n;
  p.s.items = 2;
  assert_false(scan_list(&p.s, number_elem, sizeof *v, &v, &n));
  close_piece(&p);
  struct {
    const uint32_t *v;
    size_t n;
  } * nested;
  p = open_piece("((1 2)(1) ())");
  assert_true(scan_list(&p.s, list_elem, sizeof *nested, &nested, &n));
  assert_int_equal(n, 3);
  assert_int_equal(nested[0].n, 2);
  assert_int_equal(nested[1].v[0], 1);
  close_piece(&p);
  p = open_piece("((1))");
  p.s.depth = 1;
  assert_false(scan_list(&p.s, list_elem, sizeof *nested, &nested, &n));
  close_piece(&p);
}

static void flag_lists_and_the_rest(void **state) {
  (void)state;
  hark_strs out;
  piece p = open_piece("(\\Seen $a \\*)");
  assert_true(scan_flag_list(&p.s, &out));
  assert_int_equal(out.n, 3);
  assert_true(str_is(out.v[1], "$a"));
  close_piece(&p);
  p = open_piece(" a \"b c\" {1}\r\nd");
  assert_true(scan_rest(&p.s, scan_astring, &out));
  assert_int_equal(out.n, 3);
  assert_true(str_is(out.v[2], "d"));
  close_piece(&p);
  p = open_piece("");
  assert_true(scan_rest(&p.s, scan_astring, &out) && out.n == 0);
  close_piece(&p);
  p = open_piece(" a  b "); /* quirk 7 */
  assert_true(scan_rest(&p.s, scan_astring, &out) && out.n == 2 && p.s.quirk);
  close_piece(&p);
  p = open_piece(" a ");
  p.s.strict = true;
  assert_false(scan_rest(&p.s, scan_astring, &out));
  close_piece(&p);
  p = open_piece(" a (");
  assert_false(scan_rest(&p.s, scan_astring, &out));
  close_piece(&p);
  p = open_piece(" a b c");
  p.s.items = 2;
  assert_false(scan_rest(&p.s, scan_astring, &out));
  close_piece(&p);
}

static void an_empty_arena_fails_cleanly(void **state) { /* SEC F-31 */
  (void)state;
  arena none;
  arena_init(&none, &m, 0);
  const char *const texts[] = {"\"a\\\"\"", "(1 2)", " a b", "a&-"};
  for (size_t i = 0; i < 4; i++) {
    piece p = open_piece(texts[i]);
    p.s.arena = &none;
    hark_str out;
    hark_strs strs;
    bool ok = i == 0   ? scan_string(&p.s, &out)
              : i == 1 ? scan_list(&p.s, number_elem, 4, &strs.v, &strs.n)
              : i == 2 ? scan_rest(&p.s, scan_atom, &strs)
                       : scan_mailbox(&p.s, &out, NULL);
    assert_false(ok);
    assert_true(none.full);
    close_piece(&p);
  }
}

/* The table against the words of the grammar, byte by byte. */
static void classes(void **state) {
  (void)state;
  for (int ch = 0; ch < 256; ch++) {
    bool special = ch && strchr("(){ %*\"\\]", ch);
    bool atom = ch > 0x20 && ch != 0x7f && !special;
    assert_int_equal((class_table[ch] & CLASS_ATOM) != 0, atom);
    assert_int_equal((class_table[ch] & CLASS_ASTRING) != 0, atom || ch == ']');
    assert_int_equal((class_table[ch] & CLASS_TAG) != 0, (atom || ch == ']') && ch != '+');
    assert_int_equal((class_table[ch] & CLASS_LIST) != 0, atom || (ch && strchr("]%*", ch)));
    assert_int_equal((class_table[ch] & CLASS_QUOTED) != 0, ch && !strchr("\r\n\"\\", ch));
    assert_int_equal((class_table[ch] & CLASS_DIGIT) != 0, ch && strchr("0123456789", ch));
    assert_int_equal((class_table[ch] & CLASS_SET) != 0, ch && strchr("0123456789:,*", ch));
    bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
    assert_int_equal((class_table[ch] & CLASS_BASE64) != 0,
                     letter || (ch && strchr("0123456789+/", ch)));
  }
  assert_true(str_is((hark_str){"InBoX", 5}, "INBOX"));
  assert_false(str_is((hark_str){"INBOX", 4}, "INBOX"));
  assert_false(str_is((hark_str){NULL, 0}, ""));
  assert_false(str_is((hark_str){"I\0", 2}, "I"));
  assert_true(str_starts((hark_str){"auth=PLAIN", 10}, "AUTH="));
  assert_false(str_starts((hark_str){"@", 1}, "`"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(atoms_and_tags),
      cmocka_unit_test(strings),
      cmocka_unit_test(nul_is_no_character),
      cmocka_unit_test(a_literal_has_a_limit),
      cmocka_unit_test(astrings_and_nstrings),
      cmocka_unit_test(words_are_whole_and_of_any_case),
      cmocka_unit_test(spaces),
      cmocka_unit_test(numbers_and_their_bounds),
      cmocka_unit_test(mailboxes),
      cmocka_unit_test(flags),
      cmocka_unit_test(sets),
      cmocka_unit_test(dates),
      cmocka_unit_test(any_value_is_passed_over),
      cmocka_unit_test(depth_is_bounded),
      cmocka_unit_test(lists),
      cmocka_unit_test(flag_lists_and_the_rest),
      cmocka_unit_test(an_empty_arena_fails_cleanly),
      cmocka_unit_test(classes),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
