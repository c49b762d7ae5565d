/* tests/calls/metadata.c - METADATA.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/metadata.h>

/* getmetadata MAILBOX [maxsize N] [depth D] ENTRY... */
static int getmetadata(caller *by, char **w) {
  const char *mailbox = word(*w++);
  hark_metadata_options options = {NULL, 0};
  uint32_t maxsize;
  if (is(*w, "maxsize")) {
    maxsize = (uint32_t)strtoul(w[1], NULL, 10);
    options.maxsize = &maxsize;
    w += 2;
  }
  if (is(*w, "depth")) {
    options.depth = (int32_t)strtol(w[1], NULL, 10);
    w += 2;
  }
  const char *const *entries = is(*w, "NULL") ? NULL : (const char *const *)w;
  return hark_getmetadata(by->c, mailbox, options.depth || options.maxsize ? &options : NULL,
                          entries);
}

/* setmetadata MAILBOX [ENTRY VALUE]...; in VALUE "~" stands for NUL */
static int setmetadata(caller *by, char **w) {
  hark_metadata_entry v[8];
  size_t n = 0;
  for (char **p = w + 1; *p && n < 8; p += 2) {
    hark_str name = str(word(p[0])), value = str(word(p[1]));
    for (char *at = p[1]; value.p && (at = strchr(at, '~'));) *at++ = 0;
    v[n++] = (hark_metadata_entry){name, value};
  }
  return hark_setmetadata(by->c, word(w[0]), v, n);
}

const call_row calls_metadata[] = {{"getmetadata", getmetadata}, {"setmetadata", setmetadata}, {0}};
