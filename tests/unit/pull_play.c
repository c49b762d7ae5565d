/* tests/unit/pull_play.c - a pull, a client and a fake server, under virtual time.
 * SPDX-License-Identifier: MIT */
#include "pull_play.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CALLS_AT_ONCE = 2000000 };

void play_init(play *t) {
  memset(t, 0, sizeof *t);
  server_init(&t->s);
  t->config.size = sizeof t->config;
  t->now = 1000000;
  t->have = hark_set_new(NULL), t->stuck = hark_set_new(NULL), t->asked_same = hark_set_new(NULL);
  assert_true(t->have && t->stuck && t->asked_same);
}

static hark_set *set_of(const char *text) {
  hark_set *s = hark_set_new(NULL);
  assert_non_null(s);
  if (text && *text) assert_int_equal(hark_set_parse(s, (hark_str){text, strlen(text)}), 0);
  return s;
}

void play_start(play *t, uint32_t uidvalidity, const char *have, const char *stuck) {
  t->limit = SIZE_MAX, t->chunk = 16384;
  t->delivered = t->round_trips = 0;
  server_connect(&t->s);
  t->eof_told = t->cut = false;
  t->c = hark_new(NULL);
  t->p = hark_pull_new(t->c, &t->config);
  assert_true(t->c && t->p);
  hark_set *sets[] = {set_of(have), set_of(stuck)};
  hark_cursor since = {.size = sizeof since, .uidvalidity = uidvalidity};
  since.have = sets[0], since.stuck = sets[1];
  assert_true(hark_login(t->c, "u", "p") > 0);
  assert_int_equal(hark_pull_add(t->p, "INBOX", have || stuck ? &since : NULL), 0);
  hark_set_free(sets[0]), hark_set_free(sets[1]);
}

void play_end(play *t) {
  hark_pull_free(t->p);
  hark_free(t->c);
  t->p = NULL, t->c = NULL;
  t->nopen = 0, t->open_bytes = 0;
  t->inside = false;
}

void play_free(play *t) {
  play_end(t);
  server_free(&t->s);
  hark_set_free(t->have);
  hark_set_free(t->stuck);
  hark_set_free(t->asked_same);
  free(t->open);
  free(t->copies);
  free(t->known);
  free(t->bytes);
}

/* --- the store --- */

static void room_for_key(play *t, unsigned key) {
  if (key < t->nkeys) return;
  size_t n = key * 2u + 64;
  t->copies = realloc(t->copies, n * sizeof *t->copies);
  t->known = realloc(t->known, n * sizeof *t->known);
  assert_true(t->copies && t->known);
  memset(t->copies + t->nkeys, 0, (n - t->nkeys) * sizeof *t->copies);
  memset(t->known + t->nkeys, 0, (n - t->nkeys) * sizeof *t->known);
  t->nkeys = n;
}

unsigned play_copies(const play *t, unsigned key) { return key < t->nkeys ? t->copies[key] : 0; }

bool play_all_here(const play *t) {
  for (size_t i = 0; i < t->s.n; i++)
    if (play_copies(t, t->s.v[i].key) != 1) return false;
  return true;
}

static void answer_set(play *t, bool have, hark_set *uids) {
  const char *text = hark_set_text(uids);
  int err = have ? hark_pull_have(t->p, 0, text) : hark_pull_again(t->p, 0, text);
  assert_int_equal(err, 0);
  hark_set_free(uids);
}

void play_durable(play *t, size_t n) {
  hark_set *uids = hark_set_new(NULL);
  if (n > t->nopen) n = t->nopen;
  for (size_t i = 0; i < n; i++) {
    const play_open *o = &t->open[i];
    hark_set_add(uids, o->uid, o->uid);
    t->open_bytes -= o->bytes;
    if (t->flush_fails) continue;
    hark_set_add(t->have, o->uid, o->uid);
    t->copies[o->key]++;
    t->known[o->key]++;
  }
  if (n) memmove(t->open, t->open + n, (t->nopen - n) * sizeof *t->open);
  t->nopen -= n;
  answer_set(t, !t->flush_fails, uids);
}

void play_answer_same(play *t, size_t n) {
  uint32_t uid;
  hark_set *uids = hark_set_new(NULL);
  for (; n && (uid = hark_set_at(t->asked_same, 0)); n--) {
    hark_set_remove(t->asked_same, uid, uid);
    hark_set_add(uids, uid, uid);
  }
  answer_set(t, false, uids);
}

static void keep_open(play *t, const hark_pull_event *ev, unsigned key) {
  t->open = realloc(t->open, (t->nopen + 1) * sizeof *t->open);
  assert_non_null(t->open);
  t->open[t->nopen++] = (play_open){ev->uid, (uint32_t)t->nbytes, key};
  t->open_bytes += t->nbytes;
  if (t->open_bytes > t->open_most) t->open_most = t->open_bytes;
}

static void check_flags(const hark_pull_event *ev, const mail *m) {
  char want[32];
  snprintf(want, sizeof want, "K%u", m->key);
  assert_int_equal(ev->flags.n, 2);
  assert_int_equal(ev->flags.v[1].n, strlen(want));
  assert_memory_equal(ev->flags.v[1].p, want, strlen(want));
}

static void message_end(play *t, const hark_pull_event *ev) {
  const mail *m = server_find(&t->s, ev->uid);
  t->inside = false;
  t->messages++;
  assert_true(ev->uid);
  assert_int_equal(ev->size, t->nbytes);
  assert_true(ev->missing > 0);
  unsigned key = m ? m->key : 0; /* expunged meanwhile: what it was is not checked */
  room_for_key(t, key);
  if (m) {
    assert_int_equal(t->nbytes, m->size);
    for (uint32_t i = 0; i < m->size; i++)
      if (t->bytes[i] != server_byte(m->key, m->size, i)) fail_msg("byte %u of %u", i, m->uid);
    check_flags(ev, m);
    assert_int_equal(ev->time, 837571440 + m->key % 60);
  }
  if (ev->uid == t->fail_uid && t->fail_times) {
    if (t->fail_times > 0) t->fail_times--;
    char uid[16];
    snprintf(uid, sizeof uid, "%u", ev->uid);
    assert_int_equal(hark_pull_again(t->p, 0, uid), 0);
  } else {
    keep_open(t, ev, key);
  }
}

static void room(char **p, size_t *cap, size_t n) {
  if (n <= *cap) return;
  char *grown = realloc(*p, *cap = n * 2);
  assert_non_null(grown);
  *p = grown;
}

static void refuse(play *t) {
  t->inside = false;
  assert_int_equal(hark_pull_again(t->p, 0, NULL), 0);
}

static void message(play *t, const hark_pull_event *ev) {
  t->inside = true, t->nbytes = 0;
  if (t->room && ev->size > t->room) refuse(t);
}

static void data(play *t, hark_str bytes) {
  room(&t->bytes, &t->bytes_cap, t->nbytes + bytes.n);
  memcpy(t->bytes + t->nbytes, bytes.p, bytes.n);
  t->nbytes += bytes.n;
  if (!t->fail_inside) return;
  t->fail_inside--;
  refuse(t);
}

/* "KEY@test", "MKEY" or "KEY": known here? */
static void same(play *t, const hark_pull_event *ev) {
  const hark_identity *id = &ev->identity;
  hark_str s = id->email_id.p ? id->email_id : id->message_id;
  char text[64] = "", uid[16];
  assert_true(s.n > 0 && s.n < sizeof text);
  memcpy(text, s.p, s.n);
  unsigned key = (unsigned)strtoul(text + (*text == 'M'), NULL, 10);
  room_for_key(t, key);
  t->sames++;
  if (t->late_same) {
    hark_set_add(t->asked_same, ev->uid, ev->uid);
    return;
  }
  snprintf(uid, sizeof uid, "%u", ev->uid);
  bool known = t->known[key];
  if (known) hark_set_add(t->have, ev->uid, ev->uid);
  assert_int_equal(known ? hark_pull_have(t->p, 0, uid) : hark_pull_again(t->p, 0, uid), 0);
}

/* --- what is told --- */

static void keep_why(play *t, const hark_pull_event *ev) {
  t->faileds++;
  t->err = ev->err;
  assert_non_null(ev->why);
  snprintf(t->why, sizeof t->why, "%s", ev->why);
}

static void stuck(play *t, const hark_pull_event *ev) {
  t->stucks++;
  hark_set_add(t->stuck, ev->uid, ev->uid);
  assert_non_null(ev->cond);
  t->stuck_verdict = ev->cond->verdict;
  snprintf(t->stuck_text, sizeof t->stuck_text, "%.*s", (int)ev->cond->text.n, ev->cond->text.p);
}

static void take(play *t, const hark_pull_event *ev) {
  assert_int_equal(t->faileds, 0); /* FAILED is the last */
  bool within = ev->type == HARK_PULL_DATA || ev->type == HARK_PULL_MESSAGE_END ||
                ev->type == HARK_PULL_ABORT;
  if (ev->type != HARK_PULL_FLUSH && ev->type != HARK_PULL_OTHER)
    assert_int_equal(t->inside, within);
  switch (ev->type) {
  case HARK_PULL_MESSAGE: message(t, ev); break;
  case HARK_PULL_DATA: data(t, ev->bytes); break;
  case HARK_PULL_MESSAGE_END: message_end(t, ev); break;
  case HARK_PULL_ABORT: t->inside = false, t->aborts++; break;
  case HARK_PULL_FLUSH:
    t->flushes++;
    assert_true(t->nopen > 0); /* there is something to make durable */
    if (!t->slow) play_durable(t, t->nopen);
    break;
  case HARK_PULL_STUCK: stuck(t, ev); break;
  case HARK_PULL_FLAGS: t->flags++; break;
  case HARK_PULL_RENUMBERED: t->renumbereds++, hark_set_remove(t->have, 1, 0); break;
  case HARK_PULL_SAME: same(t, ev); break;
  case HARK_PULL_CAUGHT_UP: t->caught_ups++; break;
  case HARK_PULL_OTHER: t->others++; break;
  case HARK_PULL_WAITING: t->waits++, t->wait_ms = ev->wait_ms; break;
  case HARK_PULL_FAILED: keep_why(t, ev); break;
  default: fail_msg("event %d", ev->type);
  }
}

static bool drain(play *t) {
  const hark_pull_event *ev;
  size_t calls = 0;
  for (; t->calls++, (ev = hark_pull_next(t->p, t->now)); calls++) {
    if (calls > CALLS_AT_ONCE) fail_msg("the pull spins");
    take(t, ev);
  }
  uint32_t commands = hark_inflight(t->c); /* it has done all it can */
  assert_null(hark_pull_next(t->p, t->now));
  assert_int_equal(hark_inflight(t->c), commands);
  return calls;
}

/* --- the line --- */

static bool to_server(play *t) {
  size_t n, all = 0, cap = 0;
  char *flight = NULL;
  const void *p;
  while ((p = hark_send_buf(t->c, &n))) {
    room(&flight, &cap, all + n);
    memcpy(flight + all, p, n);
    all += n;
    hark_send_ack(t->c, n);
  }
  size_t before = t->s.out_n;
  if (all && !t->cut) server_take(&t->s, flight, all);
  if (t->s.out_n > before) t->round_trips++;
  free(flight);
  return all;
}

static bool to_client(play *t) {
  size_t end = t->s.out_n < t->limit ? t->s.out_n : t->limit;
  size_t n = end > t->delivered ? end - t->delivered : 0;
  if (t->cut) return false;
  if (n > t->chunk) n = t->chunk;
  if (n) n = hark_feed(t->c, t->s.out + t->delivered, n);
  t->delivered += n;
  if (n || !t->s.gone || t->eof_told || t->delivered < t->s.out_n) return n;
  if (!(hark_wants(t->c) & HARK_WANT_RECV)) return false;
  t->eof_told = true;
  hark_recv_eof(t->c);
  return true;
}

void play_run(play *t) {
  bool moved = true;
  while (moved) {
    moved = drain(t);
    moved = to_server(t) || moved;
    moved = to_client(t) || moved;
  }
  assert_true(hark_pull_deadline(t->p) > t->now);
}

void play_wait(play *t, uint64_t ms) {
  uint64_t end = t->now + ms;
  for (play_run(t); t->now < end; play_run(t)) {
    uint64_t at = hark_pull_deadline(t->p);
    t->now = at < end ? at : end;
  }
}

/* --- what tests of a listening pull share --- */

void play_add(play *t, size_t n, uint32_t size) {
  for (size_t i = 0; i < n; i++) server_add(&t->s, 0, size);
}

void play_fill(play *t, size_t n) { play_add(t, n, 100); }

void play_listening(play *t, size_t n) {
  char have[32];
  play_fill(t, n);
  snprintf(have, sizeof have, "1:%zu", n);
  play_start(t, t->s.uidvalidity, n ? have : "", "");
  play_run(t);
  assert_int_equal(t->caught_ups, 1);
}

void play_failed_with(const play *t, int err, const char *why) {
  assert_int_equal(t->faileds, 1);
  assert_int_equal(t->err, err);
  assert_string_equal(t->why, why);
}

uint64_t play_until_failed(play *t, uint64_t most) {
  uint64_t from = t->now;
  while (!t->faileds && t->now < from + most) play_wait(t, SECOND);
  return t->now - from;
}

void play_spoil(play *t, uint32_t uid, fate f, int times) {
  mail *m = server_find(&t->s, uid);
  assert_non_null(m);
  m->fate = f, m->times = times;
}

void play_all(play *t) {
  play_start(t, 0, NULL, NULL);
  play_run(t);
}

void play_ended_well(const play *t) {
  assert_int_equal(t->faileds, 0);
  assert_int_equal(t->caught_ups, 1);
  assert_true(hark_wants(t->c) & HARK_CLOSED);
  assert_int_equal(t->s.logouts, 1);
}
