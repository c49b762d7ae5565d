/* core/elements.c - answers of any size, element by element: SEARCH, ESEARCH, SORT.
 * SPDX-License-Identifier: MIT */
#include "core/reading.h"
#include <string.h>

static void element_begins(hark_client *c) {
  frame_start(&c->frame, false);
  c->frame.value = true, c->frame.lists = c->call.word->mode == EXT_LISTS;
}

step read_elements_begin(hark_client *c, const prefix *pre) {
  bool awaited;
  const ext_word *w = core_word(TABLE_RESPONSES, pre->word);
  memset(&c->call, 0, sizeof c->call);
  c->call.c = c, c->call.number = pre->number, c->call.word = w;
  c->call.cmd = core_cause(c, w->word, &awaited);
  c->awaited = awaited;
  if (core_response_ignored(c, w->when)) {
    c->skip_silent = true;
    return reading_skip(c, NULL, READ_LINE);
  }
  core_consume(c, pre->n);
  c->reading = READ_ELEMENTS;
  element_begins(c);
  c->state_begun = false;
  return STEP_ON;
}

static step elements_broken(hark_client *c, const char *reason) {
  frame_start(&c->frame, false);
  return reading_skip(c, reason, READ_LINE);
}

static bool element(hark_client *c, size_t n, char delimiter, bool last) {
  scan s;
  core_scan(c, &s, str(here(c), n));
  c->call.delimiter = delimiter, c->call.last = last;
  return core_parse(c, &c->call, &s);
}

/* Of the n bytes of an element: behind a list that ended it there may be nothing yet. */
static char ended_by(const hark_client *c, size_t n) {
  const uint8_t *p = here(c);
  if (c->frame.lists && p[n - 1] == ')') return ')';
  return p[n] == '\r' || p[n] == '\n' ? 0 : (char)p[n];
}

/* The numbers that are there, in one call; false: none were read. */
static bool numbers_at_once(hark_client *c) {
  if (c->call.word->mode != EXT_NUMBERS) return false;
  scan s;
  core_scan(c, &s, str(here(c), avail(c)));
  c->call.run = true, c->call.last = false;
  bool read = core_parse(c, &c->call, &s);
  c->call.run = false;
  size_t n = (size_t)(s.p - here(c));
  if (read) core_consume(c, n);
  return read && n;
}

step read_elements(hark_client *c) {
  if (!c->frame.pos) {
    spaces(c);
    if (numbers_at_once(c) || core_dead(c)) return STEP_ON;
    int end = line_end(here(c), avail(c));
    if (end < 0) return STEP_MORE;
    if (end) {
      if (!element(c, 0, 0, true) && !core_dead(c))
        core_malformed(c, str(here(c), 0), offset(c), "the answer is incomplete",
                       HARK_EV_MALFORMED);
      if (core_dead(c)) return STEP_ON;
      core_consume(c, (size_t)end);
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
  char by = ended_by(c, n);
  if (!element(c, n, by, false))
    return core_dead(c) ? STEP_ON : elements_broken(c, "an element cannot be read");
  core_consume(c, n + (by == ','));
  element_begins(c);
  return STEP_ON;
}
