/* tests/calls/thread.c - THREAD.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/thread.h>

/* thread [uid] ALGORITHM CHARSET pieces */
static int thread(caller *by, char **w) {
  unsigned with = uid(&w);
  hark_builder *q = hark_thread_begin(by->c, with, word(w[0]), word(w[1]));
  call_keys(q, w + 2);
  return hark_search_end(q);
}

const call_row calls_thread[] = {{"thread", thread}, {0}};
