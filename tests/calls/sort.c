/* tests/calls/sort.c - SORT.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/sort.h>

/* sort [uid] CRITERIA CHARSET RETURNS pieces */
static int sort(caller *by, char **w) {
  unsigned with = uid(&w);
  hark_builder *q = hark_sort_begin(by->c, with, word(w[0]), word(w[1]), word(w[2]));
  call_keys(q, w + 3);
  return hark_search_end(q);
}

const call_row calls_sort[] = {{"sort", sort}, {0}};
