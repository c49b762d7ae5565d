/* tests/calls/gmail.c - labels of Gmail.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/gmail.h>

/* [uid] set how label ... */
static int store_labels(caller *by, char **w) {
  unsigned with = uid(&w);
  return hark_store_gmail_labels(by->c, with, word(w[0]), (int)strtol(w[1], NULL, 10),
                                 (const char *const *)w + 2);
}

const call_row calls_gmail[] = {{"store_gmail_labels", store_labels}, {0}};
