/* ext/annotate.c - ANNOTATE-EXPERIMENT-1.  RFC 5257.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/annotate.h>
#include <string.h>

static const char capability[] = "ANNOTATE-EXPERIMENT-1";

/* att-value = attrib SP value; value = nstring / literal8 */
static bool att_value(scan *s, void *elem) {
  hark_annotation_value *v = elem;
  return scan_astring(s, &v->attribute) && scan_sp(s) && scan_nstring(s, &v->value);
}

/* entry-att = entry SP "(" att-value *(SP att-value) ")", or entry alone */
static bool entry_att(scan *s, void *elem) {
  hark_annotation *a = elem;
  if (!scan_astring(s, &a->entry)) return false;
  scan ahead = *s;
  while (scan_peek(&ahead) == ' ') ahead.p++;
  if (scan_peek(&ahead) != '(') return true;
  if (!scan_sp(s) || !scan_list(s, att_value, sizeof *a->v, &a->v, &a->n)) return false;
  return a->n || scan_forgive(s, "an attribute of the entry");
}

/* All of one kind, and one at least. */
static bool as_they_should(scan *s, const hark_annotations *list) {
  for (size_t i = 1; i < list->n; i++)
    if (!list->v[i].n != !list->v[0].n) return scan_forgive(s, "values of all entries or none");
  return list->n || scan_forgive(s, "an entry in the list");
}

/* "ANNOTATION" SP ("(" entry-att *(SP entry-att) ")" / "(" entry *(SP entry) ")") */
static bool annotation(ext_call *call, scan *s) {
  hark_annotations *list = ext_space(call, sizeof *list);
  ext_item(call, HARK_ITEM_ANNOTATION)->any = list;
  return list && scan_sp(s) && scan_list(s, entry_att, sizeof *list->v, &list->v, &list->n) &&
         as_they_should(s, list);
}

/* "ANNOTATE" SP "TOOBIG" / "ANNOTATE" SP "TOOMANY" */
static bool annotate(ext_call *call, scan *s) {
  hark_annotate_code *d = ext_code(call, HARK_CODE_ANNOTATE, sizeof *d);
  if (!d || !scan_sp(s)) return false;
  scan word = *s;
  if (!scan_atom(s, &d->name)) return false;
  if (scan_word(&word, "TOOBIG")) d->kind = HARK_ANNOTATE_TOOBIG;
  if (scan_word(&word, "TOOMANY")) d->kind = HARK_ANNOTATE_TOOMANY;
  if (scan_end(s)) return true;
  if (d->kind != HARK_ANNOTATE_OTHER || !scan_sp(s)) return false;
  d->args = (hark_str){(const char *)s->p, (size_t)(s->end - s->p)};
  return true;
}

/* ann-size = "NONE" / (("READ-ONLY" / nz-number) [SP "NOPRIVATE"]) */
static bool annotations(ext_call *call, scan *s) {
  hark_annotations_code *d = ext_code(call, HARK_CODE_ANNOTATIONS, sizeof *d);
  if (!d || !scan_sp(s)) return false;
  if (scan_word(s, "NONE")) return scan_end(s);
  d->kind = scan_word(s, "READ-ONLY") ? HARK_ANNOTATIONS_READ_ONLY : HARK_ANNOTATIONS_WRITABLE;
  if (d->kind == HARK_ANNOTATIONS_WRITABLE && (!scan_u64(s, &d->size) || !d->size)) return false;
  if (scan_end(s)) return true;
  d->noprivate = true;
  return scan_sp(s) && scan_word(s, "NOPRIVATE") && scan_end(s);
}

/* --- calls --- */

/* entry / attrib = astring; MUST NOT contain "*" or "%" */
static void put_name(hark_builder *b, hark_str name) {
  if (!name.n || memchr(name.p, '*', name.n) || memchr(name.p, '%', name.n)) ext_refuse(b);
  hark_put_string(b, name);
}

/* One name, or a list of them. */
static void put_names(hark_builder *b, const char *const *names, bool wild) {
  bool several = names && names[0] && names[1];
  if (!names || !names[0]) ext_refuse(b);
  if (several) hark_put_open(b);
  for (; names && *names; names++) {
    if (wild)
      hark_put_text(b, *names);
    else
      put_name(b, (hark_str){*names, strlen(*names)});
  }
  if (several) hark_put_close(b);
}

/* fetch-att =/ "ANNOTATION" SP "(" entries SP attribs ")" */
void hark_fetch_annotation(hark_builder *b, const char *const *entries,
                           const char *const *attributes) {
  ext_needs(b, capability);
  hark_fetch_item(b, "ANNOTATION");
  hark_put_open(b);
  put_names(b, entries, true);
  put_names(b, attributes, false);
  hark_put_close(b);
}

/* entry-att = entry SP "(" att-value *(SP att-value) ")" */
static void put_entry(hark_builder *b, const hark_annotation *a) {
  if (!a->n) ext_refuse(b);
  put_name(b, a->entry);
  hark_put_open(b);
  for (size_t i = 0; i < a->n; i++) {
    put_name(b, a->v[i].attribute);
    hark_put_nstring8(b, a->v[i].value);
  }
  hark_put_close(b);
}

/* att-annotate = "ANNOTATION" SP "(" entry-att *(SP entry-att) ")" */
hark_cmd hark_store_annotations(hark_client *c, unsigned with, const char *set,
                                const hark_annotation *v, size_t n) {
  hark_builder *b = hark_store_begin(c, with, set);
  ext_needs(b, capability);
  if (!n) ext_refuse(b);
  hark_store_action(b, "ANNOTATION");
  for (size_t i = 0; i < n; i++) put_entry(b, &v[i]);
  return hark_store_end(b);
}

/* append-ext =/ att-annotate */
void hark_append_annotations(hark_builder *b, const hark_annotation *v, size_t n) {
  ext_needs(b, capability);
  if (!n) ext_refuse(b);
  hark_put_atom(b, "ANNOTATION");
  hark_put_open(b);
  for (size_t i = 0; i < n; i++) put_entry(b, &v[i]);
  hark_put_close(b);
}

/* search-key =/ "ANNOTATION" SP entry-match SP att-search SP value */
void hark_q_annotation(hark_builder *q, const char *entry, const char *attribute, hark_str value) {
  static const char *const allowed[] = {"value", "value.priv", "value.shared"};
  bool known = false;
  for (size_t i = 0; attribute && i < 3; i++) known = known || !strcmp(attribute, allowed[i]);
  ext_needs(q, capability);
  if (!known || !entry || !*entry) ext_refuse(q);
  hark_put_atom(q, "ANNOTATION");
  hark_put_text(q, entry);
  hark_put_text(q, attribute);
  hark_put_nstring8(q, value);
}

const hark_annotations *hark_item_annotations(const hark_ev_item *item) {
  return item->kind == HARK_ITEM_ANNOTATION ? item->any : NULL;
}

const hark_annotate_code *hark_cond_annotate(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_ANNOTATE ? cond->code_data : NULL;
}

const hark_annotations_code *hark_cond_annotations(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_ANNOTATIONS ? cond->code_data : NULL;
}

static const ext_word items[] = {{"ANNOTATION", annotation, EXT_WHOLE, EXT_SELECTED}, {0}};
static const ext_word codes[] = {{"ANNOTATE", annotate, EXT_WHOLE, EXT_SELECTED},
                                 {"ANNOTATIONS", annotations, EXT_WHOLE, EXT_SELECTED},
                                 {0}};

static const hark_field value_fields[] = {
    FIELD(hark_annotation_value, attribute, STR), FIELD(hark_annotation_value, value, STR), {0}};
static const hark_field entry_fields[] = {
    FIELD(hark_annotation, entry, STR),
    FIELD_ARRAY(hark_annotation, v, hark_annotation_value, value_fields),
    {0}};
static const hark_field list_fields[] = {
    FIELD_ARRAY(hark_annotations, v, hark_annotation, entry_fields), {0}};
static const hark_field annotate_kinds[] = {FIELD_NAME("OTHER", HARK_ANNOTATE_OTHER),
                                            FIELD_NAME("TOOBIG", HARK_ANNOTATE_TOOBIG),
                                            FIELD_NAME("TOOMANY", HARK_ANNOTATE_TOOMANY),
                                            {0}};
static const hark_field annotations_kinds[] = {FIELD_NAME("NONE", HARK_ANNOTATIONS_NONE),
                                               FIELD_NAME("READ-ONLY", HARK_ANNOTATIONS_READ_ONLY),
                                               FIELD_NAME("WRITABLE", HARK_ANNOTATIONS_WRITABLE),
                                               {0}};
static const hark_field annotate_fields[] = {
    FIELD_OF(hark_annotate_code, kind, ENUM, annotate_kinds),
    FIELD(hark_annotate_code, name, STR),
    FIELD(hark_annotate_code, args, STR),
    {0}};
static const hark_field annotations_fields[] = {
    FIELD_OF(hark_annotations_code, kind, ENUM, annotations_kinds),
    FIELD(hark_annotations_code, size, U64),
    FIELD(hark_annotations_code, noprivate, BOOL),
    {0}};
static const ext_fields kinds[] = {{HARK_ITEM_ANNOTATION, "ANNOTATION", list_fields}, {0}};
static const ext_fields ids[] = {{HARK_CODE_ANNOTATE, "ANNOTATE", annotate_fields},
                                 {HARK_CODE_ANNOTATIONS, "ANNOTATIONS", annotations_fields},
                                 {0}};

extern const hark__extension hark__ext_annotate;
const hark__extension hark__ext_annotate = {
    .items = items, .codes = codes, .item_kinds = kinds, .code_ids = ids};
