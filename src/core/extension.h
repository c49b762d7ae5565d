/* core/extension.h - how an extension plugs in.
 * SPDX-License-Identifier: MIT
 *
 * An extension is one file in src/ext/ with one constant of this type, named
 * hark_ext_NAME and listed in ext/extensions.def.  It sees scan.h and this header;
 * the core sees only the constant.  Extensions never see each other.  What has a
 * response, command, item or code of its own is such a file; an extension that only
 * adds a word to a base command is a row in that command's table. */
#ifndef HARK_CORE_EXTENSION_H
#define HARK_CORE_EXTENSION_H
#include <hark/fetch.h>
#include <hark/command.h>
#include "wire/scan.h"

/* Builds the event of one response, data item or response code whose keyword
 * has been read.  false: malformed, the client reports HARK_EV_MALFORMED. */
typedef struct ext_call ext_call;
typedef bool (*ext_fn)(ext_call *call, scan *s);

typedef enum ext_mode {
  EXT_WHOLE,    /* called once with the complete response */
  EXT_ELEMENTS, /* called for each element at the top level as it is complete: an answer of any
                  * size passes through the window (SEARCH, ESEARCH, SORT, THREAD, METADATA) */
  EXT_BODY      /* its strings stream as BODY, BODY_DATA, BODY_END (URLFETCH, CONVERT) */
} ext_mode;

typedef struct ext_word { const char *word; ext_fn parse; ext_mode mode; } ext_word;

/* When a command may leave; a name in no table goes out alone. */
typedef struct ext_command {
  const char *name, *capability; /* NULL capability: the extension's */
  uint8_t     phases, hazards;   /* bits: phases it is legal in; what it must not overlap */
} ext_command;

/* How an event is printed and copied, by whoever does not know the extension. */
typedef struct ext_fields { int32_t id; const hark_field *fields; } ext_fields;

typedef struct hark_extension {
  const char         *capability; /* "QUOTA"; also matches "QUOTA=..." */
  const ext_word    *responses;  /* "* QUOTA ..." and "* 12 WORD ...", ended by {0} */
  const ext_word    *items;      /* FETCH data items */
  const ext_word    *codes;      /* response codes; the payload becomes cond->code_data */
  const ext_word    *status;     /* STATUS attributes */
  const ext_word    *returns;    /* ESEARCH return data */
  const ext_word    *list;       /* LIST extended data */
  const ext_command *commands;
  const ext_fields  *events, *item_kinds, *code_ids;
} hark_extension;

/* Zeroed space in the event's arena for the payload of an event of this type. */
void *ext_event(ext_call *call, int type, size_t size);
hark_ev_item *ext_item(ext_call *call, int kind);
uint64_t ext_number(const ext_call *call);            /* the 12 of "* 12 WORD" */
void ext_correlate(ext_call *call, hark_str tag);     /* (TAG "A2"): whose answer this is */
void *ext_state(ext_call *call, size_t size);         /* EXT_ELEMENTS: kept between elements */
bool ext_last(const ext_call *call);                  /* EXT_ELEMENTS: the last element */
#endif
