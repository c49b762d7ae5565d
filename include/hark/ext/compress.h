/* hark/ext/compress.h - COMPRESS=DEFLATE.  RFC 4978.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_EXT_COMPRESS_H
#define HARK_EXT_COMPRESS_H
#include <hark/command.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Once signed in (before: UNSENT with HARK_ERR_STATE).  Its OK brings HARK_EV_LAYER (HARK_LAYER_DEFLATE): then
 * hark_push_layer() with a layer of raw DEFLATE, as hark_deflate_layer() of hark/net.h is. */
HARK_API hark_cmd hark_compress(hark_client *c);
#ifdef __cplusplus
}
#endif
#endif
