/* ext/replace.c - REPLACE.  RFC 8508.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/replace.h>

/* replace = "REPLACE" SP seq-number SP mailbox append-message; uid = "UID" SP replace */
hark_builder *hark_replace_begin(hark_client *c, unsigned flags, uint32_t number,
                                 const char *mailbox) {
  hark_builder *b = hark_cmd_begin(c, flags & HARK_UID ? "UID REPLACE" : "REPLACE");
  if (number)
    hark_put_number(b, number);
  else
    hark_put_raw(b, "*");
  hark_put_mailbox(b, mailbox);
  return b;
}

static const ext_command commands[] = {{"REPLACE", "REPLACE", EXT_IN_SELECTED,
                                        EXT_SEQ | EXT_RENUMBERS, "EXPUNGE VANISHED OK",
                                        EFFECT_NONE},
                                       {0}};

extern const hark__extension hark__ext_replace;
const hark__extension hark__ext_replace = {.commands = commands};
