/* hark/set.h - sets of message numbers.  RFC 9051 section 9, sequence-set.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_SET_H
#define HARK_SET_H
#include <hark/base.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct hark_set hark_set; /* sorted, merged ranges */
HARK_API hark_set   *hark_set_new(const hark_config *config);
HARK_API void        hark_set_free(hark_set *s);
/* 0 is '*': 4294967295 is a legal UID */
HARK_API int         hark_set_add(hark_set *s, uint32_t first, uint32_t last);
HARK_API int         hark_set_remove(hark_set *s, uint32_t first, uint32_t last);
/* Adds, takes away all of other, in one pass over both. */
HARK_API int         hark_set_join(hark_set *s, const hark_set *other);
HARK_API int         hark_set_without(hark_set *s, const hark_set *other);
HARK_API int         hark_set_parse(hark_set *s, hark_str text);
HARK_API bool        hark_set_has(const hark_set *s, uint32_t n);
HARK_API uint64_t    hark_set_count(const hark_set *s);
HARK_API uint32_t    hark_set_max(const hark_set *s); /* 0: '*', or nothing is in it */
/* The i-th range, counted from 0; false: there are not so many. */
HARK_API bool        hark_set_range(const hark_set *s, size_t i, uint32_t *first, uint32_t *last);
HARK_API const char *hark_set_text(hark_set *s); /* "1:3,7"; owned by s until it changes */
/* The longest part of text that fits in max bytes and n numbers; moves *text on. */
HARK_API hark_str    hark_set_slice(hark_str *text, size_t max, uint64_t n);
/* Walks set text without memory: while (hark_set_next(&text, &a, &b)) ... */
HARK_API bool        hark_set_next(hark_str *text, uint32_t *first, uint32_t *last);
#ifdef __cplusplus
}
#endif
#endif
