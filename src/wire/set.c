/* wire/set.c - sets of message numbers as sorted, merged ranges.  RFC 9051 section 9.
 * SPDX-License-Identifier: MIT
 *
 * Inside, n is the key n - 1: so 0, which is "*", is the largest of all without a special
 * case, and 4294967295 stays an ordinary number. */
#include "base/mem.h"
#include "wire/class.h"
#include "wire/scan.h"
#include <assert.h>
#include <hark/set.h>
#include <string.h>

typedef struct range {
  uint32_t first, last; /* keys */
} range;

struct hark_set {
  mem mem;
  range *v;
  size_t n, cap;  /* room from v on */
  size_t skipped; /* ranges in front of v, free: sets are mostly used up from the front */
  uint64_t count; /* of numbers */
  char *text;     /* NULL: not written since the last change */
  size_t text_size;
};

enum { LONGEST_RANGE = sizeof "4294967295:4294967295," - 1 };

static uint32_t key(uint32_t n) { return n - 1; }

static range range_of(uint32_t first, uint32_t last) {
  range r = {key(first), key(last)};
  return r.first <= r.last ? r : (range){r.last, r.first};
}

hark_set *hark_set_new(const hark_config *config) {
  hark_config c = {0};
  if (config) memcpy(&c, config, config->size < sizeof c ? config->size : sizeof c);
  mem m;
  mem_init(&m, c.alloc, c.alloc_ud);
  hark_set *s = mem_grow(&m, NULL, 0, sizeof *s);
  if (s) *s = (hark_set){.mem = m};
  return s;
}

static void changed(hark_set *s) {
  mem_free(&s->mem, s->text, s->text_size);
  s->text = NULL;
}

void hark_set_free(hark_set *s) {
  if (!s) return;
  changed(s);
  if (s->v) mem_free(&s->mem, s->v - s->skipped, (s->skipped + s->cap) * sizeof *s->v);
  mem m = s->mem;
  mem_free(&m, s, sizeof *s);
}

/* The first range that ends at k or above; s->n: none. */
static size_t find(const hark_set *s, uint32_t k) {
  size_t from = 0, to = s->n;
  if (s->n && s->v[s->n - 1].last < k) return s->n; /* sets are mostly built upwards */
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (s->v[middle].last < k) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

/* Room for n ranges from v on. */
static int reserve(hark_set *s, size_t n) {
  if (n <= s->cap) return HARK_OK;
  size_t all = s->skipped + s->cap, cap = all ? all : 8;
  range *base = s->v ? s->v - s->skipped : NULL;
  if (s->skipped < all / 2 || n > all) {
    while (cap < n || cap == all) cap *= 2;
    range *grown = mem_grow(&s->mem, base, all * sizeof *grown, cap * sizeof *grown);
    if (!grown) return HARK_ERR_NOMEM;
    base = grown;
  }
  assert(base);
  if (s->n && s->skipped) memmove(base, base + s->skipped, s->n * sizeof *base);
  s->v = base, s->cap = cap, s->skipped = 0;
  return HARK_OK;
}

static uint64_t numbers(const range *v, size_t n) {
  uint64_t count = 0;
  for (size_t i = 0; i < n; i++) count += (uint64_t)v[i].last - v[i].first + 1;
  return count;
}

static void drop_front(hark_set *s, size_t n) {
  s->v += n, s->skipped += n;
  s->n -= n, s->cap -= n;
}

/* Puts n ranges in the place of those from .. to. */
static int replace(hark_set *s, size_t from, size_t to, const range *with, size_t n) {
  if (reserve(s, s->n - (to - from) + n)) return HARK_ERR_NOMEM;
  s->count -= numbers(s->v + from, to - from);
  if (!from && n < to) {
    drop_front(s, to - n);
  } else {
    if (s->n > to) memmove(s->v + from + n, s->v + to, (s->n - to) * sizeof *s->v);
    s->n = s->n - (to - from) + n;
  }
  assert(!n || s->v);
  if (n) memcpy(s->v + from, with, n * sizeof *with);
  s->count += numbers(with, n);
  changed(s);
  return HARK_OK;
}

int hark_set_add(hark_set *s, uint32_t first, uint32_t last) {
  range r = range_of(first, last);
  size_t from = find(s, r.first ? r.first - 1 : 0), to = from;
  for (; to < s->n && (r.last == UINT32_MAX || s->v[to].first <= r.last + 1); to++) {
    if (s->v[to].first < r.first) r.first = s->v[to].first;
    if (s->v[to].last > r.last) r.last = s->v[to].last;
  }
  return replace(s, from, to, &r, 1);
}

int hark_set_remove(hark_set *s, uint32_t first, uint32_t last) {
  range r = range_of(first, last), kept[2];
  size_t from = find(s, r.first), to = from, n = 0;
  while (to < s->n && s->v[to].first <= r.last) to++;
  if (from == to) return HARK_OK;
  if (s->v[from].first < r.first) kept[n++] = (range){s->v[from].first, r.first - 1};
  if (s->v[to - 1].last > r.last) kept[n++] = (range){r.last + 1, s->v[to - 1].last};
  return replace(s, from, to, kept, n);
}

/* --- whole sets --- */

enum { FEW = 8 }; /* ranges that are put in one by one, for the rest need not move */

static bool one_by_one(const hark_set *s, const hark_set *other) {
  return other->n < FEW || !s->n || s->v[s->n - 1].last < other->v[0].first;
}

/* Ranges in order of their first number become a set. */
static void merge_ranges(hark_set *s, size_t n) {
  size_t kept = 0;
  for (size_t i = 1; i < n; i++) {
    range *last = &s->v[kept];
    if (last->last == UINT32_MAX || s->v[i].first <= last->last + 1) {
      if (s->v[i].last > last->last) last->last = s->v[i].last;
    } else {
      s->v[++kept] = s->v[i];
    }
  }
  s->n = kept + 1;
}

int hark_set_join(hark_set *s, const hark_set *other) {
  if (s == other) return HARK_OK;
  if (one_by_one(s, other)) {
    int err = reserve(s, s->n ? 0 : other->n);
    for (size_t i = 0; !err && i < other->n; i++)
      err = hark_set_add(s, other->v[i].first + 1, other->v[i].last + 1);
    return err;
  }
  if (reserve(s, s->n + other->n)) return HARK_ERR_NOMEM;
  size_t a = s->n, b = other->n;
  while (b) { /* from the end, where there is room */
    bool own = a && s->v[a - 1].first > other->v[b - 1].first;
    s->v[a + b - 1] = own ? s->v[a - 1] : other->v[b - 1];
    own ? a-- : b--;
  }
  merge_ranges(s, s->n + other->n);
  s->count = numbers(s->v, s->n);
  changed(s);
  return HARK_OK;
}

int hark_set_without(hark_set *s, const hark_set *other) {
  if (s == other) return hark_set_remove(s, 1, 0);
  if (other->n < FEW) {
    int err = HARK_OK;
    for (size_t i = 0; !err && i < other->n; i++)
      err = hark_set_remove(s, other->v[i].first + 1, other->v[i].last + 1);
    return err;
  }
  if (reserve(s, s->n + other->n)) return HARK_ERR_NOMEM;
  const range *from = s->v + other->n, *end = from + s->n;
  const range *gap = other->v, *gaps_end = gap + other->n;
  memmove(s->v + other->n, s->v, s->n * sizeof *s->v);
  size_t n = 0; /* each gap makes one range more at most: writing does not overtake reading */
  for (; from < end; from++) {
    range left = *from;
    bool more = true;
    while (gap < gaps_end && gap->last < left.first) gap++;
    for (const range *g = gap; more && g < gaps_end && g->first <= left.last; g++) {
      if (g->first > left.first) s->v[n++] = (range){left.first, g->first - 1};
      more = g->last < left.last;
      if (more) left.first = g->last + 1;
    }
    if (more) s->v[n++] = left;
  }
  s->n = n;
  s->count = numbers(s->v, n);
  changed(s);
  return HARK_OK;
}

bool hark_set_range(const hark_set *s, size_t i, uint32_t *first, uint32_t *last) {
  if (i >= s->n) return false;
  *first = s->v[i].first + 1, *last = s->v[i].last + 1;
  return true;
}

uint32_t hark_set_max(const hark_set *s) { return s->n ? s->v[s->n - 1].last + 1 : 0; }

int hark_set_parse(hark_set *s, hark_str text) {
  scan sc;
  hark_str set;
  scan_init(&sc, text.p, text.n, NULL);
  if (!scan_set(&sc, &set) || !scan_end(&sc)) return HARK_ERR_ARG;
  int err = HARK_OK;
  uint32_t first, last;
  while (!err && hark_set_next(&set, &first, &last)) err = hark_set_add(s, first, last);
  return err;
}

bool hark_set_has(const hark_set *s, uint32_t n) {
  size_t i = find(s, key(n));
  return i < s->n && s->v[i].first <= key(n);
}

uint64_t hark_set_count(const hark_set *s) { return s->count; }

static char *put_number(char *to, uint32_t k) {
  if (k == UINT32_MAX) return *to = '*', to + 1;
  char digits[10];
  size_t n = 0;
  for (uint32_t left = k + 1; left; left /= 10) digits[n++] = (char)('0' + left % 10);
  while (n) *to++ = digits[--n];
  return to;
}

static char *put_range(char *to, range r) {
  to = put_number(to, r.first);
  if (r.last == r.first) return to;
  *to++ = ':';
  return put_number(to, r.last);
}

const char *hark_set_text(hark_set *s) {
  if (!s->n) return "";
  if (s->text) return s->text;
  size_t size;
  if (!mul_ok(s->n, LONGEST_RANGE, &size) || !(s->text = mem_grow(&s->mem, NULL, 0, size))) {
    return NULL;
  }
  s->text_size = size;
  char *to = put_range(s->text, s->v[0]);
  for (size_t i = 1; i < s->n; i++) {
    *to++ = ',';
    to = put_range(to, s->v[i]);
  }
  *to = 0;
  return s->text;
}

/* seq-number = nz-number / "*"; NULL: something else stands there */
static const char *get_number(const char *p, const char *end, uint32_t *n) {
  uint64_t value = 0;
  *n = 0;
  if (p < end && *p == '*') return p + 1;
  while (p < end && (class_table[(uint8_t)*p] & CLASS_DIGIT)) {
    value = value * 10 + (uint64_t)(*p++ - '0');
    if (value > UINT32_MAX) return NULL;
  }
  *n = (uint32_t)value;
  return value ? p : NULL;
}

bool hark_set_next(hark_str *text, uint32_t *first, uint32_t *last) {
  const char *p = text->p, *end = text->n ? p + text->n : p;
  if (!(p = get_number(p, end, first))) return false;
  *last = *first;
  if (p < end && *p == ':' && !(p = get_number(p + 1, end, last))) return false;
  bool comma = p < end && *p == ',';
  if (p < end && (!comma || p + 1 == end)) return false;
  if (comma) p++;
  if (key(*first) > key(*last)) {
    uint32_t swapped = *first;
    *first = *last, *last = swapped;
  }
  *text = (hark_str){p, (size_t)(end - p)};
  return true;
}

/* Elements are not cut, and at least one goes out, so that a loop over slices ends; text that
 * cannot be read goes out whole, for whoever takes it refuses it. */
hark_str hark_set_slice(hark_str *text, size_t max, uint64_t n) {
  hark_str slice = {text->p, 0}, rest = *text;
  uint64_t count = 0;
  uint32_t first, last;
  while (hark_set_next(&rest, &first, &last)) {
    size_t end = (size_t)(rest.p - slice.p) - (rest.n ? 1 : 0);
    count += (uint64_t)key(last) - key(first) + 1;
    if (slice.n && (end > max || count > n)) break;
    slice.n = end;
    *text = rest;
  }
  if (slice.n || !text->n) return slice;
  slice = *text;
  *text = (hark_str){slice.p + slice.n, 0};
  return slice;
}
