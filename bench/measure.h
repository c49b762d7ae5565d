/* bench/measure.h - a clock, and an end for what cannot be measured.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void need(int ok, const char *what) {
  if (ok) return;
  fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
          errno ? strerror(errno) : "failed");
  exit(1);
}
#endif
