/* pull/list.c - what is on the server.  RFC 9051 sections 6.3.3, 6.4.4; needs: a set, not a mark.
 * SPDX-License-Identifier: MIT
 *
 * All UIDs are listed at connect, afterwards only those above the highest, and all again when
 * the count disagrees with EXISTS or a day has passed. */
#include "pull/state.h"
#include <string.h>

void pull_open(hark_pull *p) {
  static const char *const fields[] = {"name", "hark", "version", NULL, NULL};
  const char *v[5];
  memcpy(v, fields, sizeof v);
  v[3] = hark_version();
  if (!p->config.no_id) p->id = hark_id(p->c, v); /* UNSENT where it is not offered */
  p->examine = hark_examine(p->c, p->mailbox, NULL);
}

static uint32_t highest(hark_set *set) {
  hark_str text = {hark_set_text(set), 0};
  if (!text.p) return 0;
  text.n = strlen(text.p);
  const char *from = text.p + text.n;
  while (from > text.p && from[-1] != ',') from--;
  text.n -= (size_t)(from - text.p), text.p = from;
  uint32_t a, b;
  return text.n && hark_set_next(&text, &a, &b) ? b : 0;
}

void pull_list(hark_pull *p, bool full) {
  uint32_t top = highest(p->listed);
  char above[24], *end = above + sizeof above - 1;
  if (top == UINT32_MAX) full = true;
  p->search_full = full, p->search_from = full ? 1 : top + 1;
  p->search_extended = hark_has(p->c, "ESEARCH") && !p->extended_refused;
  if (p->idling && !p->done_asked)
    p->done_asked = true, p->done_since = p->now, p->answer_ms = p->config.answer_ms;
  hark_builder *q = hark_search_begin(p->c, HARK_UID, p->search_extended ? "(ALL)" : NULL);
  if (full)
    hark_q_key(q, "ALL");
  else {
    *end = 0, *--end = '*', *--end = ':';
    for (uint32_t n = p->search_from; n; n /= 10) *--end = (char)('0' + n % 10);
    hark_q_set(q, HARK_UID, end);
  }
  p->search = hark_search_end(q);
  hark_set_remove(p->found, 1, UINT32_MAX);
  if (p->phase == PULL_LISTENING) p->phase = PULL_LISTING;
  if (full) p->list_due = false, p->listed_at = p->now;
  p->check_due = false;
}

/* "n:*" always matches the last message, and a server may answer what was not asked. */
static void found(hark_pull *p, const hark_ev_search *s) {
  for (size_t i = 0; i < s->n; i++)
    if (s->v[i] >= p->search_from && hark_set_add(p->found, s->v[i], s->v[i]))
      p->out_of_memory = true;
  hark_str text = s->set;
  uint32_t a, b;
  while (text.p && hark_set_next(&text, &a, &b)) {
    if (a > b) a ^= b, b ^= a, a ^= b;
    if (a < p->search_from) a = p->search_from;
    if (a && a <= b && hark_set_add(p->found, a, b)) p->out_of_memory = true;
  }
}

/* missing: listed and nowhere else. */
static void find_missing(hark_pull *p) {
  hark_set *const elsewhere[] = {p->have, p->told, p->stuck, p->asked};
  hark_set_remove(p->missing, 1, UINT32_MAX);
  pull_each(p, pull_text(p->listed), p->missing, hark_set_add);
  for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
    pull_each(p, pull_text(elsewhere[i]), p->missing, hark_set_remove);
}

/* Those that an earlier pull could not get: asked for last, each on its own. */
static void stuck_again(hark_pull *p) {
  if (p->cursor_stuck_asked) return;
  p->cursor_stuck_asked = true;
  uint32_t a, b;
  for (hark_str text = pull_text(p->stuck); hark_set_next(&text, &a, &b);)
    for (uint32_t uid = a; uid && uid <= b; uid++)
      if (hark_set_has(p->listed, uid) && !hark_set_has(p->have, uid))
        pull_take(p, p->again, p->again, uid);
  hark_set_remove(p->stuck, 1, UINT32_MAX);
  pull_each(p, pull_text(p->again), p->missing, hark_set_remove);
}

static void listed(hark_pull *p) {
  if (p->search_full) hark_set_remove(p->listed, 1, UINT32_MAX);
  pull_each(p, pull_text(p->found), p->listed, hark_set_add);
  if (p->search_full) hark_set_remove(p->again, 1, UINT32_MAX);
  bool agrees = hark_set_count(p->listed) == p->exists;
  if (!agrees && !p->search_full && p->exists != p->settled_exists) {
    p->list_due = true;
    return;
  }
  if (!agrees) p->settled_exists = p->exists;
  if (p->renumbered) {
    hark_set_remove(p->unsure, 1, UINT32_MAX);
    pull_each(p, pull_text(p->listed), p->unsure, hark_set_add);
    p->phase = PULL_MATCHING;
    return;
  }
  find_missing(p);
  stuck_again(p);
  p->phase = PULL_FETCHING;
}

static const hark_pull_event *search_done(hark_pull *p, const hark_ev_cond *cond) {
  bool extended = p->search_extended;
  p->search = 0;
  if (cond->verdict == HARK_VERDICT_OK) {
    if (hark_set_count(p->found) > p->exists + 1000000)
      return pull_fail(p, HARK_ERR_FRAME, "the server lists more messages than the mailbox has",
                       cond);
    listed(p);
    return NULL;
  }
  if (cond->verdict == HARK_VERDICT_LOST || cond->verdict == HARK_VERDICT_UNSENT) return NULL;
  if (extended) { /* the old form is understood by all */
    p->extended_refused = true;
    if (p->search_full)
      p->list_due = true;
    else
      p->check_due = true, p->phase = PULL_LISTENING;
    return NULL;
  }
  return pull_fail(p, HARK_ERR_STATE, "the server refuses to list the messages", cond);
}

/* A UIDVALIDITY that is not the cursor's, none at all, or a UIDNEXT that fell below what is
 * here (some servers give old UIDs to new mail): what is here must be matched anew. */
static void compare_with_cursor(hark_pull *p) {
  bool known = p->cursor_validity || hark_set_count(p->have);
  bool other = p->uidvalidity != p->cursor_validity || !p->uidvalidity;
  bool fell = p->uidnext && p->uidnext <= highest(p->have);
  if (!known || !(other || fell)) return;
  p->renumbered = true;
  hark_set_remove(p->have, 1, UINT32_MAX);
  hark_set_remove(p->stuck, 1, UINT32_MAX);
}

static const hark_pull_event *examined(hark_pull *p, const hark_ev_cond *cond) {
  p->examine = 0;
  switch (cond->verdict) {
  case HARK_VERDICT_OK: break;
  case HARK_VERDICT_LOST: return NULL; /* the client has ended, and says why */
  case HARK_VERDICT_UNSENT: return pull_fail(p, cond->err, "the mailbox was not opened", cond);
  default: return pull_fail(p, HARK_ERR_STATE, "the server does not open the mailbox", cond);
  }
  compare_with_cursor(p);
  p->phase = PULL_LISTING;
  p->settled_exists = UINT64_MAX;
  if (p->renumbered) return pull_tell(p, HARK_PULL_RENUMBERED);
  return NULL;
}

static void expunged(hark_pull *p, uint64_t number) {
  if (p->exists) p->exists--;
  uint64_t before = 0;
  uint32_t a, b;
  if (hark_set_count(p->listed) != p->exists + 1) return; /* out of step: listed anew */
  for (hark_str text = pull_text(p->listed); hark_set_next(&text, &a, &b); before += b - a + 1) {
    if (number > before + (b - a + 1)) continue;
    uint32_t uid = a + (uint32_t)(number - before - 1);
    pull_take(p, p->listed, NULL, uid);
    pull_take(p, p->missing, NULL, uid);
    pull_take(p, p->again, NULL, uid);
    return;
  }
}

static void code(hark_pull *p, const hark_ev_cond *cond) {
  uint32_t n = cond->code_num > UINT32_MAX ? 0 : (uint32_t)cond->code_num;
  if (cond->code_id == HARK_CODE_UIDVALIDITY && p->examine) p->uidvalidity = n;
  if (cond->code_id == HARK_CODE_UIDNEXT && p->examine) p->uidnext = n;
}

bool pull_list_event(hark_pull *p, const hark_event *ev, const hark_pull_event **out) {
  switch (ev->type) {
  case HARK_EV_EXISTS:
    p->exists = ev->num;
    if (!p->examine && p->exists != hark_set_count(p->listed)) p->check_due = true;
    return true;
  case HARK_EV_EXPUNGE: expunged(p, ev->num); return true;
  case HARK_EV_SEARCH:
    if (p->search && ev->cmd == p->search) found(p, ev->search);
    return true;
  case HARK_EV_COND:
    if (ev->cond->code_id == HARK_CODE_UIDVALIDITY || ev->cond->code_id == HARK_CODE_UIDNEXT) {
      code(p, ev->cond);
      return true;
    }
    return false;
  case HARK_EV_DONE:
    if (ev->cmd == p->search)
      *out = search_done(p, ev->cond);
    else if (ev->cmd == p->examine)
      code(p, ev->cond), *out = examined(p, ev->cond);
    else
      return ev->cmd == p->id;
    return true;
  case HARK_EV_FLAGS:
  case HARK_EV_RECENT:
  case HARK_EV_PHASE: return true;
  default: return ev->type == HARK_EV_ID;
  }
}
