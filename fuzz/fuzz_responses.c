/* fuzz/fuzz_responses.c - all that any server says, as an observer reads it: the events do not
 * depend on how it was cut.  SEC F-32.  SPDX-License-Identifier: MIT
 *
 * Inputs are those of fuzz_client (input.h).  A PAUSE is a cut, and not said. */
#include "check.h"
#include "hash_event.h"
#include "input.h"
#include <hark/fetch.h>
#include <string.h>

typedef enum cutting { WHOLE, BYTES, RANDOM } cutting;

static void walk_part(hash *h, const hark_part *root) {
  for (const hark_part *p = NULL; (p = hark_part_next_attached(root, p));) {
    hark_str name = hark_part_filename(p);
    hash_bytes(h, p->path.p, p->path.n);
    hash_bytes(h, name.p, name.n);
    CHECK(hark_part_attached(p));
  }
  for (int html = 0; html < 2; html++) {
    const hark_part *text = hark_part_text(root, html);
    if (text) hash_bytes(h, text->path.p, text->path.n);
  }
}

static void drain(hark_client *c, hash *h) {
  const hark_event *ev;
  while ((ev = hark_next(c))) {
    hash_event(h, ev);
    if (ev->type == HARK_EV_ITEM && ev->item->kind == HARK_ITEM_STRUCTURE)
      walk_part(h, ev->item->structure);
  }
}

static size_t next_cut(cutting how, uint32_t *random, size_t n) {
  if (how == WHOLE) return n;
  if (how == BYTES) return 1;
  return next_random(random) % 97 % n + 1;
}

static void feed(hark_client *c, hash *h, const uint8_t *p, size_t n, cutting how) {
  uint32_t random = (uint32_t)n | 1;
  while (n && !hark_error(c)) {
    size_t took = hark_feed(c, p, next_cut(how, &random, n));
    drain(c, h);
    CHECK(took || hark_error(c) || hark_wants(c) & HARK_CLOSED);
    if (!took) return;
    p += took, n -= took;
  }
}

static hark_client *observer(uint8_t flags) {
  static const hark_limits small = {.size = sizeof small,
                                    .line = 400,
                                    .response = 600,
                                    .literal = 100,
                                    .items = 8,
                                    .depth = 5,
                                    .body = 300,
                                    .window = 1024};
  hark_config config;
  hark_config_init(&config);
  config.flags = HARK_OBSERVE | (flags & INPUT_STRICT ? HARK_STRICT : 0);
  if (flags & INPUT_SMALL) config.limits = &small;
  return hark_new(&config);
}

static uint64_t told(const uint8_t *input, size_t n, cutting how) {
  hash h = {14695981039346656037u};
  hark_client *c = observer(input[0]);
  const uint8_t *p = input + INPUT_HEAD, *end = input + n;
  CHECK(c);
  while (p < end) {
    const uint8_t *pause = memchr(p, INPUT_PAUSE, (size_t)(end - p));
    const uint8_t *to = pause ? pause : end;
    feed(c, &h, p, (size_t)(to - p), how);
    p = pause ? pause + 1 : end;
  }
  if (input[0] & INPUT_EOF) hark_recv_eof(c);
  drain(c, &h);
  hash_number(&h, (uint64_t)hark_error(c));
  hash_bytes(&h, hark_error_text(c), strlen(hark_error_text(c)));
  hark_free(c);
  return h.value;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n) {
  if (n < INPUT_HEAD) return 0;
  uint64_t whole = told(input, n, WHOLE);
  CHECK(told(input, n, BYTES) == whole);
  CHECK(told(input, n, RANDOM) == whole);
  return 0;
}
