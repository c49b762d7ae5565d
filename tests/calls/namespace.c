/* tests/calls/namespace.c - NAMESPACE.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/namespace.h>

static int namespace_(caller *by, char **w) { return (void)w, hark_namespace(by->c); }

const call_row calls_namespace[] = {{"namespace", namespace_}, {0}};
