/* tests/calls/fetch.c - FETCH, STORE.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/preview.h>

static int fetch(caller *by, char **w) {
  unsigned with = uid(&w);
  return hark_fetch(by->c, with, w[0], w[1]);
}

static int store(caller *by, char **w) {
  unsigned with = uid(&w);
  return hark_store(by->c, with, w[0], w[1], w[2]);
}

static unsigned body_flags(const char *w) {
  return (strstr(w, "peek") ? HARK_BODY_PEEK : 0) | (strstr(w, "binary") ? HARK_BODY_BINARY : 0) |
         (strstr(w, "size") ? HARK_BODY_SIZE : 0) | (strstr(w, "not") ? HARK_BODY_NOT : 0);
}

/* +item NAME, +body:FLAGS section [origin count], +headers:FLAGS part name ...; more: the words up
 * to the next one that begins with "+" */
static void fetch_part(hark_builder *b, const char *name, char **w, size_t more) {
  if (!strncmp(name, "body", 4))
    hark_fetch_body(b, body_flags(name), more ? word(w[0]) : NULL,
                    more > 1 ? strtoull(w[1], NULL, 10) : 0,
                    more > 2 ? strtoull(w[2], NULL, 10) : 0);
  else if (!strncmp(name, "headers", 7))
    hark_fetch_headers(b, body_flags(name), more ? word(w[0]) : NULL,
                       more > 1 ? (const char *const *)w + 1 : NULL);
  else if (is(name, "item"))
    hark_fetch_item(b, word(w[0]));
  else if (is(name, "changed_since"))
    hark_fetch_changed_since(b, strtoull(w[0], NULL, 10));
  else if (!strncmp(name, "preview", 7))
    hark_fetch_preview(b, strstr(name, "lazy") != NULL);
  else if (is(name, "vanished"))
    hark_fetch_vanished(b);
  else if (is(name, "partial"))
    hark_fetch_partial(b, strtoll(w[0], NULL, 10), strtoll(w[1], NULL, 10));
  else
    abort();
}

/* fetch_parts [uid] set (item | +part ...) ... */
static int fetch_parts(caller *by, char **w) {
  unsigned with = uid(&w);
  hark_builder *b = hark_fetch_begin(by->c, with, *w);
  for (w += *w ? 1 : 0; *w;) {
    size_t more = 0;
    if (**w != '+') {
      hark_fetch_item(b, word(*w++));
      continue;
    }
    const char *name = *w++ + 1;
    while (w[more] && w[more][0] != '+') more++;
    char *next = w[more];
    w[more] = NULL; /* ends a list of names */
    fetch_part(b, name, w, more);
    w[more] = next;
    w += more;
  }
  return hark_fetch_end(b);
}

/* store_parts [uid] set [+since N] [+action NAME flag ...] */
static int store_parts(caller *by, char **w) {
  unsigned with = uid(&w);
  hark_builder *b = hark_store_begin(by->c, with, *w++);
  for (; *w; w++) {
    if (is(*w, "+since"))
      hark_store_unchanged_since(b, strtoull(*++w, NULL, 10));
    else if (is(*w, "+action"))
      hark_store_action(b, word(*++w));
    else
      hark_store_flag(b, word(*w));
  }
  return hark_store_end(b);
}

const call_row calls_fetch[] = {{"fetch", fetch},
                                {"store", store},
                                {"fetch_parts", fetch_parts},
                                {"store_parts", store_parts},
                                {0}};
