/* task/list.c - mailboxes with their STATUS, our rights, notes on them.  RFC 5819, RFC 8440, RFC
 * 9590; RFC 9051 sections 6.3.9, 6.3.11; RFC 4314, RFC 5464. SPDX-License-Identifier: MIT
 *
 * What LIST cannot be asked for, each mailbox is asked for as soon as LIST names it.  So many
 * commands are under way at once; the names of the others wait, as many as limits allow. */
#include "task/state.h"
#include <hark/ext/acl.h>
#include <hark/ext/list.h>
#include <hark/ext/metadata.h>
#include <string.h>

/* What can be asked for: by its capability in LIST, or by its own behind it. */
static void choose_one(hark_task *t, const char *in_list, uint32_t inside, const char *own,
                       uint32_t behind) {
  bool extended = t->tries < 2 && task_offers(t, "LIST-EXTENDED");
  if (extended && task_offers(t, in_list))
    t->inside |= inside;
  else if (!own || task_offers(t, own))
    t->behind |= behind;
}

static void choose(hark_task *t) {
  t->inside = t->behind = 0;
  if (t->status) choose_one(t, "LIST-STATUS", HARK_WAY_LIST_STATUS, NULL, HARK_WAY_STATUS);
  if (t->flags & HARK_TASK_MYRIGHTS)
    choose_one(t, "LIST-MYRIGHTS", HARK_WAY_LIST_MYRIGHTS, "ACL", HARK_WAY_MYRIGHTS);
  if (t->entries)
    choose_one(t, "LIST-METADATA", HARK_WAY_LIST_METADATA, "METADATA", HARK_WAY_METADATA);
}

static hark_cmd ask(hark_task *t, uint32_t way) {
  const char *const patterns[] = {t->set, NULL};
  hark_list_query q = {.size = sizeof q,
                       .reference = t->reference,
                       .patterns = patterns,
                       .status = t->inside & HARK_WAY_LIST_STATUS ? t->status : NULL,
                       .metadata = t->inside & HARK_WAY_LIST_METADATA ? t->entries : NULL,
                       .returns = t->inside & HARK_WAY_LIST_MYRIGHTS ? HARK_LIST_MYRIGHTS : 0};
  (void)way;
  return t->inside ? hark_list_extended(t->c, &q) : hark_list(t->c, t->reference, t->set, NULL);
}

/* --- the names that wait --- */

static bool is(hark_str s, const char *word) {
  size_t n = strlen(word);
  if (s.n != n) return false;
  for (size_t i = 0; i < n; i++) {
    char ch = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    if (ch != word[i]) return false;
  }
  return true;
}

/* A name with a NUL, or none at all, cannot be sent back. */
static bool selectable(const hark_ev_mailbox *m) {
  if (!m->name.n || memchr(m->name.p, 0, m->name.n)) return false;
  for (size_t i = 0; i < m->attributes.n; i++)
    if (is(m->attributes.v[i], "\\noselect") || is(m->attributes.v[i], "\\nonexistent"))
      return false;
  return true;
}

static void wait(hark_task *t, hark_str utf8) {
  size_t size = sizeof(task_name) + utf8.n + 1;
  if (t->nnames >= t->names_most || utf8.n > t->name_bytes_most - t->name_bytes) {
    t->over = true;
    return;
  }
  task_name *name = mem_grow(&t->mem, NULL, 0, size);
  if (!name) {
    task_fail(t, HARK_ERR_NOMEM);
    return;
  }
  *name = (task_name){.size = size, .left = t->behind};
  memcpy(name->utf8, utf8.p, utf8.n);
  name->utf8[utf8.n] = 0;
  *t->names_end = name, t->names_end = &name->next;
  t->nnames++, t->name_bytes += utf8.n;
}

static void drop(hark_task *t) {
  task_name *name = t->names;
  t->names = name->next;
  if (!t->names) t->names_end = &t->names;
  t->nnames--, t->name_bytes -= name->size - sizeof *name - 1;
  mem_free(&t->mem, name, name->size);
}

/* LIST from elsewhere may come meanwhile, and cannot be told from the answer. */
static void heard(hark_task *t, const hark_event *ev) {
  if (ev->type != HARK_EV_LIST || t->listed || !t->ncommands) return;
  if (ev->cmd && !task_under_way(t, ev->cmd, HARK_WAY_LIST)) return;
  t->r.count++;
  if (t->behind && selectable(ev->mailbox)) wait(t, ev->mailbox->name);
}

static hark_cmd ask_one(hark_task *t, const char *mailbox, uint32_t way) {
  if (way == HARK_WAY_STATUS) return hark_status(t->c, mailbox, t->items);
  if (way == HARK_WAY_MYRIGHTS) return hark_myrights(t->c, mailbox);
  return hark_getmetadata(t->c, mailbox, NULL, t->entries);
}

/* The next of what the first name is to be asked; false: not now. */
static bool ask_name(hark_task *t) {
  task_name *name = t->names;
  uint32_t way = name->left & -name->left; /* the lowest bit */
  hark_cmd cmd = ask_one(t, name->utf8, way);
  if (cmd == HARK_ERR_ARG)
    t->r.refused++; /* a name that cannot be sent back */
  else if (!task_sent(t, cmd, way))
    return false;
  name->left &= ~way;
  if (!name->left) drop(t);
  return true;
}

static void acted(hark_task *t) {
  while (t->names && t->ncommands < COMMANDS - 1 && ask_name(t)) {
  }
  if (t->r.state != HARK_TASK_RUNNING || !t->listed || t->names || t->ncommands) return;
  t->r.state = t->refused || t->over ? HARK_TASK_FAILED : HARK_TASK_DONE;
  t->r.err = t->refused ? t->cond.err : t->over ? HARK_ERR_LIMIT : 0;
}

static void listed(hark_task *t, const hark_ev_cond *cond) {
  bool ok = cond->verdict == HARK_VERDICT_OK;
  if (task_lacks(cond) && t->inside) {
    t->tries++;
    choose(t);
    task_next(t, HARK_WAY_LIST);
    return;
  }
  t->listed = true, t->refused = !ok;
  task_keep(t, HARK_WAY_LIST, cond);
  if (ok) t->r.way |= t->inside;
  while (!ok && t->names) drop(t);
}

static void answered(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  bool told = cond->verdict == HARK_VERDICT_NO || cond->verdict == HARK_VERDICT_BAD;
  if (way == HARK_WAY_LIST)
    listed(t, cond);
  else if (told)
    t->r.refused++;
  else if (cond->verdict != HARK_VERDICT_OK)
    task_done(t, way, cond); /* the connection ended */
}

static const task_kind list = {.ask = ask, .answered = answered, .heard = heard, .acted = acted};

/* One space between two, and none elsewhere. */
static bool are_words(const char *p) {
  char before = ' ';
  for (; *p; before = *p++) {
    bool atom = *p > ' ' && *p < 0x7f && !strchr("(){%*\"\\]", *p);
    if (!atom && (*p != ' ' || before == ' ')) return false;
  }
  return before != ' ';
}

/* In the list that STATUS has; words alone, as LIST takes them. */
static bool put_items(hark_task *t) {
  size_t n = t->status ? strlen(t->status) : 0;
  if (!t->status) return true;
  if (!are_words(t->status)) return false;
  char *items = task_alloc(t, n + 3);
  if (!items) return true; /* it has failed, and why */
  items[0] = '(', items[n + 1] = ')';
  memcpy(items + 1, t->status, n);
  t->items = items;
  return true;
}

/* A copy of those, ended by NULL. */
static void put_entries(hark_task *t, const char *const *entries) {
  size_t n = 0;
  while (entries[n]) n++;
  const char **v = task_alloc(t, (n + 1) * sizeof *v);
  for (size_t i = 0; v && i < n; i++) v[i] = task_text(t, entries[i]);
  t->entries = v;
}

hark_task *hark_task_list(hark_client *c, const char *reference, const char *pattern,
                          const char *status, const char *const *metadata, unsigned flags) {
  hark_task *t = task_new(c, &list);
  if (!t) return NULL;
  t->flags = flags;
  t->reference = task_text(t, reference ? reference : "");
  t->set = task_text(t, pattern);
  t->status = task_text(t, status);
  if (metadata) put_entries(t, metadata);
  if (!pattern || !put_items(t) || (metadata && !*metadata)) task_fail(t, HARK_ERR_ARG);
  choose(t);
  return task_start(t, HARK_WAY_LIST);
}
