/* fuzz/command_reader.c - what a client says, read as a strict server would.
 * SPDX-License-Identifier: MIT */
#include "command_reader.h"
#include "check.h"
#include <hark/mailbox.h>
#include <stdlib.h>
#include <string.h>

enum { /* what is expected */
       AT_TAG,
       AT_VALUE,  /* one must come */
       AT_OPENED, /* the same, or the end of the list that was just opened */
       AT_ATOM,
       AT_BEHIND, /* a value has ended */
       AT_QUOTED,
       AT_ESCAPED,
       AT_TILDE,
       AT_HEADER, /* {n */
       AT_PLUS,
       AT_HEADER_CR,
       AT_HEADER_LF,
       AT_LITERAL,
       AT_LF,
       AT_LINE,
       AT_LINE_LF
};
enum { LONGEST_LINE = 4 * 8000 + 64 }; /* names may be spelled longer than they were given */

static void keep(reader *r, uint8_t ch) {
  if (r->n == r->cap) {
    r->cap = r->cap ? 2 * r->cap : 4096;
    r->text = realloc(r->text, r->cap);
    CHECK(r->text);
  }
  r->text[r->n++] = (char)ch;
}

/* Offsets: text moves while it grows. */
static void word_ends(reader *r) {
  if (r->nwords < MOST_WORDS) r->words[r->nwords++] = (hark_str){NULL, r->n - r->from};
  r->from = r->n;
}

static heard ends(reader *r, heard what) {
  const char *p = r->text;
  for (size_t i = 0; i < r->nwords; p += r->words[i++].n) r->words[i].p = p;
  return what;
}

static heard begins(reader *r, int state) {
  r->state = state;
  return HEARD_MORE;
}

static void clear(reader *r) {
  r->nwords = r->n = r->from = r->line = r->depth = 0;
  r->free_text = false;
}

static heard only(reader *r, uint8_t ch, char must, int state) {
  CHECK(ch == (uint8_t)must);
  return begins(r, state);
}

static heard on_tag(reader *r, uint8_t ch) {
  if (!r->line) {
    CHECK(ch == 'A');
    clear(r);
    r->tag = 0;
  } else if (ch == ' ') {
    CHECK(r->tag);
    r->state = AT_VALUE;
    return HEARD_TAG;
  } else {
    CHECK(ch >= '0' && ch <= '9' && (r->tag || ch != '0'));
    r->tag = r->tag * 10 + (uint32_t)(ch - '0');
  }
  return HEARD_MORE;
}

static heard opens(reader *r, char bracket, int state) {
  CHECK(r->depth < DEEPEST);
  r->open[r->depth++] = bracket;
  return begins(r, state);
}

static heard closes(reader *r, char bracket, int state) {
  CHECK(r->depth && r->open[r->depth - 1] == bracket);
  r->depth--;
  return begins(r, state);
}

static heard on_behind(reader *r, uint8_t ch);

static heard on_value(reader *r, uint8_t ch) {
  switch (ch) {
  case '(': return opens(r, '(', AT_OPENED);
  case ')': CHECK(r->state == AT_OPENED); return closes(r, '(', AT_BEHIND);
  case '"': return begins(r, AT_QUOTED);
  case '{': r->binary = false, r->literal = 0; return begins(r, AT_HEADER);
  case '~': return begins(r, AT_TILDE);
  default: break;
  }
  if (ch == ']' && r->state == AT_OPENED && r->open[r->depth - 1] == '[')
    return closes(r, '[', AT_ATOM); /* BODY[] */
  CHECK(ch > ' ' && ch < 0x7f);
  keep(r, ch);
  return begins(r, AT_ATOM);
}

/* What has a section: in these commands alone, for an atom may have "[" in it. */
static bool has_section(const reader *r) {
  static const char *const names[] = {"BODY",
                                      "BODY.PEEK",
                                      "BINARY",
                                      "BINARY.PEEK",
                                      "BINARY.SIZE",
                                      "BODYPARTSTRUCTURE",
                                      "AVAILABLECONVERSIONS"};
  const char *at = r->text + r->from;
  size_t n = r->n - r->from, first = r->words[0].n;
  bool uid = r->nwords > 1 && first == 3 && !memcmp(r->text, "UID", 3);
  const char *name = uid ? r->text + 3 : r->text;
  if (uid) first = r->words[1].n;
  if (r->nwords < 2 ||
      !((first == 5 && !memcmp(name, "FETCH", 5)) || (first == 7 && !memcmp(name, "CONVERT", 7))))
    return false;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strlen(names[i]) == n && !memcmp(names[i], at, n)) return true;
  return false;
}

static heard on_atom(reader *r, uint8_t ch) {
  if (ch == ' ' || ch == ')' || ch == '\r') {
    word_ends(r);
    return on_behind(r, ch);
  }
  if (ch == '[' && !r->free_text && has_section(r)) {
    word_ends(r);
    return opens(r, '[', AT_OPENED);
  }
  if (ch == ']' && r->depth && r->open[r->depth - 1] == '[') {
    word_ends(r);
    return on_behind(r, ch);
  }
  if (r->free_text && (ch == '(' || ch == '"')) {
    word_ends(r);
    return on_value(r, ch);
  }
  CHECK(ch > ' ' && ch < 0x7f && ch != '(' && ch != '"' && ch != '{');
  CHECK(r->free_text || ch != '\\');
  keep(r, ch);
  return HEARD_MORE;
}

static heard on_behind(reader *r, uint8_t ch) {
  switch (ch) {
  case ' ': return begins(r, AT_VALUE);
  case ')': return closes(r, '(', AT_BEHIND);
  case '\r': CHECK(!r->depth); return begins(r, AT_LF);
  case ']':
    if (!r->free_text) return closes(r, '[', AT_ATOM);
    break;
  default: break;
  }
  CHECK(r->free_text);
  return on_value(r, ch);
}

static heard on_quoted(reader *r, uint8_t ch) {
  if (ch == '"') {
    hark_str all = {r->text ? r->text + r->from : "", r->n - r->from};
    CHECK(!r->utf8 || r->free_text || hark_mailbox_from_utf8(NULL, 0, all) >= 0);
    word_ends(r);
    return begins(r, AT_BEHIND);
  }
  if (ch == '\\') return begins(r, AT_ESCAPED);
  CHECK(ch && ch != '\r' && ch != '\n');
  CHECK(ch < 0x80 || r->utf8 || r->free_text);
  keep(r, ch);
  return HEARD_MORE;
}

static heard on_escaped(reader *r, uint8_t ch) {
  CHECK(ch == '"' || ch == '\\');
  keep(r, ch);
  return begins(r, AT_QUOTED);
}

/* literal8 = "~{" ...; else "~" begins an atom. */
static heard on_tilde(reader *r, uint8_t ch) {
  if (ch == '{') {
    r->binary = true, r->literal = 0;
    return begins(r, AT_HEADER);
  }
  keep(r, '~');
  r->state = AT_ATOM;
  return on_atom(r, ch);
}

static heard on_header(reader *r, uint8_t ch) {
  if (ch == '+' || ch == '}') {
    r->sync = ch == '}';
    CHECK(r->sync || r->plus || (r->minus && r->literal <= 4096));
    return begins(r, r->sync ? AT_HEADER_CR : AT_PLUS);
  }
  CHECK(ch >= '0' && ch <= '9' && r->literal <= INT64_MAX / 10);
  r->literal = r->literal * 10 + (uint64_t)(ch - '0');
  CHECK(r->literal <= INT64_MAX);
  return HEARD_MORE;
}

static heard literal_begins(reader *r) {
  if (r->literal) return begins(r, AT_LITERAL);
  word_ends(r);
  return begins(r, AT_BEHIND);
}

static heard on_header_lf(reader *r, uint8_t ch) {
  CHECK(ch == '\n');
  literal_begins(r);
  r->asks = r->sync;
  return r->asks ? HEARD_ASKS : HEARD_LITERAL;
}

static heard on_literal(reader *r, uint8_t ch) {
  CHECK(ch || r->binary);
  keep(r, ch);
  if (--r->literal) return HEARD_MORE;
  word_ends(r);
  return begins(r, AT_BEHIND);
}

static heard on_line(reader *r, uint8_t ch) {
  if (ch == '\r') {
    word_ends(r);
    return begins(r, AT_LINE_LF);
  }
  CHECK(ch > ' ' && ch < 0x7f);
  keep(r, ch);
  return HEARD_MORE;
}

static heard on_end(reader *r, uint8_t ch, heard what) {
  CHECK(ch == '\n');
  begins(r, AT_TAG);
  return ends(r, what);
}

static heard push(reader *r, uint8_t ch) {
  switch (r->state) {
  case AT_TAG: return on_tag(r, ch);
  case AT_VALUE:
  case AT_OPENED: return on_value(r, ch);
  case AT_ATOM: return on_atom(r, ch);
  case AT_BEHIND: return on_behind(r, ch);
  case AT_QUOTED: return on_quoted(r, ch);
  case AT_ESCAPED: return on_escaped(r, ch);
  case AT_TILDE: return on_tilde(r, ch);
  case AT_HEADER: return on_header(r, ch);
  case AT_PLUS: return only(r, ch, '}', AT_HEADER_CR);
  case AT_HEADER_CR: return only(r, ch, '\r', AT_HEADER_LF);
  case AT_HEADER_LF: return on_header_lf(r, ch);
  case AT_LITERAL: return on_literal(r, ch);
  case AT_LF: return on_end(r, ch, HEARD_COMMAND);
  case AT_LINE: return on_line(r, ch);
  default: return on_end(r, ch, HEARD_LINE);
  }
}

heard reader_push(reader *r, uint8_t ch) {
  CHECK(!r->asks);
  bool in_literal = r->state == AT_LITERAL;
  heard what = push(r, ch);
  if (what == HEARD_COMMAND || what == HEARD_LINE) {
    r->line = 0;
    return what;
  }
  if (!in_literal) r->line++;
  CHECK(r->line <= LONGEST_LINE || r->state == AT_LINE);
  return what;
}

void reader_go_on(reader *r) { r->asks = false; }

void reader_forget(reader *r) {
  clear(r);
  r->asks = false, r->state = AT_TAG;
}

void reader_line(reader *r) {
  clear(r);
  r->state = AT_LINE;
}

void reader_free(reader *r) { free(r->text); }
