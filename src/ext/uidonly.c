/* ext/uidonly.c - UIDONLY: no message numbers.  RFC 9586.
 * SPDX-License-Identifier: MIT
 *
 * UIDFETCH itself is read as FETCH is, by the core. */
#include "core/extension.h"
#include <hark/ext/uidonly.h>

/* "UIDREQUIRED" */
static bool uid_required(ext_call *call, scan *s) {
  ext_code(call, HARK_CODE_UIDREQUIRED, 0);
  return scan_end(s);
}

static const ext_word codes[] = {{"UIDREQUIRED", uid_required, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};
static const ext_fields ids[] = {{HARK_CODE_UIDREQUIRED, "UIDREQUIRED", NULL}, {0}};

extern const hark__extension hark__ext_uidonly;
const hark__extension hark__ext_uidonly = {.codes = codes, .code_ids = ids};
