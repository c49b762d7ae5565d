/* hark/ext/id.h - ID: who is talking.  RFC 2971.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_EXT_ID_H
#define HARK_EXT_ID_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_ID = HARK_EV_EXTENSION + 0 };
typedef struct hark_id_field { hark_str name, value; } hark_id_field; /* value NIL: not told */
typedef struct hark_ev_id {
  const hark_id_field *v;
  size_t n;
  bool   nil; /* NIL was sent, and no list */
} hark_ev_id;

/* fields: name, value, name, value, ... NULL; all are sent quoted, at most 1,024 bytes each;
 * HARK_ERR_ARG where one cannot be.  NULL, or none: NIL, we do not say who we are. */
HARK_API hark_cmd hark_id(hark_client *c, const char *const *fields);
/* NULL unless ev is of that type. */
HARK_API const hark_ev_id *hark_event_id(const hark_event *ev);
#ifdef __cplusplus
}
#endif
#endif
