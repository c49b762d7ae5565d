/* ext/urlauth.c - GENURLAUTH, RESETKEY, URLFETCH.  RFC 4467, RFC 5524.
 * SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "core/extension.h"
#include <hark/ext/urlauth.h>
#include <string.h>

/* --- URLFETCH --- */

static const struct {
  const char *name;
  uint32_t what;
} elements[] = {{"BODY", HARK_URL_BODY},
                {"BINARY", HARK_URL_BINARY},
                {"BODYPARTSTRUCTURE", HARK_URL_STRUCTURE}};

static uint32_t what_is(hark_str name) {
  for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
    if (scan_is(name, elements[i].name)) return elements[i].what;
  return 0;
}

static bool structure(ext_call *call, scan *s, hark_url_item *v) {
  hark_ev_item item = {0};
  if (!ext_read_item(call, "BODYSTRUCTURE", s, &item)) return false;
  v->structure = item.structure;
  return true;
}

/* url-meta-bodystruct = "BODYPARTSTRUCTURE" SP body; url-meta-binary = "BINARY" SP (nstring /
 * literal8); url-meta-body = "BODY" SP nstring */
static bool element(ext_call *call, scan *s, hark_url_item *v) {
  if (!scan_atom(s, &v->name)) return false;
  v->what = what_is(v->name);
  const char *from = (const char *)s->p + 1;
  bool read = v->what == HARK_URL_STRUCTURE ? structure(call, s, v)
              : v->what                     ? scan_sp(s) && scan_nstring(s, &v->bytes)
                                            : scan_sp(s) && scan_skip(s);
  if (!read) return false;
  if (!v->bytes.p) v->raw = (hark_str){from, (size_t)((const char *)s->p - from)};
  return true;
}

/* SP "(", or nothing is read. */
static bool list_begins(scan *s) {
  scan ahead = *s;
  if (scan_peek(s) != ' ' || !scan_sp(&ahead) || !scan_accept(&ahead, '(')) return false;
  *s = ahead;
  return true;
}

typedef struct items {
  hark_url_item *v;
  size_t n, cap;
} items;

/* url-metadata-el ")" behind the "(", or as Dovecot writes it all of them in one list */
static bool element_list(ext_call *call, scan *s, items *list) {
  for (bool first = true;; first = false) {
    if (!first && (!scan_sp(s) || !scan_forgive(s, "each in a list of its own"))) return false;
    if (list->n >= s->items) return s->expected = "shorter list", false;
    hark_url_item *grown = arena_grow(s->arena, list->v, sizeof *grown, &list->cap, list->n + 1);
    if (!grown) return false;
    list->v = grown;
    if (!element(call, s, &grown[list->n++])) return false;
    if (scan_peek(s) != ' ') return scan_ch(s, ')');
  }
}

/* url-metadata = 1*(SP "(" url-metadata-el ")"), behind the first "(" */
static bool metadata(ext_call *call, scan *s, hark_url_data *d) {
  items list = {0};
  do
    if (!element_list(call, s, &list)) return false;
  while (list_begins(s));
  d->v = list.v, d->n = list.n;
  return true;
}

/* urldata-simple = url-full SP nstring, urldata-ext = url-full url-metadata */
static bool url_data(ext_call *call, scan *s, hark_url_data *d) {
  if (!scan_sp(s) || !scan_astring(s, &d->url)) return false;
  return list_begins(s) ? metadata(call, s, d) : scan_sp(s) && scan_nstring(s, &d->bytes);
}

/* urlfetch-data = "URLFETCH" 1*(SP (urldata-simple / urldata-ext / urldata-error)) */
static bool urlfetch(ext_call *call, scan *s) {
  hark_ev_urlfetch *ev = ext_event(call, HARK_EV_URLFETCH, sizeof *ev);
  hark_url_data *v = NULL;
  size_t cap = 0;
  if (!ev) return false;
  do {
    if (ev->n >= s->items) return s->expected = "shorter list", false;
    hark_url_data *grown = arena_grow(s->arena, v, sizeof *v, &cap, ev->n + 1);
    if (!grown) return false;
    v = grown;
    if (!url_data(call, s, &v[ev->n++])) return false;
  } while (!scan_end(s));
  ev->v = v;
  return true;
}

/* --- GENURLAUTH, URLMECH --- */

/* genurlauth-data = "GENURLAUTH" 1*(SP url-full) */
static bool genurlauth(ext_call *call, scan *s) {
  hark_strs *urls = ext_event(call, HARK_EV_GENURLAUTH, sizeof *urls);
  return urls && scan_rest(s, scan_astring, urls) && urls->n;
}

/* mechanism ["=" base64], which together are an atom */
static bool mechanism(scan *s, hark_url_mechanism *v) {
  if (!scan_atom(s, &v->name)) return false;
  const char *equals = memchr(v->name.p, '=', v->name.n);
  if (!equals) return true;
  const char *end = v->name.p + v->name.n;
  v->name.n = (size_t)(equals - v->name.p);
  v->data = (hark_str){equals + 1, (size_t)(end - equals) - 1};
  return v->name.n > 0;
}

/* "URLMECH" SP "INTERNAL" *(SP mechanism ["=" base64]) */
static bool urlmech(ext_call *call, scan *s) {
  hark_code_urlmech *code = ext_code(call, HARK_CODE_URLMECH, sizeof *code);
  hark_url_mechanism *v = NULL;
  size_t cap = 0;
  if (!code) return false;
  do {
    if (code->n >= s->items) return false;
    hark_url_mechanism *grown = arena_grow(s->arena, v, sizeof *v, &cap, code->n + 1);
    if (!grown || !scan_sp(s)) return false;
    v = grown;
    if (!mechanism(s, &v[code->n++])) return false;
  } while (!scan_end(s));
  code->v = v;
  return true;
}

const hark_strs *hark_event_genurlauth(const hark_event *ev) {
  return ev->type == HARK_EV_GENURLAUTH ? ev->list : NULL;
}

const hark_ev_urlfetch *hark_event_urlfetch(const hark_event *ev) {
  return ev->type == HARK_EV_URLFETCH ? ev->any : NULL;
}

const hark_code_urlmech *hark_cond_urlmech(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_URLMECH ? cond->code_data : NULL;
}

/* --- commands --- */

/* mechanism = "INTERNAL" / 1*(ALPHA / DIGIT / "-" / ".") */
static void put_mechanism(hark_builder *b, const char *name) {
  static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
  const char *p = name;
  while (p && *p && strchr(chars, *p)) p++;
  hark_put_atom(b, p && !*p ? name : NULL);
}

/* resetkey = "RESETKEY" [SP mailbox *(SP mechanism)] */
hark_cmd hark_resetkey(hark_client *c, const char *mailbox, const char *const *mechanisms) {
  hark_builder *b = hark_cmd_begin(c, "RESETKEY");
  if (mailbox) hark_put_mailbox(b, mailbox);
  if (!mailbox && mechanisms && *mechanisms) ext_refuse(b);
  for (; mechanisms && *mechanisms; mechanisms++) put_mechanism(b, *mechanisms);
  return hark_cmd_end(b);
}

/* genurlauth = "GENURLAUTH" 1*(SP url-rump SP mechanism) */
hark_cmd hark_genurlauth(hark_client *c, const char *const *pairs) {
  hark_builder *b = hark_cmd_begin(c, "GENURLAUTH");
  if (!pairs || !*pairs) ext_refuse(b);
  for (; pairs && *pairs; pairs += 2) {
    hark_put_text(b, *pairs);
    put_mechanism(b, pairs[1]);
    if (!pairs[1]) break;
  }
  return hark_cmd_end(b);
}

hark_builder *hark_urlfetch_begin(hark_client *c) { return hark_cmd_begin(c, "URLFETCH"); }

enum { NOTE_URL = 1, KNOWN = HARK_URL_BODY | HARK_URL_BINARY | HARK_URL_STRUCTURE };

/* url-fetch-simple = url-full; url-fetch-ext = "(" url-full *(SP url-fetch-param) ")" */
void hark_urlfetch_url(hark_builder *b, const char *url, unsigned with) {
  bool both = (with & HARK_URL_BODY) && (with & HARK_URL_BINARY);
  if (both || with & ~(unsigned)KNOWN) ext_refuse(b);
  ext_note(b, NOTE_URL);
  if (with) ext_needs(b, "URLAUTH=BINARY URLFETCH=BINARY");
  if (with) hark_put_open(b);
  hark_put_text(b, url);
  for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
    if (with & elements[i].what) hark_put_atom(b, elements[i].name);
  if (with) hark_put_close(b);
}

hark_cmd hark_urlfetch_end(hark_builder *b) {
  if (!(ext_noted(b) & NOTE_URL)) ext_refuse(b);
  return hark_cmd_end(b);
}

#define IN_AUTH (EXT_IN_AUTHENTICATED | EXT_IN_SELECTED)
static const ext_word responses[] = {{"GENURLAUTH", genurlauth, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {"URLFETCH", urlfetch, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {0}};
static const ext_word codes[] = {{"URLMECH", urlmech, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};
static const ext_command commands[] = {
    {"RESETKEY", "URLAUTH", IN_AUTH, 0, NULL, EFFECT_NONE},
    {"GENURLAUTH", "URLAUTH", IN_AUTH, EXT_SAME, "GENURLAUTH", EFFECT_NONE},
    {"URLFETCH", "URLAUTH", IN_AUTH, EXT_SAME, "URLFETCH", EFFECT_NONE},
    {0}};

static const hark_field item_fields[] = {
    FIELD(hark_url_item, name, STR),
    FIELD(hark_url_item, bytes, STR),
    FIELD_OF(hark_url_item, structure, STRUCT, ext_part_fields),
    FIELD(hark_url_item, raw, STR),
    {0}};
static const hark_field data_fields[] = {FIELD(hark_url_data, url, STR),
                                         FIELD(hark_url_data, bytes, STR),
                                         FIELD_ARRAY(hark_url_data, v, hark_url_item, item_fields),
                                         {0}};
static const hark_field urlfetch_fields[] = {
    FIELD_ARRAY(hark_ev_urlfetch, v, hark_url_data, data_fields), {0}};
static const hark_field url_list[] = {FIELD_SELF("urls", STRS), {0}};
static const hark_field mechanism_fields[] = {
    FIELD(hark_url_mechanism, name, STR), FIELD(hark_url_mechanism, data, STR), {0}};
static const hark_field urlmech_fields[] = {
    FIELD_ARRAY(hark_code_urlmech, v, hark_url_mechanism, mechanism_fields), {0}};
static const ext_fields events[] = {{HARK_EV_GENURLAUTH, "GENURLAUTH", url_list},
                                    {HARK_EV_URLFETCH, "URLFETCH", urlfetch_fields},
                                    {0}};
static const ext_fields ids[] = {{HARK_CODE_URLMECH, "URLMECH", urlmech_fields}, {0}};

extern const hark__extension hark__ext_urlauth;
const hark__extension hark__ext_urlauth = {.responses = responses,
                                           .codes = codes,
                                           .commands = commands,
                                           .events = events,
                                           .code_ids = ids};
