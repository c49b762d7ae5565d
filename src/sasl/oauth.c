/* sasl/oauth.c - OAUTHBEARER (RFC 7628) and XOAUTH2, which it was made from.
 * SPDX-License-Identifier: MIT
 *
 * A token that is refused is told by a challenge with JSON, answered by a message that says
 * nothing; the NO follows. */
#include "sasl/sasl.h"
#include <stdio.h>
#include <string.h>

/* Text that grows into a secret of the right size. */
typedef struct message {
  hark__secret to;
  size_t at;
} message;

/* Neither name nor token may end what it stands in (%x01, CR, LF). */
static bool is_clean(const char *text) {
  for (; text && *text; text++)
    if ((unsigned char)*text < ' ' || *text == 127) return false;
  return true;
}

static int dirty(hark_sasl *s) {
  if (is_clean(s->user) && is_clean(s->authzid) && is_clean(s->token) && is_clean(s->host))
    return 0;
  hark__sasl_say(s, "the user name or the token has control characters (a line end?)");
  return HARK_ERR_ARG;
}

static void add(message *m, const char *text) {
  size_t n = strlen(text);
  if (m->to.p) memcpy(m->to.p + m->at, text, n);
  m->at += n;
}

/* saslname = 1*(value-safe-char / "=2C" / "=3D")   RFC 5801 section 4 */
static void add_saslname(message *m, const char *name) {
  for (; *name; name++) {
    char one[2] = {*name, 0};
    add(m, *name == ',' ? "=2C" : *name == '=' ? "=3D" : one);
  }
}

/* client-resp = gs2-header kvsep *kvpair kvsep   RFC 7628 section 3.1 */
static void oauthbearer(const hark_sasl *s, message *m) {
  char port[8];
  add(m, "n,a=");
  add_saslname(m, s->authzid ? s->authzid : s->user);
  add(m, ",");
  if (s->host) add(m, "\1host="), add(m, s->host);
  snprintf(port, sizeof port, "%u", s->port);
  if (s->port) add(m, "\1port="), add(m, port);
  add(m, "\1auth=Bearer "), add(m, s->token), add(m, "\1\1");
}

/* "user=" {User} "^Aauth=Bearer " {Access Token} "^A^A" */
static void xoauth2(const hark_sasl *s, message *m) {
  add(m, "user="), add(m, s->authzid ? s->authzid : s->user);
  add(m, "\1auth=Bearer "), add(m, s->token), add(m, "\1\1");
}

/* Written twice: the first time only counts. */
static int write_message(hark_sasl *s, hark__secret *out,
                         void (*text)(const hark_sasl *s, message *m)) {
  message m = {{NULL, 0}, 0};
  int err = dirty(s);
  if (err) return err;
  text(s, &m);
  if (!hark__secret_make(&m.to, m.at)) return HARK_ERR_NOMEM;
  m.at = 0;
  text(s, &m);
  *out = m.to;
  return 0;
}

static int begin_oauthbearer(hark_sasl *s, hark__secret *initial) {
  return s->done = true, write_message(s, initial, oauthbearer);
}

static int begin_xoauth2(hark_sasl *s, hark__secret *initial) {
  return s->done = true, write_message(s, initial, xoauth2);
}

/* --- the error --- */

static hark_str skip_space(hark_str text) {
  while (text.n && strchr(" \t\r\n", *text.p)) text.p++, text.n--;
  return text;
}

/* "name" : "value" or a number, wherever it first stands: for a sentence, no more. */
static hark_str member(hark_str json, const char *name) {
  char key[20];
  int n = snprintf(key, sizeof key, "\"%s\"", name);
  const char *at = json.n ? memmem(json.p, json.n, key, (size_t)n) : NULL;
  if (!at) return (hark_str){NULL, 0};
  at += n;
  hark_str text = skip_space((hark_str){at, json.n - (size_t)(at - json.p)});
  if (!text.n || *text.p != ':') return (hark_str){NULL, 0};
  text = skip_space((hark_str){text.p + 1, text.n - 1});
  bool quoted = text.n && *text.p == '"';
  if (quoted) text.p++, text.n--;
  size_t end = 0;
  while (end < text.n && !strchr(quoted ? "\"\\" : ",} \t\r\n", text.p[end])) end++;
  return (hark_str){text.p, end};
}

static bool is(hark_str text, const char *word) {
  return text.n == strlen(word) && !memcmp(text.p, word, text.n);
}

/* RFC 6750 section 3.1; the numbers are Google's and Microsoft's, who follow HTTP. */
static const char *in_words(hark_str status) {
  if (is(status, "invalid_token") || is(status, "401"))
    return "the server does not take the access token: it has expired, was revoked or is for "
           "something else";
  if (is(status, "insufficient_scope") || is(status, "403"))
    return "the access token does not allow to read mail";
  if (is(status, "invalid_request") || is(status, "400"))
    return "the server does not understand the access token; it may be for another user";
  return "the server refuses the access token";
}

static void say_why(hark_sasl *s, hark_str json) {
  char status[60], scope[100];
  hark_str told = member(json, "status"), needed = member(json, "scope");
  hark__sasl_show(status, sizeof status, told);
  hark__sasl_show(scope, sizeof scope, needed);
  hark__sasl_say(s, "%s (status %s%s%s)", in_words(told), told.n ? status : "not told",
                 needed.n ? "; needed scope: " : "", scope);
}

static int refused(hark_sasl *s, hark_str json, hark__secret *answer, const char *nothing) {
  say_why(s, json);
  s->done = false; /* an OK now would be none */
  if (!hark__secret_make(answer, strlen(nothing))) return HARK_ERR_NOMEM;
  memcpy(answer->p, nothing, answer->n);
  return 0;
}

/* "the client MUST then send either an additional client response consisting of a single %x01"
 * RFC 7628 section 3.2.3 */
static int refused_oauthbearer(hark_sasl *s, hark_str json, hark__secret *answer) {
  return refused(s, json, answer, "\1");
}

static int refused_xoauth2(hark_sasl *s, hark_str json, hark__secret *answer) {
  return refused(s, json, answer, "");
}

const hark__exchange hark__sasl_oauthbearer = {.begin = begin_oauthbearer,
                                               .answer = refused_oauthbearer};
const hark__exchange hark__sasl_xoauth2 = {.begin = begin_xoauth2, .answer = refused_xoauth2};
