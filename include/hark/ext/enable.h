/* hark/ext/enable.h - ENABLE: what changes the protocol is asked for.  RFC 9051 sections 6.3.1, 7.2.1;
 * RFC 5161, RFC 6855.
 * SPDX-License-Identifier: MIT
 *
 * hark_enabled() says what holds.  With IMAP4rev2 or UTF8=ACCEPT mailbox names are UTF-8 on the
 * wire, in both directions; programs see UTF-8 in any case. */
#ifndef HARK_EXT_ENABLE_H
#define HARK_EXT_ENABLE_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_ENABLED = HARK_EV_EXTENSION + 90 }; /* ev->list: what is enabled by it */

/* "CONDSTORE UTF8=ACCEPT".  Before any mailbox is selected (RFC 5161 section 3.1). */
HARK_API hark_cmd hark_enable(hark_client *c, const char *capabilities);
#ifdef __cplusplus
}
#endif
#endif
