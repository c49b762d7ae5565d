/* hark/ext/context.h - searches that the server keeps up to date.  RFC 5267.
 * SPDX-License-Identifier: MIT
 *
 * "UPDATE" among the return options of a search or SORT asks for it, "CONTEXT" says that more such
 * searches follow.  What changes comes as HARK_EV_SEARCH with HARK_SEARCH_UPDATES and the tag of the
 * command, long after its DONE, until the mailbox is left or hark_cancelupdate(). */
#ifndef HARK_EXT_CONTEXT_H
#define HARK_EXT_CONTEXT_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_CODE_NOUPDATE = 1120 };

/* CANCELUPDATE: no more updates of these n searches; n > 0.  RFC 5267 section 4.3.5 */
HARK_API hark_cmd hark_cancelupdate(hark_client *c, const hark_cmd *searches, size_t n);
/* The tag of the search that will not be kept up to date, "A2".  NULL unless cond has the code
 * NOUPDATE, readable.  RFC 5267 section 4.3.1 */
HARK_API const hark_str *hark_cond_no_update(const hark_ev_cond *cond);
#ifdef __cplusplus
}
#endif
#endif
