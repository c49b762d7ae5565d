/* tests/wire_print.c - events as lines of text, by the tables of hark_event_fields(): nothing
 * here knows an extension.
 * SPDX-License-Identifier: MIT
 *
 *   NAME [A<command>] field=value ...     fields that are zero, NIL or empty lists are left out
 *
 * Status lines, items and bodies read more like the wire.  Pieces of a body are joined. */
#include "wire_print.h"
#include <inttypes.h>
#include <time.h>

enum { MOST = 160 }; /* bytes of a string that are printed */

static bool is_bare(hark_str s) {
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "\\$.+*-/%:@_<>,=";
  for (size_t i = 0; i < s.n; i++) {
    if (!s.p[i] || !strchr(allowed, s.p[i])) return false;
  }
  return s.n && s.n <= MOST && !(s.n == 3 && !memcmp(s.p, "NIL", 3));
}

/* Bytes of the UTF-8 character at p; 0: it is none. */
static size_t utf8_size(const unsigned char *p, size_t n) {
  size_t size = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0;
  if (size > n) return 0;
  for (size_t i = 1; i < size; i++) {
    if ((p[i] & 0xc0) != 0x80) return 0;
  }
  return size;
}

static void put_escaped(text *t, hark_str s) {
  for (size_t i = 0; i < s.n; i++) {
    unsigned char ch = (unsigned char)s.p[i];
    size_t size = utf8_size((const unsigned char *)s.p + i, s.n - i);
    if (ch == '\r') {
      text_printf(t, "\\r");
    } else if (ch == '\n') {
      text_printf(t, "\\n");
    } else if (ch == '"' || ch == '\\') {
      text_printf(t, "\\%c", ch);
    } else if (ch < 0x20 || ch == 0x7f || !size) {
      text_printf(t, "\\x%02x", ch);
    } else {
      text_put(t, s.p + i, size); /* UTF-8 stays readable */
      i += size - 1;
    }
  }
}

void print_bytes(text *t, hark_str s) {
  if (!s.p) {
    text_printf(t, "NIL");
  } else if (is_bare(s)) {
    text_put(t, s.p, s.n);
  } else {
    text_printf(t, "\"");
    put_escaped(t, (hark_str){s.p, s.n < MOST ? s.n : MOST});
    text_printf(t, s.n > MOST ? "\"... %zu bytes" : "\"", s.n);
  }
}

static void put_strs(text *t, const hark_strs *v) {
  text_printf(t, "(");
  for (size_t i = 0; i < v->n; i++) {
    if (i) text_printf(t, " ");
    print_bytes(t, v->v[i]);
  }
  text_printf(t, ")");
}

static void put_time(text *t, int64_t seconds, int zone_minutes) {
  time_t local = (time_t)(seconds + zone_minutes * 60);
  struct tm tm;
  char date[64];
  if (!gmtime_r(&local, &tm) || !strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm)) abort();
  int minutes = abs(zone_minutes);
  text_printf(t, "%s%c%02d:%02d", date, zone_minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

static void put_fields(text *t, const hark_field *f, const void *base, const void *in_line);

static void put_array(text *t, const hark_field *f, const char *at) {
  const char *v;
  size_t n;
  memcpy(&v, at, sizeof v);
  memcpy(&n, at + sizeof v, sizeof n);
  text_printf(t, "(");
  for (size_t i = 0; i < n; i++) {
    if (i) text_printf(t, " ");
    uint32_t number;
    if (!f->of) { /* plain uint32_t */
      memcpy(&number, v + i * f->stride, sizeof number);
      text_printf(t, "%" PRIu32, number);
      continue;
    }
    text_printf(t, "{");
    put_fields(t, f->of, v + i * f->stride, NULL);
    text_printf(t, "}");
  }
  text_printf(t, ")");
}

static const void *pointer_at(const void *at) {
  const void *p;
  memcpy(&p, at, sizeof p);
  return p;
}

static void put_chain(text *t, const hark_field *f, const char *elem) {
  text_printf(t, "(");
  for (; elem; elem = pointer_at(elem + f->stride)) {
    text_printf(t, "{");
    put_fields(t, f->of, elem, NULL);
    text_printf(t, "}");
  }
  text_printf(t, ")");
}

static uint64_t number_of(const hark_field *f, const void *at, bool in_line) {
  uint32_t u32;
  uint64_t u64;
  bool yes;
  if (in_line || f->kind == HARK_FIELD_U64 || f->kind == HARK_FIELD_TIME) {
    memcpy(&u64, at, sizeof u64);
    return u64;
  }
  if (f->kind == HARK_FIELD_CHAR) return *(const unsigned char *)at;
  if (f->kind == HARK_FIELD_BOOL) return memcpy(&yes, at, sizeof yes), yes;
  memcpy(&u32, at, sizeof u32);
  return f->kind == HARK_FIELD_U32 ? u32 : (uint64_t)(int64_t)(int32_t)u32;
}

static const char *enum_name(const hark_field *f, uint64_t value) {
  for (const hark_field *name = f->of; name && name->name; name++) {
    if (name->offset == value) return name->name;
  }
  return "?";
}

/* What would print as nothing. */
static bool is_nothing(const hark_field *f, const void *at, bool in_line) {
  const void *p;
  size_t n;
  switch (f->kind) {
  case HARK_FIELD_STR:
  case HARK_FIELD_SET:
  case HARK_FIELD_CHAIN:
  case HARK_FIELD_STRUCT: return memcpy(&p, at, sizeof p), !p;
  case HARK_FIELD_STRS:
  case HARK_FIELD_ARRAY: return memcpy(&n, (const char *)at + sizeof p, sizeof n), !n;
  case HARK_FIELD_ENUM: return false;
  default: return !number_of(f, at, in_line);
  }
}

static void put_value(text *t, const hark_field *f, const void *at, bool in_line) {
  const void *p;
  switch (f->kind) {
  case HARK_FIELD_STR:
  case HARK_FIELD_SET: print_bytes(t, *(const hark_str *)at); break;
  case HARK_FIELD_STRS: put_strs(t, at); break;
  case HARK_FIELD_ARRAY: put_array(t, f, at); break;
  case HARK_FIELD_CHAIN: put_chain(t, f, pointer_at(at)); break;
  case HARK_FIELD_STRUCT:
    memcpy(&p, at, sizeof p);
    text_printf(t, "{");
    if (p) put_fields(t, f->of, p, NULL);
    text_printf(t, "}");
    break;
  case HARK_FIELD_CHAR: print_bytes(t, (hark_str){at, 1}); break;
  case HARK_FIELD_TIME: put_time(t, (int64_t)number_of(f, at, in_line), 0); break;
  case HARK_FIELD_ENUM: text_printf(t, "%s", enum_name(f, number_of(f, at, in_line))); break;
  case HARK_FIELD_BOOL: text_printf(t, "%s", number_of(f, at, in_line) ? "yes" : "no"); break;
  case HARK_FIELD_U64: text_printf(t, "%" PRIu64, number_of(f, at, in_line)); break;
  default: text_printf(t, "%" PRId64, (int64_t)number_of(f, at, in_line));
  }
}

static void put_fields(text *t, const hark_field *f, const void *base, const void *in_line) {
  bool single = !f[1].name, first = true;
  for (; f->name; f++) {
    bool here = f->offset == HARK_FIELD_INLINE;
    const void *at = here ? in_line : (const char *)base + f->offset;
    if (!here && !base) continue;
    if (!single && is_nothing(f, at, here)) continue;
    if (!first) text_printf(t, " ");
    if (!single) text_printf(t, "%s=", f->name);
    put_value(t, f, at, here);
    first = false;
  }
}

/* VERDICT [CODE args] {fields} "text"; "?" behind a code that no module knows. */
static void put_cond(text *t, const hark_ev_cond *c) {
  static const char *const verdicts[] = {"OK", "NO", "BAD", "PREAUTH", "BYE", "UNSENT", "LOST"};
  text_printf(t, "%s", verdicts[c->verdict]);
  if (c->err) text_printf(t, " %s", hark_err_name(c->err));
  if (c->code.p) {
    text_printf(t, " [");
    put_escaped(t, (hark_str){c->code.p, c->code.n < MOST ? c->code.n : MOST});
    text_printf(t, c->code_id == HARK_CODE_OTHER ? "?" : "");
    if (c->code_args.p) text_printf(t, " ");
    put_escaped(t, (hark_str){c->code_args.p, c->code_args.n < MOST ? c->code_args.n : MOST});
    text_printf(t, c->code_args.n > MOST ? "... %zu bytes]" : "]", c->code_args.n);
  }
  const hark_field *f = hark_code_fields(c->code_id);
  if (f && c->code_data) {
    text_printf(t, " {");
    put_fields(t, f, c->code_data, NULL);
    text_printf(t, "}");
  }
  if (c->text.p) text_printf(t, " \"");
  put_escaped(t, (hark_str){c->text.p, c->text.n < MOST ? c->text.n : MOST});
  if (c->text.p) text_printf(t, c->text.n > MOST ? "\"... %zu bytes" : "\"", c->text.n);
}

static void put_item(text *t, const hark_ev_item *item) {
  const hark_field *f = hark_item_fields(item->kind);
  const char *name = hark_item_name(item->kind);
  text_printf(t, " %s", name ? name : "?");
  if (item->section.p) text_printf(t, "[%.*s]", (int)item->section.n, item->section.p);
  text_printf(t, " ");
  if (!f) {
    print_bytes(t, item->name);
    text_printf(t, " ");
    print_bytes(t, item->raw);
  } else if (item->kind == HARK_ITEM_INTERNALDATE) {
    put_time(t, item->time, item->zone_minutes);
    text_printf(t, "%s%s", item->leap_second ? " leap_second" : "",
                item->no_zone ? " no_zone" : "");
  } else {
    put_fields(t, f, item->any, &item->num);
  }
}

static void put_body(text *t, const hark_ev_body *b) {
  text_printf(t, " %.*s[", (int)b->name.n, b->name.p);
  put_escaped(t, b->section);
  text_printf(t, b->partial ? "]<%" PRIu64 "> " : "] ", b->origin);
  text_printf(t, b->nil ? "NIL" : "%" PRIu64, b->size);
}

static void put_payload(text *t, const hark_event *ev) {
  const hark_field *f = hark_event_fields(ev->type);
  switch (ev->type) {
  case HARK_EV_GREETING:
  case HARK_EV_COND:
  case HARK_EV_BYE:
  case HARK_EV_DONE:
  case HARK_EV_CONTINUE:
    text_printf(t, " ");
    put_cond(t, ev->cond);
    break;
  case HARK_EV_ITEM: put_item(t, ev->item); break;
  case HARK_EV_BODY: put_body(t, ev->body); break;
  default:
    if (!f) break;
    text_printf(t, " ");
    put_fields(t, f, ev->any, &ev->num);
  }
}

void print_flush(printer *p) {
  if (!p->pending) return;
  text_printf(&p->out, "DATA ");
  print_bytes(&p->out, (hark_str){p->data.p, p->data.n});
  text_printf(&p->out, "\n");
  p->pending = false;
  p->data.n = 0;
}

void print_event(printer *p, const hark_event *ev) {
  if (ev->type == HARK_EV_BODY_DATA) {
    text_put(&p->data, ev->bytes->p, ev->bytes->n);
    p->pending = true;
    return;
  }
  print_flush(p);
  const char *name = hark_event_name(ev->type);
  text_printf(&p->out, "%s", name ? name : "?");
  if (ev->cmd) text_printf(&p->out, " A%d", (int)ev->cmd);
  if (!ev->cmd && ev->type == HARK_EV_DONE)
    text_printf(&p->out, " %.*s", (int)ev->cond->tag.n, ev->cond->tag.p);
  put_payload(&p->out, ev);
  text_printf(&p->out, "\n");
}

void print_line(printer *p, const char *format, ...) {
  char line[1024];
  va_list args;
  print_flush(p);
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  text_printf(&p->out, "%s\n", line);
}

void print_free(printer *p) {
  text_free(&p->out);
  text_free(&p->data);
}
