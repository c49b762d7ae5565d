/* fuzz/check.h - what every target needs.  SPDX-License-Identifier: MIT */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H
#include <stddef.h>
#include <stdint.h>

/* What must hold: else libFuzzer keeps the input. */
#define CHECK(condition)                                                                           \
  do                                                                                               \
    if (!(condition)) __builtin_trap();                                                            \
  while (0)

static inline uint32_t next_random(uint32_t *state) {
  *state ^= *state << 13, *state ^= *state >> 17, *state ^= *state << 5;
  return *state;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);
#endif
