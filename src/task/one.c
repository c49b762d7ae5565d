/* task/one.c - tasks of one command, or of another: uses of mailboxes, CREATE, NAMESPACE.
 * RFC 6154, RFC 2342.
 * SPDX-License-Identifier: MIT */
#include "task/state.h"
#include <hark/ext/list.h>
#include <hark/ext/namespace.h>

/* --- special uses --- */

static hark_cmd ask_uses(hark_task *t, uint32_t way) {
  static const char *const all[] = {"*", NULL};
  hark_list_query q = {.size = sizeof q,
                       .select = HARK_LIST_SPECIAL_USE,
                       .returns = HARK_LIST_SPECIAL_USE,
                       .patterns = all};
  if (way == HARK_WAY_SPECIAL_USE) return hark_list_extended(t->c, &q);
  if (way == HARK_WAY_XLIST) return hark_xlist(t->c, "", "*");
  return hark_list(t->c, "", "*", NULL);
}

/* Without LIST-EXTENDED a server may tell them with a plain LIST: RFC 6154 section 2. */
static uint32_t use_way(const hark_task *t, bool refused) {
  bool uses = task_offers(t, "SPECIAL-USE");
  if (!refused && uses && task_offers(t, "LIST-EXTENDED")) return HARK_WAY_SPECIAL_USE;
  if (hark_capabilities_known(t->c) && uses) return HARK_WAY_LIST;
  return task_offers(t, "XLIST") ? HARK_WAY_XLIST : 0;
}

static void next_use(hark_task *t, bool refused) {
  uint32_t way = use_way(t, refused);
  if (way)
    task_next(t, way);
  else
    task_fail(t, HARK_ERR_CAP);
}

static void answered_uses(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  if (way == HARK_WAY_SPECIAL_USE && task_lacks(cond))
    next_use(t, true);
  else
    task_done(t, way, cond);
}

static const task_kind special_use = {.ask = ask_uses, .answered = answered_uses};

hark_task *hark_task_special_use(hark_client *c) {
  hark_task *t = task_new(c, &special_use);
  if (!t) return NULL;
  next_use(t, false);
  return task_start(t, t->due);
}

/* --- CREATE --- */

static hark_cmd ask_create(hark_task *t, uint32_t way) {
  return hark_create(t->c, t->mailbox, way == HARK_WAY_CREATE_USE ? t->use : NULL);
}

static void answered_create(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  if (way == HARK_WAY_CREATE_USE && task_lacks(cond))
    task_next(t, HARK_WAY_CREATE);
  else
    task_done(t, way, cond);
}

static const task_kind create = {.ask = ask_create, .answered = answered_create};

hark_task *hark_task_create(hark_client *c, const char *mailbox, const char *use) {
  hark_task *t = task_new(c, &create);
  if (!t) return NULL;
  t->mailbox = task_text(t, mailbox);
  t->use = task_text(t, use);
  bool with = use && task_offers(t, "CREATE-SPECIAL-USE");
  return task_start(t, with ? HARK_WAY_CREATE_USE : HARK_WAY_CREATE);
}

/* --- NAMESPACE --- */

static hark_cmd ask_namespace(hark_task *t, uint32_t way) {
  return way == HARK_WAY_NAMESPACE ? hark_namespace(t->c) : hark_list(t->c, "", "", NULL);
}

static void answered_namespace(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  if (way == HARK_WAY_NAMESPACE && task_lacks(cond))
    task_next(t, HARK_WAY_LIST);
  else
    task_done(t, way, cond);
}

static const task_kind namespaces = {.ask = ask_namespace, .answered = answered_namespace};

hark_task *hark_task_namespace(hark_client *c) {
  hark_task *t = task_new(c, &namespaces);
  return t ? task_start(t, task_offers(t, "NAMESPACE") ? HARK_WAY_NAMESPACE : HARK_WAY_LIST) : NULL;
}
