/* hark/ext/quota.h - QUOTA: what may be used up, and what is.  RFC 9208; the older RFC 2087.
 * SPDX-License-Identifier: MIT
 *
 * Which resources there are is told by capabilities: hark_has(c, "QUOTA=RES-STORAGE").  A server that
 * may set limits says QUOTASET; one that knows only RFC 2087 does not, and may all the same. */
#ifndef HARK_EXT_QUOTA_H
#define HARK_EXT_QUOTA_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_QUOTA = HARK_EV_EXTENSION + 30, HARK_EV_QUOTAROOT };

typedef enum hark_quota_type { /* RFC 9208 section 5 */
  HARK_QUOTA_OTHER,            /* by its name alone */
  HARK_QUOTA_STORAGE,          /* units of 1,024 octets; not the sum of the messages' sizes */
  HARK_QUOTA_MESSAGE,          /* messages */
  HARK_QUOTA_MAILBOX,          /* mailboxes */
  HARK_QUOTA_ANNOTATION_STORAGE /* units of 1,024 octets */
} hark_quota_type;

typedef struct hark_quota_resource {
  int32_t  type;      /* hark_quota_type */
  hark_str name;      /* as sent, "STORAGE" */
  uint64_t usage;     /* for information only; 63 bits */
  uint64_t limit;     /* 0: nothing is allowed */
  bool     unlimited; /* the server wrote a negative limit, and means none: limit is 2^63 - 1 */
} hark_quota_resource;

typedef struct hark_ev_quota {      /* QUOTA.  RFC 9208 section 4.2.1 */
  hark_str root;                    /* opaque */
  const hark_quota_resource *v;     /* what is not here has no limit */
  size_t n;
} hark_ev_quota;

typedef struct hark_ev_quotaroot {  /* QUOTAROOT.  RFC 9208 section 4.2.2 */
  hark_str  mailbox, wire;          /* UTF-8; as the server spelled it */
  hark_strs roots;
} hark_ev_quotaroot;

typedef struct hark_quota_limit { const char *name; uint64_t limit; } hark_quota_limit;

/* The answers are QUOTA events, in front of DONE.  NO: there is no such root, or it is not ours to see. */
HARK_API hark_cmd hark_getquota(hark_client *c, const char *root);
/* One QUOTAROOT event, then a QUOTA event for each of its roots.  The mailbox need not exist. */
HARK_API hark_cmd hark_getquotaroot(hark_client *c, const char *mailbox);
/* Replaces all limits of the root: n may be 0, then none is left.  HARK_ERR_ARG: a name is no atom, a
 * limit is over 2^63 - 1.  The server may round; what it made of it comes as a QUOTA event, or not. */
HARK_API hark_cmd hark_setquota(hark_client *c, const char *root, const hark_quota_limit *limits, size_t n);

/* NULL unless ev is of that type; valid as long as ev. */
HARK_API const hark_ev_quota *hark_event_quota(const hark_event *ev);
HARK_API const hark_ev_quotaroot *hark_event_quotaroot(const hark_event *ev);
#ifdef __cplusplus
}
#endif
#endif
