/* tests/calls/mailbox.c - LIST, STATUS, EXPUNGE.  SPDX-License-Identifier: MIT */
#include "call.h"

static int list(caller *by, char **w) {
  return hark_list(by->c, word(w[0]), word(w[1]), word(w[2]));
}
static int status(caller *by, char **w) { return hark_status(by->c, word(w[0]), word(w[1])); }
static int expunge(caller *by, char **w) { return hark_expunge(by->c, w[0]); }

const call_row calls_mailbox[] = {{"list", list}, {"status", status}, {"expunge", expunge}, {0}};
