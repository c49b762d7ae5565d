/* hark/layer.h - what TLS and DEFLATE look like to a client.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_LAYER_H
#define HARK_LAYER_H
#include <hark/client.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef enum hark_layer_kind { HARK_LAYER_TLS = 1, HARK_LAYER_DEFLATE = 2 } hark_layer_kind;

typedef struct hark_in  { const uint8_t *p; size_t n; } hark_in;  /* the callee advances p */
typedef struct hark_out { uint8_t       *p; size_t n; } hark_out; /* the callee advances p */

/* A layer turns bytes into bytes and never blocks.  decode and encode use up as
 * much of in, and fill as much of out, as they can; they return 0, or a negative
 * hark_err.  The client calls decode, also with wire->n == 0, until it leaves plain
 * not full (a layer may hold decoded bytes), and after each decode calls encode with
 * plain->n == 0 until nothing comes: that flushes, and carries handshakes; with nothing
 * pending it must emit nothing. */
typedef struct hark_layer_ops {
  size_t  size; /* sizeof(hark_layer_ops) */
  int32_t kind; /* hark_layer_kind */
  int  (*decode)(hark_layer *self, hark_in *wire, hark_out *plain);
  int  (*encode)(hark_layer *self, hark_in *plain, hark_out *wire);
  bool (*ready)(const hark_layer *self); /* handshake finished */
  int  (*eof)(hark_layer *self);         /* the wire ended: 0 if this was an orderly end (close_notify) */
  int  (*shutdown)(hark_layer *self, hark_out *wire);
  const char *(*error_text)(const hark_layer *self); /* one sentence for people */
  void (*free)(hark_layer *self);
  /* NULL: never.  The peer said that nothing more comes (close_notify): the client, once it has
   * told what came before, is at its end, though the wire stays open. */
  bool (*ended)(const hark_layer *self);
} hark_layer_ops;

struct hark_layer { const hark_layer_ops *ops; }; /* first member of every layer */
#ifdef __cplusplus
}
#endif
#endif
