/* hark/ext/unauthenticate.h - UNAUTHENTICATE: another sign-in on the same connection.  RFC 8437.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_EXT_UNAUTHENTICATE_H
#define HARK_EXT_UNAUTHENTICATE_H
#include <hark/command.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Its OK leaves nothing of the session but TLS: no mailbox, nothing enabled, capabilities unknown.
 * HARK_ERR_STATE: DEFLATE is pushed, which would have to end in the middle of the stream. */
HARK_API hark_cmd hark_unauthenticate(hark_client *c);
#ifdef __cplusplus
}
#endif
#endif
