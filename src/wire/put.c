/* wire/put.c - the text of one command.  RFC 9051 section 9.
 * SPDX-License-Identifier: MIT
 *
 * Whatever is put, no byte of it can end the command or begin a literal of its own: CR, LF and
 * "{" only ever stand in the bytes of a marked literal, or "{" inside quotes (SEC E-01). */
#include "wire/put.h"
#include "wire/class.h"
#include "wire/scan.h"
#include <assert.h>
#include <hark/mailbox.h>
#include <string.h>

enum { LONGEST_QUOTED = 1024 }; /* beyond, a literal: servers have small line buffers */

void put_init(put *b, const mem *m, size_t max) { *b = (put){.mem = m, .line = max, .max = max}; }

void put_free(put *b) {
  if (b->p) mem_wipe(b->p, b->n);
  mem_free(b->mem, b->p, b->cap);
  mem_free(b->mem, b->marks, b->marks_cap * sizeof *b->marks);
  put_init(b, b->mem, b->line);
}

static void fail(put *b, int err) {
  if (!b->err) b->err = err;
}

/* By hand, not by mem_grow(): what is left behind must be wiped. */
static bool reserve(put *b, size_t more) {
  size_t need, cap = b->cap ? b->cap : 128;
  if (!add_ok(b->n, more, &need)) return fail(b, HARK_ERR_ARG), false;
  if (need <= b->cap) return true;
  while (cap < need) {
    if (!mul_ok(cap, 2, &cap)) return fail(b, HARK_ERR_ARG), false;
  }
  char *grown = mem_grow(b->mem, NULL, 0, cap);
  if (!grown) return fail(b, HARK_ERR_NOMEM), false;
  if (b->p) {
    memcpy(grown, b->p, b->n);
    mem_wipe(b->p, b->n);
    mem_free(b->mem, b->p, b->cap);
  }
  b->p = grown;
  b->cap = cap;
  return true;
}

static bool mark(put *b, put_mark m) {
  if (b->nmarks == b->marks_cap) {
    size_t cap = b->marks_cap ? b->marks_cap * 2 : 4, each = sizeof *b->marks;
    put_mark *grown = mem_grow(b->mem, b->marks, b->marks_cap * each, cap * each);
    if (!grown) return fail(b, HARK_ERR_NOMEM), false;
    b->marks = grown;
    b->marks_cap = cap;
  }
  assert(b->marks);
  b->marks[b->nmarks++] = m;
  return true;
}

/* The n bytes just put are a secret: one mark for secrets side by side. */
static void mark_secret(put *b, size_t n) {
  put_mark *last = b->nmarks ? &b->marks[b->nmarks - 1] : NULL;
  if (last && last->kind == PUT_SECRET && last->from + last->n == b->n - n) {
    last->n += n;
  } else {
    mark(b, (put_mark){.from = b->n - n, .n = n, .kind = PUT_SECRET, .secret = true});
  }
}

static void bytes(put *b, const char *p, size_t n) {
  if (b->err || !n) return;
  if (n > put_room(b)) {
    fail(b, HARK_ERR_ARG);
    return;
  }
  if (!reserve(b, n)) return;
  memcpy(b->p + b->n, p, n);
  b->n += n;
  if (b->secret) mark_secret(b, n);
}

void put_text(put *b, const char *text) { bytes(b, text, strlen(text)); }

/* One character of a quoted string in a caller's text. */
static bool raw_quoted(const char **p) {
  uint8_t ch = (uint8_t) * (*p)++;
  if (ch < 0x20 || ch == 0x7f) return false;
  if (ch != '\\') return true;
  ch = (uint8_t) * (*p)++;
  return ch == '"' || ch == '\\';
}

/* A space outside quotes: one, and a value on each side of it. */
static bool parts_values(const char *from, const char *p) {
  return p > from && p[-1] != '(' && p[1] && p[1] != ' ' && p[1] != ')';
}

/* one_list: the parenthesis it begins with is closed by its last byte. */
static bool raw_is_safe(const char *p, bool one_list) {
  size_t depth = 0;
  bool in_quotes = false;
  if (!*p || (one_list && *p != '(')) return false;
  for (const char *from = p; *p;) {
    uint8_t ch = (uint8_t)*p;
    if (one_list && !depth && p > from) return false;
    if (ch == '"') {
      in_quotes = !in_quotes, p++;
    } else if (in_quotes) {
      if (!raw_quoted(&p)) return false;
    } else {
      if (ch < 0x20 || ch >= 0x7f || ch == '{' || (ch == ')' && !depth)) return false;
      if (ch == ' ' && !parts_values(from, p)) return false;
      if (ch == '(') depth++;
      if (ch == ')') depth--;
      p++;
    }
  }
  return !in_quotes && !depth;
}

void put_raw(put *b, const char *imap_text) {
  if (imap_text && raw_is_safe(imap_text, false)) {
    put_text(b, imap_text);
  } else {
    fail(b, HARK_ERR_ARG);
  }
}

void put_list(put *b, const char *imap_text) {
  if (imap_text && raw_is_safe(imap_text, true)) {
    put_text(b, imap_text);
  } else {
    fail(b, HARK_ERR_ARG);
  }
}

void put_number(put *b, uint64_t n) {
  char digits[20];
  size_t at = sizeof digits;
  do {
    digits[--at] = (char)('0' + n % 10);
  } while (n /= 10);
  bytes(b, digits + at, sizeof digits - at);
}

/* What must not stand in a quoted string: then only a literal can carry it. */
static bool fits_quotes(hark_str s) {
  for (size_t i = 0; i < s.n; i++) {
    uint8_t ch = (uint8_t)s.p[i];
    if (!ch || ch == '\r' || ch == '\n' || ch >= 0x80) return false;
  }
  return true;
}

static void quoted(put *b, hark_str s) {
  bytes(b, "\"", 1);
  for (size_t from = 0, i = 0; from < s.n; from = i) {
    if (s.p[from] == '"' || s.p[from] == '\\') bytes(b, "\\", 1);
    for (i = from + 1; i < s.n && s.p[i] != '"' && s.p[i] != '\\';) i++;
    bytes(b, s.p + from, i - from);
  }
  bytes(b, "\"", 1);
}

static void literal(put *b, hark_str s, bool binary) {
  if (b->err || !reserve(b, s.n)) return;
  put_mark m = {.from = b->n, .n = s.n, .kind = PUT_LITERAL, .secret = b->secret, .binary = binary};
  if (!mark(b, m)) return;
  memcpy(b->p + b->n, s.p, s.n);
  b->n += s.n;
  b->literals += s.n;
}

void put_string(put *b, hark_str s) {
  if (!s.p || memchr(s.p, 0, s.n)) {
    fail(b, HARK_ERR_ARG);
  } else if (s.n <= LONGEST_QUOTED && fits_quotes(s)) {
    quoted(b, s);
  } else {
    literal(b, s, false);
  }
}

void put_string8(put *b, hark_str s) {
  if (s.p && memchr(s.p, 0, s.n)) {
    literal(b, s, true);
  } else {
    put_string(b, s);
  }
}

/* "]" is allowed, but not all servers know; "NIL" is allowed, but reads as something else. */
static bool is_plain_atom(hark_str s) {
  for (size_t i = 0; i < s.n; i++) {
    uint8_t ch = (uint8_t)s.p[i];
    if (ch >= 0x80 || !(class_table[ch] & CLASS_ATOM)) return false;
  }
  return s.n && s.n <= LONGEST_QUOTED && !str_is(s, "NIL");
}

void put_astring(put *b, hark_str s) {
  if (s.p && is_plain_atom(s)) {
    bytes(b, s.p, s.n);
  } else {
    put_string(b, s);
  }
}

void put_quoted(put *b, hark_str s) {
  if (s.p && s.n <= LONGEST_QUOTED && fits_quotes(s)) {
    quoted(b, s);
  } else {
    fail(b, HARK_ERR_ARG);
  }
}

/* Whether UTF-8 and modified UTF-7 differ: section 5.1.3 of RFC 3501. */
static bool has_two_spellings(hark_str name) {
  for (size_t i = 0; i < name.n; i++)
    if (name.p[i] == '&' || (uint8_t)name.p[i] < 0x20 || (uint8_t)name.p[i] > 0x7e) return true;
  return false;
}

void put_mailbox(put *b, const char *utf8_name) {
  hark_str name = {utf8_name, utf8_name ? strlen(utf8_name) : 0};
  if (b->err) return;
  if (str_is(name, "INBOX")) name.p = "INBOX";
  /* Bytes that are not UTF-8 are a name that a server gave and nobody could decode. */
  if (!has_two_spellings(name) || hark_mailbox_from_utf8(NULL, 0, name) < 0) {
    put_astring(b, name);
    return;
  }
  put_mark m = {.from = b->n, .n = name.n, .kind = PUT_NAME};
  bytes(b, name.p, name.n);
  if (!b->err) mark(b, m);
}

bool put_has_names(const put *b) {
  for (size_t i = 0; i < b->nmarks; i++)
    if (b->marks[i].kind == PUT_NAME) return true;
  return false;
}

static void modified_utf7(put *b, hark_str name) {
  size_t n = (size_t)hark_mailbox_from_utf8(NULL, 0, name);
  char *wire = mem_grow(b->mem, NULL, 0, n + 1);
  if (!wire) {
    fail(b, HARK_ERR_NOMEM);
    return;
  }
  hark_mailbox_from_utf8(wire, n, name);
  put_astring(b, (hark_str){wire, n});
  mem_free(b->mem, wire, n + 1);
}

/* Quoted strings may hold UTF-8 then: RFC 6855 section 3, RFC 9051 section 9. */
static void name_in_utf8(put *b, hark_str name) {
  for (size_t i = 0; i < name.n; i++) {
    if (name.p[i] == '\r' || name.p[i] == '\n') {
      put_string(b, name);
      return;
    }
  }
  quoted(b, name);
}

static void put_marked(put *b, const put *from, const put_mark *m, bool utf8) {
  hark_str text = {from->p + m->from, m->n};
  b->secret = m->secret;
  switch (m->kind) {
  case PUT_LITERAL: literal(b, text, m->binary); break;
  case PUT_STREAM: put_stream(b, m->stream, m->binary); break;
  case PUT_NAME: utf8 ? name_in_utf8(b, text) : modified_utf7(b, text); break;
  default: bytes(b, text.p, text.n);
  }
  b->secret = false;
}

void put_names(put *b, bool utf8) {
  if (b->err || !put_has_names(b)) return;
  put spelled;
  put_init(&spelled, b->mem, b->max * 4); /* modified UTF-7 is longer */
  size_t at = 0;
  for (size_t i = 0; i < b->nmarks; i++) {
    const put_mark *m = &b->marks[i];
    bytes(&spelled, b->p + at, m->from - at);
    put_marked(&spelled, b, m, utf8);
    at = m->from + m->n;
  }
  bytes(&spelled, b->p + at, b->n - at);
  put_free(b);
  *b = spelled;
}

void put_stream(put *b, uint64_t size, bool binary) {
  if (b->err) return;
  if (size > INT64_MAX) {
    fail(b, HARK_ERR_ARG);
    return;
  }
  mark(b, (put_mark){.from = b->n, .kind = PUT_STREAM, .binary = binary, .stream = size});
  b->max = b->n - b->literals + b->line; /* a line of its own begins behind it */
}

void put_set(put *b, const char *set) {
  scan s;
  hark_str text;
  scan_init(&s, set, set ? strlen(set) : 0, NULL);
  bool last_result = set && !strcmp(set, "$");
  if (set && (last_result || (scan_set(&s, &text) && scan_end(&s)))) {
    put_text(b, set);
  } else {
    fail(b, HARK_ERR_ARG);
  }
}

static bool are_flags(const char *flags) {
  scan s;
  hark_str flag;
  scan_init(&s, flags, strlen(flags), NULL);
  s.strict = true;
  while (!scan_end(&s)) {
    if (!scan_flag(&s, &flag)) return false;
    for (size_t i = 0; i < flag.n; i++)
      if ((uint8_t)flag.p[i] >= 0x80) return false;
    if (!scan_end(&s) && (!scan_sp(&s) || scan_end(&s))) return false;
  }
  return true;
}

void put_flags(put *b, const char *flags) {
  if (!flags || !are_flags(flags)) {
    fail(b, HARK_ERR_ARG);
    return;
  }
  put_text(b, "(");
  put_text(b, flags);
  put_text(b, ")");
}

void put_base64(put *b, hark_str s) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < s.n; i += 3) {
    uint32_t three = 0;
    size_t n = s.n - i < 3 ? s.n - i : 3;
    for (size_t k = 0; k < 3; k++) three = three << 8 | (k < n ? (uint8_t)s.p[i + k] : 0u);
    char four[4];
    for (size_t k = 0; k < 4; k++) {
      four[k] = k <= n ? alphabet[three >> (18 - 6 * k) & 0x3f] : '=';
    }
    bytes(b, four, 4);
  }
}

void put_insert(put *b, size_t at, const char *text) {
  size_t n = strlen(text), before = b->n;
  bool secret = b->secret;
  assert(at <= before);
  b->secret = false;
  put_text(b, text); /* makes room, within max */
  b->secret = secret;
  if (b->err) return;
  memmove(b->p + at + n, b->p + at, before - at);
  memcpy(b->p + at, text, n);
  for (size_t i = 0; i < b->nmarks; i++)
    if (b->marks[i].from >= at) b->marks[i].from += n;
}

static bool is_ascii(const char *p, size_t n) {
  uint8_t all = 0;
  for (size_t i = 0; i < n; i++) all |= (uint8_t)p[i];
  return all < 0x80;
}

bool put_is_ascii(const put *b, size_t from) {
  for (size_t i = 0; i < b->nmarks; i++) {
    const put_mark *m = &b->marks[i];
    if (m->kind != PUT_NAME || m->from < from) continue;
    if (!is_ascii(b->p + from, m->from - from)) return false;
    from = m->from + m->n;
  }
  return is_ascii(b->p + from, b->n - from);
}

size_t put_room(const put *b) { return b->max - (b->n - b->literals); }
