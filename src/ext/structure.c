/* ext/structure.c - what the server has parsed of a message: ENVELOPE, BODY, BODYSTRUCTURE.
 * RFC 9051 sections 7.5.2, 9.
 * SPDX-License-Identifier: MIT
 *
 * Servers deviate here more than anywhere else; what each forgiven deviation looks like is in
 * tests/wire/quirks.md. */
#include "base/arena.h"
#include "core/extension.h"

/* --- ENVELOPE --- */

static const char no_address[] = ""; /* the adl of a NIL among addresses */

/* address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")" */
static bool address(scan *s, void *elem) {
  hark_address *a = elem;
  if (scan_nil(s)) {
    a->adl.p = no_address;
    return scan_forgive(s, "no NIL among addresses");
  }
  return scan_ch(s, '(') && scan_nstring(s, &a->name) && scan_sp(s) && scan_nstring(s, &a->adl) &&
         scan_sp(s) && scan_nstring(s, &a->mailbox) && scan_sp(s) && scan_nstring(s, &a->host) &&
         scan_ch(s, ')');
}

static size_t drop_nils(hark_address *v, size_t n) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (v[i].adl.p != no_address) v[kept++] = v[i];
  return kept;
}

/* "(" 1*address ")" / nil */
static bool addresses(scan *s, hark_addresses *out) {
  if (scan_nil(s)) return true;
  hark_address *v;
  if (!scan_list(s, address, sizeof *v, &v, &out->n)) return false;
  if (!out->n && !scan_forgive(s, "NIL where there are no addresses")) return false;
  out->v = v, out->n = drop_nils(v, out->n);
  return true;
}

/* SP nstring, where some servers stop before it. */
static bool late_field(scan *s, hark_str *out) {
  if (scan_peek(s) == ')') return scan_forgive(s, "an ENVELOPE of ten fields");
  return scan_sp(s) && scan_nstring(s, out);
}

/* env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP
 * env-bcc SP env-in-reply-to SP env-message-id */
static bool envelope_fields(scan *s, hark_envelope *e) {
  hark_addresses *const lists[] = {&e->from, &e->sender, &e->reply_to, &e->to, &e->cc, &e->bcc};
  if (!scan_nstring(s, &e->date) || !scan_sp(s) || !scan_nstring(s, &e->subject)) return false;
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    if (!scan_sp(s) || !addresses(s, lists[i])) return false;
  return late_field(s, &e->in_reply_to) && late_field(s, &e->message_id);
}

/* envelope = "(" ... ")" */
static const hark_envelope *envelope(scan *s) {
  hark_envelope *e = arena_alloc(s->arena, sizeof *e);
  if (!e || !scan_ch(s, '(')) return NULL;
  bool wrapped = scan_accept(s, '(');
  if (wrapped && !scan_forgive(s, "an ENVELOPE in one list")) return NULL;
  bool read = envelope_fields(s, e) && scan_ch(s, ')') && (!wrapped || scan_ch(s, ')'));
  return read ? e : NULL;
}

/* "ENVELOPE" SP envelope */
static bool envelope_item(ext_call *call, scan *s) {
  hark_ev_item *item = ext_item(call, HARK_ITEM_ENVELOPE);
  return scan_sp(s) && (item->envelope = envelope(s));
}

/* --- BODY, BODYSTRUCTURE: fields --- */

/* Behind a field: true at the next one; false where there is none, or something else. */
static bool another(scan *s) {
  if (scan_peek(s) != ' ' || !scan_sp(s)) return false;
  return scan_peek(s) != ')' || !scan_forgive(s, "no space before \")\"");
}

/* As another(), if the next one begins with one of these. */
static bool another_of(scan *s, const char *with) {
  scan ahead = *s;
  if (!another(&ahead)) return false;
  while (*with && scan_peek(&ahead) != *with) with++;
  if (!*with) return false;
  *s = ahead;
  return true;
}

static bool at_string(const scan *s) { return scan_peek(s) == '"' || scan_peek(s) == '{'; }

/* string; forgiven: an atom, as in an example of RFC 5259 */
static bool text(scan *s, hark_str *out) {
  if (at_string(s)) return scan_string(s, out);
  return scan_atom(s, out) && scan_forgive(s, "a quoted parameter");
}

/* string; forgiven: NIL, an atom, and what quoted-printable left in front of the quote: 3D"utf-8"
 */
static bool param_value(scan *s, hark_str *out) {
  *out = (hark_str){NULL, 0};
  if (scan_nil(s)) return true;
  if (!text(s, out)) return false;
  return !at_string(s) || scan_string(s, out);
}

static bool param(scan *s, void *elem) {
  hark_param *p = elem;
  return text(s, &p->name) && scan_sp(s) && param_value(s, &p->value);
}

/* body-fld-param = "(" string SP string *(SP string SP string) ")" / nil */
static bool params(scan *s, const hark_param **v, size_t *n, bool *empty) {
  if (scan_nil(s)) return true;
  if (!scan_list(s, param, sizeof **v, v, n)) return false;
  *empty = !*n;
  return *n || scan_forgive(s, "NIL where there are no parameters");
}

static bool type_params(scan *s, hark_part *p) {
  return params(s, &p->params, &p->nparams, &p->params_empty);
}

static bool disposition_params(scan *s, hark_part *p) {
  return params(s, &p->disposition_params, &p->ndisposition_params, &p->disposition_params_empty);
}

/* body-fld-dsp = "(" string SP body-fld-param ")" / nil; forgiven: the string alone, (NIL NIL) */
static bool disposition(scan *s, hark_part *p) {
  if (scan_nil(s)) return true;
  if (!scan_accept(s, '('))
    return scan_string(s, &p->disposition) && scan_forgive(s, "a disposition in a list");
  return scan_nstring(s, &p->disposition) &&
         (p->disposition.p || scan_forgive(s, "a disposition")) &&
         (another(s) ? disposition_params(s, p)
                     : scan_forgive(s, "parameters of the disposition")) &&
         scan_ch(s, ')');
}

static bool string_elem(scan *s, void *elem) { return scan_nstring(s, elem); }

/* body-fld-lang = nstring / "(" string *(SP string) ")" */
static bool language(scan *s, hark_part *p) {
  hark_strs *out = &p->language;
  if (scan_nil(s)) return true;
  p->language_list = scan_peek(s) == '(';
  if (p->language_list)
    return scan_list(s, string_elem, sizeof *out->v, &out->v, &out->n) &&
           (out->n || scan_forgive(s, "NIL where there is no language"));
  hark_str *one = arena_alloc(s->arena, sizeof *one);
  *out = (hark_strs){one, 1};
  return one && scan_string(s, one);
}

/* *(SP body-extension), as sent */
static bool extensions(scan *s, hark_part *p) {
  hark_str *v = NULL;
  size_t cap = 0, n = 0;
  while (another(s)) {
    if (n >= s->items) return s->expected = "fewer fields", false;
    hark_str *grown = arena_grow(s->arena, v, sizeof *v, &cap, n + 1);
    const char *from = (const char *)s->p;
    if (!grown || !scan_skip(s)) return false;
    v = grown;
    v[n++] = (hark_str){from, (size_t)((const char *)s->p - from)};
  }
  p->extensions = (hark_strs){v, n};
  return true;
}

/* body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]] */
static bool extension_fields(scan *s, hark_part *p) {
  p->fields_sent = 2;
  if (!disposition(s, p)) return false;
  if (!another(s)) return true;
  p->fields_sent = 3;
  if (!language(s, p)) return false;
  if (!another(s)) return true;
  p->fields_sent = 4;
  return scan_nstring(s, &p->location) && extensions(s, p);
}

/* --- the tree --- */

/* prefix "." last, where there is a prefix */
static hark_str path(scan *s, hark_str prefix, const char *last, size_t n) {
  size_t at = 0;
  char *p = arena_alloc(s->arena, prefix.n + 1 + n);
  if (!p) return (hark_str){NULL, 0};
  for (; at < prefix.n; at++) p[at] = prefix.p[at];
  if (at) p[at++] = '.';
  for (size_t i = 0; i < n; i++) p[at++] = last[i];
  return (hark_str){p, at};
}

static hark_str numbered(scan *s, hark_str prefix, uint32_t number) {
  char digits[10];
  size_t at = sizeof digits;
  for (; number; number /= 10) digits[--at] = (char)('0' + number % 10);
  return path(s, prefix, digits + at, sizeof digits - at);
}

/* Where a part stands: number 0 is all that the message at prefix consists of. */
typedef struct place {
  const hark_part *parent;
  hark_str prefix;
  uint32_t number;
} place;

static hark_part *body(scan *s, place at);

/* body-fld-octets, body-fld-lines */
static bool count(scan *s, uint64_t *out) {
  if (scan_nil(s)) return scan_forgive(s, "a number, not NIL");
  return scan_count(s, out);
}

/* Lines are missing where the server did not count them. */
static bool lines(scan *s, hark_part *p) {
  p->lines_missing = !another_of(s, "0123456789-");
  return p->lines_missing ? scan_forgive(s, "a number of lines") : count(s, &p->lines);
}

/* SP envelope SP body SP body-fld-lines; all missing where the server did not look inside. */
static bool message(scan *s, hark_part *p) {
  if (!another_of(s, "(")) return scan_forgive(s, "the envelope of a message");
  return (p->envelope = envelope(s)) && scan_sp(s) &&
         (p->child = body(s, (place){p, p->path, 0})) && lines(s, p);
}

/* body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets; forgiven:
 * a string more before the octets */
static bool fields(scan *s, hark_part *p) {
  if (!type_params(s, p) || !scan_sp(s) || !scan_nstring(s, &p->id) || !scan_sp(s) ||
      !scan_nstring(s, &p->description) || !scan_sp(s) || !scan_nstring(s, &p->encoding) ||
      !scan_sp(s))
    return false;
  if (scan_peek(s) != '"') return count(s, &p->octets);
  return scan_forgive(s, "octets behind the encoding") && scan_string(s, &p->encoding) &&
         scan_sp(s) && count(s, &p->octets);
}

/* body-fields [what its type adds] [SP body-fld-md5 [SP ...]], behind the type and subtype */
static bool single(scan *s, hark_part *p, place at) {
  p->path = numbered(s, at.prefix, at.number ? at.number : 1);
  if (!p->path.p || !fields(s, p)) return false;
  bool holds_message = scan_is(p->type, "MESSAGE") &&
                       (scan_is(p->subtype, "RFC822") || scan_is(p->subtype, "GLOBAL"));
  if (scan_is(p->type, "TEXT") && !lines(s, p)) return false;
  if (holds_message && !message(s, p)) return false;
  if (!another(s)) return true;
  p->fields_sent = 1;
  return scan_nstring(s, &p->md5) && (!another(s) || extension_fields(s, p));
}

static bool children(scan *s, hark_part *p, hark_str prefix) {
  const hark_part **to = &p->child;
  for (uint32_t n = 1; scan_peek(s) == '('; n++) {
    if (n > s->items) return s->expected = "fewer parts", false;
    hark_part *child = body(s, (place){p, prefix, n});
    if (!child) return false;
    *to = child, to = &child->next;
    if (another_of(s, "(") && !scan_forgive(s, "no space between parts")) return false;
  }
  return true;
}

/* [SP body-fld-param [SP ...]], behind the subtype */
static bool multipart_fields(scan *s, hark_part *p) {
  if (!another(s)) return true;
  p->fields_sent = 1;
  return type_params(s, p) && (!another(s) || extension_fields(s, p));
}

/* A multipart is part of the body it stands in; if it is all of it, it has no number. */
static bool multipart_begin(scan *s, hark_part *p, place at) {
  p->type = (hark_str){"multipart", 9};
  p->path = at.number ? numbered(s, at.prefix, at.number) : path(s, at.prefix, "TEXT", 4);
  return p->path.p;
}

/* body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]; forgiven: NIL for no parts */
static bool multipart(scan *s, hark_part *p, place at) {
  if (!multipart_begin(s, p, at)) return false;
  bool empty = scan_nil(s);
  if (empty ? !scan_forgive(s, "parts in a multipart")
            : !children(s, p, at.number ? p->path : at.prefix))
    return false;
  return scan_sp(s) && scan_string(s, &p->subtype) && multipart_fields(s, p);
}

/* body-type-1part; forgiven: a multipart that begins with its subtype, for it has no parts */
static bool one_part(scan *s, hark_part *p, place at) {
  if (!scan_string(s, &p->type)) return false;
  scan ahead = *s;
  if (another_of(&ahead, "(")) {
    p->subtype = p->type;
    return multipart_begin(s, p, at) && scan_forgive(s, "parts in a multipart") &&
           multipart_fields(s, p);
  }
  return scan_sp(s) && scan_string(s, &p->subtype) && scan_sp(s) && single(s, p, at);
}

/* body = "(" (body-type-1part / body-type-mpart) ")" */
static hark_part *body(scan *s, place at) {
  if (!s->depth) return s->expected = "fewer parts in parts", NULL;
  hark_part *p = arena_alloc(s->arena, sizeof *p);
  if (!p) return s->expected = "fewer parts", NULL;
  if (!scan_ch(s, '(')) return NULL;
  p->parent = at.parent;
  s->depth--;
  bool has_parts = scan_peek(s) != '"' && scan_peek(s) != '{';
  if (!(has_parts ? multipart(s, p, at) : one_part(s, p, at)) || !scan_ch(s, ')')) return NULL;
  s->depth++;
  return p;
}

/* "BODY" ["STRUCTURE"] SP body */
static bool tree(ext_call *call, scan *s, int kind) {
  hark_ev_item *item = ext_item(call, kind);
  return scan_sp(s) && (item->structure = body(s, (place){NULL, {"", 0}, 0}));
}

static bool structure_item(ext_call *call, scan *s) { return tree(call, s, HARK_ITEM_STRUCTURE); }
static bool body_item(ext_call *call, scan *s) { return tree(call, s, HARK_ITEM_BODY); }

static const ext_word items[] = {{"ENVELOPE", envelope_item, EXT_WHOLE, EXT_SELECTED},
                                 {"BODY", body_item, EXT_WHOLE, EXT_SELECTED},
                                 {"BODYSTRUCTURE", structure_item, EXT_WHOLE, EXT_SELECTED},
                                 {0}};

/* --- how they are printed --- */

#define ADDRESSES(name) FIELD_ARRAY(hark_envelope, name, hark_address, address_fields)
#define PARAMS(name)    FIELD_ARRAY(hark_part, name, hark_param, param_fields)

static const hark_field address_fields[] = {FIELD(hark_address, name, STR),
                                            FIELD(hark_address, adl, STR),
                                            FIELD(hark_address, mailbox, STR),
                                            FIELD(hark_address, host, STR),
                                            {0}};
static const hark_field envelope_members[] = {FIELD(hark_envelope, date, STR),
                                              FIELD(hark_envelope, subject, STR),
                                              ADDRESSES(from),
                                              ADDRESSES(sender),
                                              ADDRESSES(reply_to),
                                              ADDRESSES(to),
                                              ADDRESSES(cc),
                                              ADDRESSES(bcc),
                                              FIELD(hark_envelope, in_reply_to, STR),
                                              FIELD(hark_envelope, message_id, STR),
                                              {0}};
static const hark_field param_fields[] = {
    FIELD(hark_param, name, STR), FIELD(hark_param, value, STR), {0}};
const hark_field ext_part_fields[] = {FIELD(hark_part, path, STR),
                                      FIELD(hark_part, type, STR),
                                      FIELD(hark_part, subtype, STR),
                                      PARAMS(params),
                                      FIELD(hark_part, params_empty, BOOL),
                                      FIELD(hark_part, id, STR),
                                      FIELD(hark_part, description, STR),
                                      FIELD(hark_part, encoding, STR),
                                      FIELD(hark_part, octets, U64),
                                      FIELD(hark_part, lines, U64),
                                      FIELD(hark_part, lines_missing, BOOL),
                                      FIELD(hark_part, md5, STR),
                                      FIELD(hark_part, disposition, STR),
                                      PARAMS(disposition_params),
                                      FIELD(hark_part, disposition_params_empty, BOOL),
                                      FIELD(hark_part, language, STRS),
                                      FIELD(hark_part, language_list, BOOL),
                                      FIELD(hark_part, location, STR),
                                      FIELD(hark_part, extensions, STRS),
                                      FIELD(hark_part, fields_sent, U32),
                                      FIELD_OF(hark_part, envelope, STRUCT, envelope_members),
                                      FIELD_CHAIN(hark_part, child, next, ext_part_fields),
                                      {0}};

static const ext_fields kinds[] = {{HARK_ITEM_ENVELOPE, "ENVELOPE", envelope_members},
                                   {HARK_ITEM_STRUCTURE, "BODYSTRUCTURE", ext_part_fields},
                                   {HARK_ITEM_BODY, "BODY", ext_part_fields},
                                   {0}};

extern const hark__extension hark__ext_structure;
const hark__extension hark__ext_structure = {.items = items, .item_kinds = kinds};
