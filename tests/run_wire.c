/* tests/run_wire.c - replays golden transcripts.  SPDX-License-Identifier: MIT
 *
 * Each transcript is played whole, byte by byte, cut in two at every place (long ones at 800
 * places), through the smallest window, and with every allocation failing, once and from then
 * on.  The events must be the same each time, or memory must have run out cleanly: what was
 * told before is then the beginning of what had to be told.  SEC F-31, F-32. */
#include "wire_play.h"
#include <inttypes.h>

typedef struct totals {
  long passed, failed, replays;
} totals;

/* --- a unified diff, for people --- */

typedef struct lines {
  const char **v;
  size_t n;
} lines;

static lines split_lines(char *from) {
  lines l = {calloc(strlen(from) + 1, sizeof *l.v), 0};
  if (!l.v) abort();
  for (char *p = from; *p; p++) {
    l.v[l.n++] = p;
    p += strcspn(p, "\n");
    *p = 0;
  }
  return l;
}

static void diff(const char *want_text, const char *got_text) {
  char *a_text = strdup(want_text), *b_text = strdup(got_text);
  if (!a_text || !b_text) abort();
  lines a = split_lines(a_text), b = split_lines(b_text);
  size_t w = b.n + 1, *common = calloc((a.n + 1) * w, sizeof *common); /* of the ends */
  if (!common) abort();
  for (size_t i = a.n; i-- > 0;) {
    for (size_t k = b.n; k-- > 0;) {
      size_t down = common[(i + 1) * w + k], right = common[i * w + k + 1];
      bool same = !strcmp(a.v[i], b.v[k]);
      common[i * w + k] = same ? common[(i + 1) * w + k + 1] + 1 : down > right ? down : right;
    }
  }
  printf("--- expected\n+++ happened\n@@ -1,%zu +1,%zu @@\n", a.n, b.n);
  for (size_t i = 0, k = 0; i < a.n || k < b.n;) {
    if (i < a.n && k < b.n && !strcmp(a.v[i], b.v[k])) {
      printf(" %s\n", a.v[i]);
      i++, k++;
    } else if (k == b.n || (i < a.n && common[(i + 1) * w + k] >= common[i * w + k + 1])) {
      printf("-%s\n", a.v[i++]);
    } else {
      printf("+%s\n", b.v[k++]);
    }
  }
  free(common), free(a.v), free(b.v), free(a_text), free(b_text);
}

/* --- one replay --- */

static void describe(const plan *p) {
  if (p->cut == CUT_EVERYWHERE) printf("byte by byte");
  if (p->cut == CUT_AT) printf("cut at byte %zu", p->at);
  if (p->window) printf("with a window of %" PRIu32 " bytes", p->window);
  if (p->fail_at)
    printf("allocation %ld failing%s", p->fail_at, p->for_good ? ", and all behind it" : "");
  if (p->cut == CUT_NONE && !p->fail_at && !p->window) printf("whole");
}

static bool is_clean(const script *s, const plan *p, const outcome *o) {
  if (o->flaw) return false;
  if (p->fail_at && o->nomem)
    return o->before <= s->events.n && !memcmp(o->events.p, s->events.p, o->before);
  return !strcmp(o->events.p, s->events.p);
}

static bool replay(const script *s, const plan *p, totals *t, long *allocations) {
  outcome o = play(s, p);
  bool good = is_clean(s, p, &o);
  t->replays++;
  if (!good) {
    printf("%s:%d: %s\n  ", s->file, s->line, s->title);
    describe(p);
    printf("%s%s\n", o.flaw ? ": " : "", o.flaw ? o.flaw : "");
    diff(s->events.p, o.events.p);
  }
  if (allocations) *allocations = o.allocations;
  text_free(&o.events);
  return good;
}

/* --- all of them --- */

static bool replay_cuts(const script *s, totals *t) {
  bool good = replay(s, &(plan){.cut = CUT_EVERYWHERE}, t, NULL);
  size_t stride = s->said <= 3000 ? 1 : s->said / 500 + 1;
  for (size_t at = 1; good && at < s->said; at += at < 150 || at + 150 > s->said ? 1 : stride) {
    good = replay(s, &(plan){.cut = CUT_AT, .at = at}, t, NULL);
  }
  return good && replay(s, &(plan){.window = 1024}, t, NULL) &&
         replay(s, &(plan){.window = 1024, .cut = CUT_EVERYWHERE}, t, NULL);
}

static bool replay_failing(const script *s, totals *t, long allocations) {
  bool good = true;
  for (long at = 1; good && at <= allocations; at++) {
    good = replay(s, &(plan){.fail_at = at}, t, NULL) &&
           replay(s, &(plan){.fail_at = at, .for_good = true}, t, NULL);
  }
  return good;
}

static void run(const script *s, totals *t) {
  long allocations = 0;
  bool good = s->n && replay(s, &(plan){.cut = CUT_NONE}, t, &allocations);
  good = good && replay_cuts(s, t) && replay_failing(s, t, allocations);
  if (!s->n) printf("%s:%d: a title without a transcript\n", s->file, s->line);
  good ? t->passed++ : t->failed++;
}

int main(int argc, char **argv) {
  scripts all = {0};
  totals t = {0};
  const char *only = getenv("ONLY"); /* a part of the titles to be run */
  for (int i = 1; i < argc; i++) {
    if (!scripts_read(&all, argv[i])) t.failed++;
  }
  for (size_t i = 0; i < all.n; i++) {
    if (!only || strstr(all.v[i].title, only)) run(&all.v[i], &t);
  }
  printf("%ld transcripts, %ld replays\n%ld passed, %ld failed\n", t.passed + t.failed, t.replays,
         t.passed, t.failed);
  scripts_free(&all);
  return t.failed || !t.passed ? 1 : 0;
}
