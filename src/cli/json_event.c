/* cli/json_event.c - a client's event as JSON, by the tables of hark_event_fields(): nothing
 * here knows an extension.
 * SPDX-License-Identifier: MIT */
#include "cli/json_event.h"
#include "cli/text.h"
#include <hark/fetch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_fields(json_t *to, const hark_field *f, const void *base, const void *in_line);

static char *base64(hark_str s) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char *out = malloc(s.n / 3 * 4 + 5), *to = out;
  if (!out) return NULL;
  const unsigned char *p = (const unsigned char *)s.p;
  for (size_t i = 0; i < s.n; i += 3) {
    size_t left = s.n - i;
    uint32_t v =
        (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0);
    *to++ = digits[v >> 18];
    *to++ = digits[v >> 12 & 63];
    *to++ = left > 1 ? digits[v >> 6 & 63] : '=';
    *to++ = left > 2 ? digits[v & 63] : '=';
  }
  *to = 0;
  return out;
}

void json_put_bytes(json_t *object, const char *name, hark_str s) {
  char other[80];
  if (!s.p || text_is_utf8(s)) {
    json_object_set_new(object, name, s.p ? json_stringn(s.p, s.n) : json_null());
    return;
  }
  snprintf(other, sizeof other, "%.60s_base64", name);
  char *text = base64(s);
  json_object_set_new(object, other, text ? json_string(text) : json_null());
  free(text);
}

/* A list one of whose elements is not UTF-8 is a list of objects. */
static json_t *strings(const hark_strs *v) {
  json_t *list = json_array();
  for (size_t i = 0; i < v->n; i++) {
    json_t *one = json_object();
    json_put_bytes(one, "bytes", v->v[i]);
    json_t *plain = json_object_get(one, "bytes");
    json_array_append(list, plain ? plain : one);
    json_decref(one);
  }
  return list;
}

static json_t *array(const hark_field *f, const char *at) {
  const char *v;
  size_t n;
  memcpy(&v, at, sizeof v);
  memcpy(&n, at + sizeof v, sizeof n);
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++) {
    uint32_t number;
    json_t *one = f->of ? json_object() : NULL;
    if (one)
      put_fields(one, f->of, v + i * f->stride, NULL);
    else
      memcpy(&number, v + i * f->stride, sizeof number), one = json_integer(number);
    json_array_append_new(list, one);
  }
  return list;
}

static uint64_t number_of(const hark_field *f, const void *at, bool in_line) {
  uint32_t u32;
  uint64_t u64;
  if (in_line || f->kind == HARK_FIELD_U64 || f->kind == HARK_FIELD_TIME)
    return memcpy(&u64, at, sizeof u64), u64;
  memcpy(&u32, at, sizeof u32);
  return f->kind == HARK_FIELD_U32 ? u32 : (uint64_t)(int64_t)(int32_t)u32;
}

/* JSON has no unsigned 64-bit number that every reader keeps: the few above 2^63 are text. */
static json_t *number(uint64_t n, int kind) {
  bool is_signed = kind == HARK_FIELD_INT || kind == HARK_FIELD_TIME;
  return is_signed || n <= INT64_MAX ? json_integer((json_int_t)n)
                                     : json_sprintf("%llu", (unsigned long long)n);
}

static json_t *name_of(const hark_field *names, uint64_t value) {
  for (; names && names->name; names++)
    if (names->offset == value) return json_string(names->name);
  return json_integer((json_int_t)value);
}

static json_t *structure(const hark_field *f, const void *at) {
  const void *p;
  memcpy(&p, at, sizeof p);
  if (!p) return json_null();
  json_t *object = json_object();
  put_fields(object, f->of, p, NULL);
  return object;
}

static const void *pointer_at(const void *at) {
  const void *p;
  memcpy(&p, at, sizeof p);
  return p;
}

static json_t *chain(const hark_field *f, const char *elem) {
  json_t *list = json_array();
  for (; elem; elem = pointer_at(elem + f->stride)) {
    json_t *one = json_object();
    put_fields(one, f->of, elem, NULL);
    json_array_append_new(list, one);
  }
  return list;
}

static json_t *value(const hark_field *f, const void *at, bool in_line) {
  bool yes;
  switch (f->kind) {
  case HARK_FIELD_STRS: return strings(at);
  case HARK_FIELD_ARRAY: return array(f, at);
  case HARK_FIELD_STRUCT: return structure(f, at);
  case HARK_FIELD_CHAIN: return chain(f, pointer_at(at));
  case HARK_FIELD_BOOL: return memcpy(&yes, at, sizeof yes), json_boolean(yes);
  case HARK_FIELD_ENUM: return name_of(f->of, number_of(f, at, in_line));
  default: return number(number_of(f, at, in_line), f->kind);
  }
}

static hark_str character(const char *c) { return (hark_str){*c ? c : NULL, *c ? 1 : 0}; }

static void put_fields(json_t *to, const hark_field *f, const void *base, const void *in_line) {
  for (; f->name; f++) {
    bool here = f->offset == HARK_FIELD_INLINE;
    const void *at = here ? in_line : base ? (const char *)base + f->offset : NULL;
    if (!at) continue;
    if (f->kind == HARK_FIELD_STR || f->kind == HARK_FIELD_SET)
      json_put_bytes(to, f->name, *(const hark_str *)at);
    else if (f->kind == HARK_FIELD_CHAR)
      json_put_bytes(to, f->name, character(at));
    else
      json_object_set_new(to, f->name, value(f, at, here));
  }
}

static void put_zone(json_t *to, const hark_ev_item *item) {
  json_object_set_new(to, "zone_minutes", json_integer(item->zone_minutes));
  json_object_set_new(to, "leap_second", json_boolean(item->leap_second));
  json_object_set_new(to, "no_zone", json_boolean(item->no_zone));
}

/* The union of hark_ev_item, by the member that the kind uses. */
static void put_item(json_t *to, const hark_ev_item *item) {
  const hark_field *f = hark_item_fields(item->kind);
  const char *name = hark_item_name(item->kind);
  if (name) json_object_set_new(to, "kind", json_string(name));
  if (item->kind == HARK_ITEM_INTERNALDATE) put_zone(to, item);
  bool nested = item->kind == HARK_ITEM_ENVELOPE || item->kind == HARK_ITEM_STRUCTURE ||
                item->kind == HARK_ITEM_BODY;
  json_t *inner = nested ? json_object() : json_incref(to);
  if (f) put_fields(inner, f, item->any, &item->num);
  if (nested)
    json_object_set_new(to, item->kind == HARK_ITEM_ENVELOPE ? "envelope" : "structure", inner);
  else
    json_decref(inner);
}

static bool has_cond(int type) {
  return type == HARK_EV_GREETING || type == HARK_EV_COND || type == HARK_EV_BYE ||
         type == HARK_EV_DONE || type == HARK_EV_CONTINUE;
}

static void put_code(json_t *to, const hark_ev_cond *cond) {
  const hark_field *f = hark_code_fields(cond->code_id);
  if (!f || !cond->code_data) return;
  json_t *data = json_object();
  put_fields(data, f, cond->code_data, NULL);
  json_object_set_new(to, "code_data", data);
}

static json_t *lower(const char *name) {
  char text[40];
  size_t n = strnlen(name, sizeof text);
  for (size_t i = 0; i < n; i++)
    text[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] | 0x20 : name[i]);
  return json_stringn(text, n);
}

json_t *json_event(const hark_event *ev) {
  const hark_field *f = hark_event_fields(ev->type);
  const char *name = hark_event_name(ev->type);
  json_t *object = json_object();
  json_object_set_new(object, "event", lower(name ? name : "?"));
  if (ev->cmd) json_object_set_new(object, "cmd", json_integer(ev->cmd));
  if (f) put_fields(object, f, ev->any, &ev->num);
  if (ev->type == HARK_EV_ITEM) put_item(object, ev->item);
  if (has_cond(ev->type)) put_code(object, ev->cond);
  return object;
}

/* JSON allows them raw, terminals and line readers do not; beyond U+FFFF as two surrogates. */
static void put_escaped(FILE *to, uint32_t c) {
  uint32_t above = c - 0x10000;
  if (c < 0x10000)
    fprintf(to, "\\u%04x", (unsigned)c);
  else
    fprintf(to, "\\u%04x\\u%04x", (unsigned)(0xd800 + (above >> 10)),
            (unsigned)(0xdc00 + (above & 0x3ff)));
}

static void print_text(FILE *to, hark_str s) {
  size_t begin = 0; /* of what is not yet written */
  for (size_t i = 0; i < s.n;) {
    uint32_t harmful;
    size_t n = text_next((hark_str){s.p + i, s.n - i}, &harmful);
    if (harmful) {
      fwrite(s.p + begin, 1, i - begin, to);
      put_escaped(to, harmful);
      begin = i + n;
    }
    i += n;
  }
  fwrite(s.p + begin, 1, s.n - begin, to);
}

void json_print(FILE *to, json_t *object) {
  char *text = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
  if (text) print_text(to, (hark_str){text, strlen(text)});
  if (text) fputc('\n', to);
  free(text);
  json_decref(object);
}
