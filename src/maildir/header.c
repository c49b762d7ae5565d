/* maildir/header.c - the Message-ID, read from the stream.  RFC 5322 sections 2.2.3 and 3.6.4.
 * SPDX-License-Identifier: MIT */
#include "maildir/internal.h"
#include <string.h>

enum { LINE, NAME, COLON, OTHER, VALUE, VALUE_END, ID, ID_END, OVER };
static const char field[] = "message-id";

void md_scan_begin(scan *s) { s->at = LINE, s->word = 0, s->n = 0; }

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c; }
static bool blank(char c) { return c == ' ' || c == '\t'; }

static void line(scan *s, char c) {
  s->word = 0, s->n = 0;
  if (c == '\n')
    s->at = OVER; /* the empty line: a body follows */
  else if (lower(c) == field[0])
    s->at = NAME, s->word = 1;
  else if (c != '\r')
    s->at = OTHER;
}

static void field_name(scan *s, char c) {
  if (field[s->word] && lower(c) == field[s->word])
    s->word++;
  else if (c == '\n')
    s->at = LINE;
  else if (field[s->word] || (c != ':' && !blank(c)))
    s->at = OTHER;
  else
    s->at = c == ':' ? VALUE : COLON;
}

static void colon(scan *s, char c) {
  if (c == '\n')
    s->at = LINE;
  else if (!blank(c))
    s->at = c == ':' ? VALUE : OTHER;
}

static void value(scan *s, char c) {
  if (c == '<')
    s->at = ID;
  else if (c == '\n')
    s->at = VALUE_END;
}

static void id(scan *s, char c) {
  if (c == '>')
    s->at = OVER;
  else if (c == '\n')
    s->at = ID_END;
  else if ((unsigned char)c <= ' ')
    return;
  else if (s->n < ID_MOST)
    s->id[s->n++] = c;
  else
    s->at = OVER, s->n = 0;
}

/* A line that begins with a blank goes on with the field; else a field begins. */
static void next_line(scan *s, char c, uint8_t on) {
  if (blank(c))
    s->at = on;
  else
    s->at = LINE, line(s, c);
}

static void take(scan *s, char c) {
  switch (s->at) {
  case LINE: line(s, c); break;
  case NAME: field_name(s, c); break;
  case COLON: colon(s, c); break;
  case VALUE: value(s, c); break;
  case VALUE_END: next_line(s, c, VALUE); break;
  case ID: id(s, c); break;
  case ID_END: next_line(s, c, ID); break;
  }
}

void md_scan_put(scan *s, const char *p, size_t n) {
  const char *end = p + n;
  while (p < end && s->at != OVER) {
    if (s->at == OTHER) {
      if (!(p = memchr(p, '\n', (size_t)(end - p)))) return;
      s->at = LINE;
      p++;
    } else
      take(s, *p++);
  }
}

bool md_scan_over(const scan *s) { return s->at == OVER; }

hark_str md_scan_id(const scan *s) {
  bool whole = s->at == OVER && s->n;
  return (hark_str){whole ? s->id : NULL, whole ? s->n : 0};
}

hark_str md_id_put(char out[ID_MOST], hark_str from) {
  size_t n = 0;
  for (size_t i = 0; i < from.n; i++) {
    if ((unsigned char)from.p[i] <= ' ') continue;
    if (n == ID_MOST) return (hark_str){NULL, 0};
    out[n++] = from.p[i];
  }
  return (hark_str){n ? out : NULL, n};
}
