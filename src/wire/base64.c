/* wire/base64.c - reading base64.  RFC 4648 section 4.
 * SPDX-License-Identifier: MIT */
#include "wire/base64.h"

static int value(char ch) {
  if (ch >= 'A' && ch <= 'Z') return ch - 'A';
  if (ch >= 'a' && ch <= 'z') return ch - 'a' + 26;
  if (ch >= '0' && ch <= '9') return ch - '0' + 52;
  return ch == '+' ? 62 : ch == '/' ? 63 : -1;
}

ptrdiff_t base64_decode(uint8_t *out, hark_str text) {
  size_t pad = 0, n = 0;
  if (text.n % 4) return -1;
  while (pad < 2 && text.n > pad && text.p[text.n - 1 - pad] == '=') pad++;
  for (size_t i = 0; i < text.n; i += 4) {
    uint32_t quad = 0;
    for (size_t k = 0; k < 4; k++) {
      int v = i + k < text.n - pad ? value(text.p[i + k]) : 0;
      if (v < 0) return -1;
      quad = quad << 6 | (uint32_t)v;
    }
    size_t bytes = i + 4 == text.n ? 3 - pad : 3;
    for (size_t k = 0; k < bytes; k++) out[n++] = (uint8_t)(quad >> (16 - 8 * k));
  }
  return (ptrdiff_t)n;
}
