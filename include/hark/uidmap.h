/* hark/uidmap.h - message numbers <-> UIDs of the selected mailbox.  RFC 9051 section 2.3.1.
 * SPDX-License-Identifier: MIT
 *
 * A map learns from the events that pass by: FETCH with a UID, and, where it is told to, the answer to
 * UID SEARCH ALL; it follows EXISTS, EXPUNGE and VANISHED, and forgets all when a mailbox is left or another
 * one opened.  Give it every event, whether or not a program looks at that itself.
 *
 * It may not know a message, and then says 0; what it says is what the server has said.  Both lists ascend,
 * and no UID is below its number (section 2.3.1.1): a server that says what cannot be true together
 * with what it said before, or that lowers EXISTS (Exchange does), is believed in what it said last, and
 * all else is forgotten.  So hark_uidmap_known() may fall at any time.  Under UIDONLY (RFC 9586) there are no
 * numbers, and the map stays empty.  A client with HARK_OBSERVE tells no PHASE: call hark_uidmap_clear().
 *
 * Memory: a set of the known UIDs (hark/set.h), 8 KiB for 65,536 of them side by side at most, and the runs
 * of message numbers whose UIDs are known, side by side in one mailbox: mostly one; 1,024 (12 KiB) at most,
 * then the shortest is forgotten.  Time, with r runs and c blocks of 65,536 UIDs in which there is a
 * known one (a million messages: often 16; 65,536 at the very worst): a lookup O(log r + c), a message learnt
 * or expunged O(r + c), a VANISHED range likewise, however many it removes; n numbers of a SEARCH in
 * O(n + c) a piece. */
#ifndef HARK_UIDMAP_H
#define HARK_UIDMAP_H
#include <hark/event.h>
#include <hark/set.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct hark_uidmap hark_uidmap;

/* config (its allocator) may be NULL and is not kept.  Returns NULL when out of memory. */
HARK_API hark_uidmap *hark_uidmap_new(const hark_config *config);
HARK_API void         hark_uidmap_free(hark_uidmap *m);
HARK_API void         hark_uidmap_clear(hark_uidmap *m); /* as if no mailbox were open */

/* 0; HARK_ERR_NOMEM: all UIDs are forgotten, the count of messages is not. */
HARK_API int hark_uidmap_event(hark_uidmap *m, const hark_event *ev);

/* search: a UID SEARCH ALL, or its RETURN (ALL), that has just been queued: its answer, in as many pieces as
 * it comes, is the whole mailbox.  It is not taken where messages came and went meanwhile and
 * it could be from before or after that; then hark_uidmap_known() does not change, and it may be asked again.
 * One at a time: another call takes the place of the one before.  A search that is an error is returned
 * as it is; HARK_ERR_NOMEM. */
HARK_API int hark_uidmap_all(hark_uidmap *m, hark_cmd search);

HARK_API uint32_t hark_uidmap_exists(const hark_uidmap *m); /* messages, as EXISTS and EXPUNGE say */
HARK_API uint32_t hark_uidmap_known(const hark_uidmap *m);  /* of how many the UID is known */
HARK_API uint32_t hark_uidmap_uid(const hark_uidmap *m, uint32_t number); /* 0: not known */
HARK_API uint32_t hark_uidmap_number(const hark_uidmap *m, uint32_t uid); /* 0: not known */
/* The known UIDs; owned by m, until the next hark_uidmap_event(), _all() or _clear(). */
HARK_API const hark_set *hark_uidmap_uids(const hark_uidmap *m);
/* The first range of numbers, from `from` (1 at least) on, whose UIDs are not known: ask for them with FETCH
 * first:last (UID).  false: there is none. */
HARK_API bool hark_uidmap_unknown(const hark_uidmap *m, uint32_t from, uint32_t *first, uint32_t *last);
#ifdef __cplusplus
}
#endif
#endif
