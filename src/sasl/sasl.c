/* sasl/sasl.c - chooses a mechanism and carries out its exchange.  RFC 4422.
 * SPDX-License-Identifier: MIT */
#include "sasl/sasl.h"
#include <hark/command.h>
#include <hark/event.h>
#include <hark/net.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PASSWORD (NEEDS_USER | NEEDS_PASSWORD)
#define PREPARED (PASSWORD | NEEDS_PREPARED)
#define TOKEN    (NEEDS_USER | NEEDS_TOKEN)

/* The strongest first.  A bound channel comes before a longer hash: nobody can stand in between,
 * and SCRAM does not hang on what is broken in SHA-1 (collisions). */
static const hark__mechanism mechanisms[] = {
    {"SCRAM-SHA-256-PLUS", PREPARED | NEEDS_BINDING, PROVES, &hark__sasl_gsasl},
    {"SCRAM-SHA-1-PLUS", PREPARED | NEEDS_BINDING, PROVES, &hark__sasl_gsasl},
    {"SCRAM-SHA-256", PREPARED, PROVES, &hark__sasl_gsasl},
    {"SCRAM-SHA-1", PREPARED, PROVES, &hark__sasl_gsasl},
    {"OAUTHBEARER", TOKEN, TELLS_WHY, &hark__sasl_oauthbearer},
    {"XOAUTH2", TOKEN, TELLS_WHY, &hark__sasl_xoauth2},
    {"EXTERNAL", 0, WITHOUT, &hark__sasl_gsasl},
    {"PLAIN", PASSWORD, 0, &hark__sasl_plain},
    {"LOGIN", PASSWORD, SERVER_FIRST, &hark__sasl_gsasl},
    {"CRAM-MD5", PREPARED, SERVER_FIRST | WHEN_NAMED, &hark__sasl_gsasl},
    {"ANONYMOUS", 0, WHEN_NAMED, &hark__sasl_gsasl},
};
enum { MECHANISMS = sizeof mechanisms / sizeof *mechanisms };

/* --- secrets and sentences --- */

bool hark__secret_make(hark__secret *secret, size_t n) {
  *secret = (hark__secret){malloc(n + 1), n};
  return secret->p;
}

void hark__secret_free(hark__secret *secret) {
  if (secret->p) explicit_bzero(secret->p, secret->n);
  free(secret->p);
  *secret = (hark__secret){NULL, 0};
}

static void forget(char **text) {
  hark__secret secret = {*text, *text ? strlen(*text) : 0};
  hark__secret_free(&secret);
  *text = NULL;
}

void hark__sasl_say(hark_sasl *s, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  vsnprintf(s->error, sizeof s->error, format, ap);
  va_end(ap);
}

void hark__sasl_show(char *out, size_t cap, hark_str text) {
  size_t n = text.n < cap - 1 ? text.n : cap - 1;
  for (size_t i = 0; i < n; i++) {
    char c = text.p[i];
    out[i] = c >= ' ' && c <= '~' ? c : '?';
  }
  out[n] = 0;
}

/* --- credentials --- */

static int copy(char **to, const char *from) {
  *to = NULL;
  if (!from) return 0;
  if (strlen(from) > HARK_SASL_MOST) return HARK_ERR_ARG;
  *to = strdup(from);
  return *to ? 0 : HARK_ERR_NOMEM;
}

static int copy_binding(hark_sasl *s, const hark_layer *tls) {
  hark_tls_binding binding = {.size = sizeof binding};
  if (!tls || hark_tls_binding_get(tls, &binding)) return 0;
  s->binding_type = binding.type;
  s->binding = hark__sasl_base64(binding.bytes, binding.n);
  explicit_bzero(&binding, sizeof binding);
  return s->binding ? 0 : HARK_ERR_NOMEM;
}

static int copy_all(hark_sasl *s, const hark_credentials *from) {
  hark_credentials of = {.size = sizeof of};
  memcpy(&of, from, from->size < sizeof of ? from->size : sizeof of);
  int err = copy(&s->user, of.user);
  if (!err) err = copy(&s->authzid, of.authzid);
  if (!err) err = copy(&s->password, of.password);
  if (!err) err = copy(&s->token, of.token);
  if (!err) err = copy(&s->host, of.host);
  if (!err) err = copy_binding(s, of.tls);
  s->port = of.port;
  return err;
}

static unsigned what_is_there(const hark_sasl *s) {
  unsigned there = s->user && *s->user ? NEEDS_USER : 0;
  if (s->password) there |= NEEDS_PASSWORD;
  if (s->token) there |= NEEDS_TOKEN;
  if (s->binding) there |= NEEDS_BINDING;
  if (hark__sasl_can_prepare(s)) there |= NEEDS_PREPARED;
  return there;
}

/* --- the choice --- */

static bool offered(const hark_client *c, const hark__mechanism *m) {
  char capability[40];
  snprintf(capability, sizeof capability, "AUTH=%s", m->name);
  return hark_has(c, capability);
}

static bool wanted(const hark__mechanism *m, const char *name, unsigned there) {
  if (name) return !strcasecmp(m->name, name);
  if (m->ways & WITHOUT) return !(there & (NEEDS_PASSWORD | NEEDS_TOKEN));
  return !(m->ways & WHEN_NAMED);
}

/* HARK_ERR_ARG: there is a way in, but not with what the caller has.  A password that SCRAM cannot
 * carry goes by another way; where there is none hark_sasl_start() says why. */
static int choose(hark_sasl *s, const hark_client *c, const char *name) {
  unsigned there = what_is_there(s);
  int err = HARK_ERR_CAP;
  for (size_t i = 0; i < MECHANISMS; i++) {
    const hark__mechanism *m = &mechanisms[i];
    if (!wanted(m, name, there) || !offered(c, m)) continue;
    unsigned lacks = m->needs & ~there;
    if (!lacks) return s->mechanism = m, 0;
    if (lacks == NEEDS_PREPARED && !s->mechanism) s->mechanism = m;
    if (!(lacks & NEEDS_BINDING) || name) err = HARK_ERR_ARG;
  }
  return s->mechanism ? 0 : err;
}

int hark_sasl_new(hark_sasl **out, const hark_client *c, const char *mechanism,
                  const hark_credentials *credentials) {
  *out = NULL;
  if (!hark_capabilities_known(c)) return HARK_ERR_STATE;
  hark_sasl *s = calloc(1, sizeof *s);
  if (!s) return HARK_ERR_NOMEM;
  int err = copy_all(s, credentials);
  if (!err) err = choose(s, c, mechanism);
  if (err)
    hark_sasl_free(s);
  else
    *out = s;
  return err;
}

static void end(hark_sasl *s) {
  if (s->mechanism && s->mechanism->exchange->end) s->mechanism->exchange->end(s);
}

void hark_sasl_free(hark_sasl *s) {
  if (!s) return;
  end(s);
  forget(&s->user), forget(&s->authzid), forget(&s->password);
  forget(&s->token), forget(&s->host), forget(&s->binding);
  free(s);
}

/* --- the exchange --- */

hark_cmd hark_sasl_start(hark_sasl *s, hark_client *c) {
  hark__secret initial = {NULL, 0};
  end(s);
  s->done = s->proved = s->opened = false, s->answers = 0, *s->error = 0;
  hark_cmd cmd = s->mechanism->exchange->begin(s, &initial);
  hark_str text = {initial.p, initial.n};
  bool first = !(s->mechanism->ways & SERVER_FIRST);
  if (!cmd) cmd = hark_authenticate(c, s->mechanism->name, first ? &text : NULL);
  hark__secret_free(&initial);
  return cmd;
}

/* Whatever is asked when all has been said is too much.  Where the queue is open already, commands
 * may have left that the server would now take for answers. */
static int too_much(hark_sasl *s, hark_client *c) {
  hark__sasl_say(s, "the server asks for more than the mechanism %s has to say",
                 s->mechanism->name);
  if (s->opened) hark_fail(c, HARK_ERR_SASL, s->error);
  return HARK_ERR_SASL;
}

/* Behind the answer, so that what was queued leaves together with it. */
static int open_queue(hark_sasl *s, hark_client *c) {
  s->opened = true;
  return hark_authenticated(c, 0);
}

static bool is_over(const hark_sasl *s) {
  return s->mechanism->ways & TELLS_WHY ? s->answers > 0 : s->done;
}

static int reply(hark_sasl *s, hark_client *c, hark_str challenge) {
  const hark__exchange *exchange = s->mechanism->exchange;
  hark__secret answer = {NULL, 0};
  int err = is_over(s) ? too_much(s, c) : exchange->answer(s, challenge, &answer);
  s->answers++;
  if (!err) err = hark_respond(c, (hark_str){answer.p, answer.n});
  hark__secret_free(&answer);
  if (!err && s->proved) err = open_queue(s, c);
  return err;
}

int hark_sasl_step(hark_sasl *s, hark_client *c, const hark_event *challenge) {
  int err = reply(s, c, *challenge->bytes);
  if (err == HARK_ERR_PROOF)
    hark_authenticated(c, HARK_ERR_PROOF);
  else if (err)
    hark_respond_cancel(c);
  return err;
}

/* An OK before the end of the exchange comes from somebody who has not seen, or not shown, what the
 * exchange is for.  Where the mechanism proves nothing of the server its certificate has to. */
int hark_sasl_finish(hark_sasl *s, hark_client *c, const hark_event *done) {
  if (done->cond->verdict != HARK_VERDICT_OK || s->opened) return 0;
  bool proved = s->mechanism->ways & PROVES ? s->proved : s->done;
  if (proved) return open_queue(s, c);
  hark__sasl_say(
      s, "the server says that we are signed in, before the mechanism %s has come to its end",
      s->mechanism->name);
  hark_authenticated(c, HARK_ERR_PROOF);
  return HARK_ERR_PROOF;
}

const char *hark_sasl_mechanism(const hark_sasl *s) { return s->mechanism->name; }

const char *hark_sasl_error(const hark_sasl *s) { return *s->error ? s->error : hark_err_text(0); }

const char *hark_sasl_refusal(const char *mechanism) {
  if (!strcasecmp(mechanism, "NTLM"))
    return "NTLM is not used: whoever hears its exchange can find the password, or sign in with it "
           "elsewhere";
  if (!strcasecmp(mechanism, "DIGEST-MD5"))
    return "DIGEST-MD5 is not used: RFC 6331 made it historic, and servers disagree about it; "
           "SCRAM-SHA-256 has taken its place";
  return NULL;
}
