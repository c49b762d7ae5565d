/* bench/hostile.c - the time and memory that a hostile server costs: n and 4n bytes of every shape.
 * SPDX-License-Identifier: MIT
 *
 * bench_hostile [BYTES]: prints the slowest shapes, those that hold most, and whatever takes more
 * than its share of time when it gets longer. */
#include "unit/hostile.h"
#include <malloc.h>
#include <time.h>

typedef struct cost {
  shape s;
  double ns, ratio; /* of a byte; of 4n to n */
  size_t most;
} cost;

typedef struct costs {
  cost *v;
  size_t n, cap, bytes;
} costs;

static double cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The best of several: the machine has other things to do. */
static double seconds(const shape *s, size_t n, int times, size_t *most) {
  double best = 1e9;
  while (times--) {
    attack a;
    double from = cpu();
    attack_begin(&a, NULL);
    attack_shape(&a, s, n);
    double took = cpu() - from;
    if (took < best) best = took;
    *most = a.most;
    attack_end(&a);
  }
  return best;
}

static void measure(void *ud, const shape *s) {
  costs *all = ud;
  cost c = {.s = *s};
  double once = seconds(s, all->bytes, 1, &c.most), four = seconds(s, 4 * all->bytes, 1, &c.most);
  for (int again = 0; four / once > 6 && again < 3; again++) {
    once = seconds(s, all->bytes, 3, &c.most);
    four = seconds(s, 4 * all->bytes, 3, &c.most);
  }
  c.ns = four * 1e9 / (4 * (double)all->bytes), c.ratio = four / once;
  if (all->n == all->cap) {
    all->cap = all->cap ? all->cap * 2 : 1024;
    all->v = realloc(all->v, all->cap * sizeof *all->v);
    if (!all->v) abort();
  }
  all->v[all->n++] = c;
}

static int by_ns(const void *a, const void *b) {
  double x = ((const cost *)a)->ns, y = ((const cost *)b)->ns;
  return x < y ? 1 : x > y ? -1 : 0;
}
static int by_most(const void *a, const void *b) {
  size_t x = ((const cost *)a)->most, y = ((const cost *)b)->most;
  return x < y ? 1 : x > y ? -1 : 0;
}
static int by_ratio(const void *a, const void *b) {
  double x = ((const cost *)a)->ratio, y = ((const cost *)b)->ratio;
  return x < y ? 1 : x > y ? -1 : 0;
}

static void print(costs *all, const char *title, int (*order)(const void *, const void *)) {
  qsort(all->v, all->n, sizeof *all->v, order);
  printf("\n%s\n%10s %8s %10s  %s\n", title, "ns/byte", "4n : n", "KB held", "shape");
  for (size_t i = 0; i < all->n && i < 12; i++) {
    const cost *c = &all->v[i];
    printf("%10.1f %8.1f %10zu  ", c->ns, c->ratio, c->most >> 10);
    for (const char *p = c->s.begin; *p; p++) putchar(*p == '\n' || *p == '\r' ? '.' : *p);
    printf("  |  ");
    for (const char *p = c->s.unit; *p; p++) putchar(*p == '\n' || *p == '\r' ? '.' : *p);
    putchar('\n');
  }
}

int main(int argc, char **argv) {
  mallopt(M_MMAP_THRESHOLD, 1 << 30), mallopt(M_TRIM_THRESHOLD, 1 << 30); /* no time for pages */
  costs all = {.bytes = argc > 1 ? strtoull(argv[1], NULL, 10) : 32768};
  hostile_all(measure, &all);
  printf("%zu shapes, %zu and %zu bytes each\n", all.n, all.bytes, 4 * all.bytes);
  print(&all, "slowest", by_ns);
  print(&all, "most memory", by_most);
  print(&all, "most time for more", by_ratio);
  free(all.v);
  return 0;
}
