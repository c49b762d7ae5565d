/* cli/policy.c - what the code of a refusal says about trying again.  RFC 5530.
 * SPDX-License-Identifier: MIT */
#include "cli/policy.h"
#include <hark/event.h>
#include <stddef.h>

/* It passes by itself; or somebody must mend something, or we are too many, and asking soon makes
 * it worse; or it is meant. */
static const policy known[] = {
    {HARK_CODE_UNAVAILABLE, EXIT_INCOMPLETE, false, 0},
    {HARK_CODE_INUSE, EXIT_INCOMPLETE, false, LONG_WAIT_MS},
    {HARK_CODE_LIMIT, EXIT_INCOMPLETE, false, LONG_WAIT_MS},
    {HARK_CODE_THROTTLED, EXIT_INCOMPLETE, false, LONG_WAIT_MS},
    {HARK_CODE_OVERQUOTA, EXIT_INCOMPLETE, false, LONG_WAIT_MS},
    {HARK_CODE_SERVERBUG, EXIT_SERVER, false, LONG_WAIT_MS},
    {HARK_CODE_CORRUPTION, EXIT_SERVER, false, LONG_WAIT_MS},
    {HARK_CODE_AUTHORIZATIONFAILED, EXIT_REFUSED, true, 0},
    {HARK_CODE_NOPERM, EXIT_REFUSED, true, 0},
    {HARK_CODE_CANNOT, EXIT_REFUSED, true, 0},
    {HARK_CODE_CONTACTADMIN, EXIT_REFUSED, true, 0},
};

const policy *policy_of(int code) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i].code == code) return &known[i];
  return NULL;
}
