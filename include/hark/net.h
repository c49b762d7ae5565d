/* hark/net.h - sockets, TLS and compression.  Library: hark-net.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_NET_H
#define HARK_NET_H
#include <hark/client.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Connects with happy eyeballs (RFC 8305), DNS and SRV (RFC 6186, RFC 8314) by c-ares,
 * without blocking: watch the descriptors of hark_dialer_fds(), call hark_dialer_step()
 * when one is ready or the deadline has come, until it returns 1 (connected) or a
 * negative hark_err (HARK_ERR_HOST, HARK_ERR_NET) with its sentence in
 * hark_dialer_error().  A descriptor that hark_dialer_fds() gave stays open until the
 * step after a call that left it out; deadline UINT64_MAX: none; now_ms: any monotonic clock. */
typedef struct hark_dialer hark_dialer;
typedef struct hark_dialer_fd { int fd; bool read, write; } hark_dialer_fd;
HARK_API hark_dialer *hark_dialer_new(const char *host, const char *service, uint64_t now_ms);
HARK_API void         hark_dialer_free(hark_dialer *d);
HARK_API size_t       hark_dialer_fds(const hark_dialer *d, hark_dialer_fd *v, size_t cap);
HARK_API uint64_t     hark_dialer_deadline(const hark_dialer *d);
HARK_API int          hark_dialer_step(hark_dialer *d, uint64_t now_ms);
HARK_API int          hark_dialer_take(hark_dialer *d); /* the non-blocking socket; the caller's now */
HARK_API const char  *hark_dialer_error(const hark_dialer *d);
HARK_API const char  *hark_dialer_host(const hark_dialer *d); /* after SRV: the name for TLS */
HARK_API uint16_t     hark_dialer_port(const hark_dialer *d);
/* A loop around it, for programs that may wait: a non-blocking descriptor, or a negative
 * hark_err whose sentence is put into why (NULL: not wanted). */
HARK_API int hark_dial(const char *host, const char *service, int timeout_ms, char *why, size_t cap);

/* Moves what can be moved between c and fd without blocking; 0 or negative. */
HARK_API int hark_pump(hark_client *c, int fd);
/* For programs without a pull (that drains the client's events itself: use hark_pump()).
 * The next event; where there is none yet, hark_pump(), waiting up to timeout_ms (-1: for ever). */
HARK_API const hark_event *hark_wait(hark_client *c, int fd, int timeout_ms);

/* Shared settings; wraps an SSL_CTX.  Keep it for the next connection: it remembers, in memory and
 * for a day, the sessions of TLS 1.3 of each host, and a resumed one needs no certificate. */
typedef struct hark_tls hark_tls;
typedef struct hark_tls_config { /* all optional */
  size_t      size;               /* sizeof(hark_tls_config) */
  const char *ca_file;            /* NULL: the system's */
  const char *pins;               /* "sha256:...,sha256:...": any of them instead of chain and name */
  const char *server_name;        /* to check, where it is not the host that was dialled */
  const char *cert_file, *key_file; /* the client's own, PEM; key NULL: in cert_file as well */
} hark_tls_config;
HARK_API hark_tls   *hark_tls_new(const hark_tls_config *config); /* NULL: all defaults */
HARK_API void        hark_tls_free(hark_tls *t);
/* NULL: the settings can be used; else the sentence that says which of them is wrong (an
 * unreadable file, a malformed pin), with which every layer of t fails as HARK_ERR_CERT. */
HARK_API const char *hark_tls_error(const hark_tls *t);
HARK_API hark_layer *hark_tls_layer(hark_tls *t, const char *host);
typedef struct hark_tls_info { /* valid until the client that owns the layer is freed */
  size_t      size;
  const char *version, *cipher; /* "TLSv1.3", "TLS_AES_256_GCM_SHA384" */
} hark_tls_info;
HARK_API int         hark_tls_info_get(const hark_layer *tls, hark_tls_info *info);
/* What only the two ends of this connection know, for SCRAM-...-PLUS: "tls-exporter" of TLS 1.3 (RFC 9266),
 * "tls-unique" of TLS 1.2 (RFC 5929).  HARK_ERR_STATE before the handshake is over, HARK_ERR_CAP where what
 * there is can be had for two connections at once (TLS 1.2 without RFC 7627). */
typedef struct hark_tls_binding {
  size_t      size;
  const char *type;
  size_t      n;
  uint8_t     bytes[64];
} hark_tls_binding;
HARK_API int         hark_tls_binding_get(const hark_layer *tls, hark_tls_binding *binding);

/* Raw DEFLATE, for HARK_EV_LAYER behind hark_compress() (RFC 4978); hark_push_layer() takes it, and frees it
 * with the client.  NULL: out of memory.  What cannot be read is HARK_ERR_LAYER, for good; the end of the
 * server's stream is the end of the connection.  What leaves together has one flush.  A small input may stand for
 * 1032 times as much, and is read in pieces, as the client's window has room; all of hark_limits count what
 * came out.  Its memory is 300 KiB. */
HARK_API hark_layer *hark_deflate_layer(void);
#ifdef __cplusplus
}
#endif
#endif
