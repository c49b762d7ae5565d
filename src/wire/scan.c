/* wire/scan.c - the terminals of RFC 9051 section 9 as functions.
 * SPDX-License-Identifier: MIT */
#include "wire/scan.h"
#include "base/arena.h"
#include "wire/class.h"
#include <hark/mailbox.h>
#include <string.h>

void scan_init(scan *s, const void *p, size_t n, struct arena *a) {
  const uint8_t *from = p;
  *s = (scan){.p = from, .end = from + n, .arena = a};
  s->items = 65536;
  s->depth = 64;
  s->literal = 262144;
}

static bool missing(scan *s, const char *what) {
  s->expected = what;
  return false;
}

bool scan_forgive(scan *s, const char *what) {
  if (s->strict) return missing(s, what);
  s->quirk = what;
  return true;
}

bool scan_end(const scan *s) { return s->p == s->end; }

int scan_peek(const scan *s) { return s->p < s->end ? *s->p : -1; }

static bool next_is(const scan *s, char ch) { return s->p < s->end && *s->p == (uint8_t)ch; }

bool scan_accept(scan *s, char ch) {
  if (!next_is(s, ch)) return false;
  s->p++;
  return true;
}

bool scan_ch(scan *s, char ch) {
  static const char *const names[128] = {
      ['('] = "\"(\"", [')'] = "\")\"", ['['] = "\"[\"", [']'] = "\"]\"", ['"'] = "quote",
      ['<'] = "\"<\"", ['>'] = "\">\"", [':'] = "\":\"", ['-'] = "\"-\"", ['}'] = "\"}\""};
  if (scan_accept(s, ch)) return true;
  const char *name = (unsigned char)ch < 128 ? names[(unsigned char)ch] : NULL;
  return missing(s, name ? name : "another character");
}

bool scan_sp(scan *s) {
  if (!scan_accept(s, ' ')) return missing(s, "space");
  if (!next_is(s, ' ')) return true;
  while (scan_accept(s, ' ')) {
  }
  return scan_forgive(s, "one space, not more");
}

/* The run of bytes of this class that starts here; false: there is none. */
static bool run(scan *s, uint8_t of_class, hark_str *out, const char *what) {
  const uint8_t *from = s->p, *p = from;
  while (p < s->end && (class_table[*p] & of_class)) p++;
  *out = (hark_str){(const char *)from, (size_t)(p - from)};
  s->p = p;
  return p > from || missing(s, what);
}

bool scan_word(scan *s, const char *word) {
  size_t n = strlen(word), left = (size_t)(s->end - s->p);
  bool here = str_starts((hark_str){(const char *)s->p, left}, word) &&
              (n == left || !(class_table[s->p[n]] & CLASS_ATOM));
  if (!here) return missing(s, word);
  s->p += n;
  return true;
}

bool scan_is(hark_str text, const char *word) { return str_is(text, word); }

bool scan_atom(scan *s, hark_str *out) { return run(s, CLASS_ATOM, out, "atom"); }

bool scan_tag(scan *s, hark_str *out) { return run(s, CLASS_TAG, out, "tag"); }

/* A digit and all that follow into *out; false: none, or more than most. */
static bool number(scan *s, uint64_t most, uint64_t *out) {
  const uint8_t *from = s->p;
  *out = 0;
  for (; s->p < s->end && (class_table[*s->p] & CLASS_DIGIT); s->p++) {
    uint64_t digit = (uint64_t)*s->p - '0';
    if (*out > (most - digit) / 10) return missing(s, "smaller number");
    *out = *out * 10 + digit;
  }
  return s->p > from || missing(s, "number");
}

bool scan_u64(scan *s, uint64_t *out) { return number(s, INT64_MAX, out); }

bool scan_u32(scan *s, uint32_t *out) {
  uint64_t n;
  if (!number(s, UINT32_MAX, &n)) return false;
  *out = (uint32_t)n;
  return true;
}

bool scan_nz_u32(scan *s, uint32_t *out) {
  return scan_u32(s, out) && (*out || missing(s, "number above 0"));
}

/* "." 1*DIGIT "e+" 1*DIGIT behind the digits in *n: a number that went through a float. */
static bool exponent(scan *s, uint64_t *n) {
  uint64_t fraction, places;
  const uint8_t *digit = s->p + 1;
  if (scan_accept(s, '.') && !number(s, INT64_MAX, &fraction)) return false;
  const uint8_t *end = s->p;
  if (!scan_accept(s, 'e') || !scan_accept(s, '+') || !number(s, 18, &places))
    return missing(s, "number");
  for (; places; places--) {
    uint64_t next = digit < end ? (uint64_t)*digit++ - '0' : 0;
    if (*n > (INT64_MAX - next) / 10) return missing(s, "smaller number");
    *n = *n * 10 + next;
  }
  return scan_forgive(s, "a number without exponent");
}

bool scan_count(scan *s, uint64_t *out) {
  if (scan_accept(s, '-')) {
    bool read = scan_u64(s, out);
    *out = 0;
    return read && scan_forgive(s, "a number that is not negative");
  }
  if (!scan_u64(s, out)) return false;
  return (next_is(s, '.') || next_is(s, 'e')) ? exponent(s, out) : true;
}

/* "\" quoted-specials; a backslash before anything else stands for itself. */
static bool is_escape(const uint8_t *p, const uint8_t *end) {
  return p + 1 < end && *p == '\\' && (p[1] == '"' || p[1] == '\\');
}

/* A copy of the inside of a quoted string without its escapes. */
static bool unescape(scan *s, const uint8_t *from, const uint8_t *to, hark_str *out) {
  uint8_t *copy = arena_alloc(s->arena, (size_t)(to - from) + 1);
  if (!copy) return missing(s, "memory");
  size_t n = 0;
  for (const uint8_t *p = from; p < to; p++) {
    if (is_escape(p, to)) p++;
    copy[n++] = *p;
  }
  *out = (hark_str){(const char *)copy, n};
  return true;
}

/* quoted = DQUOTE *QUOTED-CHAR DQUOTE.  out NULL: only passed over. */
static bool quoted(scan *s, hark_str *out) {
  const uint8_t *from = ++s->p, *p = from;
  bool escapes = false;
  for (;; p++) {
    while (p < s->end && (class_table[*p] & CLASS_QUOTED)) p++;
    if (p == s->end || *p != '\\') break;
    if (is_escape(p, s->end)) {
      p++, escapes = true;
    } else if (!scan_forgive(s, "quote or backslash behind a backslash")) {
      return false;
    }
  }
  if (p == s->end || *p != '"') return missing(s, "end of the quoted string");
  s->p = p + 1;
  if (out && escapes) return unescape(s, from, p, out);
  if (out) *out = (hark_str){(const char *)from, (size_t)(p - from)};
  return true;
}

/* literal = "{" number64 ["+"] "}" CRLF *CHAR8; the framer has refused sizes it cannot read. */
static bool literal(scan *s, hark_str *out) {
  uint64_t n;
  s->p++;
  bool zero = next_is(s, '0');
  const uint8_t *digits = s->p;
  if (!number(s, INT64_MAX, &n)) return false;
  if (zero && s->p - digits > 1 && !scan_forgive(s, "literal size without leading zeros")) {
    return false;
  }
  if (scan_accept(s, '+') && !scan_forgive(s, "literal size without \"+\"")) return false;
  if (!scan_ch(s, '}')) return false;
  if (!scan_accept(s, '\r') && !scan_forgive(s, "CR before LF")) return false;
  if (!scan_accept(s, '\n')) return missing(s, "line end behind the literal size");
  if (n > s->literal) return missing(s, "smaller literal");
  if (n > (uint64_t)(s->end - s->p)) return missing(s, "bytes of the literal");
  if (out) *out = (hark_str){(const char *)s->p, (size_t)n};
  s->p += n;
  return true;
}

/* string = quoted / literal / literal8 */
static bool string(scan *s, hark_str *out) {
  if (next_is(s, '"')) return quoted(s, out);
  if (next_is(s, '~')) s->p++;
  return next_is(s, '{') ? literal(s, out) : missing(s, "string");
}

bool scan_string(scan *s, hark_str *out) { return string(s, out); }

static bool at_string(const scan *s) {
  return s->p < s->end &&
         (*s->p == '"' || *s->p == '{' || (*s->p == '~' && s->end - s->p > 1 && s->p[1] == '{'));
}

bool scan_astring(scan *s, hark_str *out) {
  return at_string(s) ? string(s, out) : run(s, CLASS_ASTRING, out, "string or atom");
}

bool scan_nil(scan *s) { return scan_word(s, "NIL"); }

bool scan_nstring(scan *s, hark_str *out) {
  *out = (hark_str){0};
  if (at_string(s)) return string(s, out);
  return scan_nil(s) || missing(s, "string or NIL");
}

/* What stands for a mailbox name though it should have been quoted (Office 365: a TAB). */
static bool bare_name(scan *s, hark_str *out) {
  const uint8_t *from = s->p;
  while (s->p < s->end && *s->p && !strchr(" ()\"\r\n{", *s->p)) s->p++;
  *out = (hark_str){(const char *)from, (size_t)(s->p - from)};
  return out->n ? scan_forgive(s, "quotes around the mailbox name") : missing(s, "mailbox name");
}

static bool mailbox_name(scan *s, hark_str *wire) {
  if (at_string(s)) return string(s, wire);
  const uint8_t *from = s->p;
  bool atom = run(s, CLASS_ASTRING, wire, "mailbox name");
  if (atom && (scan_end(s) || *s->p == ' ' || *s->p == ')')) return true;
  s->p = from;
  return bare_name(s, wire);
}

/* Most names: printable ASCII is the same in every spelling. */
static bool is_plain_name(hark_str wire) {
  size_t i = 0;
  if (wire.n > 1000) return false;
  while (i < wire.n && wire.p[i] >= ' ' && wire.p[i] < 0x7f && wire.p[i] != '&') i++;
  return i == wire.n;
}

/* Names that cannot be decoded keep their bytes: they are all the identity there is. */
static bool to_utf8(scan *s, hark_str wire, hark_str *utf8) {
  *utf8 = wire;
  if (s->utf8 || is_plain_name(wire)) return true;
  int n = hark_mailbox_to_utf8(NULL, 0, wire);
  if (n < 0) return scan_forgive(s, "modified UTF-7");
  if (!memchr(wire.p, '&', wire.n)) return true;
  char *copy = arena_alloc(s->arena, (size_t)n + 1);
  if (!copy) return missing(s, "memory");
  *utf8 = (hark_str){copy, (size_t)hark_mailbox_to_utf8(copy, (size_t)n, wire)};
  return true;
}

bool scan_mailbox(scan *s, hark_str *utf8, hark_str *wire) {
  hark_str sent;
  if (!mailbox_name(s, &sent)) return false;
  if (wire) *wire = sent;
  if (str_is(sent, "INBOX")) return *utf8 = (hark_str){"INBOX", 5}, true;
  return to_utf8(s, sent, utf8);
}

/* flag-perm = flag / "\*"; flag = ["\"] atom.  Gmail lets "]" into keywords. */
bool scan_flag(scan *s, hark_str *out) {
  const uint8_t *from = s->p;
  bool system = scan_accept(s, '\\');
  if (!(system && scan_accept(s, '*'))) {
    if (!run(s, CLASS_ASTRING, out, "flag")) return false;
    if (memchr(out->p, ']', out->n) && !scan_forgive(s, "flag without \"]\"")) return false;
  }
  *out = (hark_str){(const char *)from, (size_t)(s->p - from)};
  return true;
}

/* seq-number = nz-number / "*" */
static bool seq_number(scan *s) {
  uint32_t n;
  return scan_accept(s, '*') || scan_nz_u32(s, &n);
}

/* sequence-set = (seq-number / seq-range) ["," sequence-set] */
bool scan_set(scan *s, hark_str *out) {
  const uint8_t *from = s->p;
  do {
    if (!seq_number(s)) return false;
    if (scan_accept(s, ':') && !seq_number(s)) return false;
  } while (scan_accept(s, ','));
  *out = (hark_str){(const char *)from, (size_t)(s->p - from)};
  return true;
}

/* One token of a value: a string, or whatever bytes an atom, flag or section may have. */
static bool skip_token(scan *s) {
  if (at_string(s)) return string(s, NULL);
  const uint8_t *from = s->p;
  while (s->p < s->end && *s->p && !strchr(" ()\"{\r\n", *s->p)) s->p++;
  return s->p > from || missing(s, "value");
}

bool scan_skip(scan *s) {
  uint32_t depth = 0;
  const uint8_t *from = s->p;
  while (!scan_end(s)) {
    if (!depth && (*s->p == ' ' || *s->p == ')')) break;
    if (scan_accept(s, ' ')) continue;
    if (scan_accept(s, '(')) {
      if (++depth > s->depth) return missing(s, "fewer lists in lists");
    } else if (scan_accept(s, ')')) {
      depth--;
    } else if (!skip_token(s)) {
      return false;
    }
  }
  if (depth) return missing(s, "\")\"");
  return s->p > from || missing(s, "value");
}

/* Behind an element: at the next one, or behind the ")" that ends the list. */
static bool list_goes_on(scan *s, bool *more) {
  *more = !scan_accept(s, ')');
  if (!*more || next_is(s, '(')) return true; /* env-from = "(" 1*address ")" has no SP */
  if (!scan_sp(s)) return missing(s, "space or \")\"");
  if (!next_is(s, ')')) return true;
  *more = false;
  s->p++;
  return scan_forgive(s, "no space before \")\"");
}

static bool list_begins(scan *s, bool *more) {
  if (!scan_ch(s, '(')) return false;
  if (next_is(s, ' ')) {
    while (scan_accept(s, ' ')) {
    }
    if (!scan_forgive(s, "no space behind \"(\"")) return false;
  }
  *more = !scan_accept(s, ')');
  return true;
}

bool scan_list(scan *s, scan_elem elem, size_t size, void *array_out, size_t *n) {
  char *array = NULL;
  size_t cap = 0, count = 0;
  bool more;
  if (!s->depth) return missing(s, "fewer lists in lists");
  s->depth--;
  if (!list_begins(s, &more)) return false;
  while (more) {
    if (count >= s->items) return missing(s, "shorter list");
    char *grown = arena_grow(s->arena, array, size, &cap, count + 1);
    if (!grown) return missing(s, "memory");
    array = grown;
    if (!elem(s, array + count++ * size) || !list_goes_on(s, &more)) return false;
  }
  s->depth++;
  memcpy(array_out, &array, sizeof array);
  *n = count;
  return true;
}

static bool flag_elem(scan *s, void *elem) { return scan_flag(s, elem); }

bool scan_flag_list(scan *s, hark_strs *out) {
  return scan_list(s, flag_elem, sizeof *out->v, &out->v, &out->n);
}

bool scan_rest(scan *s, bool (*one)(scan *, hark_str *), hark_strs *out) {
  hark_str *v = NULL;
  size_t cap = 0, n = 0;
  while (!scan_end(s)) {
    if (!scan_sp(s)) return false;
    if (scan_end(s)) {
      if (!scan_forgive(s, "no space at the end")) return false;
      break;
    }
    if (n >= s->items) return missing(s, "shorter list");
    hark_str *grown = arena_grow(s->arena, v, sizeof *v, &cap, n + 1);
    if (!grown) return missing(s, "memory");
    v = grown;
    if (!one(s, &v[n++])) return false;
  }
  *out = (hark_strs){v, n};
  return true;
}
