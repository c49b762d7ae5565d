/* pull/same.c - after a renumbering: which of the messages are here already.
 * SPDX-License-Identifier: MIT
 *
 * Identities are asked for in batches; each is told as SAME and answered by have() (it is
 * here) or again() (fetch it).  What the server does not tell is fetched: a second copy rather
 * than none.
 *
 *   unsure --ask--> batches[0] --FETCH--> same --have(), again()--> have, missing
 *                        +-----left out-------------------------------> missing */
#include "pull/state.h"

static const char *items(const hark_pull *p) {
  if (hark_has(p->c, "OBJECTID")) return "(UID RFC822.SIZE INTERNALDATE EMAILID)";
  if (hark_has(p->c, "X-GM-EXT-1")) return "(UID RFC822.SIZE INTERNALDATE X-GM-MSGID)";
  return "(UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";
}

void pull_same_ask(hark_pull *p) {
  batch *b = &p->batches[0];
  if (b->cmd || pull_waits(p)) return;
  pull_try(p, hark_set_join(p->missing, b->uids)); /* left out */
  pull_clear(b->uids);
  uint64_t open = hark_set_count(p->same);
  if (!open && !hark_set_count(p->unsure)) {
    p->renumbered = false;
    p->phase = PULL_FETCHING;
    pull_ask(p);
    return;
  }
  if (open + SAME_BATCH > SAME_OPEN) return;
  pull_front(p, p->unsure, b->uids, SAME_BATCH);
  const char *set = hark_set_text(b->uids);
  pull_try(p, set ? 0 : HARK_ERR_NOMEM);
  if (set && *set) b->cmd = pull_sent(p, hark_fetch(p->c, HARK_UID, set, items(p)));
  if (b->cmd) return;
  pull_try(p, hark_set_join(p->unsure, b->uids));
  pull_clear(b->uids);
}
