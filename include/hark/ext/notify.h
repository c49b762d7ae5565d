/* hark/ext/notify.h - what the server tells unasked, of which mailboxes.  RFC 5465.
 * SPDX-License-Identifier: MIT
 *
 *   hark_builder *b = hark_notify_begin(c, true);
 *   hark_notify_group(b, HARK_SCOPE_SELECTED, NULL, HARK_NOTIFY_MESSAGES, "(UID FLAGS)");
 *   hark_notify_group(b, HARK_SCOPE_PERSONAL, NULL, HARK_NOTIFY_MESSAGES, NULL);
 *   hark_cmd cmd = hark_notify_end(b);
 *
 * What is told comes as the events of EXISTS, EXPUNGE, FETCH, STATUS and LIST, at any time. */
#ifndef HARK_EXT_NOTIFY_H
#define HARK_EXT_NOTIFY_H
#include <hark/event.h>
#include <hark/search.h>
#ifdef __cplusplus
extern "C" {
#endif
enum {
  HARK_CODE_NOTIFICATIONOVERFLOW = 1140, /* the server has given up: NOTIFY NONE holds */
  HARK_CODE_BADEVENT                     /* hark_cond_events() */
};

#define HARK_NOTIFY_MESSAGE_NEW             0x01u
#define HARK_NOTIFY_MESSAGE_EXPUNGE         0x02u
#define HARK_NOTIFY_FLAG_CHANGE             0x04u
#define HARK_NOTIFY_ANNOTATION_CHANGE       0x08u
#define HARK_NOTIFY_MAILBOX_NAME            0x10u /* created, deleted, renamed */
#define HARK_NOTIFY_SUBSCRIPTION_CHANGE     0x20u
#define HARK_NOTIFY_MAILBOX_METADATA_CHANGE 0x40u
#define HARK_NOTIFY_SERVER_METADATA_CHANGE  0x80u
#define HARK_NOTIFY_MESSAGES (HARK_NOTIFY_MESSAGE_NEW | HARK_NOTIFY_MESSAGE_EXPUNGE)

/* NOTIFY SET, in the place of all that was set before.  status: the server first tells the STATUS of
 * the mailboxes that are not selected.  One group or more must follow.  UNSENT without NOTIFY.
 * RFC 5465 section 3.1 */
HARK_API hark_builder *hark_notify_begin(hark_client *c, bool status);
/* Events of these mailboxes; mailboxes as hark_put_scope() takes them; events 0: none of them.  items:
 * what is fetched of a new message in the selected mailbox, "(UID FLAGS)", or NULL.  HARK_ERR_ARG
 * comes out of hark_notify_end() where the grammar does not allow it: MESSAGE_NEW and
 * MESSAGE_EXPUNGE go together, and the two changes of messages with them; of SELECTED and
 * SELECTED_DELAYED there is one at most, with no events but those of messages.
 * RFC 5465 sections 5, 6 */
HARK_API void hark_notify_group(hark_builder *b, int scope, const char *const *mailboxes,
                                unsigned events, const char *items);
HARK_API hark_cmd hark_notify_end(hark_builder *b);
/* NOTIFY NONE: nothing unasked any more. */
HARK_API hark_cmd hark_notify_none(hark_client *c);

/* The names of the events that the server knows, "MessageNew".  NULL unless cond has the code BADEVENT,
 * readable.  RFC 5465 section 3.1 */
HARK_API const hark_strs *hark_cond_events(const hark_ev_cond *cond);
#ifdef __cplusplus
}
#endif
#endif
