/* ext/convert.c - CONVERT, CONVERSIONS.  RFC 5259.
 * SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "core/extension.h"
#include <hark/ext/convert.h>
#include <string.h>

/* --- CONVERTED --- */

/* "(" word, or nothing is read. */
static bool list_of(scan *s, const char *word) {
  scan ahead = *s;
  if (!scan_accept(&ahead, '(') || !scan_word(&ahead, word)) return false;
  *s = ahead;
  return true;
}

static bool astring_elem(scan *s, void *elem) { return scan_astring(s, elem); }

/* transcoding-param = transcoding-param-name SP transcoding-param-value */
static bool param(scan *s, void *elem) {
  hark_param *p = elem;
  return scan_astring(s, &p->name) && scan_sp(s) && scan_astring(s, &p->value);
}

/* transcoding-param-name */
static bool param_name(scan *s, void *elem) { return scan_astring(s, &((hark_param *)elem)->name); }

/* mimetype-and-params = quoted-to-mime-type [SP "(" transcoding-params ")"], behind (quoted-from-
 * mime-type / nil) SP; forgiven: the parameters alone, as in the RFC's own examples */
static bool refused(scan *s, hark_convert_refused *r, scan_elem elem) {
  if (scan_peek(s) == '(') {
    if (!scan_forgive(s, "media types in front of the parameters")) return false;
  } else if (!scan_nstring(s, &r->from) || !scan_sp(s) || !scan_string(s, &r->to)) {
    return false;
  }
  scan ahead = *s; /* of missing-params the grammar has no SP there */
  if (scan_peek(&ahead) == ' ' && (!scan_sp(&ahead) || scan_peek(&ahead) != '(')) return true;
  if (scan_peek(&ahead) != '(') return true;
  *s = ahead;
  return scan_list(s, elem, sizeof *r->params, &r->params, &r->nparams);
}

/* 1*(SP (quoted-from-mime-type / nil) SP mimetype-and-params) */
static bool all_refused(scan *s, hark_convert_error *e, scan_elem elem) {
  hark_convert_refused *v = NULL;
  size_t cap = 0;
  while (scan_peek(s) == ' ') {
    if (e->nrefused >= s->items) return s->expected = "shorter list", false;
    hark_convert_refused *grown = arena_grow(s->arena, v, sizeof *v, &cap, e->nrefused + 1);
    if (!grown || !scan_sp(s)) return false;
    v = grown;
    if (!refused(s, &v[e->nrefused++], elem)) return false;
  }
  e->refused = v;
  return e->nrefused > 0;
}

/* What follows a code that is not known, up to the end of the phrase. */
static bool rest(scan *s, hark_convert_error *e) {
  const char *from = (const char *)s->p;
  while (scan_peek(s) == ' ')
    if (!scan_sp(s) || !scan_skip(s)) return false;
  e->raw = (hark_str){from, (size_t)((const char *)s->p - from)};
  return true;
}

/* convert-error-code = "TEMPFAIL" [SP nz-number] / bad-params / missing-params */
static bool error_code(scan *s, hark_convert_error *e) {
  scan at = *s;
  if (!scan_atom(s, &e->code)) return false;
  if (scan_word(&at, "TEMPFAIL")) {
    e->fault = HARK_CONVERT_TEMPFAIL;
    return scan_peek(s) != ' ' || (scan_sp(s) && scan_nz_u32(s, &e->minutes));
  }
  if (scan_word(&at, "BADPARAMETERS")) {
    e->fault = HARK_CONVERT_BADPARAMETERS;
    return all_refused(s, e, param);
  }
  if (scan_word(&at, "MISSINGPARAMETERS")) {
    e->fault = HARK_CONVERT_MISSINGPARAMETERS;
    return all_refused(s, e, param_name);
  }
  return rest(s, e);
}

/* converterror-phrase = "(" "ERROR" SP convert-err-descript SP convert-error-code ")", behind the
 * first word */
static bool error(scan *s, hark_converted *v) {
  hark_convert_error *e = arena_alloc(s->arena, sizeof *e);
  v->error = e;
  return e && scan_sp(s) && scan_string(s, &e->text) && scan_sp(s) && error_code(s, e) &&
         scan_ch(s, ')');
}

/* mimetype-list = "(" "(" [quoted-to-mime-type *(SP quoted-to-mime-type)] ")" ")" */
static bool types(scan *s, hark_converted *v) {
  return scan_ch(s, '(') &&
         scan_list(s, astring_elem, sizeof *v->types.v, &v->types.v, &v->types.n) &&
         scan_ch(s, ')');
}

static bool structure(ext_call *call, scan *s, hark_converted *v) {
  hark_ev_item item = {0};
  if (!ext_read_item(call, "BODYSTRUCTURE", s, &item)) return false;
  v->structure = item.structure;
  return true;
}

static int item_of(const hark_converted *v) {
  static const struct {
    const char *name;
    int item;
  } names[] = {{"UID", HARK_CONVERT_UID},
               {"BINARY", HARK_CONVERT_BINARY},
               {"BINARY.SIZE", HARK_CONVERT_SIZE},
               {"BODYPARTSTRUCTURE", HARK_CONVERT_STRUCTURE},
               {"BODYSTRUCTURE", HARK_CONVERT_STRUCTURE}, /* so in an example of section 9 */
               {"AVAILABLECONVERSIONS", HARK_CONVERT_AVAILABLE},
               {"BODY", HARK_CONVERT_HEADER}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (!scan_is(v->name, names[i].name)) continue;
    bool mime = v->section.n >= 4 && (v->section.p[v->section.n - 4] | 0x20) == 'm';
    return names[i].item == HARK_CONVERT_HEADER && mime ? HARK_CONVERT_MIME : names[i].item;
  }
  return HARK_CONVERT_OTHER;
}

/* name [section-convert ["<" number ">"]] */
static bool name(scan *s, hark_converted *v) {
  if (!scan_atom(s, &v->name)) return false;
  const char *open = memchr(v->name.p, '[', v->name.n);
  if (!open) return true;
  const char *end = v->name.p + v->name.n;
  v->section = (hark_str){open + 1, (size_t)(end - open) - 1};
  v->name.n = (size_t)(open - v->name.p);
  if (!scan_ch(s, ']')) return false;
  v->partial = scan_accept(s, '<');
  return !v->partial || (scan_u64(s, &v->origin) && scan_ch(s, '>'));
}

static bool value(scan *s, hark_converted *v) {
  uint32_t uid;
  if (list_of(s, "ERROR")) return error(s, v);
  switch (v->item) {
  case HARK_CONVERT_UID:
    if (!scan_nz_u32(s, &uid)) return false;
    v->number = uid;
    return true;
  case HARK_CONVERT_SIZE: return scan_count(s, &v->number);
  case HARK_CONVERT_AVAILABLE: return types(s, v);
  case HARK_CONVERT_BINARY:
  case HARK_CONVERT_HEADER:
  case HARK_CONVERT_MIME: return scan_nstring(s, &v->bytes);
  default: return scan_skip(s);
  }
}

/* msg-att-semistat / msg-att-conv-static */
static bool attribute(ext_call *call, scan *s, hark_converted *v) {
  if (!name(s, v)) return false;
  v->item = item_of(v);
  const char *from = (const char *)s->p + 1;
  scan ahead = *s;
  bool tree = v->item == HARK_CONVERT_STRUCTURE && scan_sp(&ahead) && !list_of(&ahead, "ERROR");
  if (!(tree ? structure(call, s, v) : scan_sp(s) && value(s, v))) return false;
  bool typed = v->bytes.p || v->item == HARK_CONVERT_UID || v->item == HARK_CONVERT_SIZE;
  if (!typed) v->raw = (hark_str){from, (size_t)((const char *)s->p - from)};
  return true;
}

/* convert-msg-attrs = "(" convert-msg-att *(SP convert-msg-att) ")" */
static bool attributes(ext_call *call, scan *s, hark_ev_converted *ev) {
  hark_converted *v = NULL;
  size_t cap = 0;
  if (!scan_ch(s, '(')) return false;
  do {
    if (ev->n >= s->items) return s->expected = "shorter list", false;
    hark_converted *grown = arena_grow(s->arena, v, sizeof *v, &cap, ev->n + 1);
    if (!grown || (ev->n && !scan_sp(s))) return false;
    v = grown;
    if (!attribute(call, s, &v[ev->n++])) return false;
  } while (scan_peek(s) == ' ');
  ev->v = v;
  return scan_ch(s, ')');
}

/* nz-number SP "CONVERTED" SP convert-correlator SP convert-msg-attrs; convert-correlator = "("
 * "TAG" SP tag-string ")" */
static bool converted(ext_call *call, scan *s) {
  hark_ev_converted head = {.number = ext_number(call)};
  if (!head.number || head.number > UINT32_MAX) return s->expected = "message number", false;
  if (!scan_sp(s) || !scan_ch(s, '(') || !scan_word(s, "TAG") || !scan_sp(s) ||
      !scan_astring(s, &head.tag) || !scan_ch(s, ')') || !scan_sp(s))
    return false;
  ext_correlate(call, head.tag);
  hark_ev_converted *ev = ext_event(call, HARK_EV_CONVERTED, sizeof *ev);
  if (!ev) return false;
  *ev = head;
  return attributes(call, s, ev);
}

/* --- CONVERSION --- */

/* conversion-data = "CONVERSION" SP quoted-from-mime-type SP quoted-to-mime-type [SP "("
 * transcoding-param-name *(SP transcoding-param-name) ")"] */
static bool conversion(ext_call *call, scan *s) {
  hark_ev_conversion *ev = ext_event(call, HARK_EV_CONVERSION, sizeof *ev);
  if (!ev || !scan_sp(s) || !scan_astring(s, &ev->from) || !scan_sp(s) || !scan_astring(s, &ev->to))
    return false;
  if (scan_end(s)) return true;
  return scan_sp(s) &&
         scan_list(s, astring_elem, sizeof *ev->params.v, &ev->params.v, &ev->params.n) &&
         (ev->params.n || scan_forgive(s, "a parameter in the list"));
}

const hark_ev_converted *hark_event_converted(const hark_event *ev) {
  return ev->type == HARK_EV_CONVERTED ? ev->any : NULL;
}

const hark_ev_conversion *hark_event_conversion(const hark_event *ev) {
  return ev->type == HARK_EV_CONVERSION ? ev->any : NULL;
}

/* --- codes --- */

/* "TEMPFAIL" */
static bool tempfail(ext_call *call, scan *s) {
  ext_code(call, HARK_CODE_TEMPFAIL, 0);
  return scan_end(s);
}

static bool most(ext_call *call, scan *s, int code) {
  uint32_t n;
  ext_code(call, code, 0);
  return scan_sp(s) && scan_nz_u32(s, &n) && scan_end(s);
}

/* "MAXCONVERTMESSAGES" SP nz-number, "MAXCONVERTPARTS" SP nz-number */
static bool most_messages(ext_call *call, scan *s) {
  return most(call, s, HARK_CODE_MAXCONVERTMESSAGES);
}
static bool most_parts(ext_call *call, scan *s) { return most(call, s, HARK_CODE_MAXCONVERTPARTS); }

/* --- commands --- */

/* type-name, subtype-name = 1*127reg-name-chars, RFC 4288 section 4.2; any: "*" in its place */
static bool type_name(const char **p, bool any) {
  static const char chars[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&.+-^_";
  const char *from = *p;
  if (any && **p == '*') return ++*p, true;
  while (**p && strchr(chars, **p)) ++*p;
  return *p > from;
}

/* mime-type-req = "*" / (type-name "/" "*") / concrete-mime-type */
static bool is_type(const char *type, bool any) {
  const char *p = type;
  if (!type) return false;
  if (any && !strcmp(type, "*")) return true;
  if (!type_name(&p, false) || *p++ != '/') return false;
  return type_name(&p, any) && !*p;
}

hark_cmd hark_conversions(hark_client *c, const char *from, const char *to) {
  hark_builder *b = hark_cmd_begin(c, "CONVERSIONS");
  hark_put_quoted(b, is_type(from, true) ? from : NULL);
  hark_put_quoted(b, is_type(to, true) ? to : NULL);
  return hark_cmd_end(b);
}

enum { NOTE_PARAM = 1, NOTE_ITEM = 2, NOTE_LIST = 4 }; /* what was put so far */

/* convert-params = "(" (quoted-to-mime-type / default-conversion) [SP "(" transcoding-params ")"]
 * ")" */
hark_builder *hark_convert_begin(hark_client *c, unsigned flags, const char *set, const char *to) {
  hark_builder *b = hark_cmd_begin(c, flags & HARK_UID ? "UID CONVERT" : "CONVERT");
  hark_put_set(b, set);
  hark_put_open(b);
  if (to)
    hark_put_quoted(b, is_type(to, false) ? to : NULL);
  else
    hark_put_atom(b, "NIL");
  return b;
}

void hark_convert_param(hark_builder *b, const char *param_name, const char *param_value) {
  uint32_t noted = ext_noted(b);
  if (noted & NOTE_ITEM) ext_refuse(b);
  if (!(noted & NOTE_PARAM)) hark_put_open(b);
  ext_note(b, NOTE_PARAM);
  hark_put_text(b, param_name);
  hark_put_text(b, param_value);
}

/* section-part = nz-number *("." nz-number), or nothing */
static bool is_part(const char *part) {
  scan s;
  uint32_t number;
  if (!part) return false;
  scan_init(&s, part, strlen(part), NULL);
  if (scan_end(&s)) return true;
  do {
    if (!scan_nz_u32(&s, &number)) return false;
  } while (!scan_end(&s) && scan_ch(&s, '.'));
  return scan_end(&s);
}

/* convert-att / "(" convert-att *(SP convert-att) ")": one stands alone, as in the RFC's examples
 */
static void item_begins(hark_builder *b) {
  uint32_t noted = ext_noted(b);
  if (!(noted & NOTE_ITEM)) {
    if (noted & NOTE_PARAM) hark_put_close(b);
    hark_put_close(b);
    ext_list_begins(b);
    ext_note(b, NOTE_ITEM);
  } else if (!(noted & NOTE_LIST)) {
    ext_list_opens(b);
    ext_note(b, NOTE_LIST);
  }
}

/* section-convert, or of HEADER and MIME "[" [section-part "."] word "]" */
static void section(hark_builder *b, int item, const char *part) {
  const char *word = item == HARK_CONVERT_HEADER ? "HEADER"
                     : item == HARK_CONVERT_MIME ? "MIME"
                                                 : "";
  bool none = !is_part(part) || !*part;
  if (!is_part(part) || (none && item == HARK_CONVERT_MIME)) ext_refuse(b);
  ext_put_joined(b, "[");
  ext_put_joined(b, part);
  if (!none && *word) ext_put_joined(b, ".");
  ext_put_joined(b, word);
  ext_put_joined(b, "]");
}

/* convert-att */
void hark_convert_put(hark_builder *b, int item, const char *part, uint64_t origin,
                      uint64_t count) {
  static const char *const names[] = {[HARK_CONVERT_UID] = "UID",
                                      [HARK_CONVERT_BINARY] = "BINARY",
                                      [HARK_CONVERT_SIZE] = "BINARY.SIZE",
                                      [HARK_CONVERT_STRUCTURE] = "BODYPARTSTRUCTURE",
                                      [HARK_CONVERT_AVAILABLE] = "AVAILABLECONVERSIONS",
                                      [HARK_CONVERT_HEADER] = "BODY",
                                      [HARK_CONVERT_MIME] = "BODY"};
  bool known = item >= HARK_CONVERT_UID && item <= HARK_CONVERT_MIME;
  item_begins(b);
  if (item != HARK_CONVERT_BINARY && (origin || count)) ext_refuse(b);
  hark_put_atom(b, known ? names[item] : NULL);
  if (item != HARK_CONVERT_UID)
    section(b, item, part);
  else if (!part || *part)
    ext_refuse(b);
  ext_put_partial(b, origin, count);
}

hark_cmd hark_convert_end(hark_builder *b) {
  if (!(ext_noted(b) & NOTE_ITEM)) ext_refuse(b);
  if (ext_noted(b) & NOTE_LIST) hark_put_close(b);
  return hark_cmd_end(b);
}

static const ext_word responses[] = {{"CONVERTED", converted, EXT_WHOLE, EXT_SELECTED},
                                     {"CONVERSION", conversion, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {0}};
static const ext_word codes[] = {
    {"TEMPFAIL", tempfail, EXT_WHOLE, EXT_AUTHENTICATED},
    {"MAXCONVERTMESSAGES", most_messages, EXT_WHOLE, EXT_AUTHENTICATED},
    {"MAXCONVERTPARTS", most_parts, EXT_WHOLE, EXT_AUTHENTICATED},
    {0}};
static const ext_command commands[] = {
    {"CONVERT", "CONVERT", EXT_IN_SELECTED, EXT_SEQ, "CONVERTED", EFFECT_NONE},
    {"CONVERSIONS", "CONVERT", EXT_IN_AUTHENTICATED | EXT_IN_SELECTED, EXT_SAME, "CONVERSION",
     EFFECT_NONE},
    {0}};

/* --- how they are printed --- */

static const hark_field item_names[] = {FIELD_NAME("OTHER", HARK_CONVERT_OTHER),
                                        FIELD_NAME("UID", HARK_CONVERT_UID),
                                        FIELD_NAME("BINARY", HARK_CONVERT_BINARY),
                                        FIELD_NAME("SIZE", HARK_CONVERT_SIZE),
                                        FIELD_NAME("STRUCTURE", HARK_CONVERT_STRUCTURE),
                                        FIELD_NAME("AVAILABLE", HARK_CONVERT_AVAILABLE),
                                        FIELD_NAME("HEADER", HARK_CONVERT_HEADER),
                                        FIELD_NAME("MIME", HARK_CONVERT_MIME),
                                        {0}};
static const hark_field fault_names[] = {
    FIELD_NAME("OTHER", HARK_CONVERT_FAULT_OTHER),
    FIELD_NAME("TEMPFAIL", HARK_CONVERT_TEMPFAIL),
    FIELD_NAME("BADPARAMETERS", HARK_CONVERT_BADPARAMETERS),
    FIELD_NAME("MISSINGPARAMETERS", HARK_CONVERT_MISSINGPARAMETERS),
    {0}};
static const hark_field param_fields[] = {
    FIELD(hark_param, name, STR), FIELD(hark_param, value, STR), {0}};
static const hark_field refused_fields[] = {
    FIELD(hark_convert_refused, from, STR),
    FIELD(hark_convert_refused, to, STR),
    FIELD_ARRAY(hark_convert_refused, params, hark_param, param_fields),
    {0}};
static const hark_field error_fields[] = {
    FIELD(hark_convert_error, text, STR),
    FIELD(hark_convert_error, code, STR),
    FIELD_OF(hark_convert_error, fault, ENUM, fault_names),
    FIELD(hark_convert_error, minutes, U32),
    FIELD_ARRAY(hark_convert_error, refused, hark_convert_refused, refused_fields),
    FIELD(hark_convert_error, raw, STR),
    {0}};
static const hark_field item_fields[] = {
    FIELD_OF(hark_converted, item, ENUM, item_names),
    FIELD(hark_converted, name, STR),
    FIELD(hark_converted, section, STR),
    FIELD(hark_converted, partial, BOOL),
    FIELD(hark_converted, origin, U64),
    FIELD(hark_converted, bytes, STR),
    FIELD(hark_converted, number, U64),
    FIELD_OF(hark_converted, structure, STRUCT, ext_part_fields),
    FIELD(hark_converted, types, STRS),
    FIELD_OF(hark_converted, error, STRUCT, error_fields),
    FIELD(hark_converted, raw, STR),
    {0}};
static const hark_field converted_fields[] = {
    FIELD(hark_ev_converted, number, U64),
    FIELD(hark_ev_converted, tag, STR),
    FIELD_ARRAY(hark_ev_converted, v, hark_converted, item_fields),
    {0}};
static const hark_field conversion_fields[] = {FIELD(hark_ev_conversion, from, STR),
                                               FIELD(hark_ev_conversion, to, STR),
                                               FIELD(hark_ev_conversion, params, STRS),
                                               {0}};
static const ext_fields events[] = {{HARK_EV_CONVERTED, "CONVERTED", converted_fields},
                                    {HARK_EV_CONVERSION, "CONVERSION", conversion_fields},
                                    {0}};
static const ext_fields ids[] = {{HARK_CODE_TEMPFAIL, "TEMPFAIL", NULL},
                                 {HARK_CODE_MAXCONVERTMESSAGES, "MAXCONVERTMESSAGES", NULL},
                                 {HARK_CODE_MAXCONVERTPARTS, "MAXCONVERTPARTS", NULL},
                                 {0}};

extern const hark__extension hark__ext_convert;
const hark__extension hark__ext_convert = {.responses = responses,
                                           .codes = codes,
                                           .commands = commands,
                                           .events = events,
                                           .code_ids = ids};
