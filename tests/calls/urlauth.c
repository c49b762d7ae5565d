/* tests/calls/urlauth.c - GENURLAUTH, RESETKEY, URLFETCH.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/urlauth.h>

static int resetkey(caller *by, char **w) {
  return hark_resetkey(by->c, *w ? word(*w) : NULL, *w ? (const char *const *)w + 1 : NULL);
}

static int genurlauth(caller *by, char **w) {
  return hark_genurlauth(by->c, (const char *const *)w);
}

/* url bits ... */
static int urlfetch(caller *by, char **w) {
  hark_builder *b = hark_urlfetch_begin(by->c);
  for (; w[0]; w += 2) hark_urlfetch_url(b, word(w[0]), (unsigned)strtoul(w[1], NULL, 10));
  return hark_urlfetch_end(b);
}

const call_row calls_urlauth[] = {
    {"resetkey", resetkey}, {"genurlauth", genurlauth}, {"urlfetch", urlfetch}, {0}};
