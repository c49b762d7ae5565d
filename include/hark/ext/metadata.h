/* hark/ext/metadata.h - METADATA: notes on mailboxes and on the server.  RFC 5464; LIST ... RETURN
 * (METADATA (...)): RFC 9590, written from what is known of it, for its text was not at hand: its answers
 * are the METADATA responses of RFC 5464.
 * SPDX-License-Identifier: MIT
 *
 * A mailbox "" is the server.  Entries are paths such as "/private/comment"; their case means nothing.  A
 * server that offers METADATA-SERVER alone has no others.  Values are untrusted bytes. */
#ifndef HARK_EXT_METADATA_H
#define HARK_EXT_METADATA_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_METADATA = HARK_EV_EXTENSION + 60 };
enum { HARK_CODE_METADATA = 1060 };

typedef struct hark_metadata_entry { hark_str name, value; } hark_metadata_entry; /* value NIL: there is none */

typedef struct hark_ev_metadata {   /* METADATA.  RFC 5464 section 4.4 */
  hark_str mailbox, wire;           /* UTF-8; as the server spelled it */
  bool     values;                  /* false: these entries have changed, and may be asked for */
  const hark_metadata_entry *v;
  size_t   n;
} hark_ev_metadata;

typedef enum hark_metadata_depth { /* entries below the named ones.  RFC 5464 section 4.2.2 */
  HARK_METADATA_DEPTH_UNSAID,      /* the server's default: none */
  HARK_METADATA_DEPTH_0,
  HARK_METADATA_DEPTH_1,
  HARK_METADATA_DEPTH_INFINITY
} hark_metadata_depth;
typedef struct hark_metadata_options {
  const uint32_t *maxsize; /* octets; larger values are left out, see HARK_METADATA_LONGENTRIES; NULL: all */
  int32_t depth;           /* hark_metadata_depth */
} hark_metadata_options;

/* METADATA events, in front of DONE.  options may be NULL; entries end with NULL, there is at least one.
 * HARK_ERR_ARG: an entry is no path of printable ASCII without "*", "%", "//" and "/" at its end. */
HARK_API hark_cmd hark_getmetadata(hark_client *c, const char *mailbox, const hark_metadata_options *options,
                                   const char *const *entries);
/* All of them are set, or none: see the code of a NO.  A value of NIL removes the entry; one with NUL in it is
 * sent as a literal8.  Line ends are CRLF.  n is at least 1; HARK_ERR_ARG as above.  RFC 5464 section 4.3 */
HARK_API hark_cmd hark_setmetadata(hark_client *c, const char *mailbox, const hark_metadata_entry *v, size_t n);

typedef enum hark_metadata_code_kind {
  HARK_METADATA_OTHER,       /* none of these: name and args as sent */
  HARK_METADATA_LONGENTRIES, /* size: of the largest value that maxsize left out */
  HARK_METADATA_MAXSIZE,     /* size: of the largest value that the server takes */
  HARK_METADATA_TOOMANY,     /* there are as many entries as it allows */
  HARK_METADATA_NOPRIVATE    /* it has no private entries */
} hark_metadata_code_kind;
typedef struct hark_metadata_code {
  int32_t  kind; /* hark_metadata_code_kind */
  hark_str name, args;
  uint64_t size; /* octets */
} hark_metadata_code;

/* NULL unless cond has the code METADATA, readable. */
HARK_API const hark_metadata_code *hark_cond_metadata(const hark_ev_cond *cond);
/* NULL unless ev is of that type; valid as long as ev. */
HARK_API const hark_ev_metadata *hark_event_metadata(const hark_event *ev);
#ifdef __cplusplus
}
#endif
#endif
