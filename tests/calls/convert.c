/* tests/calls/convert.c - CONVERT.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/convert.h>

static int conversions(caller *by, char **w) {
  return hark_conversions(by->c, word(w[0]), word(w[1]));
}

/* +param name value, +N part [origin count]; N: hark_convert_item */
static char **piece(hark_builder *b, char **w) {
  if (is(*w, "+param")) {
    hark_convert_param(b, word(w[1]), word(w[2]));
    return w + 3;
  }
  uint64_t range[2] = {0, 0};
  int item = (int)strtol(*w + 1, NULL, 10);
  const char *part = word(w[1]);
  for (w += 2; *w && **w != '+'; w++) {
    range[0] = range[1];
    range[1] = strtoull(*w, NULL, 10);
  }
  hark_convert_put(b, item, part, range[0], range[1]);
  return w;
}

/* [uid] set type piece ... */
static int convert(caller *by, char **w) {
  unsigned with = uid(&w);
  hark_builder *b = hark_convert_begin(by->c, with, word(w[0]), word(w[1]));
  for (w += 2; *w;) w = piece(b, w);
  return hark_convert_end(b);
}

const call_row calls_convert[] = {{"conversions", conversions}, {"convert", convert}, {0}};
