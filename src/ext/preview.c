/* ext/preview.c - PREVIEW: the beginning of a message's text.  RFC 8970.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/preview.h>

/* msg-att-dynamic =/ "PREVIEW" SP nstring */
static bool preview(ext_call *call, scan *s) {
  hark_str *text = ext_space(call, sizeof *text);
  ext_item(call, HARK_ITEM_PREVIEW)->any = text;
  return text && scan_sp(s) && scan_nstring(s, text);
}

const hark_str *hark_item_preview(const hark_ev_item *item) {
  return item->kind == HARK_ITEM_PREVIEW ? item->any : NULL;
}

/* fetch-att =/ "PREVIEW" [SP "(" preview-mod *(SP preview-mod) ")"]; preview-mod = "LAZY" */
void hark_fetch_preview(hark_builder *b, bool lazy) {
  ext_needs(b, "PREVIEW");
  hark_fetch_item(b, "PREVIEW");
  if (!lazy) return;
  hark_put_open(b);
  hark_put_atom(b, "LAZY");
  hark_put_close(b);
}

static const ext_word items[] = {{"PREVIEW", preview, EXT_WHOLE, EXT_SELECTED}, {0}};
static const hark_field fields[] = {FIELD_SELF("preview", STR), {0}};
static const ext_fields kinds[] = {{HARK_ITEM_PREVIEW, "PREVIEW", fields}, {0}};

extern const hark__extension hark__ext_preview;
const hark__extension hark__ext_preview = {.items = items, .item_kinds = kinds};
