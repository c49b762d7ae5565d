/* tests/zlib_layer.c - DEFLATE without a head (RFC 1951), flushed after each piece.
 * SPDX-License-Identifier: MIT */
#include "zlib_layer.h"
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

typedef struct zlib_layer {
  hark_layer base;
  z_stream in, out;
  bool unflushed;
  const char *broken;
} zlib_layer;

static int zlib_decode(hark_layer *self, hark_in *wire, hark_out *plain) {
  zlib_layer *l = (zlib_layer *)self;
  l->in.next_in = wire->p, l->in.avail_in = (uInt)wire->n;
  l->in.next_out = plain->p, l->in.avail_out = (uInt)plain->n;
  int result = inflate(&l->in, Z_SYNC_FLUSH);
  wire->p = l->in.next_in, wire->n = l->in.avail_in;
  plain->p = l->in.next_out, plain->n = l->in.avail_out;
  if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) return 0;
  l->broken = l->in.msg ? l->in.msg : "this is not DEFLATE";
  return HARK_ERR_LAYER;
}

/* With nothing to send and nothing to flush, nothing is written. */
static int zlib_encode(hark_layer *self, hark_in *plain, hark_out *wire) {
  zlib_layer *l = (zlib_layer *)self;
  if (!plain->n && !l->unflushed) return 0;
  l->out.next_in = plain->p, l->out.avail_in = (uInt)plain->n;
  l->out.next_out = wire->p, l->out.avail_out = (uInt)wire->n;
  int result = deflate(&l->out, plain->n ? Z_NO_FLUSH : Z_SYNC_FLUSH);
  /* a flush is done when it leaves room */
  l->unflushed = plain->n || !l->out.avail_out;
  plain->p = l->out.next_in, plain->n = l->out.avail_in;
  wire->p = l->out.next_out, wire->n = l->out.avail_out;
  return result == Z_OK || result == Z_BUF_ERROR ? 0 : HARK_ERR_LAYER;
}

static bool zlib_ready(const hark_layer *self) { return (void)self, true; }
static int zlib_eof(hark_layer *self) { return (void)self, 0; }
static int zlib_shutdown(hark_layer *self, hark_out *wire) { return (void)self, (void)wire, 0; }

static const char *zlib_error(const hark_layer *self) {
  const zlib_layer *l = (const zlib_layer *)self;
  return l->broken ? l->broken : "no error";
}

static void zlib_free(hark_layer *self) {
  zlib_layer *l = (zlib_layer *)self;
  inflateEnd(&l->in), deflateEnd(&l->out);
  free(l);
}

hark_layer *zlib_layer_new(void) {
  static const hark_layer_ops ops = {.size = sizeof ops,
                                     .kind = HARK_LAYER_DEFLATE,
                                     .decode = zlib_decode,
                                     .encode = zlib_encode,
                                     .ready = zlib_ready,
                                     .eof = zlib_eof,
                                     .shutdown = zlib_shutdown,
                                     .error_text = zlib_error,
                                     .free = zlib_free};
  enum { HEADLESS = -15, MEMORY = 8 };
  zlib_layer *l = calloc(1, sizeof *l);
  if (!l) return NULL;
  l->base.ops = &ops;
  if (inflateInit2(&l->in, HEADLESS) != Z_OK ||
      deflateInit2(&l->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED, HEADLESS, MEMORY,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    zlib_free(&l->base);
    return NULL;
  }
  return &l->base;
}
