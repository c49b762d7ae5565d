/* tests/unit/test_dispatch.c - assist/dispatch.c with the events of a client.
 * SPDX-License-Identifier: MIT */
#include "heap.h"
#include <hark/command.h>
#include <hark/dispatch.h>
#include <stdio.h>

/* Who was called, a letter each. */
typedef struct talk {
  hark_client *c;
  hark_dispatch *d;
  char log[400];
  hark_subscription ids[5], added;
} talk;

typedef struct listener {
  talk *t;
  char name;
} listener;

static void note(void *ud, hark_client *c, const hark_event *ev) {
  listener *l = ud;
  talk *t = l->t;
  assert_ptr_equal(c, t->c);
  assert_non_null(ev);
  size_t n = strlen(t->log);
  assert_true(n + 1 < sizeof t->log);
  t->log[n] = l->name, t->log[n + 1] = 0;
}

static hark_dispatch *new_dispatch(void) {
  hark_config config;
  hark_config_init(&config);
  config.alloc = failing_alloc, config.alloc_ud = &heap;
  return hark_dispatch_new(&config);
}

static void begin(talk *t) {
  *t = (talk){.c = hark_new(NULL), .d = new_dispatch()};
  assert_true(t->c && t->d);
}

static void end(talk *t) {
  hark_free(t->c);
  hark_dispatch_free(t->d);
}

/* All of text, and all events of it; what the client sends is taken. */
static void say(talk *t, const char *text) {
  for (size_t n = strlen(text); n;) {
    size_t took = hark_feed(t->c, text, n), out;
    hark_dispatch_run(t->d, t->c);
    while (hark_send_buf(t->c, &out)) hark_send_ack(t->c, out);
    text += took, n -= took;
    assert_int_not_equal(took, 0);
  }
}

static void told(talk *t, const char *want) {
  assert_string_equal(t->log, want);
  *t->log = 0;
}

static void open_mailbox(talk *t) {
  size_t n;
  say(t, "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello\r\n");
  assert_int_equal(hark_examine(t->c, "INBOX", NULL), 1);
  while (hark_send_buf(t->c, &n)) hark_send_ack(t->c, n);
  say(t, "* 3 EXISTS\r\nA1 OK [READ-ONLY] done\r\n");
}

static void in_the_order_of_subscription(void **state) {
  (void)state;
  talk t;
  begin(&t);
  open_mailbox(&t);
  listener a = {&t, 'a'}, b = {&t, 'b'}, every = {&t, '*'};
  assert_int_equal(hark_dispatch_add(t.d, HARK_EV_EXISTS, note, &a), 1);
  assert_int_equal(hark_dispatch_add(t.d, HARK_EVERY_EVENT, note, &every), 2);
  assert_int_equal(hark_dispatch_add(t.d, HARK_EV_EXISTS, note, &b), 3);
  assert_int_equal(hark_dispatch_add(t.d, HARK_EV_EXISTS, note, &a), 4);
  assert_int_equal(hark_dispatch_add(t.d, HARK_EV_EXPUNGE, note, &b), 5);
  assert_int_equal(hark_dispatch_count(t.d), 5);
  say(&t, "* 4 EXISTS\r\n");
  told(&t, "a*ba");
  say(&t, "* 1 EXPUNGE\r\n* 5 RECENT\r\n");
  told(&t, "*b*");
  assert_int_equal(hark_dispatch_remove(t.d, 3), 0);
  assert_int_equal(hark_dispatch_remove(t.d, 3), HARK_ERR_ARG);
  assert_int_equal(hark_dispatch_remove(t.d, 0), HARK_ERR_ARG);
  assert_int_equal(hark_dispatch_remove(t.d, 6), HARK_ERR_ARG);
  say(&t, "* 4 EXISTS\r\n");
  told(&t, "a*a");
  hark_dispatch_clear(t.d, HARK_EV_EXISTS);
  say(&t, "* 4 EXISTS\r\n* 1 EXPUNGE\r\n");
  told(&t, "**b");
  hark_dispatch_clear(t.d, HARK_EVERY_EVENT);
  say(&t, "* 4 EXISTS\r\n* 1 EXPUNGE\r\n");
  told(&t, "b");
  hark_dispatch_clear_all(t.d);
  assert_int_equal(hark_dispatch_count(t.d), 0);
  assert_int_equal(hark_dispatch_add(t.d, HARK_EV_EXISTS, NULL, NULL), HARK_ERR_ARG);
  assert_int_equal(hark_dispatch_add(t.d, HARK_EV_EXISTS, note, &b),
                   6); /* ids are not used again */
  end(&t);
}

static void by_command_until_its_end(void **state) {
  (void)state;
  talk t;
  begin(&t);
  open_mailbox(&t);
  listener fetch = {&t, 'f'}, noop = {&t, 'n'}, done = {&t, 'd'};
  hark_cmd one = hark_fetch(t.c, 0, "1", "(UID)"), two = hark_noop(t.c);
  assert_true(hark_dispatch_add_command(t.d, one, note, &fetch) > 0);
  assert_true(hark_dispatch_add_command(t.d, two, note, &noop) > 0);
  assert_true(hark_dispatch_add(t.d, HARK_EV_DONE, note, &done) > 0);
  say(&t, "* 1 FETCH (UID 7)\r\n"); /* FETCH, ITEM, FETCH_END */
  told(&t, "fff");
  say(&t, "A2 OK done\r\n* 1 FETCH (UID 7)\r\n");
  told(&t, "fd");
  assert_int_equal(hark_dispatch_count(t.d), 2);
  say(&t, "A3 NO not now\r\n");
  told(&t, "nd");
  assert_int_equal(hark_dispatch_count(t.d), 1);
  /* What could not be queued is the caller's error at once. */
  assert_int_equal(hark_dispatch_add_command(t.d, hark_fetch(t.c, 0, "x", "(UID)"), note, &fetch),
                   HARK_ERR_ARG);
  assert_int_equal(hark_dispatch_add_command(t.d, 0, note, &fetch), HARK_ERR_ARG);
  /* The connection's end ends commands as well. */
  one = hark_noop(t.c);
  assert_true(hark_dispatch_add_command(t.d, one, note, &noop) > 0);
  hark_recv_eof(t.c);
  assert_int_equal(hark_dispatch_run(t.d, t.c), HARK_ERR_EOF);
  told(&t, "dn");
  end(&t);
}

/* --- from inside --- */

static void adds(void *ud, hark_client *c, const hark_event *ev) {
  listener *l = ud;
  note(ud, c, ev);
  for (int i = 0; i < 20; i++) /* the array moves */
    l->t->added = hark_dispatch_add(l->t->d, HARK_EV_EXISTS, note, ud);
}

static void takes_itself_off(void *ud, hark_client *c, const hark_event *ev) {
  listener *l = ud;
  note(ud, c, ev);
  assert_int_equal(hark_dispatch_remove(l->t->d, l->t->ids[0]), 0);
  assert_int_equal(hark_dispatch_remove(l->t->d, l->t->ids[0]), HARK_ERR_ARG);
}

static void takes_the_next_off(void *ud, hark_client *c, const hark_event *ev) {
  listener *l = ud;
  note(ud, c, ev);
  hark_dispatch_remove(l->t->d, l->t->ids[2]);
}

static void clears(void *ud, hark_client *c, const hark_event *ev) {
  listener *l = ud;
  note(ud, c, ev);
  hark_dispatch_clear(l->t->d, HARK_EV_EXISTS);
  assert_int_equal(hark_dispatch_run(l->t->d, c), HARK_ERR_STATE);
}

static void changes_from_inside(void **state) {
  (void)state;
  talk t;
  begin(&t);
  open_mailbox(&t);
  listener a = {&t, 'a'}, b = {&t, 'b'}, c = {&t, 'c'};
  t.ids[0] = hark_dispatch_add(t.d, HARK_EV_EXISTS, takes_itself_off, &a);
  t.ids[1] = hark_dispatch_add(t.d, HARK_EV_EXISTS, takes_the_next_off, &b);
  t.ids[2] = hark_dispatch_add(t.d, HARK_EV_EXISTS, note, &c);
  say(&t, "* 4 EXISTS\r\n");
  told(&t, "ab");
  assert_int_equal(hark_dispatch_count(t.d), 1);
  say(&t, "* 4 EXISTS\r\n");
  told(&t, "b");
  hark_dispatch_clear_all(t.d);
  hark_dispatch_add(t.d, HARK_EV_EXISTS, adds, &a);
  say(&t, "* 4 EXISTS\r\n"); /* whoever comes now begins with the next */
  told(&t, "a");
  assert_int_equal(hark_dispatch_count(t.d), 21);
  hark_dispatch_clear(t.d, HARK_EV_EXISTS);
  hark_dispatch_add(t.d, HARK_EV_EXISTS, note, &a);
  hark_dispatch_add(t.d, HARK_EVERY_EVENT, clears, &b);
  hark_dispatch_add(t.d, HARK_EV_EXISTS, note, &c);
  say(&t, "* 4 EXISTS\r\n* 4 EXISTS\r\n");
  told(&t, "abb");
  assert_int_equal(hark_dispatch_count(t.d), 1);
  end(&t);
}

/* Events of the program's own, told from inside of another. */
static void tells_more(void *ud, hark_client *c, const hark_event *ev) {
  listener *l = ud;
  hark_event own = {.type = HARK_EV_PROGRAM, .num = ev->num};
  note(ud, c, ev);
  assert_int_equal(hark_dispatch_invoke(l->t->d, c, &own), 2);
}

static void takes_off_whoever_tells(void *ud, hark_client *c, const hark_event *ev) {
  listener *l = ud;
  note(ud, c, ev);
  assert_int_equal(ev->num, 4);
  hark_dispatch_clear_all(l->t->d);
  hark_dispatch_add(l->t->d, HARK_EV_RECENT, note, ud);
}

static void one_inside_the_other(void **state) {
  (void)state;
  talk t;
  begin(&t);
  open_mailbox(&t);
  listener a = {&t, 'a'}, b = {&t, 'b'}, c = {&t, 'c'};
  hark_dispatch_add(t.d, HARK_EV_PROGRAM, note, &c);
  hark_dispatch_add(t.d, HARK_EV_EXISTS, tells_more, &a);
  hark_dispatch_add(t.d, HARK_EV_PROGRAM, takes_off_whoever_tells, &b);
  hark_dispatch_add(t.d, HARK_EV_EXISTS, note, &c);
  say(&t, "* 4 EXISTS\r\n* 2 RECENT\r\n");
  told(&t, "acbb");
  assert_int_equal(hark_dispatch_count(t.d), 1);
  end(&t);
}

static void every_allocation_failing(void **state) {
  (void)state;
  for (long at = 1; at <= 5; at++) {
    heap = (failing){.fail_at = at, .for_good = true};
    hark_dispatch *d = new_dispatch();
    hark_subscription id = 1;
    size_t n = 0;
    for (; d && n < 20 && (id = hark_dispatch_add(d, HARK_EV_EXISTS, note, NULL)) > 0; n++) {
    }
    if (d) assert_int_equal(hark_dispatch_count(d), n);
    if (d) assert_true(at == 5 ? id == 20 : id == HARK_ERR_NOMEM);
    hark_dispatch_free(d);
    assert_int_equal(heap.out, 0);
  }
  hark_dispatch_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(in_the_order_of_subscription, setup, teardown),
      cmocka_unit_test_setup_teardown(by_command_until_its_end, setup, teardown),
      cmocka_unit_test_setup_teardown(changes_from_inside, setup, teardown),
      cmocka_unit_test_setup_teardown(one_inside_the_other, setup, teardown),
      cmocka_unit_test_setup_teardown(every_allocation_failing, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
