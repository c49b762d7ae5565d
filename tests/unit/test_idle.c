/* tests/unit/test_idle.c - what a client that listens costs.
 * SPDX-License-Identifier: MIT */
#include "heap_client.h"

enum { MOST = 4096 };

/* As Dovecot 2.3 offers it behind the sign-in. */
#define OFFERED                                                                                    \
  "CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY "                 \
  "THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT " \
  "CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT "          \
  "SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW "   \
  "STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE QUOTA METADATA"

static hark_client *listening(void) {
  hark_client *c = begin(0);
  say(c,
      "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN] "
      "hi\r\n",
      0);
  assert_true(hark_login(c, "me", "secret") > 0);
  assert_true(hark_select(c, "INBOX", NULL) > 0);
  assert_true(hark_idle(c) > 0);
  send_all(c);
  say(c, "A1 OK [" OFFERED "] Logged in\r\n", 0);
  send_all(c);
  say(c,
      "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* 172 EXISTS\r\n"
      "* OK [UIDVALIDITY 3857529045] valid\r\nA2 OK [READ-WRITE] done\r\n",
      0);
  send_all(c);
  assert_int_equal(say(c, "+ idling\r\n", HARK_EV_IDLING), 1);
  return c;
}

static void an_idle_client_is_small(void **state) {
  (void)state;
  hark_client *c = listening();
  assert_true(hark_has(c, "NOTIFY"));
  assert_in_range(at_rest(c), 1, MOST - 1);
  hark_free(c);
}

/* How often memory is asked for while so many responses of several kinds come at once. */
static long calls_of(hark_client *c, size_t rounds) {
  static const char burst[] =
      "* 173 EXISTS\r\n* 173 FETCH (FLAGS (\\Seen $Forwarded) UID 4827313 MODSEQ (12121231000))\r\n"
      "* 4 EXPUNGE\r\n* VANISHED 1:5\r\n* OK Still here\r\n* 172 FETCH (UID 4827312 ENVELOPE "
      "(NIL \"a subject\" ((NIL NIL \"me\" \"a\")) NIL NIL NIL NIL NIL NIL \"<1@a>\"))\r\n";
  static char many[400 * sizeof burst];
  size_t rest = at_rest(c), n = sizeof burst - 1;
  long before = heap.calls;
  for (size_t i = 0; i < rounds; i++) memcpy(many + i * n, burst, n + 1);
  assert_int_equal(say(c, many, HARK_EV_FETCH), 2 * rounds);
  assert_int_equal(at_rest(c), rest); /* all of it went back */
  return heap.calls - before;
}

/* What comes one by one needs nothing; a burst what one response needs, whatever its length. */
static void nor_does_it_grow(void **state) {
  (void)state;
  hark_client *c = listening();
  at_rest(c);
  long calls = heap.calls;
  for (int i = 0; i < 100; i++) assert_int_equal(say(c, "* 173 EXISTS\r\n", HARK_EV_EXISTS), 1);
  assert_int_equal(heap.calls, calls);
  calls = calls_of(c, 20);
  assert_in_range(calls, 1, 4);
  assert_int_equal(calls_of(c, 400), calls);
  hark_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(an_idle_client_is_small, setup, teardown),
      cmocka_unit_test_setup_teardown(nor_does_it_grow, setup, teardown)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
