/* core/response.c - one complete line to its event.  RFC 9051 sections 7, 11.3.
 * SPDX-License-Identifier: MIT */
#include "core/client.h"
#include <string.h>

void core_malformed(hark_client *c, hark_str bytes, uint64_t offset, const char *reason, int type) {
  hark_ev_malformed *m = arena_alloc(&c->arena, sizeof *m);
  if (!m || c->arena.failed || !core_event(c, type, 0, m)) {
    core_fail(c, HARK_ERR_NOMEM, NULL);
    return;
  }
  m->bytes = bytes, m->offset = offset;
  if (reason) m->reason = (hark_str){reason, strlen(reason)};
  if (reason) core_log_note(c, reason);
}

const char *core_expected(hark_client *c, const char *word, const scan *s) {
  const char *const parts[] = {word, ": ", s->expected ? s->expected : "something else",
                               " expected"};
  char text[96]; /* more than our own words need */
  size_t n = 0;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    for (const char *p = parts[i]; *p && n < sizeof text; p++) text[n++] = *p;
  hark_str copy = arena_copy(&c->arena, text, n);
  return copy.p ? copy.p : word;
}

/* Whoever writes to us, until TLS is there, is not: RFC 9051 section 11.3. */
static bool is_known(const hark_client *c) {
  return !(c->flags & HARK_REQUIRE_TLS) || core_encrypted(c);
}

static void fail_line(hark_client *c, const char *reason, hark_str line) {
  core_fail_str(c, HARK_ERR_FRAME, reason, is_known(c) ? line : (hark_str){NULL, 0});
}

void core_malformed_line(hark_client *c, hark_str line, const char *reason) {
  if (!core_authenticated(c)) {
    fail_line(c, reason, line);
    return;
  }
  core_malformed(c, line, c->base + c->in.read, reason, HARK_EV_MALFORMED);
}

/* Before sign-in only CAPABILITY and status responses mean anything; without a mailbox
 * nothing about messages does; before TLS that is required, nothing. */
bool core_response_ignored(const hark_client *c, ext_when when) {
  if (c->flags & HARK_OBSERVE) return false;
  if (!core_authenticated(c)) return true;
  if (when != EXT_SELECTED || c->phase == HARK_PHASE_SELECTED) return false;
  return !core_inflight(c, EFFECT_SELECT);
}

static bool answers(const command *cmd, const char *word) {
  hark_str answer;
  for (const char *p = cmd->answers; str_word(&p, &answer);)
    if (str_is(answer, word)) return true;
  return false;
}

hark_cmd core_cause(const hark_client *c, const char *word, bool *awaited) {
  const command *cause = NULL;
  unsigned n = 0;
  for (const command *cmd = core_sent(c->commands); cmd; cmd = core_sent(cmd->next))
    if (cmd->state == COMMAND_SENT && answers(cmd, word)) cause = cmd, n++;
  *awaited = n > 0;
  return n == 1 ? cause->id : 0;
}

/* Nothing, or the space that some servers put behind the last argument. */
static bool nothing_left(hark_client *c, scan *s) {
  if (scan_end(s)) return true;
  if (!scan_sp(s)) return false;
  s->expected = NULL; /* of an alternative that was tried before */
  if (!scan_end(s) || !scan_forgive(s, "no space at the end")) return false;
  core_log_note(c, s->quirk);
  return true;
}

static void untagged_known(hark_client *c, const ext_word *w, uint64_t number, scan *s,
                           hark_str line) {
  bool awaited;
  ext_call call = {.c = c, .word = w, .number = number};
  call.cmd = core_cause(c, w->word, &awaited);
  c->awaited = awaited;
  if (core_response_ignored(c, w->when)) {
    core_log_note(c, "dropped: it means nothing in this state");
    return;
  }
  if (core_parse(c, &call, s) && nothing_left(c, s)) return;
  if (core_dead(c)) return;
  c->nevents = c->told; /* what a line half read had to say is not said */
  core_malformed_line(c, line, core_expected(c, w->word, s));
}

/* "*" SP [number SP] word ... */
void core_untagged(hark_client *c, hark_str line) {
  scan s;
  hark_str word;
  uint64_t number = UINT64_MAX;
  core_scan(c, &s, line);
  bool good = scan_ch(&s, '*') && scan_sp(&s);
  if (good && scan_peek(&s) >= '0' && scan_peek(&s) <= '9') {
    scan mark = s;
    if (!scan_u64(&s, &number) || !scan_sp(&s)) s = mark, number = UINT64_MAX;
  }
  if (!good || !scan_atom(&s, &word)) {
    core_malformed_line(c, line, "response-data: a word expected");
    return;
  }
  if (!c->greeted) {
    core_not_imap(c, line);
    return;
  }
  if (str_is(word, "CAPABILITY")) {
    hark_cmd cmd = core_cause(c, "CAPABILITY", &c->awaited);
    if (!core_capabilities_set(c, &s, cmd)) core_malformed_line(c, line, "capability-data");
    return;
  }
  const ext_word *w = core_word(TABLE_RESPONSES, word);
  if (w)
    untagged_known(c, w, number, &s, line);
  else if (!core_response_ignored(c, EXT_AUTHENTICATED))
    core_malformed(c, line, c->base + c->in.read, NULL, HARK_EV_UNKNOWN);
}

/* --- status lines --- */

static void tell_cond(hark_client *c, int type, const hark_ev_cond *cond) {
  hark_ev_cond *copy = arena_alloc(&c->arena, sizeof *copy);
  if (!copy || !core_event(c, type, 0, copy)) {
    core_fail(c, HARK_ERR_NOMEM, NULL);
    return;
  }
  *copy = *cond;
}

/* An observer cannot know whether it sees the first line of a connection: it takes the first
 * status line for the greeting when it could be one. */
static bool looks_like_greeting(const hark_client *c, const hark_ev_cond *cond) {
  if (cond->verdict == HARK_VERDICT_PREAUTH) return true;
  bool first = !c->first_line_done && cond->verdict == HARK_VERDICT_OK;
  return first && (!cond->code.p || cond->code_id == HARK_CODE_CAPABILITY);
}

static void untagged_cond(hark_client *c, const hark_ev_cond *cond) {
  bool observe = c->flags & HARK_OBSERVE;
  if (!c->greeted || (observe && looks_like_greeting(c, cond))) {
    core_greeting(c, cond);
    return;
  }
  if (cond->verdict == HARK_VERDICT_PREAUTH) {
    core_fail(c, HARK_ERR_FRAME, "PREAUTH is a greeting and this is not the first line");
    return;
  }
  if (cond->code_id == HARK_CODE_INPROGRESS)
    c->awaited = true;
  else
    core_cause(c, "OK", &c->awaited);
  if (cond->verdict != HARK_VERDICT_BYE) {
    tell_cond(c, HARK_EV_COND, cond);
    return;
  }
  tell_cond(c, HARK_EV_BYE, cond);
  c->bye = true;
  if (!observe) core_phase(c, HARK_PHASE_LOGOUT);
}

static void withhold(hark_client *c, hark_ev_cond *cond) {
  if (is_known(c)) return;
  cond->text = (hark_str){"", 0};
  if (cond->code_id == HARK_CODE_CAPABILITY) return;
  cond->code_args = (hark_str){NULL, 0}, cond->code_num = 0, cond->code_data = NULL;
}

/* The server had ended IDLE by itself when our DONE came, and took it for a tag. */
static bool is_late_done(const hark_client *c, const hark_ev_cond *cond) {
  return core_authenticated(c) && cond->verdict == HARK_VERDICT_BAD && str_is(cond->tag, "DONE");
}

/* response-tagged = tag SP resp-cond-state CRLF */
static void tagged(hark_client *c, hark_str line, hark_str tag) {
  scan s;
  core_scan(c, &s, (hark_str){line.p + tag.n, line.n - tag.n});
  hark_str word, rest;
  hark_ev_cond cond = {0};
  bool good = scan_sp(&s) && scan_atom(&s, &word);
  int verdict = good ? core_verdict(word) : -1;
  if (verdict < 0 || verdict > HARK_VERDICT_BAD) {
    core_malformed_line(c, line, "neither a tagged nor an untagged response");
    return;
  }
  rest = (hark_str){word.p, (size_t)(line.p + line.n - word.p)};
  if (!core_cond(c, rest, &cond)) return;
  cond.tag = tag;
  withhold(c, &cond);
  if (c->flags & HARK_OBSERVE) {
    tell_cond(c, HARK_EV_DONE, &cond);
    return;
  }
  command *cmd = core_find(c, tag);
  c->awaited = cmd;
  if (cmd)
    core_done(c, cmd, &cond);
  else if (is_late_done(c, &cond))
    core_log_note(c, "forgiven: DONE crossed the end of IDLE");
  else
    fail_line(c, "an answer to a command that was not sent", line);
}

void core_status(hark_client *c, hark_str line) {
  scan s;
  core_scan(c, &s, line);
  hark_str tag;
  if (scan_peek(&s) != '*') {
    if (scan_tag(&s, &tag))
      tagged(c, line, tag);
    else
      core_malformed_line(c, line, "neither a tagged nor an untagged response");
    return;
  }
  hark_ev_cond cond = {0};
  size_t at = 1;
  while (line.p[at] == ' ') at++; /* a verdict was seen there */
  if (at != 2 && !scan_forgive(&s, "not one space behind the star")) {
    core_malformed_line(c, line, "SP expected");
    return;
  }
  if (!core_cond(c, (hark_str){line.p + at, line.n - at}, &cond)) return;
  withhold(c, &cond);
  untagged_cond(c, &cond);
}
