/* wire/put.h - the text of one command, and where it may have to wait.  RFC 9051 section 9.
 * SPDX-License-Identifier: MIT
 *
 * A put is a growing buffer with a hard upper bound.  The first failure sticks (err) and
 * everything after it does nothing.  A literal is not decided here: its place is marked, so
 * that whoever sends it chooses "{n}", "{n+}" by what the server offers.  A secret is marked
 * too, so that the log shows <secret>. */
#ifndef HARK_WIRE_PUT_H
#define HARK_WIRE_PUT_H
#include "base/mem.h"

#define put_init hark__put_init
#define put_free hark__put_free
#define put_text hark__put_text
#define put_raw hark__put_raw
#define put_number hark__put_number
#define put_string hark__put_string
#define put_string8 hark__put_string8
#define put_astring hark__put_astring
#define put_date_time hark__put_date_time
#define put_quoted hark__put_quoted
#define put_mailbox hark__put_mailbox
#define put_has_names hark__put_has_names
#define put_names hark__put_names
#define put_stream hark__put_stream
#define put_flags hark__put_flags
#define put_set hark__put_set
#define put_base64 hark__put_base64
#define put_list hark__put_list
#define put_insert hark__put_insert
#define put_is_ascii hark__put_is_ascii
#define put_room hark__put_room

typedef enum put_mark_kind {
  PUT_LITERAL = 1,
  PUT_SECRET,
  PUT_STREAM, /* a literal of which only the size is known; n is 0 */
  PUT_NAME    /* a mailbox name in UTF-8, to be spelled by put_names() */
} put_mark_kind;
typedef struct put_mark { /* bytes from .. from + n of the text */
  size_t from, n;
  int32_t kind; /* put_mark_kind; a literal that is secret has kind PUT_LITERAL and secret */
  bool secret;
  bool binary; /* a literal that is a literal8 */
  uint64_t stream; /* PUT_STREAM: its size */
} put_mark;

typedef struct put {
  const mem *mem;
  char *p;
  size_t n, cap;
  size_t line;     /* bytes of text in a line, literals not counted */
  size_t max;      /* as many in all; more behind each literal that is only announced */
  size_t literals; /* bytes of literals */
  put_mark *marks;
  size_t nmarks, marks_cap;
  bool secret; /* what is put now is secret */
  int err;     /* sticky: 0, HARK_ERR_ARG, HARK_ERR_NOMEM */
} put;

void put_init(put *b, const mem *m, size_t max);
void put_free(put *b); /* wipes */
/* Text of our own: no check. */
void put_text(put *b, const char *text);
/* A caller's IMAP text: balanced parentheses and quotes, one space between values and none
 * elsewhere, no CR, LF, NUL, other control, nor anything that reads as a literal header; else, and
 * where there is none, HARK_ERR_ARG. */
void put_raw(put *b, const char *imap_text);
void put_list(put *b, const char *imap_text); /* the same, and all of it is one list in parentheses */
void put_number(put *b, uint64_t n);
/* string: quoted where the bytes allow it, else a literal; NUL is HARK_ERR_ARG.  s.p NULL
 * is HARK_ERR_ARG. */
void put_string(put *b, hark_str s);
void put_string8(put *b, hark_str s);  /* with a NUL in it: a literal8 */
void put_astring(put *b, hark_str s);  /* an atom where that is enough */
void put_quoted(put *b, hark_str s);   /* always quoted; HARK_ERR_ARG where impossible (ID) */
/* INBOX in capitals; a name that is spelled in two ways is marked until put_names() */
void put_mailbox(put *b, const char *utf8_name);
bool put_has_names(const put *b);
/* Spells the names that are marked: as UTF-8, or in modified UTF-7. */
void put_names(put *b, bool utf8);
/* A literal of that many bytes, which are no part of the text. */
void put_stream(put *b, uint64_t size, bool binary);
void put_set(put *b, const char *set); /* checked against sequence-set, "*" and "$" allowed */
/* date-time of these seconds since 1970 UTC in that zone: years 1 to 9999, zones to 23:59 */
void put_date_time(put *b, int64_t seconds, int16_t zone_minutes);
/* "(" [flag *(SP flag)] ")" of "flag flag", checked */
void put_flags(put *b, const char *flags);
void put_base64(put *b, hark_str s);
/* Text of our own, in front of what was put behind the first at bytes. */
void put_insert(put *b, size_t at, const char *text);
/* What was put behind the first from bytes, mailbox names apart. */
bool put_is_ascii(const put *b, size_t from);
size_t put_room(const put *b); /* bytes that max still allows */
#endif
