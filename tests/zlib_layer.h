/* tests/zlib_layer.h - DEFLATE as RFC 4978 wants it.  SPDX-License-Identifier: MIT */
#ifndef TESTS_ZLIB_LAYER_H
#define TESTS_ZLIB_LAYER_H
#include <hark/layer.h>

/* NULL: out of memory. */
hark_layer *zlib_layer_new(void);
#endif
