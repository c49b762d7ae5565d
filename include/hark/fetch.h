/* hark/fetch.h - message data.  RFC 9051 sections 6.4.5, 7.5.2.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_FETCH_H
#define HARK_FETCH_H

#include <hark/event.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hark_address { hark_str name, adl, mailbox, host; } hark_address;
typedef struct hark_addresses { const hark_address *v; size_t n; } hark_addresses;

typedef struct hark_envelope {
  hark_str       date, subject;
  hark_addresses from, sender, reply_to, to, cc, bcc;
  hark_str       in_reply_to, message_id;
} hark_envelope;

typedef struct hark_param { hark_str name, value; } hark_param;
typedef struct hark_part hark_part;
struct hark_part {             /* a node of BODYSTRUCTURE */
  const hark_part *parent, *child, *next;
  hark_str         path;       /* "1.2", ready for BODY[...]; "TEXT", "2.TEXT": the multipart that a
                                * message consists of has no number */
  hark_str         type, subtype, id, description, encoding, md5, disposition, location;
  const hark_param *params;
  size_t           nparams;
  const hark_param *disposition_params;
  size_t           ndisposition_params;
  hark_strs        language;
  uint64_t         octets, lines;
  const hark_envelope *envelope; /* message/rfc822 */
};

typedef enum hark_item_kind {
  HARK_ITEM_UID = 1, HARK_ITEM_FLAGS, HARK_ITEM_INTERNALDATE, HARK_ITEM_SIZE,
  HARK_ITEM_ENVELOPE, HARK_ITEM_STRUCTURE, HARK_ITEM_MODSEQ, HARK_ITEM_BINARY_SIZE,
  HARK_ITEM_OTHER,             /* no extension knows this item: name and raw value only */
  HARK_ITEM_EXTENSION = 1000        /* EMAILID, PREVIEW, X-GM-MSGID, ...: see hark/ext/ */
} hark_item_kind;

typedef struct hark_ev_item {
  int32_t        kind;         /* hark_item_kind, or a number of an extension */
  hark_str       name, raw;    /* as sent */
  union {
    uint64_t             num;  /* UID, SIZE, MODSEQ, BINARY_SIZE */
    int64_t              time; /* INTERNALDATE, seconds since 1970 UTC */
    const hark_strs     *flags;
    const hark_envelope *envelope;
    const hark_part     *structure;
    const void          *any;
  };
  int16_t zone_minutes;        /* INTERNALDATE */
} hark_ev_item;

typedef struct hark_ev_body {     /* BODY[..], BINARY[..], RFC822, RFC822.HEADER, RFC822.TEXT */
  hark_str name;               /* "BODY", "BINARY", "RFC822", ... */
  hark_str section;            /* "1.2.MIME", "" for all of it */
  uint64_t origin;             /* of a partial fetch <origin>: see partial */
  uint64_t size;               /* octets that follow as BODY_DATA */
  bool     nil;                /* the server has no such part */
  bool     partial;            /* an origin was sent, which may be 0: perhaps not all of it */
} hark_ev_body;

#ifdef __cplusplus
}
#endif
#endif
