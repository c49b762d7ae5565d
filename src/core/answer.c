/* core/answer.c - what a command's answer changes: phases, layers, continuations.
 * RFC 9051 sections 3, 6.2.1, 7.1, 7.6.
 * SPDX-License-Identifier: MIT */
#include "core/client.h"
#include "wire/base64.h"
#include <string.h>

/* tag = "A" number, as queue.c writes it */
command *core_find(const hark_client *c, hark_str tag) {
  uint64_t id = 0;
  if (tag.n < 2 || tag.n > 11 || tag.p[0] != 'A' || tag.p[1] == '0') return NULL;
  for (size_t i = 1; i < tag.n; i++) {
    if (tag.p[i] < '0' || tag.p[i] > '9') return NULL;
    id = id * 10 + (uint64_t)(tag.p[i] - '0');
  }
  for (command *cmd = core_sent(c->commands); cmd; cmd = core_sent(cmd->next))
    if ((uint64_t)cmd->id == id) return cmd->state != COMMAND_REFUSED ? cmd : NULL;
  return NULL;
}

/* Behind LOGOUT there is none: an answer may still come after BYE. */
void core_phase(hark_client *c, hark_phase phase) {
  if (c->phase == HARK_PHASE_LOGOUT) return;
  c->phase = phase;
  core_event_num(c, HARK_EV_PHASE, 0, phase);
}

static void deselect(hark_client *c) {
  c->selections++;
  mem_free(&c->mem, c->selected, c->selected_size);
  c->selected = NULL, c->selected_size = 0;
}

/* --- "+" --- */

static void challenge(hark_client *c, hark_str line) {
  size_t at = 1;
  while (at < line.n && line.p[at] == ' ') at++;
  hark_str *bytes = arena_alloc(&c->arena, sizeof *bytes);
  uint8_t *out = arena_alloc(&c->arena, (line.n - at) / 4 * 3 + 4);
  if (!bytes || !out) {
    core_fail(c, HARK_ERR_NOMEM, NULL);
    return;
  }
  command *cmd = core_inflight(c, EFFECT_AUTHENTICATE);
  ptrdiff_t n = base64_decode(out, (hark_str){line.p + at, line.n - at});
  if (n < 0) { /* nothing sensible can be answered: cancel, and the NO follows */
    core_log_note(c, "a challenge is not base64");
    c->cancelled = true;
    core_send_line(c, "*", 1, false);
    return;
  }
  if (cmd->argument && !n) { /* the server did not take it with the command */
    core_respond(c, cmd->argument, strlen(cmd->argument));
    mem_wipe(cmd->argument, cmd->argument_size);
    mem_free(&c->mem, cmd->argument, cmd->argument_size);
    cmd->argument = NULL, cmd->argument_size = 0;
    return;
  }
  *bytes = (hark_str){(const char *)out, (size_t)n};
  c->respond_awaited = true;
  core_event(c, HARK_EV_CHALLENGE, cmd->id, bytes);
}

static void idling(hark_client *c, const command *cmd) {
  c->continued = true;
  core_event(c, HARK_EV_IDLING, cmd->id, NULL);
  if (c->done_wanted) {
    c->done_sent = true;
    core_send_line(c, "DONE", 4, false);
  }
}

static command *leaving(const hark_client *c) {
  command *cmd = core_sent(c->commands);
  while (cmd && cmd->state != COMMAND_LEAVING) cmd = core_sent(cmd->next);
  return cmd;
}

/* NULL unless the server can know it. */
static command *if_shown(const hark_client *c, command *cmd) {
  return cmd && c->shown >= cmd->end ? cmd : NULL;
}

/* continue-req = "+" SP (resp-text / base64) CRLF */
void core_continuation(hark_client *c, hark_str line) {
  bool sp = line.n > 1 && line.p[1] == ' ';
  if (!sp && !core_forgive(c, "forgiven: no space behind \"+\"")) {
    core_malformed_line(c, line, "continue-req: space expected");
    return;
  }
  if (c->flags & HARK_OBSERVE) {
    hark_ev_cond *cond = arena_alloc(&c->arena, sizeof *cond);
    size_t at = 1;
    while (at < line.n && line.p[at] == ' ') at++;
    if (cond) cond->text = (hark_str){line.p + at, line.n - at};
    if (!cond || !core_event(c, HARK_EV_CONTINUE, 0, cond)) core_fail(c, HARK_ERR_NOMEM, NULL);
    return;
  }
  command *literal = if_shown(c, leaving(c));
  const command *idle = c->continued ? NULL : if_shown(c, core_inflight(c, EFFECT_IDLE));
  bool challenged = if_shown(c, core_inflight(c, EFFECT_AUTHENTICATE)) && !c->respond_awaited &&
                    !c->cancelled && c->shown >= c->responses;
  c->awaited = literal || challenged || idle;
  if (literal)
    core_leave(c, literal);
  else if (challenged)
    challenge(c, line);
  else if (idle)
    idling(c, idle);
  else if (!core_authenticated(c))
    core_fail(c, HARK_ERR_FRAME, "the server asks for data that nobody announced");
  else
    core_log_note(c, "forgiven: an unexpected continuation request");
}

/* --- tagged answers --- */

static void signed_in(hark_client *c) {
  if (!c->capabilities_fresh) core_capabilities_forget(c);
  core_phase(c, HARK_PHASE_AUTHENTICATED);
}

static void selected(hark_client *c, command *cmd, bool ok) {
  bool was = c->phase == HARK_PHASE_SELECTED;
  deselect(c);
  if (!ok) {
    if (was) core_phase(c, HARK_PHASE_AUTHENTICATED);
    return;
  }
  c->selected = cmd->argument, c->selected_size = cmd->argument_size;
  cmd->argument = NULL, cmd->argument_size = 0;
  core_phase(c, HARK_PHASE_SELECTED);
}

static void await_layer(hark_client *c, hark_layer_kind kind) {
  c->layer_awaited = true, c->layer_kind = (int32_t)kind;
  core_event_num(c, HARK_EV_LAYER, 0, kind);
}

static void starttls(hark_client *c) {
  core_capabilities_forget(c); /* whoever wrote them is not known */
  await_layer(c, HARK_LAYER_TLS);
}

static void authenticated(hark_client *c, bool ok) {
  c->respond_awaited = false;
  if (!ok) return;
  c->proof_awaited = !c->proof_open;
  signed_in(c);
}

static void logged_out(hark_client *c) {
  core_phase(c, HARK_PHASE_LOGOUT);
  c->bye = true;
}

/* All that belonged to who was signed in ends: RFC 8437 section 3. */
static void signed_out(hark_client *c) {
  deselect(c);
  if (!c->capabilities_fresh) core_capabilities_forget(c);
  core_enabled_forget(c);
  core_phase(c, HARK_PHASE_NOT_AUTHENTICATED);
}

static void take_effect(hark_client *c, command *cmd, bool ok) {
  switch (cmd->effect) {
  case EFFECT_NONE:
  case EFFECT_ENABLE: break;                                   /* ENABLED says what is */
  case EFFECT_CAPABILITY: c->capabilities_known = true; break; /* NO: it offers nothing */
  case EFFECT_STARTTLS:
    if (ok) starttls(c);
    break;
  case EFFECT_LOGIN:
    if (ok) signed_in(c);
    break;
  case EFFECT_AUTHENTICATE: authenticated(c, ok); break;
  case EFFECT_UNAUTHENTICATE:
    if (ok) signed_out(c);
    break;
  case EFFECT_COMPRESS:
    if (ok) await_layer(c, HARK_LAYER_DEFLATE);
    break;
  case EFFECT_SELECT: selected(c, cmd, ok); break;
  case EFFECT_CLOSE:
    if (!ok) break;
    deselect(c);
    core_phase(c, HARK_PHASE_AUTHENTICATED);
    break;
  case EFFECT_IDLE: c->continued = c->done_wanted = c->done_sent = false; break;
  case EFFECT_LOGOUT:
    if (ok) logged_out(c);
    break;
  }
}

/* An OK says that the server has read the whole command; NO and BAD may refuse a literal. */
static bool answered_too_early(const hark_client *c, const command *cmd, bool ok) {
  uint64_t gone = ok && cmd->effect == EFFECT_STARTTLS ? c->out.popped : c->shown;
  return (ok && cmd->state != COMMAND_SENT) || gone < cmd->end;
}

void core_done(hark_client *c, command *cmd, hark_ev_cond *cond) {
  bool ok = cond->verdict == HARK_VERDICT_OK;
  if (answered_too_early(c, cmd, ok)) {
    c->nevents = c->told;
    core_fail(c, HARK_ERR_FRAME, "a command was answered before it was sent");
    return;
  }
  if (cmd->effect == EFFECT_STARTTLS && ok && c->in.write - c->in.read > c->frame.pos) {
    core_fail(c, HARK_ERR_INJECT, "bytes came behind the answer");
    return;
  }
  hark_ev_cond *copy = arena_alloc(&c->arena, sizeof *copy);
  if (!copy) {
    core_fail(c, HARK_ERR_NOMEM, NULL);
    return;
  }
  *copy = *cond;
  hark_cmd id = cmd->id;
  bool logout = cmd->effect == EFFECT_LOGOUT && ok, plain = cmd->effect == EFFECT_STARTTLS && !ok;
  take_effect(c, cmd, ok);
  core_event(c, HARK_EV_DONE, id, copy);
  if (cmd->state == COMMAND_STREAMING)
    core_refused(c, cmd);
  else
    core_remove(c, cmd);
  if (plain) core_fail(c, HARK_ERR_PLAIN, "it refused STARTTLS");
  if (!logout) return;
  core_layers_shutdown(c);
  c->closing = true;
}
