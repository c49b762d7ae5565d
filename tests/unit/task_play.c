/* tests/unit/task_play.c - see task_play.h.
 * SPDX-License-Identifier: MIT */
#include "task_play.h"
#include "failing.h"
#include <hark/ext/enable.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { STEPS = 20000, SENT = 1 << 20 };

typedef struct game {
  const task_play *p;
  failing memory;
  hark_client *c;
  hark_task *t;
  bool short_of_memory; /* it need not go on to the end, but takes no other way */
  bool acted;           /* the program did: then commands have other numbers */
  char sent[SENT];      /* what the client has sent and the script has not yet named */
  size_t nsent;
} game;

static game g;

static void collect(void) {
  size_t n;
  const void *p;
  while ((p = hark_send_buf(g.c, &n)) && n) {
    assert_true(n < SENT - g.nsent);
    memcpy(g.sent + g.nsent, p, n);
    g.nsent += n;
    hark_send_ack(g.c, n);
  }
}

static void fill(const hark_event *ev) {
  static const char data[64] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
  assert_true(!g.t || hark_task_owns(g.t, ev->cmd));
  for (uint64_t left = ev->num; left;) {
    size_t took = hark_send_data(g.c, data, left < sizeof data ? (size_t)left : sizeof data);
    if (!took) return;
    left -= took;
    collect();
  }
}

static void drain(void) {
  size_t steps = 0;
  for (const hark_event *ev; (ev = hark_next(g.c));) {
    assert_true(++steps < STEPS);
    bool mine = g.t && ev->type == HARK_EV_DONE && hark_task_owns(g.t, ev->cmd);
    if (g.t) hark_task_event(g.t, ev);
    if (mine) assert_true(hark_task_owns(g.t, ev->cmd));
    if (ev->type == HARK_EV_SEND_DATA) fill(ev);
  }
  collect();
}

static void say(const char *line) {
  size_t n = strlen(line);
  char *text = malloc(n + 3);
  assert_non_null(text);
  snprintf(text, n + 3, "%s\r\n", line);
  for (size_t at = 0; at < n + 2;) {
    size_t took = hark_feed(g.c, text + at, n + 2 - at);
    drain();
    if (!took) break; /* it is dead */
    at += took;
  }
  free(text);
}

/* true: the line was sent. */
static bool named(const char *line) {
  size_t n = strlen(line);
  if (g.nsent >= n + 2 && !memcmp(g.sent, line, n) && !memcmp(g.sent + n, "\r\n", 2)) {
    g.nsent -= n + 2;
    memmove(g.sent, g.sent + n + 2, g.nsent);
    return true;
  }
  bool begun = g.nsent <= n && !memcmp(g.sent, line, g.nsent);
  if (!g.short_of_memory || (!begun && !g.acted))
    fail_msg("not sent: %s\nbut: %.*s", line, (int)g.nsent, g.sent);
  return false;
}

static void nothing_more(void) {
  if (g.nsent && !(g.short_of_memory && g.acted)) fail_msg("sent: %.*s", (int)g.nsent, g.sent);
}

static void program(const char *what) {
  g.acted = true;
  if (!strncmp(what, "select ", 7))
    hark_select(g.c, what + 7, NULL);
  else if (!strcmp(what, "noop"))
    hark_noop(g.c);
  else if (!strcmp(what, "idle"))
    hark_idle(g.c);
  else if (!strcmp(what, "logout"))
    hark_logout(g.c);
  else
    fail_msg("what is %s", what);
  drain();
}

static bool enable(void) {
  char line[64];
  hark_enable(g.c, g.p->enable);
  collect();
  snprintf(line, sizeof line, "A1 ENABLE %s", g.p->enable);
  if (!named(line)) return false;
  snprintf(line, sizeof line, "* ENABLED %s", g.p->enable);
  say(line);
  say("A1 OK done");
  return true;
}

static bool begin(void) {
  char hello[1024];
  hark_config config;
  hark_config_init(&config);
  config.alloc = failing_alloc, config.alloc_ud = &g.memory, config.limits = g.p->limits;
  g.c = hark_new(&config);
  if (!g.c) return false;
  if (g.p->early) g.t = g.p->make(g.c);
  const char *offers = g.p->offers, *version = "IMAP4rev1 ";
  if (offers && !strcmp(offers, "IMAP4rev2")) version = "";
  snprintf(hello, sizeof hello, offers ? "* PREAUTH [CAPABILITY %s%s] hello" : "* PREAUTH hello",
           version, offers);
  say(hello);
  if (g.p->early) return g.t;
  if (g.p->enable && !enable()) return false;
  hark_select(g.c, "A", NULL);
  collect();
  if (!named(g.p->enable ? "A2 SELECT A" : "A1 SELECT A")) return false;
  say(g.p->enable ? "A2 OK [READ-WRITE] done" : "A1 OK [READ-WRITE] done");
  g.t = g.p->make(g.c);
  drain();
  return g.t;
}

static bool step(const char *line) {
  if (*line == 'C') return named(line + 2);
  if (*line == 'P')
    program(line + 2);
  else if (*line == 'X') {
    nothing_more();
    hark_recv_eof(g.c);
    drain();
  } else {
    nothing_more();
    say(line + 2);
  }
  return true;
}

/* As far as the script goes, but for cut not in front of the cut-th of the server's lines; true: to
 * its end. */
static bool play(size_t cut) {
  size_t lines = 0;
  if (!begin()) return false;
  for (const char *const *line = g.p->script; *line; line++) {
    if (**line == 'S' && cut && ++lines == cut) {
      hark_recv_eof(g.c);
      drain();
      return false;
    }
    if (!step(*line)) return false;
  }
  nothing_more();
  return true;
}

static void end(void) {
  if (g.t && !hark_task_get(g.t)) fail();
  hark_free(g.c);
  hark_task_free(g.t); /* may be behind its client */
  g.c = NULL, g.t = NULL, g.nsent = 0;
  if (g.memory.out) fail_msg("%zu bytes were not given back", g.memory.out);
}

static void restart(const task_play *p, long fail_at, bool for_good) {
  memset(&g, 0, sizeof g);
  g.p = p;
  g.memory.fail_at = fail_at, g.memory.for_good = for_good;
  g.short_of_memory = fail_at;
}

static void as_it_should(const task_play *p) {
  restart(p, 0, false);
  assert_true(play(0));
  const hark_task_result *r = hark_task_get(g.t);
  assert_int_equal(r->state, p->state);
  assert_int_equal(r->err, p->err);
  assert_int_equal(r->way, p->way);
  assert_int_equal(r->decided, p->decided);
  assert_int_equal(r->count, p->count);
  assert_int_equal(r->refused, p->refused);
  assert_int_equal(r->cond ? r->cond->verdict : -1, p->verdict);
  if (p->look) p->look(g.t);
  end();
}

/* What was lost in the middle is not DONE, and nothing more is sent. */
static void cut_everywhere(const task_play *p) {
  size_t lines = 0;
  for (const char *const *line = p->script; *line; line++) lines += **line == 'S';
  for (size_t cut = 1; cut <= lines; cut++) {
    restart(p, 0, false);
    assert_false(play(cut));
    assert_int_equal(hark_wants(g.c), HARK_CLOSED);
    assert_int_not_equal(hark_task_get(g.t)->state, HARK_TASK_RUNNING);
    assert_int_equal(hark_task_command(g.t, 0), 0);
    end();
  }
}

static void fail_everywhere(const task_play *p, bool for_good) {
  for (long at = 1;; at++) {
    restart(p, at, for_good);
    bool whole = play(0);
    bool failed = g.memory.calls >= at;
    if (whole && p->state == HARK_TASK_DONE && !failed)
      assert_int_equal(hark_task_get(g.t)->state, HARK_TASK_DONE);
    if (!whole && g.t && !hark_error(g.c))
      assert_int_not_equal(hark_task_get(g.t)->state, HARK_TASK_DONE);
    end();
    if (!failed) return;
  }
}

void task_plays(const task_play *p) {
  as_it_should(p);
  cut_everywhere(p);
  fail_everywhere(p, false);
  fail_everywhere(p, true);
}
