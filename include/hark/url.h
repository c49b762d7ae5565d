/* hark/url.h - IMAP URLs, taken apart and made.  RFC 5092; URLAUTH: RFC 4467.
 * SPDX-License-Identifier: MIT
 *
 *   imap://user;AUTH=*@host:143/mailbox;UIDVALIDITY=7/;UID=20/;SECTION=1.2/;PARTIAL=0.1024
 *     ;EXPIRE=2007-01-02T03:04:05Z;URLAUTH=submit+fred:INTERNAL:91354a473744909de610943775f92038 */
#ifndef HARK_URL_H
#define HARK_URL_H
#include <hark/base.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef enum hark_url_form {
  HARK_URL_ABSOLUTE, /* imap://host... */
  HARK_URL_NETWORK,  /* //host... */
  HARK_URL_PATH,     /* /mailbox..., on the same server: what CATENATE takes */
  HARK_URL_RELATIVE  /* mailbox..., ;UID=..., ;SECTION=..., or nothing: relative to another URL */
} hark_url_form;

typedef enum hark_url_access {
  HARK_URL_NO_ACCESS, /* no URLAUTH */
  HARK_URL_SUBMIT,    /* submit+user: who sends mail for user */
  HARK_URL_USER,      /* user+user */
  HARK_URL_AUTHUSER,  /* any user of the server */
  HARK_URL_ANONYMOUS  /* anybody */
} hark_url_access;

/* Strings are decoded: UTF-8, without control characters; NIL where a part is not there. */
typedef struct hark_url {
  int32_t  form;               /* hark_url_form */
  hark_str user;
  hark_str auth;               /* a SASL mechanism, "*": any */
  hark_str host;               /* an IPv6 address without its brackets */
  uint16_t port;               /* 0: none */
  hark_str mailbox;
  uint32_t uidvalidity, uid;   /* 0: none */
  hark_str search;             /* IMAP text behind "?": a stranger's, to be checked before it is sent */
  hark_str section;
  bool     partial;            /* count bytes from origin on; count 0: to the end */
  uint64_t origin, count;
  hark_str expire;             /* a date and time of RFC 3339 */
  int32_t  access;             /* hark_url_access */
  hark_str access_user;        /* SUBMIT, USER */
  hark_str mechanism, token;   /* both, or neither: then it is what GENURLAUTH takes */
} hark_url;

/* text, of at most 8,000 bytes, into *u, whose strings lie in buffer; strlen(text) bytes are enough for
 * it, fewer are HARK_ERR_ARG, as is all that is no IMAP URL.  0 otherwise. */
HARK_API int hark_url_parse(hark_url *u, const char *text, char *buffer, size_t size);
/* Writes at most size bytes and a NUL, and returns the length that it needed (like snprintf);
 * HARK_ERR_ARG for parts that make no URL, or one of more than 8,000 bytes. */
HARK_API int hark_url_build(char *out, size_t size, const hark_url *u);
#ifdef __cplusplus
}
#endif
#endif
