/* hark/ext/gmail.h - Gmail's own data items.  X-GM-EXT-1,
 * developers.google.com/workspace/gmail/imap/imap-extensions.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_EXT_GMAIL_H
#define HARK_EXT_GMAIL_H
#include <hark/fetch.h>
#ifdef __cplusplus
extern "C" {
#endif
enum {
  HARK_ITEM_GM_MSGID = HARK_ITEM_EXTENSION + 20, /* item->num, 64 bits without sign */
  HARK_ITEM_GM_THRID,                            /* item->num */
  HARK_ITEM_GM_LABELS                            /* hark_item_gmail_labels() */
};
/* UTF-8, "\\Inbox", "Holidays"; NULL unless item is of that kind. */
HARK_API const hark_strs *hark_item_gmail_labels(const hark_ev_item *item);
#ifdef __cplusplus
}
#endif
#endif
