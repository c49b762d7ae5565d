/* hark/sasl.h - authentication mechanisms.  RFC 4422.  Library: hark-net.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_SASL_H
#define HARK_SASL_H
#include <hark/client.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct hark_sasl hark_sasl;

/* What is not there is NULL or 0. */
typedef struct hark_credentials {
  size_t            size;               /* sizeof(hark_credentials) */
  const char       *user, *authzid, *password;
  const char       *token;              /* OAuth 2.0 access token: OAUTHBEARER, XOAUTH2 */
  const char       *host;               /* that was dialled; said by OAUTHBEARER */
  uint16_t          port;
  const hark_layer *tls;                /* hark_tls_layer() that is up: SCRAM-...-PLUS; only looked at now */
} hark_credentials;

/* The strongest mechanism that both sides have ("AUTH=" capabilities of c) and the credentials
 * suffice for, or the one named: SCRAM-SHA-256 and SCRAM-SHA-1, both with -PLUS, OAUTHBEARER,
 * XOAUTH2, EXTERNAL (chosen without password and token), PLAIN, LOGIN; only if named CRAM-MD5, ANONYMOUS.
 * HARK_ERR_STATE before HARK_EV_CAPABILITY; HARK_ERR_CAP: not offered, or not known here;
 * HARK_ERR_ARG: the credentials lack something.  Copies them; hark_sasl_free() wipes the copies. */
HARK_API int  hark_sasl_new(hark_sasl **out, const hark_client *c, const char *mechanism,
                            const hark_credentials *credentials);
HARK_API void hark_sasl_free(hark_sasl *s);
HARK_API const char *hark_sasl_mechanism(const hark_sasl *s); /* "PLAIN" */
/* Starts AUTHENTICATE, or answers a HARK_EV_CHALLENGE.  After a NO it may be started again. */
HARK_API hark_cmd hark_sasl_start(hark_sasl *s, hark_client *c);
/* HARK_ERR_SASL: cancelled, and the server's NO follows; HARK_ERR_PROOF: the connection ended. */
HARK_API int      hark_sasl_step(hark_sasl *s, hark_client *c, const hark_event *challenge);
/* On the HARK_EV_DONE: checks the server's proof and calls hark_authenticated(), so
 * that nothing that was queued leaves before the server has proved itself. */
HARK_API int      hark_sasl_finish(hark_sasl *s, hark_client *c, const hark_event *done);
/* In words, with what the server said (OAuth) made harmless; valid until the next call with s. */
HARK_API const char *hark_sasl_error(const hark_sasl *s);
/* Why hark never does this mechanism (NTLM, DIGEST-MD5); NULL for others. */
HARK_API const char *hark_sasl_refusal(const char *mechanism);

#ifdef __cplusplus
}
#endif
#endif
