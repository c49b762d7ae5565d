/* wire/frame.h - where lines and literals end.  RFC 9051 section 4.
 * SPDX-License-Identifier: MIT
 *
 * The framer knows four things: LF ends a line; "{n}" before it announces a literal, whatever
 * quotes or lists stand around it; a literal's bytes are opaque; free text (status lines, "+")
 * announces none.  It is resumable at any byte and looks at each byte once. */
#ifndef HARK_WIRE_FRAME_H
#define HARK_WIRE_FRAME_H
#include <hark/base.h>

#define frame_start hark__frame_start
#define frame_line hark__frame_line
#define frame_item hark__frame_item
#define frame_header hark__frame_header
#define frame_drop hark__frame_drop

enum { FRAME_TAIL = 80 /* bytes: the longest literal header with its line end */ };

typedef enum frame_result {
  FRAME_MORE,    /* more bytes are needed */
  FRAME_DONE,    /* complete: pos bytes */
  FRAME_LINE_END,/* frame_item(): the line ended before the item did; pos is behind its LF */
  FRAME_BROKEN   /* a literal header that cannot be read: fatal */
} frame_result;

typedef struct frame {
  size_t pos;        /* bytes from the start of the piece that were looked at */
  uint64_t literal;  /* bytes of the current literal still to come */
  uint64_t largest;  /* the largest literal announced in this piece */
  uint32_t depth;    /* of lists, in an item */
  size_t line;       /* where the line, or the rest of it behind a literal, begins */
  bool open;         /* what was dropped of the line ends with "{" and what may follow it */
  bool text;         /* free text: no literals */
  bool quoted, escaped, value; /* in an item: inside quotes, after a backslash, behind the name */
  bool bracket;      /* in an item's name: between "[" and "]" */
  bool lists;        /* an item: the ")" of the outermost list is its last byte */
} frame;

void frame_start(frame *f, bool free_text);

/* p[0..n) is what there is of the piece.  FRAME_DONE: pos is behind the LF that ends it. */
frame_result frame_line(frame *f, const uint8_t *p, size_t n);

/* One "name SP value" inside the list of a FETCH, or one value at the top level of an answer
 * that comes in elements (then value is set by the caller).  FRAME_DONE: pos is at the SP, ")"
 * or CR LF that ended it; spaces in front belong to it.  split: also a comma outside lists
 * and quotes ends it.  lists (set by the caller): pos may be behind the ")" of a list. */
frame_result frame_item(frame *f, const uint8_t *p, size_t n, bool split);

/* The piece p without its first n bytes, n <= pos.  Of a line that has not ended FRAME_TAIL bytes
 * are kept by whoever drops: the longest literal header. */
void frame_drop(frame *f, const uint8_t *p, size_t n);

/* p[0..n) ends with the LF of a line: 1 and *size when it announces a literal, 0 when not,
 * -1 when it announces one that cannot be read. */
int frame_header(const uint8_t *p, size_t n, uint64_t *size);
#endif
