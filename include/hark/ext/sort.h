/* hark/ext/sort.h - SORT: a search whose answer has an order.  RFC 5256, 5267, 5957, 6203.
 * SPDX-License-Identifier: MIT
 *
 * The keys are those of hark/search.h, and hark_search_end() ends the command.  Its answer is
 * HARK_EV_SORT; with return options it is HARK_EV_SEARCH, whose set has the order. */
#ifndef HARK_EXT_SORT_H
#define HARK_EXT_SORT_H
#include <hark/search.h>
#ifdef __cplusplus
extern "C" {
#endif
/* criteria: the most important first, "(REVERSE DATE SUBJECT)": ARRIVAL CC DATE FROM SIZE SUBJECT
 * TO, DISPLAYFROM DISPLAYTO (RFC 5957), RELEVANCY (RFC 6203) or another atom, each with REVERSE in
 * front or not.  charset: of the texts in the keys; NULL: UTF-8.  returns: as hark_search_begin()
 * has them, where the server offers ESORT or CONTEXT=SORT; NULL: the plain answer.
 * HARK_ERR_ARG where one of them is not of that form; UNSENT without SORT.  RFC 5256 section 3. */
HARK_API hark_builder *hark_sort_begin(hark_client *c, unsigned flags, const char *criteria,
                                       const char *charset, const char *returns);
#ifdef __cplusplus
}
#endif
#endif
