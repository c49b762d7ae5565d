/* cli/policy.c - which refusals pass by themselves, and how soon to try again.  RFC 5530.
 * SPDX-License-Identifier: MIT */
#include "cli/policy.h"
#include <hark/event.h>
#include <stddef.h>

/* Somebody must mend something, or we are too many: asking soon makes it worse. */
static const struct {
  int code;
  uint32_t wait_ms;
} passing[] = {
    {HARK_CODE_UNAVAILABLE, 0},          {HARK_CODE_INUSE, LONG_WAIT_MS},
    {HARK_CODE_SERVERBUG, LONG_WAIT_MS}, {HARK_CODE_CORRUPTION, LONG_WAIT_MS},
    {HARK_CODE_LIMIT, LONG_WAIT_MS},     {HARK_CODE_THROTTLED, LONG_WAIT_MS},
    {HARK_CODE_OVERQUOTA, LONG_WAIT_MS},
};

bool policy_passes(int code, uint32_t *wait_ms) {
  for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
    if (passing[i].code != code) continue;
    *wait_ms = passing[i].wait_ms;
    return true;
  }
  return false;
}
