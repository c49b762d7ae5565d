/* ext/catenate.c - CATENATE.  RFC 4469.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/append.h>
#include <hark/ext/catenate.h>

/* append-data =/ "CATENATE" SP "(" cat-part *(SP cat-part) ")" */
void hark_catenate_open(hark_builder *b) {
  ext_needs(b, "CATENATE");
  hark_put_raw(b, "CATENATE");
  hark_put_open(b);
}

/* cat-part = "URL" SP url */
void hark_catenate_url(hark_builder *b, const char *url) {
  hark_put_raw(b, "URL");
  hark_put_text(b, url);
}

/* cat-part = "TEXT" SP literal; literal8 by RFC 4466; cat-part =/ utf8-literal (RFC 6855) */
void hark_catenate_text(hark_builder *b, unsigned flags, uint64_t octets) {
  if (!(flags & HARK_UTF8)) hark_put_raw(b, "TEXT");
  hark_append_data(b, flags, octets);
}

void hark_catenate_close(hark_builder *b) { hark_put_close(b); }

extern const hark__extension hark__ext_catenate;
const hark__extension hark__ext_catenate = {0};
