/* wire/scan.h - the terminals of RFC 9051 section 9 as functions.
 * SPDX-License-Identifier: MIT
 *
 * A scan walks one complete piece of a response.  Each function consumes what
 * its name says and returns true, or returns false and the piece is malformed.
 * So ABNF reads as C: concatenation is &&, alternation is ||, a list is
 * scan_list().  Strings point into the receive buffer, or into the event's
 * arena where an escape had to be undone. */
#ifndef HARK_WIRE_SCAN_H
#define HARK_WIRE_SCAN_H
#include <hark/base.h>

struct arena;
typedef struct scan {
  const uint8_t *p, *end;
  struct arena  *arena; /* of the event being built; remembers if it ran out */
} scan;

bool scan_ch(scan *s, char ch);
bool scan_sp(scan *s);
bool scan_word(scan *s, const char *word);       /* case-insensitive, whole atom */
bool scan_atom(scan *s, hark_str *out);
bool scan_string(scan *s, hark_str *out);        /* quoted or literal */
bool scan_astring(scan *s, hark_str *out);
bool scan_nstring(scan *s, hark_str *out);       /* NIL gives p == NULL */
bool scan_mailbox(scan *s, hark_str *utf8);
bool scan_flag(scan *s, hark_str *out);
bool scan_u32(scan *s, uint32_t *out);
bool scan_u64(scan *s, uint64_t *out);
bool scan_set(scan *s, hark_str *out);
bool scan_date_time(scan *s, int64_t *seconds, int16_t *zone_minutes);
bool scan_skip(scan *s);                         /* any one value, nested lists included */

/* "(" [elem *(SP elem)] ")" into an arena array of *n elements of size bytes. */
typedef bool (*scan_elem)(scan *s, void *elem);
bool scan_list(scan *s, scan_elem elem, size_t size, void *array_out, size_t *n);
/* *(SP string), to the end of the response. */
bool scan_rest(scan *s, bool (*one)(scan *, hark_str *), hark_strs *out);
#endif
