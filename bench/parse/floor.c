/* bench/parse/floor.c - what no parser can beat: each line found by memchr(), after a copy of the
 * bytes to where they are read from.  SPDX-License-Identifier: MIT */
#include "sum.h"

enum { READ = 16384 };

int main(int argc, char **argv) {
  static char place[READ];
  int rounds;
  input in = arguments(argc, argv, &rounds);
  double best = 1e9, best_copy = 1e9;
  uint64_t lines = 0;
  for (int i = 0; i < rounds; i++) {
    lines = 0;
    double from = seconds();
    for (size_t at = 0; at < in.n; at += READ) {
      size_t n = in.n - at < READ ? in.n - at : READ;
      memcpy(place, in.p + at, n);
      __asm__ volatile("" : : "r"(place) : "memory");
    }
    double copied = seconds();
    if (copied - from < best_copy) best_copy = copied - from;
    for (const char *p = in.p, *end = in.p + in.n; p && p < end; lines++) {
      p = memchr(p, '\n', (size_t)(end - p));
      if (p) p++;
    }
    double took = seconds() - copied;
    if (took < best) best = took;
  }
  printf("%llu %.6f %.6f\n", (unsigned long long)lines, best, best_copy);
  free(in.p);
  return 0;
}
