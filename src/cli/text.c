/* cli/text.c - text for people: what came from outside is made harmless, numbers readable.
 * SPDX-License-Identifier: MIT
 *
 * No function here depends on the locale: a server's bytes are not ours to be refused. */
#include "cli/text.h"
#include <stdio.h>
#include <string.h>

typedef struct character {
  uint32_t value;
  size_t n; /* bytes; 0: not UTF-8 */
} character;

/* RFC 3629: shortest form only, no surrogates, up to U+10FFFF */
static character decode(const unsigned char *p, size_t left) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (p[0] < 0x80) return (character){p[0], 1};
  size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
  if (p[0] < 0xc2 || p[0] > 0xf4 || left < n) return (character){0, 0};
  uint32_t value = p[0] & (0x7fu >> n);
  for (size_t i = 1; i < n; i++) {
    if ((p[i] & 0xc0) != 0x80) return (character){0, 0};
    value = value << 6 | (p[i] & 0x3fu);
  }
  bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < least[n] || surrogate || value > 0x10ffff) return (character){0, 0};
  return (character){value, n};
}

bool text_is_utf8(hark_str s) {
  const unsigned char *p = (const unsigned char *)s.p;
  for (size_t i = 0, n; i < s.n; i += n)
    if (!(n = decode(p + i, s.n - i).n)) return false;
  return true;
}

/* What a terminal obeys, and what makes a line read other than it is: controls, line and
 * paragraph separators, what is not a character, and Unicode's Default_Ignorable_Code_Point. */
static bool is_harmful(uint32_t c) {
  static const struct {
    uint32_t first, last;
  } ranges[] = {{0, 0x1f},        {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
                {0x61c, 0x61c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
                {0x200b, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
                {0xfdd0, 0xfdef}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
                {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (c >= ranges[i].first && c <= ranges[i].last) return true;
  return (c & 0xfffe) == 0xfffe;
}

size_t text_next(hark_str s, uint32_t *harmful) {
  character c = decode((const unsigned char *)s.p, s.n);
  *harmful = c.n && is_harmful(c.value) ? c.value : 0;
  return c.n ? c.n : 1;
}

/* One character as it is shown; returns how many bytes of s it took. */
static size_t show(char shown[12], const unsigned char *p, size_t left) {
  character c = decode(p, left);
  if (c.n && !is_harmful(c.value)) {
    memcpy(shown, p, c.n);
    shown[c.n] = 0;
  } else if (c.n > 1) {
    snprintf(shown, 12, "\\u{%X}", (unsigned)c.value);
  } else {
    snprintf(shown, 12, "\\x%02X", p[0]);
  }
  return c.n ? c.n : 1;
}

char *text_harmless(char *out, size_t cap, hark_str s) {
  const unsigned char *p = (const unsigned char *)s.p;
  size_t at = 0, fits = 0; /* fits: up to there "..." still has its place */
  for (size_t i = 0; i < s.n;) {
    char shown[12];
    i += show(shown, p + i, s.n - i);
    size_t n = strlen(shown);
    if (at + n + 1 > cap) {
      snprintf(out + fits, cap - fits, "...");
      return out;
    }
    memcpy(out + at, shown, n);
    at += n;
    if (at + 4 <= cap) fits = at;
  }
  out[at] = 0;
  return out;
}

char *text_bytes(char *out, size_t cap, uint64_t bytes) {
  static const char *const units[] = {"kB", "MB", "GB", "TB"};
  double value = (double)bytes / 1000;
  size_t unit = 0;
  if (bytes < 1000) {
    snprintf(out, cap, "%u bytes", (unsigned)bytes);
    return out;
  }
  while (value >= 999.95 && unit < 3) value /= 1000, unit++;
  snprintf(out, cap, "%.1f %s", value, units[unit]);
  return out;
}

char *text_count(char *out, size_t cap, uint64_t n) {
  char digits[24];
  int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
  size_t at = 0;
  for (int i = 0; i < length && at + 2 < cap; i++) {
    if (i && (length - i) % 3 == 0) out[at++] = ',';
    out[at++] = digits[i];
  }
  out[at] = 0;
  return out;
}
