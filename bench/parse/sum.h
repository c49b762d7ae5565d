/* bench/parse/sum.h - what both parsers do with a field: with "check" all of its bytes go into a
 * checksum, else it is looked at, so that the time is the parser's.  SPDX-License-Identifier: MIT */
#ifndef BENCH_PARSE_SUM_H
#define BENCH_PARSE_SUM_H
#include "../measure.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool sum_all;
static uint64_t sum = 14695981039346656037u;

static inline void sum_num(uint64_t n) {
  if (sum_all)
    sum = (sum ^ n) * 1099511628211u;
  else
    sum += n;
}

static inline void sum_bytes(const char *p, size_t n) {
  for (size_t i = 0; sum_all && i < n; i++) sum_num((uint8_t)p[i]);
  if (!sum_all) sum += n;
}

/* NIL and "" differ. */
static inline void sum_str(const char *p, size_t n) {
  sum_num(p ? n : UINT64_MAX);
  sum_bytes(p, n);
}

/* Words whose case means nothing. */
static inline void sum_word(const char *p, size_t n) {
  sum_num(p ? n : UINT64_MAX);
  for (size_t i = 0; i < n; i++) sum_num((uint8_t)(p[i] >= 'a' && p[i] <= 'z' ? p[i] - 32 : p[i]));
}

typedef struct input {
  char *p;
  size_t n;
} input;

static inline input input_read(const char *file) {
  FILE *f = fopen(file, "rb");
  if (!f || fseek(f, 0, SEEK_END)) perror(file), exit(1);
  input in = {.n = (size_t)ftell(f)};
  rewind(f);
  in.p = malloc(in.n);
  if (!in.p || fread(in.p, 1, in.n, f) != in.n) perror(file), exit(1);
  fclose(f);
  return in;
}

/* FILE [check] [ROUNDS] */
static inline input arguments(int argc, char **argv, int *rounds) {
  if (argc < 2) fprintf(stderr, "usage: %s FILE [check | ROUNDS]\n", argv[0]), exit(64);
  sum_all = argc > 2 && !strcmp(argv[2], "check");
  *rounds = argc > 2 && !sum_all ? atoi(argv[2]) : 1;
  return input_read(argv[1]);
}

/* Its best round; the driver reads "RESPONSES SECONDS CHECKSUM". */
static inline void result(uint64_t responses, double best) {
  printf("%llu %.6f %016llx\n", (unsigned long long)responses, best, (unsigned long long)sum);
}
#endif
