/* tests/calls/annotate.c - ANNOTATE-EXPERIMENT-1.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/annotate.h>
#include <hark/search.h>

/* fetch_annotation [uid] SET ENTRY... of ATTRIBUTE... */
static int fetch_annotation(caller *by, char **w) {
  unsigned with = uid(&w);
  hark_builder *b = hark_fetch_begin(by->c, with, *w++);
  char **attributes = w;
  while (*attributes && !is(*attributes, "of")) attributes++;
  if (*attributes) *attributes++ = NULL;
  hark_fetch_annotation(b, (const char *const *)w, (const char *const *)attributes);
  return hark_fetch_end(b);
}

/* store_annotations [uid] SET [ENTRY ATTRIBUTE VALUE]...; an ENTRY "+" is the one before */
static int store_annotations(caller *by, char **w) {
  hark_annotation v[4];
  hark_annotation_value values[4][4];
  unsigned with = uid(&w);
  const char *set = *w++;
  size_t n = 0;
  for (; *w && n < 4; w += 3) {
    if (!is(*w, "+")) v[n] = (hark_annotation){str(word(w[0])), values[n], 0}, n++;
    if (!w[1]) break; /* an entry without attributes */
    values[n - 1][v[n - 1].n++] = (hark_annotation_value){str(word(w[1])), str(word(w[2]))};
  }
  return hark_store_annotations(by->c, with, set, v, n);
}

/* search_annotation [uid] ENTRY ATTRIBUTE VALUE */
static int search_annotation(caller *by, char **w) {
  hark_builder *q = hark_search_begin(by->c, uid(&w), NULL);
  hark_q_annotation(q, word(w[0]), word(w[1]), str(word(w[2])));
  return hark_search_end(q);
}

const call_row calls_annotate[] = {{"fetch_annotation", fetch_annotation},
                                   {"store_annotations", store_annotations},
                                   {"search_annotation", search_annotation},
                                   {0}};
