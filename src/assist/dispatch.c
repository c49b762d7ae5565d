/* assist/dispatch.c - several subscribers for each event.
 * SPDX-License-Identifier: MIT
 *
 * One array in the order of subscription, so its ids ascend.  Nothing moves while an event is told:
 * whoever is taken off then is only marked, and goes when the outermost telling ends. */
#include "base/mem.h"
#include <assert.h>
#include <hark/dispatch.h>
#include <string.h>

typedef struct subscriber {
  hark_subscription id;
  hark_handler fn; /* NULL: taken off */
  void *ud;
  int32_t type;
  hark_cmd cmd; /* else 0 */
} subscriber;

struct hark_dispatch {
  mem mem;
  subscriber *v;
  size_t n, cap, off; /* off: how many are marked */
  hark_subscription last_id;
  unsigned depth; /* of events being told */
};

enum { CAP_FIRST = 8 };

hark_dispatch *hark_dispatch_new(const hark_config *config) {
  hark_config from = {0};
  if (config) memcpy(&from, config, config->size < sizeof from ? config->size : sizeof from);
  mem m;
  mem_init(&m, from.alloc, from.alloc_ud);
  hark_dispatch *d = mem_grow(&m, NULL, 0, sizeof *d);
  if (d) *d = (hark_dispatch){.mem = m};
  return d;
}

void hark_dispatch_free(hark_dispatch *d) {
  if (!d) return;
  assert(!d->depth);
  mem m = d->mem;
  mem_free(&m, d->v, d->cap * sizeof *d->v);
  mem_free(&m, d, sizeof *d);
}

static int reserve(hark_dispatch *d) {
  size_t cap = d->cap ? d->cap : CAP_FIRST / 2, bytes;
  if (d->n < d->cap) return 0;
  if (!mul_ok(cap, 2 * sizeof *d->v, &bytes)) return HARK_ERR_NOMEM;
  subscriber *v = mem_grow(&d->mem, d->v, d->cap * sizeof *v, bytes);
  if (!v) return HARK_ERR_NOMEM;
  d->v = v, d->cap = cap * 2;
  return 0;
}

static hark_subscription add(hark_dispatch *d, subscriber s) {
  if (!s.fn) return HARK_ERR_ARG;
  if (reserve(d)) return HARK_ERR_NOMEM;
  s.id = ++d->last_id;
  d->v[d->n++] = s;
  return s.id;
}

hark_subscription hark_dispatch_add(hark_dispatch *d, int type, hark_handler fn, void *ud) {
  return add(d, (subscriber){.fn = fn, .ud = ud, .type = type});
}

hark_subscription hark_dispatch_add_command(hark_dispatch *d, hark_cmd cmd, hark_handler fn,
                                            void *ud) {
  if (cmd <= 0) return cmd ? cmd : HARK_ERR_ARG;
  return add(d, (subscriber){.fn = fn, .ud = ud, .cmd = cmd});
}

static void take_off(hark_dispatch *d, subscriber *s) {
  d->off += s->fn != NULL;
  s->fn = NULL;
}

static void settle(hark_dispatch *d) {
  if (d->depth || !d->off) return;
  size_t kept = 0;
  for (size_t i = 0; i < d->n; i++)
    if (d->v[i].fn) d->v[kept++] = d->v[i];
  d->n = kept, d->off = 0;
}

static subscriber *find(const hark_dispatch *d, hark_subscription id) {
  size_t from = 0, to = d->n;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (d->v[middle].id < id)
      from = middle + 1;
    else
      to = middle;
  }
  return from < d->n && d->v[from].id == id && d->v[from].fn ? &d->v[from] : NULL;
}

int hark_dispatch_remove(hark_dispatch *d, hark_subscription id) {
  subscriber *s = find(d, id);
  if (!s) return HARK_ERR_ARG;
  take_off(d, s);
  settle(d);
  return 0;
}

void hark_dispatch_clear(hark_dispatch *d, int type) {
  for (size_t i = 0; i < d->n; i++)
    if (!d->v[i].cmd && d->v[i].type == type) take_off(d, &d->v[i]);
  settle(d);
}

void hark_dispatch_clear_all(hark_dispatch *d) {
  for (size_t i = 0; i < d->n; i++) take_off(d, &d->v[i]);
  settle(d);
}

size_t hark_dispatch_count(const hark_dispatch *d) { return d->n - d->off; }

static bool wants(const subscriber *s, const hark_event *ev) {
  if (!s->fn) return false;
  if (s->cmd) return s->cmd == ev->cmd;
  return s->type == ev->type || s->type == HARK_EVERY_EVENT;
}

/* The array may grow, and so move, in each call. */
size_t hark_dispatch_invoke(hark_dispatch *d, hark_client *c, const hark_event *ev) {
  size_t called = 0, n = d->n;
  d->depth++;
  for (size_t i = 0; i < n; i++) {
    subscriber s = d->v[i];
    if (!wants(&s, ev)) continue;
    s.fn(s.ud, c, ev);
    called++;
    if (s.cmd && ev->type == HARK_EV_DONE) take_off(d, &d->v[i]);
  }
  d->depth--;
  settle(d);
  return called;
}

int hark_dispatch_run(hark_dispatch *d, hark_client *c) {
  if (d->depth) return HARK_ERR_STATE;
  for (const hark_event *ev; (ev = hark_next(c));) hark_dispatch_invoke(d, c, ev);
  return hark_error(c);
}
