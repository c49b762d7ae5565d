/* hark/ext/convert.h - CONVERT: parts of a message in another media type.  RFC 5259.
 * SPDX-License-Identifier: MIT
 *
 * A converted part is told whole, in one event: one of more than limits.literal bytes is MALFORMED.  Ask
 * for larger ones in pieces (origin, count). */
#ifndef HARK_EXT_CONVERT_H
#define HARK_EXT_CONVERT_H
#include <hark/fetch.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_CONVERTED = HARK_EV_EXTENSION + 210, HARK_EV_CONVERSION };
/* Codes; the number of the last two is in cond->code_num.  Section 9. */
enum { HARK_CODE_TEMPFAIL = 1210, HARK_CODE_MAXCONVERTMESSAGES, HARK_CODE_MAXCONVERTPARTS };

typedef enum hark_convert_item {
  HARK_CONVERT_OTHER,     /* in answers only: no item that is known; see raw */
  HARK_CONVERT_UID,       /* number */
  HARK_CONVERT_BINARY,    /* bytes; BINARY[part] */
  HARK_CONVERT_SIZE,      /* number; BINARY.SIZE[part] */
  HARK_CONVERT_STRUCTURE, /* structure; BODYPARTSTRUCTURE[part] */
  HARK_CONVERT_AVAILABLE, /* types; AVAILABLECONVERSIONS[part] */
  HARK_CONVERT_HEADER,    /* bytes; BODY[part.HEADER] */
  HARK_CONVERT_MIME       /* bytes; BODY[part.MIME] */
} hark_convert_item;

typedef enum hark_convert_fault {
  HARK_CONVERT_FAULT_OTHER, /* no code that is known */
  HARK_CONVERT_TEMPFAIL,
  HARK_CONVERT_BADPARAMETERS,
  HARK_CONVERT_MISSINGPARAMETERS
} hark_convert_fault;

typedef struct hark_convert_refused {
  hark_str from, to;           /* media types; from NIL: there is no such part */
  const hark_param *params;    /* values are NIL where parameters are missing */
  size_t nparams;
} hark_convert_refused;

typedef struct hark_convert_error { /* converterror-phrase: in the place of a value */
  hark_str text;               /* for humans */
  hark_str code;               /* as sent */
  int32_t  fault;              /* hark_convert_fault */
  uint32_t minutes;            /* TEMPFAIL: not again before; 0: not told */
  const hark_convert_refused *refused;
  size_t nrefused;
  hark_str raw;                /* what stands behind a code that is not known, as sent; else NIL */
} hark_convert_error;

typedef struct hark_converted { /* one item of an answer */
  int32_t  item;               /* hark_convert_item */
  hark_str name, section;      /* "BINARY", "1.2"; section NIL: none was sent */
  uint64_t origin;
  bool     partial;            /* an origin was sent, which may be 0 */
  hark_str bytes;              /* NIL: there is no such part */
  uint64_t number;
  const hark_part *structure;
  hark_strs types;             /* media types that are possible */
  const hark_convert_error *error; /* then none of the values above; NULL: none */
  hark_str raw;                /* the value as sent, but for bytes and numbers: NIL */
} hark_converted;

typedef struct hark_ev_converted { /* section 8.1 */
  uint64_t number;             /* of the message */
  hark_str tag;                /* the correlator as sent */
  const hark_converted *v;
  size_t n;
} hark_ev_converted;

typedef struct hark_ev_conversion { /* section 5.2: one conversion that the server has */
  hark_str  from, to;          /* media types */
  hark_strs params;            /* names of parameters that it knows */
} hark_ev_conversion;

/* Live as long as the event.  NULL unless ev is of that type. */
HARK_API const hark_ev_converted *hark_event_converted(const hark_event *ev);
HARK_API const hark_ev_conversion *hark_event_conversion(const hark_event *ev);

/* Which conversions there are, as CONVERSION events.  "image/gif", "image/" "*", "*".  Section 5.1. */
HARK_API hark_cmd hark_conversions(hark_client *c, const char *from, const char *to);

/* CONVERT, answered by CONVERTED events; errors stick to the builder and come out of
 * hark_convert_end().  First the parameters, then one item at least.  Section 6.
 * to: "image/jpeg"; NULL: as the server thinks best. */
HARK_API hark_builder *hark_convert_begin(hark_client *c, unsigned flags, const char *set,
                                          const char *to);
HARK_API void hark_convert_param(hark_builder *b, const char *name, const char *value);
/* item: hark_convert_item; part: "1.2", "" for all of the message (MIME: not); count bytes from
 * origin on, of BINARY alone; 0, 0: all of it.  UID takes "", 0, 0. */
HARK_API void hark_convert_put(hark_builder *b, int item, const char *part, uint64_t origin,
                               uint64_t count);
HARK_API hark_cmd hark_convert_end(hark_builder *b);
#ifdef __cplusplus
}
#endif
#endif
