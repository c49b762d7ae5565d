/* tests/calls/referral.c - RLIST, RLSUB.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/referral.h>

static int rlist(caller *by, char **w) { return hark_rlist(by->c, word(w[0]), word(w[1])); }
static int rlsub(caller *by, char **w) { return hark_rlsub(by->c, word(w[0]), word(w[1])); }

const call_row calls_referral[] = {{"rlist", rlist}, {"rlsub", rlsub}, {0}};
