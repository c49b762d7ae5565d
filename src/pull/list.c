/* pull/list.c - what is on the server.  RFC 9051 sections 6.3.3, 6.4.4; needs: a set, not a mark.
 * SPDX-License-Identifier: MIT
 *
 * All UIDs are listed at connect, afterwards only those above the highest, and all again when
 * the count disagrees with EXISTS or a day has passed. */
#include "pull/state.h"
#include <string.h>

void pull_examine(hark_pull *p) { p->examine = hark_examine(p->c, p->mailbox, NULL); }

void pull_open(hark_pull *p) {
  static const char *const fields[] = {"name", "hark", "version", NULL, NULL};
  const char *v[5];
  memcpy(v, fields, sizeof v);
  v[3] = hark_version();
  if (!p->config.no_id) p->id = hark_id(p->c, v); /* UNSENT where it is not offered */
  pull_examine(p);
}

/* "n:*", for what lies above the highest */
static void put_above(hark_builder *q, uint32_t from) {
  char text[sizeof "4294967295:*"], *at = text + sizeof text - 1;
  *at = 0, *--at = '*', *--at = ':';
  for (uint32_t n = from; n; n /= 10) *--at = (char)('0' + n % 10);
  hark_q_set(q, HARK_UID, at);
}

void pull_list(hark_pull *p, bool full) {
  if (pull_waits(p)) return;
  uint32_t top = hark_set_max(p->listed);
  if (top == UINT32_MAX) full = true;
  p->search_full = full, p->search_from = full ? 1 : top + 1;
  p->search_extended = hark_has(p->c, "ESEARCH") && !p->extended_refused;
  p->search_exists = p->exists;
  hark_builder *q = hark_search_begin(p->c, HARK_UID, p->search_extended ? "(ALL)" : NULL);
  if (full)
    hark_q_key(q, "ALL");
  else
    put_above(q, p->search_from);
  p->search = pull_sent(p, hark_search_end(q));
  if (!p->search) return;
  pull_clear(p->found);
  p->search_broken = p->search_answered = false;
  pull_end_idle(p, p->config.answer_ms); /* the command itself has done it; this notes when */
  p->phase = PULL_LISTING;
  if (full) p->list_due = false, p->listed_at = p->now;
  p->check_due = false;
}

/* More than any mailbox holds, with what may have come meanwhile: what a server lists costs memory
 * and time. */
static uint64_t list_most(const hark_pull *p) {
  return (p->exists < EXISTS_MOST ? p->exists : EXISTS_MOST) + LISTED_MORE;
}

/* "n:*" always matches the last message, and a server may answer what was not asked.  What is too
 * much ends the pull at once: an answer need not have an end. */
static const hark_pull_event *found(hark_pull *p, const hark_ev_search *s) {
  hark_str text = s->set;
  uint32_t a, b;
  bool too_many = false;
  while (text.p && !too_many && hark_set_next(&text, &a, &b))
    too_many = b - a >= list_most(p); /* "*", which no answer holds, among them */
  pull_clear(p->scratch);
  for (size_t i = 0; i < s->n; i++) pull_try(p, hark_set_add(p->scratch, s->v[i], s->v[i]));
  if (s->set.n && !too_many) pull_try(p, hark_set_parse(p->scratch, s->set));
  hark_set_remove(p->scratch, 0, 0); /* no UID is called "*" */
  if (p->search_from > 1) pull_try(p, hark_set_remove(p->scratch, 1, p->search_from - 1));
  uint64_t before = hark_set_count(p->found);
  pull_try(p, hark_set_join(p->found, p->scratch));
  if (hark_set_count(p->found) > before) p->progress_at = p->now;
  if (!too_many && hark_set_count(p->found) <= list_most(p)) return NULL;
  return pull_fail(p, HARK_ERR_FRAME, "the server lists more messages than the mailbox has", NULL);
}

/* missing: listed and nowhere else. */
static void find_missing(hark_pull *p) {
  hark_set *const elsewhere[] = {p->have, p->told, p->stuck, p->asked, p->again};
  pull_clear(p->missing);
  pull_try(p, hark_set_join(p->missing, p->listed));
  for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
    pull_try(p, hark_set_without(p->missing, elsewhere[i]));
}

/* Those that an earlier pull could not get: asked for last, each on its own. */
static void stuck_again(hark_pull *p) {
  if (p->cursor_stuck_asked) return;
  p->cursor_stuck_asked = true;
  if (!hark_set_count(p->stuck)) return;
  pull_clear(p->scratch); /* what is listed and not stuck */
  pull_try(p, hark_set_join(p->scratch, p->listed));
  pull_try(p, hark_set_without(p->scratch, p->stuck));
  pull_try(p, hark_set_join(p->again, p->listed));
  pull_try(p, hark_set_without(p->again, p->scratch));
  pull_try(p, hark_set_without(p->again, p->have));
  pull_clear(p->stuck);
}

/* Do EXISTS and what is listed agree?  If not: look above the highest where EXISTS has changed
 * meanwhile, else list all, once more; then the difference is taken for the server's way.  Mail
 * that comes faster than it is listed must not keep what is known from coming: that has its turn
 * after a few looks, and the next look, if there was something new, is behind it. */
static bool settled(hark_pull *p) {
  int64_t difference = (int64_t)p->exists - (int64_t)hark_set_count(p->listed);
  bool agrees = difference == p->settled || !difference;
  bool look = !agrees && p->looks < LOOKS;
  bool later = !agrees && !look && p->looks_found;
  if (look && p->exists != p->search_exists) {
    p->check_due = true;
    return false;
  }
  if (look && !(p->search_full && p->relisted)) {
    p->list_due = p->relisted = true;
    return false;
  }
  if (!later) p->settled = difference;
  p->check_due = later;
  p->relisted = p->looks_found = false;
  p->looks = 0;
  return true;
}

/* Some servers never announce: what is found before it was counts as announced. */
static void count_found(hark_pull *p, uint64_t before) {
  int64_t fresh = (int64_t)(hark_set_count(p->listed) - before);
  int64_t lacking = (int64_t)hark_set_count(p->listed) + p->settled - (int64_t)p->exists;
  if (fresh > lacking) fresh = lacking;
  if (fresh > 0) p->exists += (uint64_t)fresh;
}

static void listed(hark_pull *p) {
  uint64_t before = hark_set_count(p->listed);
  if (p->search_full) pull_clear(p->listed);
  pull_try(p, hark_set_join(p->listed, p->found));
  pull_clear(p->found);
  if (!p->search_full) count_found(p, before);
  p->looks++;
  if (hark_set_count(p->listed) > before) p->looks_found = true;
  if (!settled(p)) return;
  if (p->renumbered) {
    pull_clear(p->unsure);
    pull_try(p, hark_set_join(p->unsure, p->listed));
    p->phase = PULL_MATCHING;
    return;
  }
  if (p->search_full) pull_clear(p->again); /* what is left of it is missing now */
  stuck_again(p);
  find_missing(p);
  p->phase = PULL_FETCHING;
}

/* A list that was not understood, or not given, is not an empty one. */
static bool is_short(const hark_pull *p) {
  uint64_t listed = hark_set_count(p->found);
  if (!p->search_full) listed += hark_set_count(p->listed);
  bool unanswered = p->search_full && !p->search_answered;
  return (p->search_broken || unanswered) && listed < p->exists;
}

static const hark_pull_event *search_done(hark_pull *p, const hark_ev_cond *cond) {
  bool refused = cond->verdict != HARK_VERDICT_OK;
  p->search = 0;
  if (cond->verdict == HARK_VERDICT_LOST || cond->verdict == HARK_VERDICT_UNSENT) return NULL;
  if (pull_is_throttle(cond)) {
    *(p->search_full ? &p->list_due : &p->check_due) = true;
    return pull_throttle(p, cond);
  }
  if (p->search_extended && (refused || is_short(p))) { /* the old form is understood by all */
    p->extended_refused = true;
    p->list_due = true;
    return NULL;
  }
  if (refused) return pull_fail(p, HARK_ERR_STATE, "the server refuses to list the messages", cond);
  p->list_short = is_short(p);
  listed(p);
  return NULL;
}

/* A UIDVALIDITY that is not the cursor's, none at all, or a UIDNEXT that fell below what is
 * here (some servers give old UIDs to new mail): what is here must be matched anew. */
static void compare_with_cursor(hark_pull *p) {
  bool known = p->cursor_validity || hark_set_count(p->have);
  bool other = p->uidvalidity != p->cursor_validity || !p->uidvalidity;
  bool fell = p->uidnext && p->uidnext <= hark_set_max(p->have);
  if (p->uidnext == UINT32_MAX) fell = false; /* there is no number above it */
  if (!known || !(other || fell)) return;
  p->renumbered = true;
  pull_clear(p->have);
  pull_clear(p->stuck);
}

static const hark_pull_event *examined(hark_pull *p, const hark_ev_cond *cond) {
  p->examine = 0;
  if (pull_is_throttle(cond)) return pull_throttle(p, cond);
  switch (cond->verdict) {
  case HARK_VERDICT_OK: break;
  case HARK_VERDICT_LOST: return NULL; /* the client has ended, and says why */
  case HARK_VERDICT_UNSENT:
    if (hark_error(p->c)) return NULL; /* the same */
    return pull_fail(p, cond->err, "the mailbox was not opened", cond);
  default: return pull_fail(p, HARK_ERR_STATE, "the server does not open the mailbox", cond);
  }
  compare_with_cursor(p);
  p->phase = PULL_LISTING;
  if (p->renumbered) return pull_tell(p, HARK_PULL_RENUMBERED);
  return NULL;
}

static void forget(hark_pull *p, uint32_t uid) {
  hark_set *const from[] = {p->listed, p->missing, p->again, p->unsure};
  for (size_t i = 0; i < sizeof from / sizeof *from; i++)
    pull_try(p, hark_set_remove(from[i], uid, uid));
}

static void expunged(hark_pull *p, uint64_t number) {
  bool in_step = hark_set_count(p->listed) == p->exists;
  if (p->exists) p->exists--;
  if (!in_step) return; /* which UID that was is not known: the next check will see */
  uint32_t uid = number ? hark_set_at(p->listed, number - 1) : 0;
  if (uid) forget(p, uid);
}

static void exists(hark_pull *p, uint64_t n) {
  p->exists = n;
  int64_t difference = (int64_t)n - (int64_t)hark_set_count(p->listed);
  if (!p->examine && difference && difference != p->settled) p->check_due = true;
}

static const hark_pull_event *code(hark_pull *p, const hark_ev_cond *cond) {
  uint32_t n = cond->code_num > UINT32_MAX ? 0 : (uint32_t)cond->code_num;
  bool validity = cond->code_id == HARK_CODE_UIDVALIDITY;
  if (validity && !p->examine && p->uidvalidity && n != p->uidvalidity)
    return pull_fail(p, HARK_ERR_STATE, "the server renumbered the open mailbox: connect again",
                     cond);
  if (validity) p->uidvalidity = n;
  if (cond->code_id == HARK_CODE_UIDNEXT && p->examine) p->uidnext = n;
  return NULL;
}

bool pull_list_event(hark_pull *p, const hark_event *ev, const hark_pull_event **out) {
  switch (ev->type) {
  case HARK_EV_EXISTS: exists(p, ev->num); return true;
  case HARK_EV_EXPUNGE: expunged(p, ev->num); return true;
  case HARK_EV_SEARCH:
    if (!p->search || ev->cmd != p->search) return true;
    p->search_answered = true;
    if (ev->search->set.n && !ev->search->uid) /* message numbers: no answer to UID SEARCH */
      p->search_broken = true;
    else
      *out = found(p, ev->search);
    return true;
  case HARK_EV_MALFORMED:
    if (p->search) p->search_broken = true;
    return false;
  case HARK_EV_COND:
    if (ev->cond->code_id == HARK_CODE_UIDVALIDITY || ev->cond->code_id == HARK_CODE_UIDNEXT) {
      *out = code(p, ev->cond);
      return true;
    }
    return false;
  case HARK_EV_DONE:
    if (ev->cmd == p->search)
      *out = search_done(p, ev->cond);
    else if (ev->cmd == p->examine)
      *out = examined(p, ev->cond);
    else
      return ev->cmd == p->id;
    return true;
  case HARK_EV_FLAGS:
  case HARK_EV_RECENT:
  case HARK_EV_PHASE: return true;
  default: return ev->type == HARK_EV_ID;
  }
}
