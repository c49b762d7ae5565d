/* hark/ext/filters.h - searches that the server has by name.  RFC 5466.
 * SPDX-License-Identifier: MIT
 *
 * hark_q_atom(q, "FILTER", name) searches with one.  They are kept as METADATA of the server:
 * "/private/filters/values/NAME", "/shared/filters/values/NAME". */
#ifndef HARK_EXT_FILTERS_H
#define HARK_EXT_FILTERS_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_CODE_UNDEFINED_FILTER = 1150 };
/* The name of the filter that is not there.  NULL unless cond has the code UNDEFINED-FILTER, readable.
 * RFC 5466 section 3.1 */
HARK_API const hark_str *hark_cond_undefined_filter(const hark_ev_cond *cond);
#ifdef __cplusplus
}
#endif
#endif
