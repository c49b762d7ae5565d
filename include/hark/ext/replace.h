/* hark/ext/replace.h - REPLACE: a message in place of another, in one step.  RFC 8508.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_EXT_REPLACE_H
#define HARK_EXT_REPLACE_H
#include <hark/command.h>
#ifdef __cplusplus
extern "C" {
#endif
/* flags: HARK_UID when number is a UID.  Then hark_append_message() once, and hark_cmd_end(); the
 * old message goes with EXPUNGE (or VANISHED), the new UID comes with an untagged OK (APPENDUID). */
HARK_API hark_builder *hark_replace_begin(hark_client *c, unsigned flags, uint32_t number,
                                          const char *mailbox);
#ifdef __cplusplus
}
#endif
#endif
