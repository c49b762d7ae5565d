/* tests/calls/mailbox.c - LIST, STATUS, and what changes mailboxes.  SPDX-License-Identifier: MIT
 */
#include "call.h"
#include <hark/ext/list.h>

static int list(caller *by, char **w) {
  return hark_list(by->c, word(w[0]), word(w[1]), word(w[2]));
}
static int lsub(caller *by, char **w) { return hark_lsub(by->c, word(w[0]), word(w[1])); }
static int xlist(caller *by, char **w) { return hark_xlist(by->c, word(w[0]), word(w[1])); }

static uint32_t option(const char *w) {
  static const char *const names[] = {"SUBSCRIBED", "REMOTE",   "RECURSIVEMATCH", "SPECIAL-USE",
                                      "CHILDREN",   "MYRIGHTS", "EXTENDED",       "PATTERNS"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (is(w, names[i])) return 1u << i;
  return (uint32_t)strtoul(w, NULL, 0);
}

enum { MOST = 8 };

/* list_extended, then pieces: select O, reference R, pattern P, return O, status I, metadata E */
static int list_extended(caller *by, char **w) {
  const char *patterns[MOST] = {NULL}, *entries[MOST] = {NULL};
  size_t n = 0, k = 0;
  hark_list_query q = {.size = sizeof q, .patterns = patterns};
  for (; w[0] && w[1]; w += 2) {
    if (is(w[0], "select")) q.select |= option(w[1]);
    if (is(w[0], "return")) q.returns |= option(w[1]);
    if (is(w[0], "reference")) q.reference = w[1];
    if (is(w[0], "status")) q.status = w[1];
    if (is(w[0], "metadata")) q.metadata = entries;
    if (is(w[0], "metadata") && word(w[1])) entries[k++] = w[1];
    if (is(w[0], "pattern")) patterns[n++] = w[1];
  }
  return hark_list_extended(by->c, &q);
}

static int status(caller *by, char **w) { return hark_status(by->c, word(w[0]), word(w[1])); }
static int create(caller *by, char **w) { return hark_create(by->c, word(w[0]), word(w[1])); }
static int delete_(caller *by, char **w) { return hark_delete(by->c, word(w[0])); }
static int rename_(caller *by, char **w) { return hark_rename(by->c, word(w[0]), word(w[1])); }
static int subscribe(caller *by, char **w) { return hark_subscribe(by->c, word(w[0])); }
static int unsubscribe(caller *by, char **w) { return hark_unsubscribe(by->c, word(w[0])); }

static int copy(caller *by, char **w) {
  unsigned with = uid(&w);
  return hark_copy(by->c, with, word(w[0]), word(w[1]));
}

static int move(caller *by, char **w) {
  unsigned with = uid(&w);
  return hark_move(by->c, with, word(w[0]), word(w[1]));
}

static int expunge(caller *by, char **w) { return hark_expunge(by->c, w[0]); }
static int check(caller *by, char **w) { return (void)w, hark_check(by->c); }

const call_row calls_mailbox[] = {{"list", list},
                                  {"list_extended", list_extended},
                                  {"lsub", lsub},
                                  {"xlist", xlist},
                                  {"status", status},
                                  {"create", create},
                                  {"delete", delete_},
                                  {"rename", rename_},
                                  {"subscribe", subscribe},
                                  {"unsubscribe", unsubscribe},
                                  {"copy", copy},
                                  {"move", move},
                                  {"expunge", expunge},
                                  {"check", check},
                                  {0}};
