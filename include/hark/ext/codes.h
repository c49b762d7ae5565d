/* hark/ext/codes.h - arguments of response codes.  RFC 9051 section 7.1, RFC 4315, RFC 2060.
 * SPDX-License-Identifier: MIT
 *
 * Codes with one number (UIDNEXT, UIDVALIDITY, UNSEEN, HIGHESTMODSEQ) have it in
 * cond->code_num, BADURL its URL in cond->code_args.  Each of these is NULL unless cond has that code with readable arguments. */
#ifndef HARK_EXT_CODES_H
#define HARK_EXT_CODES_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct hark_code_uids { /* sets as sent: walk them with hark_set_next() */
  uint32_t uidvalidity;         /* of the mailbox that was copied or appended to */
  hark_str source;              /* COPYUID: the UIDs copied; APPENDUID: NIL */
  hark_str uids;                /* the new UIDs */
} hark_code_uids;

typedef struct hark_code_names {
  hark_str old_name, new_name;  /* UTF-8 */
  hark_str old_wire, new_wire;  /* as the server spelled them */
} hark_code_names;

HARK_API const hark_code_uids *hark_cond_uids(const hark_ev_cond *cond); /* COPYUID, APPENDUID */
HARK_API const hark_strs *hark_cond_permanent_flags(const hark_ev_cond *cond);
HARK_API const hark_strs *hark_cond_charsets(const hark_ev_cond *cond); /* BADCHARSET */
HARK_API const hark_code_names *hark_cond_new_name(const hark_ev_cond *cond); /* NEWNAME: was renamed */
#ifdef __cplusplus
}
#endif
#endif
