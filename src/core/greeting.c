/* core/greeting.c - the first line, and who else may have answered.  RFC 9051 section 7.1.
 * SPDX-License-Identifier: MIT */
#include "core/client.h"
#include <string.h>

static bool begins(hark_str s, const char *with) {
  size_t n = strlen(with);
  return s.n >= n && !memcmp(s.p, with, n);
}

static const char *looks_like(hark_str s) {
  if (s.n > 1 && (s.p[0] == 0x16 || s.p[0] == 0x15) && s.p[1] == 3)
    return "TLS begins here: this port wants TLS from the first byte (imaps)";
  if (begins(s, "SSH-")) return "an SSH server answers here";
  if (begins(s, "220")) return "an SMTP or FTP server answers here";
  if (begins(s, "+OK")) return "a POP3 server answers here";
  if (begins(s, "HTTP/") || begins(s, "<")) return "a web server answers here";
  return "the server does not greet as IMAP does";
}

void core_not_imap(hark_client *c, hark_str begin) {
  const char *lf = memchr(begin.p, '\n', begin.n);
  if (lf) begin.n = (size_t)(lf - begin.p);
  if (begin.n > 8) begin.n = 8; /* the same whatever the input's cuts */
  if (begin.n && begin.p[begin.n - 1] == '\r') begin.n--;
  const char *what = looks_like(begin);
  bool tls = begin.n > 1 && begin.p[1] == 3;
  core_fail_str(c, HARK_ERR_FRAME, what, tls ? (hark_str){NULL, 0} : begin);
}

/* greeting = "*" SP (resp-cond-auth / resp-cond-bye) CRLF */
void core_greeting(hark_client *c, const hark_ev_cond *cond) {
  bool observe = c->flags & HARK_OBSERVE;
  if (cond->verdict == HARK_VERDICT_NO || cond->verdict == HARK_VERDICT_BAD) {
    core_fail(c, HARK_ERR_FRAME, "the server greets with NO or BAD");
    return;
  }
  bool preauth = cond->verdict == HARK_VERDICT_PREAUTH;
  if (preauth && (c->flags & HARK_REQUIRE_TLS) && !core_encrypted(c)) {
    c->nevents = c->told;
    core_fail(c, HARK_ERR_PLAIN, "it greets with PREAUTH, which forbids STARTTLS");
    return;
  }
  hark_ev_cond *copy = arena_alloc(&c->arena, sizeof *copy);
  if (!copy || !core_event(c, HARK_EV_GREETING, 0, copy)) {
    core_fail(c, HARK_ERR_NOMEM, NULL);
    return;
  }
  *copy = *cond;
  c->greeted = true;
  c->heard += c->frame.pos;
  if (observe) return;
  if (cond->verdict == HARK_VERDICT_BYE) c->bye = true;
  core_phase(c, cond->verdict == HARK_VERDICT_BYE ? HARK_PHASE_LOGOUT
                : preauth                         ? HARK_PHASE_AUTHENTICATED
                                                  : HARK_PHASE_NOT_AUTHENTICATED);
}
