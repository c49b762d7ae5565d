/* core/command.c - commands piece by piece, and those that change the client's state.
 * RFC 9051 sections 6.1, 6.2, 6.3.
 * SPDX-License-Identifier: MIT */
#include "core/client.h"
#include <string.h>

enum { COMMAND_MAX = 8000 }; /* bytes without literals: RFC 2683 section 3.2.1.5 */

#define IN_AUTH (EXT_IN_AUTHENTICATED | EXT_IN_SELECTED)
static const char opened[] = "FLAGS EXISTS RECENT OK LIST FETCH UIDFETCH VANISHED";
static const ext_command base[] = {
    {"CAPABILITY", NULL, EXT_IN_ANY, EXT_SAME, "CAPABILITY", EFFECT_CAPABILITY},
    {"NOOP", NULL, EXT_IN_ANY, 0, NULL, EFFECT_NONE},
    {"LOGOUT", NULL, EXT_IN_ANY, 0, NULL, EFFECT_LOGOUT},
    {"STARTTLS", NULL, EXT_IN_NOT_AUTHENTICATED, EXT_ALONE, NULL, EFFECT_STARTTLS},
    {"LOGIN", NULL, EXT_IN_NOT_AUTHENTICATED, EXT_SAME, NULL, EFFECT_LOGIN},
    {"AUTHENTICATE", NULL, EXT_IN_NOT_AUTHENTICATED, EXT_SAME, NULL, EFFECT_AUTHENTICATE},
    {"SELECT", NULL, IN_AUTH, 0, opened, EFFECT_SELECT},
    {"EXAMINE", NULL, IN_AUTH, 0, opened, EFFECT_SELECT},
    {"CLOSE", NULL, EXT_IN_SELECTED, 0, NULL, EFFECT_CLOSE},
    {"UNSELECT", "UNSELECT", EXT_IN_SELECTED, 0, NULL, EFFECT_CLOSE},
    {"IDLE", "IDLE", IN_AUTH, EXT_SAME, NULL, EFFECT_IDLE},
};
static const ext_command alone = {NULL, NULL, EXT_IN_ANY, EXT_ALONE, NULL, EFFECT_NONE};

static const ext_command *row_of(const char *name) {
  for (size_t i = 0; i < sizeof base / sizeof *base; i++)
    if (str_is((hark_str){name, strlen(name)}, base[i].name)) return &base[i];
  const ext_command *row = core_ext_command(name);
  return row ? row : &alone;
}

static void look_up(command *cmd, const char *name) {
  cmd->uid = str_starts((hark_str){name, strlen(name)}, "UID ");
  cmd->row = row_of(cmd->uid ? name + 4 : name);
  cmd->effect = cmd->row->effect, cmd->answers = cmd->row->answers;
}

static void set_up(hark_client *c, command *cmd, const char *name) {
  *cmd = (command){.c = c};
  put_init(&cmd->text, &c->mem, COMMAND_MAX);
  look_up(cmd, name ? name : "");
  put_raw(&cmd->text, name && *name ? name : NULL);
}

command *core_command_new(hark_client *c, const char *name) {
  command *cmd = mem_grow(&c->mem, NULL, 0, sizeof *cmd);
  if (cmd) set_up(c, cmd, name);
  return cmd;
}

void core_command_clear(hark_client *c, command *cmd) {
  put_free(&cmd->text);
  if (cmd->argument) mem_wipe(cmd->argument, cmd->argument_size);
  mem_free(&c->mem, cmd->argument, cmd->argument_size);
}

static bool is_taken(const hark_client *c, hark_cmd id) {
  if (!c->ids_again) return false;
  for (const command *cmd = c->commands; cmd; cmd = cmd->next)
    if (cmd->id == id) return true;
  return false;
}

/* Behind the largest id they begin again, and may meet one that is still under way. */
void core_number(hark_client *c, command *cmd) {
  hark_cmd id;
  do {
    id = c->next_id;
    c->next_id = id == INT32_MAX ? 1 : id + 1;
    c->ids_again = c->ids_again || id == INT32_MAX;
  } while (is_taken(c, id));
  cmd->id = id;
  cmd->state = COMMAND_QUEUED;
  c->queued_bytes += cmd->text.n;
}

hark_builder *hark_cmd_begin(hark_client *c, const char *name) {
  core_command_clear(c, &c->builder); /* begun and never ended */
  set_up(c, &c->builder, name);
  if (core_dead(c) || c->eof || (c->flags & HARK_OBSERVE)) c->builder.text.err = HARK_ERR_STATE;
  return &c->builder;
}

/* It stands where it stood: a program that ends it twice, or goes on with one that another command
 * took the place of, is told so. */
void core_builder_reset(hark_client *c) {
  c->builder = (command){.c = c, .row = &alone};
  put_init(&c->builder.text, &c->mem, 0);
  c->builder.text.err = HARK_ERR_STATE;
}

static hark_cmd refuse(hark_client *c, int err) {
  core_command_clear(c, &c->builder);
  core_builder_reset(c);
  return err;
}

hark_cmd hark_cmd_end(hark_builder *b) {
  if (!b) return HARK_ERR_NOMEM;
  hark_client *c = b->c;
  if (!b->text.err && b->charset && put_room(&b->text) < sizeof CHARSET_UTF8)
    b->text.err = HARK_ERR_ARG;
  if (b->text.err || b->depth) return refuse(c, b->text.err ? b->text.err : HARK_ERR_ARG);
  if (c->queued_bytes + (c->out.put - c->out.popped) + b->text.n > c->limits.output)
    return refuse(c, HARK_ERR_BUSY);
  command *cmd = mem_grow(&c->mem, NULL, 0, sizeof *cmd);
  if (!cmd) return refuse(c, HARK_ERR_NOMEM);
  *cmd = *b;
  core_builder_reset(c);
  *(c->newest ? &c->newest->next : &c->commands) = cmd;
  c->newest = cmd;
  core_number(c, cmd);
  hark_cmd id = cmd->id;
  core_flush(c);
  if (c->unsent) c->drained = false; /* its DONE waits */
  return id;
}

/* --- pieces: a space, then what the call is named after --- */

static put *space(hark_builder *b) {
  if (!b) return NULL;
  put *t = &b->text;
  if (!b->opened) put_text(t, " ");
  b->opened = false;
  return t;
}

#define PIECE(call)                                                                                \
  put *t = space(b);                                                                               \
  if (t) call

/* Nothing, where no space is put in front of it, is nothing. */
void hark_put_raw(hark_builder *b, const char *imap_text) {
  if (b && b->opened && imap_text && !*imap_text) return;
  PIECE(put_raw(t, imap_text));
}

void hark_put_list(hark_builder *b, const char *imap_text) { PIECE(put_list(t, imap_text)); }

void hark_put_set(hark_builder *b, const char *set) {
  if (set && *set == '$') ext_needs(b, "SEARCHRES");
  PIECE(put_set(t, set));
}

void hark_put_number(hark_builder *b, uint64_t n) { PIECE(put_number(t, n)); }
void hark_put_string(hark_builder *b, hark_str s) { PIECE(put_astring(t, s)); }
/* A copy that the command keeps. */
static void keep_argument(hark_builder *b, const char *p, size_t n) {
  if (!b || b->text.err || !p) return;
  b->argument = mem_grow(b->text.mem, NULL, 0, n + 1);
  if (!b->argument) {
    b->text.err = HARK_ERR_NOMEM;
    return;
  }
  b->argument_size = n + 1;
  memcpy(b->argument, p, n);
  b->argument[n] = 0;
}

/* The one that SELECT names is hark_selected() behind its OK. */
static void keep_mailbox(hark_builder *b, const char *name) {
  hark_str m = {name, name ? strlen(name) : 0};
  if (str_is(m, "INBOX")) m.p = "INBOX";
  if (!b->argument) keep_argument(b, m.p, m.n);
}

void hark_put_mailbox(hark_builder *b, const char *name) {
  PIECE(put_mailbox(t, name));
  if (b && b->effect == EFFECT_SELECT) keep_mailbox(b, name);
}

void hark_put_open(hark_builder *b) {
  PIECE(put_text(t, "("));
  if (b) b->opened = true, b->depth++;
}

void hark_put_text(hark_builder *b, const char *utf8) {
  hark_put_string(b, (hark_str){utf8, utf8 ? strlen(utf8) : 0});
}

void hark_put_quoted(hark_builder *b, const char *utf8) {
  PIECE(put_quoted(t, ((hark_str){utf8, utf8 ? strlen(utf8) : 0})));
}

/* Bytes of the atom that text begins with. */
static size_t atom(const char *text) {
  size_t n = 0;
  while (text[n] && (uint8_t)text[n] < 0x80 && (class_table[(uint8_t)text[n]] & CLASS_ATOM)) n++;
  return n;
}

static bool is_atom(const char *text) {
  size_t n = text ? atom(text) : 0;
  return n && !text[n];
}

void hark_put_atom(hark_builder *b, const char *atom) {
  PIECE(put_raw(t, is_atom(atom) ? atom : NULL));
}

void hark_put_nstring(hark_builder *b, hark_str s) {
  PIECE(s.p ? put_string(t, s) : put_text(t, "NIL"));
}

void hark_put_nstring8(hark_builder *b, hark_str s) {
  PIECE(s.p ? put_string8(t, s) : put_text(t, "NIL"));
}

void hark_put_date_time(hark_builder *b, int64_t seconds, int16_t zone_minutes) {
  PIECE(put_date_time(t, seconds, zone_minutes));
}

void hark_put_stream(hark_builder *b, unsigned flags, uint64_t octets) {
  PIECE(put_stream(t, octets, flags & HARK_BINARY));
}

/* flag-list = "(" [flag *(SP flag)] ")" */
void hark_put_flags(hark_builder *b, const char *flags) { PIECE(put_flags(t, flags)); }

void hark_put_tag(hark_builder *b, hark_cmd cmd) {
  PIECE(put_text(t, "\"A"));
  if (!t) return;
  if (cmd <= 0) t->err = t->err ? t->err : HARK_ERR_ARG;
  put_number(t, (uint64_t)cmd);
  put_text(t, "\"");
}

/* flag = "\" atom / atom */
void hark_put_flag(hark_builder *b, const char *flag) {
  PIECE(put_raw(t, flag && is_atom(flag + (*flag == '\\')) ? flag : NULL));
}

void hark_put_close(hark_builder *b) {
  if (!b) return;
  put_text(&b->text, ")");
  b->opened = false;
  if (!b->depth-- && !b->text.err) b->text.err = HARK_ERR_ARG;
}

void hark_put_secret(hark_builder *b, hark_str s) {
  put *t = space(b);
  if (!t) return;
  t->secret = true;
  put_astring(t, s);
  t->secret = false;
}

/* --- for modules: core/extension.h --- */

void ext_needs(hark_builder *b, const char *capabilities) {
  size_t i = 0;
  if (!b) return;
  while (i < MAX_NEEDS && b->needs[i] && b->needs[i] != capabilities) i++;
  if (i == MAX_NEEDS)
    ext_refuse(b);
  else
    b->needs[i] = capabilities;
}

void ext_answers(hark_builder *b, const char *words) {
  if (b) b->answers = words;
}

void ext_join(hark_builder *b) {
  if (b) b->opened = true;
}

void ext_put_joined(hark_builder *b, const char *text) {
  ext_join(b);
  hark_put_raw(b, text);
}

void ext_put_atoms(hark_builder *b, const char *words) {
  size_t n = words ? atom(words) : 0, at = 0;
  while (n && words[at + n] == ' ') at += n + 1, n = atom(words + at);
  hark_put_raw(b, n && !words[at + n] ? words : NULL);
}

void ext_put_partial(hark_builder *b, uint64_t origin, uint64_t length) {
  if (origin > INT64_MAX || length > INT64_MAX || (origin && !length)) ext_refuse(b);
  if (!length) return;
  ext_put_joined(b, "<");
  ext_join(b);
  hark_put_number(b, origin);
  ext_put_joined(b, ".");
  ext_join(b);
  hark_put_number(b, length);
  ext_put_joined(b, ">");
}

void ext_refuse(hark_builder *b) {
  if (b && !b->text.err) b->text.err = HARK_ERR_ARG;
}

void ext_note(hark_builder *b, uint32_t bits) {
  if (b) b->noted |= bits;
}

uint32_t ext_noted(const hark_builder *b) { return b ? b->noted : 0; }

void ext_numbers(hark_builder *b) {
  if (b) b->numbers = true;
}

void ext_charset(hark_builder *b) {
  if (b) b->charset = b->text.n;
}

bool ext_own_charset(hark_builder *b) {
  bool first = b && b->charset == b->text.n;
  if (b) b->charset = 0;
  return first;
}

void ext_list_begins(hark_builder *b) {
  if (b) b->list = b->text.n + 1; /* behind the space */
}

void ext_list_opens(hark_builder *b) {
  if (b->text.err) return;
  if (!b->list) { /* pieces of another command */
    ext_refuse(b);
    return;
  }
  put_insert(&b->text, b->list, "(");
  b->depth++;
}

/* --- the commands that the core itself must know --- */

static hark_cmd bare(hark_client *c, const char *name) {
  return hark_cmd_end(hark_cmd_begin(c, name));
}

hark_cmd hark_capability(hark_client *c) { return bare(c, "CAPABILITY"); }
hark_cmd hark_noop(hark_client *c) { return bare(c, "NOOP"); }
hark_cmd hark_logout(hark_client *c) { return bare(c, "LOGOUT"); }
hark_cmd hark_unselect(hark_client *c) { return bare(c, "UNSELECT"); }
hark_cmd hark_expunge_and_close(hark_client *c) { return bare(c, "CLOSE"); }

hark_cmd hark_starttls(hark_client *c) {
  if (core_encrypted(c)) return HARK_ERR_STATE; /* offered again inside TLS: section 6.2.1 */
  return bare(c, "STARTTLS");
}

hark_cmd hark_login(hark_client *c, const char *user, const char *password) {
  hark_builder *b = hark_cmd_begin(c, "LOGIN");
  hark_put_text(b, user);
  hark_put_secret(b, (hark_str){password, password ? strlen(password) : 0});
  return hark_cmd_end(b);
}

hark_builder *ext_select(hark_client *c, bool examine, const char *mailbox) {
  hark_builder *b = hark_cmd_begin(c, examine ? "EXAMINE" : "SELECT");
  hark_put_mailbox(b, mailbox);
  return b;
}

static hark_cmd select_with(hark_builder *b, const char *options) {
  if (options) hark_put_raw(b, options);
  return hark_cmd_end(b);
}

hark_cmd hark_select(hark_client *c, const char *mailbox, const char *options) {
  return select_with(ext_select(c, false, mailbox), options);
}

hark_cmd hark_examine(hark_client *c, const char *mailbox, const char *options) {
  return select_with(ext_select(c, true, mailbox), options);
}

/* --- AUTHENTICATE.  RFC 9051 section 6.2.2, RFC 4959 --- */

/* The initial answer stands ready; queue.c puts it on the line when SASL-IR is offered, else
 * it answers the first, empty challenge. */
hark_cmd hark_authenticate(hark_client *c, const char *mechanism, const hark_str *initial) {
  hark_builder *b = hark_cmd_begin(c, "AUTHENTICATE");
  hark_put_raw(b, is_atom(mechanism) ? mechanism : NULL);
  if (b && initial && initial->p) {
    put answer;
    put_init(&answer, &c->mem, 4 * COMMAND_MAX);
    put_base64(&answer, *initial);
    if (answer.err) b->text.err = answer.err;
    keep_argument(b, answer.p ? answer.p : "", answer.n);
    put_free(&answer);
  }
  return hark_cmd_end(b);
}

int hark_respond(hark_client *c, hark_str data) {
  if (!c->respond_awaited) return HARK_ERR_STATE;
  put answer;
  put_init(&answer, &c->mem, 1 << 20);
  put_base64(&answer, data);
  int err = answer.err;
  if (!err) err = core_respond(c, answer.p ? answer.p : "", answer.n);
  put_free(&answer);
  if (err) return err;
  c->respond_awaited = false;
  core_flush(c);
  return 0;
}

int hark_respond_cancel(hark_client *c) {
  if (!c->respond_awaited) return HARK_ERR_STATE;
  c->respond_awaited = false, c->cancelled = true;
  return core_send_line(c, "*", 1, false);
}

int hark_authenticated(hark_client *c, int err) {
  if (err) {
    core_fail(c, HARK_ERR_PROOF, NULL);
    return 0;
  }
  if (!c->proof_awaited && !core_inflight(c, EFFECT_AUTHENTICATE)) return HARK_ERR_STATE;
  c->proof_open = true, c->proof_awaited = false;
  core_flush(c);
  return 0;
}

/* --- IDLE.  RFC 9051 section 6.3.13 --- */

hark_cmd hark_idle(hark_client *c) { return bare(c, "IDLE"); }

int hark_idle_done(hark_client *c) {
  if (!core_inflight(c, EFFECT_IDLE)) {
    for (command *cmd = c->commands; cmd; cmd = cmd->next)
      if (cmd->effect == EFFECT_IDLE && cmd->state == COMMAND_QUEUED)
        return hark_cancel(c, cmd->id);
    return HARK_ERR_STATE;
  }
  c->done_wanted = true;
  if (!c->continued || c->done_sent) return 0;
  c->done_sent = true;
  return core_send_line(c, "DONE", 4, false);
}
