/* fuzz/source.h - what the fuzzer has thought of, as bytes, numbers and texts.
 * SPDX-License-Identifier: MIT */
#ifndef FUZZ_SOURCE_H
#define FUZZ_SOURCE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct source {
  const uint8_t *p, *end;
} source;

/* 0 at the end. */
static inline uint8_t source_byte(source *s) { return (uint8_t)(s->p < s->end ? *s->p++ : 0); }
static inline bool source_ends(const source *s) { return s->p == s->end; }

/* Small ones, and those about which widths and limits are. */
static inline uint64_t source_number(source *s) {
  static const uint64_t odd[] = {0,         1,          4095,       4096,       4097,
                                 0x7ffffff, UINT32_MAX, INT64_MAX,  UINT64_MAX, INT64_MAX + 1ull,
                                 8000,      65536,      4294967296, 1u << 31};
  uint8_t how = source_byte(s);
  if (how < 0x80) return how;
  if (how < 0xc0) return odd[how % (sizeof odd / sizeof *odd)];
  uint64_t n = 0;
  for (int i = how & 7; i >= 0; i--) n = n << 8 | source_byte(s);
  return n;
}
#endif
