/* sasl/gsasl.c - the mechanisms that libgsasl has.  SCRAM: RFC 5802, RFC 7677; CRAM-MD5: RFC 2195.
 * SPDX-License-Identifier: MIT
 *
 * libgsasl wipes nothing.  What it was given of ours, and the keys that it tells, are wiped here
 * before it frees them; what it made on the way is not: the prepared password (SASLprep), the
 * states of its hashes and the pieces of messages, in memory that it has freed and on its stack.
 *
 * Without -PLUS it sends the flag "n", never "y": given a binding it fails (2.2).  That somebody
 * took the -PLUS out of a server's list is therefore for the TLS below, and whoever remembers, to
 * notice. */
#include "sasl/sasl.h"
#include <gsasl.h>
#include <stdlib.h>
#include <string.h>

enum { ITERATIONS_LEAST = 4096, ITERATIONS_MOST = 1000000 };

/* A few would give the password away to who stands in between, many keep us busy for hours. */
static bool iterations_will_do(hark_sasl *s, Gsasl_session *session) {
  const char *text = gsasl_property_fast(session, GSASL_SCRAM_ITER);
  unsigned long n = text ? strtoul(text, NULL, 10) : 0;
  if (n >= ITERATIONS_LEAST && n <= ITERATIONS_MOST) return true;
  hark__sasl_say(s, "the server wants the password hashed %s times; only %d to %d are taken",
                 text ? text : "0", ITERATIONS_LEAST, ITERATIONS_MOST);
  return false;
}

static int set(Gsasl_session *session, Gsasl_property property, const char *value, int without) {
  return value ? gsasl_property_set(session, property, value) : without;
}

static const char *binding(const hark_sasl *s, const char *type) {
  bool wanted = s->mechanism->needs & NEEDS_BINDING;
  return wanted && !strcmp(s->binding_type, type) ? s->binding : NULL;
}

/* The server's salt and iteration count are known when libgsasl asks for the salted password. */
static int give(Gsasl *gsasl, Gsasl_session *session, Gsasl_property property) {
  hark_sasl *s = gsasl_session_hook_get(session);
  (void)gsasl;
  switch (property) {
  case GSASL_AUTHID: return set(session, property, s->user, GSASL_NO_AUTHID);
  case GSASL_AUTHZID: return set(session, property, s->authzid, GSASL_NO_AUTHZID);
  case GSASL_ANONYMOUS_TOKEN: return set(session, property, s->user ? s->user : "", GSASL_OK);
  case GSASL_SCRAM_SALTED_PASSWORD: iterations_will_do(s, session); return GSASL_NO_CALLBACK;
  case GSASL_PASSWORD:
    return *s->error ? GSASL_NO_PASSWORD : set(session, property, s->password, GSASL_NO_PASSWORD);
  case GSASL_CB_TLS_EXPORTER:
    return set(session, property, binding(s, "tls-exporter"), GSASL_NO_CB_TLS_EXPORTER);
  case GSASL_CB_TLS_UNIQUE:
    return set(session, property, binding(s, "tls-unique"), GSASL_NO_CB_TLS_UNIQUE);
  default: return GSASL_NO_CALLBACK;
  }
}

static int nothing_but(int err) {
  return err == GSASL_MALLOC_ERROR ? HARK_ERR_NOMEM : HARK_ERR_SASL;
}

static bool server_says_why(hark_sasl *s, hark_str challenge) {
  char why[100];
  if (!(s->mechanism->ways & PROVES) || challenge.n < 2 || memcmp(challenge.p, "e=", 2))
    return false;
  hark__sasl_show(why, sizeof why, (hark_str){challenge.p + 2, challenge.n - 2});
  hark__sasl_say(s, "the server ends the sign-in: %s", why);
  return true;
}

/* Its last message, the second, is its proof. */
static int failed(hark_sasl *s, int err, hark_str challenge) {
  if (*s->error || server_says_why(s, challenge)) return HARK_ERR_SASL;
  if (err == GSASL_MALLOC_ERROR) return HARK_ERR_NOMEM;
  if ((s->mechanism->ways & PROVES) && s->answers == 1) {
    hark__sasl_say(s, "the server has not proved that it knows the password");
    return HARK_ERR_PROOF;
  }
  hark__sasl_say(s, "what the server says is not as the mechanism %s has it", s->mechanism->name);
  return HARK_ERR_SASL;
}

/* gsasl_free() would leave it there: it is ours to wipe. */
static int take(hark_sasl *s, hark_str challenge, hark__secret *answer) {
  int err = gsasl_step(s->session, challenge.p, challenge.n, &answer->p, &answer->n);
  if (err != GSASL_OK && err != GSASL_NEEDS_MORE) return failed(s, err, challenge);
  if (answer->n && !answer->p) return HARK_ERR_NOMEM; /* as LOGIN has it in 2.2 */
  s->done = err == GSASL_OK;
  s->proved = s->done && (s->mechanism->ways & PROVES);
  return 0;
}

static void wipe(Gsasl_session *session, Gsasl_property property) {
  union {
    const char *told;
    char *kept;
  } value = {gsasl_property_fast(session, property)};
  if (value.told) explicit_bzero(value.kept, strlen(value.told));
}

static void end(hark_sasl *s) {
  static const Gsasl_property secrets[] = {GSASL_PASSWORD,        GSASL_SCRAM_SALTED_PASSWORD,
                                           GSASL_SCRAM_SERVERKEY, GSASL_SCRAM_STOREDKEY,
                                           GSASL_CB_TLS_EXPORTER, GSASL_CB_TLS_UNIQUE};
  if (s->session) {
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) wipe(s->session, secrets[i]);
    gsasl_finish(s->session);
  }
  if (s->gsasl) gsasl_done(s->gsasl);
  s->session = s->gsasl = NULL;
}

/* With the flag of libgsasl's mechanisms, which in 2.2 means the opposite of its name: letters that
 * Unicode 3.2 did not have (emoji) are refused. */
static bool can_prepare(const char *text) {
  char *out = NULL;
  int err = gsasl_saslprep(text ? text : "", GSASL_ALLOW_UNASSIGNED, &out, NULL);
  if (out) explicit_bzero(out, strlen(out));
  gsasl_free(out);
  return err != GSASL_SASLPREP_ERROR;
}

bool hark__sasl_can_prepare(const hark_sasl *s) {
  return can_prepare(s->user) && can_prepare(s->password);
}

/* Asked before anything is sent; libgsasl would find out later, and lose the server's salt. */
static int unprepared(hark_sasl *s) {
  if (!(s->mechanism->needs & NEEDS_PREPARED) || hark__sasl_can_prepare(s)) return 0;
  hark__sasl_say(s,
                 "the user name or the password has characters that %s cannot carry: control "
                 "characters, letters newer than Unicode 3.2, or what is not UTF-8 (RFC 4013)",
                 s->mechanism->name);
  return HARK_ERR_SASL;
}

static int begin(hark_sasl *s, hark__secret *initial) {
  Gsasl *gsasl = NULL;
  Gsasl_session *session = NULL;
  int err = unprepared(s);
  if (err) return err;
  err = gsasl_init(&gsasl);
  if (err != GSASL_OK) return nothing_but(err);
  s->gsasl = gsasl;
  gsasl_callback_set(gsasl, give);
  err = gsasl_client_start(gsasl, s->mechanism->name, &session);
  if (err != GSASL_OK) return failed(s, err, (hark_str){NULL, 0});
  s->session = session;
  gsasl_session_hook_set(session, s);
  return s->mechanism->ways & SERVER_FIRST ? 0 : take(s, (hark_str){NULL, 0}, initial);
}

const hark__exchange hark__sasl_gsasl = {.begin = begin, .answer = take, .end = end};

char *hark__sasl_base64(const uint8_t *p, size_t n) {
  char *out = NULL;
  return gsasl_base64_to((const char *)p, n, &out, NULL) == GSASL_OK ? out : NULL;
}
