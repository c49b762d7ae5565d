/* core/skip.c - passing over a response: the framer goes on, only the beginning is kept.
 * SPDX-License-Identifier: MIT */
#include "core/reading.h"
#include <string.h>

step reading_skip(hark_client *c, const char *reason, reading then) {
  if (!core_authenticated(c) && reason) {
    core_fail(c, HARK_ERR_LIMIT, reason);
    return STEP_ON;
  }
  c->reading = READ_SKIP, c->skip_then = then;
  c->skip_reason = reason, c->skip_offset = offset(c);
  c->nkept = 0;
  return STEP_ON;
}

void reading_keep(hark_client *c, size_t n) {
  size_t room = KEPT - c->nkept;
  size_t part = n < room ? n : room;
  memcpy(c->kept + c->nkept, here(c), part);
  c->nkept += part;
}

void reading_skipped(hark_client *c) {
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

step read_skip(hark_client *c) {
  frame_result r = frame_line(&c->frame, here(c), avail(c));
  size_t pos = c->frame.pos, drop = pos;
  if (r == FRAME_MORE && !c->frame.literal) drop = pos > FRAME_TAIL ? pos - FRAME_TAIL : 0;
  if (r == FRAME_BROKEN) {
    core_fail(c, HARK_ERR_FRAME, "a literal's length cannot be read");
    return STEP_ON;
  }
  reading_keep(c, drop);
  frame_drop(&c->frame, here(c), drop);
  core_consume(c, drop);
  if (r == FRAME_MORE) return STEP_MORE;
  reading_skipped(c);
  return STEP_ON;
}
