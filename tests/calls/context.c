/* tests/calls/context.c - CANCELUPDATE.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/context.h>

/* cancelupdate A2 A3 ... */
static int cancelupdate(caller *by, char **w) {
  hark_cmd searches[8];
  size_t n = 0;
  for (; n < 8 && w[n]; n++) searches[n] = (hark_cmd)strtol(w[n] + 1, NULL, 10);
  return hark_cancelupdate(by->c, searches, n);
}

const call_row calls_context[] = {{"cancelupdate", cancelupdate}, {0}};
