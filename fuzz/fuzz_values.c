/* fuzz/fuzz_values.c - mailbox names, patterns, sets, URLs, dates: there and back, and against the
 * simplest that does the same.  SEC E-01, E-14, F-14, F-26, F-27.  SPDX-License-Identifier: MIT
 *
 * The first byte says which; texts are copied to places of exactly their size, so that the
 * sanitizer sees a read behind them. */
#include "base/arena.h"
#include "check.h"
#include "source.h"
#include "wire/put.h"
#include "wire/scan.h"
#include <hark/mailbox.h>
#include <hark/set.h>
#include <hark/url.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool same(hark_str a, hark_str b) {
  return !a.p == !b.p && a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

static void drop(hark_str s) { free((void *)(uintptr_t)s.p); }

static hark_str rest(source *in) {
  size_t n = (size_t)(in->end - in->p);
  char *p = malloc(n ? n : 1);
  CHECK(p);
  memcpy(p, in->p, n);
  in->p = in->end;
  return (hark_str){p, n};
}

/* --- mailbox names --- */

typedef int (*convert)(char *, size_t, hark_str);

/* hark_str of malloc(), p NULL where the text cannot be converted; what does not fit is cut. */
static hark_str converted(convert fn, hark_str text) {
  int n = fn(NULL, 0, text);
  if (n < 0) return (hark_str){NULL, 0};
  size_t part = (size_t)n / 2;
  char *p = malloc((size_t)n + 1), *cut = malloc(part + 1);
  CHECK(p && fn(p, (size_t)n, text) == n && !p[n]);
  CHECK(cut && fn(cut, part, text) == n && !cut[part] && !memcmp(cut, p, part));
  free(cut);
  return (hark_str){p, (size_t)n};
}

/* Modified UTF-7, RFC 3501 section 5.1.3, with all units of a shift at hand.  Controls but CR and
 * LF stand for themselves. */
typedef struct utf7 {
  char *p;
  size_t n;
  uint16_t units[4096];
  size_t nunits;
} utf7;

static void utf7_shift(utf7 *u) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
  if (!u->nunits) return;
  u->p[u->n++] = '&';
  for (size_t bit = 0; bit < 16 * u->nunits; bit += 6) {
    unsigned value = 0;
    for (size_t i = bit; i < bit + 6; i++) {
      bool on = i < 16 * u->nunits && u->units[i / 16] >> (15 - i % 16) & 1;
      value = value << 1 | on;
    }
    u->p[u->n++] = digits[value];
  }
  u->p[u->n++] = '-';
  u->nunits = 0;
}

static void utf7_put(utf7 *u, uint32_t ch) {
  if (ch >= 0x80 || ch == '\r' || ch == '\n') {
    if (ch > 0xffff) u->units[u->nunits++] = (uint16_t)(0xd7c0 + (ch >> 10));
    u->units[u->nunits++] = (uint16_t)(ch > 0xffff ? 0xdc00 | (ch & 0x3ff) : ch);
    return;
  }
  utf7_shift(u);
  u->p[u->n++] = (char)ch;
  if (ch == '&') u->p[u->n++] = '-';
}

static size_t utf8_put(char *to, uint32_t ch) {
  if (ch < 0x80) return to[0] = (char)ch, 1;
  if (ch < 0x800) return to[0] = (char)(0xc0 | ch >> 6), to[1] = (char)(0x80 | (ch & 63)), 2;
  size_t n = ch < 0x10000 ? 3 : 4;
  to[0] = (char)(n == 3 ? 0xe0 | ch >> 12 : 0xf0 | ch >> 18);
  for (size_t i = 1; i < n; i++) to[i] = (char)(0x80 | (ch >> 6 * (n - 1 - i) & 63));
  return n;
}

static bool is_character(uint32_t ch) {
  return ch && ch <= 0x10ffff && !(ch >= 0xd800 && ch <= 0xdfff);
}

/* Any characters: spelled as the rule says, and read back. */
static void characters(source *in) {
  enum { MOST = 1000 };
  char utf8[4 * MOST];
  size_t n = 0;
  utf7 *u = calloc(1, sizeof *u);
  CHECK(u && (u->p = malloc(16 * MOST)));
  for (int i = 0; i < MOST && !source_ends(in); i++) {
    uint32_t ch = source_byte(in);
    if (ch >= 0xc0) ch = (ch & 0x1f) << 16 | (uint32_t)source_byte(in) << 8 | source_byte(in);
    if (!is_character(ch)) continue;
    n += utf8_put(utf8 + n, ch);
    utf7_put(u, ch);
  }
  utf7_shift(u);
  hark_str name = {utf8, n}, wire = converted(hark_mailbox_from_utf8, name);
  CHECK(same(wire, (hark_str){u->p, u->n}));
  hark_str back = converted(hark_mailbox_to_utf8, wire);
  CHECK(same(back, name));
  drop(back), drop(wire);
  free(u->p), free(u);
}

/* What can be decoded has one spelling, and decodes to the same again. */
static void bytes_as_name(source *in) {
  hark_str text = rest(in), utf8 = converted(hark_mailbox_to_utf8, text);
  hark_str wire = converted(hark_mailbox_from_utf8, utf8.p ? utf8 : text);
  if (utf8.p) CHECK(wire.p);
  if (wire.p) {
    hark_str again = converted(hark_mailbox_to_utf8, wire);
    CHECK(again.p && same(again, utf8.p ? utf8 : text));
    CHECK(!memchr(wire.p, '\r', wire.n) && !memchr(wire.p, '\n', wire.n));
    drop(again);
  }
  drop(utf8), drop(wire), drop(text);
}

/* --- patterns --- */

static bool matches(hark_str pattern, hark_str name, char delimiter) {
  if (!pattern.n) return !name.n;
  hark_str behind = {pattern.p + 1, pattern.n - 1}, less = {name.p + 1, name.n - 1};
  bool wild = *pattern.p == '*' || *pattern.p == '%';
  if (!wild) return name.n && *name.p == *pattern.p && matches(behind, less, delimiter);
  if (matches(behind, name, delimiter)) return true;
  bool passes = name.n && (*pattern.p == '*' || !delimiter || *name.p != delimiter);
  return passes && matches(pattern, less, delimiter);
}

/* Of few characters, so that they do match. */
static hark_str letters(source *in, const char *of, size_t most) {
  size_t n = source_byte(in) % (most + 1), kinds = strlen(of);
  char *p = malloc(n ? n : 1);
  CHECK(p);
  for (size_t i = 0; i < n; i++) p[i] = of[source_byte(in) % kinds];
  return (hark_str){p, n};
}

static void patterns(source *in) {
  char delimiter = (char)(source_byte(in) & 1 ? '/' : 0);
  hark_str pattern = letters(in, "ab/%*%*", 10), name = letters(in, "aab/", 14);
  CHECK(hark_mailbox_match(pattern, name, delimiter) == matches(pattern, name, delimiter));
  drop(pattern), drop(name);
}

/* --- sets, and bits --- */

enum { REGIONS = 4, REGION = 160, GAPS = REGIONS - 2, STEPS = 40 };
static const uint32_t bases[REGIONS] = {0, 65536 - 80, 3 * 65536 - 80, UINT32_MAX - REGION + 1};

/* Keys are numbers less 1, so that "*" is the last.  What lies between two of the first three
 * regions is there or not as a whole. */
typedef struct model {
  bool has[REGIONS * REGION], gaps[GAPS];
} model;

typedef struct part {
  size_t from, to; /* of has, both in it */
} part;

static uint32_t number_at(size_t i) { return bases[i / REGION] + (uint32_t)(i % REGION) + 1; }

static part part_of(source *in) {
  size_t a = source_byte(in) * 3u % (REGIONS * REGION), b = a + source_byte(in) % 8;
  uint8_t far = source_byte(in);
  if (far & 1) b = far * 3u % (REGIONS * REGION);
  if (b >= REGIONS * REGION) b = REGIONS * REGION - 1;
  part p = {a < b ? a : b, a < b ? b : a};
  size_t last = (REGIONS - 1) * REGION; /* it lies too far away to be reached */
  if (p.to >= last && p.from < last) p.from = last;
  return p;
}

static void model_change(model *m, part p, bool on) {
  for (size_t i = p.from; i <= p.to; i++) m->has[i] = on;
  for (size_t g = p.from / REGION; g < p.to / REGION; g++) m->gaps[g] = on;
}

static void model_join(model *m, const model *other, bool on) {
  for (size_t i = 0; i < REGIONS * REGION; i++)
    if (other->has[i]) m->has[i] = on;
  for (size_t g = 0; g < GAPS; g++)
    if (other->gaps[g]) m->gaps[g] = on;
}

/* All that can be asked, where it may change. */
static void check_set(const hark_set *s, const model *m) {
  uint64_t count = 0, at = 0;
  uint32_t max = 0, first = 1, last = 0;
  for (size_t i = 0; i < REGIONS * REGION; i++) {
    uint32_t n = number_at(i);
    CHECK(hark_set_has(s, n) == m->has[i] && hark_set_rank(s, n) == count);
    if (m->has[i]) {
      if (n - 1 > last - 1 || !count) CHECK(hark_set_walk(s, &at, &first, &last));
      CHECK(n - 1 >= first - 1 && n - 1 <= last - 1);
      CHECK(hark_set_at(s, count) == n);
      count++, max = n;
    }
    if (i % REGION != REGION - 1 || i / REGION >= GAPS) continue;
    uint32_t gap = bases[i / REGION + 1] - n;
    CHECK(hark_set_has(s, n + 1) == m->gaps[i / REGION]);
    if (!m->gaps[i / REGION]) continue;
    if (n > last - 1 || !count) CHECK(hark_set_walk(s, &at, &first, &last));
    CHECK(last - 1 >= n + gap - 1);
    count += gap, max = n + gap;
  }
  CHECK(hark_set_count(s) == count && hark_set_max(s) == max);
  CHECK(!hark_set_at(s, count) && !hark_set_walk(s, &at, &first, &last));
}

/* Slices hold what the text holds, and keep to what is allowed. */
static void check_text(hark_set *s, size_t most, uint64_t n) {
  hark_set *joined = hark_set_new(NULL);
  const char *text = hark_set_text(s);
  CHECK(joined && text);
  hark_str left = {text, strlen(text)};
  while (left.n) {
    hark_str slice = hark_set_slice(&left, most, n), walked = slice;
    uint32_t first, last;
    uint64_t count = 0;
    size_t ranges = 0;
    for (; hark_set_next(&walked, &first, &last); ranges++)
      count += (uint64_t)(last - 1) - (first - 1) + 1;
    CHECK(slice.n && !walked.n && ranges);
    CHECK(ranges == 1 || (slice.n <= most && count <= n));
    CHECK(!hark_set_parse(joined, slice));
  }
  CHECK(!strcmp(hark_set_text(joined), text));
  hark_set_free(joined);
}

static void set_step(source *in, hark_set *s[2], model m[2]) {
  uint8_t how = source_byte(in);
  hark_set *one = s[how >> 7];
  model *model_of_one = &m[how >> 7], *other = &m[!(how >> 7)];
  part p = part_of(in);
  uint32_t a = number_at(p.from), b = number_at(p.to);
  char text[32];
  switch (how % 8) {
  case 0:
    CHECK(!hark_set_join(one, s[!(how >> 7)]));
    model_join(model_of_one, other, true);
    return;
  case 1:
    CHECK(!hark_set_without(one, s[!(how >> 7)]));
    model_join(model_of_one, other, false);
    return;
  case 2:
  case 3: CHECK(!hark_set_remove(one, b, a)); break;
  case 4:
    snprintf(text, sizeof text, b ? "%u:%u" : "%u:*", a ? a : UINT32_MAX, b);
    if (!a) return; /* "*" alone */
    CHECK(!hark_set_parse(one, (hark_str){text, strlen(text)}));
    break;
  default: CHECK(!hark_set_add(one, a, b)); break;
  }
  model_change(model_of_one, p, how % 8 > 3);
}

static void set_steps(source *in) {
  model *m = calloc(2, sizeof *m);
  hark_set *s[2] = {hark_set_new(NULL), hark_set_new(NULL)};
  CHECK(m && s[0] && s[1]);
  for (int i = 0; i < STEPS && !source_ends(in); i++) {
    set_step(in, s, m);
    if (i % 8 == 7) check_set(s[0], &m[0]);
  }
  for (int i = 0; i < 2; i++) {
    check_set(s[i], &m[i]);
    check_text(s[i], source_byte(in), source_number(in));
    hark_set_free(s[i]);
  }
  free(m);
}

static void set_text(source *in) {
  hark_set *s = hark_set_new(NULL), *again = hark_set_new(NULL);
  size_t most = source_byte(in);
  hark_str text = rest(in), left = text, slice;
  CHECK(s && again);
  while (left.n) { /* ends, whatever it is */
    slice = hark_set_slice(&left, most, 100);
    CHECK(slice.n);
  }
  if (!hark_set_parse(s, text)) {
    const char *out = hark_set_text(s);
    CHECK(out && !hark_set_parse(again, (hark_str){out, strlen(out)}));
    CHECK(!strcmp(hark_set_text(again), out));
    check_text(s, most, 100);
    hark_set_remove(s, 1, 0);
    CHECK(!hark_set_count(s));
  }
  hark_set_free(s), hark_set_free(again);
  drop(text);
}

/* --- URLs --- */

static bool same_url(const hark_url *a, const hark_url *b) {
  return a->form == b->form && same(a->user, b->user) && same(a->auth, b->auth) &&
         same(a->host, b->host) && a->port == b->port && same(a->mailbox, b->mailbox) &&
         a->uidvalidity == b->uidvalidity && a->uid == b->uid && same(a->search, b->search) &&
         same(a->section, b->section) && a->partial == b->partial && a->origin == b->origin &&
         a->count == b->count && same(a->expire, b->expire) && a->access == b->access &&
         same(a->access_user, b->access_user) && same(a->mechanism, b->mechanism) &&
         same(a->token, b->token);
}

static bool is_clean(const char *text) {
  for (; *text; text++)
    if (*text <= ' ' || *text > '~') return false;
  return true;
}

/* It makes a URL whose parts are these. */
static void there_and_back(const hark_url *u) {
  int n = hark_url_build(NULL, 0, u);
  if (n < 0) return;
  char *text = malloc((size_t)n + 1), *buffer = malloc(n ? (size_t)n : 1);
  hark_url back;
  CHECK(text && buffer && hark_url_build(text, (size_t)n, u) == n);
  CHECK(strlen(text) == (size_t)n && is_clean(text));
  CHECK(!hark_url_parse(&back, text, buffer, (size_t)n) && same_url(u, &back));
  free(text), free(buffer);
}

static void url_text(source *in) {
  hark_str text = rest(in);
  char *ended = malloc(text.n + 1);
  hark_url u;
  CHECK(ended);
  memcpy(ended, text.p, text.n);
  ended[text.n] = 0;
  size_t n = strlen(ended);
  char *buffer = malloc(n ? n : 1);
  CHECK(buffer);
  if (!hark_url_parse(&u, ended, buffer, n)) {
    CHECK(hark_url_build(NULL, 0, &u) >= 0);
    there_and_back(&u);
  }
  free(buffer), free(ended);
  drop(text);
}

/* A part, or NIL; its bytes lie in the input. */
static hark_str url_part(source *in) {
  static const char *const known[] = {"h",
                                      "::1",
                                      "2007-01-02T03:04:05Z",
                                      "INTERNAL",
                                      "91354a473744909de610943775f92038",
                                      "/a/b",
                                      "//",
                                      "a/;UID=1",
                                      "1.2.MIME",
                                      "?",
                                      "*",
                                      "\xc3\xbc%2f"};
  uint8_t how = source_byte(in);
  if (how < 0x60) return (hark_str){NULL, 0};
  if (how < 0xa0) {
    const char *p = known[how % (sizeof known / sizeof *known)];
    return (hark_str){p, strlen(p)};
  }
  size_t n = how & 15, left = (size_t)(in->end - in->p);
  if (n > left) n = left;
  hark_str s = {(const char *)in->p, n};
  in->p += n;
  return s;
}

static void url_parts(source *in) {
  hark_url u = {0};
  uint8_t with = source_byte(in);
  hark_str *all[] = {&u.user,    &u.auth,   &u.host,        &u.mailbox,   &u.search,
                     &u.section, &u.expire, &u.access_user, &u.mechanism, &u.token};
  u.form = source_byte(in) % 6 - 1, u.access = source_byte(in) % 7 - 1;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = url_part(in);
  if (with & 1) u.port = (uint16_t)source_number(in);
  if (with & 2) u.uidvalidity = (uint32_t)source_number(in);
  if (with & 4) u.uid = (uint32_t)source_number(in);
  if (with & 8) u.partial = true, u.origin = source_number(in), u.count = source_number(in);
  there_and_back(&u);
}

/* --- dates --- */

static const mem *memory(void) {
  static mem m;
  mem_init(&m, NULL, NULL);
  return &m;
}

/* As the C library reads the calendar. */
static void check_date(hark_str text, int64_t seconds, int16_t zone) {
  time_t local = (time_t)(seconds + zone * 60);
  struct tm tm;
  char date[64], want[100];
  int size = zone < 0 ? -zone : zone;
  CHECK(gmtime_r(&local, &tm));
  strftime(date, sizeof date, "%d-%b", &tm);
  snprintf(want, sizeof want, "\"%s-%04d %02d:%02d:%02d %c%02d%02d\"", date, tm.tm_year + 1900,
           tm.tm_hour, tm.tm_min, tm.tm_sec, zone < 0 ? '-' : '+', size / 60, size % 60);
  CHECK(text.n == strlen(want) && !memcmp(text.p, want, text.n));
}

/* false: it cannot be written */
static bool date_there_and_back(int64_t seconds, int16_t zone) {
  put b;
  scan s;
  int64_t again;
  int16_t zone_again;
  unsigned odd;
  put_init(&b, memory(), 100);
  put_date_time(&b, seconds, zone);
  bool written = !b.err;
  if (written) {
    check_date((hark_str){b.p, b.n}, seconds, zone);
    scan_init(&s, b.p, b.n, NULL);
    s.strict = true;
    CHECK(scan_date_time(&s, &again, &zone_again, &odd) && scan_end(&s));
    CHECK(again == seconds && zone_again == zone && !odd);
  }
  put_free(&b);
  return written;
}

static bool can_be_written(int64_t seconds, int16_t zone) {
  int64_t first = -62135596800, behind = 253402300800; /* of the years 1 and 10000 */
  int64_t local = seconds + zone * 60;
  return local >= first && local < behind;
}

static void dates(source *in) {
  int64_t first = -62135596800 - 86400, days = 3652059 + 2;
  uint64_t n = source_number(in);
  int16_t zone = (int16_t)source_number(in);
  int64_t near = first + (int64_t)(n % (uint64_t)(days * 86400));
  date_there_and_back((int64_t)n, zone);
  CHECK(date_there_and_back(near, zone % 1440) == can_be_written(near, zone % 1440));
}

static void date_text(source *in) {
  hark_str text = rest(in);
  scan s;
  int64_t seconds;
  int16_t zone;
  unsigned odd;
  scan_init(&s, text.p, text.n, NULL);
  if (scan_date_time(&s, &seconds, &zone, &odd)) /* 9999 may end with a leap second */
    CHECK(date_there_and_back(seconds, zone) == can_be_written(seconds, zone));
  drop(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n) {
  static void (*const all[])(source *) = {characters, bytes_as_name, patterns, set_steps, set_text,
                                          url_text,   url_parts,     dates,    date_text};
  source in = {input, input + n};
  uint8_t which = source_byte(&in);
  all[which % (sizeof all / sizeof *all)](&in);
  return 0;
}
