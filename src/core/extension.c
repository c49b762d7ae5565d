/* core/extension.c - finds what a word means, and calls whoever reads it.
 * SPDX-License-Identifier: MIT */
#include "core/client.h"
#include <stdatomic.h>
#include <string.h>

#define HARK_EXTENSION(name, first) extern const hark__extension hark__ext_##name;
#include "ext/extensions.def"
#undef HARK_EXTENSION

static const hark__extension *const all[] = {
#define HARK_EXTENSION(name, first) &hark__ext_##name,
#include "ext/extensions.def"
#undef HARK_EXTENSION
    NULL};

/* --- words ---
 *
 * All words of a kind stand in one table, found by a few of their bytes, so that a module more
 * slows down none.  Whoever comes first fills it; several threads may, for each puts the same
 * constants into the same slots and takes a slot only if it is empty. */

enum { SLOTS = 512, KINDS = TABLE_COMMANDS + 1 };

static _Atomic(const void *) words_table[KINDS][SLOTS];
static atomic_bool words_filled;

static uint32_t slot_of(const char *p, size_t n) {
  uint32_t first = (uint8_t)p[0] | 32u, middle = (uint8_t)p[n / 2] | 32u;
  uint32_t last = (uint8_t)p[n - 1] | 32u, before = (uint8_t)p[n > 1 ? n - 2 : 0] | 32u;
  return (uint32_t)n * 67 + first * 5 + middle * 31 + last * 129 + before * 17;
}

/* A row of each table begins with its word. */
static const char *word_of(const void *row) {
  const char *word;
  memcpy(&word, row, sizeof word);
  return word;
}

static void insert(ext_table kind, const void *row) {
  const char *word = word_of(row);
  for (uint32_t at = slot_of(word, strlen(word));; at++) {
    const void *there = NULL;
    if (atomic_compare_exchange_strong(&words_table[kind][at % SLOTS], &there, row) || there == row)
      return;
  }
}

static void insert_words(ext_table kind, const ext_word *w) {
  for (; w && w->word; w++) insert(kind, w);
}

static void fill(void) {
  for (size_t i = 0; all[i]; i++) {
    insert_words(TABLE_RESPONSES, all[i]->responses);
    insert_words(TABLE_ITEMS, all[i]->items);
    insert_words(TABLE_CODES, all[i]->codes);
    for (const ext_command *row = all[i]->commands; row && row->name; row++)
      insert(TABLE_COMMANDS, row);
  }
  atomic_store_explicit(&words_filled, true, memory_order_release);
}

static const void *look_up(ext_table kind, hark_str word) {
  if (!word.n) return NULL;
  if (!atomic_load_explicit(&words_filled, memory_order_acquire)) fill();
  for (uint32_t at = slot_of(word.p, word.n);; at++) {
    const void *row = atomic_load_explicit(&words_table[kind][at % SLOTS], memory_order_relaxed);
    if (!row || str_is(word, word_of(row))) return row;
  }
}

const ext_word *core_word(ext_table kind, hark_str word) { return look_up(kind, word); }

const ext_command *core_ext_command(const char *name) {
  return look_up(TABLE_COMMANDS, (hark_str){name, strlen(name)});
}

void core_scan(hark_client *c, scan *s, hark_str text) {
  scan_init(s, text.p, text.n, &c->arena);
  s->items = c->limits.items, s->depth = c->limits.depth, s->literal = c->limits.literal;
  s->strict = c->flags & HARK_STRICT, s->utf8 = c->utf8;
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
  void *payload = arena_alloc(&call->c->arena, size);
  if (!payload) return NULL;
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
  return w->parse(&inner, s);
}

void *ext_code(ext_call *call, int code_id, size_t size) {
  void *data = size ? arena_alloc(&call->c->arena, size) : NULL;
  call->cond->code_id = code_id, call->cond->code_data = data;
  return data;
}

bool ext_enabled(ext_call *call, hark_str capability) {
  bool asked = (call->c->flags & HARK_OBSERVE) || core_inflight(call->c, EFFECT_ENABLE);
  if (!asked) return true; /* nobody wanted the protocol to change */
  if (core_enable(call->c, capability)) return true;
  core_fail(call->c, HARK_ERR_NOMEM, NULL);
  return false;
}

bool ext_has_layer(const hark_client *c, int32_t kind) {
  for (size_t i = 0; i < c->nlayers; i++)
    if (c->layers[i].layer->ops->kind == kind) return true;
  return false;
}

uint64_t ext_number(const ext_call *call) { return call->number; }

void ext_correlate(ext_call *call, hark_str tag) {
  const command *cmd = core_find(call->c, tag);
  call->cmd = cmd ? cmd->id : 0;
}

void *ext_state(ext_call *call, size_t size) { return ext_state_head(call, size, size); }

void *ext_state_head(ext_call *call, size_t size, size_t head) {
  hark_client *c = call->c;
  if (c->state_begun) return c->state;
  if (c->state_size < size) {
    core_state_free(c);
    c->state = mem_grow(&c->mem, NULL, 0, size);
    if (!c->state) {
      core_fail(c, HARK_ERR_NOMEM, NULL);
      return NULL;
    }
    c->state_size = size;
  }
  memset(c->state, 0, head);
  c->state_begun = true;
  return c->state;
}

void core_state_free(hark_client *c) {
  mem_free(&c->mem, c->state, c->state_size);
  c->state = NULL, c->state_size = 0, c->state_begun = false;
}

bool ext_by_uid(const ext_call *call) {
  for (const command *cmd = call->c->commands; cmd; cmd = cmd->next)
    if (cmd->id == call->cmd) return cmd->uid;
  return false;
}

bool ext_run(const ext_call *call) { return call->run; }
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
