/* hark/ext/objectid.h - names of messages, threads and mailboxes that never change.  RFC 8474.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_EXT_OBJECTID_H
#define HARK_EXT_OBJECTID_H
#include <hark/fetch.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_ITEM_EMAILID = HARK_ITEM_EXTENSION + 10, HARK_ITEM_THREADID };
enum { HARK_CODE_MAILBOXID = 1010 };
/* The identifier; NIL: the message is in no thread.  NULL unless item is of one of these kinds. */
HARK_API const hark_str *hark_item_objectid(const hark_ev_item *item);
/* NULL unless cond has the code MAILBOXID, readable. */
HARK_API const hark_str *hark_cond_mailbox_id(const hark_ev_cond *cond);
#ifdef __cplusplus
}
#endif
#endif
