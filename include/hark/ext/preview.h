/* hark/ext/preview.h - PREVIEW: the beginning of a message's text.  RFC 8970.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_EXT_PREVIEW_H
#define HARK_EXT_PREVIEW_H
#include <hark/fetch.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_ITEM_PREVIEW = HARK_ITEM_EXTENSION + 180 };
/* UTF-8, at most 256 characters if the server keeps to the RFC; NIL: asked for lazily, and there is
 * none yet; "": the message has no text.  Lives as long as the event.  NULL unless item is of that kind. */
HARK_API const hark_str *hark_item_preview(const hark_ev_item *item);
/* An item of hark_fetch_begin().  lazy: only what the server has at hand.  Needs PREVIEW. */
HARK_API void hark_fetch_preview(hark_builder *b, bool lazy);
#ifdef __cplusplus
}
#endif
#endif
