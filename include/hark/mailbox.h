/* hark/mailbox.h - mailbox names.  RFC 3501 section 5.1.3, RFC 9051 section 5.1.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_MAILBOX_H
#define HARK_MAILBOX_H
#include <hark/base.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Each writes at most cap bytes and a NUL, and returns the length it needed
 * (like snprintf), or a negative hark_err for a name that cannot be converted. */
HARK_API int  hark_mailbox_to_utf8(char *out, size_t cap, hark_str wire);
HARK_API int  hark_mailbox_from_utf8(char *out, size_t cap, hark_str utf8);
HARK_API bool hark_mailbox_match(hark_str pattern, hark_str name, char delimiter);
#ifdef __cplusplus
}
#endif
#endif
