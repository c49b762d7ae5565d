/* tests/calls/qresync.c - SELECT with CONDSTORE and QRESYNC.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/qresync.h>

static int condstore(caller *by, char **w) {
  return hark_select_condstore(by->c, is(w[0], "examine"), word(w[1]));
}

/* select|examine mailbox [uidvalidity modseq uids numbers uids] */
static int qresync(caller *by, char **w) {
  hark_qresync known = {0};
  if (w[2]) {
    known.uidvalidity = (uint32_t)strtoul(w[2], NULL, 10);
    known.modseq = strtoull(w[3], NULL, 10);
    known.uids = word(w[4]);
    known.sample_numbers = word(w[5]), known.sample_uids = word(w[6]);
  }
  return hark_select_qresync(by->c, is(w[0], "examine"), word(w[1]), w[2] ? &known : NULL);
}

const call_row calls_qresync[] = {
    {"select_condstore", condstore}, {"select_qresync", qresync}, {0}};
