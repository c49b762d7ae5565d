/* tests/unit/test_pull_memory.c - a pull with every allocation failing once.
 * SPDX-License-Identifier: MIT
 *
 * The linker puts malloc() and its kin of this program here; only what is asked for inside a call
 * of the pull, or of the client that it drives, is counted and fails. */
#include "pull_server.h"
#include <hark/command.h>
#include <hark/pull.h>
#include <hark/set.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MESSAGES = 60, STEPS_MOST = 100000 };

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static bool inside; /* a call of the pull */
static long calls, fail_at;

static bool fails(void) { return inside && ++calls == fail_at; }
void *__wrap_malloc(size_t n) { return fails() ? NULL : __real_malloc(n); }
void *__wrap_calloc(size_t n, size_t size) { return fails() ? NULL : __real_calloc(n, size); }
void *__wrap_realloc(void *p, size_t n) { return fails() ? NULL : __real_realloc(p, n); }

static server s;
static hark_client *c;
static hark_pull *p;
static hark_set *here, *open_uids;
static size_t delivered, caught_ups;
static bool begun; /* a message is being told */
static int failed; /* with this error */

static int leave(int result) {
  inside = false;
  return result;
}

static const hark_pull_event *next(void) {
  inside = true;
  const hark_pull_event *ev = hark_pull_next(p, 1000);
  inside = false;
  return ev;
}

static int make(const hark_cursor *since) {
  inside = true;
  p = hark_pull_new(c, NULL);
  return leave(p ? hark_pull_add(p, "INBOX", since) : HARK_ERR_NOMEM);
}

static void mailbox(void) {
  server_init(&s);
  for (uint32_t i = 0; i < MESSAGES; i++) server_add(&s, 0, i % 7 * 40)->fate = (fate)(i % 5);
  for (size_t i = 0; i < s.n; i++) s.v[i].times = 1; /* then it is given */
}

static void begin(uint32_t uidvalidity) {
  hark_cursor since = {.size = sizeof since, .uidvalidity = uidvalidity, .have = here};
  server_connect(&s);
  delivered = caught_ups = 0, begun = false;
  c = hark_new(NULL);
  assert_true(c && hark_login(c, "u", "p") > 0);
  failed = make(&since);
}

static void end(void) {
  hark_pull_free(p);
  hark_free(c);
  hark_set_remove(open_uids, 1, 0);
}

static void durable(void) {
  const char *uids = hark_set_text(open_uids);
  inside = true;
  failed = leave(hark_pull_have(p, 0, uids)); /* then a program ends, too */
  hark_set_join(here, open_uids);
  hark_set_remove(open_uids, 1, 0);
}

static void same(uint32_t uid) {
  char text[12];
  snprintf(text, sizeof text, "%u", uid);
  inside = true;
  failed = leave(hark_pull_again(p, 0, text));
}

/* What is told is told as it is: a message with its flags, or not at all. */
static void whole(const hark_pull_event *ev) {
  assert_false(hark_set_has(here, ev->uid) || hark_set_has(open_uids, ev->uid));
  assert_int_equal(ev->flags.n, 2);
  hark_set_add(open_uids, ev->uid, ev->uid);
}

static void take(const hark_pull_event *ev) {
  assert_int_equal(failed, 0); /* FAILED is the last */
  bool ends = ev->type == HARK_PULL_MESSAGE_END || ev->type == HARK_PULL_ABORT;
  if (ev->type != HARK_PULL_OTHER && ev->type != HARK_PULL_FLUSH)
    assert_int_equal(begun, ends || ev->type == HARK_PULL_DATA);
  if (ends || ev->type == HARK_PULL_MESSAGE) begun = !ends;
  switch (ev->type) {
  case HARK_PULL_MESSAGE_END: whole(ev); break;
  case HARK_PULL_FLUSH: durable(); break;
  case HARK_PULL_RENUMBERED: hark_set_remove(here, 1, 0); break;
  case HARK_PULL_SAME: same(ev->uid); break;
  case HARK_PULL_CAUGHT_UP:
    caught_ups++;
    assert_int_equal(hark_set_count(here), MESSAGES); /* nothing is missing */
    break;
  case HARK_PULL_FAILED: failed = ev->err; break;
  default: break;
  }
}

static bool move(void) {
  size_t n, moved = 0;
  for (const void *out; (out = hark_send_buf(c, &n)); moved += n)
    server_take(&s, out, n), hark_send_ack(c, n);
  n = s.out_n - delivered;
  inside = true; /* the window */
  n = n ? hark_feed(c, s.out + delivered, n < 900 ? n : 900) : 0;
  inside = false;
  delivered += n;
  return moved || n;
}

static void drain(void) {
  for (const hark_pull_event *ev; !failed && (ev = next());) take(ev);
}

static void converse(void) {
  int steps = 0;
  do drain();
  while (move() && !failed && steps++ < STEPS_MOST);
  drain(); /* why nothing moves */
  assert_true(steps < STEPS_MOST);
}

/* One pull; whether an allocation failed in it. */
static bool one(uint32_t uidvalidity, long at) {
  calls = 0, fail_at = at;
  begin(uidvalidity);
  if (!failed) converse();
  bool happened = calls >= at;
  end();
  fail_at = 0;
  if (!happened) assert_int_equal(failed, 0);
  if (failed) assert_int_equal(failed, HARK_ERR_NOMEM);
  if (!failed) assert_int_equal(caught_ups, 1);
  return happened;
}

/* What failed is asked for again by the next pull: nothing is missing in the end. */
static void sweep(uint32_t uidvalidity) {
  bool happened = true;
  long at = 1;
  for (; happened; at++) {
    mailbox();
    here = hark_set_new(NULL), open_uids = hark_set_new(NULL);
    if (uidvalidity != s.uidvalidity) hark_set_add(here, 1, MESSAGES);
    happened = one(uidvalidity, at);
    if (uidvalidity == s.uidvalidity) {
      if (failed) one(uidvalidity, 0);
      assert_int_equal(hark_set_count(here), MESSAGES);
    }
    hark_set_free(here), hark_set_free(open_uids);
    server_free(&s);
  }
  assert_true(at > 50);
}

static void every_allocation_of_a_pull(void **state) { /* SEC F-31 */
  (void)state;
  sweep(7);
}

static void every_allocation_of_a_renumbering(void **state) { /* SEC F-31 */
  (void)state;
  sweep(6);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_allocation_of_a_pull),
      cmocka_unit_test(every_allocation_of_a_renumbering),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
