/* core/client.c - a client's life: made, fed, asked, ended.
 * SPDX-License-Identifier: MIT */
#include "core/client.h"
#include <string.h>

enum {
  WINDOW_LEAST = 1024, /* a literal header and a tag always fit */
  RESPONSE_LEAST = 32, /* any number, which is read whole */
  DEPTH_MOST = 1000    /* lists in lists are read by recursion */
};

static void limits_set(hark_limits *to, const hark_limits *from) {
  static const hark_limits defaults = {.size = sizeof(hark_limits),
                                       .window = 16384,
                                       .line = 8192,
                                       .response = 1 << 20,
                                       .literal = 256 << 10,
                                       .items = 65536,
                                       .depth = 64,
                                       .inflight = 16,
                                       .output = 1 << 20};
  *to = defaults;
  if (!from) return;
#define SET(field)                                                                                 \
  if (from->size >= offsetof(hark_limits, field) + sizeof from->field && from->field)              \
  to->field = from->field
  SET(window);
  SET(line);
  SET(response);
  SET(literal);
  SET(items);
  SET(depth);
  SET(inflight);
  SET(output);
  SET(body);
#undef SET
  if (to->window < WINDOW_LEAST) to->window = WINDOW_LEAST;
  if (to->response < RESPONSE_LEAST) to->response = RESPONSE_LEAST;
  if (to->depth > DEPTH_MOST) to->depth = DEPTH_MOST;
}

hark_client *hark_new(const hark_config *config) {
  hark_config zero = {0};
  if (config) memcpy(&zero, config, config->size < sizeof zero ? config->size : sizeof zero);
  mem m;
  mem_init(&m, zero.alloc, zero.alloc_ud);
  hark_client *c = mem_grow(&m, NULL, 0, sizeof *c);
  if (!c) return NULL;
  memset(c, 0, sizeof *c);
  c->mem = m;
  c->log = zero.log, c->log_ud = zero.log_ud, c->flags = zero.flags;
  limits_set(&c->limits, zero.limits);
  arena_init(&c->arena, &c->mem, (size_t)c->limits.response * 8 + 65536);
  chain_init(&c->out, &c->mem);
  core_builder_reset(c);
  c->next_id = 1, c->selections = 1;
  c->drained = true;
  c->phase = HARK_PHASE_GREETING;
  if (c->flags & HARK_OBSERVE) c->greeted = true;
  return c;
}

void hark_free(hark_client *c) {
  if (!c) return;
  while (c->commands) core_remove(c, c->commands);
  core_command_clear(c, &c->builder);
  core_layers_free(c);
  core_window_free(c);
  arena_free(&c->arena);
  chain_free(&c->out);
  core_state_free(c);
  mem_free(&c->mem, c->selected, c->selected_size);
  mem_free(&c->mem, c->capabilities, c->capabilities_size);
  mem_free(&c->mem, c->enabled, c->enabled_size);
  mem m = c->mem;
  mem_wipe(c, sizeof *c);
  mem_free(&m, c, sizeof *c);
}

/* --- errors --- */

static size_t text_add(char *to, size_t cap, size_t at, const char *p, size_t n) {
  size_t room = cap - 1 - at;
  if (n > room) n = room;
  memcpy(to + at, p, n);
  to[at + n] = 0;
  return at + n;
}

/* What a server said is shown by whoever prints it; only printable ASCII is kept. */
static size_t text_add_safe(char *to, size_t cap, size_t at, hark_str s) {
  for (size_t i = 0; i < s.n && i < 80; i++) {
    char ch = s.p[i] >= ' ' && s.p[i] < 127 ? s.p[i] : '.';
    at = text_add(to, cap, at, &ch, 1);
  }
  return at;
}

/* The first error is the one that counts. */
static bool fails(hark_client *c, int err) {
  if (c->error || c->closed) return false;
  c->error = err;
  return true;
}

void core_fail_str(hark_client *c, int err, const char *detail, hark_str of) {
  if (!fails(c, err)) return;
  const char *text = hark_err_text(err);
  size_t at = text_add(c->error_text, ERROR_TEXT, 0, text, strlen(text));
  if (detail) {
    at = text_add(c->error_text, ERROR_TEXT, at, ": ", 2);
    at = text_add(c->error_text, ERROR_TEXT, at, detail, strlen(detail));
  }
  if (of.p) {
    at = text_add(c->error_text, ERROR_TEXT, at, ": ", 2);
    text_add_safe(c->error_text, ERROR_TEXT, at, of);
  }
  core_log_note(c, c->error_text);
}

/* A layer says it all: our own words in front would say it twice. */
void core_fail_as(hark_client *c, int err, const char *sentence) {
  if (!fails(c, err)) return;
  text_add(c->error_text, ERROR_TEXT, 0, sentence, strlen(sentence));
  core_log_note(c, c->error_text);
}

void core_fail(hark_client *c, int err, const char *detail) {
  core_fail_str(c, err, detail, (hark_str){NULL, 0});
}

void hark_fail(hark_client *c, int err, const char *detail) {
  if (c->closing || c->closed) { /* all was said; whatever the network does now is no loss */
    c->closing = false, c->closed = true;
    return;
  }
  c->place = NULL, c->place_size = 0;
  c->drained = false;
  if (err != HARK_ERR_NET) {
    core_fail(c, err, detail);
    return;
  }
  if (c->eof || c->error) return;
  /* What was received is told first, then it fails: core_end() in next.c. */
  c->eof = true, c->eof_err = err;
  size_t n = detail ? strlen(detail) : 0;
  text_add(c->error_text, ERROR_TEXT, 0, detail ? detail : "", n);
}

int hark_error(const hark_client *c) { return c->error; }

const char *hark_error_text(const hark_client *c) {
  return c->error ? c->error_text : hark_err_text(HARK_OK);
}

/* --- what is known --- */

hark_phase hark_get_phase(const hark_client *c) { return c->phase; }
const char *hark_selected(const hark_client *c) { return c->selected; }
uint64_t hark_selection(const hark_client *c) { return c->selections; }

void hark_get_config(const hark_client *c, hark_config *config) {
  hark_config own = {.size = config->size,
                     .alloc = c->mem.fn,
                     .alloc_ud = c->mem.ud,
                     .log = c->log,
                     .log_ud = c->log_ud,
                     .flags = c->flags,
                     .limits = &c->limits};
  memcpy(config, &own, config->size < sizeof own ? config->size : sizeof own);
}
uint64_t hark_heard(const hark_client *c) { return c->heard; }

uint32_t hark_inflight(const hark_client *c) {
  uint32_t n = 0;
  for (const command *cmd = c->commands; cmd; cmd = cmd->next) n += cmd->state != COMMAND_REFUSED;
  return n;
}

bool core_authenticated(const hark_client *c) {
  return (c->flags & HARK_OBSERVE) || c->phase == HARK_PHASE_AUTHENTICATED ||
         c->phase == HARK_PHASE_SELECTED;
}

bool core_encrypted(const hark_client *c) {
  for (size_t i = 0; i < c->nlayers; i++) {
    const hark_layer *l = c->layers[i].layer;
    if (l->ops->kind == HARK_LAYER_TLS && (!l->ops->ready || l->ops->ready(l))) return true;
  }
  return false;
}

/* --- events --- */

hark_event *core_event(hark_client *c, int type, hark_cmd cmd, const void *payload) {
  if (c->nevents == MAX_EVENTS) {
    core_fail(c, HARK_ERR_NOMEM, "too many events for one response");
    return NULL;
  }
  hark_event *ev = &c->events[c->nevents++];
  memset(ev, 0, sizeof *ev);
  ev->type = type, ev->cmd = cmd, ev->any = payload;
  return ev;
}

hark_event *core_event_num(hark_client *c, int type, hark_cmd cmd, uint64_t num) {
  hark_event *ev = core_event(c, type, cmd, NULL);
  if (ev) ev->num = num;
  return ev;
}

/* --- what must happen next --- */

static bool unsent_waits(const hark_client *c) {
  return core_dead(c) ? hark_inflight(c) > 0 : c->unsent || c->data_due;
}

unsigned hark_wants(const hark_client *c) {
  size_t n;
  bool pending = c->told < c->nevents || unsent_waits(c);
  if (c->error || c->closed) return pending ? 0 : HARK_CLOSED;
  unsigned wants = c->unflushed || chain_front(&c->out, &n) ? HARK_WANT_SEND : 0;
  if (c->closing) return wants || pending ? wants : HARK_CLOSED;
  if (c->layer_awaited) return wants | HARK_WANT_LAYER;
  if (c->drained && !pending) wants |= HARK_WANT_RECV;
  if (c->respond_awaited) wants |= HARK_WANT_RESPOND;
  if (c->proof_awaited) wants |= HARK_WANT_AUTHENTICATED;
  if (core_streaming(c) && !c->data_due) wants |= HARK_WANT_DATA;
  return wants;
}

const void *hark_send_buf(hark_client *c, size_t *len) {
  *len = 0;
  if (c->error || c->closed) return NULL;
  core_layers_flush(c);
  if (c->error) return NULL;
  const void *p = chain_front(&c->out, len);
  if (c->out.popped + *len > c->shown) c->shown = c->out.popped + *len;
  return p;
}

void hark_send_ack(hark_client *c, size_t n) {
  size_t front;
  while (n && chain_front(&c->out, &front)) {
    size_t part = n < front ? n : front;
    if (c->out.popped < c->uploaded) c->heard += part;
    chain_pop(&c->out, part);
    n -= part;
  }
  if (core_fill(c)) core_flush(c);
}
