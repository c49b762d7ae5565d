/* sasl/plain.c - the mechanism PLAIN: one message.  RFC 4616.
 * SPDX-License-Identifier: MIT
 *
 * Not by libgsasl, so that there is no copy of the password but ours. */
#include "sasl/sasl.h"
#include <string.h>

static size_t length(const char *s) { return s ? strlen(s) : 0; }

static char *add(char *to, const char *s) {
  size_t n = length(s);
  if (n) memcpy(to, s, n);
  return to + n;
}

/* message = [authzid] UTF8NUL authcid UTF8NUL passwd */
static int begin(hark_sasl *s, hark__secret *initial) {
  size_t n = length(s->authzid) + length(s->user) + length(s->password) + 2;
  if (!hark__secret_make(initial, n)) return HARK_ERR_NOMEM;
  char *p = add(initial->p, s->authzid);
  *p++ = 0;
  p = add(p, s->user);
  *p++ = 0;
  add(p, s->password);
  s->done = true;
  return 0;
}

const hark__exchange hark__sasl_plain = {.begin = begin};
