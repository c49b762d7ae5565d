/* sasl/sasl.h - what the files of an exchange share.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_SASL_SASL_H
#define HARK_SASL_SASL_H
#include <hark/sasl.h>

#define HARK_SASL_MOST 65536u /* bytes of each credential */

typedef struct hark__secret { /* wiped by hark__secret_free() */
  char *p;
  size_t n;
} hark__secret;

/* How one mechanism, or a family of them, talks: 0, or a negative hark_err whose sentence was given
 * to hark__sasl_say().  Who has said everything sets done, who has seen the server's proof proved. */
typedef struct hark__exchange {
  int (*begin)(hark_sasl *s, hark__secret *initial); /* initial: unless the server is first */
  int (*answer)(hark_sasl *s, hark_str challenge, hark__secret *answer);
  void (*end)(hark_sasl *s); /* NULL: nothing is kept */
} hark__exchange;

typedef struct hark__mechanism {
  const char *name;
  unsigned needs; /* of the credentials */
  unsigned ways;
  const hark__exchange *exchange;
} hark__mechanism;

enum { NEEDS_USER = 1, NEEDS_PASSWORD = 2, NEEDS_TOKEN = 4, NEEDS_BINDING = 8, NEEDS_PREPARED = 16 };
enum {
  SERVER_FIRST = 1, /* there is no initial answer */
  PROVES = 2,       /* the server, too */
  WHEN_NAMED = 4,   /* never chosen */
  WITHOUT = 8,      /* chosen where there is neither password nor token */
  TELLS_WHY = 16    /* one challenge may follow, which says why not */
};

struct hark_sasl {
  const hark__mechanism *mechanism;
  char *user, *authzid, *password, *token, *host; /* NULL: not there */
  uint16_t port;
  const char *binding_type; /* NULL: none */
  char *binding;            /* base64 */
  void *gsasl, *session;    /* of gsasl.c */
  unsigned answers;         /* since the start */
  bool done, proved, opened;
  char error[300];
};

void hark__sasl_say(hark_sasl *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Room for n bytes; false: out of memory. */
bool hark__secret_make(hark__secret *secret, size_t n);
void hark__secret_free(hark__secret *secret);

extern const hark__exchange hark__sasl_plain, hark__sasl_gsasl, hark__sasl_oauthbearer,
    hark__sasl_xoauth2;
/* Whether SASLprep (RFC 4013) knows what to do with both user and password. */
bool hark__sasl_can_prepare(const hark_sasl *s);
/* Base64 for libgsasl, or NULL: out of memory. */
char *hark__sasl_base64(const uint8_t *p, size_t n);
/* Text of the server's for a sentence: printable ASCII alone, cut. */
void hark__sasl_show(char *out, size_t cap, hark_str text);
#endif
