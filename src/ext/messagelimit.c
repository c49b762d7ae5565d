/* ext/messagelimit.c - arguments of MESSAGELIMIT.  RFC 9738.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/messagelimit.h>

/* "MESSAGELIMIT" SP nz-number [SP uniqueid] */
static bool message_limit(ext_call *call, scan *s) {
  hark_message_limit *m = ext_code(call, HARK_CODE_MESSAGELIMIT, sizeof *m);
  if (!m || !scan_sp(s) || !scan_nz_u32(s, &m->limit)) return false;
  return scan_end(s) || (scan_sp(s) && scan_nz_u32(s, &m->uid) && scan_end(s));
}

const hark_message_limit *hark_cond_message_limit(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_MESSAGELIMIT ? cond->code_data : NULL;
}

static const ext_word codes[] = {{"MESSAGELIMIT", message_limit, EXT_WHOLE, EXT_AUTHENTICATED},
                                 {0}};

static const hark_field fields[] = {
    FIELD(hark_message_limit, limit, U32), FIELD(hark_message_limit, uid, U32), {0}};
static const ext_fields ids[] = {{HARK_CODE_MESSAGELIMIT, "MESSAGELIMIT", fields}, {0}};

extern const hark__extension hark__ext_messagelimit;
const hark__extension hark__ext_messagelimit = {.codes = codes, .code_ids = ids};
