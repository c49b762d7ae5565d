/* cli/sign_in.c - LOGIN or AUTHENTICATE PLAIN, and what a refusal means.  RFC 5530.
 * SPDX-License-Identifier: MIT */
#include "cli/sign_in.h"
#include "cli/policy.h"
#include <hark/command.h>
#include <stdio.h>
#include <string.h>

static bool is_ascii(const char *s) {
  while (*s > 0) s++;
  return !*s;
}

/* LOGIN leaves together with the commands behind it, AUTHENTICATE alone; but LOGIN knows no
 * characters beyond ASCII. */
static bool login_will_do(const connection *k) {
  bool offered = !hark_has(k->client, "LOGINDISABLED");
  return offered && is_ascii(k->job->url.user) && is_ascii(k->password);
}

static hark_cmd queue(connection *k) {
  hark_credentials credentials = {
      .size = sizeof credentials, .user = k->job->url.user, .password = k->password};
  if (login_will_do(k)) return hark_login(k->client, k->job->url.user, k->password);
  int err = hark_sasl_new(&k->sasl, k->client, NULL, &credentials);
  return err ? err : hark_sasl_start(k->sasl, k->client);
}

bool sign_in(connection *k) {
  if (hark_get_phase(k->client) == HARK_PHASE_AUTHENTICATED) { /* PREAUTH */
    report_note(k->report, "the server asks for no password; none was sent");
    return true;
  }
  k->sign_in = queue(k);
  if (k->sign_in > 0) return true;
  bool none = k->sign_in == HARK_ERR_CAP;
  connection_fail(k, EXIT_REFUSED,
                  none ? "the server offers no way to sign in that hark knows (LOGIN, PLAIN)"
                       : hark_err_text(k->sign_in),
                  (hark_str){NULL, 0});
  k->failure.final = true;
  return false;
}

static void refused(connection *k, const hark_ev_cond *cond) {
  char what[400];
  uint32_t wait_ms;
  if (policy_passes(cond->code_id, &wait_ms)) {
    connection_fail(k, EXIT_SERVER, "the server cannot sign us in at present", cond->text);
    k->failure.wait_ms = wait_ms;
    return;
  }
  if (cond->code_id == HARK_CODE_EXPIRED)
    snprintf(what, sizeof what, "the password has expired");
  else if (cond->code_id == HARK_CODE_PRIVACYREQUIRED)
    snprintf(what, sizeof what, "the server signs nobody in without encryption; try imaps://");
  else
    snprintf(what, sizeof what, "the server refuses the sign-in; check user name and password");
  connection_fail(k, EXIT_REFUSED, what, cond->text);
  k->failure.final = true;
}

bool signed_in(connection *k, const hark_event *done) {
  int verdict = done->cond->verdict;
  k->sign_in = 0;
  bool proved = !k->sasl || hark_sasl_finish(k->sasl, k->client, done) >= 0;
  if (!proved || verdict == HARK_VERDICT_NO || verdict == HARK_VERDICT_BAD)
    refused(k, done->cond);
  else if (verdict == HARK_VERDICT_UNSENT)
    connection_fail(k, exit_of_error(done->cond->err), hark_err_text(done->cond->err),
                    (hark_str){NULL, 0});
  return !k->failure.code;
}
