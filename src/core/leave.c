/* core/leave.c - how a command leaves: its tag, its text, its literals.
 * RFC 9051 sections 2.2.1, 4.3, RFC 7888, RFC 3516.
 * SPDX-License-Identifier: MIT
 *
 *   QUEUED --> [LEAVING --"+"-->] [STREAMING --all its bytes-->] ... --> SENT --answer-->
 *                                      | NO, BAD
 *                                      v
 *                                   REFUSED --blanks--> over
 *
 * A literal whose bytes come from the program is announced by its size, and then that many bytes
 * must follow, whatever the server says meanwhile: it counts them, not we. */
#include "core/client.h"
#include <string.h>

int core_send_line(hark_client *c, const char *text, size_t n, bool secret) {
  int err = core_send(c, text, n);
  if (!err) err = core_send(c, "\r\n", 2);
  core_log(c, HARK_LOG_OUT, secret ? (hark_str){"<secret>", 8} : (hark_str){text, n});
  return err;
}

/* A server that challenges again before it can have read this asks for nothing: answers must not
 * pile up here. */
int core_respond(hark_client *c, const char *base64, size_t n) {
  int err = core_send_line(c, base64, n, true);
  c->responded = true, c->responses = c->out.put;
  return err;
}

/* "A" and the id: some servers want a letter in front. */
static size_t tag_text(char out[12], hark_cmd id) {
  char digits[10];
  size_t n = 0, k = 1;
  for (uint32_t v = (uint32_t)id; v; v /= 10) digits[n++] = (char)('0' + v % 10);
  out[0] = 'A';
  while (n) out[k++] = digits[--n];
  return k;
}

static void send_number(hark_client *c, uint64_t value) {
  char digits[20];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + value % 10);
  while (value /= 10);
  core_send(c, digits + at, sizeof digits - at);
}

static uint64_t octets(const put_mark *m) { return m->kind == PUT_STREAM ? m->stream : m->n; }

/* literal = "{" number64 ["+"] "}": "+" saves the round trip where it is offered; LITERAL-
 * allows it up to 4,096 bytes (RFC 7888).  literal8 = "~" literal (RFC 3516). */
static bool synchronises(const hark_client *c, const put_mark *m) {
  return !hark_has(c, "LITERAL+") && (octets(m) > 4096 || !hark_has(c, "LITERAL-"));
}

static void send_literal_header(hark_client *c, const put_mark *m, bool waits) {
  core_send(c, m->binary ? "~{" : "{", m->binary ? 2 : 1);
  send_number(c, octets(m));
  core_send(c, waits ? "}\r\n" : "+}\r\n", waits ? 3 : 4);
}

/* The next literal of cmd, or NULL. */
static const put_mark *next_literal(command *cmd) {
  const put *t = &cmd->text;
  while (cmd->mark < t->nmarks && t->marks[cmd->mark].kind == PUT_SECRET) cmd->mark++;
  return cmd->mark < t->nmarks ? &t->marks[cmd->mark] : NULL;
}

static void send_text(hark_client *c, command *cmd, size_t to) {
  core_send(c, cmd->text.p + cmd->left, to - cmd->left);
  c->queued_bytes -= to - cmd->left;
  cmd->left = to;
}

static void stops(hark_client *c, command *cmd, command_state state) {
  cmd->state = state;
  cmd->end = c->out.put;
}

/* To its "+"; false: it is not awaited.  A server that has refused would not ask for a literal: the
 * line ends in front of it. */
static bool announce(hark_client *c, command *cmd, const put_mark *m) {
  bool waits = synchronises(c, m);
  if (waits && cmd->state == COMMAND_REFUSED) {
    core_send(c, "\r\n", 2);
    stops(c, cmd, COMMAND_SENT);
    return true;
  }
  send_text(c, cmd, m->from);
  send_literal_header(c, m, waits);
  if (waits) stops(c, cmd, COMMAND_LEAVING);
  return waits;
}

void core_leave(hark_client *c, command *cmd) {
  bool announced = cmd->state == COMMAND_LEAVING; /* its "+" has come: the literal itself is due */
  const put_mark *m;
  for (; (m = next_literal(cmd)); announced = false) {
    if (!announced && announce(c, cmd, m)) return;
    cmd->mark++;
    if (m->kind == PUT_LITERAL) send_text(c, cmd, m->from + m->n);
    cmd->stream = m->stream;
    if (!cmd->stream) continue;
    c->data_due = cmd->state != COMMAND_REFUSED;
    stops(c, cmd, COMMAND_STREAMING);
    return;
  }
  send_text(c, cmd, cmd->text.n);
  core_send(c, "\r\n", 2);
  stops(c, cmd, COMMAND_SENT);
}

/* --- bytes of a literal that come from outside --- */

command *core_streaming(const hark_client *c) {
  for (command *cmd = core_sent(c->commands); cmd; cmd = core_sent(cmd->next))
    if (cmd->state == COMMAND_STREAMING) return cmd;
  return NULL;
}

/* What the output may still take. */
static size_t room(const hark_client *c) {
  uint64_t pending = c->out.put - c->out.popped;
  return pending < c->limits.output ? (size_t)(c->limits.output - pending) : 0;
}

size_t hark_send_data(hark_client *c, const void *bytes, size_t n) {
  command *cmd = core_streaming(c);
  if (!cmd || c->data_due || core_dead(c)) return 0;
  if (n > cmd->stream) n = (size_t)cmd->stream;
  if (n > room(c)) n = room(c);
  if (core_send(c, bytes, n)) return 0;
  c->uploaded = c->out.put;
  cmd->stream -= n;
  if (!cmd->stream) core_leave(c, cmd);
  core_flush(c);
  return n;
}

void core_refused(hark_client *c, command *cmd) {
  cmd->state = COMMAND_REFUSED;
  c->data_due = false;
  core_fill(c);
}

static command *refused(const hark_client *c) {
  for (command *cmd = core_sent(c->commands); cmd; cmd = core_sent(cmd->next))
    if (cmd->state == COMMAND_REFUSED) return cmd;
  return NULL;
}

/* The rest of a refused command; true: it is over. */
static bool fill_behind(hark_client *c, command *cmd) {
  core_leave(c, cmd);
  bool over = cmd->state != COMMAND_STREAMING;
  if (over)
    core_remove(c, cmd);
  else
    cmd->state = COMMAND_REFUSED;
  return over;
}

bool core_fill(hark_client *c) {
  char blanks[256];
  command *cmd;
  bool over = false;
  if (!refused(c)) return false; /* as nearly always when the socket has taken something */
  memset(blanks, ' ', sizeof blanks);
  while (!core_dead(c) && (cmd = refused(c))) {
    size_t n = room(c) < sizeof blanks ? room(c) : sizeof blanks;
    if (n > cmd->stream) n = (size_t)cmd->stream;
    if (!n) break;
    core_send(c, blanks, n);
    c->uploaded = c->out.put;
    cmd->stream -= n;
    if (!cmd->stream) over = fill_behind(c, cmd);
  }
  return over;
}

/* RFC 4959: the initial answer goes with the command where SASL-IR is offered and the line
 * stays short; "=" is the empty one.  Else it answers the first challenge (answer.c). */
static void initial_response(hark_client *c, command *cmd) {
  put *t = &cmd->text;
  if (!cmd->argument || !hark_has(c, "SASL-IR") || t->n + cmd->argument_size + 1 > t->max) return;
  size_t before = t->n;
  put_text(t, " ");
  t->secret = true;
  put_text(t, *cmd->argument ? cmd->argument : "=");
  t->secret = false;
  c->responded = true;
  c->queued_bytes += t->n - before;
  mem_wipe(cmd->argument, cmd->argument_size);
  mem_free(&c->mem, cmd->argument, cmd->argument_size);
  cmd->argument = NULL, cmd->argument_size = 0;
  if (t->err) core_fail(c, t->err, NULL);
}

/* RFC 3501 section 6.4.4: strings are US-ASCII unless the command says otherwise.  Said only where
 * it must be, for servers refuse it; where UTF-8 was enabled it must not be (RFC 6855 section 3).
 */
static void say_charset(hark_client *c, command *cmd) {
  put *t = &cmd->text;
  if (!cmd->charset || c->utf8 || put_is_ascii(t, cmd->charset)) return;
  size_t before = t->n;
  put_insert(t, cmd->charset, CHARSET_UTF8);
  c->queued_bytes += t->n - before;
  if (t->err) core_fail(c, t->err, NULL);
}

/* Mailbox names are spelled as the server reads them now. */
static void name_mailboxes(hark_client *c, command *cmd) {
  size_t before = cmd->text.n;
  put_names(&cmd->text, c->utf8);
  c->queued_bytes = c->queued_bytes - before + cmd->text.n;
  if (cmd->text.err) core_fail(c, cmd->text.err, NULL);
}

void core_begin(hark_client *c, command *cmd) {
  char tag[12];
  size_t n = tag_text(tag, cmd->id);
  if (cmd->effect == EFFECT_AUTHENTICATE) {
    c->responded = false;
    initial_response(c, cmd);
  }
  say_charset(c, cmd);
  name_mailboxes(c, cmd);
  if (c->error) return;
  core_log_command(c, cmd);
  c->inflight++;
  if (cmd->effect == EFFECT_LOGIN || cmd->effect == EFFECT_AUTHENTICATE)
    c->capabilities_fresh = c->proof_open = c->cancelled = false;
  if (cmd->effect == EFFECT_UNAUTHENTICATE) c->capabilities_fresh = false;
  core_send(c, tag, n);
  core_send(c, " ", 1);
  core_leave(c, cmd);
}
