/* tests/calls/scope.h - a scope and its mailboxes, out of the words of a call.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_CALLS_SCOPE_H
#define TESTS_CALLS_SCOPE_H
#include "call.h"

typedef struct scope_words {
  int scope; /* hark_scope; -1: there is none of that name */
  const char *names[5];
} scope_words;

/* SCOPE, then each name behind the word "of"; gives the first word behind them. */
static inline char **scope_of(char **w, scope_words *out) {
  static const char *const scopes[] = {"selected",   "selected-delayed", "inboxes",     "personal",
                                       "subscribed", "subtree",          "subtree-one", "mailboxes"};
  *out = (scope_words){.scope = -1};
  for (int i = 0; i < 8; i++)
    if (is(*w, scopes[i])) out->scope = i;
  w++;
  for (size_t n = 0; is(*w, "of") && n < 4; w += 2) out->names[n++] = w[1];
  return w;
}
#endif
