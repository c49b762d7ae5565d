/* tests/calls/acl.c - ACL.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/acl.h>

static int setacl(caller *by, char **w) {
  return hark_setacl(by->c, word(w[0]), word(w[1]), word(w[2]));
}
static int deleteacl(caller *by, char **w) { return hark_deleteacl(by->c, word(w[0]), word(w[1])); }
static int getacl(caller *by, char **w) { return hark_getacl(by->c, word(w[0])); }
static int listrights(caller *by, char **w) {
  return hark_listrights(by->c, word(w[0]), word(w[1]));
}
static int myrights(caller *by, char **w) { return hark_myrights(by->c, word(w[0])); }

const call_row calls_acl[] = {{"setacl", setacl},     {"deleteacl", deleteacl},
                              {"getacl", getacl},     {"listrights", listrights},
                              {"myrights", myrights}, {0}};
