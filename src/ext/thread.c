/* ext/thread.c - THREAD.  RFC 5256 sections 3, 4, 5.
 * SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "core/extension.h"
#include <hark/ext/thread.h>
#include <string.h>

typedef struct tree {
  hark_thread_node *v;
  size_t n, cap;
} tree;

static bool add(tree *t, scan *s, uint32_t number, uint32_t depth) {
  if (t->n >= s->items) return false;
  hark_thread_node *grown = arena_grow(s->arena, t->v, sizeof *t->v, &t->cap, t->n + 1);
  if (!grown) return false;
  t->v = grown;
  t->v[t->n++] = (hark_thread_node){number, depth};
  return true;
}

static bool thread_list(tree *t, scan *s, uint32_t depth);

/* thread-nested = 2*thread-list */
static bool thread_nested(tree *t, scan *s, uint32_t depth) {
  size_t n = 0;
  do {
    if (!thread_list(t, s, depth)) return false;
    n++;
    if (scan_peek(s) == ' ' && !(scan_sp(s) && scan_forgive(s, "no space between threads")))
      return false;
  } while (scan_peek(s) == '(');
  return n > 1 || scan_forgive(s, "two threads or more side by side");
}

/* thread-members = nz-number *(SP nz-number) [SP thread-nested]: each is the child of the one
 * before */
static bool thread_members(tree *t, scan *s, uint32_t depth) {
  uint32_t number;
  for (;; depth++) {
    if (!scan_nz_u32(s, &number) || !add(t, s, number, depth)) return false;
    if (scan_peek(s) != ' ') return true;
    if (!scan_sp(s)) return false;
    if (scan_peek(s) == '(') return thread_nested(t, s, depth + 1);
  }
}

/* thread-list = "(" (thread-members / thread-nested) ")" */
static bool thread_list(tree *t, scan *s, uint32_t depth) {
  if (!s->depth || !scan_ch(s, '(')) return false;
  s->depth--;
  bool nested = scan_peek(s) == '(';
  bool good =
      nested ? add(t, s, 0, depth) && thread_nested(t, s, depth + 1) : thread_members(t, s, depth);
  s->depth++;
  return good && scan_ch(s, ')');
}

/* thread-data = "THREAD" [SP 1*thread-list] */
static bool thread(ext_call *call, scan *s) {
  tree t = {0};
  hark_ev_thread *ev = ext_event(call, HARK_EV_THREAD, sizeof *ev);
  if (!ev) return false;
  ev->last = ext_last(call);
  if (ev->last) return true;
  if (!thread_list(&t, s, 0)) return false;
  ev->v = t.v, ev->n = t.n;
  return scan_end(s);
}

/* thread-alg = "ORDEREDSUBJECT" / "REFERENCES" / thread-alg-ext */
static const char *capability(const char *algorithm) {
  static const char *const known[] = {"THREAD=ORDEREDSUBJECT", "THREAD=REFERENCES", "THREAD=REFS"};
  const hark_str text = {algorithm, strlen(algorithm)};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (scan_is(text, known[i] + sizeof "THREAD")) return known[i];
  return NULL;
}

/* thread = ["UID" SP] "THREAD" SP thread-alg SP search-criteria
 * search-criteria = charset 1*(SP search-key) */
hark_builder *hark_thread_begin(hark_client *c, unsigned flags, const char *algorithm,
                                const char *charset) {
  hark_builder *b = hark_cmd_begin(c, flags & HARK_UID ? "UID THREAD" : "THREAD");
  const char *needs = algorithm ? capability(algorithm) : NULL;
  if (needs) ext_needs(b, needs);
  hark_put_atom(b, algorithm);
  hark_put_atom(b, charset ? charset : "UTF-8");
  return b;
}

const hark_ev_thread *hark_event_thread(const hark_event *ev) {
  return ev->type == HARK_EV_THREAD ? ev->any : NULL;
}

static const ext_word responses[] = {{"THREAD", thread, EXT_LISTS, EXT_SELECTED}, {0}};
static const ext_command commands[] = {
    {"THREAD", NULL, EXT_IN_SELECTED, EXT_SEQ | EXT_SAME, "THREAD", EFFECT_NONE}, {0}};

static const hark_field node_fields[] = {
    FIELD(hark_thread_node, number, U32), FIELD(hark_thread_node, depth, U32), {0}};
static const hark_field fields[] = {FIELD_ARRAY(hark_ev_thread, v, hark_thread_node, node_fields),
                                    FIELD(hark_ev_thread, last, BOOL),
                                    {0}};
static const ext_fields events[] = {{HARK_EV_THREAD, "THREAD", fields}, {0}};

extern const hark__extension hark__ext_thread;
const hark__extension hark__ext_thread = {
    .responses = responses, .commands = commands, .events = events};
