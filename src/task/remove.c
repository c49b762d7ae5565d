/* task/remove.c - messages go, and no others: UID STORE, UID EXPUNGE.  RFC 4315.
 * SPDX-License-Identifier: MIT
 *
 * A plain EXPUNGE would take along what others have marked.  Without UIDPLUS the messages stay,
 * marked. */
#include "task/state.h"

void task_remove(hark_task *t) {
  t->r.way |= HARK_WAY_IN_BOTH;
  task_next(t, HARK_WAY_STORE);
}

hark_cmd task_remove_ask(hark_task *t, uint32_t way) {
  const char *set = hark_set_text(t->part);
  if (!set) return HARK_ERR_NOMEM;
  if (way == HARK_WAY_UID_EXPUNGE) return hark_expunge(t->c, set);
  return hark_store(t->c, HARK_UID, set, "+FLAGS.SILENT", "(\\Deleted)");
}

/* Where those of an earlier part were left, these are, too. */
static void marked(hark_task *t, const hark_ev_cond *cond) {
  bool left = t->r.way & HARK_WAY_LEFT_DELETED;
  t->r.way = (t->r.way & ~(uint32_t)HARK_WAY_IN_BOTH) | HARK_WAY_LEFT_DELETED;
  if (!left && task_offers(t, "UIDPLUS"))
    task_next(t, HARK_WAY_UID_EXPUNGE);
  else
    t->kind->removed(t, cond);
}

bool task_removed(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  bool ok = cond->verdict == HARK_VERDICT_OK;
  if (way == HARK_WAY_STORE && ok) {
    marked(t, cond);
  } else if (way == HARK_WAY_UID_EXPUNGE && (ok || task_lacks(cond))) {
    if (ok) t->r.way &= ~(uint32_t)HARK_WAY_LEFT_DELETED;
    t->kind->removed(t, cond);
  } else if (way == HARK_WAY_STORE || way == HARK_WAY_UID_EXPUNGE) {
    task_done(t, way, cond);
  } else
    return false;
  return true;
}
