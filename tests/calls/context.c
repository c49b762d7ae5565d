/* tests/calls/context.c - CANCELUPDATE.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/context.h>

/* cancel_update A2 A3 ... */
static int cancel_update(caller *by, char **w) {
  hark_cmd searches[8];
  size_t n = 0;
  for (; n < 8 && w[n]; n++) searches[n] = (hark_cmd)strtol(w[n] + 1, NULL, 10);
  return hark_cancel_update(by->c, searches, n);
}

const call_row calls_context[] = {{"cancel_update", cancel_update}, {0}};
