/* cli/policy.h - what the code of a refusal says about trying again.  RFC 5530.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_POLICY_H
#define CLI_POLICY_H
#include "cli/exit.h"
#include <stdbool.h>
#include <stdint.h>

enum { LONG_WAIT_MS = 300000 };

typedef struct policy {
  int code; /* a hark_code */
  exit_code exit;
  bool final;       /* trying again would not help */
  uint32_t wait_ms; /* at least so long before the next try */
} policy;

const policy *policy_of(int code); /* NULL: it says nothing about that */
#endif
