/* wire/class.h - which byte may stand where.  RFC 9051 section 9.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_WIRE_CLASS_H
#define HARK_WIRE_CLASS_H
#include <hark/base.h>

#define class_table hark__class_table
#define str_is hark__str_is
#define str_starts hark__str_starts
#define str_word hark__str_word

enum {
  CLASS_ATOM = 1,    /* ATOM-CHAR, and from servers also bytes from 0x80 on */
  CLASS_ASTRING = 2, /* ASTRING-CHAR = ATOM-CHAR / resp-specials */
  CLASS_QUOTED = 4,  /* may stand in a quoted string without a backslash */
  CLASS_TAG = 8,     /* any ASTRING-CHAR except "+" */
  CLASS_SET = 16,    /* digits ":" "," "*" */
  CLASS_LIST = 32,   /* list-char: ATOM-CHAR / list-wildcards / resp-specials */
  CLASS_BASE64 = 64,
  CLASS_DIGIT = 128
};
extern const uint8_t class_table[256];

/* ASCII, case-insensitive, never locale dependent; word is NUL-terminated. */
bool str_is(hark_str s, const char *word);
bool str_starts(hark_str s, const char *prefix);
/* The next of the words parted by spaces, *words moves behind it; false: no more of them (NULL: none). */
bool str_word(const char **words, hark_str *word);
#endif
