/* pull/same.c - after a renumbering: which of the messages are here already.
 * SPDX-License-Identifier: MIT
 *
 * Identities are asked for in batches; each is told as SAME and answered by have() (it is
 * here) or again() (fetch it).  What the server does not tell is fetched: a second copy rather
 * than none. */
#include "pull/state.h"
#include <string.h>

static const char *items(const hark_pull *p) {
  if (hark_has(p->c, "OBJECTID")) return "(UID RFC822.SIZE INTERNALDATE EMAILID)";
  if (hark_has(p->c, "X-GM-EXT-1")) return "(UID RFC822.SIZE INTERNALDATE X-GM-MSGID)";
  return "(UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";
}

/* A batch has been answered: what it left out is fetched. */
static void collect(hark_pull *p, batch *b) {
  uint32_t first, last;
  for (hark_str text = pull_text(b->uids); hark_set_next(&text, &first, &last);)
    for (uint32_t uid = first; uid && uid <= last; uid++)
      if (hark_set_has(p->unsure, uid)) pull_take(p, p->unsure, p->missing, uid);
  hark_set_remove(b->uids, 1, UINT32_MAX);
}

void pull_same_ask(hark_pull *p) {
  batch *b = &p->batches[0];
  if (b->cmd) return;
  if (hark_set_count(b->uids)) collect(p, b);
  if (!hark_set_count(p->unsure)) {
    if (p->open_same) return;
    p->renumbered = false;
    p->phase = PULL_FETCHING;
    pull_ask(p);
    return;
  }
  if (p->open_same + SAME_BATCH > SAME_OPEN) return;
  char set[SET_TEXT + 1];
  hark_str text = pull_text(p->unsure), slice = hark_set_slice(&text, SET_TEXT, SAME_BATCH);
  if (!slice.n || slice.n > SET_TEXT) return;
  memcpy(set, slice.p, slice.n);
  set[slice.n] = 0;
  pull_each(p, (hark_str){set, slice.n}, b->uids, hark_set_add);
  b->cmd = hark_fetch(p->c, HARK_UID, set, items(p));
  if (b->cmd < 0) b->cmd = 0;
}
