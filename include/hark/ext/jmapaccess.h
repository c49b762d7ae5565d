/* hark/ext/jmapaccess.h - JMAPACCESS: the same account by JMAP.  RFC 9698, whose text was not at hand: written
 * from what is known of it; in which states the command is allowed could not be checked.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_EXT_JMAPACCESS_H
#define HARK_EXT_JMAPACCESS_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_JMAPACCESS = HARK_EV_EXTENSION + 270 };

/* A JMAPACCESS event, in front of DONE. */
HARK_API hark_cmd hark_getjmapaccess(hark_client *c);
/* The URL of the JMAP session resource, as sent; hark does not go there, and whoever does checks it first.  NULL
 * unless ev is of that type; valid as long as ev. */
HARK_API const hark_str *hark_event_jmapaccess(const hark_event *ev);
#ifdef __cplusplus
}
#endif
#endif
