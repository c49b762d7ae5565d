/* tests/unit/test_cli_text.c - what the command prints of texts from outside.
 * SPDX-License-Identifier: MIT */
#include "cli/text.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *shown(const char *text, size_t n) {
  static char out[200];
  return text_harmless(out, sizeof out, (hark_str){text, n});
}

#define SHOWN(literal, as) assert_string_equal(shown(literal, sizeof(literal) - 1), as)

/* SEC N-02 N-03 */
static void test_harmful_characters(void **state) {
  (void)state;
  SHOWN("plain gr\u00fcn \U0001f600", "plain gr\u00fcn \U0001f600");
  SHOWN("a\r\nb\0c\x1b[2J\x7f", "a\\x0D\\x0Ab\\x00c\\x1B[2J\\x7F");
  SHOWN("\xc2\x9b", "\\u{9B}");
  SHOWN("\xe2\x80\xae|\xe2\x81\xa6|\xe2\x80\x8b|\xe2\x80\xa8",
        "\\u{202E}|\\u{2066}|\\u{200B}|\\u{2028}");
  SHOWN("\xcd\x8f|\xe3\x85\xa4|\xf3\xa0\x81\x81", "\\u{34F}|\\u{3164}|\\u{E0041}");
}

/* SEC N-04: not one byte of these is UTF-8, whatever the locale says. */
static void test_broken_text(void **state) {
  (void)state;
  setlocale(LC_ALL, "C.UTF-8");
  SHOWN("\xff\x9b\x80", "\\xFF\\x9B\\x80");
  SHOWN("\xc0\x80", "\\xC0\\x80");
  SHOWN("\xed\xa0\x80", "\\xED\\xA0\\x80");
  SHOWN("\xf4\x90\x80\x80", "\\xF4\\x90\\x80\\x80");
  SHOWN("\xe2\x80", "\\xE2\\x80");
  setlocale(LC_ALL, "C");
}

/* SEC N-05: at every size what there is is whole, and what is cut says so. */
static void test_cut(void **state) {
  (void)state;
  const char text[] = "ab\x1b\xe2\x80\xaegr\xc3\xbcn\xff end";
  char whole[100];
  text_harmless(whole, sizeof whole, (hark_str){text, sizeof text - 1});
  for (size_t cap = 4; cap <= strlen(whole) + 1; cap++) {
    char *out = malloc(cap); /* AddressSanitizer sees its end */
    text_harmless(out, cap, (hark_str){text, sizeof text - 1});
    size_t n = strlen(out);
    if (cap == strlen(whole) + 1) {
      assert_string_equal(out, whole);
    } else {
      assert_true(n >= 3 && !strcmp(out + n - 3, "..."));
      assert_memory_equal(out, whole, n - 3);
    }
    assert_true(text_is_utf8((hark_str){out, n}));
    free(out);
  }
}

/* Every character there is comes out as it was, or escaped. */
static void test_every_character(void **state) {
  (void)state;
  for (uint32_t c = 0x10000; c <= 0x10ffff; c++) {
    const char text[] = {(char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 63)),
                         (char)(0x80 | (c >> 6 & 63)), (char)(0x80 | (c & 63))};
    uint32_t harmful;
    char escaped[16];
    assert_int_equal(text_next((hark_str){text, 4}, &harmful), 4);
    snprintf(escaped, sizeof escaped, "\\u{%X}", (unsigned)c);
    const char *out = shown(text, 4);
    assert_true(harmful ? harmful == c && !strcmp(out, escaped) : !memcmp(out, text, 4));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_harmful_characters),
                                     cmocka_unit_test(test_broken_text), cmocka_unit_test(test_cut),
                                     cmocka_unit_test(test_every_character)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
