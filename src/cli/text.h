/* cli/text.h - text for people: what came from outside is made harmless, numbers readable.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H
#include <hark/base.h>

/* Writes s into out (cap bytes with the NUL) as one harmless line of UTF-8: control
 * characters, C1, bidirectional and zero-width marks and broken UTF-8 become \xNN or \u{N};
 * what does not fit ends in "...".  Returns out. */
char *text_harmless(char *out, size_t cap, hark_str s);

bool text_is_utf8(hark_str s);

/* The bytes of the first character of s, which is UTF-8 without NUL and not empty; *harmful is
 * that character where text_harmless() escapes it, else 0. */
size_t text_next(hark_str s, uint32_t *harmful);

char *text_bytes(char *out, size_t cap, uint64_t bytes); /* "65.1 MB" */
char *text_count(char *out, size_t cap, uint64_t n);     /* "20,000" */
#endif
