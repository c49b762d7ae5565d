/* hark/ext/savedate.h - SAVEDATE: when a message came into its mailbox.  RFC 8514.
 * SPDX-License-Identifier: MIT
 *
 * Asked for as the item "SAVEDATE". */
#ifndef HARK_EXT_SAVEDATE_H
#define HARK_EXT_SAVEDATE_H
#include <hark/fetch.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_ITEM_SAVEDATE = HARK_ITEM_EXTENSION + 190 };
typedef struct hark_save_date {
  bool    known;        /* false: NIL, this mailbox keeps no such date */
  int64_t time;         /* seconds since 1970 UTC */
  int32_t zone_minutes; /* in which it was sent */
  bool    leap_second;  /* the second 60 was sent: time is the one behind it */
  bool    no_zone;      /* "-0000" was sent: in UTC, and the zone is not known */
} hark_save_date;
/* Lives as long as the event.  NULL unless item is of that kind. */
HARK_API const hark_save_date *hark_item_save_date(const hark_ev_item *item);
#ifdef __cplusplus
}
#endif
#endif
