/* core/reading.h - the steps in which next.c reads.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_CORE_READING_H
#define HARK_CORE_READING_H
#include "core/client.h"

#define reading_skip        hark__reading_skip
#define reading_skipped     hark__reading_skipped
#define reading_keep        hark__reading_keep
#define read_skip           hark__read_skip
#define read_fetch_begin    hark__read_fetch_begin
#define read_fetch          hark__read_fetch
#define read_items_at_once  hark__read_items_at_once
#define read_elements_begin hark__read_elements_begin
#define read_elements       hark__read_elements

/* MORE: bytes are needed; ON: something was consumed, told or decided. */
typedef enum step { STEP_MORE, STEP_ON } step;

enum { PREFIX_MAX = 96 };

typedef struct prefix { /* of an untagged response: "* 12 FETCH" */
  uint64_t number; /* UINT64_MAX: none */
  hark_str word;
  size_t n; /* up to the byte behind the word */
} prefix;

/* The piece being read, and how much of it is there. */
static inline const uint8_t *here(const hark_client *c) { return c->in.p + c->in.read; }
static inline size_t avail(const hark_client *c) { return c->in.write - c->in.read; }
static inline uint64_t offset(const hark_client *c) { return c->base + c->in.read; }
static inline hark_str str(const void *p, size_t n) { return (hark_str){p, n}; }

/* Bytes of the line end at p, 0: none here, -1: not decided yet. */
static inline int line_end(const uint8_t *p, size_t n) {
  if (!n) return -1;
  if (p[0] == '\n') return 1;
  if (p[0] != '\r') return 0;
  if (n < 2) return -1;
  return p[1] == '\n' ? 2 : 0;
}

/* Drops spaces and says how many. */
static inline size_t spaces(hark_client *c) {
  size_t n = 0;
  while (n < avail(c) && here(c)[n] == ' ') n++;
  core_consume(c, n);
  return n;
}

/* skip.c: the rest of the response is dropped and told as MALFORMED with this reason (NULL:
 * silently); c->frame says where in it we are.  Before sign-in a reason is fatal. */
step reading_skip(hark_client *c, const char *reason, reading then);
void reading_keep(hark_client *c, size_t n);
void reading_skipped(hark_client *c);
step read_skip(hark_client *c);

/* message.c */
step read_fetch_begin(hark_client *c, const prefix *pre);
step read_fetch(hark_client *c);

/* items.c: as many items as can be told now, of a line that is all there; false: none */
bool read_items_at_once(hark_client *c);

/* elements.c */
step read_elements_begin(hark_client *c, const prefix *pre);
step read_elements(hark_client *c);
#endif
