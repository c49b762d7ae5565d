/* tests/unit/test_mailbox.c - wire/mailbox.c.  SPDX-License-Identifier: MIT */
#include <hark/mailbox.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef int (*convert)(char *, size_t, hark_str);

/* Into places of every size: what fits is written, a NUL behind it, and nothing more. */
static void converts(convert fn, const char *from, const char *want) {
  hark_str s = {from, strlen(from)};
  int n = fn(NULL, 0, s);
  if (!want) {
    assert_int_equal(n, HARK_ERR_ARG);
    return;
  }
  assert_int_equal(n, strlen(want));
  for (size_t cap = 0; cap <= (size_t)n + 1; cap++) {
    char *out = malloc(cap + 1);
    assert_non_null(out);
    assert_int_equal(fn(out, cap, s), n);
    size_t wrote = cap < (size_t)n ? cap : (size_t)n;
    assert_memory_equal(out, want, wrote);
    assert_int_equal(out[wrote], 0);
    free(out);
  }
}

static void both_ways(const char *wire, const char *utf8) {
  converts(hark_mailbox_to_utf8, wire, utf8);
  converts(hark_mailbox_from_utf8, utf8, wire);
}

static void names(void **state) {
  (void)state;
  both_ways("", "");
  both_ways("INBOX", "INBOX");
  both_ways("a&-b", "a&b");
  both_ways("&-&-", "&&");
  /* RFC 3501 section 5.1.3 */
  both_ways("~peter/mail/&U,BTFw-/&ZeVnLIqe-",
            "~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e");
  both_ways("Entw&APw-rfe", "Entw\xc3\xbcrfe");
  both_ways("&AOkA6Q-&-&AOk-", "\xc3\xa9\xc3\xa9&\xc3\xa9");
  both_ways("&2D3eAA-", "\xf0\x9f\x98\x80");
  both_ways("&2D3eANg93gA-", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80");
  both_ways("&2D,f,w-", "\xf0\x9f\xbf\xbf");
  both_ways("&2,,f,w-", "\xf4\x8f\xbf\xbf");
  both_ways("&AIA-", "\xc2\x80");
  both_ways("&,,8-", "\xef\xbf\xbf");
  both_ways("a\tb\x7f", "a\tb\x7f"); /* SEC E-03 */
  both_ways("&AA0ACg-", "\r\n");     /* SEC E-01 */
}

static void what_cannot_be_decoded(void **state) { /* SEC F-26, F-27 */
  (void)state;
  static const char *const wires[] = {
      "&",
      "a&",
      "R&D",
      "&AOk",
      "&AO-",
      "&AOl-", /* left over bits */
      "&A-",
      "&AA-",
      "&AOk=-",
      "&AO k-",
      "&AO/k-",
      "&AO{k-", /* not base64 */
      "&AGE-",
      "&ACY-",
      "&AC0-",
      "&AAA-",      /* not canonical */
      "&AOk-&AOk-", /* shifts twice */
      "&2D0-",
      "&3gA-",
      "&3gDYPQ-",
      "&2D0AYQ-",
      "&2D3YPQ-", /* halves */
      "\xff",
      "\xc0\x80",
      "\xc1\xbf",
      "\xe0\x80\x80",
      "\xed\xa0\x80", /* not UTF-8 */
      "\xf4\x90\x80\x80",
      "\xf5\x80\x80\x80",
      "\xc3",
      "a\xe2\x82",
      "\x80",
      "\xc3(",
  };
  for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
    converts(hark_mailbox_to_utf8, wires[i], NULL);
  }
  static const char *const utf8[] = {"\xff",         "\xc0\x80",         "\xe0\x9f\xbf",
                                     "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                                     "\xc3",         "\xe2\x82"};
  for (size_t i = 0; i < sizeof utf8 / sizeof *utf8; i++) {
    converts(hark_mailbox_from_utf8, utf8[i], NULL);
  }
  assert_int_equal(hark_mailbox_to_utf8(NULL, 0, (hark_str){"a\0b", 3}), HARK_ERR_ARG);
  assert_int_equal(hark_mailbox_from_utf8(NULL, 0, (hark_str){"a\0b", 3}), HARK_ERR_ARG);
  assert_int_equal(hark_mailbox_to_utf8(NULL, 0, (hark_str){NULL, 0}), 0);
  assert_int_equal(hark_mailbox_to_utf8(NULL, 0, (hark_str){"", SIZE_MAX}), HARK_ERR_ARG);
  assert_int_equal(hark_mailbox_from_utf8(NULL, 0, (hark_str){"", SIZE_MAX}), HARK_ERR_ARG);
  converts(hark_mailbox_to_utf8, "Entw\xc3\xbcrfe", "Entw\xc3\xbcrfe"); /* as UTF8=ACCEPT has it */
  converts(hark_mailbox_to_utf8, "&AAk-", "\t");
}

static size_t put_utf8(char *to, unsigned long ch) {
  if (ch < 0x80) return *to = (char)ch, 1;
  size_t n = ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
  static const unsigned lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = n; i-- > 1; ch >>= 6) to[i] = (char)(0x80 | (ch & 0x3f));
  to[0] = (char)(lead[n] | ch);
  return n;
}

/* Every character of Unicode alone, and between two others, there and back. */
static void every_character(void **state) {
  (void)state;
  for (unsigned long ch = 1; ch <= 0x10ffff; ch += ch < 0x3000 || ch > 0x10ff00 ? 1 : 37) {
    if (ch >= 0xd800 && ch <= 0xdfff) continue;
    char utf8[16], wire[64], back[64];
    size_t n = 0;
    utf8[n++] = 'a';
    n += put_utf8(utf8 + n, ch);
    n += put_utf8(utf8 + n, 0xe9);
    int w = hark_mailbox_from_utf8(wire, sizeof wire - 1, (hark_str){utf8, n});
    assert_true(w > 0);
    for (int i = 0; i < w; i++) assert_true((unsigned char)wire[i] < 0x80);
    int b = hark_mailbox_to_utf8(back, sizeof back - 1, (hark_str){wire, (size_t)w});
    assert_int_equal(b, n);
    assert_memory_equal(back, utf8, n);
  }
}

static bool match(const char *pattern, const char *name) {
  return hark_mailbox_match((hark_str){pattern, strlen(pattern)}, (hark_str){name, strlen(name)},
                            '/');
}

static void patterns(void **state) {
  (void)state;
  assert_true(match("*", "") && match("%", "") && match("", ""));
  assert_true(match("*", "a/b/c") && match("%", "abc") && !match("%", "a/b"));
  assert_true(match("a/%", "a/b") && !match("a/%", "a/b/c") && match("a/*", "a/b/c"));
  assert_true(match("%/b", "a/b") && !match("%/b", "a/c/b") && match("*/b", "a/c/b"));
  assert_true(match("%b%", "abc") && match("%a%b", "xaxab") && !match("%a%b", "xa/b"));
  assert_true(match("*a%b", "x/axa/ab") && !match("*a%b", "x/axa/abc"));
  assert_true(match("*%", "a/b") && match("%*", "a/b") && match("**", "x"));
  assert_true(match("inbox", "INBOX") && match("INBOX", "inbox") && match("in%", "INBOX"));
  assert_true(!match("drafts", "Drafts") && !match("a", "ab") && !match("ab", "a") &&
              !match("", "a"));
  assert_true(hark_mailbox_match((hark_str){"%", 1}, (hark_str){"a/b", 3}, 0));
  assert_true(hark_mailbox_match((hark_str){"%.b", 3}, (hark_str){"a/x.b", 5}, '.'));
  char name[3001];
  memset(name, 'a', sizeof name);
  assert_false(hark_mailbox_match((hark_str){"%a%a%a%a%a%a%ab", 15}, (hark_str){name, 3000}, '/'));
}

/* Seconds for each, were a level read again from each of its bytes. */
static void patterns_cost_what_they_are_long(void **state) {
  (void)state;
  static const char *const none[] = {"*%b", "*a%b", "*a%a%b", "*%*a%b%c", "*a%/b%b", "a*a%a*a%b"};
  enum { LONG = 1 << 18 };
  char *name = malloc(LONG);
  assert_non_null(name);
  memset(name, 'a', LONG);
  for (int levels = 0; levels < 2; levels++) {
    if (levels) name[LONG / 3] = name[LONG / 2] = '/';
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
      hark_str pattern = {none[i], strlen(none[i])};
      assert_false(hark_mailbox_match(pattern, (hark_str){name, LONG}, '/'));
    }
    assert_true(hark_mailbox_match((hark_str){"*a%a", 4}, (hark_str){name, LONG}, '/'));
  }
  free(name);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names),
      cmocka_unit_test(what_cannot_be_decoded),
      cmocka_unit_test(every_character),
      cmocka_unit_test(patterns),
      cmocka_unit_test(patterns_cost_what_they_are_long),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
