/* net/deflate_layer.c - COMPRESS=DEFLATE as a layer: zlib between two runs of bytes.  RFC 4978, RFC
 * 1951. SPDX-License-Identifier: MIT */
#include <hark/layer.h>
#include <hark/net.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

/* Without a head and a checksum, RFC 4978 section 4; MEMORY is zlib's own measure. */
enum { HEADLESS = -15, MEMORY = 8 };
/* A flush that begins with less room than its mark has never ends (zlib.h at deflate()); where
 * there is no more room than this, bytes wait in memory. */
enum { SMALL = 64 };

typedef struct deflate_layer {
  hark_layer base;
  z_stream in, out;
  bool unflushed; /* bytes were taken, or a flush found no room */
  bool ended;     /* the server's last block has come */
  int err;        /* sticky */
  uint8_t waiting[SMALL];
  size_t waiting_at, nwaiting;
  char text[120]; /* error_text */
} deflate_layer;

static deflate_layer *of(hark_layer *self) { return (deflate_layer *)self; }
static const deflate_layer *of_const(const hark_layer *self) { return (const deflate_layer *)self; }

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static uInt at_once(size_t n) { return (uInt)smaller(n, UINT_MAX); }

/* zlib.h at alloc_func; zlib's own does not look whether n * size is too much. */
static voidpf take_memory(voidpf unused, uInt n, uInt size) {
  return (void)unused, calloc(n, size);
}
static void give_memory(voidpf unused, voidpf p) { (void)unused, free(p); }

static int fail(deflate_layer *l, int result, const z_stream *z, const char *what) {
  l->err = result == Z_MEM_ERROR ? HARK_ERR_NOMEM : HARK_ERR_LAYER;
  if (result == Z_MEM_ERROR)
    snprintf(l->text, sizeof l->text, "%s", hark_err_text(l->err));
  else
    snprintf(l->text, sizeof l->text, "%s (%s).", what, z->msg ? z->msg : zError(result));
  return l->err;
}

static bool is_fine(int result) { return result == Z_OK || result == Z_BUF_ERROR; }

/* However much the input stands for, no more is made than there is room for. */
static int decode(hark_layer *self, hark_in *wire, hark_out *plain) {
  deflate_layer *l = of(self);
  if (l->err) return l->err;
  while (plain->n && !l->ended) {
    const uInt given = at_once(wire->n), room = at_once(plain->n);
    l->in.next_in = wire->p, l->in.avail_in = given;
    l->in.next_out = plain->p, l->in.avail_out = room;
    const int result = inflate(&l->in, Z_SYNC_FLUSH);
    const size_t taken = given - l->in.avail_in, made = room - l->in.avail_out;
    wire->p += taken, wire->n -= taken;
    plain->p += made, plain->n -= made;
    l->ended = result == Z_STREAM_END;
    if (!l->ended && !is_fine(result))
      return fail(l, result, &l->in, "The server's compressed data cannot be read");
    if (!taken && !made) break;
  }
  /* Nothing can follow the last block: RFC 4978 knows no way back. */
  if (l->ended) wire->p += wire->n, wire->n = 0;
  return 0;
}

static void hand_out(deflate_layer *l, hark_out *wire) {
  const size_t k = smaller(wire->n, l->nwaiting - l->waiting_at);
  if (!k) return;
  memcpy(wire->p, l->waiting + l->waiting_at, k);
  wire->p += k, wire->n -= k;
  l->waiting_at += k;
  if (l->waiting_at == l->nwaiting) l->waiting_at = l->nwaiting = 0;
}

/* One step of deflate() into wire, or into what waits. */
static int compress_some(deflate_layer *l, hark_in *plain, hark_out *wire) {
  const bool direct = wire->n >= SMALL;
  const uInt given = at_once(plain->n), room = direct ? at_once(wire->n) : SMALL;
  l->out.next_in = plain->p, l->out.avail_in = given;
  l->out.next_out = direct ? wire->p : l->waiting, l->out.avail_out = room;
  const int result = deflate(&l->out, given ? Z_NO_FLUSH : Z_SYNC_FLUSH);
  const size_t taken = given - l->out.avail_in, made = room - l->out.avail_out;
  if (!is_fine(result)) return fail(l, result, &l->out, "What is to be sent cannot be compressed");
  plain->p += taken, plain->n -= taken;
  l->unflushed = given || !l->out.avail_out; /* a flush is done when it leaves room */
  if (direct)
    wire->p += made, wire->n -= made;
  else
    l->nwaiting = made;
  hand_out(l, wire);
  return 0;
}

/* Bytes are taken without a flush, so that a flight of commands has one, behind its last. */
static int encode(hark_layer *self, hark_in *plain, hark_out *wire) {
  deflate_layer *l = of(self);
  if (l->err) return l->err;
  const bool flushes = !plain->n;
  hand_out(l, wire);
  while (!l->err && wire->n && (flushes ? l->unflushed : plain->n > 0))
    compress_some(l, plain, wire);
  return l->err;
}

static bool ready(const hark_layer *self) { return !of_const(self)->err; }

/* A server may close without a last block, as most do: whether what was told is whole is for the
 * layer below (close_notify) and for IMAP itself to say, as it is without compression. */
static int eof(hark_layer *self) { return of(self)->err; }

/* LOGOUT has been flushed; a last block of ours would come behind its answer. */
static int shut_down(hark_layer *self, hark_out *wire) { return (void)wire, of(self)->err; }

static const char *error_text(const hark_layer *self) { return of_const(self)->text; }
static bool ended(const hark_layer *self) { return of_const(self)->ended; }

static void free_layer(hark_layer *self) {
  deflate_layer *l = of(self);
  if (!l) return;
  inflateEnd(&l->in), deflateEnd(&l->out);
  free(l);
}

static const hark_layer_ops deflate_ops = {.size = sizeof deflate_ops,
                                           .kind = HARK_LAYER_DEFLATE,
                                           .decode = decode,
                                           .encode = encode,
                                           .ready = ready,
                                           .eof = eof,
                                           .shutdown = shut_down,
                                           .error_text = error_text,
                                           .free = free_layer,
                                           .ended = ended};

hark_layer *hark_deflate_layer(void) {
  deflate_layer *l = calloc(1, sizeof *l);
  if (!l) return NULL;
  l->base.ops = &deflate_ops;
  l->in.zalloc = l->out.zalloc = take_memory;
  l->in.zfree = l->out.zfree = give_memory;
  if (inflateInit2(&l->in, HEADLESS) == Z_OK &&
      deflateInit2(&l->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED, HEADLESS, MEMORY,
                   Z_DEFAULT_STRATEGY) == Z_OK)
    return &l->base;
  return free_layer(&l->base), NULL;
}
