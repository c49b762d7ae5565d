/* tests/wire_layer.c - a fake TLS: a greeting of each side, then plain bytes.
 * SPDX-License-Identifier: MIT */
#include "wire_layer.h"
#include <stdlib.h>

typedef struct fake_layer {
  hark_layer base;
  size_t greeted, heard; /* bytes of the two greetings */
  bool broken;
} fake_layer;

static const char client_hello[] = "<client hello>", server_hello[] = "<server hello>";

static void pass(hark_in *in, hark_out *out) {
  for (; in->n && out->n; in->n--, out->n--) *out->p++ = *in->p++;
}

static int fake_decode(hark_layer *self, hark_in *wire, hark_out *plain) {
  fake_layer *l = (fake_layer *)self;
  for (; wire->n && server_hello[l->heard]; wire->n--) {
    if (*wire->p++ != (uint8_t)server_hello[l->heard++]) return l->broken = true, HARK_ERR_LAYER;
  }
  pass(wire, plain);
  return 0;
}

static int fake_encode(hark_layer *self, hark_in *plain, hark_out *wire) {
  fake_layer *l = (fake_layer *)self;
  for (; wire->n && client_hello[l->greeted]; wire->n--)
    *wire->p++ = (uint8_t)client_hello[l->greeted++];
  if (!client_hello[l->greeted] && !server_hello[l->heard]) pass(plain, wire);
  return 0;
}

static bool fake_ready(const hark_layer *self) {
  return !server_hello[((const fake_layer *)self)->heard];
}

static int fake_shutdown(hark_layer *self, hark_out *wire) {
  (void)self, (void)wire;
  return 0;
}

static const char *fake_error(const hark_layer *self) {
  return ((const fake_layer *)self)->broken ? "this is not the fake TLS" : "no error";
}

static void fake_free(hark_layer *self) { free(self); }

hark_layer *fake_layer_new(int32_t kind) {
  static const hark_layer_ops any = {.size = sizeof any,
                                     .decode = fake_decode,
                                     .encode = fake_encode,
                                     .ready = fake_ready,
                                     .shutdown = fake_shutdown,
                                     .error_text = fake_error,
                                     .free = fake_free};
  static hark_layer_ops tls, deflate;
  tls = deflate = any;
  tls.kind = HARK_LAYER_TLS, deflate.kind = HARK_LAYER_DEFLATE;
  fake_layer *l = calloc(1, sizeof *l);
  if (!l) abort();
  l->base.ops = kind == HARK_LAYER_TLS ? &tls : &deflate;
  return &l->base;
}
