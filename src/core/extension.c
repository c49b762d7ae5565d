/* core/extension.c - finds what a word means, and calls whoever reads it.
 * SPDX-License-Identifier: MIT */
#include "core/client.h"
#include <string.h>

#define HARK_EXTENSION(name, first) extern const hark__extension hark__ext_##name;
#include "ext/extensions.def"
#undef HARK_EXTENSION

static const hark__extension *const all[] = {
#define HARK_EXTENSION(name, first) &hark__ext_##name,
#include "ext/extensions.def"
#undef HARK_EXTENSION
    NULL};

const ext_word *core_word(ext_table table, hark_str word) {
  for (size_t i = 0; all[i]; i++) {
    const ext_word *w = table == TABLE_RESPONSES ? all[i]->responses
                        : table == TABLE_ITEMS   ? all[i]->items
                                                 : all[i]->codes;
    for (; w && w->word; w++)
      if (word.n && (w->word[0] | 32) == (word.p[0] | 32) && str_is(word, w->word)) return w;
  }
  return NULL;
}

const ext_command *core_ext_command(const char *name) {
  hark_str s = {name, strlen(name)};
  for (size_t i = 0; all[i]; i++)
    for (const ext_command *row = all[i]->commands; row && row->name; row++)
      if (str_is(s, row->name)) return row;
  return NULL;
}

void core_scan(hark_client *c, scan *s, hark_str text) {
  scan_init(s, text.p, text.n, &c->arena);
  s->items = c->limits.items, s->depth = c->limits.depth, s->literal = c->limits.literal;
  s->strict = c->flags & HARK_STRICT;
}

bool core_parse(hark_client *c, ext_call *call, scan *s) {
  size_t mark = c->nevents;
  bool good = call->word->parse(call, s);
  if (s->quirk) core_log_note(c, s->quirk);
  if (c->arena.failed) core_fail(c, HARK_ERR_NOMEM, NULL);
  if (good && !c->error) return true;
  c->nevents = mark;
  if (c->arena.full && mark == c->told) arena_reset(&c->arena); /* room to say so */
  return false;
}

/* --- what a parser may call --- */

void *ext_event(ext_call *call, int type, size_t size) {
  void *payload = size ? arena_alloc(&call->c->arena, size) : NULL;
  if (size && !payload) return NULL;
  core_event(call->c, type, call->cmd, payload);
  return payload;
}

bool ext_emit(ext_call *call, int type, uint64_t num) {
  return core_event_num(call->c, type, call->cmd, num) != NULL;
}

void *ext_space(ext_call *call, size_t size) { return arena_alloc(&call->c->arena, size); }

hark_str ext_copy(ext_call *call, const void *p, size_t n) {
  return arena_copy(&call->c->arena, p, n);
}

hark_ev_item *ext_item(ext_call *call, int kind) {
  call->item->kind = kind;
  return call->item;
}

bool ext_read_item(ext_call *call, const char *word, scan *s, hark_ev_item *out) {
  const ext_word *w = core_word(TABLE_ITEMS, (hark_str){word, strlen(word)});
  ext_call inner = {.c = call->c, .word = w, .item = out};
  return w && w->parse && w->parse(&inner, s);
}

void *ext_code(ext_call *call, int code_id, size_t size) {
  void *data = size ? arena_alloc(&call->c->arena, size) : NULL;
  call->cond->code_id = code_id, call->cond->code_data = data;
  return data;
}

uint64_t ext_number(const ext_call *call) { return call->number; }

void ext_correlate(ext_call *call, hark_str tag) {
  const command *cmd = core_find(call->c, tag);
  call->cmd = cmd ? cmd->id : 0;
}

void *ext_state(ext_call *call, size_t size) {
  hark_client *c = call->c;
  if (c->state) return c->state;
  c->state = mem_grow(&c->mem, NULL, 0, size);
  if (!c->state) {
    core_fail(c, HARK_ERR_NOMEM, NULL);
    return NULL;
  }
  memset(c->state, 0, size);
  c->state_size = size;
  return c->state;
}

bool ext_last(const ext_call *call) { return call->last; }
char ext_delimiter(const ext_call *call) { return call->delimiter; }

/* --- names and fields, for whoever prints --- */

typedef enum naming { NAMING_EVENTS, NAMING_ITEMS, NAMING_CODES } naming;

static const ext_fields *find_fields(naming which, int32_t id) {
  for (size_t i = 0; all[i]; i++) {
    const ext_fields *f = which == NAMING_EVENTS  ? all[i]->events
                          : which == NAMING_ITEMS ? all[i]->item_kinds
                                                  : all[i]->code_ids;
    for (; f && f->name; f++)
      if (f->id == id) return f;
  }
  return NULL;
}

extern const ext_fields hark__base_events[];

static const ext_fields *event_fields(int type) {
  for (const ext_fields *f = hark__base_events; f->name; f++)
    if (f->id == type) return f;
  return find_fields(NAMING_EVENTS, type);
}

const char *hark_event_name(int type) {
  const ext_fields *f = event_fields(type);
  return f ? f->name : NULL;
}

const hark_field *hark_event_fields(int type) {
  const ext_fields *f = event_fields(type);
  return f ? f->fields : NULL;
}

const char *hark_item_name(int kind) {
  const ext_fields *f = find_fields(NAMING_ITEMS, kind);
  return f ? f->name : kind == HARK_ITEM_OTHER ? "OTHER" : NULL;
}

const hark_field *hark_item_fields(int kind) {
  const ext_fields *f = find_fields(NAMING_ITEMS, kind);
  return f ? f->fields : NULL;
}

const hark_field *hark_code_fields(int code_id) {
  const ext_fields *f = find_fields(NAMING_CODES, code_id);
  return f ? f->fields : NULL;
}
