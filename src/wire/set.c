/* wire/set.c - sets of message numbers.  RFC 9051 section 9, sequence-set.
 * SPDX-License-Identifier: MIT
 *
 * Inside, n is the key n - 1: so 0, which is "*", is the largest of all without a special
 * case, and 4294967295 stays an ordinary number.  Keys with the same upper half share a chunk;
 * the chunks are sorted by it, and none is empty. */
#include "wire/chunk.h"
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
  chunk *v;
  size_t n, cap;
  uint64_t count; /* of numbers */
  char *text;     /* NULL: not written since the last change */
  size_t text_size;
};

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

static void clear(hark_set *s) {
  changed(s);
  for (size_t i = 0; i < s->n; i++) chunk_free(&s->mem, &s->v[i]);
  mem_free(&s->mem, s->v, s->cap * sizeof *s->v);
  s->v = NULL, s->n = s->cap = 0, s->count = 0;
}

void hark_set_free(hark_set *s) {
  if (!s) return;
  clear(s);
  mem m = s->mem;
  mem_free(&m, s, sizeof *s);
}

/* --- chunks --- */

/* The first whose upper half is high or above; s->n: none. */
static size_t find(const hark_set *s, uint32_t high) {
  size_t from = 0, to = s->n;
  if (s->n && s->v[s->n - 1].high < high) return s->n; /* sets are mostly built upwards */
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (s->v[middle].high < high)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

static int reserve(hark_set *s, size_t n) {
  if (n <= s->cap) return 0;
  size_t cap = s->cap;
  while (cap < n) cap = cap ? cap * 2 : 1;
  chunk *v = mem_grow(&s->mem, s->v, s->cap * sizeof *v, cap * sizeof *v);
  if (!v) return HARK_ERR_NOMEM;
  s->v = v, s->cap = cap;
  return 0;
}

/* Which chunks there should be, one at least: those of other, or n from an upper half on. */
typedef struct wanted {
  const hark_set *other;
  uint32_t from;
  size_t n;
} wanted;

static uint32_t high_of(const wanted *w, size_t i) {
  return w->other ? w->other->v[i].high : w->from + (uint32_t)i;
}

static size_t lacking(const hark_set *s, const wanted *w) {
  size_t count = 0, at = find(s, high_of(w, 0));
  for (size_t i = 0; i < w->n; i++) {
    while (at < s->n && s->v[at].high < high_of(w, i)) at++;
    count += at >= s->n || s->v[at].high != high_of(w, i);
  }
  return count;
}

/* Makes those that lack, empty; from the end, where there is room. */
static int ensure(hark_set *s, const wanted *w) {
  size_t a = s->n, b = w->n, fresh = lacking(s, w), to = a + fresh;
  if (!fresh) return 0;
  if (reserve(s, to)) return HARK_ERR_NOMEM;
  assert(s->v);
  s->n = to;
  while (b && to > a) {
    uint32_t high = high_of(w, b - 1);
    if (a && s->v[a - 1].high >= high) {
      b -= s->v[a - 1].high == high;
      s->v[--to] = s->v[--a];
    } else {
      s->v[--to] = (chunk){.high = (uint16_t)high};
      b--;
    }
  }
  return 0;
}

static void drop_empty(hark_set *s, size_t from, size_t to) {
  size_t kept = from;
  for (size_t i = from; i < to; i++)
    if (s->v[i].count) s->v[kept++] = s->v[i];
  if (kept == to) return;
  if (to < s->n) memmove(s->v + kept, s->v + to, (s->n - to) * sizeof *s->v);
  s->n -= to - kept;
  if (!s->n) clear(s);
}

/* The part of r that the chunk with this upper half holds. */
static run part(range r, uint32_t high) {
  run in = {0, UINT16_MAX};
  if (r.first >> 16 == high) in.first = (uint16_t)r.first;
  if (r.last >> 16 == high) in.last = (uint16_t)r.last;
  return in;
}

typedef int (*chunk_change)(const mem *m, chunk *c, run r);

static int change(hark_set *s, size_t i, run r, chunk_change how) {
  chunk *c = &s->v[i];
  s->count -= c->count;
  int err = how(&s->mem, c, r);
  s->count += c->count;
  return err;
}

/* --- numbers --- */

int hark_set_add(hark_set *s, uint32_t first, uint32_t last) {
  range r = range_of(first, last);
  wanted w = {.from = r.first >> 16, .n = (r.last >> 16) - (r.first >> 16) + 1};
  size_t from = find(s, w.from);
  /* They ascend: where the last is in its place, all are. */
  bool there = s->v && w.n <= s->n - from && s->v[from + w.n - 1].high == r.last >> 16;
  if (!there && ensure(s, &w)) return HARK_ERR_NOMEM;
  assert(from + w.n <= s->n);
  int err = 0;
  for (size_t i = from; i < from + w.n && !err; i++)
    err = change(s, i, part(r, s->v[i].high), chunk_add);
  if (err) drop_empty(s, from, from + w.n);
  changed(s);
  return err;
}

/* Memory can lack only where a run is split, and that is in a single chunk. */
int hark_set_remove(hark_set *s, uint32_t first, uint32_t last) {
  range r = range_of(first, last);
  size_t from = find(s, r.first >> 16), to = from;
  int err = 0;
  for (; to < s->n && s->v[to].high <= r.last >> 16; to++)
    err = change(s, to, part(r, s->v[to].high), chunk_remove);
  if (to > from) changed(s);
  drop_empty(s, from, to);
  return err;
}

bool hark_set_has(const hark_set *s, uint32_t n) {
  uint32_t k = key(n);
  size_t i = find(s, k >> 16);
  run r;
  return i < s->n && s->v[i].high == k >> 16 && chunk_from(&s->v[i], k & UINT16_MAX, &r) &&
         r.first == (k & UINT16_MAX);
}

uint64_t hark_set_count(const hark_set *s) { return s->count; }

uint32_t hark_set_at(const hark_set *s, uint64_t i) {
  for (const chunk *c = s->v, *end = c + s->n; c < end; c++) {
    if (i < c->count) return ((uint32_t)c->high << 16 | chunk_nth(c, (uint32_t)i)) + 1;
    i -= c->count;
  }
  return 0;
}

uint64_t hark_set_rank(const hark_set *s, uint32_t n) {
  uint32_t k = key(n);
  uint64_t below = 0;
  const chunk *c = s->v, *end = c + s->n;
  for (; c < end && c->high < k >> 16; c++) below += c->count;
  return c < end && c->high == k >> 16 ? below + chunk_rank(c, k & UINT16_MAX) : below;
}

uint32_t hark_set_max(const hark_set *s) {
  const chunk *last = s->n ? &s->v[s->n - 1] : NULL;
  return last ? ((uint32_t)last->high << 16 | chunk_nth(last, last->count - 1)) + 1 : 0;
}

/* A run that reaches the end of its chunk goes on in the next; none is empty. */
static uint32_t end_of(const hark_set *s, size_t i, run r) {
  uint32_t high = s->v[i].high;
  while (r.last == UINT16_MAX && ++i < s->n && s->v[i].high == high + 1) {
    run on = {0};
    chunk_from(&s->v[i], 0, &on);
    if (on.first) break;
    r = on, high++;
  }
  return high << 16 | r.last;
}

static bool walk(const hark_set *s, uint64_t *at, range *to) {
  if (*at > UINT32_MAX) return false;
  run r;
  uint32_t low = *at & UINT16_MAX;
  for (size_t i = find(s, (uint32_t)(*at >> 16)); i < s->n; i++, low = 0) {
    if (s->v[i].high != *at >> 16) low = 0;
    if (!chunk_from(&s->v[i], low, &r)) continue;
    *to = (range){(uint32_t)s->v[i].high << 16 | r.first, end_of(s, i, r)};
    *at = (uint64_t)to->last + 1;
    return true;
  }
  return false;
}

bool hark_set_walk(const hark_set *s, uint64_t *at, uint32_t *first, uint32_t *last) {
  range r;
  if (!walk(s, at, &r)) return false;
  *first = r.first + 1, *last = r.last + 1;
  return true;
}

/* --- whole sets --- */

static int each_run(hark_set *s, size_t i, const chunk *other, chunk_change how) {
  run r;
  int err = 0;
  for (uint32_t k = 0; !err && chunk_from(other, k, &r); k = (uint32_t)r.last + 1)
    err = change(s, i, r, how);
  return err;
}

/* Changes the chunks that both have. */
static int both(hark_set *s, const hark_set *other, chunk_change how) {
  int err = 0;
  size_t i = 0;
  for (size_t j = 0; j < other->n && !err; j++) {
    while (i < s->n && s->v[i].high < other->v[j].high) i++;
    if (i < s->n && s->v[i].high == other->v[j].high) err = each_run(s, i, &other->v[j], how);
  }
  drop_empty(s, 0, s->n);
  changed(s);
  return err;
}

int hark_set_join(hark_set *s, const hark_set *other) {
  if (s == other || !other->n) return 0;
  wanted w = {.other = other, .n = other->n};
  return ensure(s, &w) ? HARK_ERR_NOMEM : both(s, other, chunk_add);
}

int hark_set_without(hark_set *s, const hark_set *other) {
  if (s == other) return clear(s), 0;
  return s->n && other->n ? both(s, other, chunk_remove) : 0;
}

/* --- text --- */

/* Ranges of a text, sorted and apart from each other: so each chunk is looked at once a batch,
 * however often the text says "1:*". */
enum { BATCH = 512 };
typedef struct batch {
  range v[BATCH];
  size_t n;
} batch;

/* Joined with those that it overlaps or touches. */
static void batch_put(batch *b, range r) {
  size_t to = b->n;
  while (to && b->v[to - 1].first > (uint64_t)r.last + 1) to--;
  size_t from = to;
  for (; from && b->v[from - 1].last + (uint64_t)1 >= r.first; from--) {
    if (b->v[from - 1].first < r.first) r.first = b->v[from - 1].first;
    if (b->v[from - 1].last > r.last) r.last = b->v[from - 1].last;
  }
  memmove(b->v + from + 1, b->v + to, (b->n - to) * sizeof r);
  b->v[from] = r;
  b->n = b->n - (to - from) + 1;
}

/* At the end of the set nothing has to make room; elsewhere all of the batch comes in at once. */
static int add_batch(hark_set *s, const batch *b) {
  assert(b->n);
  hark_set added = {.mem = s->mem};
  bool behind = !s->n || b->v[0].first >> 16 >= s->v[s->n - 1].high;
  int err = 0;
  for (size_t i = 0; i < b->n && !err; i++)
    err = hark_set_add(behind ? s : &added, b->v[i].first + 1, b->v[i].last + 1);
  if (!err) err = hark_set_join(s, &added);
  clear(&added);
  return err;
}

int hark_set_parse(hark_set *s, hark_str text) {
  scan sc;
  hark_str set;
  scan_init(&sc, text.p, text.n, NULL);
  if (!scan_set(&sc, &set) || !scan_end(&sc)) return HARK_ERR_ARG;
  int err = HARK_OK;
  uint32_t first, last;
  while (!err && set.n) {
    batch b;
    for (b.n = 0; b.n < BATCH && hark_set_next(&set, &first, &last);)
      batch_put(&b, range_of(first, last));
    err = add_batch(s, &b);
  }
  return err;
}

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

enum { RANGE_MOST = sizeof "4294967295:4294967295," - 1 };

/* to NULL: only how long it is, a comma behind each range. */
static size_t put_ranges(const hark_set *s, char *to) {
  char range_text[RANGE_MOST];
  size_t n = 0, length;
  uint64_t at = 0;
  for (range r; walk(s, &at, &r); n += length) {
    char *end = put_range(range_text, r);
    *end++ = ',';
    length = (size_t)(end - range_text);
    if (to) memcpy(to + n, range_text, length);
  }
  return n;
}

const char *hark_set_text(hark_set *s) {
  if (!s->n) return "";
  if (s->text) return s->text;
  size_t size = put_ranges(s, NULL);
  if (!(s->text = mem_grow(&s->mem, NULL, 0, size))) return NULL;
  s->text_size = size;
  put_ranges(s, s->text);
  s->text[size - 1] = 0;
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
