/* tests/calls/id.c - ID.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/id.h>

static int id(caller *by, char **w) { return hark_id(by->c, (const char *const *)w); }

const call_row calls_id[] = {{"id", id}, {0}};
