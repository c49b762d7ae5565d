/* hark/event.h - everything a server can tell us.  RFC 9051 section 7.
 * SPDX-License-Identifier: MIT
 *
 * hark owns every struct here; programs only read them through the pointer
 * hark_next() returned.  So they may grow at the end without breaking the ABI,
 * and sizeof() of them is not part of it. */
#ifndef HARK_EVENT_H
#define HARK_EVENT_H

#include <hark/client.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hark_event_type {
  HARK_EV_NONE = 0,
  /* conversation */
  HARK_EV_GREETING,     /* cond    first line of the connection */
  HARK_EV_COND,         /* cond    untagged OK, NO, BAD: information, alerts */
  HARK_EV_BYE,          /* cond    server is leaving */
  HARK_EV_DONE,         /* cond    the answer to ev->cmd; its last event */
  HARK_EV_CAPABILITY,   /* list    hark_has() has been updated; also for the code in a greeting or
                         *         OK, before that event */
  HARK_EV_CHALLENGE,    /* bytes   SASL challenge, base64 decoded; call hark_respond() */
  HARK_EV_IDLING,       /* -       IDLE accepted; call hark_idle_done() to leave */
  HARK_EV_LAYER,        /* num     hark_layer_kind to push now */
  HARK_EV_PHASE,        /* num     hark_phase just entered; also when one mailbox replaces another */
  HARK_EV_CONTINUE,     /* cond    "+" seen by an observer */
  HARK_EV_SEND_DATA,    /* num     bytes of the literal to be filled by hark_send_data() now */
  /* mailboxes */
  HARK_EV_LIST,         /* mailbox LIST; HARK_EV_LSUB, HARK_EV_XLIST are the others */
  HARK_EV_STATUS,       /* status */
  /* the selected mailbox */
  HARK_EV_FLAGS,        /* list    flags defined here */
  HARK_EV_EXISTS,       /* num     messages now */
  HARK_EV_RECENT,       /* num */
  HARK_EV_EXPUNGE,      /* num     sequence number removed */
  HARK_EV_SEARCH,       /* search  results of SEARCH and ESEARCH in pieces: see hark_ev_search */
  /* messages: FETCH (ITEM | BODY BODY_DATA* BODY_END)* FETCH_END */
  HARK_EV_FETCH,        /* num     sequence number */
  HARK_EV_ITEM,         /* item    one data item, complete */
  HARK_EV_BODY,         /* body    a streamed item begins */
  HARK_EV_BODY_DATA,    /* bytes   some of it; straight from the receive buffer */
  HARK_EV_BODY_END,     /* - */
  HARK_EV_FETCH_END,    /* - */
  /* the rest of the world */
  HARK_EV_UNKNOWN,      /* malformed  well-framed, but no extension knows it; reason NIL */
  HARK_EV_MALFORMED,    /* malformed  known and unreadable, or too large; costs this response only */
  HARK_EV_LSUB,         /* mailbox the answer to LSUB: attributes may be of subscription only */
  HARK_EV_XLIST,        /* mailbox the answer to XLIST, of old Gmail */
  HARK_EV_SORT,         /* search  numbers in the order asked for: RFC 5256 */
  HARK_EV_UIDFETCH,     /* num     UID; begins what FETCH begins, where UIDONLY is enabled */
  HARK_EV_EXTENSION = 1000   /* extensions number their events from here: see hark/ext/ */
} hark_event_type;

typedef enum hark_verdict {
  HARK_VERDICT_OK, HARK_VERDICT_NO, HARK_VERDICT_BAD, HARK_VERDICT_PREAUTH, HARK_VERDICT_BYE,
  HARK_VERDICT_UNSENT, /* DONE only: never sent; err says why (LOGINDISABLED, cancelled, ...) */
  HARK_VERDICT_LOST    /* DONE only: sent, and the connection ended before the answer */
} hark_verdict;

/* Response codes: RFC 9051 section 7.1, RFC 5530 and, where named, others; "_" is "-" on the wire.  In the
 * order of the alphabet; the numbers stay as they are.  Numbers from 1000 belong to extensions. */
#define HARK_CODES(X)                                                                    \
  X(ALERT, 1) X(ALREADYEXISTS, 2) X(APPENDUID, 3) X(AUTHENTICATIONFAILED, 4)             \
  X(AUTHORIZATIONFAILED, 5) X(BADCHARSET, 6) X(BADURL, 39) /* RFC 4469 */                \
  X(CANNOT, 7) X(CAPABILITY, 8) X(CLIENTBUG, 9) X(CLOSED, 10)                            \
  X(COMPRESSIONACTIVE, 40) /* RFC 4978 */ X(CONTACTADMIN, 11) X(COPYUID, 12)             \
  X(CORRUPTION, 13) X(EXPIRED, 14) X(EXPUNGEISSUED, 15) X(HASCHILDREN, 16)               \
  X(HIGHESTMODSEQ, 32) /* RFC 7162 */ X(INPROGRESS, 34) /* RFC 9585 */ X(INUSE, 17)      \
  X(LIMIT, 18) X(NEWNAME, 41) /* RFC 2060 */ X(NOMODSEQ, 33) /* RFC 7162 */              \
  X(NONEXISTENT, 19) X(NOPERM, 20) X(NOTSAVED, 42) X(OVERQUOTA, 21) X(PARSE, 22)         \
  X(PERMANENTFLAGS, 23) X(PRIVACYREQUIRED, 24) X(READ_ONLY, 36) X(READ_WRITE, 37)        \
  X(SERVERBUG, 25) X(THROTTLED, 35) /* Yahoo, Microsoft */ X(TOOBIG, 43) /* RFC 4469 */  \
  X(TRYCREATE, 26) X(UIDNEXT, 27) X(UIDNOTSTICKY, 28)                             \
  X(UIDVALIDITY, 29) X(UNAVAILABLE, 30) X(UNKNOWN_CTE, 38) X(UNSEEN, 31)                 \
  X(USEATTR, 45) /* RFC 6154 */
typedef enum hark_code {
  HARK_CODE_NONE = 0,
#define X(name, value) HARK_CODE_##name = value,
  HARK_CODES(X)
#undef X
  HARK_CODE_OTHER = 999 /* no module knows it: code and code_args as sent */
} hark_code;

/* Enumerations stand in structs as int32_t: new values must not be undefined behaviour. */
typedef struct hark_ev_cond {     /* resp-cond-state, resp-text.  RFC 9051 section 7.1 */
  int32_t      verdict;        /* hark_verdict */
  int32_t      err;            /* hark_err of UNSENT and LOST */
  int32_t      code_id;        /* hark_code, or a number of an extension; 0 without a code */
  hark_str     code;           /* "UIDNEXT", NIL without a code */
  hark_str     code_args;      /* raw, "4392" */
  uint64_t     code_num;       /* code_args as a number, or 0 */
  const void  *code_data;      /* typed arguments, by the extension's accessor (COPYUID, BADCHARSET, ...) */
  hark_str     text;           /* for humans, UTF-8, escaped of nothing: do that before printing */
  hark_str     tag;            /* as sent; observers need it */
} hark_ev_cond;

typedef struct hark_ev_malformed {
  hark_str bytes;              /* what could be kept of it */
  uint64_t offset;             /* in all that was received, layers taken off */
  hark_str reason;             /* "msg-att: number expected", "larger than limits.response" */
} hark_ev_malformed;

/* One of a response's open list of named values, known or not: the value is IMAP text as sent. */
typedef struct hark_named { hark_str name, value; } hark_named;

typedef struct hark_ev_mailbox {  /* LIST.  RFC 9051 section 7.3.1 */
  hark_str  name;              /* UTF-8, INBOX in capitals */
  hark_str  wire;              /* as the server spelled it */
  char      delimiter;         /* 0: flat */
  hark_strs attributes;        /* "\\HasNoChildren", "\\Sent", ... */
  hark_strs child_info;        /* CHILDINFO: what mailboxes below it match, "SUBSCRIBED" */
  hark_str  old_name;          /* OLDNAME, UTF-8: what it was called before, or by us; else NIL */
  const hark_named *extended;  /* all extended data in the order sent, these two included */
  size_t    nextended;
  bool      extended_empty;    /* () was sent */
  hark_str  odd_delimiter;     /* what was sent where one character or NIL stands; else NIL */
  hark_str  old_wire;          /* OLDNAME as the server spelled it */
} hark_ev_mailbox;

#define HARK_STATUS_MESSAGES        0x01u
#define HARK_STATUS_UIDNEXT         0x02u
#define HARK_STATUS_UIDVALIDITY     0x04u
#define HARK_STATUS_UNSEEN          0x08u
#define HARK_STATUS_DELETED         0x10u
#define HARK_STATUS_RECENT          0x20u
#define HARK_STATUS_SIZE            0x40u
#define HARK_STATUS_MODSEQ          0x80u
#define HARK_STATUS_MAILBOXID       0x100u
#define HARK_STATUS_APPENDLIMIT     0x200u /* a number; else see append_unlimited */
#define HARK_STATUS_DELETED_STORAGE 0x400u
typedef struct hark_ev_status {   /* STATUS.  RFC 9051 section 7.3.4 */
  hark_str name;               /* UTF-8, INBOX in capitals */
  uint32_t have;               /* bit set of HARK_STATUS_*: which fields were sent */
  uint32_t messages, uidnext, uidvalidity, unseen, deleted, recent;
  uint64_t size, modseq;
  hark_str mailboxid;          /* RFC 8474 */
  uint64_t appendlimit;        /* bytes; 0: nothing can be appended.  RFC 7889 */
  uint64_t deleted_storage;    /* bytes that EXPUNGE would give back.  RFC 9208 */
  bool     append_unlimited;   /* APPENDLIMIT NIL */
  hark_str wire;               /* the name as the server spelled it */
  const hark_named *items;     /* all of them in the order sent, unknown ones included */
  size_t   nitems;
} hark_ev_status;

#define HARK_SEARCH_MIN       0x01u
#define HARK_SEARCH_MAX       0x02u
#define HARK_SEARCH_COUNT     0x04u
#define HARK_SEARCH_ALL       0x08u  /* set */
#define HARK_SEARCH_MODSEQ    0x10u
#define HARK_SEARCH_VECTOR    0x20u  /* v: the old responses SEARCH and SORT */
#define HARK_SEARCH_PARTIAL   0x40u  /* partial, partial_*.  RFC 9394, RFC 5267 */
#define HARK_SEARCH_UPDATES   0x80u  /* updates.  RFC 5267 */
#define HARK_SEARCH_RELEVANCY 0x100u /* relevancy.  RFC 6203 */

typedef struct hark_search_update { /* RFC 5267 sections 4.3.3, 4.3.4; in this order */
  bool     remove;             /* REMOVEFROM; else ADDTO */
  bool     first;              /* of its list: "ADDTO (1 5 1 7)" is not "ADDTO (1 5) ADDTO (1 7)" */
  uint32_t position;           /* from 1 on; 0: wherever mailbox order puts it */
  hark_str set;                /* what comes in, or goes, at that position */
} hark_search_update;

/* SEARCH, SORT, ESEARCH.  RFC 3501 section 7.2.5, RFC 9051 7.3.4, RFC 5256 section 4.  An answer is
 * cut into pieces after 1,024 numbers, 512 elements of a set, and each of its lists (PARTIAL, ADDTO,
 * REMOVEFROM, RELEVANCY), whatever the input's cuts.  uid, tag, mailbox and uidvalidity are told in
 * each; min, max, count and modseq with the last.
 * In correlators and returned the value is NIL where another field has it; a name that nobody knows,
 * or COUNT a second time, has it here.  The name is NIL where the value goes on from the piece
 * before. */
typedef struct hark_ev_search {
  uint32_t        have;        /* bit set of HARK_SEARCH_*: which fields were sent */
  const uint32_t *v;           /* numbers, NULL when the answer is a set or counts */
  size_t          n;
  hark_str        set;         /* ESEARCH ALL, a sequence set; after SORT its order counts */
  uint32_t        min, max, count;
  uint64_t        modseq;
  bool            uid;         /* numbers are UIDs; not known to an observer of SEARCH: see have */
  hark_str        tag;         /* the correlator as sent; CONTEXT updates come after the DONE of cmd */
  bool            last;        /* no more of this answer follows */
  hark_str        mailbox;     /* where it was found, UTF-8; NIL: the selected one.  RFC 7377 */
  uint32_t        uidvalidity; /* of that mailbox; 0: not sent */
  const hark_named *correlators; /* in the order sent; empty where that is TAG alone, or none */
  size_t          ncorrelators;
  const hark_named *returned;  /* the data of this piece in the order sent */
  size_t          nreturned;
  uint32_t        partial_first, partial_last; /* PARTIAL: the range that was asked for */
  bool            partial_from_end;            /* -1:-100, which counts from the end */
  hark_str        partial;     /* a sequence set; NIL: nothing lies in that range */
  const hark_search_update *updates;
  size_t          nupdates;
  const uint32_t *relevancy;   /* 1 to 100, for each result of ALL or PARTIAL */
  size_t          nrelevancy;
  hark_str        wire;        /* mailbox as the server spelled it */
} hark_ev_search;

struct hark_event {
  int32_t  type; /* hark_event_type, or a number of an extension */
  hark_cmd cmd;  /* the command this answers; 0 when unsolicited or undecidable */
  union {
    uint64_t num;
    const void *any; /* extensions: cast by their accessor */
    const hark_str *bytes;
    const hark_strs *list;
    const hark_ev_cond *cond;
    const hark_ev_malformed *malformed;
    const hark_ev_mailbox *mailbox;
    const hark_ev_status *status;
    const hark_ev_search *search;
    const struct hark_ev_item *item; /* hark/fetch.h */
    const struct hark_ev_body *body; /* hark/fetch.h */
  };
};

HARK_API const char *hark_event_name(int type); /* "FETCH_END"; NULL for a number nobody owns */
HARK_API const char *hark_item_name(int kind);  /* "INTERNALDATE", "EMAILID"; NULL likewise */

/* The fields of an event, item or code payload, described by the module that makes it:
 * decode, transcripts and bindings print and copy by these and know no extension.  An
 * offset counts from what ev->any (item->any, cond->code_data) points to;
 * HARK_FIELD_INLINE means the field is that union itself (ev->num, item->time). */
#define HARK_FIELD_INLINE 0xffffu
typedef enum hark_field_kind {
  HARK_FIELD_BOOL = 1, HARK_FIELD_INT, HARK_FIELD_U32, HARK_FIELD_U64, HARK_FIELD_TIME,
  HARK_FIELD_STR, HARK_FIELD_STRS, HARK_FIELD_SET, HARK_FIELD_STRUCT, HARK_FIELD_ARRAY,
  HARK_FIELD_CHAR, /* one byte; 0: none */
  HARK_FIELD_ENUM, /* int32_t (INLINE: num); of: a table of names, the offset is the value */
  HARK_FIELD_CHAIN /* a pointer to the first of a list of structs; stride: where in each the pointer
                    * to the next one is */
} hark_field_kind;
typedef struct hark_field {
  const char *name;            /* as in the struct; NULL ends the table */
  uint16_t    offset, stride;  /* an array is a pointer followed by its size_t count; stride: of its elements */
  int32_t     kind;            /* hark_field_kind */
  const struct hark_field *of; /* of a struct (pointed to) or of an array's elements (NULL: uint32_t) */
} hark_field;
/* A table ended by a NULL name, or NULL: nothing to print. */
HARK_API const hark_field *hark_event_fields(int type);
HARK_API const hark_field *hark_item_fields(int kind);
HARK_API const hark_field *hark_code_fields(int code_id);

#ifdef __cplusplus
}
#endif
#endif
