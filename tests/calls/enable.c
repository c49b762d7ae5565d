/* tests/calls/enable.c - ENABLE, COMPRESS, UNAUTHENTICATE.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/compress.h>
#include <hark/ext/enable.h>
#include <hark/ext/unauthenticate.h>

static int enable(caller *by, char **w) { return hark_enable(by->c, w[0]); }
static int compress(caller *by, char **w) { return (void)w, hark_compress(by->c); }
static int unauthenticate(caller *by, char **w) { return (void)w, hark_unauthenticate(by->c); }

const call_row calls_enable[] = {
    {"enable", enable}, {"compress", compress}, {"unauthenticate", unauthenticate}, {0}};
