/* ext/unauthenticate.c - UNAUTHENTICATE.  RFC 8437.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/unauthenticate.h>

hark_cmd hark_unauthenticate(hark_client *c) {
  if (ext_has_layer(c, HARK_LAYER_DEFLATE)) return HARK_ERR_STATE;
  return hark_cmd_end(hark_cmd_begin(c, "UNAUTHENTICATE"));
}

static const ext_command commands[] = {{"UNAUTHENTICATE", "UNAUTHENTICATE",
                                        EXT_IN_AUTHENTICATED | EXT_IN_SELECTED, EXT_ALONE, NULL,
                                        EFFECT_UNAUTHENTICATE},
                                       {0}};

extern const hark__extension hark__ext_unauthenticate;
const hark__extension hark__ext_unauthenticate = {.commands = commands};
