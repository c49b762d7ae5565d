/* fuzz/hash_event.c - all that an event says, as a number, by the tables of hark_event_fields():
 * every byte that an event points to is read.  SPDX-License-Identifier: MIT */
#include "hash_event.h"
#include <hark/fetch.h>
#include <stdlib.h>
#include <string.h>

void hash_bytes(hash *h, const void *p, size_t n) {
  const unsigned char *at = p;
  for (size_t i = 0; i < n; i++) h->value = (h->value ^ at[i]) * 1099511628211u; /* FNV-1a */
}

void hash_number(hash *h, uint64_t n) { hash_bytes(h, &n, sizeof n); }

static void hash_str(hash *h, const hark_str *s) {
  hash_number(h, s->p ? s->n : UINT64_MAX);
  if (s->p) hash_bytes(h, s->p, s->n);
}

static void hash_fields(hash *h, const hark_field *f, const char *base);

static const char *pointer_at(const char *at) {
  const char *p;
  memcpy(&p, at, sizeof p);
  return p;
}

static size_t count_at(const char *at) {
  size_t n;
  memcpy(&n, at + sizeof(void *), sizeof n);
  return n;
}

static void hash_array(hash *h, const hark_field *f, const char *at) {
  const char *v = pointer_at(at);
  size_t n = count_at(at);
  hash_number(h, n);
  if (!f->of && n) hash_bytes(h, v, n * f->stride);
  for (size_t i = 0; f->of && i < n; i++) hash_fields(h, f->of, v + i * f->stride);
}

static void hash_strs(hash *h, const char *at) {
  const hark_str *v = (const void *)pointer_at(at);
  size_t n = count_at(at);
  hash_number(h, n);
  for (size_t i = 0; i < n; i++) hash_str(h, &v[i]);
}

static void hash_chain(hash *h, const hark_field *f, const char *elem) {
  for (; elem; elem = pointer_at(elem + f->stride)) hash_fields(h, f->of, elem);
  hash_number(h, 0);
}

static void hash_field(hash *h, const hark_field *f, const char *at) {
  switch (f->kind) {
  case HARK_FIELD_STR:
  case HARK_FIELD_SET: hash_str(h, (const void *)at); return;
  case HARK_FIELD_STRS: hash_strs(h, at); return;
  case HARK_FIELD_ARRAY: hash_array(h, f, at); return;
  case HARK_FIELD_CHAIN: hash_chain(h, f, pointer_at(at)); return;
  case HARK_FIELD_STRUCT:
    hash_number(h, pointer_at(at) != NULL);
    if (pointer_at(at)) hash_fields(h, f->of, pointer_at(at));
    return;
  case HARK_FIELD_U64:
  case HARK_FIELD_TIME: hash_bytes(h, at, sizeof(uint64_t)); return;
  case HARK_FIELD_INT:
  case HARK_FIELD_ENUM:
  case HARK_FIELD_U32: hash_bytes(h, at, sizeof(uint32_t)); return;
  case HARK_FIELD_CHAR:
  case HARK_FIELD_BOOL: hash_bytes(h, at, 1); return;
  default: abort(); /* a table with a kind that nobody knows */
  }
}

static void hash_fields(hash *h, const hark_field *f, const char *base) {
  for (; f && f->name; f++)
    if (f->offset != HARK_FIELD_INLINE) hash_field(h, f, base + f->offset);
}

static bool is_inline(const hark_field *f) { return f && f->offset == HARK_FIELD_INLINE; }

static void hash_item(hash *h, const hark_ev_item *item) {
  const hark_field *f = hark_item_fields(item->kind);
  if (is_inline(f)) hash_number(h, item->num);
  if (f && !is_inline(f)) hash_fields(h, f, item->any);
}

static void hash_cond(hash *h, const hark_ev_cond *cond) {
  const hark_field *f = hark_code_fields(cond->code_id);
  if (f && cond->code_data) hash_fields(h, f, cond->code_data);
}

void hash_event(hash *h, const hark_event *ev) {
  const hark_field *f = hark_event_fields(ev->type);
  if (ev->type == HARK_EV_BODY_DATA) {
    hash_bytes(h, ev->bytes->p, ev->bytes->n);
    return;
  }
  if (!hark_event_name(ev->type)) abort();
  hash_number(h, (uint64_t)ev->type);
  hash_number(h, (uint64_t)ev->cmd);
  if (is_inline(f))
    hash_number(h, ev->num);
  else if (f)
    hash_fields(h, f, ev->any);
  if (ev->type == HARK_EV_ITEM) hash_item(h, ev->item);
  if (ev->type == HARK_EV_DONE || ev->type == HARK_EV_COND || ev->type == HARK_EV_GREETING ||
      ev->type == HARK_EV_BYE)
    hash_cond(h, ev->cond);
}
