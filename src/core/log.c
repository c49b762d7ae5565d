/* core/log.c - lines for the log, with no secret in them.
 * SPDX-License-Identifier: MIT
 *
 * What is secret is known by type (put_secret, answers to challenges), not by looking for it. */
#include "core/client.h"
#include <string.h>

enum { LINE_MAX_LENGTH = 1024 };

/* What does not fit is cut, which shows. */
static size_t add(char *to, size_t at, const char *p, size_t n) {
  size_t room = LINE_MAX_LENGTH - at;
  bool cut = n > room;
  if (cut) n = room;
  memcpy(to + at, p, n);
  if (cut) memset(to + LINE_MAX_LENGTH - 3, '.', 3);
  return at + n;
}

void core_log(hark_client *c, int kind, hark_str line) {
  if (!c->log) return;
  bool in = kind == HARK_LOG_IN;
  if (in && line.n && line.p[0] == '+' && core_inflight(c, EFFECT_AUTHENTICATE))
    line = (hark_str){"+ <secret>", 10};
  while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r')) line.n--;
  char shown[LINE_MAX_LENGTH];
  size_t n = add(shown, 0, line.p, line.n);
  for (size_t i = 0; i < n; i++)
    if (shown[i] == '\n' || shown[i] == '\r') shown[i] = ' '; /* of a literal */
  c->log(c->log_ud, kind, shown, n);
}

void core_log_note(hark_client *c, const char *what) {
  if (c->log) c->log(c->log_ud, HARK_LOG_NOTE, what, strlen(what));
}

bool core_forgive(hark_client *c, const char *note) {
  if (c->flags & HARK_STRICT) return false;
  core_log_note(c, note);
  return true;
}

/* The command with <secret> and <literal> in place of what they stand for. */
void core_log_command(hark_client *c, const command *cmd) {
  if (!c->log) return;
  char line[LINE_MAX_LENGTH], digits[12];
  size_t at = 0, from = 0, k = sizeof digits;
  for (uint32_t v = (uint32_t)cmd->id; v; v /= 10) digits[--k] = (char)('0' + v % 10);
  at = add(line, at, "A", 1);
  at = add(line, at, digits + k, sizeof digits - k);
  at = add(line, at, " ", 1);
  const put *t = &cmd->text;
  for (size_t i = 0; i < t->nmarks; i++) {
    const put_mark *m = &t->marks[i];
    at = add(line, at, t->p + from, m->from - from);
    at = m->secret ? add(line, at, "<secret>", 8) : add(line, at, "<literal>", 9);
    from = m->from + m->n;
  }
  at = add(line, at, t->p + from, t->n - from);
  c->log(c->log_ud, HARK_LOG_OUT, line, at);
}
