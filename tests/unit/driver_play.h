/* tests/unit/driver_play.h - a driver with a client, and a server's lines.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_DRIVER_PLAY_H
#define TESTS_UNIT_DRIVER_PLAY_H
#include <hark/command.h>
#include <hark/driver.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct talk {
  hark_driver d;
  hark_client *c;
  uint64_t now;
  char sent[1000], log[1000]; /* since they were looked at */
  int skip, fails;            /* step to be skipped, or to fail; -1: none */
  int challenges, again;
  const char *retry; /* password for another LOGIN */
} talk;

static inline void note(talk *t, const char *word) {
  size_t n = strlen(t->log);
  assert_true(n + strlen(word) + 2 < sizeof t->log);
  snprintf(t->log + n, sizeof t->log - n, n ? " %s" : "%s", word);
}

static inline int on_step(void *ud, hark_driver *d, hark_client *c, int step) {
  talk *t = ud;
  assert_true(d == &t->d && c == t->c && d->now_at == step);
  note(t, hark_step_name(step));
  if (step == t->fails) return HARK_ERR_BUSY;
  return step == t->skip ? HARK_DRIVER_SKIP : 0;
}

static inline void on_phase(void *ud, hark_client *c, hark_phase phase) {
  static const char *const names[] = {"greeting", "not-authenticated", "authenticated", "selected",
                                      "logout"};
  talk *t = ud;
  assert_ptr_equal(c, t->c);
  note(t, names[phase]);
}

static inline void begin_with(talk *t, unsigned flags) {
  hark_config config;
  hark_config_init(&config);
  config.flags = flags;
  *t = (talk){.c = hark_new(&config), .now = 1000, .skip = -1, .fails = -1};
  assert_non_null(t->c);
  hark_driver_init(&t->d);
  assert_int_equal(t->d.size, sizeof t->d);
  t->d.ud = t, t->d.step = on_step, t->d.phase = on_phase;
  t->d.starttls = HARK_STARTTLS_NEVER, t->d.user = "me", t->d.password = "secret";
}

static inline void begin(talk *t) { begin_with(t, 0); }

/* What the client sends is kept. */
static inline void take_output(talk *t) {
  size_t n, at = strlen(t->sent);
  const char *p;
  while ((p = hark_send_buf(t->c, &n))) {
    assert_true(at + n < sizeof t->sent);
    for (size_t i = 0; i < n; i++) t->sent[at++] = p[i] == '\r' ? '|' : p[i];
    hark_send_ack(t->c, n);
  }
  for (size_t i = at = 0; t->sent[i]; i++)
    if (t->sent[i] != '\n') t->sent[at++] = t->sent[i];
  t->sent[at] = 0;
}

static inline int drain(talk *t) {
  for (const hark_event *ev; (ev = hark_next(t->c));) hark_driver_event(&t->d, t->c, ev, t->now);
  int err = hark_driver_tick(&t->d, t->c, t->now);
  take_output(t);
  return err;
}

static inline int say(talk *t, const char *text) {
  int err = drain(t);
  for (size_t n = strlen(text); n;) {
    size_t took = hark_feed(t->c, text, n);
    text += took, n -= took;
    err = drain(t);
    if (!took) break;
  }
  return err;
}

static inline void sent(talk *t, const char *want) {
  take_output(t);
  assert_string_equal(t->sent, want);
  memset(t->sent, 0, sizeof t->sent);
}

static inline void went(talk *t, const char *want) {
  assert_string_equal(t->log, want);
  *t->log = 0;
}

static inline hark_cmd plain(void *ud, hark_client *c) {
  talk *t = ud;
  assert_ptr_equal(c, t->c);
  assert_true(hark_has(c, "AUTH=PLAIN")); /* known by now */
  return hark_authenticate(c, "PLAIN", NULL);
}
#endif
