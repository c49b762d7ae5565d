/* wire/class.c - which byte may stand where.  RFC 9051 section 9.
 * SPDX-License-Identifier: MIT
 *
 * The table is worked out by the compiler from the grammar's own words. */
#include "wire/class.h"
#include <string.h>

#define IN(c, lo, hi) ((c) >= (lo) && (c) <= (hi))
#define IS_CTL(c)     ((c) < 0x20 || (c) == 0x7f)
#define IS_WILD(c)    ((c) == '%' || (c) == '*')
#define IS_ESCAPED(c) ((c) == '"' || (c) == '\\')
#define IS_RESP(c)    ((c) == ']')
#define IS_SPECIAL(c) ((c) == '(' || (c) == ')' || (c) == '{' || (c) == ' ' || IS_CTL(c))
#define IS_ATOM(c)    (!(IS_SPECIAL(c) || IS_WILD(c) || IS_ESCAPED(c) || IS_RESP(c)))
#define IS_ASTRING(c) (IS_ATOM(c) || IS_RESP(c))
#define IS_QUOTED(c)  ((c) != 0 && (c) != '\r' && (c) != '\n' && !IS_ESCAPED(c))
#define IS_TAG(c)     (IS_ASTRING(c) && (c) != '+')
#define IS_DIGIT(c)   IN(c, '0', '9')
#define IS_SET(c)     (IS_DIGIT(c) || (c) == ':' || (c) == ',' || (c) == '*')
#define IS_LIST(c)    (IS_ASTRING(c) || IS_WILD(c))
#define IS_ALPHA(c)   (IN(c, 'A', 'Z') || IN(c, 'a', 'z'))
#define IS_BASE64(c)  (IS_ALPHA(c) || IS_DIGIT(c) || (c) == '+' || (c) == '/')

#define C(c)                                                                                       \
  (uint8_t)((IS_ATOM(c) ? CLASS_ATOM : 0) | (IS_ASTRING(c) ? CLASS_ASTRING : 0) |                  \
            (IS_QUOTED(c) ? CLASS_QUOTED : 0) | (IS_TAG(c) ? CLASS_TAG : 0) |                      \
            (IS_SET(c) ? CLASS_SET : 0) | (IS_LIST(c) ? CLASS_LIST : 0) |                          \
            (IS_BASE64(c) ? CLASS_BASE64 : 0) | (IS_DIGIT(c) ? CLASS_DIGIT : 0))
#define C4(c)  C(c), C((c) + 1), C((c) + 2), C((c) + 3)
#define C16(c) C4(c), C4((c) + 4), C4((c) + 8), C4((c) + 12)
#define C64(c) C16(c), C16((c) + 16), C16((c) + 32), C16((c) + 48)

const uint8_t class_table[256] = {C64(0), C64(64), C64(128), C64(192)};

static unsigned char lower(char ch) {
  return (unsigned char)(ch >= 'A' && ch <= 'Z' ? ch + ('a' - 'A') : ch);
}

static bool same(char a, char b) { return a == b || lower(a) == lower(b); }

bool str_starts(hark_str s, const char *prefix) {
  size_t i = 0;
  while (i < s.n && prefix[i] && same(s.p[i], prefix[i])) i++;
  return !prefix[i];
}

bool str_is(hark_str s, const char *word) {
  size_t i = 0;
  while (i < s.n && word[i] && same(s.p[i], word[i])) i++;
  return s.p && i == s.n && !word[i];
}

bool str_word(const char **words, hark_str *word) {
  if (!*words) return false;
  const char *from = *words + strspn(*words, " ");
  *word = (hark_str){from, strcspn(from, " ")};
  *words = from + word->n;
  return word->n;
}
