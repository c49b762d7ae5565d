/* tests/wire_text.h - a growing text, for tests: what cannot go on ends the program.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_WIRE_TEXT_H
#define TESTS_WIRE_TEXT_H
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct text {
  char *p; /* NUL behind it once something was put */
  size_t n, cap;
} text;

static inline void text_put(text *t, const void *p, size_t n) {
  if (t->n + n + 1 > t->cap) {
    t->cap = (t->n + n + 1) * 2;
    t->p = realloc(t->p, t->cap);
    if (!t->p) abort();
  }
  if (n) memcpy(t->p + t->n, p, n);
  t->p[t->n += n] = 0;
}

__attribute__((format(printf, 2, 3))) static inline void text_printf(text *t, const char *format,
                                                                     ...) {
  char line[4096];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  if (n < 0 || (size_t)n >= sizeof line) abort();
  text_put(t, line, (size_t)n);
}

static inline void text_free(text *t) {
  free(t->p);
  *t = (text){0};
}
#endif
