/* wire/mailbox.c - mailbox names between UTF-8 and modified UTF-7.  RFC 3501 section 5.1.3.
 * SPDX-License-Identifier: MIT
 *
 * Only the canonical form is decoded (SEC F-26): two spellings of one name would be two
 * mailboxes that look alike. */
#include "wire/class.h"
#include <hark/mailbox.h>

enum { LONGEST = 1 << 20 }; /* bytes of a name: lengths fit an int whatever is done to them */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

typedef struct text {
  char *p;
  size_t cap, n; /* n counts on where nothing more fits */
} text;

static void put_byte(text *t, uint32_t ch) {
  if (t->n < t->cap) t->p[t->n] = (char)ch;
  t->n++;
}

/* Behind at most cap bytes. */
static int finish(text *t) {
  if (t->p) t->p[t->n < t->cap ? t->n : t->cap] = 0;
  return (int)t->n;
}

static void put_utf8(text *t, uint32_t ch) {
  if (ch < 0x80) {
    put_byte(t, ch);
    return;
  }
  if (ch < 0x800) {
    put_byte(t, 0xc0 | ch >> 6);
  } else {
    if (ch < 0x10000) {
      put_byte(t, 0xe0 | ch >> 12);
    } else {
      put_byte(t, 0xf0 | ch >> 18);
      put_byte(t, 0x80 | (ch >> 12 & 0x3f));
    }
    put_byte(t, 0x80 | (ch >> 6 & 0x3f));
  }
  put_byte(t, 0x80 | (ch & 0x3f));
}

/* One character; false: overlong, a surrogate, over U+10FFFF, cut, or NUL (SEC F-27). */
static bool get_utf8(const uint8_t **p, const uint8_t *end, uint32_t *ch) {
  static const uint32_t least[] = {1, 0x80, 0x800, 0x10000};
  uint8_t first = *(*p)++;
  unsigned more = first < 0x80 ? 0 : first < 0xc0 ? 4 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  if (more == 4 || first > 0xf4 || (size_t)(end - *p) < more) return false;
  *ch = more ? first & (0x3fu >> more) : first;
  for (unsigned i = 0; i < more; i++) {
    uint8_t next = *(*p)++;
    if ((next & 0xc0) != 0x80) return false;
    *ch = *ch << 6 | (next & 0x3f);
  }
  return *ch >= least[more] && *ch <= 0x10ffff && !(*ch >= 0xd800 && *ch <= 0xdfff);
}

static int base64_value(uint8_t ch) {
  if (ch >= 'A' && ch <= 'Z') return ch - 'A';
  if (ch >= 'a' && ch <= 'z') return ch - 'a' + 26;
  if (ch >= '0' && ch <= '9') return ch - '0' + 52;
  return ch == '+' ? 62 : ch == ',' ? 63 : -1;
}

typedef struct utf16 {
  text *out;
  uint32_t high; /* the first half of a pair, or 0 */
} utf16;

/* What stands for itself outside base64: the printable ASCII characters.  Other controls do
 * too (SEC E-03), but servers also spell them in base64, as the RFC says. */
static bool is_printable(uint32_t ch) { return ch >= 0x20 && ch <= 0x7e; }

static bool utf16_unit(utf16 *u, uint32_t unit) {
  bool low = unit >= 0xdc00 && unit <= 0xdfff;
  if (low != (u->high != 0) || !unit || is_printable(unit)) return false;
  if (unit >= 0xd800 && unit <= 0xdbff) {
    u->high = unit;
  } else {
    put_utf8(u->out, low ? 0x10000 + ((u->high - 0xd800) << 10) + (unit - 0xdc00) : unit);
    u->high = 0;
  }
  return true;
}

/* The base64 behind "&", something other than "-", up to and with its "-". */
static bool shifted(const uint8_t **p, const uint8_t *end, text *out) {
  utf16 u = {out, 0};
  uint32_t bits = 0;
  unsigned nbits = 0;
  for (; *p < end && **p != '-'; ++*p) {
    int value = base64_value(**p);
    if (value < 0) return false;
    bits = (bits << 6 | (uint32_t)value) & 0x3fffff;
    nbits += 6;
    if (nbits < 16) continue;
    nbits -= 16;
    if (!utf16_unit(&u, bits >> nbits & 0xffff)) return false;
  }
  bool whole = nbits < 6 && !(bits & ((1u << nbits) - 1)) && !u.high;
  if (!whole || *p == end) return false;
  ++*p;
  return !(end - *p > 1 && **p == '&' && (*p)[1] != '-'); /* "-&" without need */
}

/* One character of a name as sent. */
static bool decode(const uint8_t **p, const uint8_t *end, text *out) {
  if (**p != '&') {
    uint32_t ch;
    if (!get_utf8(p, end, &ch)) return false;
    put_utf8(out, ch);
    return true;
  }
  if (++*p == end) return false;
  if (**p != '-') return shifted(p, end, out);
  ++*p;
  put_byte(out, '&');
  return true;
}

int hark_mailbox_to_utf8(char *out, size_t cap, hark_str wire) {
  text t = {out, out ? cap : 0, 0};
  const uint8_t *p = (const uint8_t *)wire.p, *end = wire.n ? p + wire.n : p;
  if (wire.n > LONGEST) return HARK_ERR_ARG;
  while (p < end) {
    if (!decode(&p, end, &t)) return HARK_ERR_ARG;
  }
  return finish(&t);
}

typedef struct shift {
  text *out;
  uint32_t bits;
  unsigned nbits;
  bool on;
} shift;

static void put_unit(shift *s, uint32_t unit) {
  if (!s->on) put_byte(s->out, '&');
  s->on = true;
  s->bits = (s->bits << 16 | unit) & 0x3fffff;
  for (s->nbits += 16; s->nbits >= 6; s->nbits -= 6) {
    put_byte(s->out, (uint8_t)alphabet[s->bits >> (s->nbits - 6) & 0x3f]);
  }
}

static void shift_off(shift *s) {
  if (!s->on) return;
  if (s->nbits) put_byte(s->out, (uint8_t)alphabet[s->bits << (6 - s->nbits) & 0x3f]);
  put_byte(s->out, '-');
  *s = (shift){.out = s->out};
}

/* Controls stand for themselves (SEC E-03), but not those that no quoted string may hold. */
static bool stands_for_itself(uint32_t ch) { return ch < 0x80 && ch != '\r' && ch != '\n'; }

static void encode(shift *s, uint32_t ch) {
  if (stands_for_itself(ch)) {
    shift_off(s);
    put_byte(s->out, ch);
    if (ch == '&') put_byte(s->out, '-');
  } else if (ch < 0x10000) {
    put_unit(s, ch);
  } else {
    put_unit(s, 0xd800 + ((ch - 0x10000) >> 10));
    put_unit(s, 0xdc00 + (ch & 0x3ff));
  }
}

int hark_mailbox_from_utf8(char *out, size_t cap, hark_str utf8) {
  text t = {out, out ? cap : 0, 0};
  shift s = {.out = &t};
  const uint8_t *p = (const uint8_t *)utf8.p, *end = utf8.n ? p + utf8.n : p;
  if (utf8.n > LONGEST) return HARK_ERR_ARG;
  while (p < end) {
    uint32_t ch;
    if (!get_utf8(&p, end, &ch)) return HARK_ERR_ARG;
    encode(&s, ch);
  }
  shift_off(&s);
  return finish(&t);
}

static bool same(char a, char b, bool fold) {
  return a == b || (fold && str_is((hark_str){&a, 1}, (const char[]){b, 0}));
}

/* Where to go on when the rest does not match: a wildcard takes one character more. */
typedef struct retry {
  size_t pattern, name;
  bool possible;
} retry;

static bool ends_level(hark_str name, size_t at, char delimiter) {
  return at >= name.n || (delimiter && name.p[at] == delimiter);
}

/* What "%" could not reach before the next delimiter, it cannot from further on in this level of
 * the name: then "*" takes the level in one go, and none is read again for each of its bytes. */
static bool go_back(retry *percent, retry *star, hark_str name, char delimiter, retry *at) {
  bool reached = percent->possible;
  if (reached && !ends_level(name, percent->name, delimiter)) {
    percent->name++;
    *at = *percent;
    return true;
  }
  percent->possible = false;
  if (!star->possible || star->name >= name.n) return false;
  bool level = reached && !ends_level(name, star->name, delimiter);
  star->name++;
  while (level && !ends_level(name, star->name, delimiter)) star->name++;
  *at = *star;
  return true;
}

/* LIST patterns: "*" is anything, "%" anything without the delimiter. */
bool hark_mailbox_match(hark_str pattern, hark_str name, char delimiter) {
  bool fold = str_is(name, "INBOX");
  retry percent = {0}, star = {0}, at = {0};
  for (;;) {
    char ch = at.pattern < pattern.n ? pattern.p[at.pattern] : 0;
    if (at.pattern < pattern.n && (ch == '*' || ch == '%')) {
      at.pattern++;
      percent.possible = false;
      *(ch == '*' ? &star : &percent) = (retry){at.pattern, at.name, true};
    } else if (at.pattern < pattern.n && at.name < name.n && same(ch, name.p[at.name], fold)) {
      at.pattern++, at.name++;
    } else if (at.pattern == pattern.n && at.name == name.n) {
      return true;
    } else if (!go_back(&percent, &star, name, delimiter, &at)) {
      return false;
    }
  }
}
