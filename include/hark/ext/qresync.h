/* hark/ext/qresync.h - what changed and what has gone since: CONDSTORE, QRESYNC.  RFC 7162.
 * SPDX-License-Identifier: MIT
 *
 * The codes HIGHESTMODSEQ (number in cond->code_num), NOMODSEQ and CLOSED are in hark/event.h;
 * MODSEQ, CHANGEDSINCE, VANISHED and UNCHANGEDSINCE of FETCH and STORE in hark/fetch.h. */
#ifndef HARK_EXT_QRESYNC_H
#define HARK_EXT_QRESYNC_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_VANISHED = HARK_EV_EXTENSION + 160 };
enum { HARK_CODE_MODIFIED = 1160 };

typedef struct hark_ev_vanished { /* section 3.2.10 */
  hark_str set;  /* UIDs that are not there (any more): hark_set_next() walks it; some may never have
                  * been there; an answer is cut after 512 elements, whatever the input's cuts */
  bool earlier;  /* the answer to SELECT with QRESYNC or to UID FETCH with VANISHED: message
                  * numbers do not change; else they have just been expunged */
  bool last;     /* no more of this answer follows */
} hark_ev_vanished;

typedef struct hark_qresync {  /* what is known of a mailbox: section 3.2.5 */
  uint32_t uidvalidity;        /* above 0 */
  uint64_t modseq;             /* the HIGHESTMODSEQ seen last: 1 to 2^63 - 1 */
  const char *uids;            /* all UIDs that are here; NULL: all up to the server's */
  const char *sample_numbers;  /* message numbers, ascending, and the UIDs that they had: both, or */
  const char *sample_uids;     /* both NULL */
} hark_qresync;

/* Strings live as long as the event.  NULL unless ev is of that type. */
HARK_API const hark_ev_vanished *hark_event_vanished(const hark_event *ev);
/* What STORE with UNCHANGEDSINCE left out: numbers or UIDs as its set had them.  Section 3.1.3.
 * NULL unless cond has the code MODIFIED, readable. */
HARK_API const hark_str *hark_cond_modified(const hark_ev_cond *cond);
/* SELECT, or EXAMINE, with (CONDSTORE): the server tells MODSEQ from here on.  Needs CONDSTORE. */
HARK_API hark_cmd hark_select_condstore(hark_client *c, bool examine, const char *mailbox);
/* The same with (QRESYNC ...), answered by VANISHED and FETCH before its OK.  Needs QRESYNC, which
 * must have been enabled (ENABLE QRESYNC) before.  known is not kept; HARK_ERR_ARG where it cannot be sent. */
HARK_API hark_cmd hark_select_qresync(hark_client *c, bool examine, const char *mailbox,
                                      const hark_qresync *known);
#ifdef __cplusplus
}
#endif
#endif
