/* tests/unit/test_maildir_same.c - after a renumbering: what is here is matched and not
 * fetched again.
 * SPDX-License-Identifier: MIT */
#include "maildir_play.h"

static void put_event(hark_maildir *m, const hark_pull_event *ev) {
  int err;
  while ((err = hark_maildir_put(m, ev)) == HARK_ERR_BUSY)
    assert_int_equal(hark_maildir_reap(m, NULL, true), 0);
  assert_int_equal(err, 0);
}

static void renumber(hark_maildir *m, uint32_t uidvalidity) {
  hark_pull_event ev = event(HARK_PULL_RENUMBERED, 0);
  ev.uidvalidity = uidvalidity;
  put_event(m, &ev);
}

static void caught_up(hark_maildir *m, uint32_t uidvalidity, uint64_t modseq) {
  hark_pull_event ev = event(HARK_PULL_CAUGHT_UP, 0);
  ev.uidvalidity = uidvalidity, ev.modseq = modseq;
  put_event(m, &ev);
  assert_int_equal(settle(m), 0);
}

/* The server says of uid what it would of the k-th message. */
static hark_pull_event same_as(uint32_t uid, uint32_t uidvalidity, uint32_t k, char id[64]) {
  char text[256];
  hark_pull_event ev = event(HARK_PULL_SAME, uid);
  ev.uidvalidity = uidvalidity, ev.size = message_text(text, k), ev.time = 1600000000 + k;
  snprintf(id, 64, "%u@example.org", k);
  ev.identity.message_id = str(id);
  return ev;
}

static void ask_same(hark_maildir *m, uint32_t uid, uint32_t uidvalidity, uint32_t k) {
  char id[64];
  hark_pull_event ev = same_as(uid, uidvalidity, k, id);
  put_event(m, &ev);
}

static void thousand_known_three_new(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 1000);
  forget_answers();
  renumber(m, 78);
  for (uint32_t k = 1; k <= 1003; k++) ask_same(m, 5000 - k, 78, k);
  assert_int_equal(settle(m), 0);
  hark_set *again = hark_set_new(NULL);
  for (const char *p = again_text; *p; p += strcspn(p, ";") + 1)
    hark_set_parse(again, (hark_str){p, strcspn(p, ";")});
  assert_int_equal(hark_set_count(again), 3);
  assert_true(hark_set_has(again, 5000 - 1001) && hark_set_has(again, 5000 - 1003));
  hark_set_free(again);
  caught_up(m, 78, 0);
  assert_string_equal(have_of(m, 78), "4000:4999");
  hark_maildir_close(m);
  assert_int_equal(count("M/new"), 1000);

  m = open_maildir("M"); /* and back to the old numbers: nothing is fetched */
  renumber(m, 77);
  forget_answers();
  for (uint32_t k = 1; k <= 1000; k++) ask_same(m, k, 77, k);
  assert_int_equal(settle(m), 0);
  assert_string_equal(again_text, "");
  caught_up(m, 77, 0);
  assert_string_equal(have_of(m, 77), "1:1000");
  hark_maildir_close(m);
}

static void in_doubt_again(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 5);
  renumber(m, 78);
  forget_answers();
  char id[64];
  hark_pull_event ev = same_as(11, 78, 1, id);
  ev.size++;
  put_event(m, &ev);
  ev = same_as(12, 78, 2, id), ev.time++;
  put_event(m, &ev);
  ev = same_as(13, 78, 3, id), ev.identity.message_id = (hark_str){NULL, 0};
  put_event(m, &ev);
  ev = same_as(14, 78, 4, id), ev.time = 0;
  put_event(m, &ev);
  ask_same(m, 15, 78, 5);
  ask_same(m, 16, 78, 5); /* the same once more: its message is used up */
  assert_int_equal(settle(m), 0);
  caught_up(m, 78, 0);
  assert_string_equal(have_of(m, 78), "15");
  hark_maildir_close(m);
}

static void alike_as_often_as_here(void **state) {
  (void)state;
  char text[256];
  size_t n = message_text(text, 1);
  hark_maildir *m = open_maildir("M");
  for (uint32_t uid = 1; uid <= 2; uid++) {
    hark_pull_event ev = event(HARK_PULL_MESSAGE, uid);
    ev.size = n, ev.time = 1600000001;
    put_event(m, &ev);
    assert_int_equal(put_data(m, text, n), 0);
    ev.type = HARK_PULL_MESSAGE_END;
    put_event(m, &ev);
  }
  renumber(m, 78);
  for (uint32_t uid = 11; uid <= 13; uid++) ask_same(m, uid, 78, 1);
  assert_int_equal(settle(m), 0);
  caught_up(m, 78, 0);
  assert_string_equal(have_of(m, 78), "11:12");
  hark_maildir_close(m);
}

static void email_id_alone_is_enough(void **state) {
  (void)state;
  char text[256];
  size_t n = message_text(text, 1);
  hark_maildir *m = open_maildir("M");
  hark_pull_event ev = event(HARK_PULL_MESSAGE, 1);
  ev.size = n;
  put_event(m, &ev);
  assert_int_equal(put_data(m, text, n), 0);
  ev.type = HARK_PULL_MESSAGE_END, ev.identity.email_id = str("M6d99ac3275bb4e");
  put_event(m, &ev);
  renumber(m, 78);
  ev = event(HARK_PULL_SAME, 9);
  ev.uidvalidity = 78, ev.identity.email_id = str("M6d99ac3275bb4e");
  put_event(m, &ev);
  char id[64]; /* all else agrees, but it is another message */
  ev = same_as(10, 78, 1, id), ev.identity.email_id = str("another");
  put_event(m, &ev);
  assert_int_equal(settle(m), 0);
  caught_up(m, 78, 0);
  assert_string_equal(have_of(m, 78), "9");
  hark_maildir_close(m);
}

/* Cut off in the middle, the matching begins anew: with a UIDVALIDITY that is not the server's. */
static void interrupted(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 4);
  renumber(m, 78);
  ask_same(m, 11, 78, 1);
  assert_int_equal(settle(m), 0);
  hark_maildir_close(m);

  m = open_maildir("M");
  hark_cursor c = {.size = sizeof c};
  assert_int_equal(hark_maildir_cursor(m, "INBOX", &c), 0);
  assert_int_not_equal(c.uidvalidity, 0);
  assert_int_not_equal(c.uidvalidity, 78);
  assert_string_equal(text_of(c.have), "");
  renumber(m, 78);
  forget_answers();
  for (uint32_t k = 1; k <= 4; k++) ask_same(m, 10 + k, 78, k);
  assert_int_equal(settle(m), 0);
  assert_string_equal(again_text, "");
  caught_up(m, 78, 0);
  assert_string_equal(have_of(m, 78), "11:14");
  hark_maildir_close(m);
}

/* UIDNEXT fell, UIDVALIDITY did not change: a number that is known may be another message's. */
static void same_uidvalidity(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 3);
  renumber(m, 77);
  forget_answers();
  ask_same(m, 1, 77, 1);
  ask_same(m, 2, 77, 9);
  assert_int_equal(settle(m), 0);
  assert_non_null(strstr(again_text, "2;"));
  assert_int_equal(put_message(m, 2), 0); /* fetched: what is at 2 now */
  assert_int_equal(settle(m), 0);
  assert_string_equal(have_of(m, 77), "1:2");
  hark_maildir_close(m);
}

/* The Message-ID is in the files: a lost state and a renumbering at once lose nothing. */
static void after_rebuilding(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 30);
  hark_maildir_close(m);
  assert_int_equal(unlink(at("M/hark.db")), 0);
  m = open_maildir("M");
  assert_string_equal(have_of(m, 77), "1:30");
  renumber(m, 78);
  forget_answers();
  for (uint32_t k = 1; k <= 30; k++) ask_same(m, 100 + k, 78, k);
  assert_int_equal(settle(m), 0);
  assert_string_equal(again_text, "");
  deliver(m, 200, 200); /* its number is of the new UIDVALIDITY in the state, the old in names */
  hark_maildir_close(m);
}

static void two_validities_in_names(void **state) {
  (void)state;
  char text[256];
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 2);
  renumber(m, 78);
  ask_same(m, 11, 78, 1), ask_same(m, 12, 78, 2);
  assert_int_equal(settle(m), 0);
  size_t n = message_text(text, 3);
  assert_int_equal(put_as(m, 13, 78, text, n, (hark_strs){NULL, 0}), 0);
  assert_int_equal(settle(m), 0);
  assert_string_equal(have_of(m, 78), "11:13");
  hark_maildir_close(m);
  assert_int_equal(unlink(at("M/hark.db")), 0);

  m = open_maildir("M"); /* names have old numbers: all are matched anew */
  hark_cursor c = {.size = sizeof c};
  assert_int_equal(hark_maildir_cursor(m, "INBOX", &c), 0);
  assert_int_not_equal(c.uidvalidity, 78);
  renumber(m, 78);
  forget_answers();
  for (uint32_t k = 1; k <= 2; k++) ask_same(m, 10 + k, 78, k);
  assert_int_equal(settle(m), 0);
  assert_string_equal(again_text, "");
  hark_maildir_close(m);
}

static void stuck_is_remembered(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  hark_ev_cond cond = {.text = str("cannot \x1b read it")};
  hark_pull_event ev = event(HARK_PULL_STUCK, 4);
  ev.cond = &cond;
  deliver(m, 1, 3);
  put_event(m, &ev);
  caught_up(m, 77, 99);
  hark_maildir_close(m);
  m = open_maildir("M");
  hark_cursor c = {.size = sizeof c};
  assert_int_equal(hark_maildir_cursor(m, "INBOX", &c), 0);
  assert_string_equal(text_of(c.stuck), "4");
  assert_int_equal(c.modseq, 99);
  deliver(m, 4, 4);
  assert_int_equal(hark_maildir_cursor(m, "INBOX", &c), 0);
  assert_string_equal(text_of(c.stuck), "");
  assert_string_equal(text_of(c.have), "1:4");
  assert_int_equal(hark_maildir_cursor(m, "Sent", &c), 0);
  assert_int_equal(c.uidvalidity, 0);
  assert_string_equal(text_of(c.have), "");
  hark_maildir_close(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(thousand_known_three_new, setup, teardown),
      cmocka_unit_test_setup_teardown(in_doubt_again, setup, teardown),
      cmocka_unit_test_setup_teardown(alike_as_often_as_here, setup, teardown),
      cmocka_unit_test_setup_teardown(email_id_alone_is_enough, setup, teardown),
      cmocka_unit_test_setup_teardown(interrupted, setup, teardown),
      cmocka_unit_test_setup_teardown(same_uidvalidity, setup, teardown),
      cmocka_unit_test_setup_teardown(after_rebuilding, setup, teardown),
      cmocka_unit_test_setup_teardown(two_validities_in_names, setup, teardown),
      cmocka_unit_test_setup_teardown(stuck_is_remembered, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
