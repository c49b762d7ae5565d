/* fuzz/fuzz_builders.c - whatever a program passes, one call is one well-formed command on the
 * wire, or an error and nothing on the wire.  SEC E-01, E-02, E-04, E-05, E-07, E-08, E-09, E-15,
 * E-16.  SPDX-License-Identifier: MIT
 *
 * A server that reads as command_reader.c does answers each command; calls are made with whatever
 * the input says, some in a row, some while others wait for "+". */
#include "builders.h"
#include <hark/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_event(run *r, const hark_event *ev) {
  given *g = ev->type == HARK_EV_DONE ? call_of(r, (uint32_t)ev->cmd) : NULL;
  if (g) {
    CHECK(!g->done++);
    bool unsent = ev->cond->verdict == HARK_VERDICT_UNSENT;
    CHECK(unsent ? !g->begun : g->begun || r->stuck || hark_error(r->c));
  }
  if (ev->type == HARK_EV_CHALLENGE) {
    if (byte(r) & 7)
      hark_respond(r->c, str(r));
    else
      hark_respond_cancel(r->c);
    let_go(r);
  }
}

/* Some bytes of a literal. */
static bool give_data(run *r) {
  char data[500];
  memset(data, 'd', sizeof data);
  size_t n = hark_send_data(r->c, data, source_ends(&r->in) ? sizeof data : 1 + byte(r));
  r->gave += n;
  if (r->gave > MOST_BYTES) r->stuck = true;
  return n;
}

/* FUZZ_SHOW=1 in the environment: what is said, to see what was found. */
static bool show;
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  show = getenv("FUZZ_SHOW") != NULL;
  return 0;
}

static bool take_output(run *r) {
  size_t n;
  const uint8_t *p = hark_send_buf(r->c, &n);
  if (!p || !n) return false;
  if (show) fwrite(p, 1, n, stderr);
  for (size_t i = 0; i < n; i++) hear(r, p[i]);
  hark_send_ack(r->c, n);
  r->stuck |= r->refused && r->wire.literal > MOST_BYTES; /* it is filled up with blanks */
  return true;
}

static bool drain(run *r) {
  const hark_event *ev;
  bool any = false;
  while ((ev = hark_next(r->c))) on_event(r, ev), any = true;
  return any;
}

static void feed(run *r) {
  size_t n = r->nsaid, took;
  if (show) fwrite(r->said, 1, n, stderr);
  for (size_t at = 0; at < n; at += took) {
    drain(r);
    took = hark_feed(r->c, r->said + at, n - at);
    if (!took) break; /* it is closed */
  }
  r->nsaid = 0;
}

/* Until nothing moves. */
static void talk(run *r) {
  bool moves = true;
  while (moves && !r->stuck) {
    moves = drain(r);
    if (hark_wants(r->c) & HARK_WANT_AUTHENTICATED) hark_authenticated(r->c, 0), moves = true;
    if (take_output(r)) moves = true;
    if (r->nsaid) feed(r), moves = true;
    if (hark_wants(r->c) & HARK_WANT_DATA) {
      bool midway = r->wire.literal && r->wire.literal < 9000 && !r->refused && byte(r) % 16 == 1;
      if (midway) say_no(r);
      moves |= midway || give_data(r);
    }
  }
}

static void forget_wanted(given *g) {
  while (g->n) free(g->v[--g->n].p);
}

static void make_call(run *r) {
  given *g = r->now = &r->calls[r->ncalls];
  *g = (given){.name = "*"};
  hark_cmd id = any_call(r);
  CHECK(id);
  let_go(r);
  if (id < 0) {
    forget_wanted(g);
    return;
  }
  CHECK(!call_of(r, (uint32_t)id));
  g->id = id;
  r->ncalls++;
  uint8_t besides = byte(r);
  if (besides == 1) hark_cancel(r->c, id);
  if (besides == 2) hark_only_in(r->c, id, hark_selection(r->c) - (byte(r) & 1));
}

static void check_end(run *r) {
  hark_recv_eof(r->c);
  drain(r);
  CHECK(!hark_inflight(r->c));
  for (size_t i = 0; i < r->ncalls; i++) CHECK(r->calls[i].done == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n) {
  run *r = calloc(1, sizeof *r);
  CHECK(r);
  r->in = (source){input, input + n};
  r->offers = byte(r);
  r->c = hark_new(NULL);
  CHECK(r->c);
  serve_begins(r);
  while (!source_ends(&r->in) && r->ncalls < MOST_CALLS && !r->stuck && !hark_error(r->c)) {
    make_call(r);
    if (byte(r) & 3) talk(r);
  }
  for (int i = 0; i < MOST_CALLS && !hark_idle_done(r->c); i++) talk(r);
  talk(r);
  bool quiet = r->stuck || hark_error(r->c) || hark_get_phase(r->c) == HARK_PHASE_LOGOUT;
  CHECK(quiet || !hark_inflight(r->c));
  check_end(r);
  hark_free(r->c);
  for (size_t i = 0; i < r->ncalls; i++) forget_wanted(&r->calls[i]);
  reader_free(&r->wire);
  free(r->said);
  free(r);
  return 0;
}
