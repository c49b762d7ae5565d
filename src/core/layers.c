/* core/layers.c - TLS and DEFLATE between the wire and the window.
 * SPDX-License-Identifier: MIT
 *
 * layers[0] is nearest to the wire.  Bytes in: wire -> layers[0].in -> decode -> layers[1].in
 * -> decode -> window.  Bytes out: command -> encode of the top layer -> ... -> out. */
#include "core/client.h"
#include <assert.h>
#include <string.h>

enum { PASSAGE = 4096, BARREN_MAX = 65536 };

/* A cut (TLS without close_notify) is an end like any other, not a broken protocol. */
static int layer_failed(hark_client *c, const hark_layer *l, int err) {
  if (err != HARK_ERR_CERT && err != HARK_ERR_NOMEM && err != HARK_ERR_EOF) err = HARK_ERR_LAYER;
  const char *sentence = l->ops->error_text ? l->ops->error_text(l) : "";
  core_fail_as(c, err, *sentence ? sentence : hark_err_text(err));
  return err;
}

/* Encodes plain bytes (none: flushes) through the layers below n, into the output. */
static int pass_down(hark_client *c, size_t n, const uint8_t *p, size_t len) {
  if (!n) return chain_put(&c->out, p, len) ? 0 : HARK_ERR_NOMEM;
  hark_layer *l = c->layers[n - 1].layer;
  hark_in in = {p, len};
  for (;;) {
    uint8_t passage[PASSAGE];
    size_t room = PASSAGE;
    uint8_t *to = n == 1 ? chain_room(&c->out, &room) : passage;
    if (!to) return HARK_ERR_NOMEM;
    hark_out out = {to, room};
    size_t before = in.n;
    int err = l->ops->encode(l, &in, &out);
    if (err) return layer_failed(c, l, err);
    size_t made = (size_t)(out.p - to);
    if (n == 1)
      chain_wrote(&c->out, made);
    else if (made && (err = pass_down(c, n - 1, passage, made)))
      return err;
    if (!made && (!in.n || in.n == before)) break;
  }
  assert(in.n == 0 || !core_layers_ready(c));
  return in.n ? HARK_ERR_LAYER : 0;
}

int core_send(hark_client *c, const void *p, size_t n) {
  if (!n) return 0;
  int err = pass_down(c, c->nlayers, p, n);
  if (err) core_fail(c, err, "output");
  c->unflushed = c->nlayers;
  return err;
}

/* DEFLATE keeps what it was given until then: once for all that leaves together. */
void core_layers_flush(hark_client *c) {
  if (!c->unflushed) return;
  c->unflushed = false;
  int err = pass_down(c, c->nlayers, NULL, 0);
  if (err) core_fail(c, err, "output");
}

bool core_layers_ready(const hark_client *c) {
  for (size_t i = 0; i < c->nlayers; i++) {
    const hark_layer *l = c->layers[i].layer;
    if (l->ops->ready && !l->ops->ready(l)) return false;
  }
  return true;
}

/* Compressed blocks with nothing in them could go on for ever. */
static int barren(hark_client *c, layer_slot *slot, size_t taken, size_t made) {
  slot->barren = made ? 0 : slot->barren + taken;
  if (slot->layer->ops->kind != HARK_LAYER_DEFLATE || slot->barren <= BARREN_MAX) return 0;
  core_fail(c, HARK_ERR_LAYER, "64 KiB of compressed data hold nothing");
  return HARK_ERR_LAYER;
}

/* One layer, as much as fits into the buffer above it; *moved: it took some. */
static int decode_one(hark_client *c, size_t i, bool *moved) {
  layer_slot *slot = &c->layers[i];
  buffer *up = i + 1 < c->nlayers ? &c->layers[i + 1].in : &c->in;
  const hark_layer_ops *ops = slot->layer->ops;
  hark_in in = {slot->in.p ? slot->in.p + slot->in.read : slot->in.p,
                slot->in.write - slot->in.read};
  hark_out out = {up->p + up->write, up->cap - up->write};
  size_t had = in.n, room = out.n;
  while (out.n) {
    size_t before_in = in.n, before_out = out.n;
    int err = ops->decode(slot->layer, &in, &out);
    *moved |= in.n != before_in;
    if (!err && barren(c, slot, had - in.n, room - out.n)) return HARK_ERR_LAYER;
    slot->in.read += had - in.n, had = in.n;
    up->write += room - out.n, room = out.n;
    if ((slot->failed = err)) return 0;
    if ((err = pass_down(c, i + 1, NULL, 0))) return layer_failed(c, slot->layer, err);
    if (in.n == before_in && out.n == before_out) break;
  }
  return 0;
}

/* What came out before it is told first, wherever the input was cut. */
static int told_failure(hark_client *c, size_t before) {
  for (size_t i = 0; i < c->nlayers && c->in.write == before; i++) {
    const layer_slot *slot = &c->layers[i];
    if (slot->failed) return layer_failed(c, slot->layer, slot->failed);
  }
  return 0;
}

/* Between two layers there is a buffer. */
static int make_room(hark_client *c, buffer *up) {
  if (up->p) core_compact(c, up);
  if (!up->p && !(up->p = mem_grow(&c->mem, NULL, 0, c->limits.window))) return HARK_ERR_NOMEM;
  if (!up->cap) up->cap = c->limits.window;
  return 0;
}

static int decode_each(hark_client *c, bool *moved) {
  int err = 0;
  for (size_t i = 0; i < c->nlayers && !err; i++) {
    if (i + 1 < c->nlayers) err = make_room(c, &c->layers[i + 1].in);
    if (!err && !c->layers[i].failed) err = decode_one(c, i, moved);
  }
  return err;
}

/* Once more where what is between two layers went up and came to nothing: there may be more
 * below, that had no room. */
int core_layers_decode(hark_client *c) {
  const size_t before = c->in.write;
  bool moved = true;
  while (moved && c->in.write == before) {
    moved = false;
    int err = decode_each(c, &moved);
    if (err) return err;
    if (c->nlayers < 2) break;
  }
  return told_failure(c, before);
}

static bool ended(const hark_layer *l) {
  bool knows = l->ops->size >= offsetof(hark_layer_ops, ended) + sizeof l->ops->ended;
  return knows && l->ops->ended && l->ops->ended(l);
}

bool core_layers_ended(const hark_client *c) {
  for (size_t i = 0; i < c->nlayers; i++)
    if (ended(c->layers[i].layer)) return true;
  return false;
}

/* The wire ended: whether the layers call that orderly. */
int core_layers_eof(hark_client *c) {
  for (size_t i = 0; i < c->nlayers; i++) {
    hark_layer *l = c->layers[i].layer;
    int err = l->ops->eof ? l->ops->eof(l) : 0;
    if (err) return layer_failed(c, l, err);
  }
  return 0;
}

void core_layers_shutdown(hark_client *c) {
  for (size_t i = c->nlayers; i-- > 0;) {
    hark_layer *l = c->layers[i].layer;
    uint8_t bytes[512];
    hark_out out = {bytes, sizeof bytes};
    if (!l->ops->shutdown || l->ops->shutdown(l, &out)) continue;
    if (pass_down(c, i, bytes, sizeof bytes - out.n)) return;
  }
}

void core_layers_free(hark_client *c) {
  for (size_t i = 0; i < c->nlayers; i++) c->layers[i].layer->ops->free(c->layers[i].layer);
  /* their buffers go with the window; the count stays so that it finds them */
}

/* Before the first byte, or when the server has accepted STARTTLS or COMPRESS. */
static int push_allowed(const hark_client *c, const hark_layer *layer) {
  bool first = !c->greeted && c->in.read == c->in.write;
  if (core_dead(c) || (c->flags & HARK_OBSERVE) || c->nlayers == MAX_LAYERS) return HARK_ERR_STATE;
  if (c->layer_awaited) return layer->ops->kind == c->layer_kind ? 0 : HARK_ERR_STATE;
  return first ? 0 : HARK_ERR_STATE;
}

/* Bytes behind the OK to COMPRESS are the new layer's; behind that to STARTTLS nobody's (a layer
 * below had decoded more). */
static int hand_over(hark_client *c, const hark_layer *layer) {
  if (layer->ops->kind != HARK_LAYER_DEFLATE) return HARK_ERR_INJECT;
  buffer *to = &c->layers[c->nlayers - 1].in;
  size_t n = c->in.write - c->in.read, cap = n > c->limits.window ? n : c->limits.window;
  if (!(to->p = mem_grow(&c->mem, NULL, 0, cap))) return HARK_ERR_NOMEM;
  memcpy(to->p, c->in.p + c->in.read, n);
  to->cap = cap, to->write = n;
  c->in.write = c->in.read;
  return 0;
}

int hark_push_layer(hark_client *c, hark_layer *layer) {
  if (!layer) return HARK_ERR_NOMEM;
  int err = push_allowed(c, layer);
  if (err) {
    layer->ops->free(layer);
    return err;
  }
  c->layers[c->nlayers++].layer = layer;
  if (c->in.read != c->in.write) err = hand_over(c, layer);
  c->layer_awaited = false;
  c->place = NULL;
  if (!err) err = pass_down(c, c->nlayers, NULL, 0); /* the ClientHello */
  if (err) core_fail(c, err, NULL);
  c->drained = !err;
  if (!err) core_flush(c);
  return err;
}
