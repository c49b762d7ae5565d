/* sasl/sasl.c - chooses a mechanism and carries out its exchange.  RFC 4422; PLAIN: RFC 4616.
 * SPDX-License-Identifier: MIT */
#include <hark/command.h>
#include <hark/event.h>
#include <hark/sasl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CREDENTIALS_MAX = 65536 };

struct hark_sasl {
  char *message; /* authzid NUL authcid NUL passwd */
  size_t n;
  const char *error;
};

static size_t length(const char *s) { return s ? strlen(s) : 0; }

static char *add(char *to, const char *s) {
  size_t n = length(s);
  if (n) memcpy(to, s, n);
  return to + n;
}

/* message = [authzid] UTF8NUL authcid UTF8NUL passwd */
static int plain(hark_sasl *s, const hark_credentials *of) {
  size_t authzid = length(of->authzid), user = length(of->user), password = length(of->password);
  if (!user || authzid > CREDENTIALS_MAX || user > CREDENTIALS_MAX || password > CREDENTIALS_MAX)
    return HARK_ERR_ARG;
  s->n = authzid + user + password + 2;
  s->message = malloc(s->n);
  if (!s->message) return HARK_ERR_NOMEM;
  char *p = add(s->message, of->authzid);
  *p++ = 0;
  p = add(p, of->user);
  *p++ = 0;
  add(p, of->password);
  return 0;
}

int hark_sasl_new(hark_sasl **out, const hark_client *c, const char *mechanism,
                  const hark_credentials *credentials) {
  *out = NULL;
  if (!hark_capabilities_known(c)) return HARK_ERR_STATE;
  if (mechanism && strcasecmp(mechanism, "PLAIN")) return HARK_ERR_CAP;
  if (!hark_has(c, "AUTH=PLAIN")) return HARK_ERR_CAP;
  hark_sasl *s = calloc(1, sizeof *s);
  if (!s) return HARK_ERR_NOMEM;
  int err = plain(s, credentials);
  if (err)
    hark_sasl_free(s);
  else
    *out = s;
  return err;
}

void hark_sasl_free(hark_sasl *s) {
  if (!s) return;
  if (s->message) explicit_bzero(s->message, s->n);
  free(s->message);
  free(s);
}

hark_cmd hark_sasl_start(hark_sasl *s, hark_client *c) {
  hark_str initial = {s->message, s->n};
  return hark_authenticate(c, "PLAIN", &initial);
}

/* PLAIN has one message and it has been sent: whatever is asked now is too much. */
int hark_sasl_step(hark_sasl *s, hark_client *c, const hark_event *challenge) {
  (void)challenge;
  s->error = "the server asks for more than the mechanism PLAIN has to say";
  int err = hark_respond_cancel(c);
  return err ? err : HARK_ERR_SASL;
}

/* PLAIN proves nothing of the server: its certificate has to. */
int hark_sasl_finish(hark_sasl *s, hark_client *c, const hark_event *done) {
  (void)s;
  return done->cond->verdict == HARK_VERDICT_OK ? hark_authenticated(c, 0) : 0;
}

const char *hark_sasl_error(const hark_sasl *s) { return s->error ? s->error : hark_err_text(0); }
