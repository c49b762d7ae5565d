/* hark/base.h - the few types every other hark header uses.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_H
#define HARK_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && defined(HARK_SHARED)
#  ifdef HARK_BUILDING
#    define HARK_API __declspec(dllexport)
#  else
#    define HARK_API __declspec(dllimport)
#  endif
#elif defined(__GNUC__)
#  define HARK_API __attribute__((visibility("default")))
#else
#  define HARK_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A run of bytes, not NUL-terminated.  p == NULL is IMAP's NIL; n == 0 with
 * p != NULL is the empty string "".  Who owns the bytes is said where a
 * hark_str is handed over. */
typedef struct hark_str {
  const char *p;
  size_t      n;
} hark_str;

typedef struct hark_strs { const hark_str *v; size_t n; } hark_strs;

/* Every error hark can return: name, value, fatal?, text.  After a fatal error the
 * outstanding commands still get their HARK_EV_DONE (verdict LOST or UNSENT); then
 * the client only accepts hark_error(), hark_error_text() and hark_free().
 * A server's NO or BAD is an answer, not an error: see HARK_EV_DONE. */
#define HARK_ERRORS(X)                                                         \
  X(HARK_OK,           0, 0, "no error")                                       \
  X(HARK_ERR_NOMEM,   -1, 1, "out of memory")                                  \
  X(HARK_ERR_ARG,     -2, 0, "argument cannot be sent in IMAP")                \
  X(HARK_ERR_STATE,   -3, 0, "not allowed in the current state")               \
  X(HARK_ERR_CAP,     -4, 0, "server did not offer this capability")           \
  X(HARK_ERR_BUSY,    -5, 0, "too much queued; send or finish something first")\
  X(HARK_ERR_LIMIT,   -6, 1, "server exceeded a limit before sign-in")         \
  X(HARK_ERR_FRAME,   -7, 1, "server bytes are not IMAP")                      \
  X(HARK_ERR_EOF,     -8, 1, "connection closed before the server said BYE")    \
  X(HARK_ERR_INJECT,  -9, 1, "answer to STARTTLS was tampered with")           \
  X(HARK_ERR_LAYER,  -10, 1, "TLS or compression failed")                      \
  X(HARK_ERR_SASL,   -11, 0, "authentication exchange failed on our side")     \
  X(HARK_ERR_PROOF,  -12, 1, "server accepted us but did not prove itself")    \
  X(HARK_ERR_NET,    -13, 1, "network failure")                                \
  X(HARK_ERR_STORE,  -14, 0, "this message could not be stored")               \
  X(HARK_ERR_PLAIN,  -15, 1, "server will not encrypt this connection")        \
  X(HARK_ERR_DISK,   -16, 0, "disk full or unusable")                          \
  X(HARK_ERR_CERT,   -17, 1, "server's certificate was refused")               \
  X(HARK_ERR_HOST,   -18, 1, "host not found")

typedef enum hark_err {
#define X(name, value, fatal, text) name = value,
  HARK_ERRORS(X)
#undef X
} hark_err;

HARK_API const char *hark_err_name(int err); /* "HARK_ERR_LIMIT"; never NULL */
HARK_API const char *hark_err_text(int err); /* the sentence above; never NULL */

/* Memory.  One function, as Lua's: new_size == 0 frees, ptr == NULL allocates,
 * otherwise resize.  Must return NULL only when it fails to grow. */
typedef void *(*hark_alloc_fn)(void *ud, void *ptr, size_t old_size, size_t new_size);

/* Log.  Lines arrive already redacted: passwords, SASL data and message bodies
 * never reach this function.  A line has at most 1,024 bytes, "..." where it was cut, and
 * spaces for CR and LF in it; all else is as the server sent it: escape it before it is shown. */
typedef enum hark_log_kind { HARK_LOG_IN, HARK_LOG_OUT, HARK_LOG_NOTE } hark_log_kind;
typedef void (*hark_log_fn)(void *ud, int kind, const char *line, size_t n);

/* What a hostile server may make us do.  Every field is a hard upper bound; 0
 * means the default in brackets.  A response or item over its bound after sign-in
 * is skipped by the framer and told as HARK_EV_MALFORMED; before, it is fatal. */
typedef struct hark_limits {
  size_t   size;     /* sizeof(hark_limits) */
  uint32_t window;   /* bytes of receive buffer while data flows [16 KiB]; none while idle */
  uint32_t line;     /* bytes of a line before sign-in [8 KiB] */
  uint32_t response; /* bytes of one response or FETCH item held at once [1 MiB]; 32 at least */
  uint32_t literal;  /* bytes of one literal inside it [256 KiB] */
  uint32_t items;    /* elements of one list [65536]; not where an answer comes in pieces */
  uint32_t depth;    /* lists in lists, as BODYSTRUCTURE has them [64]; 1000 at most */
  uint32_t inflight; /* commands awaiting their answer [16]; more wait in the queue */
  uint32_t output;   /* bytes queued for sending [1 MiB]; beyond: HARK_ERR_BUSY */
  uint64_t body;     /* bytes of one streamed literal [no limit] */
} hark_limits;

typedef struct hark_config {
  size_t        size; /* sizeof(hark_config), set by hark_config_init() */
  hark_alloc_fn alloc;
  void         *alloc_ud;
  hark_log_fn   log;
  void         *log_ud;
  uint32_t      flags;       /* HARK_STRICT, ... */
  const hark_limits *limits; /* NULL: the defaults; copied */
} hark_config;

#define HARK_STRICT  1u /* refuse what lenient parsing would forgive */
#define HARK_OBSERVE 2u /* read one side of a conversation: any phase, any tag, "+" is
                         * HARK_EV_CONTINUE, no layers, no PHASE, limits as after sign-in,
                         * nothing is ever sent (hark decode); a line that begins with 0x16 0x03
                         * is HARK_ERR_FRAME, "TLS begins here" */
#define HARK_REQUIRE_TLS 4u /* until a TLS layer is ready only CAPABILITY, STARTTLS and LOGOUT
                             * leave, untagged data is dropped, server texts are withheld, and
                             * PREAUTH is HARK_ERR_PLAIN */

HARK_API void hark_config_init_sized(hark_config *config, size_t size);
#define hark_config_init(config) hark_config_init_sized((config), sizeof(hark_config))

HARK_API const char *hark_version(void); /* "1.4.2" */

#ifdef __cplusplus
}
#endif
#endif
