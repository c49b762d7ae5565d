/* tests/calls/multisearch.c - ESEARCH.  SPDX-License-Identifier: MIT */
#include "call.h"
#include "scope.h"
#include <hark/ext/multisearch.h>

/* multisearch RETURNS pieces, with "in SCOPE" and "of NAME" in front, several times */
static int multisearch(caller *by, char **w) {
  enum { MOST = 4 };
  hark_search_in in[MOST];
  scope_words words[MOST];
  size_t n = 0;
  for (; is(*w, "in") && n < MOST; n++) {
    w = scope_of(w + 1, &words[n]);
    in[n] = (hark_search_in){words[n].scope, words[n].names};
  }
  hark_builder *q = hark_multisearch_begin(by->c, in, n, word(w[0]));
  call_keys(q, w + 1);
  return hark_search_end(q);
}

const call_row calls_multisearch[] = {{"multisearch", multisearch}, {0}};
