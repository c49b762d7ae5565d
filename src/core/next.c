/* core/next.c - bytes become events: complete lines to the grammar, FETCH item by item,
 * long answers element by element, bodies as they come.  RFC 9051 sections 2.2.2, 7.
 * SPDX-License-Identifier: MIT
 *
 * Every step depends on what the server said, never on how its bytes were cut: what is
 * complete is told, then what is wrong with the rest. */
#include "core/client.h"
#include <string.h>

/* MORE: bytes are needed; ON: something was consumed, told or decided. */
typedef enum step { STEP_MORE, STEP_ON } step;

enum { PREFIX_MAX = 96, BANNER = 8, TAIL = 48, HEADER_MAX = 8192 };

static const uint8_t *here(const hark_client *c) { return c->in.p + c->in.read; }
static size_t avail(const hark_client *c) { return c->in.write - c->in.read; }
static uint64_t offset(const hark_client *c) { return c->base + c->in.read; }
static hark_str str(const void *p, size_t n) { return (hark_str){p, n}; }
static bool strict(const hark_client *c) { return c->flags & HARK_STRICT; }

/* Bytes of the line end at p, 0: none here, -1: not decided yet. */
static int line_end(const uint8_t *p, size_t n) {
  if (!n) return -1;
  if (p[0] == '\n') return 1;
  if (p[0] != '\r') return 0;
  if (n < 2) return -1;
  return p[1] == '\n' ? 2 : 0;
}

static size_t piece_limit(const hark_client *c) {
  return core_authenticated(c) ? c->limits.response : c->limits.line;
}

/* --- skipping: the framer goes on, nothing is kept but the beginning --- */

static step skip_from(hark_client *c, const char *reason, reading then) {
  if (!core_authenticated(c) && reason && !c->skip_silent) {
    core_fail(c, HARK_ERR_LIMIT, reason);
    return STEP_ON;
  }
  c->reading = READ_SKIP, c->skip_then = then;
  c->skip_reason = reason, c->skip_offset = offset(c);
  c->nkept = 0;
  return STEP_ON;
}

static void keep(hark_client *c, size_t n) {
  size_t room = KEPT - c->nkept;
  size_t part = n < room ? n : room;
  memcpy(c->kept + c->nkept, here(c), part);
  c->nkept += part;
}

static void skip_done(hark_client *c) {
  size_t n = c->nkept;
  while (n && (c->kept[n - 1] == '\n' || c->kept[n - 1] == '\r')) n--;
  if (!c->skip_silent)
    core_malformed(c, str(c->kept, n), c->skip_offset, c->skip_reason, HARK_EV_MALFORMED);
  c->skip_silent = false;
  c->reading = c->skip_then;
  if (c->reading == READ_FETCH_REST) { /* the line is over: only the end is due */
    core_event(c, HARK_EV_FETCH_END, c->call.cmd, NULL);
    c->reading = READ_LINE;
  }
}

static step read_skip(hark_client *c) {
  frame_result r = frame_line(&c->frame, here(c), avail(c));
  size_t pos = c->frame.pos, drop = pos;
  if (r == FRAME_MORE && !c->frame.literal) drop = pos > TAIL ? pos - TAIL : 0;
  if (r == FRAME_BROKEN) {
    core_fail(c, HARK_ERR_FRAME, "a literal's length cannot be read");
    return STEP_ON;
  }
  keep(c, drop);
  core_consume(c, drop);
  c->frame.pos -= drop;
  if (r == FRAME_MORE) return STEP_MORE;
  skip_done(c);
  return STEP_ON;
}

/* --- a whole line --- */

typedef enum line_kind {
  KIND_UNDECIDED,
  KIND_LINE,
  KIND_TEXT,
  KIND_FETCH,
  KIND_ELEMENTS
} line_kind;

typedef struct prefix { /* of an untagged response: "* 12 FETCH" */
  uint64_t number;
  hark_str word;
  size_t n; /* up to the byte behind the word */
} prefix;

/* true: the word is complete; false: more is needed, or this is no such thing (n == 0). */
static bool read_prefix(const uint8_t *p, size_t n, prefix *out) {
  size_t i = 1, digits = 0;
  *out = (prefix){0};
  while (i < n && p[i] == ' ') i++;
  size_t from = i;
  for (; i < n && p[i] >= '0' && p[i] <= '9' && digits < 19; i++, digits++)
    out->number = out->number * 10 + (uint64_t)(p[i] - '0');
  if (digits && i < n && p[i] == ' ') {
    while (i < n && p[i] == ' ') i++;
    from = i;
  } else
    i = from;
  while (i < n && (class_table[p[i]] & CLASS_ATOM) && i - from < PREFIX_MAX) i++;
  if (i == n && n < PREFIX_MAX) return false;
  out->word = str((const char *)p + from, i - from);
  out->n = i;
  return true;
}

static line_kind classify(hark_client *c, prefix *pre) {
  const uint8_t *p = here(c);
  size_t n = avail(c);
  if (p[0] != '*') return KIND_TEXT; /* "+", a tag: free text */
  if (!read_prefix(p, n, pre)) return KIND_UNDECIDED;
  if (core_verdict(pre->word) >= 0) return KIND_TEXT;
  if (str_is(pre->word, "FETCH")) return KIND_FETCH;
  const ext_word *w = core_word(TABLE_RESPONSES, pre->word);
  return w && w->mode != EXT_WHOLE ? KIND_ELEMENTS : KIND_LINE;
}

static void state_reset(hark_client *c) {
  mem_free(&c->mem, c->state, c->state_size);
  c->state = NULL, c->state_size = 0;
}

static step begin_fetch(hark_client *c, const prefix *pre) {
  bool awaited;
  memset(&c->call, 0, sizeof c->call);
  c->call.c = c, c->call.number = pre->number;
  c->call.cmd = core_cause(c, "FETCH", &awaited);
  c->awaited = awaited;
  if (core_response_ignored(c, EXT_SELECTED)) {
    c->skip_silent = true;
    return skip_from(c, NULL, READ_LINE);
  }
  core_consume(c, pre->n);
  frame_start(&c->frame, false);
  core_event_num(c, HARK_EV_FETCH, c->call.cmd, pre->number);
  c->reading = READ_FETCH_OPEN;
  return STEP_ON;
}

static step begin_elements(hark_client *c, const prefix *pre) {
  bool awaited;
  const ext_word *w = core_word(TABLE_RESPONSES, pre->word);
  memset(&c->call, 0, sizeof c->call);
  c->call.c = c, c->call.number = pre->number, c->call.word = w;
  c->call.cmd = core_cause(c, w->word, &awaited);
  c->awaited = awaited;
  if (core_response_ignored(c, w->when)) {
    c->skip_silent = true;
    return skip_from(c, NULL, READ_LINE);
  }
  core_consume(c, pre->n);
  c->reading = READ_ELEMENTS;
  frame_start(&c->frame, false);
  c->frame.value = true;
  state_reset(c);
  return STEP_ON;
}

/* What is not IMAP is refused as soon as it shows, not when its first line ends. */
static bool is_banner(hark_client *c) {
  const uint8_t *p = here(c);
  size_t n = avail(c);
  if (p[0] == 0x16 && n < 2 && !c->eof) return false;
  if ((c->flags & HARK_OBSERVE) && !(p[0] == 0x16 && n > 1 && p[1] == 3)) return false;
  if (c->greeted && !(p[0] == 0x16 && n > 1 && p[1] == 3)) return false;
  if (!c->greeted && p[0] == '*') return false;
  if (!c->greeted && n < BANNER && !memchr(p, '\n', n) && !c->eof) return false;
  core_not_imap(c, str(p, n));
  return true;
}

static bool banner_undecided(const hark_client *c) {
  const uint8_t *p = here(c);
  size_t n = avail(c);
  if (c->eof) return false;
  if (p[0] == 0x16 && n < 2) return true;
  return !c->greeted && p[0] != '*' && n < BANNER && !memchr(p, '\n', n);
}

static void line_complete(hark_client *c, size_t n, bool text) {
  const uint8_t *p = here(c);
  size_t len = n - 1;
  if (len && p[len - 1] == '\r')
    len--;
  else if (strict(c)) { /* CRLF = %x0D.0A; a bare LF is forgiven */
    core_malformed(c, str(p, len), offset(c), "a line ends without CR", HARK_EV_MALFORMED);
    core_consume(c, n);
    return;
  }
  hark_str line = str(p, len);
  core_log(c, HARK_LOG_IN, line);
  if (!len && c->greeted)
    core_log_note(c, "forgiven: an empty line");
  else if (text && p[0] == '+')
    core_continuation(c, line);
  else if (text)
    core_status(c, line);
  else
    core_untagged(c, line);
  c->first_line_done = true;
  core_consume(c, n);
  if (c->layer_awaited && c->layer_kind == HARK_LAYER_TLS && avail(c)) {
    c->nevents = c->told; /* STARTTLS was not answered by the server alone: no layer, no DONE */
    core_fail(c, HARK_ERR_INJECT, "bytes came behind the answer");
  }
}

static step read_line(hark_client *c) {
  if (c->layer_awaited || !avail(c)) return STEP_MORE;
  if (c->greeted && *here(c) == 0 && !strict(c)) { /* padding that some servers send */
    core_consume(c, 1);
    return STEP_ON;
  }
  if (!c->classified) {
    prefix pre = {0};
    c->awaited = false;
    if (is_banner(c)) return STEP_ON;
    if (banner_undecided(c)) return STEP_MORE;
    line_kind kind = classify(c, &pre);
    if (kind == KIND_UNDECIDED) return STEP_MORE;
    frame_start(&c->frame, kind == KIND_TEXT);
    if (c->greeted && kind == KIND_FETCH) return begin_fetch(c, &pre);
    if (c->greeted && kind == KIND_ELEMENTS) return begin_elements(c, &pre);
    c->classified = true;
  }
  frame_result r = frame_line(&c->frame, here(c), avail(c));
  if (r == FRAME_BROKEN) {
    core_fail(c, HARK_ERR_FRAME, "a literal's length cannot be read");
    return STEP_ON;
  }
  bool over = c->frame.pos > piece_limit(c) || c->frame.largest > c->limits.literal;
  if (over || r == FRAME_DONE) c->classified = false;
  if (over) {
    size_t looked = c->frame.pos;
    skip_from(c, "larger than limits.response", READ_LINE);
    c->frame.pos = looked;
    if (r == FRAME_DONE && !core_dead(c)) { /* it ended just where it became too large */
      keep(c, looked);
      core_consume(c, looked);
      skip_done(c);
    }
    return STEP_ON;
  }
  if (r == FRAME_MORE) return STEP_MORE;
  line_complete(c, c->frame.pos, c->frame.text);
  return STEP_ON;
}

/* --- FETCH, item by item --- */

/* The rest of the response cannot be read: told, skipped, and ended. */
static step fetch_broken(hark_client *c, const char *reason) {
  frame_start(&c->frame, false);
  return skip_from(c, reason, READ_FETCH_REST);
}

static size_t spaces(hark_client *c) {
  size_t n = 0;
  while (n < avail(c) && here(c)[n] == ' ') n++;
  core_consume(c, n);
  return n;
}

static step read_fetch_open(hark_client *c) {
  spaces(c);
  if (!avail(c)) return STEP_MORE;
  if (*here(c) != '(') return fetch_broken(c, "msg-att: \"(\" expected");
  core_consume(c, 1);
  c->reading = READ_FETCH_ITEM;
  frame_start(&c->frame, false);
  return STEP_ON;
}

static step read_fetch_rest(hark_client *c) {
  if (spaces(c)) core_log_note(c, "forgiven: a space behind a FETCH");
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

/* section = "[" [section-spec] "]": quoted header names may hold anything. */
static size_t section_end(const uint8_t *p, size_t n, size_t at) {
  bool quoted = false;
  for (; at < n; at++) {
    if (p[at] == '\n') return 0;
    if (quoted && p[at] == '\\')
      at++;
    else if (p[at] == '"')
      quoted = !quoted;
    else if (p[at] == ']' && !quoted)
      return at;
  }
  return n;
}

static head_result origin(const uint8_t *p, size_t n, size_t *at, uint64_t *value) {
  if (*at == n) return HEAD_MORE;
  if (p[*at] != '<') return HEAD_BODY;
  for (size_t digits = 0; ++*at < n; digits++) {
    if (p[*at] == '>' && digits) {
      ++*at;
      return HEAD_BODY;
    }
    if (p[*at] < '0' || p[*at] > '9' || digits == 18) return HEAD_BROKEN;
    *value = *value * 10 + (uint64_t)(p[*at] - '0');
  }
  return HEAD_MORE;
}

static head_result read_head(const uint8_t *p, size_t n, body_head *h) {
  size_t i = 0;
  *h = (body_head){0};
  while (i < n && p[i] != '[' && (class_table[p[i]] & CLASS_ATOM)) i++;
  if (i == n) return n > PREFIX_MAX ? HEAD_OTHER : HEAD_MORE;
  bool bracket = p[i] == '[';
  const ext_word *w = core_word(TABLE_ITEMS, str(p, i + bracket));
  if (!w || w->mode != EXT_BODY) return HEAD_OTHER;
  h->body.name = str(p, i);
  h->body.section = str(p + i, 0);
  if (bracket) {
    size_t end = section_end(p, n, i + 1);
    if (!end) return HEAD_BROKEN;
    if (end == n) return HEAD_MORE;
    h->body.section = str(p + i + 1, end - i - 1);
    i = end + 1;
    head_result r = origin(p, n, &i, &h->body.origin);
    if (r != HEAD_BODY) return r;
  }
  while (i < n && p[i] == ' ') i++;
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
  frame_start(&c->frame, false);
  return STEP_ON;
}

/* A literal: its header is consumed, its bytes stream. */
static step body_begin(hark_client *c, const body_head *h) {
  const uint8_t *p = here(c), *lf = memchr(p + h->value, '\n', avail(c) - h->value);
  if (!lf)
    return avail(c) - h->value > TAIL ? fetch_broken(c, "literal: size expected") : STEP_MORE;
  uint64_t size;
  size_t n = (size_t)(lf - p) + 1;
  int r = frame_header(p + h->value, n - h->value, &size);
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
  hark_str *bytes = arena_alloc(&c->arena, sizeof *bytes);
  if (!bytes) {
    core_fail(c, HARK_ERR_NOMEM, NULL);
    return STEP_ON;
  }
  *bytes = str(here(c), n);
  core_event(c, HARK_EV_BODY_DATA, c->call.cmd, bytes);
  core_consume(c, n);
  c->body_left -= n;
  if (!c->body_left) c->reading = READ_BODY_END;
  return STEP_ON;
}

static step read_body_end(hark_client *c) {
  core_event(c, HARK_EV_BODY_END, c->call.cmd, NULL);
  c->reading = READ_FETCH_ITEM;
  frame_start(&c->frame, false);
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
    size_t end = section_end((const uint8_t *)p, n, name);
    name = end && end < n ? end + 1 : n;
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
    core_malformed(c, str(p, n), offset(c), s.expected ? s.expected : "msg-att", HARK_EV_MALFORMED);
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
  }
  body_head head;
  head_result h = read_head(here(c), avail(c), &head);
  if (h == HEAD_BROKEN) return fetch_broken(c, "msg-att: section cannot be read");
  if (h == HEAD_MORE)
    return avail(c) > HEADER_MAX ? fetch_broken(c, "msg-att: section too long") : STEP_MORE;
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
  if (r == FRAME_LINE_END || (r == FRAME_DONE && !c->frame.pos))
    return fetch_broken(c, "msg-att: the line ends inside an item");
  if (c->frame.pos > c->limits.response || c->frame.largest > c->limits.literal)
    return fetch_broken(c, "larger than limits.response");
  if (r == FRAME_MORE) return STEP_MORE;
  if (h == HEAD_BODY)
    return body_at_once(c, &head, c->frame.pos < head.value ? head.value : c->frame.pos);
  size_t n = c->frame.pos;
  item_complete(c, n);
  if (core_dead(c)) return STEP_ON;
  core_consume(c, n);
  frame_start(&c->frame, false);
  return STEP_ON;
}

/* --- answers of any size, element by element --- */

static step elements_broken(hark_client *c, const char *reason) {
  state_reset(c);
  frame_start(&c->frame, false);
  return skip_from(c, reason, READ_LINE);
}

static bool element(hark_client *c, size_t n, char delimiter, bool last) {
  scan s;
  core_scan(c, &s, str(here(c), n));
  c->call.delimiter = delimiter, c->call.last = last;
  return core_parse(c, &c->call, &s);
}

static step read_elements(hark_client *c) {
  if (!c->frame.pos) {
    spaces(c);
    int end = line_end(here(c), avail(c));
    if (end < 0) return STEP_MORE;
    if (end) {
      if (!element(c, 0, 0, true) && !core_dead(c))
        core_malformed(c, str(here(c), 0), offset(c), "the answer is incomplete",
                       HARK_EV_MALFORMED);
      if (core_dead(c)) return STEP_ON;
      core_consume(c, (size_t)end);
      state_reset(c);
      c->reading = READ_LINE;
      return STEP_ON;
    }
  }
  frame_result r = frame_item(&c->frame, here(c), avail(c), c->call.word->mode == EXT_SETS);
  if (r == FRAME_BROKEN) {
    core_fail(c, HARK_ERR_FRAME, "a literal's length cannot be read");
    return STEP_ON;
  }
  size_t n = c->frame.pos;
  if (n > c->limits.response || c->frame.largest > c->limits.literal)
    return elements_broken(c, "larger than limits.response");
  if (r == FRAME_MORE) return STEP_MORE;
  if (r == FRAME_LINE_END || !n) return elements_broken(c, "an element cannot be read");
  uint8_t by = here(c)[n];
  bool ends = by == '\r' || by == '\n';
  if (!element(c, n, ends ? 0 : (char)by, false))
    return core_dead(c) ? STEP_ON : elements_broken(c, "an element cannot be read");
  core_consume(c, n + (by == ','));
  frame_start(&c->frame, false);
  c->frame.value = true;
  return STEP_ON;
}

/* --- the end --- */

/* Nothing more comes: orderly after BYE, else an error; what was received has been told. */
static void core_end(hark_client *c) {
  bool orderly = c->bye || c->phase == HARK_PHASE_LOGOUT || (c->flags & HARK_OBSERVE);
  bool cut = c->reading != READ_LINE || avail(c);
  if (orderly && !cut) {
    c->closed = true;
    return;
  }
  char why[ERROR_TEXT];
  memcpy(why, c->error_text, sizeof why);
  if (!c->eof_err && core_layers_eof(c)) return;
  const char *detail = c->eof_err && *why ? why : cut ? "in the middle of a response" : NULL;
  core_fail(c, c->eof_err ? c->eof_err : HARK_ERR_EOF, detail);
}

/* The DONE of commands that got no answer; each is told once, oldest first. */
static const hark_event *next_unanswered(hark_client *c) {
  for (command *cmd = c->commands; cmd; cmd = cmd->next) {
    bool dead = core_dead(c), unsent = cmd->state == COMMAND_UNSENT;
    if (!dead && !unsent) continue;
    bool lost = cmd->state == COMMAND_SENT || cmd->state == COMMAND_LEAVING;
    c->lost = (hark_ev_cond){.verdict = lost ? HARK_VERDICT_LOST : HARK_VERDICT_UNSENT};
    c->lost.err = unsent ? cmd->err : c->error ? c->error : HARK_ERR_EOF;
    c->done = (hark_event){.type = HARK_EV_DONE, .cmd = cmd->id, .cond = &c->lost};
    core_remove(c, cmd);
    return &c->done;
  }
  return NULL;
}

static step read_on(hark_client *c) {
  switch (c->reading) {
  case READ_LINE: return read_line(c);
  case READ_FETCH_OPEN: return read_fetch_open(c);
  case READ_FETCH_ITEM: return read_fetch_item(c);
  case READ_BODY: return read_body(c);
  case READ_BODY_END: return read_body_end(c);
  case READ_FETCH_REST: return read_fetch_rest(c);
  case READ_ELEMENTS: return read_elements(c);
  case READ_SKIP: return read_skip(c);
  }
  return STEP_MORE;
}

/* Reads until something is told; false: nothing more can be, for now or for ever. */
static bool read_events(hark_client *c) {
  while (!core_dead(c) && c->told == c->nevents) {
    if (read_on(c) == STEP_ON) continue;
    int more = core_refill(c);
    if (more < 0) core_fail(c, more, NULL);
    if (more) continue;
    if (!c->eof) break;
    core_end(c);
  }
  return c->told < c->nevents;
}

const hark_event *hark_next(hark_client *c) {
  if (c->told == c->nevents) {
    c->told = c->nevents = 0;
    c->place = NULL;
    arena_reset(&c->arena);
    if (!read_events(c)) {
      core_flush(c);
      const hark_event *ev = next_unanswered(c);
      c->drained = !ev;
      return ev;
    }
  }
  c->drained = false;
  return &c->events[c->told++];
}
