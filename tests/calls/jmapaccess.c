/* tests/calls/jmapaccess.c - JMAPACCESS.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/jmapaccess.h>

static int getjmapaccess(caller *by, char **w) { return (void)w, hark_getjmapaccess(by->c); }

const call_row calls_jmapaccess[] = {{"getjmapaccess", getjmapaccess}, {0}};
