/* cli/json_event.h - a client's event as JSON, by the tables of hark_event_fields().
 * SPDX-License-Identifier: MIT */
#ifndef CLI_JSON_EVENT_H
#define CLI_JSON_EVENT_H
#include <hark/event.h>
#include <jansson.h>
#include <stdio.h>

/* {"event":"list","name":...}; a new reference, NULL: out of memory. */
json_t *json_event(const hark_event *ev);
/* Bytes that are not UTF-8 go under "NAME_base64". */
void json_put_bytes(json_t *object, const char *name, hark_str s);
/* One line; takes object.  What text_harmless() would escape is \uNNNN, which reads the same. */
void json_print(FILE *to, json_t *object);
#endif
