/* cli/sign_in.c - SCRAM, LOGIN or AUTHENTICATE PLAIN, and what a refusal means.  RFC 5530.
 * SPDX-License-Identifier: MIT */
#include "cli/sign_in.h"
#include "cli/policy.h"
#include <hark/command.h>
#include <hark/ext/compress.h>
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

static bool is_scram(const hark_sasl *sasl) {
  return sasl && !strncmp(hark_sasl_mechanism(sasl), "SCRAM-", 6);
}

/* SCRAM keeps the password here, for its two more round trips.  It is not bound to the connection:
 * where a server knows another way to do so than hark, the sign-in would fail. */
static hark_cmd queue(connection *k) {
  hark_credentials credentials = {
      .size = sizeof credentials, .user = k->job->url.user, .password = k->password};
  int err = hark_sasl_new(&k->sasl, k->client, NULL, &credentials);
  if (is_scram(k->sasl) || !login_will_do(k))
    return err ? err : hark_sasl_start(k->sasl, k->client);
  hark_sasl_free(k->sasl);
  k->sasl = NULL;
  return hark_login(k->client, k->job->url.user, k->password);
}

/* Our side, or the server's proof, ended the exchange. */
static bool exchange_failed(connection *k, int err) {
  bool told = err == HARK_ERR_SASL || err == HARK_ERR_PROOF;
  connection_fail(k, exit_of_error(err), told ? hark_sasl_error(k->sasl) : hark_err_text(err),
                  (hark_str){NULL, 0});
  k->failure.final = told;
  return false;
}

/* What LOGIN cannot carry, where there is nothing but LOGIN. */
static const char *no_way(const connection *k, int err) {
  if (err == HARK_ERR_SASL) return hark_sasl_error(k->sasl);
  if (err != HARK_ERR_CAP) return hark_err_text(err);
  if (hark_has(k->client, "LOGINDISABLED"))
    return "the server offers no way to sign in that hark knows (SCRAM, PLAIN, LOGIN)";
  return is_ascii(k->job->url.user)
             ? "the password has characters beyond ASCII, which this server cannot take (it has "
               "LOGIN, not PLAIN); set a password without them there"
             : "the user name has characters beyond ASCII, which this server cannot take (it has "
               "LOGIN, not PLAIN); ask its administrator for a name without them";
}

/* Only where it is asked for: it costs a round trip, and time at the server, and whoever can send
 * us mail and sees how many bytes pass could guess at the mail that passes next to it.  Behind
 * EXAMINE, which has left with the sign-in; what fetches waits. */
static void ask_to_compress(connection *k) {
  if (k->job->settings.compress) k->compress = hark_compress(k->client);
}

bool sign_in(connection *k) {
  if (hark_get_phase(k->client) == HARK_PHASE_AUTHENTICATED) { /* PREAUTH */
    report_note(k->report, "the server asks for no password; none was sent");
    ask_to_compress(k);
    return true;
  }
  k->sign_in = queue(k);
  if (k->sign_in > 0) return true;
  connection_fail(k, EXIT_REFUSED, no_way(k, (int)k->sign_in), (hark_str){NULL, 0});
  k->failure.final = true;
  return false;
}

static const char *refusal(int code) {
  const policy *p = policy_of(code);
  if (code == HARK_CODE_EXPIRED) return "the password has expired";
  if (code == HARK_CODE_PRIVACYREQUIRED)
    return "the server signs nobody in without encryption; try imaps://";
  if (p && p->final) return "the server refuses the sign-in; ask its administrator";
  if (p) return "the server cannot sign us in at present";
  return "the server refuses the sign-in; check user name and password";
}

static void refused(connection *k, const hark_ev_cond *cond) {
  int code = cond->code_id;
  connection_refused(k, EXIT_REFUSED, refusal(code), cond);
  if (!policy_of(code)) k->failure.final = true;
  k->failure.password =
      code == HARK_CODE_EXPIRED || code == HARK_CODE_AUTHENTICATIONFAILED || code == HARK_CODE_NONE;
}

bool sign_in_step(connection *k, const hark_event *challenge) {
  int err = hark_sasl_step(k->sasl, k->client, challenge);
  return !err || exchange_failed(k, err);
}

bool signed_in(connection *k, const hark_event *done) {
  int verdict = done->cond->verdict;
  k->sign_in = 0;
  int err = k->sasl ? hark_sasl_finish(k->sasl, k->client, done) : 0;
  if (err < 0)
    exchange_failed(k, err);
  else if (verdict == HARK_VERDICT_NO || verdict == HARK_VERDICT_BAD)
    refused(k, done->cond);
  else if (verdict == HARK_VERDICT_UNSENT)
    connection_fail(k, exit_of_error(done->cond->err), hark_err_text(done->cond->err),
                    (hark_str){NULL, 0});
  else
    k->renewed = false, ask_to_compress(k);
  return !k->failure.code;
}
