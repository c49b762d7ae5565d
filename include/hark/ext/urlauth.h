/* hark/ext/urlauth.h - URLAUTH: URLs that let others read one message.  RFC 4467; BODY, BINARY and
 * BODYPARTSTRUCTURE of URLFETCH: RFC 5524.
 * SPDX-License-Identifier: MIT
 *
 * The grammar of RFC 4467 was taken from summaries and from what others quote of it, not from its
 * text; that of RFC 5524 is its own.  It offers its capability as URLAUTH=BINARY and as
 * URLFETCH=BINARY: either is taken.  What URLFETCH brings is told whole, in one event: a value of more than
 * limits.literal bytes is MALFORMED.  URLs are made and taken apart by hark/url.h. */
#ifndef HARK_EXT_URLAUTH_H
#define HARK_EXT_URLAUTH_H
#include <hark/fetch.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_GENURLAUTH = HARK_EV_EXTENSION + 220, HARK_EV_URLFETCH };
enum { HARK_CODE_URLMECH = 1220 };

#define HARK_URL_BODY      1u /* as it is in the message */
#define HARK_URL_BINARY    2u /* the transfer encoding undone */
#define HARK_URL_STRUCTURE 4u /* BODYPARTSTRUCTURE */

typedef struct hark_url_item { /* url-metadata-el */
  uint32_t what;               /* one HARK_URL_*; 0: one that is not known, see raw */
  hark_str name;               /* as sent */
  hark_str bytes;              /* BODY, BINARY; NIL: it could not be decoded */
  const hark_part *structure;  /* STRUCTURE */
  hark_str raw;                /* the value as sent, where it is not in bytes */
} hark_url_item;

typedef struct hark_url_data {
  hark_str url;
  hark_str bytes;              /* NIL: the URL is not valid, or see v */
  const hark_url_item *v;      /* what came in the place of bytes, in order */
  size_t n;
} hark_url_data;

typedef struct hark_ev_urlfetch { const hark_url_data *v; size_t n; } hark_ev_urlfetch;

typedef struct hark_url_mechanism {
  hark_str name;               /* "INTERNAL" */
  hark_str data;               /* base64, as sent; NIL: none */
} hark_url_mechanism;
typedef struct hark_code_urlmech { const hark_url_mechanism *v; size_t n; } hark_code_urlmech;

/* All live as long as the event.  NULL unless ev is of that type. */
HARK_API const hark_strs *hark_event_genurlauth(const hark_event *ev); /* URLs, as they were asked for */
HARK_API const hark_ev_urlfetch *hark_event_urlfetch(const hark_event *ev);
/* NULL unless cond has the code URLMECH, readable. */
HARK_API const hark_code_urlmech *hark_cond_urlmech(const hark_ev_cond *cond);

/* Takes back all URLs that were made for this mailbox, or (NULL) for all; mechanisms: NULL behind the
 * last, or NULL: all.  The code URLMECH of the answer has those that the server knows. */
HARK_API hark_cmd hark_resetkey(hark_client *c, const char *mailbox, const char *const *mechanisms);
/* pairs: a URL up to its access, a mechanism ("INTERNAL"), ..., NULL; one pair at least. */
HARK_API hark_cmd hark_genurlauth(hark_client *c, const char *const *pairs);
/* The data behind URLs that hark_genurlauth() made.  Whoever has one can read the message, and they are in
 * the log as all that is said: keep it to yourself.  with: bits of HARK_URL_*, not
 * both BODY and BINARY; 0: the plain form, which every server with URLAUTH knows.  Errors stick to
 * the builder and come out of hark_urlfetch_end(). */
HARK_API hark_builder *hark_urlfetch_begin(hark_client *c);
HARK_API void hark_urlfetch_url(hark_builder *b, const char *url, unsigned with);
HARK_API hark_cmd hark_urlfetch_end(hark_builder *b);
#ifdef __cplusplus
}
#endif
#endif
