/* tests/calls/fetch.c - FETCH, STORE.  SPDX-License-Identifier: MIT */
#include "call.h"

static int fetch(caller *by, char **w) {
  unsigned with = uid(&w);
  return hark_fetch(by->c, with, w[0], w[1]);
}

static int store(caller *by, char **w) {
  unsigned with = uid(&w);
  return hark_store(by->c, with, w[0], w[1], w[2]);
}

const call_row calls_fetch[] = {{"fetch", fetch}, {"store", store}, {0}};
