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

typedef enum hark_gmail_labels {
  HARK_GM_LABELS_SET,   /* these alone */
  HARK_GM_LABELS_ADD,   /* +X-GM-LABELS */
  HARK_GM_LABELS_REMOVE /* -X-GM-LABELS */
} hark_gmail_labels;
/* STORE of labels: UTF-8, NULL behind the last; "\\Inbox", "\\Starred" are Gmail's own, all others are
 * sent as names of mailboxes are.  how: hark_gmail_labels.  Answered by FETCH.  Needs X-GM-EXT-1. */
HARK_API hark_cmd hark_store_gmail_labels(hark_client *c, unsigned flags, const char *set, int how,
                                          const char *const *labels);
#ifdef __cplusplus
}
#endif
#endif
