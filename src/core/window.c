/* core/window.c - the receive window, which is the line buffer.
 * SPDX-License-Identifier: MIT
 *
 *   p           read             write        cap
 *   |  told     |  being read    |  room      |
 *
 * read <= write <= cap.  Pieces stay where they were read to; what was told is dropped only
 * when room is needed.  An idle client has no window: it offers a small place in itself. */
#include "core/client.h"
#include <assert.h>
#include <string.h>

/* Bytes a single piece may need, a line end and a literal header included. */
static size_t window_max(const hark_client *c) {
  size_t most = core_authenticated(c) ? c->limits.response : c->limits.line;
  most += 4096;
  return most > c->limits.window ? most : c->limits.window;
}

bool core_idle(const hark_client *c) {
  if (c->reading != READ_LINE || c->respond_awaited || !c->greeted) return false;
  for (const command *cmd = c->commands; cmd; cmd = cmd->next)
    if (cmd->effect != EFFECT_IDLE || !c->continued || c->done_sent) return false;
  return true;
}

static bool is_small(const hark_client *c, const buffer *b) {
  return b->p == c->small || b->p == c->small_wire;
}

static void buffer_free(hark_client *c, buffer *b) {
  if (b->p && !is_small(c, b)) mem_free(&c->mem, b->p, b->cap);
  b->p = NULL, b->cap = b->read = b->write = 0;
}

static bool buffer_resize(hark_client *c, buffer *b, size_t cap) {
  size_t n = b->write - b->read;
  uint8_t *p = mem_grow(&c->mem, NULL, 0, cap);
  if (!p) return false;
  if (n) memcpy(p, b->p + b->read, n);
  size_t dropped = b->read;
  buffer_free(c, b);
  if (b == &c->in) c->base += dropped;
  b->p = p, b->cap = cap, b->read = 0, b->write = n;
  return true;
}

void core_compact(hark_client *c, buffer *b) {
  if (!b->read) return;
  memmove(b->p, b->p + b->read, b->write - b->read);
  if (b == &c->in) c->base += b->read;
  b->write -= b->read, b->read = 0;
}

/* Room for at least one more byte; want: what a fresh buffer should hold. */
static bool buffer_room(hark_client *c, buffer *b, size_t want, size_t max) {
  if (b->read == b->write) core_compact(c, b);
  if (!b->p || (is_small(c, b) && (b->cap == b->write || !core_idle(c))))
    return buffer_resize(c, b, want);
  if (b->cap - b->write >= b->cap / 4 + 1) return true;
  core_compact(c, b);
  if (b->cap > b->write) return true;
  size_t cap = b->cap < max / 4 ? b->cap * 2 : max; /* no last step of a few bytes */
  return cap > b->cap && buffer_resize(c, b, cap);
}

/* Nothing is awaited and nothing is partial: the memory goes back. */
static void buffer_rest(hark_client *c, buffer *b, uint8_t *small) {
  if (b->read != b->write || c->burst || !core_idle(c) || is_small(c, b)) return;
  if (b == &c->in) c->base += b->read;
  buffer_free(c, b);
  b->p = small, b->cap = SMALL;
}

static buffer *bottom(hark_client *c) { return c->nlayers ? &c->layers[0].in : &c->in; }

void *hark_recv_buf(hark_client *c, size_t *len) {
  *len = 0;
  if (!(hark_wants(c) & HARK_WANT_RECV)) return NULL;
  if (c->place) {
    *len = c->place_size;
    return c->place;
  }
  arena_reset(&c->arena);
  buffer_rest(c, &c->in, c->small);
  if (c->nlayers) buffer_rest(c, &c->layers[0].in, c->small_wire);
  if (core_idle(c) && !c->burst) arena_free(&c->arena), core_state_free(c);
  buffer *b = bottom(c);
  size_t max = c->nlayers ? c->limits.window : window_max(c);
  if (!buffer_room(c, b, c->limits.window, max)) {
    core_fail(c, HARK_ERR_NOMEM, "receive window");
    c->drained = false;
    return NULL;
  }
  c->place = b->p + b->write, c->place_size = b->cap - b->write;
  *len = c->place_size;
  return c->place;
}

int hark_recv_ack(hark_client *c, size_t n) {
  if (n == 0) {
    c->place = NULL;
    return c->error;
  }
  assert(c->place && n <= c->place_size);
  c->burst = n == c->place_size;
  c->place = NULL;
  if (core_dead(c)) return c->error;
  bottom(c)->write += n;
  if (!core_layers_ready(c)) c->heard += n;
  c->drained = false;
  return 0;
}

int hark_recv_eof(hark_client *c) {
  c->place = NULL;
  c->eof = true, c->drained = false;
  if (c->closing) c->closing = false, c->closed = true;
  return c->error;
}

size_t hark_feed(hark_client *c, const void *bytes, size_t n) {
  if (c->layer_awaited && c->layer_kind == HARK_LAYER_TLS && n && !core_dead(c)) {
    core_fail(c, HARK_ERR_INJECT, "bytes came before TLS did");
    return 0;
  }
  size_t room;
  void *place = n ? hark_recv_buf(c, &room) : NULL;
  if (!place) return 0;
  if (n > room) n = room;
  memcpy(place, bytes, n);
  hark_recv_ack(c, n);
  return n;
}

int core_refill(hark_client *c) {
  if (!c->nlayers) return 0;
  if (!buffer_room(c, &c->in, c->limits.window, window_max(c))) return HARK_ERR_NOMEM;
  size_t before = c->in.write;
  int err = core_layers_decode(c);
  if (err) return err;
  if (c->in.write == before && core_layers_ended(c)) c->eof = true;
  return c->in.write > before;
}

void core_consume(hark_client *c, size_t n) {
  assert(n <= c->in.write - c->in.read);
  c->in.read += n;
  if (c->awaited) c->heard += n;
}

void core_window_free(hark_client *c) {
  buffer_free(c, &c->in);
  for (size_t i = 0; i < MAX_LAYERS; i++) buffer_free(c, &c->layers[i].in);
}
