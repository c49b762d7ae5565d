/* tests/wire_layer.h - a fake TLS or DEFLATE.  SPDX-License-Identifier: MIT */
#ifndef TESTS_WIRE_LAYER_H
#define TESTS_WIRE_LAYER_H
#include <hark/layer.h>

hark_layer *fake_layer_new(int32_t kind);
#endif
