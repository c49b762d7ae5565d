/* tests/calls/quota.c - QUOTA.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/quota.h>

static int getquota(caller *by, char **w) { return hark_getquota(by->c, word(w[0])); }
static int getquotaroot(caller *by, char **w) { return hark_getquotaroot(by->c, word(w[0])); }

/* setquota ROOT [NAME LIMIT]... */
static int setquota(caller *by, char **w) {
  hark_quota_limit limits[8];
  size_t n = 0;
  for (char **p = w + 1; *p && n < 8; p += 2)
    limits[n++] = (hark_quota_limit){p[0], strtoull(p[1], NULL, 10)};
  return hark_setquota(by->c, word(w[0]), limits, n);
}

const call_row calls_quota[] = {
    {"getquota", getquota}, {"getquotaroot", getquotaroot}, {"setquota", setquota}, {0}};
