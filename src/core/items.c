/* core/items.c - the items of a FETCH whose line is all there, several at once.
 * SPDX-License-Identifier: MIT
 *
 * Most are: short, and without a literal but a body's.  Then each grammar finds by itself where its
 * item ends, and the bytes are looked at once.  Whatever is not as it should be is left to
 * message.c, which finds the end of an item first and loses no more than that item. */
#include "core/reading.h"
#include <string.h>

enum { LOOK_AHEAD = 16384 };

/* The rest of the line without its line end, up to a literal perhaps; none: it is not there. */
static hark_str rest_of_line(const hark_client *c) {
  const uint8_t *p = here(c);
  size_t there = avail(c) < LOOK_AHEAD ? avail(c) : LOOK_AHEAD;
  const uint8_t *lf = memchr(p, '\n', there);
  if (!lf || lf == p || lf[-1] != '\r') return str(NULL, 0);
  return str(p, (size_t)(lf - p) - 1);
}

/* Name, a space, a value that a module reads, and behind it a space or the end of the list. */
static bool read_item(hark_client *c, hark_str line, size_t *n) {
  size_t name = 0;
  while (name < line.n && (class_table[(uint8_t)line.p[name]] & CLASS_ATOM)) name++;
  if (!name || name + 1 >= line.n || line.p[name] != ' ' || line.p[name + 1] == ' ') return false;
  const ext_word *w = core_word(TABLE_ITEMS, str(line.p, name));
  hark_ev_item *item = w && w->parse ? arena_alloc(&c->arena, sizeof *item) : NULL;
  if (!item) return false;
  scan s;
  core_scan(c, &s, str(line.p + name, line.n - name));
  c->call.item = item, c->call.word = w;
  item->kind = HARK_ITEM_OTHER, item->name = str(line.p, name);
  size_t told = c->nevents;
  bool read = w->parse(&c->call, &s) && !s.quirk;
  c->nevents = told;
  *n = (size_t)((const char *)s.p - line.p);
  if (!read || *n > c->limits.response || (scan_peek(&s) != ' ' && scan_peek(&s) != ')'))
    return false;
  item->raw = str(line.p + name + 1, *n - name - 1);
  return core_event(c, HARK_EV_ITEM, c->call.cmd, item);
}

/* ")" and nothing behind it. */
static void list_ends(hark_client *c) {
  core_consume(c, sizeof ")\r\n" - 1);
  core_event(c, HARK_EV_FETCH_END, c->call.cmd, NULL);
  c->reading = READ_LINE;
}

bool read_items_at_once(hark_client *c) {
  hark_str line = rest_of_line(c);
  size_t before = c->nevents;
  while (line.n && c->nevents + 1 < MAX_EVENTS) {
    size_t n, space = *line.p == ' ';
    if (!read_item(c, str(line.p + space, line.n - space), &n)) break;
    core_log(c, HARK_LOG_IN, str(line.p + space, n));
    core_consume(c, n + space);
    line = str(line.p + space + n, line.n - space - n);
  }
  if (c->arena.failed) core_fail(c, HARK_ERR_NOMEM, NULL);
  if (c->nevents > before && line.n == 1 && *line.p == ')') list_ends(c);
  return c->nevents > before;
}
