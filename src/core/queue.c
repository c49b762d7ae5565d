/* core/queue.c - when a command may leave.  RFC 9051 sections 4.3, 5.5, 6.2, 11.
 * SPDX-License-Identifier: MIT
 *
 * Commands leave in the order in which they were given; what may overlap, overlaps.  Each rule
 * that makes the oldest one wait is one function below, with its section. */
#include "core/client.h"
#include <string.h>

typedef enum gate { GATE_OPEN, GATE_WAIT, GATE_REFUSED } gate;

bool core_under_way(const command *cmd) {
  switch (cmd->state) {
  case COMMAND_LEAVING:
  case COMMAND_STREAMING:
  case COMMAND_REFUSED:
  case COMMAND_SENT: return true;
  default: return false;
  }
}

/* Behind the first that waits all wait, and there may be many. */
command *core_sent(command *cmd) {
  while (cmd && cmd->state == COMMAND_UNSENT) cmd = cmd->next;
  return cmd && core_under_way(cmd) ? cmd : NULL;
}

command *core_inflight(const hark_client *c, ext_effect of) {
  for (command *cmd = core_sent(c->commands); cmd; cmd = core_sent(cmd->next))
    if (cmd->effect == of) return cmd;
  return NULL;
}

void core_remove(hark_client *c, command *cmd) {
  command **at = &c->commands, *before = NULL;
  for (; *at && *at != cmd; at = &before->next) before = *at;
  if (*at) *at = cmd->next;
  if (c->newest == cmd) c->newest = before;
  c->queued_bytes -= cmd->text.n - cmd->left;
  if (core_under_way(cmd)) c->inflight--;
  if (cmd->state == COMMAND_UNSENT) c->unsent--;
  core_command_clear(c, cmd);
  mem_free(&c->mem, cmd, sizeof *cmd);
}

void core_unsend(command *cmd, int err) {
  cmd->state = COMMAND_UNSENT, cmd->err = err;
  cmd->c->unsent++;
}

/* --- the gates --- */

static bool changes_phase(const command *cmd) {
  switch (cmd->effect) {
  case EFFECT_LOGIN:
  case EFFECT_AUTHENTICATE:
  case EFFECT_UNAUTHENTICATE:
  case EFFECT_SELECT:
  case EFFECT_CLOSE: return true;
  default: return false;
  }
}

/* Of AUTHENTICATE: else the server would read a command as an answer to its challenge. */
static bool said_all(const hark_client *c) {
  return c->proof_open && c->responded && !c->respond_awaited;
}

/* Section 4.3, 6.2.1, 6.2.2, 6.3.13: while one of these is under way nothing else is sent. */
static gate nothing_blocks(const hark_client *c) {
  for (const command *cmd = core_sent(c->commands); cmd; cmd = core_sent(cmd->next)) {
    if (cmd->state != COMMAND_SENT || (cmd->row->hazards & EXT_ALONE)) return GATE_WAIT;
    if (cmd->effect == EFFECT_LOGOUT) return GATE_WAIT;
    if (cmd->effect == EFFECT_AUTHENTICATE && !said_all(c)) return GATE_WAIT;
    if (cmd->effect == EFFECT_IDLE && !c->continued) return GATE_WAIT;
  }
  return c->proof_awaited ? GATE_WAIT : GATE_OPEN;
}

static uint8_t phase_bit(hark_phase phase) {
  switch (phase) {
  case HARK_PHASE_NOT_AUTHENTICATED: return EXT_IN_NOT_AUTHENTICATED;
  case HARK_PHASE_AUTHENTICATED: return EXT_IN_AUTHENTICATED;
  case HARK_PHASE_SELECTED: return EXT_IN_SELECTED;
  default: return 0;
  }
}

static bool signing_in(const hark_client *c) {
  return core_inflight(c, EFFECT_LOGIN) || core_inflight(c, EFFECT_AUTHENTICATE);
}

static bool selecting(const hark_client *c) {
  return core_inflight(c, EFFECT_SELECT) || core_inflight(c, EFFECT_CLOSE);
}

/* Section 3: the state it needs.  What does not need a mailbox may follow a sign-in at once
 * (it is refused together with it); what needs one waits for SELECT, which may fail. */
static gate phase_allows(const hark_client *c, const command *head) {
  bool sign_in = signing_in(c), moves = selecting(c);
  uint8_t phases = head->row->phases;
  if (phases == EXT_IN_ANY) return GATE_OPEN;
  if (sign_in) return (phases & EXT_IN_AUTHENTICATED) ? GATE_OPEN : GATE_WAIT;
  if (moves) return (phases & EXT_IN_AUTHENTICATED) && !changes_phase(head) ? GATE_OPEN : GATE_WAIT;
  return (phases & phase_bit(c->phase)) ? GATE_OPEN : GATE_REFUSED;
}

/* hark_only_in(): nor may it leave while that is about to change. */
static gate selection_allows(const hark_client *c, const command *head) {
  if (!head->selection) return GATE_OPEN;
  if (head->selection != c->selections) return GATE_REFUSED;
  return selecting(c) ? GATE_WAIT : GATE_OPEN;
}

/* Section 5.5: message numbers must mean the same to both sides while it is under way, two
 * answers must be told apart, and data of one mailbox must not be taken for another's: any
 * command may bring EXISTS while a mailbox is open, none while there is none. */
static gate overlap_allows(const hark_client *c, const command *head) {
  bool numbers = head->numbers || ((head->row->hazards & EXT_SEQ) && !head->uid);
  bool leaves_mailbox = c->phase == HARK_PHASE_SELECTED &&
                        (head->effect == EFFECT_SELECT || head->effect == EFFECT_CLOSE);
  for (const command *cmd = core_sent(c->commands); cmd; cmd = core_sent(cmd->next)) {
    bool keeps = (cmd->row->hazards & (EXT_SEQ | EXT_RENUMBERS)) == EXT_SEQ && !cmd->uid;
    if (head->row->hazards & EXT_ALONE) return GATE_WAIT;
    if (numbers && !keeps) return GATE_WAIT;
    if ((head->row->hazards & EXT_SAME) && cmd->row == head->row) return GATE_WAIT;
    if (cmd->effect == EFFECT_ENABLE && put_has_names(&head->text)) return GATE_WAIT;
    if (leaves_mailbox && !(cmd->row->phases & EXT_IN_NOT_AUTHENTICATED)) return GATE_WAIT;
    if (head->effect == EFFECT_LOGIN || head->effect == EFFECT_AUTHENTICATE) return GATE_WAIT;
  }
  return GATE_OPEN;
}

static bool needs_capabilities(const command *head) {
  return head->effect == EFFECT_LOGIN || head->effect == EFFECT_AUTHENTICATE ||
         head->row->capability || head->needs[0];
}

/* One of those that are parted by spaces; NULL: none is needed. */
static bool offers(const hark_client *c, const char *names) {
  hark_str name;
  for (const char *p = names; str_word(&p, &name);)
    if (core_has(c, name)) return true;
  return !names;
}

static bool offers_all(const hark_client *c, const command *head) {
  for (size_t i = 0; i < MAX_NEEDS; i++)
    if (!offers(c, head->needs[i])) return false;
  return offers(c, head->row->capability);
}

static bool capability_offered(const hark_client *c, const command *head) {
  if (head->effect == EFFECT_LOGIN) return !hark_has(c, "LOGINDISABLED");
  if (head->effect == EFFECT_STARTTLS)
    return !core_encrypted(c) && (!c->capabilities_known || hark_has(c, "STARTTLS"));
  if (head->effect == EFFECT_SELECT && hark_has(c, "UTF8=ONLY") && !c->utf8) return false;
  return offers_all(c, head);
}

static void ask_capabilities(hark_client *c);

/* Sections 6.1.1, 6.2: what depends on capabilities waits until they are known. */
static gate capabilities_allow(hark_client *c, command *head) {
  bool sign_in = signing_in(c);
  if (c->capabilities_known && capability_offered(c, head)) return GATE_OPEN;
  if (needs_capabilities(head) && (sign_in || !c->capabilities_known)) {
    if (!sign_in) ask_capabilities(c);
    return GATE_WAIT; /* a sign-in may bring what was not offered before */
  }
  if (capability_offered(c, head)) return GATE_OPEN;
  if (head->effect == EFFECT_STARTTLS && !core_encrypted(c) && (c->flags & HARK_REQUIRE_TLS))
    core_fail(c, HARK_ERR_PLAIN, "it does not offer STARTTLS");
  core_unsend(head, HARK_ERR_CAP);
  return GATE_REFUSED;
}

/* Until TLS is there only these leave (HARK_REQUIRE_TLS). */
static gate tls_allows(const hark_client *c, const command *head) {
  if (!(c->flags & HARK_REQUIRE_TLS) || core_encrypted(c)) return GATE_OPEN;
  switch (head->effect) {
  case EFFECT_CAPABILITY:
  case EFFECT_STARTTLS:
  case EFFECT_LOGOUT: return GATE_OPEN;
  default: return GATE_REFUSED; /* STARTTLS under way: nothing_blocks() */
  }
}

static gate may_leave(hark_client *c, command *head) {
  if (!c->greeted || c->bye || c->layer_awaited || !core_layers_ready(c)) return GATE_WAIT;
  if (c->inflight >= c->limits.inflight || nothing_blocks(c) == GATE_WAIT) return GATE_WAIT;
  gate g = tls_allows(c, head);
  if (g == GATE_REFUSED) core_unsend(head, HARK_ERR_PLAIN);
  if (g == GATE_OPEN && (g = phase_allows(c, head)) == GATE_REFUSED)
    core_unsend(head, HARK_ERR_STATE);
  if (g == GATE_OPEN && (g = selection_allows(c, head)) == GATE_REFUSED)
    core_unsend(head, HARK_ERR_STATE);
  if (g == GATE_OPEN) g = overlap_allows(c, head);
  return g == GATE_OPEN ? capabilities_allow(c, head) : g;
}

/* --- the queue --- */

static command *first_queued(const hark_client *c) {
  command *cmd = c->commands;
  while (cmd && cmd->state != COMMAND_QUEUED) cmd = cmd->next;
  return cmd;
}

/* A command given while idling ends IDLE by itself; it leaves together with DONE, or behind the
 * OK where the two may not overlap. */
static void end_idle(hark_client *c) {
  if (!core_inflight(c, EFFECT_IDLE) || !c->continued || c->done_sent) return;
  c->done_sent = true;
  core_send_line(c, "DONE", 4, false);
}

void core_flush(hark_client *c) {
  command *head;
  while (!core_dead(c) && !(c->flags & HARK_OBSERVE) && (head = first_queued(c))) {
    gate g = may_leave(c, head);
    if (core_dead(c)) return;
    if (g == GATE_WAIT) {
      if (!c->bye) end_idle(c);
      return;
    }
    if (head->state != COMMAND_QUEUED) continue;
    end_idle(c);
    core_begin(c, head);
  }
}

/* The client asks by itself, in front of the command that needs to know and is still queued, once.
 */
static void ask_capabilities(hark_client *c) {
  if (c->capabilities_asked || core_inflight(c, EFFECT_CAPABILITY)) return;
  c->capabilities_asked = true;
  command *cmd = core_command_new(c, "CAPABILITY");
  if (!cmd || cmd->text.err) {
    if (cmd) core_remove(c, cmd);
    core_fail(c, HARK_ERR_NOMEM, "CAPABILITY");
    return;
  }
  command **at = &c->commands;
  while ((*at)->state != COMMAND_QUEUED) at = &(*at)->next;
  cmd->next = *at, *at = cmd;
  core_number(c, cmd);
  end_idle(c);
  core_begin(c, cmd);
}

static command *queued(const hark_client *c, hark_cmd id) {
  command *cmd = c->commands;
  while (cmd && cmd->id != id) cmd = cmd->next;
  return cmd && cmd->state == COMMAND_QUEUED ? cmd : NULL;
}

int hark_cancel(hark_client *c, hark_cmd id) {
  command *cmd = queued(c, id);
  if (!cmd) return HARK_ERR_STATE;
  core_unsend(cmd, HARK_ERR_STATE);
  c->drained = false;
  return 0;
}

int hark_only_in(hark_client *c, hark_cmd id, uint64_t selection) {
  command *cmd = queued(c, id);
  if (!cmd) return HARK_ERR_STATE;
  cmd->selection = selection;
  return 0;
}
