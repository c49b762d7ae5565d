/* core/message.c - FETCH, item by item; bodies as they come.  RFC 9051 section 7.5.2.
 * SPDX-License-Identifier: MIT */
#include "core/reading.h"
#include <string.h>

enum { HEADER_MAX = 8192, SPACES_MAX = 80 };

/* UIDFETCH, in whose place the number is the UID: RFC 9586. */
static void item_begins(hark_client *c) {
  frame_start(&c->frame, false);
  c->section = (section){0};
}

/* The rest of the response cannot be read: told, skipped, and ended. */
static step fetch_broken(hark_client *c, const char *reason) {
  frame_start(&c->frame, false);
  return reading_skip(c, reason, READ_FETCH_REST);
}

static step read_fetch_open(hark_client *c) {
  spaces(c);
  if (!avail(c)) return STEP_MORE;
  if (*here(c) != '(') return fetch_broken(c, "msg-att: \"(\" expected");
  if (avail(c) < 2) return STEP_MORE;
  if (here(c)[1] == ')' && !core_forgive(c, "forgiven: a FETCH of nothing"))
    return fetch_broken(c, "msg-att: an item expected");
  core_consume(c, 1);
  c->reading = READ_FETCH_ITEM;
  item_begins(c);
  read_items_at_once(c);
  return STEP_ON;
}

step read_fetch_begin(hark_client *c, const prefix *pre) {
  bool awaited, by_uid = str_is(pre->word, "UIDFETCH");
  memset(&c->call, 0, sizeof c->call);
  c->call.c = c, c->call.number = pre->number;
  c->call.cmd = core_cause(c, by_uid ? "UIDFETCH" : "FETCH", &awaited);
  c->awaited = awaited;
  if (core_response_ignored(c, EXT_SELECTED)) {
    c->skip_silent = true;
    return reading_skip(c, NULL, READ_LINE);
  }
  if (by_uid && (!pre->number || pre->number > UINT32_MAX))
    return reading_skip(c, "UIDFETCH: UID expected", READ_LINE);
  if (pre->number > UINT32_MAX) return reading_skip(c, "FETCH: message number expected", READ_LINE);
  if (!pre->number && !core_forgive(c, "forgiven: message number 0"))
    return reading_skip(c, "FETCH: number above 0 expected", READ_LINE);
  core_consume(c, pre->n);
  frame_start(&c->frame, false);
  core_event_num(c, by_uid ? HARK_EV_UIDFETCH : HARK_EV_FETCH, c->call.cmd, pre->number);
  c->reading = READ_FETCH_OPEN;
  read_fetch_open(c);
  return STEP_ON;
}

static step read_fetch_rest(hark_client *c) {
  if (avail(c) && *here(c) == ' ' && !core_forgive(c, "forgiven: a space behind a FETCH"))
    return fetch_broken(c, "FETCH: no space at the end expected");
  spaces(c);
  int end = line_end(here(c), avail(c));
  if (end < 0) return STEP_MORE;
  if (!end) return fetch_broken(c, "FETCH: data behind the closing parenthesis");
  core_consume(c, (size_t)end);
  core_event(c, HARK_EV_FETCH_END, c->call.cmd, NULL);
  c->reading = READ_LINE;
  return STEP_ON;
}

/* "name[section]<origin> " before the value of an item that streams. */
typedef struct body_head {
  hark_ev_body body;
  size_t value; /* where the value begins */
} body_head;

typedef enum head_result { HEAD_MORE, HEAD_OTHER, HEAD_BODY, HEAD_BROKEN } head_result;

/* section = "[" [section-spec] "]": quoted header names may hold anything.  Looks at each byte
 * once, however they come: s says from where on. */
static size_t section_end(const uint8_t *p, size_t n, section *s) {
  for (; s->at < n; s->at++) {
    uint8_t ch = p[s->at];
    if (ch == '\n') return 0;
    if (s->quoted && ch == '\\')
      s->at++;
    else if (ch == '"')
      s->quoted = !s->quoted;
    else if (ch == ']' && !s->quoted)
      return s->at;
  }
  return n;
}

static head_result origin(const uint8_t *p, size_t n, size_t *at, hark_ev_body *body) {
  if (*at == n) return HEAD_MORE;
  if (p[*at] != '<') return HEAD_BODY;
  body->partial = true;
  for (size_t digits = 0; ++*at < n; digits++) {
    if (p[*at] == '>' && digits) {
      ++*at;
      return HEAD_BODY;
    }
    if (p[*at] < '0' || p[*at] > '9' || digits == 18) return HEAD_BROKEN;
    body->origin = body->origin * 10 + (uint64_t)(p[*at] - '0');
  }
  return HEAD_MORE;
}

/* Longer ones are refused, also where all of it is there. */
static size_t head_max(const hark_client *c) {
  return c->limits.response < HEADER_MAX ? c->limits.response : HEADER_MAX;
}

static head_result read_head(const uint8_t *p, size_t n, section *s, body_head *h) {
  size_t i = 0;
  *h = (body_head){0};
  while (i < n && i <= PREFIX_MAX && p[i] != '[' && (class_table[p[i]] & CLASS_ATOM)) i++;
  if (i > PREFIX_MAX) return HEAD_OTHER;
  if (i == n) return HEAD_MORE;
  bool bracket = p[i] == '[';
  const ext_word *w = core_word(TABLE_ITEMS, str(p, i + bracket));
  if (!w || w->mode != EXT_BODY) return HEAD_OTHER;
  h->body.name = str(p, i);
  h->body.section = str(p + i, 0);
  if (bracket) {
    if (s->at <= i) s->at = i + 1;
    size_t end = section_end(p, n, s);
    if (!end) return HEAD_BROKEN;
    if (end == n) return HEAD_MORE;
    h->body.section = str(p + i + 1, end - i - 1);
    i = end + 1;
    head_result r = origin(p, n, &i, &h->body);
    if (r != HEAD_BODY) return r;
  }
  size_t from = i;
  while (i < n && i - from <= SPACES_MAX && p[i] == ' ') i++;
  if (i - from > SPACES_MAX) return HEAD_BROKEN;
  h->value = i;
  return i == n ? HEAD_MORE : HEAD_BODY;
}

static hark_ev_body *tell_body(hark_client *c, const body_head *h) {
  hark_ev_body *body = arena_alloc(&c->arena, sizeof *body);
  if (!body || !core_event(c, HARK_EV_BODY, c->call.cmd, body)) {
    core_fail(c, HARK_ERR_NOMEM, NULL);
    return NULL;
  }
  *body = h->body;
  return body;
}

/* NIL, a quoted string, or (forgiven) nothing: told at once.  n: where the item ends. */
static step body_at_once(hark_client *c, const body_head *h, size_t n) {
  scan s;
  hark_str value = {NULL, 0};
  core_scan(c, &s, str(here(c) + h->value, n - h->value));
  bool read = scan_nstring(&s, &value) && scan_end(&s);
  if (c->arena.failed) {
    core_fail(c, HARK_ERR_NOMEM, NULL);
    return STEP_ON;
  }
  if (!read && (n > h->value || !scan_forgive(&s, "a body without a value"))) {
    core_malformed(c, str(here(c), n), offset(c), "msg-att: nstring expected", HARK_EV_MALFORMED);
  } else {
    hark_ev_body *body = tell_body(c, h);
    if (!body) return STEP_ON;
    if (!read) core_log_note(c, "forgiven: a body without a value");
    body->nil = !value.p, body->size = value.n;
    hark_str *bytes = arena_alloc(&c->arena, sizeof *bytes);
    if (bytes && value.n) *bytes = value, core_event(c, HARK_EV_BODY_DATA, c->call.cmd, bytes);
    core_event(c, HARK_EV_BODY_END, c->call.cmd, NULL);
    if (!bytes) core_fail(c, HARK_ERR_NOMEM, NULL);
  }
  core_consume(c, n);
  item_begins(c);
  return STEP_ON;
}

/* A literal: its header is consumed, its bytes stream. */
static step body_begin(hark_client *c, const body_head *h) {
  const uint8_t *p = here(c), *from = p + h->value + (p[h->value] == '~');
  size_t there = avail(c) - (size_t)(from - p);
  const uint8_t *lf = memchr(from, '\n', there < FRAME_TAIL ? there : FRAME_TAIL);
  if (!lf && there < FRAME_TAIL) return STEP_MORE;
  if (!lf || memchr(from + 1, '{', (size_t)(lf - from)))
    return fetch_broken(c, "literal: size expected");
  uint64_t size;
  size_t n = (size_t)(lf - p) + 1;
  int r = frame_header(from, n - (size_t)(from - p), &size);
  if (r < 0) core_fail(c, HARK_ERR_FRAME, "a literal's length cannot be read");
  if (r < 0) return STEP_ON;
  if (!r) return fetch_broken(c, "literal: size expected");
  if (c->limits.body && size > c->limits.body) return fetch_broken(c, "larger than limits.body");
  hark_ev_body *body = tell_body(c, h);
  if (!body) return STEP_ON;
  body->size = size;
  core_log(c, HARK_LOG_IN, str(p, n));
  core_consume(c, n);
  c->body_left = size;
  c->reading = size ? READ_BODY : READ_BODY_END;
  return STEP_ON;
}

static step read_body(hark_client *c) {
  size_t n = avail(c);
  if (!n) return STEP_MORE;
  if (n > c->body_left) n = (size_t)c->body_left;
  c->body_bytes = str(here(c), n);
  core_event(c, HARK_EV_BODY_DATA, c->call.cmd, &c->body_bytes);
  core_consume(c, n);
  c->body_left -= n;
  if (!c->body_left) c->reading = READ_BODY_END;
  return STEP_ON;
}

static step read_body_end(hark_client *c) {
  core_event(c, HARK_EV_BODY_END, c->call.cmd, NULL);
  c->reading = READ_FETCH_ITEM;
  item_begins(c);
  return STEP_ON;
}

/* msg-att-static, msg-att-dynamic: one complete "name SP value". */
static void item_complete(hark_client *c, size_t n) {
  const char *p = (const char *)here(c);
  size_t name = 0;
  while (name < n && p[name] != ' ' && p[name] != '[' && p[name] != '(') name++;
  bool bracket = name < n && p[name] == '[';
  const ext_word *w = core_word(TABLE_ITEMS, str(p, name + bracket));
  if (bracket) {
    size_t end = section_end((const uint8_t *)p, n, &(section){.at = name});
    name = end && end < n ? end + 1 : n;
    while (name < n && p[name] != ' ') name++; /* <origin> */
  }
  hark_ev_item *item = arena_alloc(&c->arena, sizeof *item);
  if (!item) {
    core_fail(c, HARK_ERR_NOMEM, NULL);
    return;
  }
  size_t value = name;
  while (value < n && p[value] == ' ') value++;
  item->name = str(p, name), item->raw = str(p + value, n - value);
  item->kind = HARK_ITEM_OTHER;
  core_log(c, HARK_LOG_IN, str(p, n));
  c->call.item = item, c->call.word = w;
  scan s;
  core_scan(c, &s, str(p + name, n - name));
  bool good = name && (w ? core_parse(c, &c->call, &s) && scan_end(&s)
                         : value < n && scan_sp(&s) && scan_skip(&s) && scan_end(&s));
  if (core_dead(c)) return;
  if (good)
    core_event(c, HARK_EV_ITEM, c->call.cmd, item);
  else
    core_malformed(c, str(p, n), offset(c), core_expected(c, w ? w->word : "msg-att", &s),
                   HARK_EV_MALFORMED);
}

static step read_fetch_item(hark_client *c) {
  if (!c->frame.pos) {
    spaces(c);
    if (!avail(c)) return STEP_MORE;
    if (*here(c) == ')') {
      core_consume(c, 1);
      c->reading = READ_FETCH_REST;
      return STEP_ON;
    }
    int end = line_end(here(c), avail(c));
    if (end < 0) return STEP_MORE;
    if (end) return fetch_broken(c, "msg-att: \")\" expected");
    if (read_items_at_once(c)) return STEP_ON;
  }
  body_head head;
  size_t there = avail(c), max = head_max(c);
  head_result h = read_head(here(c), there <= max ? there : max + 1, &c->section, &head);
  if (h == HEAD_BROKEN) return fetch_broken(c, "msg-att: section cannot be read");
  if (h == HEAD_MORE) return there > max ? fetch_broken(c, "msg-att: section too long") : STEP_MORE;
  if (h == HEAD_BODY) {
    const uint8_t *v = here(c) + head.value;
    if (*v == '~' && head.value + 1 == avail(c)) return STEP_MORE;
    if (*v == '{' || (*v == '~' && v[1] == '{')) return body_begin(c, &head);
  }
  frame_result r = frame_item(&c->frame, here(c), avail(c), false);
  if (r == FRAME_BROKEN) {
    core_fail(c, HARK_ERR_FRAME, "a literal's length cannot be read");
    return STEP_ON;
  }
  if (c->frame.pos > c->limits.response || c->frame.largest > c->limits.literal)
    return fetch_broken(c, "larger than limits.response");
  if (r == FRAME_LINE_END || (r == FRAME_DONE && !c->frame.pos))
    return fetch_broken(c, "msg-att: the line ends inside an item");
  if (r == FRAME_MORE) return STEP_MORE;
  if (h == HEAD_BODY)
    return body_at_once(c, &head, c->frame.pos < head.value ? head.value : c->frame.pos);
  size_t n = c->frame.pos;
  item_complete(c, n);
  if (core_dead(c)) return STEP_ON;
  core_consume(c, n);
  item_begins(c);
  return STEP_ON;
}

step read_fetch(hark_client *c) {
  switch (c->reading) {
  case READ_FETCH_OPEN: return read_fetch_open(c);
  case READ_FETCH_ITEM: return read_fetch_item(c);
  case READ_BODY: return read_body(c);
  case READ_BODY_END: return read_body_end(c);
  default: return read_fetch_rest(c);
  }
}
