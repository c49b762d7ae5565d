/* fuzz/fuzz_wire.c - the framer, the terminals, and what is written and read with them.  SEC F-33,
 * E-01.  SPDX-License-Identifier: MIT
 *
 * The first byte says which; the rest is copied to a place of exactly its size, so that the
 * sanitizer sees a read behind it. */
#include "base/arena.h"
#include "check.h"
#include "wire/base64.h"
#include "wire/frame.h"
#include "wire/put.h"
#include "wire/scan.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static mem m;

static bool same(hark_str a, hark_str b) { return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n)); }

/* --- commands: one on the wire, with equal arguments --- */

typedef void (*putter)(put *, hark_str);

static void put_name(put *b, hark_str s) {
  char *text = malloc(s.n + 1);
  CHECK(text);
  if (s.n) memcpy(text, s.p, s.n);
  text[s.n] = 0;
  put_mailbox(b, text);
  free(text);
}

static void put_checked(put *b, hark_str s) {
  char *text = malloc(s.n + 1);
  CHECK(text);
  if (s.n) memcpy(text, s.p, s.n);
  text[s.n] = 0;
  put_raw(b, text);
  free(text);
}

/* As a server that offers LITERAL+ is sent it. */
static char *on_the_wire(const put *b, size_t *n) {
  char *wire = malloc(b->n + 32 * b->nmarks + 3), *to = wire;
  size_t from = 0;
  CHECK(wire);
  for (size_t i = 0; i < b->nmarks; i++) {
    const put_mark *k = &b->marks[i];
    memcpy(to, b->p + from, k->from - from), to += k->from - from;
    to += snprintf(to, 32, "{%zu+}\r\n", k->n);
    memcpy(to, b->p + k->from, k->n), to += k->n;
    from = k->from + k->n;
  }
  if (b->n) memcpy(to, b->p + from, b->n - from), to += b->n - from;
  memcpy(to, "\r\n", 2);
  *n = (size_t)(to - wire) + 2;
  return wire;
}

static void command(putter fn, hark_str text, bool raw) {
  put b;
  put_init(&b, &m, 8000);
  fn(&b, text);
  if (!b.err) {
    size_t n;
    char *wire = on_the_wire(&b, &n);
    frame f;
    frame_start(&f, false);
    frame_result end = frame_line(&f, (const uint8_t *)wire, n);
    CHECK((raw && end == FRAME_BROKEN) || (end == FRAME_DONE && f.pos == n));
    arena a;
    scan s;
    hark_str back;
    arena_init(&a, &m, 1 << 20);
    scan_init(&s, wire, n - 2, &a);
    if (!raw)
      CHECK(fn == put_name || (scan_astring(&s, &back) && scan_end(&s) && same(back, text)));
    arena_free(&a);
    free(wire);
  }
  put_free(&b);
}

static void base64(hark_str text) {
  put b;
  put_init(&b, &m, 1 << 20);
  put_base64(&b, text);
  uint8_t *back = malloc(b.n / 4 * 3 + 1);
  CHECK(back && !b.err);
  ptrdiff_t n = base64_decode(back, (hark_str){b.p ? b.p : "", b.n});
  CHECK(n >= 0 && same((hark_str){(char *)back, (size_t)n}, text));
  put_free(&b);
  free(back);
  uint8_t *out = malloc(text.n / 4 * 3 + 1);
  CHECK(out && base64_decode(out, text) <= (ptrdiff_t)(text.n / 4 * 3));
  free(out);
}

/* --- reading --- */

static bool skip_elem(scan *s, void *elem) {
  (void)elem;
  return scan_skip(s);
}

static void terminals(hark_str text, bool strict) {
  for (int which = 0; which < 10; which++) {
    arena a;
    scan s;
    hark_str str;
    hark_strs list;
    uint64_t n;
    int64_t seconds;
    int16_t zone;
    unsigned odd;
    void *v;
    arena_init(&a, &m, 1 << 16);
    scan_init(&s, text.p, text.n, &a);
    s.strict = strict;
    switch (which) {
    case 0: scan_mailbox(&s, &str, NULL); break;
    case 1: scan_flag_list(&s, &list); break;
    case 2: scan_nstring(&s, &str); break;
    case 3: scan_skip(&s); break;
    case 4: scan_count(&s, &n); break;
    case 5: scan_set(&s, &str); break;
    case 6:
      if (scan_date_time(&s, &seconds, &zone, &odd)) CHECK(zone > -1440 && zone < 1440);
      break;
    case 7: scan_list(&s, skip_elem, 8, &v, &str.n); break;
    case 8: scan_rest(&s, scan_astring, &list); break;
    default: scan_tag(&s, &str); break;
    }
    CHECK(s.p <= s.end);
    arena_free(&a);
  }
}

/* Whole, and byte by byte: the same end. */
static void frames(hark_str text, bool split) {
  const uint8_t *p = (const uint8_t *)text.p;
  frame whole, step;
  frame_start(&whole, false), frame_start(&step, false);
  whole.value = step.value = split;
  frame_result r = frame_item(&whole, p, text.n, split), by = FRAME_MORE;
  for (size_t n = 0; by == FRAME_MORE && n <= text.n; n++) by = frame_item(&step, p, n, split);
  CHECK(r == by && (r == FRAME_BROKEN || whole.pos == step.pos));
  frame_start(&whole, split), frame_start(&step, split);
  r = frame_line(&whole, p, text.n), by = FRAME_MORE;
  for (size_t n = 0; by == FRAME_MORE && n <= text.n; n++) by = frame_line(&step, p, n);
  CHECK(r == by && (r == FRAME_BROKEN || whole.pos == step.pos));
}

/* A line of which only the end is kept, as core/skip.c does: the same end. */
static void dropped(hark_str text, bool free_text, size_t step) {
  const uint8_t *p = (const uint8_t *)text.p;
  frame whole, f;
  frame_start(&whole, free_text), frame_start(&f, free_text);
  frame_result want = frame_line(&whole, p, text.n), r = FRAME_MORE;
  size_t gone = 0, n = 0;
  for (;;) {
    r = frame_line(&f, p + gone, n - gone);
    if (r != FRAME_MORE || n == text.n) break;
    size_t drop = f.literal ? f.pos : f.pos > FRAME_TAIL ? f.pos - FRAME_TAIL : 0;
    frame_drop(&f, p + gone, drop);
    gone += drop;
    n = n + step < text.n ? n + step : text.n;
  }
  CHECK(r == want && f.largest == whole.largest && f.literal == whole.literal);
  CHECK(r == FRAME_BROKEN || gone + f.pos == whole.pos);
}

static void one(unsigned which, hark_str text) {
  switch (which % 10) {
  case 0: command(put_string, text, false); break;
  case 1: command(put_astring, text, false); break;
  case 2: command(put_quoted, text, false); break;
  case 3: command(put_name, text, false); break;
  case 4: command(put_checked, text, true); break;
  case 5: base64(text); break;
  case 6: terminals(text, which & 16); break;
  case 7: dropped(text, which & 16, 1 + which % 97); break;
  default: frames(text, which & 1); break;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n) {
  if (!n) return 0;
  mem_init(&m, NULL, NULL);
  char *copy = malloc(n > 1 ? n - 1 : 1);
  CHECK(copy);
  memcpy(copy, input + 1, n - 1);
  one(*input, (hark_str){copy, n - 1});
  free(copy);
  return 0;
}
