/* hark/ext/append.h - APPEND: messages for the server.  RFC 9051 section 6.3.12; several at once:
 * RFC 3502; BINARY: RFC 3516; UTF8: RFC 6855; APPENDLIMIT: RFC 7889 (hark_has(), STATUS).
 * SPDX-License-Identifier: MIT
 *
 * The message itself is never held: its size is announced, HARK_EV_SEND_DATA says when it is
 * wanted, and hark_send_data() takes it piece by piece.  The new UID is in the DONE
 * (hark_cond_uids()) where the server has UIDPLUS. */
#ifndef HARK_EXT_APPEND_H
#define HARK_EXT_APPEND_H
#include <hark/command.h>
#ifdef __cplusplus
extern "C" {
#endif
#define HARK_UTF8 4u         /* its header is in UTF-8: UTF8=ACCEPT must be enabled */
typedef struct hark_message {
  size_t      size;          /* sizeof(hark_message) */
  unsigned    flags;         /* HARK_BINARY, HARK_UTF8 */
  const char *keywords;      /* "\\Seen $Forwarded"; NULL: none */
  int64_t     date;          /* INTERNALDATE, seconds since 1970 UTC; INT64_MIN: the server's clock */
  int16_t     zone_minutes;  /* in which it is written */
  uint64_t    octets;        /* of the message, each line ended by CR LF */
} hark_message;

/* One message.  HARK_ERR_ARG: flags, date or size cannot be sent. */
HARK_API hark_cmd hark_append(hark_client *c, const char *mailbox, const hark_message *m);

/* Several, which are taken all or none: begin, message by message, end.  More than one needs
 * MULTIAPPEND: else the DONE says UNSENT (HARK_ERR_CAP).  Their bytes are wanted one by one, in
 * this order. */
HARK_API hark_builder *hark_append_begin(hark_client *c, const char *mailbox);
HARK_API void hark_append_message(hark_builder *b, const hark_message *m);
HARK_API hark_cmd hark_append_end(hark_builder *b);
/* What hark_append_message() puts, in two pieces (for hark/ext/catenate.h): flags and date; the place of
 * the bytes (flags: HARK_BINARY, HARK_UTF8). */
HARK_API void hark_append_options(hark_builder *b, const hark_message *m);
HARK_API void hark_append_data(hark_builder *b, unsigned flags, uint64_t octets);
#ifdef __cplusplus
}
#endif
#endif
