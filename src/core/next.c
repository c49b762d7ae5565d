/* core/next.c - bytes become events: complete lines to the grammar, FETCH item by item,
 * long answers element by element, bodies as they come.  RFC 9051 sections 2.2.2, 7.
 * SPDX-License-Identifier: MIT
 *
 * Every step depends on what the server said, never on how its bytes were cut: what is
 * complete is told, then what is wrong with the rest. */
#include "core/reading.h"
#include <string.h>

enum { BANNER = 8 };

static bool strict(const hark_client *c) { return c->flags & HARK_STRICT; }

static size_t piece_limit(const hark_client *c) {
  return core_authenticated(c) ? c->limits.response : c->limits.line;
}

/* --- a whole line --- */

typedef enum line_kind {
  KIND_UNDECIDED,
  KIND_LINE,
  KIND_TEXT,
  KIND_FETCH,
  KIND_ELEMENTS
} line_kind;

/* true: decided, by the first PREFIX_MAX bytes and however many more are there; false: more is
 * needed.  A word that does not end within them is none that is known. */
static bool read_prefix(const uint8_t *p, size_t there, prefix *out) {
  size_t n = there < PREFIX_MAX ? there : PREFIX_MAX;
  size_t i = 1, digits = 0;
  uint64_t number = 0;
  *out = (prefix){.number = UINT64_MAX};
  while (i < n && p[i] == ' ') i++;
  size_t from = i;
  for (; i < n && p[i] >= '0' && p[i] <= '9' && digits < 19; i++, digits++)
    number = number * 10 + (uint64_t)(p[i] - '0');
  if (digits && i < n && p[i] == ' ') {
    while (i < n && p[i] == ' ') i++;
    from = i, out->number = number;
  } else
    i = from;
  while (i < n && (class_table[p[i]] & CLASS_ATOM)) i++;
  if (i == there && i < PREFIX_MAX) return false;
  out->word = str((const char *)p + from, i < n ? i - from : 0);
  out->n = i;
  return true;
}

static line_kind classify(hark_client *c, prefix *pre) {
  const uint8_t *p = here(c);
  size_t n = avail(c);
  if (p[0] != '*') return KIND_TEXT; /* "+", a tag: free text */
  if (!read_prefix(p, n, pre)) return KIND_UNDECIDED;
  if (core_verdict(pre->word) >= 0) return KIND_TEXT;
  if (str_is(pre->word, "FETCH") || str_is(pre->word, "UIDFETCH")) return KIND_FETCH;
  const ext_word *w = core_word(TABLE_RESPONSES, pre->word);
  return w && w->mode != EXT_WHOLE ? KIND_ELEMENTS : KIND_LINE;
}

/* What is not IMAP is refused as soon as it shows, not when its first line ends. */
static bool is_banner(hark_client *c) {
  const uint8_t *p = here(c);
  size_t n = avail(c);
  if (p[0] == 0x16 && n < 2 && !c->eof) return false;
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
  return !c->greeted && p[0] != '*';
}

static void line_complete(hark_client *c, size_t n, bool text) {
  const uint8_t *p = here(c);
  size_t len = n - 1;
  if (len && p[len - 1] == '\r')
    len--;
  else if (strict(c)) { /* CRLF = %x0D.0A; a bare LF is forgiven */
    core_malformed_line(c, str(p, len), "a line ends without CR");
    core_consume(c, n);
    return;
  }
  hark_str line = str(p, len);
  core_log(c, HARK_LOG_IN, line);
  if (!len) {
    if (!core_forgive(c, "forgiven: an empty line")) core_malformed_line(c, line, "an empty line");
  } else if (text && p[0] == '+')
    core_continuation(c, line);
  else if (text)
    core_status(c, line);
  else
    core_untagged(c, line);
  c->first_line_done = true;
  core_consume(c, n);
  core_flush(c); /* here, not when all is read: what leaves must not depend on the input's cuts */
}

static step read_line(hark_client *c) {
  if (c->layer_awaited || !avail(c)) return STEP_MORE;
  if (!c->classified) c->awaited = false;
  if (c->greeted && *here(c) == 0 && !strict(c)) { /* padding that some servers send */
    core_consume(c, 1);
    return STEP_ON;
  }
  if (!c->classified) {
    prefix pre = {0};
    if (is_banner(c)) return STEP_ON;
    if (banner_undecided(c)) return STEP_MORE;
    line_kind kind = classify(c, &pre);
    if (kind == KIND_UNDECIDED) return STEP_MORE;
    frame_start(&c->frame, kind == KIND_TEXT);
    if (c->greeted && kind == KIND_FETCH) return read_fetch_begin(c, &pre);
    if (c->greeted && kind == KIND_ELEMENTS) return read_elements_begin(c, &pre);
    c->classified = true;
  }
  frame_result r = frame_line(&c->frame, here(c), avail(c));
  bool over = c->frame.pos > piece_limit(c) || c->frame.largest > c->limits.literal;
  if (r == FRAME_BROKEN && (!over || core_authenticated(c))) { /* else it was fatal before */
    core_fail(c, HARK_ERR_FRAME, "a literal's length cannot be read");
    return STEP_ON;
  }
  if (over || r == FRAME_DONE) c->classified = false;
  if (over) {
    size_t looked = c->frame.pos;
    reading_skip(c, "larger than limits.response", READ_LINE);
    c->frame.pos = looked;
    if (r == FRAME_DONE && !core_dead(c)) { /* it ended just where it became too large */
      reading_keep(c, looked);
      core_consume(c, looked);
      reading_skipped(c);
    }
    return STEP_ON;
  }
  if (r == FRAME_MORE) return STEP_MORE;
  line_complete(c, c->frame.pos, c->frame.text);
  return STEP_ON;
}

/* --- the end --- */

/* Nothing more comes: orderly after BYE, else an error; what was received has been told. */
static void core_end(hark_client *c) {
  bool orderly = c->bye || (c->flags & HARK_OBSERVE);
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
  if (!core_dead(c) && !c->unsent) return NULL;
  for (command *cmd = c->commands; cmd; cmd = cmd->next) {
    bool dead = core_dead(c), unsent = cmd->state == COMMAND_UNSENT;
    if (!dead && !unsent) continue;
    if (cmd->state == COMMAND_REFUSED) continue; /* its DONE was told */
    bool lost = core_under_way(cmd);
    c->lost = (hark_ev_cond){.verdict = lost ? HARK_VERDICT_LOST : HARK_VERDICT_UNSENT};
    c->lost.err = unsent ? cmd->err : c->error ? c->error : HARK_ERR_EOF;
    c->done = (hark_event){.type = HARK_EV_DONE, .cmd = cmd->id, .cond = &c->lost};
    core_remove(c, cmd);
    return &c->done;
  }
  return NULL;
}

/* HARK_EV_SEND_DATA, once for each literal that the program must fill. */
static const hark_event *next_due(hark_client *c) {
  const command *cmd = core_streaming(c);
  if (!c->data_due || !cmd || core_dead(c)) return NULL;
  c->data_due = false;
  c->done = (hark_event){.type = HARK_EV_SEND_DATA, .cmd = cmd->id, .num = cmd->stream};
  return &c->done;
}

static step read_on(hark_client *c) {
  switch (c->reading) {
  case READ_LINE: return read_line(c);
  case READ_FETCH_OPEN:
  case READ_FETCH_ITEM:
  case READ_BODY:
  case READ_BODY_END:
  case READ_FETCH_REST: return read_fetch(c);
  case READ_ELEMENTS: return read_elements(c);
  case READ_SKIP: return read_skip(c);
  }
  return STEP_MORE;
}

/* Reads until something is told, or a command has turned out not to be sent or to await data
 * (which must not depend on how much of the input is there); false: nothing was. */
static bool read_events(hark_client *c) {
  while (!core_dead(c) && c->told == c->nevents && !c->unsent && !c->data_due) {
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
    arena_reset(&c->arena);
    if (!read_events(c)) {
      core_flush(c);
      const hark_event *ev = next_due(c);
      if (!ev) ev = next_unanswered(c);
      c->drained = !ev;
      return ev;
    }
  }
  c->drained = false;
  return &c->events[c->told++];
}
