/* examples/move.c - messages of INBOX into another mailbox, by what the server has:
 * move HOST PORT USER UIDS MAILBOX
 * SPDX-License-Identifier: MIT */
#include "connect.h"
#include <hark/net.h>
#include <hark/task.h>

enum { SILENCE_MS = 30000 };

typedef struct move {
  connection k;
  const char *uids, *mailbox;
  hark_cmd select;
  hark_task *task;
  bool over;
} move;

/* A task works in the mailbox that is open when it is made. */
static void take(move *m, const hark_event *ev) {
  if (m->over) return;
  if (ev->type == HARK_EV_DONE && ev->cmd == m->select)
    m->task = hark_task_move(m->k.client, HARK_UID, m->uids, m->mailbox);
  m->over = m->task && hark_task_event(m->task, ev) != HARK_TASK_RUNNING;
  if (m->over) hark_logout(m->k.client);
}

/* What was done, each command once. */
static void tell(const hark_task_result *r) {
  printf("%llu moved\n", (unsigned long long)r->count);
  for (uint32_t bit = 1; bit; bit <<= 1)
    if (r->way & bit) printf("- %s\n", hark_way_text(bit));
}

static bool carry_out(move *m) {
  hark_client *c = m->k.client;
  m->select = hark_select(c, "INBOX", NULL);
  for (const hark_event *ev; (ev = hark_wait(c, m->k.fd, SILENCE_MS)); take(m, ev))
    if (!connection_event(&m->k, ev)) return false;
  if (!m->task) return complain("INBOX was not opened.", (hark_str){NULL, 0}), false;
  const hark_task_result *r = hark_task_get(m->task);
  tell(r);
  if (r->state == HARK_TASK_DONE) return true;
  complain(r->err ? hark_err_text(r->err) : "The server refuses",
           r->cond ? r->cond->text : (hark_str){NULL, 0});
  return false;
}

int main(int argc, char **argv) {
  account a;
  move m = {.k.fd = -1};
  if (argc != 6) return fprintf(stderr, "move HOST PORT USER UIDS MAILBOX\n"), 2;
  m.uids = argv[4], m.mailbox = argv[5];
  const bool asked = account_ask(&a, argv[1], argv[2], argv[3]);
  const bool ok = asked && connection_open(&m.k, &a) && carry_out(&m);
  hark_task_free(m.task);
  connection_close(&m.k);
  return !ok;
}
