/* task/task.c - a task's life: made, handed events, ended.
 * SPDX-License-Identifier: MIT */
#include "task/state.h"
#include <hark/ext/messagelimit.h>
#include <string.h>

/* --- made --- */

hark_task *task_new(hark_client *c, const task_kind *kind) {
  hark_config config;
  mem m;
  hark_config_init(&config);
  hark_get_config(c, &config);
  mem_init(&m, config.alloc, config.alloc_ud);
  hark_task *t = mem_grow(&m, NULL, 0, sizeof *t);
  if (!t) return NULL;
  memset(t, 0, sizeof *t);
  t->kind = kind, t->c = c, t->mem = m, t->config = config;
  t->names_end = &t->names;
  t->names_most = config.limits->items, t->name_bytes_most = config.limits->output;
  t->config.limits = NULL; /* the client may go first */
  return t;
}

void *task_alloc(hark_task *t, size_t size) {
  size_t whole;
  bool ok = t->r.state == HARK_TASK_RUNNING && add_ok(size, sizeof(task_block), &whole);
  task_block *b = ok ? mem_grow(&t->mem, NULL, 0, whole) : NULL;
  if (!b) {
    task_fail(t, HARK_ERR_NOMEM);
    return NULL;
  }
  *b = (task_block){t->blocks, whole};
  t->blocks = b;
  return memset(b + 1, 0, size);
}

const char *task_text(hark_task *t, const char *text) {
  size_t n = text ? strlen(text) + 1 : 0;
  char *copy = n ? task_alloc(t, n) : NULL;
  return copy ? memcpy(copy, text, n) : NULL;
}

hark_set *task_set(hark_task *t) {
  hark_set *set = t->r.state == HARK_TASK_RUNNING ? hark_set_new(&t->config) : NULL;
  if (!set) task_fail(t, HARK_ERR_NOMEM);
  return set;
}

void hark_task_free(hark_task *t) {
  if (!t) return;
  for (task_name *name; (name = t->names);) {
    t->names = name->next;
    mem_free(&t->mem, name, name->size);
  }
  for (task_block *b; (b = t->blocks);) {
    t->blocks = b->next;
    mem_free(&t->mem, b, b->size);
  }
  hark_set_free(t->uids);
  hark_set_free(t->part);
  mem m = t->mem;
  mem_free(&m, t, sizeof *t);
}

/* --- ended --- */

/* As much as fits; a character of several bytes is not cut. */
static hark_str copy_of(char *to, size_t cap, hark_str from) {
  size_t n = from.n < cap ? from.n : cap;
  while (n && n < from.n && ((uint8_t)from.p[n] & 0xc0) == 0x80) n--;
  if (n) memcpy(to, from.p, n);
  return (hark_str){from.p ? to : NULL, n};
}

void task_keep(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  t->cond = (hark_ev_cond){.verdict = cond->verdict,
                           .err = cond->err,
                           .code_id = cond->code_id,
                           .code_num = cond->code_num,
                           .code = copy_of(t->code, sizeof t->code, cond->code),
                           .code_args = copy_of(t->code_args, sizeof t->code_args, cond->code_args),
                           .text = copy_of(t->text, sizeof t->text, cond->text)};
  t->r.cond = &t->cond, t->r.decided = way;
}

void task_fail(hark_task *t, int err) {
  if (t->r.state != HARK_TASK_RUNNING) return;
  t->r.state = HARK_TASK_FAILED, t->r.err = err;
}

void task_done(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  if (t->r.state != HARK_TASK_RUNNING) return;
  task_keep(t, way, cond);
  if (cond->verdict == HARK_VERDICT_OK)
    t->r.state = HARK_TASK_DONE;
  else
    task_fail(t, cond->err);
}

/* --- going on --- */

/* What was said before the sign-in need not hold behind it. */
bool task_offers(const hark_task *t, const char *capability) {
  hark_phase phase = hark_get_phase(t->c);
  bool signed_in = phase == HARK_PHASE_AUTHENTICATED || phase == HARK_PHASE_SELECTED;
  return !signed_in || !hark_capabilities_known(t->c) || hark_has(t->c, capability);
}

bool task_lacks(const hark_ev_cond *cond) {
  return cond->verdict == HARK_VERDICT_UNSENT && cond->err == HARK_ERR_CAP;
}

static const task_command *find(const hark_task *t, hark_cmd cmd) {
  for (size_t i = 0; i < t->ncommands; i++)
    if (t->commands[i].id == cmd) return &t->commands[i];
  return NULL;
}

bool task_under_way(const hark_task *t, hark_cmd cmd, uint32_t way) {
  const task_command *mine = find(t, cmd);
  return mine && mine->way == way;
}

void task_here(hark_task *t) {
  if (!t->selection) t->selection = hark_selection(t->c);
}

bool task_sent(hark_task *t, hark_cmd cmd, uint32_t way) {
  if (cmd == HARK_ERR_BUSY && hark_inflight(t->c)) return false; /* an answer makes room */
  if (cmd < 0) {
    task_fail(t, t->no_memory ? HARK_ERR_NOMEM : cmd);
    return false;
  }
  if (t->selection) hark_only_in(t->c, cmd, t->selection); /* what has left, left in it */
  t->commands[t->ncommands++] = (task_command){cmd, way};
  return true;
}

static void send_due(hark_task *t) {
  uint32_t way = t->due;
  if (!way || t->r.state != HARK_TASK_RUNNING) return;
  if (t->selection && t->selection != hark_selection(t->c)) {
    task_fail(t, HARK_ERR_STATE);
    return;
  }
  if (task_sent(t, t->kind->ask(t, way), way))
    t->due = 0;
  else if (t->kind->in_mailbox)
    task_here(t); /* later, but not in a mailbox that is opened meanwhile */
}

void task_next(hark_task *t, uint32_t way) { t->due = way; }

hark_task *task_start(hark_task *t, uint32_t way) {
  task_next(t, way);
  send_due(t);
  if (t->r.state != HARK_TASK_FAILED || t->r.err != HARK_ERR_NOMEM) return t;
  hark_task_free(t);
  return NULL;
}

/* RFC 9738: it was done to some of the messages only. */
static void in_part(hark_task *t, uint32_t way, const hark_ev_cond *cond) {
  if (way == HARK_WAY_STORE) t->r.way |= HARK_WAY_LEFT_DELETED;
  if (way == HARK_WAY_COPY) t->r.way |= HARK_WAY_IN_BOTH;
  task_keep(t, way, cond);
  task_fail(t, HARK_ERR_LIMIT);
}

/* Its own command is answered: off the list, and on. */
static void answered(hark_task *t, const task_command *mine, const hark_ev_cond *cond) {
  uint32_t way = mine->way;
  size_t i = (size_t)(mine - t->commands);
  t->last = mine->id;
  memmove(&t->commands[i], &t->commands[i + 1], (--t->ncommands - i) * sizeof *t->commands);
  if (t->r.state != HARK_TASK_RUNNING) return;
  if (t->kind->in_mailbox) task_here(t); /* UNSENT, too: what takes its place goes there */
  bool ok = cond->verdict == HARK_VERDICT_OK;
  if (ok) t->r.way |= way;
  if (ok && cond->code_id == HARK_CODE_MESSAGELIMIT)
    in_part(t, way, cond);
  else
    t->kind->answered(t, way, cond);
}

/* It has left, and so what is said is not of a SELECT in front of it. */
static bool looks_up(const hark_task *t) {
  const task_command *first = t->ncommands ? &t->commands[0] : NULL;
  return first && first->way == HARK_WAY_LOOK_UP && hark_only_in(t->c, first->id, 0);
}

/* It must not (RFC 9051 section 2.3.1.1): UIDs that are kept would be those of other messages. */
static bool renumbered(const hark_task *t, const hark_event *ev) {
  bool says = ev->type == HARK_EV_COND && ev->cond->code_id == HARK_CODE_UIDVALIDITY;
  if (!says || !t->uids) return false;
  return t->selection ? t->selection == hark_selection(t->c) : looks_up(t);
}

static void take_back(hark_task *t) {
  for (size_t i = 0; i < t->ncommands; i++) hark_cancel(t->c, t->commands[i].id);
  task_fail(t, HARK_ERR_STATE);
}

int hark_task_event(hark_task *t, const hark_event *ev) {
  const task_command *mine = ev->type == HARK_EV_DONE ? find(t, ev->cmd) : NULL;
  t->last = 0;
  if (mine)
    answered(t, mine, ev->cond);
  else if (renumbered(t, ev))
    take_back(t);
  else if (t->kind->heard && t->r.state == HARK_TASK_RUNNING)
    t->kind->heard(t, ev);
  if (t->kind->acted && t->r.state == HARK_TASK_RUNNING) t->kind->acted(t);
  send_due(t);
  return t->r.state;
}

/* --- looked at --- */

const hark_task_result *hark_task_get(const hark_task *t) { return &t->r; }

bool hark_task_owns(const hark_task *t, hark_cmd cmd) {
  return cmd > 0 && (cmd == t->last || find(t, cmd));
}

hark_cmd hark_task_command(const hark_task *t, size_t i) {
  return i < t->ncommands ? t->commands[i].id : 0;
}

const char *hark_way_text(uint32_t bit) {
  switch (bit) {
#define X(name, value, text)                                                                       \
  case value: return text;
    HARK_WAYS(X)
#undef X
  default: return NULL;
  }
}
