/* hark/fetch.h - message data.  RFC 9051 sections 6.4.5, 7.5.2.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_FETCH_H
#define HARK_FETCH_H

#include <hark/command.h>
#include <hark/event.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As sent: a NIL host begins a group named mailbox, or with a NIL mailbox ends it; four NILs outside of
 * a group say nothing. */
typedef struct hark_address { hark_str name, adl, mailbox, host; } hark_address;
typedef struct hark_addresses { const hark_address *v; size_t n; } hark_addresses;

typedef struct hark_envelope {
  hark_str       date, subject;
  hark_addresses from, sender, reply_to, to, cc, bcc;
  hark_str       in_reply_to, message_id;
} hark_envelope;

typedef struct hark_param { hark_str name, value; } hark_param;
typedef struct hark_part hark_part;
struct hark_part {             /* a node of BODYSTRUCTURE or BODY */
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
  bool             language_list; /* language was sent as a list, also of one */
  hark_strs        extensions; /* what came behind location: each value as sent, in order */
  uint32_t         fields_sent; /* so many of md5 (of a multipart: params), disposition, language,
                                * location: NIL is told apart from not sent; 0 in BODY */
  bool params_empty, disposition_params_empty; /* () was sent, where NIL should be */
  bool lines_missing;          /* they were not sent, though parts of this type have them */
};

typedef enum hark_item_kind {
  HARK_ITEM_UID = 1, HARK_ITEM_FLAGS, HARK_ITEM_INTERNALDATE, HARK_ITEM_SIZE,
  HARK_ITEM_ENVELOPE, HARK_ITEM_STRUCTURE, HARK_ITEM_MODSEQ, HARK_ITEM_BINARY_SIZE,
  HARK_ITEM_OTHER,             /* no extension knows this item: name and raw value only */
  HARK_ITEM_BODY,              /* BODY: STRUCTURE without the fields behind lines */
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
    const hark_part     *structure; /* STRUCTURE, BODY */
    const void          *any;
  };
  int16_t zone_minutes;        /* INTERNALDATE */
  hark_str section;            /* BINARY_SIZE: of what, "1.2"; else NIL */
  bool leap_second;            /* INTERNALDATE: the second 60 was sent, time is the one behind it */
  bool no_zone;                /* INTERNALDATE: "-0000" was sent, in UTC; the zone is not known */
} hark_ev_item;

typedef struct hark_ev_body {     /* BODY[..], BINARY[..], RFC822, RFC822.HEADER, RFC822.TEXT */
  hark_str name;               /* "BODY", "BINARY", "RFC822", ... */
  hark_str section;            /* "1.2.MIME", "" for all of it */
  uint64_t origin;             /* of a partial fetch <origin>: see partial */
  uint64_t size;               /* octets that follow as BODY_DATA */
  bool     nil;                /* the server has no such part */
  bool     partial;            /* an origin was sent, which may be 0: perhaps not all of it */
} hark_ev_body;

/* Parts of a tree; nothing is allocated, and they live as long as the event does.  root: the item's
 * structure, or any part in it, to whose insides the call then keeps.  Names are compared without case. */
/* In the order of the numbers, root first: p NULL gives root; NULL: there are no more. */
HARK_API const hark_part *hark_part_next(const hark_part *root, const hark_part *p);
HARK_API const hark_part *hark_part_find(const hark_part *root, const char *path); /* "1.2"; or NULL */
HARK_API bool hark_part_is(const hark_part *p, const char *type, const char *subtype); /* NULL: any */
/* As sent: encoded words and RFC 2231 are not undone (of "filename*0" the first piece); NIL: none. */
HARK_API hark_str hark_part_filename(const hark_part *p);
/* What programs list as attached: of disposition attachment; or, of none and not one of alternative or
 * related parts, no text or named.  What is in an attached message is not listed, but for root's. */
HARK_API bool hark_part_attached(const hark_part *p);
HARK_API const hark_part *hark_part_next_attached(const hark_part *root, const hark_part *p);
/* What is shown as the text: the first text that is not attached; of alternatives html or
 * else plain text as wanted, else what there is.  RFC 2046 section 5.1.4.  NULL: there is none. */
HARK_API const hark_part *hark_part_text(const hark_part *root, bool html);

/* FETCH out of parts.  Errors stick to the builder and come out of hark_fetch_end(); in any
 * order and number that makes no well-formed command they are HARK_ERR_ARG.  Items come first
 * (one at least), then modifiers.  RFC 9051 section 6.4.5.
 *
 *   b = hark_fetch_begin(c, HARK_UID, "1:*");
 *   hark_fetch_item(b, "ENVELOPE");
 *   hark_fetch_body(b, HARK_BODY_PEEK, "1.2", 0, 4096);
 *   hark_fetch_changed_since(b, modseq);
 *   cmd = hark_fetch_end(b); */
HARK_API hark_builder *hark_fetch_begin(hark_client *c, unsigned flags, const char *set);
/* An atom without a section: "UID", "FLAGS", "BODYSTRUCTURE", "RFC822.SIZE", "SAVEDATE", ...; the
 * macros ALL, FAST, FULL are none.  Arguments of an item may follow with hark_put_open() ... */
HARK_API void hark_fetch_item(hark_builder *b, const char *item);
#define HARK_BODY_PEEK   1u /* does not set \Seen */
#define HARK_BODY_BINARY 2u /* the transfer encoding undone: BINARY, RFC 3516 */
#define HARK_BODY_SIZE   4u /* BINARY.SIZE: only how many bytes that would be */
#define HARK_BODY_NOT    8u /* hark_fetch_headers(): all fields but these */
/* section: "" (all of the message), "1.2", "HEADER", "TEXT", "1.2.MIME", as hark_part.path has it;
 * with BINARY and SIZE only "" and numbers.  count bytes from origin on; 0, 0: all of it. */
HARK_API void hark_fetch_body(hark_builder *b, unsigned flags, const char *section,
                              uint64_t origin, uint64_t count);
/* Header fields with these names, NULL behind the last; part: "", or the number of a message
 * in the message. */
HARK_API void hark_fetch_headers(hark_builder *b, unsigned flags, const char *part,
                                 const char *const *names);
/* Only messages changed since then.  CONDSTORE, RFC 7162 section 3.1.4. */
HARK_API void hark_fetch_changed_since(hark_builder *b, uint64_t modseq);
/* And what was expunged since; needs HARK_UID, changed_since and QRESYNC enabled.  RFC 7162
 * section 3.2.6. */
HARK_API void hark_fetch_vanished(hark_builder *b);
/* Only the from-th to the to-th of the messages, both below 0: counted from the end.  Needs
 * HARK_UID.  RFC 9394 section 3.4. */
HARK_API void hark_fetch_partial(hark_builder *b, int64_t from, int64_t to);
HARK_API hark_cmd hark_fetch_end(hark_builder *b);

/* STORE out of parts: begin, perhaps unchanged_since, action, any number of flags, end. */
HARK_API hark_builder *hark_store_begin(hark_client *c, unsigned flags, const char *set);
/* Only where nothing has changed since then (0: where the flags were never changed); what was
 * left out is in the code MODIFIED of the answer, hark/ext/qresync.h.  RFC 7162 section 3.1.3. */
HARK_API void hark_store_unchanged_since(hark_builder *b, uint64_t modseq);
/* "FLAGS", "+FLAGS", "-FLAGS", each also with ".SILENT". */
HARK_API void hark_store_action(hark_builder *b, const char *action);
HARK_API void hark_store_flag(hark_builder *b, const char *flag); /* "\\Seen", "$Forwarded" */
HARK_API hark_cmd hark_store_end(hark_builder *b);

#ifdef __cplusplus
}
#endif
#endif
