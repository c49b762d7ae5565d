/* wire/frame.c - where lines and literals end.  RFC 9051 section 4.
 * SPDX-License-Identifier: MIT
 *
 * Invariant: 0 <= line <= pos <= n, and p[0..pos) was looked at.  The bytes of a literal are
 * never looked at, also not backwards by the search for the next literal's header: that one
 * begins at line.  Of a line whose beginning was dropped, open says what the search must know. */
#include "wire/frame.h"
#include <assert.h>
#include <string.h>

void frame_start(frame *f, bool free_text) { *f = (frame){.text = free_text}; }

/* "{" number ["+"] "}" to *size; false: over 2^63 - 1, or something else stands there. */
static bool header_size(const uint8_t *p, const uint8_t *end, uint64_t *size) {
  const uint64_t most = INT64_MAX;
  if (end > p && end[-1] == '+') end--;
  if (p == end) return false;
  for (*size = 0; p < end; p++) {
    uint64_t digit = (uint64_t)*p - '0';
    if (digit > 9 || *size > (most - digit) / 10) return false;
    *size = *size * 10 + digit;
  }
  return true;
}

/* What looks like a number in braces is taken for a header, and must be one. */
static bool in_braces(uint8_t ch) {
  return (ch >= '0' && ch <= '9') || ch == '+' || ch == '-' || ch == ' ';
}

enum { MOST_DIGITS = FRAME_TAIL - 8 };

/* Where the bytes that may stand in braces begin, which p[0..n) ends with. */
static size_t braces_begin(const uint8_t *p, size_t n) {
  while (n && in_braces(p[n - 1])) n--;
  return n;
}

/* open: what was dropped in front of p ends with "{" and bytes that may stand in braces. */
static int header(const uint8_t *p, size_t n, bool open, uint64_t *size) {
  assert(n && p[n - 1] == '\n');
  size_t end = n - 1;
  if (end && p[end - 1] == '\r') end--;
  if (!end || p[--end] != '}') return 0;
  size_t from = braces_begin(p, end);
  if (from ? p[from - 1] != '{' : !open) return 0;
  if (end - from > MOST_DIGITS) return -1;
  assert(from);
  return header_size(p + from, p + end, size) ? 1 : -1;
}

int frame_header(const uint8_t *p, size_t n, uint64_t *size) { return header(p, n, false, size); }

/* Passes over what there is of the current literal; false: it goes on. */
static bool skip_literal(frame *f, size_t n) {
  size_t there = n - f->pos;
  if (f->literal > there) {
    f->pos = n;
    f->literal -= there;
    return false;
  }
  f->pos += (size_t)f->literal;
  f->literal = 0;
  return true;
}

/* At the LF of a line, which pos is behind: MORE for a literal that follows, DONE for none. */
static frame_result line_ended(frame *f, const uint8_t *p) {
  uint64_t size = 0;
  int announced = f->text ? 0 : header(p + f->line, f->pos - f->line, f->open, &size);
  if (announced < 0) return FRAME_BROKEN;
  if (!announced) return FRAME_DONE;
  if (size > f->largest) f->largest = size;
  f->literal = size;
  return FRAME_MORE;
}

/* A line begins at pos, or what follows a literal. */
static void line_begins(frame *f) { f->line = f->pos, f->open = false; }

void frame_drop(frame *f, const uint8_t *p, size_t n) {
  assert(n <= f->pos);
  f->pos -= n;
  if (f->line >= n) {
    f->line -= n;
    return;
  }
  size_t from = braces_begin(p + f->line, n - f->line);
  if (from) f->open = p[f->line + from - 1] == '{';
  f->line = 0;
}

frame_result frame_line(frame *f, const uint8_t *p, size_t n) {
  for (;;) {
    if (f->literal) {
      if (!skip_literal(f, n)) return FRAME_MORE;
      line_begins(f);
    }
    const uint8_t *lf = f->pos < n ? memchr(p + f->pos, '\n', n - f->pos) : NULL;
    f->pos = lf ? (size_t)(lf - p) + 1 : n;
    if (!lf) return FRAME_MORE;
    frame_result result = line_ended(f, p);
    if (result != FRAME_MORE) return result;
    line_begins(f);
  }
}

/* The bytes that mean something to an item. */
static const bool stops[256] = {
    ['\n'] = true, ['"'] = true, ['\\'] = true, ['('] = true, [')'] = true,
    [' '] = true,  [','] = true, ['['] = true,  [']'] = true};

/* At the LF that pos is behind.  An item that is complete ends before the CR. */
static frame_result item_line_ended(frame *f, const uint8_t *p) {
  frame_result result = line_ended(f, p);
  if (result == FRAME_MORE) {
    line_begins(f);
    f->quoted = f->escaped = false;
  }
  if (result != FRAME_DONE) return result;
  if (f->quoted || f->depth) return FRAME_LINE_END;
  f->pos--;
  if (f->pos > f->line && p[f->pos - 1] == '\r') f->pos--;
  return FRAME_DONE;
}

/* A SP outside lists and quotes: does it end the item?  Not before the value, nor before
 * the name, nor in the brackets of the name. */
static bool space_ends(frame *f, const uint8_t *p) {
  if (f->bracket) return false;
  bool behind_space = f->pos > f->line && p[f->pos - 1] == ' ';
  if (!f->pos || behind_space) return false;
  if (f->value) return true;
  f->value = true;
  return false;
}

static bool list_ends(frame *f) {
  if (!f->depth) return true;
  if (--f->depth || !f->lists) return false;
  f->pos++;
  return true;
}

/* A value that begins without a SP behind the name: FLAGS(\Seen). */
static void list_begins(frame *f) {
  if (!f->bracket && !f->depth) f->value = true;
  f->depth++;
}

/* One byte of the item outside quotes; true: it ends the item. */
static bool item_byte(frame *f, const uint8_t *p, bool split) {
  switch (p[f->pos]) {
  case '"': f->quoted = true; return false;
  case '(': list_begins(f); return false;
  case ')': return list_ends(f);
  case ' ': return !f->depth && space_ends(f, p);
  case ',': return split && !f->depth;
  case '[': f->bracket = !f->value; return false;
  case ']': f->bracket = false; return false;
  default: return false;
  }
}

/* One byte of a quoted string. */
static void quoted_byte(frame *f, uint8_t ch) {
  bool was_escaped = f->escaped;
  f->escaped = ch == '\\' && !was_escaped;
  f->quoted = ch != '"' || was_escaped;
}

/* The next byte of the item that means something; n: there is none. */
static size_t next_stop(const frame *f, const uint8_t *p, size_t n) {
  size_t pos = f->pos;
  while (pos < n && !stops[p[pos]]) pos++;
  return pos;
}

frame_result frame_item(frame *f, const uint8_t *p, size_t n, bool split) {
  for (;;) {
    if (f->literal) {
      if (!skip_literal(f, n)) return FRAME_MORE;
      line_begins(f);
    }
    if (!f->escaped) f->pos = next_stop(f, p, n);
    if (f->pos >= n) {
      if (f->pos > f->line && p[n - 1] == '\r') f->pos = n - 1; /* of the line's end, perhaps */
      return FRAME_MORE;
    }
    if (p[f->pos] == '\n') {
      f->pos++;
      frame_result result = item_line_ended(f, p);
      if (result != FRAME_MORE) return result;
      continue;
    }
    if (f->quoted) {
      quoted_byte(f, p[f->pos]);
    } else if (item_byte(f, p, split)) {
      return FRAME_DONE;
    }
    f->pos++;
  }
}
