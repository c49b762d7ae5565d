/* hark/set.h - sets of message numbers.  RFC 9051 section 9, sequence-set.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_SET_H
#define HARK_SET_H
#include <hark/base.h>
#ifdef __cplusplus
extern "C" {
#endif
/* A range costs next to nothing, any 65,536 numbers side by side 8 KiB at most: a mailbox of a
 * million messages with a hole behind each takes 250 KiB. */
typedef struct hark_set hark_set;
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
/* The i-th number, counted from 0; 0: '*', or there are not so many. */
HARK_API uint32_t    hark_set_at(const hark_set *s, uint64_t i);
/* How many numbers below n are in it, whether or not n is: hark_set_at() the other way round. */
HARK_API uint64_t    hark_set_rank(const hark_set *s, uint32_t n);
/* Walks the ranges upwards: uint64_t at = 0; while (hark_set_walk(s, &at, &first, &last)) ...
 * The set may change meanwhile. */
HARK_API bool        hark_set_walk(const hark_set *s, uint64_t *at, uint32_t *first, uint32_t *last);
HARK_API const char *hark_set_text(hark_set *s); /* "1:3,7"; owned by s until it changes */
/* The longest part of text that fits in max bytes and n numbers; moves *text on. */
HARK_API hark_str    hark_set_slice(hark_str *text, size_t max, uint64_t n);
/* Walks set text without memory: while (hark_set_next(&text, &a, &b)) ... */
HARK_API bool        hark_set_next(hark_str *text, uint32_t *first, uint32_t *last);
#ifdef __cplusplus
}
#endif
#endif
