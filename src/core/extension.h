/* core/extension.h - how an extension plugs in.
 * SPDX-License-Identifier: MIT
 *
 * An extension is one file in src/ext/ with one constant of type hark__extension, named
 * hark__ext_NAME and listed in ext/extensions.def.  It sees scan.h and this header; the core
 * sees only the constant.  Extensions never see each other.  What has a response, command,
 * item or code of its own is such a file; an extension that only adds a word to a base
 * command is a row in that command's table. */
#ifndef HARK_CORE_EXTENSION_H
#define HARK_CORE_EXTENSION_H
#include <hark/command.h>
#include <hark/fetch.h>
#include <hark/layer.h>
#include "core/fields.h"
#include "wire/scan.h"

#define ext_event hark__ext_event
#define ext_emit hark__ext_emit
#define ext_item hark__ext_item
#define ext_space hark__ext_space
#define ext_copy hark__ext_copy
#define ext_code hark__ext_code
#define ext_number hark__ext_number
#define ext_has_layer hark__ext_has_layer
#define ext_enabled hark__ext_enabled
#define ext_correlate hark__ext_correlate
#define ext_state hark__ext_state
#define ext_state_head hark__ext_state_head
#define ext_by_uid hark__ext_by_uid
#define ext_run hark__ext_run
#define ext_last hark__ext_last
#define ext_delimiter hark__ext_delimiter
#define ext_needs hark__ext_needs
#define ext_join hark__ext_join
#define ext_put_joined hark__ext_put_joined
#define ext_put_atoms hark__ext_put_atoms
#define ext_put_partial hark__ext_put_partial
#define ext_refuse hark__ext_refuse
#define ext_note hark__ext_note
#define ext_noted hark__ext_noted
#define ext_charset hark__ext_charset
#define ext_own_charset hark__ext_own_charset
#define ext_list_begins hark__ext_list_begins
#define ext_list_opens hark__ext_list_opens
#define ext_numbers hark__ext_numbers
#define ext_read_item hark__ext_read_item
#define ext_part_fields hark__ext_part_fields
#define ext_named_fields hark__ext_named_fields
#define ext_select hark__ext_select
#define ext_answers hark__ext_answers

typedef struct ext_call ext_call;

/* Reads one response, data item or response code whose keyword has been read: s stands behind
 * the keyword, at the SP before the first argument or at the end.  false: malformed. */
typedef bool (*ext_fn)(ext_call *call, scan *s);

typedef enum ext_mode {
  EXT_WHOLE,    /* called once with the complete response */
  EXT_ELEMENTS, /* called for each element at the top level as it is complete (s holds just that
                 * element): an answer of any size passes through the window */
  EXT_SETS,     /* the same, and elements end at commas too: ESEARCH ALL 1,3,5 */
  EXT_LISTS,    /* the same, and a list ends where it is closed: THREAD (1)(2 3) */
  EXT_NUMBERS,  /* as EXT_ELEMENTS; and where numbers are there, ext_run() is true and s holds all that
                 * is there: the numbers that a space is behind are read, and no more */
  EXT_BODY      /* an item whose value streams as BODY, BODY_DATA, BODY_END; parse is NULL */
} ext_mode;

/* Where a response means something (RFC 9051 section 11.3): elsewhere it is dropped. */
typedef enum ext_when { EXT_AUTHENTICATED, EXT_SELECTED } ext_when;

/* Items followed by "[" are looked up with it: "BODY[" is not "BODY". */
typedef struct ext_word {
  const char *word;
  ext_fn parse;
  ext_mode mode;
  ext_when when;
} ext_word;

enum { /* phases a command is legal in */
  EXT_IN_NOT_AUTHENTICATED = 1, EXT_IN_AUTHENTICATED = 2, EXT_IN_SELECTED = 4, EXT_IN_ANY = 7
};
enum { /* what it must not overlap, RFC 9051 section 5.5 */
  EXT_SEQ = 1,  /* speaks of message numbers (not when called with UID): waits for whatever may
                 * renumber */
  EXT_SAME = 2, /* answers of two of them could not be told apart */
  EXT_ALONE = 4,    /* nothing before, nothing behind */
  EXT_RENUMBERS = 8 /* removes messages, as MOVE does: no message numbers behind it */
};
/* What the OK of a command changes in the client; the core alone knows how. */
typedef enum ext_effect {
  EFFECT_NONE,
  EFFECT_CAPABILITY,
  EFFECT_STARTTLS,
  EFFECT_LOGIN,
  EFFECT_AUTHENTICATE,
  EFFECT_UNAUTHENTICATE,
  EFFECT_ENABLE,
  EFFECT_COMPRESS,
  EFFECT_SELECT,
  EFFECT_CLOSE,
  EFFECT_IDLE,
  EFFECT_LOGOUT
} ext_effect;

/* When a command may leave; a name in no table goes out alone. */
typedef struct ext_command {
  const char *name;
  const char *capability; /* one of these, parted by spaces, must have been offered; NULL: none */
  uint8_t phases, hazards;
  const char *answers;    /* response words it causes, "SEARCH ESEARCH"; NULL: none */
  ext_effect effect;
} ext_command;

/* How an event is printed and copied, by whoever does not know the extension. */
typedef struct ext_fields {
  int32_t id;
  const char *name;         /* "QUOTAROOT" */
  const hark_field *fields; /* NULL: none */
} ext_fields;

typedef struct hark__extension {
  const ext_word *responses; /* "* QUOTA ..." and "* 12 WORD ...", ended by {0} */
  const ext_word *items;     /* FETCH data items */
  const ext_word *codes;     /* response codes: the payload becomes cond->code_data */
  const ext_command *commands;
  const ext_fields *events, *item_kinds, *code_ids; /* ended by {0} */
} hark__extension;

/* Zeroed space in the event's arena, and an event of this type with it as payload, which is
 * told when the parse function has returned true.  size 0: no payload. */
void *ext_event(ext_call *call, int type, size_t size);
/* The same for a payload that is a number (ev->num). */
bool ext_emit(ext_call *call, int type, uint64_t num);
/* Zeroed space, or a copy of n bytes, that live as long as the event. */
void *ext_space(ext_call *call, size_t size);
hark_str ext_copy(ext_call *call, const void *p, size_t n);
/* The one item of an item parser; name and raw are filled in by the core. */
hark_ev_item *ext_item(ext_call *call, int kind);
/* Reads SP and the value of the data item word as whoever owns it does; false: malformed. */
bool ext_read_item(ext_call *call, const char *word, scan *s, hark_ev_item *out);
/* How a hark_part and a hark_named are printed, for the tables of whoever has read one. */
extern const hark_field ext_part_fields[], ext_named_fields[];
/* Typed arguments of a code: zeroed space that becomes cond->code_data. */
void *ext_code(ext_call *call, int code_id, size_t size);

uint64_t ext_number(const ext_call *call); /* the 12 of "* 12 WORD"; UINT64_MAX: none */
/* ENABLED: hark_enabled() says so from now on, and UTF-8 mailbox names hold where they belong to it. */
bool ext_enabled(ext_call *call, hark_str capability);
bool ext_has_layer(const hark_client *c, int32_t kind); /* hark_layer_kind: it is pushed */
void ext_correlate(ext_call *call, hark_str tag);  /* (TAG "A2"): whose answer this is */
/* EXT_ELEMENTS, EXT_SETS, EXT_LISTS: zeroed when the response begins, kept between its elements.
 * Strings kept in it must be copied into it: the window moves on. */
void *ext_state(ext_call *call, size_t size);
/* The same, where only the first head bytes need to be zero: those behind them have any value. */
void *ext_state_head(ext_call *call, size_t size, size_t head);
bool ext_by_uid(const ext_call *call);             /* it answers a UID command of ours */
bool ext_run(const ext_call *call);                /* EXT_NUMBERS: see there */
bool ext_last(const ext_call *call);               /* the last call: s is empty, all elements were told */
char ext_delimiter(const ext_call *call);          /* what ended the element: ' ', ',', ')' or 0 */

/* For calls that build a command out of parts; b may be NULL. */
/* One of these words, "CONDSTORE QRESYNC", must have been offered: what the row of the command
 * asks for is asked for besides.  The text is kept, not copied. */
void ext_needs(hark_builder *b, const char *capabilities);
void ext_join(hark_builder *b);   /* no space in front of the next piece */
void ext_put_joined(hark_builder *b, const char *text); /* raw text, no space in front */
void ext_put_atoms(hark_builder *b, const char *words); /* one or more, parted by single spaces */
/* partial = "<" number64 "." nz-number64 ">", behind the piece before; a length of 0: all of it */
void ext_put_partial(hark_builder *b, uint64_t origin, uint64_t length);
void ext_refuse(hark_builder *b); /* HARK_ERR_ARG comes out of hark_cmd_end() */
/* The response words that it causes with these options, in place of its row's: a constant. */
void ext_answers(hark_builder *b, const char *words);
/* Bits of the module's own, none at first: what was put so far. */
void ext_note(hark_builder *b, uint32_t bits);
uint32_t ext_noted(const hark_builder *b);

/* What is put into b from here on are search keys: CHARSET UTF-8 is put here if they need it. */
void ext_charset(hark_builder *b);
/* No CHARSET is put there, for the caller names one; false: keys were put already. */
bool ext_own_charset(hark_builder *b);
/* The next piece may turn out to be the first of a list. */
void ext_list_begins(hark_builder *b);
/* It is: "(" in front of it. */
void ext_list_opens(hark_builder *b);
/* It speaks of message numbers though it is called with UID: "UID SEARCH 1:5". */
void ext_numbers(hark_builder *b);
/* SELECT or EXAMINE, up to its parameters. */
hark_builder *ext_select(hark_client *c, bool examine, const char *mailbox);
#endif
