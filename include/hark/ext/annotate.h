/* hark/ext/annotate.h - ANNOTATE-EXPERIMENT-1: notes on messages.  RFC 5257.
 * SPDX-License-Identifier: MIT
 *
 * An entry is a path, "/comment"; its attributes are "value" and "size", each ".priv" (ours) or ".shared".
 * hark_select(c, mailbox, "(ANNOTATE)") asks to be told what others change: entries without values. */
#ifndef HARK_EXT_ANNOTATE_H
#define HARK_EXT_ANNOTATE_H
#include <hark/fetch.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_ITEM_ANNOTATION = HARK_ITEM_EXTENSION + 70 };
enum { HARK_CODE_ANNOTATE = 1070, HARK_CODE_ANNOTATIONS };

typedef struct hark_annotation_value { hark_str attribute, value; } hark_annotation_value; /* value NIL: none */
typedef struct hark_annotation {
  hark_str entry;
  const hark_annotation_value *v;
  size_t n;                       /* 0: the entry has changed, and may be asked for */
} hark_annotation;
typedef struct hark_annotations { const hark_annotation *v; size_t n; } hark_annotations;

/* Asks for an item ANNOTATION.  Both lists end with NULL and have one element at least; in entries "*" stands
 * for anything, "%" for one level.  RFC 5257 section 4.3 */
HARK_API void hark_fetch_annotation(hark_builder *b, const char *const *entries, const char *const *attributes);
/* STORE: sets all of them, or none; NIL removes an attribute.  n is at least 1, as it is in each of v; names
 * have no "*" and no "%"; else HARK_ERR_ARG.  There is no answer but DONE.  RFC 5257 section 4.5 */
HARK_API hark_cmd hark_store_annotations(hark_client *c, unsigned flags, const char *set,
                                         const hark_annotation *v, size_t n);
/* APPEND: annotations of the message, as of hark_store_annotations(), in place of hark_append_message():
 * hark_append_options(b, m); hark_append_annotations(b, v, n); hark_put_stream(b, 0, m->octets).
 * RFC 5257 section 4.7 */
HARK_API void hark_append_annotations(hark_builder *b, const hark_annotation *v, size_t n);
/* A SEARCH key: value is in that attribute, "value", "value.priv" or "value.shared", of an entry that matches.
 * RFC 5257 section 4.8 */
HARK_API void hark_q_annotation(hark_builder *q, const char *entry, const char *attribute, hark_str value);

typedef enum hark_annotate_kind { /* why annotations were not stored.  RFC 5257 section 4.5 */
  HARK_ANNOTATE_OTHER, HARK_ANNOTATE_TOOBIG, HARK_ANNOTATE_TOOMANY
} hark_annotate_kind;
typedef struct hark_annotate_code {
  int32_t  kind; /* hark_annotate_kind */
  hark_str name, args; /* as sent */
} hark_annotate_code;

typedef enum hark_annotations_kind { /* what the mailbox that was selected can do.  RFC 5257 section 4.1 */
  HARK_ANNOTATIONS_NONE, HARK_ANNOTATIONS_READ_ONLY, HARK_ANNOTATIONS_WRITABLE
} hark_annotations_kind;
typedef struct hark_annotations_code {
  int32_t  kind;      /* hark_annotations_kind */
  uint64_t size;      /* octets of the largest value; of WRITABLE */
  bool     noprivate; /* ".shared" only */
} hark_annotations_code;

/* NULL unless item is of that kind, cond has that code, readable; valid as long as the event. */
HARK_API const hark_annotations *hark_item_annotations(const hark_ev_item *item);
HARK_API const hark_annotate_code *hark_cond_annotate(const hark_ev_cond *cond);
HARK_API const hark_annotations_code *hark_cond_annotations(const hark_ev_cond *cond);
#ifdef __cplusplus
}
#endif
#endif
