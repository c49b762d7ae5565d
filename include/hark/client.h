/* hark/client.h - one IMAP connection, without the connection.
 * SPDX-License-Identifier: MIT
 *
 * A client has three ports and does no I/O of its own:
 *
 *              hark_recv_buf/ack           hark_next
 *   server ==========================> [client] ---------> events
 *          <==========================          <--------- commands
 *              hark_send_buf/ack           hark_login, hark_fetch, ...
 *
 * Lifetime, the only rule: an event and every byte it points to live until the
 * next hark_next(), hark_recv_buf(), hark_feed() or hark_free() on the same
 * client.  Commands copy what they are given.
 *
 * Threads: a client may be used by one thread at a time; two clients share
 * nothing.
 */
#ifndef HARK_CLIENT_H
#define HARK_CLIENT_H

#include <hark/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hark_client hark_client;
typedef struct hark_event  hark_event;
typedef struct hark_layer  hark_layer;

/* Identifies a command from the call that queued it to its HARK_EV_DONE.
 * Positive; a negative value is a hark_err and nothing was queued.  Every hark_cmd
 * gets exactly one HARK_EV_DONE, whatever happens to the connection. */
typedef int32_t hark_cmd;

/* config may be NULL and is not kept.  Returns NULL when out of memory. */
HARK_API hark_client *hark_new(const hark_config *config);
HARK_API void         hark_free(hark_client *c);

/* Bytes from the server.  hark_recv_buf() returns where the next bytes belong
 * and sets *len to how many fit, NULL and 0 when the client wants none before
 * hark_next() has been drained.  The place stays put until hark_recv_ack(), which
 * says how many were written there; 0, hark_recv_eof() and hark_fail() give the place
 * back.  hark_wants() says HARK_WANT_RECV exactly when there is such a place.  An idle client holds
 * no window and offers a small place inside itself. */
HARK_API void *hark_recv_buf(hark_client *c, size_t *len);
HARK_API int   hark_recv_ack(hark_client *c, size_t n);
HARK_API int   hark_recv_eof(hark_client *c);

/* The same with a copy: returns how many of the n bytes were taken. */
HARK_API size_t hark_feed(hark_client *c, const void *bytes, size_t n);

/* Bytes for the server.  They stay put until hark_send_ack() or hark_free(),
 * whatever is queued meanwhile, so an asynchronous write may hold them. */
HARK_API const void *hark_send_buf(hark_client *c, size_t *len);
HARK_API void        hark_send_ack(hark_client *c, size_t n);

/* The next thing that happened, or NULL: then look at hark_wants(). */
HARK_API const hark_event *hark_next(hark_client *c);

/* What must happen for hark_next() to return something again. */
#define HARK_WANT_RECV    0x01u /* bytes from the server */
#define HARK_WANT_SEND    0x02u /* hark_send_buf() is not empty */
#define HARK_WANT_DATA    0x04u /* hark_send_data(): a literal awaits its bytes */
#define HARK_WANT_RESPOND 0x08u /* hark_respond(): the server awaits SASL data */
#define HARK_WANT_LAYER   0x10u /* hark_push_layer(): STARTTLS or COMPRESS was accepted */
#define HARK_WANT_AUTHENTICATED 0x40u /* hark_authenticated(): the server said OK */
#define HARK_CLOSED       0x20u /* nothing more will happen; exclusive */
HARK_API unsigned hark_wants(const hark_client *c);

HARK_API int         hark_error(const hark_client *c);      /* 0, or the sticky fatal error */
HARK_API const char *hark_error_text(const hark_client *c); /* with the detail; owned by c */

typedef enum hark_phase {
  HARK_PHASE_GREETING, HARK_PHASE_NOT_AUTHENTICATED, HARK_PHASE_AUTHENTICATED,
  HARK_PHASE_SELECTED, HARK_PHASE_LOGOUT
} hark_phase;
HARK_API hark_phase hark_get_phase(const hark_client *c);
HARK_API bool       hark_capabilities_known(const hark_client *c); /* else hark_has() is false */
HARK_API bool       hark_has(const hark_client *c, const char *capability);
HARK_API bool       hark_enabled(const hark_client *c, const char *capability); /* by ENABLE */
HARK_API const char *hark_selected(const hark_client *c); /* UTF-8; NULL: none; changes with HARK_EV_PHASE */
/* Bytes of awaited answers, of handshakes and of uploads taken so far: when this stands
 * still too long the connection is dead, whatever other untagged lines come. */
HARK_API uint64_t   hark_heard(const hark_client *c);
HARK_API uint32_t   hark_inflight(const hark_client *c); /* commands not yet DONE */

/* Takes back a command that has not begun to be sent: its DONE says UNSENT. */
HARK_API int hark_cancel(hark_client *c, hark_cmd cmd);

/* Never 0, and another number whenever a mailbox is opened or left: UIDs and message numbers mean
 * something only while it stays. */
HARK_API uint64_t hark_selection(const hark_client *c);
/* cmd, if it has not yet begun to be sent, does so only in that selection: else UNSENT (HARK_ERR_STATE),
 * whatever was queued in front of it.  HARK_ERR_STATE: it has begun. */
HARK_API int hark_only_in(hark_client *c, hark_cmd cmd, uint64_t selection);

/* Gives the allocator, log and flags that c was made with, for what is to live beside it; limits
 * belong to c.  Fill config by hark_config_init() before. */
HARK_API void hark_get_config(const hark_client *c, hark_config *config);

/* What an earlier, verified connection to this server offered, so that commands can
 * leave before it says so again.  Forgotten when the server speaks for itself. */
HARK_API int hark_assume_capabilities(hark_client *c, const char *names);

/* Ends the connection for a reason found outside: a network error, a server that did
 * not prove itself.  err must be fatal; detail is copied. */
HARK_API void hark_fail(hark_client *c, int err, const char *detail);

/* Slides a layer (TLS, DEFLATE) between the client and the layers already there (the
 * wire, at first); nothing is sent from HARK_EV_LAYER, which precedes the command's
 * DONE, until it is pushed.  Feeding any byte while TLS is awaited is HARK_ERR_INJECT,
 * as are bytes that came with the OK.  Takes
 * ownership even on failure; a NULL layer is HARK_ERR_NOMEM.  Allowed before the
 * first byte, and when hark_wants() says HARK_WANT_LAYER (until then hark_recv_buf()
 * gives NULL). */
HARK_API int hark_push_layer(hark_client *c, hark_layer *layer);

#ifdef __cplusplus
}
#endif
#endif
