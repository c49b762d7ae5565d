/* task/append.c - several messages.  RFC 9051 section 6.3.12, RFC 3502.
 * SPDX-License-Identifier: MIT */
#include "task/state.h"
#include <string.h>

bool task_message(hark_task *t, hark_message *to, const hark_message *from) {
  memset(to, 0, sizeof *to);
  if (!from || from->size < offsetof(hark_message, octets) + sizeof from->octets) {
    task_fail(t, HARK_ERR_ARG);
    return false;
  }
  memcpy(to, from, from->size < sizeof *to ? from->size : sizeof *to);
  to->size = sizeof *to;
  to->keywords = task_text(t, from->keywords);
  return t->r.state == HARK_TASK_RUNNING;
}

static size_t in_group(const hark_task *t) {
  size_t left = t->nmessages - (size_t)t->r.count;
  return left < t->group ? left : t->group;
}

static hark_cmd ask(hark_task *t, uint32_t way) {
  const hark_message *m = t->messages + t->r.count;
  if (way == HARK_WAY_APPEND) return hark_append(t->c, t->mailbox, m);
  hark_builder *b = hark_append_begin(t->c, t->mailbox);
  for (size_t n = in_group(t); n; n--) hark_append_message(b, m++);
  return hark_append_end(b);
}

static uint32_t first(const hark_task *t) {
  return in_group(t) > 1 ? HARK_WAY_MULTIAPPEND : HARK_WAY_APPEND;
}

static void answered(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  bool ok = cond->verdict == HARK_VERDICT_OK;
  if (ok) t->r.count += way == HARK_WAY_APPEND ? 1 : in_group(t);
  bool alone = way == HARK_WAY_MULTIAPPEND && task_lacks(cond);
  if (alone) t->group = 1;
  if (alone || (ok && t->r.count < t->nmessages))
    task_next(t, first(t));
  else
    task_done(t, way, cond);
}

static const task_kind append = {.ask = ask, .answered = answered};

hark_task *hark_task_append(hark_client *c, const char *mailbox,
                            const hark_message *const *messages, size_t n) {
  size_t size;
  hark_task *t = task_new(c, &append);
  if (!t) return NULL;
  if (!mailbox || !messages || !n || !mul_ok(n, sizeof *t->messages, &size)) {
    task_fail(t, HARK_ERR_ARG);
    return t;
  }
  t->mailbox = task_text(t, mailbox);
  t->messages = task_alloc(t, size);
  t->nmessages = n;
  for (size_t i = 0; t->messages && i < n; i++)
    if (!task_message(t, &t->messages[i], messages[i])) break;
  t->group = task_offers(t, "MULTIAPPEND") ? GROUP : 1;
  return task_start(t, first(t));
}
