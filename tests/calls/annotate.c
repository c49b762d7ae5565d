/* tests/calls/annotate.c - ANNOTATE-EXPERIMENT-1.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/annotate.h>
#include <hark/ext/append.h>
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

typedef struct entries {
  hark_annotation v[4];
  hark_annotation_value values[4][4];
  size_t n;
} entries;

/* [ENTRY ATTRIBUTE VALUE]...; an ENTRY "+" is the one before */
static void read_entries(entries *e, char **w) {
  *e = (entries){0};
  for (; *w && e->n < 4; w += 3) {
    if (!e->n || !is(*w, "+"))
      e->v[e->n] = (hark_annotation){str(word(w[0])), e->values[e->n], 0}, e->n++;
    if (!w[1]) break; /* an entry without attributes */
    hark_annotation *a = &e->v[e->n - 1];
    e->values[e->n - 1][a->n++] = (hark_annotation_value){str(word(w[1])), str(word(w[2]))};
  }
}

/* store_annotations [uid] SET entries */
static int store_annotations(caller *by, char **w) {
  entries e;
  unsigned with = uid(&w);
  read_entries(&e, w + 1);
  return hark_store_annotations(by->c, with, w[0], e.v, e.n);
}

/* append_annotations MAILBOX OCTETS FLAGS entries */
static int append_annotations(caller *by, char **w) {
  entries e;
  hark_message m = {.size = sizeof m, .date = INT64_MIN, .keywords = word(w[2])};
  hark_builder *b = hark_append_begin(by->c, w[0]);
  read_entries(&e, w + 3);
  hark_append_options(b, &m);
  hark_append_annotations(b, e.v, e.n);
  hark_put_stream(b, 0, strtoull(w[1], NULL, 10));
  return hark_append_end(b);
}

/* search_annotation [uid] ENTRY ATTRIBUTE VALUE */
static int search_annotation(caller *by, char **w) {
  hark_builder *q = hark_search_begin(by->c, uid(&w), NULL);
  hark_q_annotation(q, word(w[0]), word(w[1]), str(word(w[2])));
  return hark_search_end(q);
}

const call_row calls_annotate[] = {{"fetch_annotation", fetch_annotation},
                                   {"store_annotations", store_annotations},
                                   {"append_annotations", append_annotations},
                                   {"search_annotation", search_annotation},
                                   {0}};
