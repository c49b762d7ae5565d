/* bench/parse/hark.c - libhark reads a file of responses from memory.
 * SPDX-License-Identifier: MIT */
#include "sum.h"
#include <hark/fetch.h>
#include <hark/set.h>

enum { READ = 16384 };

static uint64_t responses;
static size_t held, most; /* bytes of the allocator */
static uint64_t allocations;

static void *counting(void *ud, void *p, size_t old_size, size_t size) {
  (void)ud;
  held += size - old_size, allocations += size > 0;
  if (held > most) most = held;
  if (size) return realloc(p, size);
  free(p);
  return NULL;
}

static void str(hark_str s) { sum_str(s.p, s.n); }
static void word(hark_str s) { sum_word(s.p, s.n); }

static void strs(const hark_strs *v) {
  sum_num(v->n);
  for (size_t i = 0; i < v->n; i++) str(v->v[i]);
}

static void addresses(const hark_addresses *a) {
  sum_num(a->n);
  for (size_t i = 0; i < a->n; i++)
    str(a->v[i].name), str(a->v[i].adl), str(a->v[i].mailbox), str(a->v[i].host);
}

static void envelope(const hark_envelope *e) {
  str(e->date), str(e->subject);
  addresses(&e->from), addresses(&e->sender), addresses(&e->reply_to);
  addresses(&e->to), addresses(&e->cc), addresses(&e->bcc);
  str(e->in_reply_to), str(e->message_id);
}

static void params(const hark_param *v, size_t n) {
  sum_num(n);
  for (size_t i = 0; i < n; i++) str(v[i].name), str(v[i].value);
}

static void part(const hark_part *p) {
  word(p->type), word(p->subtype);
  for (const hark_part *child = p->child; child; child = child->next) part(child);
  if (!p->child) {
    str(p->id), str(p->description), word(p->encoding);
    sum_num(p->octets), sum_num(p->lines), str(p->md5);
  }
  params(p->params, p->nparams);
  str(p->disposition), params(p->disposition_params, p->ndisposition_params);
  strs(&p->language);
  str(p->location);
}

static void item(const hark_ev_item *it) {
  switch (it->kind) {
  case HARK_ITEM_UID: sum_num(it->num); break;
  case HARK_ITEM_FLAGS:
    sum_num(it->flags->n);
    for (size_t i = 0; i < it->flags->n; i++) word(it->flags->v[i]);
    break;
  case HARK_ITEM_ENVELOPE: envelope(it->envelope); break;
  default: part(it->structure);
  }
}

static void mailbox(const hark_ev_mailbox *m) {
  sum_num(m->attributes.n);
  for (size_t i = 0; i < m->attributes.n; i++) word(m->attributes.v[i]);
  sum_num((uint8_t)m->delimiter), str(m->wire);
}

static void search(const hark_ev_search *s) {
  for (size_t i = 0; i < s->n; i++) sum_num(s->v[i]);
}

static void event(const hark_event *ev) {
  switch (ev->type) {
  case HARK_EV_FETCH: sum_num(ev->num); break;
  case HARK_EV_ITEM: item(ev->item); break;
  case HARK_EV_BODY: sum_num(ev->body->size); break;
  case HARK_EV_BODY_DATA: sum_bytes(ev->bytes->p, ev->bytes->n); break;
  case HARK_EV_FETCH_END: responses++; break;
  case HARK_EV_LIST: mailbox(ev->mailbox), responses++; break;
  case HARK_EV_SEARCH: search(ev->search), responses += ev->search->last; break;
  case HARK_EV_BODY_END: break;
  default: fprintf(stderr, "what is event %d?\n", ev->type), exit(1);
  }
}

/* Bytes go where the client wants them, as from read(). */
static size_t feed(hark_client *c, const char *p, size_t n) {
  size_t room;
  void *place = hark_recv_buf(c, &room);
  if (!place) abort();
  if (n > READ) n = READ;
  if (n > room) n = room;
  memcpy(place, p, n);
  hark_recv_ack(c, n);
  return n;
}

static void read_all(const input *in) {
  hark_config config;
  hark_config_init(&config);
  config.alloc = counting;
  config.flags = HARK_OBSERVE;
  hark_client *c = hark_new(&config);
  if (!c) abort();
  for (size_t at = 0; at < in->n;) {
    at += feed(c, in->p + at, in->n - at);
    for (const hark_event *ev; (ev = hark_next(c));) event(ev);
  }
  hark_free(c);
}

int main(int argc, char **argv) {
  int rounds;
  input in = arguments(argc, argv, &rounds);
  double best = 1e9;
  for (int i = 0; i < rounds; i++) {
    responses = allocations = 0;
    double from = seconds();
    read_all(&in);
    double took = seconds() - from;
    if (took < best) best = took;
  }
  result(responses, best);
  fprintf(stderr, "hark: %llu allocations, at most %zu bytes\n", (unsigned long long)allocations,
          most);
  free(in.p);
  return 0;
}
