/* wire/scan.h - the terminals of RFC 9051 section 9 as functions.
 * SPDX-License-Identifier: MIT
 *
 * A scan walks one complete piece of a response: a line with its literals (which stand in
 * it as sent, "{5}" CRLF and five bytes), without the line end that ends it.  Each function
 * consumes what its name says and returns true, or returns false and the piece is malformed
 * (a function that returned false may have consumed anything).  So ABNF reads as C:
 * concatenation is &&, alternation is ||, a list is scan_list().  Strings point into the
 * piece, or into the event's arena where an escape had to be undone.
 *
 * Lenient reading forgives what real servers send; each thing forgiven is noted in quirk,
 * and with strict set it is refused instead. */
#ifndef HARK_WIRE_SCAN_H
#define HARK_WIRE_SCAN_H
#include <hark/base.h>

#define scan_init hark__scan_init
#define scan_forgive hark__scan_forgive
#define scan_end hark__scan_end
#define scan_peek hark__scan_peek
#define scan_ch hark__scan_ch
#define scan_accept hark__scan_accept
#define scan_sp hark__scan_sp
#define scan_word hark__scan_word
#define scan_is hark__scan_is
#define scan_atom hark__scan_atom
#define scan_tag hark__scan_tag
#define scan_string hark__scan_string
#define scan_astring hark__scan_astring
#define scan_nstring hark__scan_nstring
#define scan_nil hark__scan_nil
#define scan_mailbox hark__scan_mailbox
#define scan_flag hark__scan_flag
#define scan_u32 hark__scan_u32
#define scan_nz_u32 hark__scan_nz_u32
#define scan_u64 hark__scan_u64
#define scan_count hark__scan_count
#define scan_set hark__scan_set
#define scan_date_time hark__scan_date_time
#define scan_skip hark__scan_skip
#define scan_list hark__scan_list
#define scan_flag_list hark__scan_flag_list
#define scan_rest hark__scan_rest

struct arena;
typedef struct scan {
  const uint8_t *p, *end;
  struct arena *arena;  /* of the event being built; remembers if it ran out */
  const char *quirk;    /* the last deviation that was forgiven, for the log; or NULL */
  const char *expected; /* what was missing where reading stopped: "number"; or NULL */
  uint32_t items;       /* limit: elements of one list */
  uint32_t depth;       /* limit: nesting that is still allowed */
  uint32_t literal;     /* limit: bytes of one literal */
  bool strict;
  bool utf8;            /* mailbox names are UTF-8, and not modified UTF-7 */
} scan;

/* items, depth, literal 0: the defaults of hark_limits. */
void scan_init(scan *s, const void *p, size_t n, struct arena *a);
/* true: lenient, and what is noted; false: strict, the piece is malformed. */
bool scan_forgive(scan *s, const char *what);

bool scan_end(const scan *s); /* nothing is left */
int scan_peek(const scan *s); /* the next byte, -1 at the end */
bool scan_accept(scan *s, char ch); /* whether it is there; nothing is expected */
bool scan_ch(scan *s, char ch);
bool scan_sp(scan *s);                           /* one SP; more are forgiven */
bool scan_word(scan *s, const char *word);       /* case-insensitive, whole atom; else nothing consumed */
bool scan_is(hark_str text, const char *word);   /* case-insensitive, all of it; NIL is nothing */
bool scan_atom(scan *s, hark_str *out);          /* 1*ATOM-CHAR */
bool scan_tag(scan *s, hark_str *out);
bool scan_string(scan *s, hark_str *out);        /* quoted or literal, literal8 too */
bool scan_astring(scan *s, hark_str *out);
bool scan_nstring(scan *s, hark_str *out);       /* NIL gives p == NULL; "" has n == 0 and p */
bool scan_nil(scan *s);                          /* else nothing consumed */
bool scan_mailbox(scan *s, hark_str *utf8, hark_str *wire); /* wire may be NULL */
bool scan_flag(scan *s, hark_str *out);          /* "\Seen", "\*", "$Forwarded" */
bool scan_u32(scan *s, uint32_t *out);
bool scan_nz_u32(scan *s, uint32_t *out);
bool scan_u64(scan *s, uint64_t *out);           /* number64: up to 2^63 - 1 */
bool scan_count(scan *s, uint64_t *out);         /* the same, of bytes or lines: "-1" is 0 */
bool scan_set(scan *s, hark_str *out);           /* sequence-set, checked; text as sent */
/* odd: what the numbers do not tell, SCAN_* */
#define SCAN_LEAP_SECOND 1u /* the second 60, which counts as the one behind it */
#define SCAN_NO_ZONE     2u /* "-0000": UTC, and the zone is not known.  RFC 5322 section 3.3 */
bool scan_date_time(scan *s, int64_t *seconds, int16_t *zone_minutes, unsigned *odd); /* quoted */
bool scan_skip(scan *s);                         /* any one value, nested lists included */

/* "(" [elem *(SP elem)] ")" into an arena array of *n elements of size bytes.
 * array_out is the address of a pointer to such elements. */
typedef bool (*scan_elem)(scan *s, void *elem);
bool scan_list(scan *s, scan_elem elem, size_t size, void *array_out, size_t *n);
bool scan_flag_list(scan *s, hark_strs *out);
/* *(SP string), to the end of the response. */
bool scan_rest(scan *s, bool (*one)(scan *, hark_str *), hark_strs *out);
#endif
