/* cli/policy.h - which refusals pass by themselves, and how soon to try again.  RFC 5530.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_POLICY_H
#define CLI_POLICY_H
#include <stdbool.h>
#include <stdint.h>

enum { LONG_WAIT_MS = 300000 };

/* code: a hark_code.  *wait_ms: at least so long before the next try. */
bool policy_passes(int code, uint32_t *wait_ms);
#endif
