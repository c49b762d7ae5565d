/* hark/sasl.h - authentication mechanisms.  RFC 4422.  Library: hark-net.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_SASL_H
#define HARK_SASL_H
#include <hark/client.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct hark_sasl hark_sasl;

typedef struct hark_credentials {
  size_t      size;               /* sizeof(hark_credentials) */
  const char *user, *authzid, *password;
} hark_credentials;

/* The best mechanism both sides can do ("AUTH=" capabilities of c), or the one named.
 * HARK_ERR_STATE before HARK_EV_CAPABILITY.  Copies credentials; hark_sasl_free() wipes them. */
HARK_API int  hark_sasl_new(hark_sasl **out, const hark_client *c, const char *mechanism,
                            const hark_credentials *credentials);
HARK_API void hark_sasl_free(hark_sasl *s);
/* Starts AUTHENTICATE, or answers a HARK_EV_CHALLENGE. */
HARK_API hark_cmd hark_sasl_start(hark_sasl *s, hark_client *c);
HARK_API int      hark_sasl_step(hark_sasl *s, hark_client *c, const hark_event *challenge);
/* On the HARK_EV_DONE: checks the server's proof and calls hark_authenticated(), so
 * that nothing that was queued leaves before the server has proved itself. */
HARK_API int      hark_sasl_finish(hark_sasl *s, hark_client *c, const hark_event *done);
HARK_API const char *hark_sasl_error(const hark_sasl *s); /* in words */

#ifdef __cplusplus
}
#endif
#endif
