/* hark/ext/namespace.h - NAMESPACE: under which prefixes mailboxes are.  RFC 2342, RFC 9051 sections
 * 6.3.10, 7.3.2; translated prefixes: RFC 5255 section 3.4.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_EXT_NAMESPACE_H
#define HARK_EXT_NAMESPACE_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_NAMESPACE = HARK_EV_EXTENSION + 50 };

typedef struct hark_namespace_extension { /* "X-PARAM" ("FLAG1" "FLAG2"), also TRANSLATION */
  hark_str  name;
  hark_strs values;
} hark_namespace_extension;

typedef struct hark_namespace_prefix {
  hark_str prefix, wire;             /* UTF-8, "" for none; as the server spelled it */
  char     delimiter;                /* 0: flat */
  hark_str translation;              /* UTF-8, to be shown in the language that was agreed on; NIL: none */
  const hark_namespace_extension *extensions; /* everything behind the delimiter, in order, as sent */
  size_t   nextensions;
} hark_namespace_prefix;

typedef struct hark_namespaces { const hark_namespace_prefix *v; size_t n; } hark_namespaces;

typedef struct hark_ev_namespace {
  hark_namespaces personal, other, shared; /* n == 0: NIL, the server exposes none */
} hark_ev_namespace;

/* A NAMESPACE event, in front of DONE. */
HARK_API hark_cmd hark_namespace(hark_client *c);
/* NULL unless ev is of that type; valid as long as ev. */
HARK_API const hark_ev_namespace *hark_event_namespace(const hark_event *ev);
#ifdef __cplusplus
}
#endif
#endif
