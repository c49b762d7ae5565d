/* pull/throttle.c - a server that wants us slower: when to ask again.  RFC 5530; THROTTLED.
 * SPDX-License-Identifier: MIT
 *
 * What was asked for is missing again, and nothing is asked for until the time that the server
 * names, or a minute that doubles, has passed: five minutes at most, for servers name times that
 * nobody waits.  Still refused after a few such steps it is a limit of the day: the pull ends, and
 * the next one goes on. */
#include "pull/state.h"

enum { STEP_FIRST_MS = 60000, STEP_MOST_MS = 300000, STEPS = 3, DIGITS_MOST = 9 };

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

/* word: in small letters; what of text begins with it */
static bool starts(hark_str text, const char *word) {
  size_t i = 0;
  while (i < text.n && word[i] && lower(text.p[i]) == word[i]) i++;
  return !word[i];
}

static hark_str behind(hark_str text, size_t n) { return (hark_str){text.p + n, text.n - n}; }

static bool holds(hark_str text, const char *word) {
  for (; text.n; text = behind(text, 1))
    if (starts(text, word)) return true;
  return false;
}

bool pull_is_throttle(const hark_ev_cond *cond) {
  if (cond->verdict != HARK_VERDICT_NO && cond->verdict != HARK_VERDICT_BAD) return false;
  switch (cond->code_id) {
  case HARK_CODE_THROTTLED:
  case HARK_CODE_LIMIT:
  case HARK_CODE_OVERQUOTA: return true; /* of what may be fetched in a day: nothing is stored */
  default: return holds(cond->text, "throttled") || holds(cond->text, "bandwidth limit");
  }
}

static uint64_t unit_ms(hark_str text) {
  while (starts(text, " ")) text = behind(text, 1);
  if (starts(text, "ms") || starts(text, "milli")) return 1;
  if (starts(text, "s")) return 1000;
  if (starts(text, "m")) return 60000;
  return starts(text, "h") ? 3600000 : 0;
}

static bool is_digit(hark_str text) { return text.n && *text.p >= '0' && *text.p <= '9'; }

/* "Suggested Backoff Time: 178755 milliseconds", "try again in 300 s": the first number that is
 * a time; 0: none. */
static uint64_t hint_ms(hark_str text) {
  while (text.n) {
    uint64_t number = 0;
    size_t digits = 0;
    for (; is_digit(text); text = behind(text, 1), digits++)
      if (digits < DIGITS_MOST) number = number * 10 + (uint64_t)(*text.p - '0');
    if (digits && unit_ms(text)) return number * unit_ms(text);
    if (!digits) text = behind(text, 1);
  }
  return 0;
}

static uint64_t step_ms(const hark_pull *p, hark_str text) {
  uint64_t least = (uint64_t)STEP_FIRST_MS << (p->throttles - 1), hint = hint_ms(text);
  uint64_t ms = hint > least ? hint : least;
  return ms > STEP_MOST_MS ? STEP_MOST_MS : ms;
}

/* Commands that left together are refused together: that is one step. */
const hark_pull_event *pull_throttle(hark_pull *p, const hark_ev_cond *cond) {
  if (p->now < p->resume_at) return NULL;
  if (++p->throttles > STEPS)
    return pull_fail(p, HARK_ERR_BUSY, "the server gives no more for now; the rest comes later",
                     cond);
  uint64_t ms = step_ms(p, cond->text);
  p->resume_at = p->now + ms;
  pull_tell(p, HARK_PULL_WAITING);
  p->ev.cond = cond, p->ev.wait_ms = (uint32_t)ms;
  return &p->ev;
}

bool pull_waits(const hark_pull *p) { return p->now < p->resume_at; }
