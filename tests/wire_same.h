/* tests/wire_same.h - whether two IMAP texts are equal but for case, spaces and quoting.
 * SPDX-License-Identifier: MIT
 *
 * An atom, a quoted string and a literal of the same bytes are equal; NIL is no string, and
 * where both are quoted their case counts.  A day of one digit is filled by a space or by a 0. */
#ifndef TESTS_WIRE_SAME_H
#define TESTS_WIRE_SAME_H
#include "wire_text.h"
#include <hark/base.h>
#include <stdbool.h>
#include <strings.h>

typedef struct same_token {
  char kind; /* '(' ')' '[' ']', 's' of a string, 0 at the end */
  bool quoted;
  text value;
} same_token;

/* The bytes of a literal whose header is at p; NULL: there is none. */
static inline const char *same_literal(const char *p, const char *end, size_t *n) {
  if (*p == '~') p++;
  if (p == end || *p++ != '{') return NULL;
  const char *digits = p;
  for (*n = 0; p < end && *p >= '0' && *p <= '9'; p++) *n = *n * 10 + (size_t)(*p - '0');
  if (p == digits) return NULL;
  if (p < end && *p == '+') p++;
  bool whole = end - p >= 3 && !memcmp(p, "}\r\n", 3) && (size_t)(end - p) - 3 >= *n;
  return whole ? p + 3 : NULL;
}

static inline const char *same_quoted(same_token *t, const char *p, const char *end) {
  for (; p < end && *p != '"'; p++) {
    if (*p == '\\' && p + 1 < end) p++;
    text_put(&t->value, p, 1);
  }
  return p < end ? p + 1 : p;
}

/* One token from p on; where it ends. */
static inline const char *same_next(same_token *t, const char *p, const char *end) {
  size_t n;
  t->value.n = 0, t->quoted = false;
  text_put(&t->value, "", 0);
  while (p < end && strchr(" \r\n\t", *p)) p++;
  t->kind = p == end ? 0 : strchr("()[]", *p) ? *p : 's';
  if (t->kind != 's') return p == end ? p : p + 1;
  const char *literal = same_literal(p, end, &n);
  t->quoted = literal || *p == '"';
  if (literal) return text_put(&t->value, literal, n), literal + n;
  if (*p == '"') return same_quoted(t, p + 1, end);
  const char *from = p;
  while (p < end && !strchr(" \r\n\t()[]\"", *p)) p++;
  text_put(&t->value, from, (size_t)(p - from));
  return p;
}

static inline bool same_is(const same_token *t, const char *word) {
  return !t->quoted && !strcasecmp(t->value.p, word);
}

/* What of a date-time is to be compared. */
static inline text same_filled(const text *t) {
  bool fills = t->n == 26 && strchr(" 0", t->p[0]) && t->p[2] == '-' && t->p[6] == '-';
  return fills ? (text){t->p + 1, t->n - 1, 0} : *t;
}

static inline bool same_tokens(const same_token *a, const same_token *b) {
  text x = same_filled(&a->value), y = same_filled(&b->value);
  if (a->kind != b->kind || x.n != y.n || same_is(a, "NIL") != same_is(b, "NIL")) return false;
  bool exact = a->quoted && b->quoted && strcasecmp(x.p, "INBOX") != 0;
  return exact ? !memcmp(x.p, y.p, x.n) : !strncasecmp(x.p, y.p, x.n);
}

static inline bool same_imap(hark_str a, hark_str b) {
  same_token x = {0}, y = {0};
  const char *p = a.p, *q = b.p;
  bool same = true;
  do {
    p = same_next(&x, p, a.p + a.n);
    q = same_next(&y, q, b.p + b.n);
    same = same_tokens(&x, &y);
  } while (same && x.kind);
  text_free(&x.value), text_free(&y.value);
  return same;
}
#endif
