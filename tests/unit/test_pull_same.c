/* tests/unit/test_pull_same.c - UIDs that change under the pull: pull/same.c, list.c.
 * SPDX-License-Identifier: MIT */
#include "pull_case.h"

/* n messages, of which all but the last fresh ones were delivered before. */
static void mailbox(uint32_t first, size_t n, size_t fresh) {
  t.known = calloc(n + 64, sizeof *t.known);
  t.copies = calloc(n + 64, sizeof *t.copies);
  assert_true(t.known && t.copies);
  t.nkeys = n + 64;
  t.s.uidnext = first;
  for (size_t i = 0; i < n; i++) {
    unsigned key = server_add(&t.s, 0, 100)->key;
    t.known[key] = i + fresh < n;
  }
}

static void pull_from(uint32_t uidvalidity, const char *have) {
  play_start(&t, uidvalidity, have, NULL);
  play_run(&t);
  assert_int_equal(t.faileds, 0);
  assert_int_equal(t.caught_ups, 1);
}

static void a_thousand_known_and_three_new_are_three_bodies(const char *capabilities,
                                                            const char *asked) {
  if (capabilities) t.s.capabilities = capabilities;
  mailbox(5000, 1003, 3);
  pull_from(6, "1:1000");
  assert_int_equal(t.renumbereds, 1);
  assert_int_equal(t.sames, 1003);
  assert_int_equal(t.s.bodies_asked, 3);
  assert_int_equal(t.messages, 3);
  assert_int_equal(hark_set_count(t.have), 1003);
  assert_int_equal(t.s.listings, 1);
  bool seen = false;
  for (size_t i = 0; i < t.s.nlog; i++) seen = seen || strstr(t.s.log[i], asked);
  assert_true(seen);
}

static void known_by_message_id(void **state) { /* SEC K-01 */
  (void)state;
  a_thousand_known_and_three_new_are_three_bodies(NULL, "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])");
}
static void known_by_emailid(void **state) { /* SEC K-01 */
  (void)state;
  a_thousand_known_and_three_new_are_three_bodies("IMAP4rev1 IDLE OBJECTID",
                                                  "(UID RFC822.SIZE INTERNALDATE EMAILID)");
}
static void known_by_gmails_number(void **state) { /* SEC K-01 */
  (void)state;
  a_thousand_known_and_three_new_are_three_bodies("IMAP4rev1 X-GM-EXT-1",
                                                  "(UID RFC822.SIZE INTERNALDATE X-GM-MSGID)");
}

static void all_known_is_caught_up_with(void **state) {
  (void)state;
  mailbox(5000, 10, 0);
  pull_from(6, "1:10");
  assert_int_equal(t.sames, 10);
  assert_int_equal(t.s.bodies_asked, 0);
}

static void the_message_id_is_not_asked_for_otherwise(void **state) {
  (void)state;
  mailbox(1, 100, 3);
  pull_from(7, "1:97");
  assert_int_equal(t.renumbereds, 0);
  for (size_t i = 0; i < t.s.nlog; i++) assert_null(strstr(t.s.log[i], "MESSAGE-ID"));
  assert_int_equal(t.s.bodies_asked, 3);
}

static void uidnext_that_fell(void **state) { /* SEC K-03 K-17 */
  (void)state;
  mailbox(1, 205, 5); /* here: 1:250, of which 50 have gone, and the server counts from 201 again */
  pull_from(7, "1:250");
  assert_int_equal(t.renumbereds, 1);
  assert_int_equal(t.messages, 5);
  assert_int_equal(t.s.bodies_asked, 5);
}

static void no_uidvalidity_is_a_new_one_each_time(void **state) { /* SEC K-02 */
  (void)state;
  mailbox(1, 50, 2);
  t.s.uidvalidity = 0;
  pull_from(7, "1:48");
  assert_int_equal(t.renumbereds, 1);
  assert_int_equal(t.messages, 2);
}

static void no_uidnext_is_no_harm(void **state) { /* SEC K-03 */
  (void)state;
  mailbox(1, 50, 2);
  t.s.uidnext = 0;
  pull_from(7, "1:48");
  assert_int_equal(t.renumbereds, 0);
  assert_int_equal(t.messages, 2);
}

static void uidvalidity_that_changes_in_the_session_ends_it(void **state) { /* SEC K-02 */
  (void)state;
  mailbox(1, 50, 0);
  t.config.listen = true;
  pull_from(7, "1:50");
  server_say(&t.s, "* OK [UIDVALIDITY 7] the same");
  play_run(&t);
  assert_int_equal(t.faileds, 0);
  server_say(&t.s, "* OK [UIDVALIDITY 8] rebuilt");
  play_run(&t);
  assert_int_equal(t.faileds, 1);
  assert_string_equal(t.why, "the server renumbered the open mailbox: connect again");
}

static void the_first_pull_of_a_mailbox_matches_nothing(void **state) {
  (void)state;
  mailbox(1, 50, 50);
  play_start(&t, 0, NULL, NULL);
  play_run(&t);
  assert_int_equal(t.renumbereds + t.sames, 0);
  assert_int_equal(t.messages, 50);
}

static void a_thousand_identities_are_open_at_most(void **state) {
  (void)state;
  mailbox(1, 2600, 2600);
  t.late_same = true;
  play_start(&t, 6, "1", NULL);
  play_run(&t);
  assert_int_equal(hark_set_count(t.asked_same), 1000);
  assert_int_equal(t.s.bodies_asked, 0);
  for (int i = 0; i < 1000 && hark_set_count(t.asked_same); i++) {
    play_answer_same(&t, 7);
    play_run(&t);
    assert_true(hark_set_count(t.asked_same) <= 1000);
  }
  assert_int_equal(t.sames, 2600);
  assert_int_equal(t.messages, 2600);
  assert_int_equal(t.s.bodies_asked, 2600);
}

/* An identity that the server does not give: a second copy rather than none. */
static void without_identity_it_is_fetched(void **state) { /* SEC K-01 */
  (void)state;
  mailbox(1, 20, 2);
  t.s.hides_identity = 5;
  pull_from(6, "1:18");
  assert_int_equal(t.sames, 19);
  assert_int_equal(t.messages, 3);
  assert_int_equal(play_copies(&t, 5), 1);
}

static void expunged_while_being_matched(void **state) { /* SEC K-08 */
  (void)state;
  mailbox(1, 600, 2);
  play_start(&t, 6, "1:598", NULL);
  while (t.sames < 100) {
    t.limit = t.delivered + 500;
    play_run(&t);
  }
  server_expunge(&t.s, 300);
  server_expunge(&t.s, 599);
  t.limit = SIZE_MAX;
  play_run(&t);
  assert_int_equal(t.faileds, 0);
  assert_int_equal(t.caught_ups, 1);
  assert_int_equal(t.stucks, 0);
  assert_int_equal(t.messages, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(known_by_message_id),
      TEST(known_by_emailid),
      TEST(known_by_gmails_number),
      TEST(all_known_is_caught_up_with),
      TEST(the_message_id_is_not_asked_for_otherwise),
      TEST(uidnext_that_fell),
      TEST(no_uidvalidity_is_a_new_one_each_time),
      TEST(no_uidnext_is_no_harm),
      TEST(uidvalidity_that_changes_in_the_session_ends_it),
      TEST(the_first_pull_of_a_mailbox_matches_nothing),
      TEST(a_thousand_identities_are_open_at_most),
      TEST(without_identity_it_is_fetched),
      TEST(expunged_while_being_matched),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
