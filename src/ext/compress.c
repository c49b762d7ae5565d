/* ext/compress.c - COMPRESS.  RFC 4978.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/compress.h>

/* command-auth =/ compress; compress = "COMPRESS" SP algorithm */
hark_cmd hark_compress(hark_client *c) {
  hark_builder *b = hark_cmd_begin(c, "COMPRESS");
  hark_put_raw(b, "DEFLATE");
  return hark_cmd_end(b);
}

static const ext_command commands[] = {{"COMPRESS", "COMPRESS=DEFLATE",
                                        EXT_IN_AUTHENTICATED | EXT_IN_SELECTED, EXT_ALONE, NULL,
                                        EFFECT_COMPRESS},
                                       {0}};

extern const hark__extension hark__ext_compress;
const hark__extension hark__ext_compress = {.commands = commands};
