/* hark/ext/acl.h - ACL: who may do what in a mailbox.  RFC 4314; LIST ... RETURN (MYRIGHTS): RFC 8440.
 * SPDX-License-Identifier: MIT
 *
 * Rights are strings of one character each: l lookup, r read, s seen, w write, i insert, p post, k create,
 * x delete mailbox, t delete messages, e expunge, a administer, n annotate; c and d are what RFC 2086 had
 * for k, x, t and e.  A server that knows these apart says so: hark_has(c, "RIGHTS=kxte"), letters in its
 * own order. */
#ifndef HARK_EXT_ACL_H
#define HARK_EXT_ACL_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_ACL = HARK_EV_EXTENSION + 40, HARK_EV_LISTRIGHTS, HARK_EV_MYRIGHTS };

/* identifier: a user, a group or "anyone"; "-" in front: rights that it must not have */
typedef struct hark_acl_entry { hark_str identifier, rights; } hark_acl_entry;

typedef struct hark_ev_acl {        /* ACL.  RFC 4314 section 3.6 */
  hark_str mailbox, wire;           /* UTF-8; as the server spelled it */
  const hark_acl_entry *v;
  size_t n;
} hark_ev_acl;

typedef struct hark_ev_listrights { /* LISTRIGHTS.  RFC 4314 section 3.7 */
  hark_str  mailbox, wire, identifier;
  hark_str  required;               /* it always has these */
  hark_strs optional;               /* rights of one string can only be given together */
} hark_ev_listrights;

typedef struct hark_ev_myrights {   /* MYRIGHTS.  RFC 4314 section 3.8; also behind LIST */
  hark_str mailbox, wire, rights;
} hark_ev_myrights;

/* rights: lower case letters and digits, "+" or "-" in front to add or to take away; HARK_ERR_ARG for
 * any other character.  NO: it may not be changed.  RFC 4314 section 3.1 */
HARK_API hark_cmd hark_setacl(hark_client *c, const char *mailbox, const char *identifier, const char *rights);
/* Removes the identifier's entry; the one with "-" in front is another.  RFC 4314 section 3.2 */
HARK_API hark_cmd hark_deleteacl(hark_client *c, const char *mailbox, const char *identifier);
/* An ACL event.  RFC 4314 section 3.3 */
HARK_API hark_cmd hark_getacl(hark_client *c, const char *mailbox);
/* A LISTRIGHTS event.  RFC 4314 section 3.4 */
HARK_API hark_cmd hark_listrights(hark_client *c, const char *mailbox, const char *identifier);
/* A MYRIGHTS event.  RFC 4314 section 3.5 */
HARK_API hark_cmd hark_myrights(hark_client *c, const char *mailbox);

/* NULL unless ev is of that type; valid as long as ev. */
HARK_API const hark_ev_acl *hark_event_acl(const hark_event *ev);
HARK_API const hark_ev_listrights *hark_event_listrights(const hark_event *ev);
HARK_API const hark_ev_myrights *hark_event_myrights(const hark_event *ev);
#ifdef __cplusplus
}
#endif
#endif
