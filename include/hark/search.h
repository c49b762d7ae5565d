/* hark/search.h - SEARCH keys as calls.  RFC 9051 section 6.4.4.
 * SPDX-License-Identifier: MIT
 * Keys are joined by AND; hark_q_or() and hark_q_not() take the next keys,
 * hark_q_open()/hark_q_close() make one key of many. */
#ifndef HARK_SEARCH_H
#define HARK_SEARCH_H
#include <hark/command.h>
#ifdef __cplusplus
extern "C" {
#endif
HARK_API hark_builder *hark_search_begin(hark_client *c, unsigned flags, const char *returns);
HARK_API void hark_q_key(hark_builder *q, const char *key); /* "UNSEEN", "FLAGGED", ... */
/* "FROM", "SUBJECT", "BODY", ... */
HARK_API void hark_q_text(hark_builder *q, const char *field, const char *utf8);
HARK_API void hark_q_header(hark_builder *q, const char *name, const char *utf8);
/* "SINCE", "SENTBEFORE", ... */
HARK_API void hark_q_date(hark_builder *q, const char *field, int year, int month, int day);
/* "LARGER", "MODSEQ", ... */
HARK_API void hark_q_number(hark_builder *q, const char *field, uint64_t n);
HARK_API void hark_q_set(hark_builder *q, unsigned flags, const char *set);
HARK_API void hark_q_or(hark_builder *q);
HARK_API void hark_q_not(hark_builder *q);
HARK_API void hark_q_open(hark_builder *q);
HARK_API void hark_q_close(hark_builder *q);
HARK_API hark_cmd hark_search_end(hark_builder *q);
#ifdef __cplusplus
}
#endif
#endif
