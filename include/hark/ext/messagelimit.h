/* hark/ext/messagelimit.h - MESSAGELIMIT: a command was too large.  RFC 9738, whose text was not at hand: the
 * code was written from what is known of it, and nothing else of it is here.
 * SPDX-License-Identifier: MIT
 *
 * The capability MESSAGELIMIT=1000 says how many messages one command may touch, SAVELIMIT=1000 how many a
 * saved search result may hold. */
#ifndef HARK_EXT_MESSAGELIMIT_H
#define HARK_EXT_MESSAGELIMIT_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_CODE_MESSAGELIMIT = 1260 };

typedef struct hark_message_limit {
  uint32_t limit; /* messages */
  uint32_t uid;   /* in an OK: all from the highest UID down to this one were done, so go on below it; 0: not
                   * told, as in a NO, where nothing was done */
} hark_message_limit;

/* NULL unless cond has the code MESSAGELIMIT, readable; valid as long as the event. */
HARK_API const hark_message_limit *hark_cond_message_limit(const hark_ev_cond *cond);
#ifdef __cplusplus
}
#endif
#endif
