/* tests/unit/test_pull_random.c - the pull against a server and a store drawn by lot.
 * SPDX-License-Identifier: MIT
 *
 * Each seed is a mailbox, a server with some of the misbehaviour of real ones, a store that is
 * slow or fails, and mail that comes and goes meanwhile, over several connections that end in
 * all ways.  In the end, over a last connection without a cut, each message of the server is
 * here exactly once, unless it is stuck and the server does refuse it; no UID that was durable
 * has been asked for again.  Run one seed alone: test_pull_random SEED. */
#include "pull_play.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SEEDS = 3000 };

static play t;
static uint64_t lot, only, playing;

static unsigned draw(unsigned below) { /* splitmix64 */
  uint64_t z = lot += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (unsigned)((z ^ (z >> 31)) >> 16) % below;
}

static bool one_in(unsigned n) { return !draw(n); }

static uint32_t some_size(void) {
  switch (draw(8)) {
  case 0: return 0;
  case 1: return draw(60);
  case 2: return draw(20000);
  default: return 30 + draw(3000);
  }
}

static void spoil(mail *m) {
  static const fate fates[] = {OMITTED,     REFUSED, REFUSED_ALL, NIL_BODY, EMPTY_BODY,
                               HEADER_ONLY, PARTIAL, NO_UID,      TWO_UIDS};
  m->fate = fates[draw(sizeof fates / sizeof *fates)];
  m->times = one_in(3) ? -1 : (int)draw(4);
  if (m->fate == EMPTY_BODY && !m->size) m->times = 0; /* that one is right */
}

static void make_mailbox(void) {
  unsigned n = one_in(10) ? draw(400) : draw(40), step = one_in(3) ? 50 : 1;
  for (unsigned i = 0; i < n; i++) {
    mail *m = server_add(&t.s, t.s.uidnext + draw(step), some_size());
    if (one_in(12)) spoil(m);
  }
  if (one_in(30)) server_add(&t.s, UINT32_MAX - draw(2), 100);
}

static void make_server(void) {
  static const char *const capabilities[] = {"IMAP4rev1 IDLE ESEARCH ID LITERAL+", "IMAP4rev1",
                                             "IMAP4rev1 IDLE", "IMAP4rev1 OBJECTID",
                                             "IMAP4rev1 IDLE X-GM-EXT-1"};
  t.s.capabilities = capabilities[draw(5)];
  t.s.random = draw(1000);
  t.s.body_first = one_in(4), t.s.shuffled = one_in(4), t.s.gossip = one_in(4);
  t.s.announces_nothing = one_in(6), t.s.esearch_bad = one_in(6);
  t.s.idle_refused = one_in(8), t.s.idle_short = one_in(8);
  t.s.exists_off = one_in(10) ? (int)draw(3) : 0;
}

static void make_store(void) {
  t.config.window = one_in(2) ? 0 : 2000 + draw(50000);
  t.config.batch = one_in(2) ? 0 : 1000 + draw(20000);
  t.config.flush_messages = one_in(3) ? 1 + draw(20) : 0;
  t.config.listen = true;
  t.slow = one_in(2);
  t.fail_inside = one_in(3) ? draw(3) : 0;
}

static void something_happens(void) {
  switch (draw(7)) {
  case 0:
    if (t.s.uidnext < UINT32_MAX) server_deliver(&t.s, 0, some_size());
    break;
  case 1:
    if (t.s.n) server_expunge(&t.s, t.s.v[draw((unsigned)t.s.n)].uid);
    break;
  case 2: t.flush_fails = !t.flush_fails && one_in(2); break;
  case 3: play_durable(&t, draw(10)); break;
  case 4: play_wait(&t, draw(30000)); break;
  case 5: t.limit = t.limit == SIZE_MAX ? t.delivered + draw(5000) : SIZE_MAX; break;
  default: hark_pull_woke(t.p, t.now);
  }
}

static void connect_again(void) {
  play_end(&t);
  t.faileds = 0;
  char *have = strdup(hark_set_text(t.have)), *stuck = strdup(hark_set_text(t.stuck));
  assert_true(have && stuck);
  hark_set_remove(t.stuck, 1, 0);
  play_start(&t, t.s.uidvalidity, have, stuck);
  t.chunk = one_in(4) ? 1 + draw(200) : 16384;
  free(have);
  free(stuck);
}

/* Ends somehow: cut, closed, or told to stop. */
static void end_somehow(void) {
  t.flush_fails = false;
  play_durable(&t, draw(2) ? t.nopen : draw(5)); /* what is not durable now is forgotten */
  switch (draw(3)) {
  case 0:
    hark_recv_eof(t.c);
    play_run(&t);
    break;
  case 1:
    t.cut = true;
    for (int i = 0; !t.faileds && i < 20; i++) {
      play_durable(&t, t.nopen); /* nothing is awaited from a store that is behind */
      play_wait(&t, 100000);
    }
    if (!t.faileds) fail_msg("a dead line was not found");
    break;
  default:
    hark_pull_stop(t.p);
    play_wait(&t, 2000);
    if (!(hark_wants(t.c) & HARK_CLOSED)) fail_msg("it did not stop");
  }
}

static void last_connection(void) {
  t.slow = t.flush_fails = false;
  t.s.announces_nothing = false;
  connect_again();
  t.config.listen = false;
  play_wait(&t, 600000);
  size_t before = t.s.bodies_asked;
  play_wait(&t, 300000);
  if (t.faileds) fail_msg("failed: %s", t.why);
  assert_int_equal(t.s.bodies_asked, before); /* it has come to rest */
}

static void check(void) {
  for (size_t i = 0; i < t.s.n; i++) {
    const mail *m = &t.s.v[i];
    unsigned copies = play_copies(&t, m->key);
    bool stuck = hark_set_has(t.stuck, m->uid);
    if (copies + stuck != 1)
      fail_msg("uid %u: %u copies, fate %d x %d", m->uid, copies, (int)m->fate, m->times);
    if (stuck && !m->refused) fail_msg("uid %u is stuck and not refused", m->uid);
  }
}

static void play_seed(uint64_t seed) {
  lot = seed;
  play_init(&t);
  make_mailbox();
  make_server();
  make_store();
  connect_again();
  for (unsigned connections = draw(4); connections; connections--) {
    for (unsigned steps = draw(40); steps && !t.faileds; steps--) {
      play_run(&t);
      something_happens();
    }
    if (!t.faileds) end_somehow();
    connect_again();
  }
  last_connection();
  check();
  if (t.open_most > 0 && t.config.window) assert_true(t.open_most < t.config.window + 20000);
  play_free(&t);
}

static void nothing_is_lost_and_nothing_doubled(void **state) { /* SEC K-12 K-19 L-19 M-13 */
  (void)state;
  for (uint64_t seed = 1; seed <= SEEDS; seed++) {
    if (only && seed != only) continue;
    playing = seed;
    play_seed(seed);
    playing = 0;
  }
}

static int tell_seed(void **state) {
  (void)state;
  if (playing) print_message("that was seed %u\n", (unsigned)playing);
  if (playing) play_free(&t);
  return 0;
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(nothing_is_lost_and_nothing_doubled, tell_seed)};
  if (argc > 1) only = strtoull(argv[1], NULL, 10);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
