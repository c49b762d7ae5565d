/* tests/calls/call.h - "call: NAME arguments" of a transcript is the public function hark_NAME().
 * SPDX-License-Identifier: MIT
 *
 * tests/calls/X.c has the calls of the module X in a table named calls_X, ended by {0}; the
 * build finds the file by itself.  The arguments are words of the transcript's line, in the
 * order of the function's parameters, ended by NULL; the word "uid" in front stands for
 * HARK_UID, the word NULL for a null pointer. */
#ifndef TESTS_CALLS_CALL_H
#define TESTS_CALLS_CALL_H
#include <hark/hark.h>
#include <stdlib.h>
#include <string.h>

typedef struct caller {
  hark_client *c;
  void *player;
  void (*secret)(void *player, const char *text); /* must never be logged */
} caller;

/* A command's number, 0, or a negative hark_err. */
typedef int (*call_fn)(caller *by, char **w);
typedef struct call_row {
  const char *name;
  call_fn call;
} call_row;

/* NULL: there is no such call. */
call_fn call_find(const char *name);
/* The pieces of a search program, to the end of w (calls/search.c). */
void call_keys(hark_builder *q, char **w);

static inline bool is(const char *a, const char *b) { return a && !strcmp(a, b); }
static inline const char *word(const char *w) { return is(w, "NULL") ? NULL : w; }
static inline hark_str str(const char *p) { return (hark_str){p, p ? strlen(p) : 0}; }
/* Takes "uid" off the front: HARK_UID, or 0. */
static inline unsigned uid(char ***w) { return is(**w, "uid") ? ++*w, HARK_UID : 0; }
#endif
