/* task/unselect.c - a mailbox is left as it is.  RFC 3691; RFC 3501 sections 6.3.2, 6.4.2.
 * SPDX-License-Identifier: MIT
 *
 * CLOSE removes what is \Deleted, unless the mailbox was opened by EXAMINE. */
#include "task/state.h"

static hark_cmd ask(hark_task *t, uint32_t way) {
  if (way == HARK_WAY_UNSELECT) return hark_unselect(t->c);
  if (way == HARK_WAY_CLOSE) return hark_expunge_and_close(t->c);
  const char *mailbox = hark_selected(t->c);
  task_here(t);
  return mailbox ? hark_examine(t->c, mailbox, NULL) : HARK_ERR_STATE;
}

/* A server that refuses has left the mailbox, too: RFC 3501 section 6.3.1. */
static void examined(hark_task *t, const hark_ev_cond *cond) {
  if (cond->verdict == HARK_VERDICT_NO) {
    task_keep(t, HARK_WAY_EXAMINE, cond);
    t->r.state = HARK_TASK_DONE;
  } else if (cond->verdict != HARK_VERDICT_OK)
    task_done(t, HARK_WAY_EXAMINE, cond);
  else if (cond->code_id == HARK_CODE_READ_WRITE) {
    task_keep(t, HARK_WAY_EXAMINE, cond);
    task_fail(t, HARK_ERR_STATE);
  } else {
    t->selection = hark_selection(t->c);
    task_next(t, HARK_WAY_CLOSE);
  }
}

static void answered(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  if (way == HARK_WAY_UNSELECT && task_lacks(cond))
    task_next(t, HARK_WAY_EXAMINE);
  else if (way == HARK_WAY_EXAMINE)
    examined(t, cond);
  else
    task_done(t, way, cond);
}

static const task_kind unselect = {.ask = ask, .answered = answered};

hark_task *hark_task_unselect(hark_client *c) {
  hark_task *t = task_new(c, &unselect);
  return t ? task_start(t, task_offers(t, "UNSELECT") ? HARK_WAY_UNSELECT : HARK_WAY_EXAMINE)
           : NULL;
}
