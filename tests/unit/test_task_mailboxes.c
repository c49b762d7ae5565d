/* tests/unit/test_task_mailboxes.c - mailboxes listed, made and left, by whatever the server has.
 * SPDX-License-Identifier: MIT */
#include "task_play.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NO = HARK_VERDICT_NO, LISTED = HARK_WAY_LIST, RIGHTS = HARK_TASK_MYRIGHTS };

/* --- LIST with STATUS --- */

static hark_task *with_status(hark_client *c) {
  return hark_task_list(c, "", "*", "MESSAGES UNSEEN", NULL, 0);
}
static hark_task *with_rights(hark_client *c) {
  return hark_task_list(c, NULL, "*", NULL, NULL, RIGHTS);
}
static hark_task *with_both(hark_client *c) {
  return hark_task_list(c, "", "*", "UNSEEN", NULL, RIGHTS);
}
/* Nothing of the caller's is kept. */
static hark_task *with_notes(hark_client *c) {
  char entry[] = "/private/comment";
  const char *entries[] = {entry, "/shared/comment", NULL};
  hark_task *t = hark_task_list(c, "", "*", "UNSEEN", entries, 0);
  memset(entry, 'x', sizeof entry - 1);
  entries[1] = NULL;
  return t;
}
static hark_task *no_entries(hark_client *c) {
  return hark_task_list(c, "", "*", NULL, &(const char *const){NULL}, 0);
}
static hark_task *alone(hark_client *c) { return hark_task_list(c, "", "%", NULL, NULL, 0); }

static void in_list(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "LIST-EXTENDED LIST-STATUS",
                          .make = with_status,
                          .script = SCRIPT("C A2 LIST \"\" \"*\" RETURN (STATUS (MESSAGES UNSEEN))",
                                           "S * LIST () \"/\" INBOX",
                                           "S * STATUS INBOX (MESSAGES 1 UNSEEN 0)",
                                           "S * LIST (\\Noselect) \"/\" x", "S A2 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = LISTED | HARK_WAY_LIST_STATUS,
                          .decided = LISTED,
                          .count = 2});
  task_plays(&(task_play){
      .offers = "LIST-EXTENDED LIST-STATUS LIST-MYRIGHTS",
      .make = with_both,
      .script = SCRIPT("C A2 LIST \"\" \"*\" RETURN (MYRIGHTS STATUS (UNSEEN))", "S A2 NO no"),
      .state = HARK_TASK_FAILED,
      .decided = LISTED,
      .verdict = NO});
  task_plays(&(task_play){.make = alone,
                          .script = SCRIPT("C A2 LIST \"\" \"%\"", "S A2 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = LISTED,
                          .decided = LISTED});
}

static void behind_list(void **state) {
  (void)state;
  task_plays(&(task_play){
      .offers = "IDLE",
      .make = with_status,
      .script = SCRIPT(
          "C A2 LIST \"\" \"*\"", "S * LIST () \"/\" INBOX", "C A3 STATUS INBOX (MESSAGES UNSEEN)",
          "S * LIST (\\NoSelect) \"/\" x", "S * LIST (\\HasChildren \\NonExistent) \"/\" y",
          "S * LIST (\\HasNoChildren) \"/\" \"z z\"", "C A4 STATUS \"z z\" (MESSAGES UNSEEN)",
          "S A2 OK done", "S * STATUS INBOX (MESSAGES 1 UNSEEN 0)", "S A3 OK done",
          "S A4 NO [NOPERM] no"),
      .state = HARK_TASK_DONE,
      .way = LISTED | HARK_WAY_STATUS,
      .decided = LISTED,
      .count = 4,
      .refused = 1});
  task_plays(&(task_play){.offers = "ACL",
                          .make = with_both,
                          .script = SCRIPT("C A2 LIST \"\" \"*\"", "S * LIST () \"/\" INBOX",
                                           "C A3 STATUS INBOX (UNSEEN)", "C A4 MYRIGHTS INBOX",
                                           "S A4 OK done", "S A3 OK done", "S A2 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = LISTED | HARK_WAY_STATUS | HARK_WAY_MYRIGHTS,
                          .decided = LISTED,
                          .count = 1});
}

/* One of the two in LIST, the other behind it; and rights where the server knows of none. */
static void some_of_it(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "LIST-EXTENDED LIST-STATUS ACL",
                          .make = with_both,
                          .script = SCRIPT("C A2 LIST \"\" \"*\" RETURN (STATUS (UNSEEN))",
                                           "S * LIST () \"/\" INBOX", "C A3 MYRIGHTS INBOX",
                                           "S A2 OK done", "S A3 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = LISTED | HARK_WAY_LIST_STATUS | HARK_WAY_MYRIGHTS,
                          .decided = LISTED,
                          .count = 1});
  task_plays(&(task_play){
      .offers = "LIST-STATUS",
      .make = with_rights,
      .script = SCRIPT("C A2 LIST \"\" \"*\"", "S * LIST () \"/\" INBOX", "S A2 OK done"),
      .state = HARK_TASK_DONE,
      .way = LISTED,
      .decided = LISTED,
      .count = 1});
}

static void notes(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "LIST-EXTENDED LIST-STATUS LIST-METADATA METADATA",
                          .make = with_notes,
                          .script = SCRIPT("C A2 LIST \"\" \"*\" RETURN (STATUS (UNSEEN) METADATA "
                                           "(/private/comment /shared/comment))",
                                           "S * LIST () \"/\" b", "S A2 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = LISTED | HARK_WAY_LIST_STATUS | HARK_WAY_LIST_METADATA,
                          .decided = LISTED,
                          .count = 1});
  task_plays(&(task_play){
      .offers = "METADATA",
      .make = with_notes,
      .script = SCRIPT("C A2 LIST \"\" \"*\"", "S * LIST () \"/\" b", "C A3 STATUS b (UNSEEN)",
                       "C A4 GETMETADATA b (/private/comment /shared/comment)", "S A2 OK done",
                       "S A3 OK done", "S * METADATA b (/private/comment x)", "S A4 NO no"),
      .state = HARK_TASK_DONE,
      .way = LISTED | HARK_WAY_STATUS,
      .decided = LISTED,
      .count = 1,
      .refused = 1});
}

static void list_not_yet_known(void **state) {
  (void)state;
  task_plays(&(task_play){
      .make = with_both,
      .script = SCRIPT("C A3 CAPABILITY", "S * CAPABILITY IMAP4rev1 LIST-EXTENDED LIST-STATUS",
                       "C A4 LIST \"\" \"*\" RETURN (STATUS (UNSEEN))", "S A3 OK done",
                       "S * LIST () \"/\" INBOX", "S A4 OK done"),
      .state = HARK_TASK_DONE,
      .way = LISTED | HARK_WAY_LIST_STATUS,
      .decided = LISTED,
      .count = 1});
  task_plays(&(task_play){.make = with_status,
                          .script = SCRIPT("C A3 CAPABILITY", "S * CAPABILITY IMAP4rev1",
                                           "C A4 LIST \"\" \"*\"", "S A3 OK done",
                                           "S * LIST () \"/\" b", "C A5 STATUS b (MESSAGES UNSEEN)",
                                           "S A4 OK done", "S A5 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = LISTED | HARK_WAY_STATUS,
                          .decided = LISTED,
                          .count = 1});
}

/* It is made in front of the sign-in: what is offered then need not be all. */
static void before_the_sign_in(void **state) {
  (void)state;
  task_plays(&(task_play){
      .offers = "LIST-EXTENDED LIST-STATUS",
      .make = with_status,
      .early = true,
      .script = SCRIPT("C A1 LIST \"\" \"*\" RETURN (STATUS (MESSAGES UNSEEN))", "S A1 OK done"),
      .state = HARK_TASK_DONE,
      .way = LISTED | HARK_WAY_LIST_STATUS,
      .decided = LISTED});
}

/* LIST ends badly: what is under way is waited for, and no more is asked. */
static void list_refused(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "IDLE",
                          .make = with_status,
                          .script = SCRIPT("C A2 LIST \"\" \"*\"", "S * LIST () \"/\" b",
                                           "C A3 STATUS b (MESSAGES UNSEEN)",
                                           "S A2 NO [LIMIT] enough", "S A3 OK done"),
                          .state = HARK_TASK_FAILED,
                          .way = HARK_WAY_STATUS,
                          .decided = LISTED,
                          .verdict = NO,
                          .count = 1});
}

enum { MANY = 100 };
static char listed[MANY][64], asked[MANY][64], told[MANY][64];
static const char *many_script[4 * MANY];

/* As many as are under way at once; the client holds back what is over its limit of 16. */
static const char *const *many(size_t most) {
  size_t n = 0, sent = 0;
  many_script[n++] = "C A2 LIST \"\" \"*\"";
  for (size_t i = 0; i < MANY; i++) {
    snprintf(listed[i], sizeof *listed, "S * LIST () \"/\" b%zu", i);
    snprintf(asked[i], sizeof *asked, "C A%zu STATUS b%zu (MESSAGES UNSEEN)", i + 3, i);
    snprintf(told[i], sizeof *told, "S A%zu OK done", i + 3);
    many_script[n++] = listed[i];
    if (i < 15) many_script[n++] = asked[sent++];
  }
  many_script[n++] = "S A2 OK done";
  many_script[n++] = asked[sent++];
  for (size_t i = 0; i < most; i++) {
    many_script[n++] = told[i];
    if (sent < most) many_script[n++] = asked[sent++];
  }
  many_script[n] = NULL;
  return many_script;
}

static void many_mailboxes(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "IDLE",
                          .make = with_status,
                          .script = many(MANY),
                          .state = HARK_TASK_DONE,
                          .way = LISTED | HARK_WAY_STATUS,
                          .decided = LISTED,
                          .count = MANY});
}

/* 30 of them are with the client, 40 wait here; there is no place for more. */
static void too_many_mailboxes(void **state) {
  (void)state;
  hark_limits limits = {.size = sizeof limits, .items = 40};
  task_plays(&(task_play){.offers = "IDLE",
                          .make = with_status,
                          .limits = &limits,
                          .script = many(30 + 40),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_LIMIT,
                          .way = LISTED | HARK_WAY_STATUS,
                          .decided = LISTED,
                          .count = MANY});
}

/* The output holds one command only: the next is tried when that is answered. */
static void busy(void **state) {
  (void)state;
  hark_limits limits = {.size = sizeof limits, .output = 40, .inflight = 2};
  task_plays(&(task_play){.offers = "IDLE",
                          .make = with_status,
                          .limits = &limits,
                          .script = SCRIPT("C A2 LIST \"\" \"*\"", "S * LIST () \"/\" b",
                                           "C A3 STATUS b (MESSAGES UNSEEN)", "S * LIST () \"/\" c",
                                           "S * LIST () \"/\" d", "S A2 OK done",
                                           "C A4 STATUS c (MESSAGES UNSEEN)", "S A3 OK done",
                                           "C A5 STATUS d (MESSAGES UNSEEN)", "S A4 OK done",
                                           "S A5 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = LISTED | HARK_WAY_STATUS,
                          .decided = LISTED,
                          .count = 3});
}

static hark_task *no_pattern(hark_client *c) { return hark_task_list(c, "", NULL, NULL, NULL, 0); }
static hark_task *no_items(hark_client *c) { return hark_task_list(c, "", "*", "", NULL, 0); }
static hark_task *odd_items(hark_client *c) {
  return hark_task_list(c, "", "*", "UNSEEN) (A", NULL, 0);
}
static hark_task *two_spaces(hark_client *c) {
  return hark_task_list(c, "", "*", "MESSAGES  UNSEEN", NULL, 0);
}
static hark_task *space_behind(hark_client *c) {
  return hark_task_list(c, "", "*", "UNSEEN ", NULL, 0);
}
static hark_task *eight_bit(hark_client *c) {
  return hark_task_list(c, "", "*", "UNSEEN \xc3\xbc", NULL, 0);
}
static hark_task *no_mailbox(hark_client *c) { return hark_task_create(c, NULL, NULL); }

static void arguments(void **state) {
  (void)state;
  static const task_make made[] = {no_pattern,   no_items,  odd_items,  two_spaces,
                                   space_behind, eight_bit, no_mailbox, no_entries};
  static const char *const offers[] = {"LIST-EXTENDED LIST-STATUS", "IDLE"};
  for (size_t i = 0; i < 2 * sizeof made / sizeof *made; i++)
    task_plays(&(task_play){.offers = offers[i % 2],
                            .make = made[i / 2],
                            .script = SCRIPT("S * 3 EXISTS"),
                            .state = HARK_TASK_FAILED,
                            .err = HARK_ERR_ARG,
                            .verdict = -1});
}

/* --- what mailboxes are for --- */

static void special_uses(void **state) {
  (void)state;
  const struct {
    const char *offers, *sent;
    uint32_t way;
  } cases[] = {
      {"SPECIAL-USE LIST-EXTENDED XLIST", "C A2 LIST (SPECIAL-USE) \"\" \"*\" RETURN (SPECIAL-USE)",
       HARK_WAY_SPECIAL_USE},
      {"SPECIAL-USE XLIST", "C A2 LIST \"\" \"*\"", HARK_WAY_LIST},
      {"XLIST", "C A2 XLIST \"\" \"*\"", HARK_WAY_XLIST},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    task_plays(
        &(task_play){.offers = cases[i].offers,
                     .make = hark_task_special_use,
                     .script = SCRIPT(cases[i].sent, "S * LIST (\\Sent) \"/\" out", "S A2 OK done"),
                     .state = HARK_TASK_DONE,
                     .way = cases[i].way,
                     .decided = cases[i].way});
}

/* Names say nothing. */
static void no_special_uses(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "LIST-EXTENDED",
                          .make = hark_task_special_use,
                          .script = SCRIPT("S * 3 EXISTS"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_CAP,
                          .verdict = -1});
  task_plays(
      &(task_play){.make = hark_task_special_use,
                   .script = SCRIPT("C A3 CAPABILITY", "S * CAPABILITY IMAP4rev1", "S A3 OK done"),
                   .state = HARK_TASK_FAILED,
                   .err = HARK_ERR_CAP,
                   .verdict = -1});
  task_plays(
      &(task_play){.make = hark_task_special_use,
                   .script = SCRIPT("C A3 CAPABILITY", "S * CAPABILITY IMAP4rev1 XLIST",
                                    "C A4 XLIST \"\" \"*\"", "S A3 OK done", "S A4 BAD what"),
                   .state = HARK_TASK_FAILED,
                   .decided = HARK_WAY_XLIST,
                   .verdict = HARK_VERDICT_BAD});
}

/* --- CREATE --- */

static hark_task *archive(hark_client *c) { return hark_task_create(c, "old", "\\Archive"); }
static hark_task *plain(hark_client *c) { return hark_task_create(c, "old", NULL); }

static void said_why(const hark_task *t) {
  const hark_ev_cond *cond = hark_task_get(t)->cond;
  assert_int_equal(cond->code_id, HARK_CODE_USEATTR);
  assert_int_equal(cond->code.n, 7);
  assert_memory_equal(cond->code.p, "USEATTR", 7);
  assert_int_equal(cond->text.n, 8);
  assert_memory_equal(cond->text.p, "not that", 8);
  assert_null(cond->code_args.p);
}

static void created(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "CREATE-SPECIAL-USE",
                          .make = archive,
                          .script = SCRIPT("C A2 CREATE old (USE (\\Archive))", "S A2 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = HARK_WAY_CREATE_USE,
                          .decided = HARK_WAY_CREATE_USE});
  task_plays(&(task_play){.offers = "SPECIAL-USE",
                          .make = archive,
                          .script = SCRIPT("C A2 CREATE old", "S A2 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = HARK_WAY_CREATE,
                          .decided = HARK_WAY_CREATE});
  task_plays(&(task_play){.make = archive,
                          .script = SCRIPT("C A3 CAPABILITY", "S * CAPABILITY IMAP4rev1",
                                           "C A4 CREATE old", "S A3 OK done", "S A4 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = HARK_WAY_CREATE,
                          .decided = HARK_WAY_CREATE});
  task_plays(&(task_play){.offers = "CREATE-SPECIAL-USE",
                          .make = plain,
                          .script = SCRIPT("C A2 CREATE old", "S A2 NO [ALREADYEXISTS] it does"),
                          .state = HARK_TASK_FAILED,
                          .decided = HARK_WAY_CREATE,
                          .verdict = NO});
  task_plays(&(task_play){
      .offers = "CREATE-SPECIAL-USE",
      .make = archive,
      .script = SCRIPT("C A2 CREATE old (USE (\\Archive))", "S A2 NO [USEATTR] not that"),
      .state = HARK_TASK_FAILED,
      .decided = HARK_WAY_CREATE_USE,
      .verdict = NO,
      .look = said_why});
}

static char endless[3000];

static void cut_text(const hark_task *t) {
  const hark_ev_cond *cond = hark_task_get(t)->cond;
  assert_int_equal(cond->text.n, 999);
  assert_memory_equal(cond->text.p, endless + 6 + 3 + 303 + 2, 999);
  assert_int_equal(cond->code.n, 1);
  assert_int_equal(cond->code_args.n, 255);
}

/* A hostile server's words are kept in part, and no character of them by half. */
static void a_long_answer(void **state) {
  (void)state;
  size_t n = (size_t)snprintf(endless, sizeof endless, "S A2 NO [X ");
  for (size_t i = 0; i < 301; i++) endless[n++] = 'a';
  n += (size_t)snprintf(endless + n, sizeof endless - n, "] b");
  while (n < 2000) n += (size_t)snprintf(endless + n, sizeof endless - n, "\xc3\xa4");
  task_plays(&(task_play){.offers = "IDLE",
                          .make = plain,
                          .script = SCRIPT("C A2 CREATE old", endless),
                          .state = HARK_TASK_FAILED,
                          .decided = HARK_WAY_CREATE,
                          .verdict = NO,
                          .look = cut_text});
}

/* --- NAMESPACE --- */

static void namespaces(void **state) {
  (void)state;
  task_plays(&(task_play){
      .offers = "NAMESPACE",
      .make = hark_task_namespace,
      .script = SCRIPT("C A2 NAMESPACE", "S * NAMESPACE ((\"\" \"/\")) NIL NIL", "S A2 OK done"),
      .state = HARK_TASK_DONE,
      .way = HARK_WAY_NAMESPACE,
      .decided = HARK_WAY_NAMESPACE});
  task_plays(&(task_play){
      .offers = "IDLE",
      .make = hark_task_namespace,
      .script = SCRIPT("C A2 LIST \"\" \"\"", "S * LIST (\\Noselect) \"/\" \"\"", "S A2 OK done"),
      .state = HARK_TASK_DONE,
      .way = HARK_WAY_LIST,
      .decided = HARK_WAY_LIST});
  task_plays(&(task_play){.make = hark_task_namespace,
                          .script = SCRIPT("C A3 CAPABILITY", "S * CAPABILITY IMAP4rev1",
                                           "C A4 LIST \"\" \"\"", "S A3 OK done", "S A4 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = HARK_WAY_LIST,
                          .decided = HARK_WAY_LIST});
}

/* --- a mailbox is left --- */

static void unselected(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "UNSELECT",
                          .make = hark_task_unselect,
                          .script = SCRIPT("C A2 UNSELECT", "S A2 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = HARK_WAY_UNSELECT,
                          .decided = HARK_WAY_UNSELECT});
  task_plays(
      &(task_play){.offers = "IDLE",
                   .make = hark_task_unselect,
                   .script = SCRIPT("C A2 EXAMINE A", "S * 3 EXISTS", "S A2 OK [READ-ONLY] done",
                                    "C A3 CLOSE", "S A3 OK done"),
                   .state = HARK_TASK_DONE,
                   .way = HARK_WAY_EXAMINE | HARK_WAY_CLOSE,
                   .decided = HARK_WAY_CLOSE});
  task_plays(
      &(task_play){.make = hark_task_unselect,
                   .script = SCRIPT("C A3 CAPABILITY", "S * CAPABILITY IMAP4rev1", "C A4 EXAMINE A",
                                    "S A3 OK done", "S A4 OK done", "C A5 CLOSE", "S A5 NO no"),
                   .state = HARK_TASK_FAILED,
                   .way = HARK_WAY_EXAMINE,
                   .decided = HARK_WAY_CLOSE,
                   .verdict = NO});
}

/* A mailbox that cannot be opened is not open. */
static void unselected_by_no(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "IDLE",
                          .make = hark_task_unselect,
                          .script = SCRIPT("C A2 EXAMINE A", "S A2 NO it is gone"),
                          .state = HARK_TASK_DONE,
                          .decided = HARK_WAY_EXAMINE,
                          .verdict = NO});
  task_plays(&(task_play){.offers = "IDLE",
                          .make = hark_task_unselect,
                          .script = SCRIPT("C A2 EXAMINE A", "S A2 BAD what"),
                          .state = HARK_TASK_FAILED,
                          .decided = HARK_WAY_EXAMINE,
                          .verdict = HARK_VERDICT_BAD});
}

/* CLOSE would remove messages. */
static void never_closed(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "IDLE",
                          .make = hark_task_unselect,
                          .script = SCRIPT("C A2 EXAMINE A", "S A2 OK [READ-WRITE] done"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_STATE,
                          .way = HARK_WAY_EXAMINE,
                          .decided = HARK_WAY_EXAMINE});
  task_plays(&(task_play){.offers = "IDLE",
                          .make = hark_task_unselect,
                          .script = SCRIPT("C A2 EXAMINE A", "P select B", "S A2 OK done",
                                           "C A3 SELECT B", "S A3 OK [READ-WRITE] done"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_STATE,
                          .way = HARK_WAY_EXAMINE,
                          .decided = HARK_WAY_CLOSE,
                          .verdict = HARK_VERDICT_UNSENT});
}

static void way_texts(void **state) {
  (void)state;
  assert_string_equal(hark_way_text(HARK_WAY_UID_EXPUNGE), "UID EXPUNGE");
  assert_null(hark_way_text(0));
  assert_null(hark_way_text(3));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(in_list),
      cmocka_unit_test(behind_list),
      cmocka_unit_test(some_of_it),
      cmocka_unit_test(notes),
      cmocka_unit_test(list_not_yet_known),
      cmocka_unit_test(before_the_sign_in),
      cmocka_unit_test(list_refused),
      cmocka_unit_test(many_mailboxes),
      cmocka_unit_test(too_many_mailboxes),
      cmocka_unit_test(busy),
      cmocka_unit_test(arguments),
      cmocka_unit_test(special_uses),
      cmocka_unit_test(no_special_uses),
      cmocka_unit_test(created),
      cmocka_unit_test(a_long_answer),
      cmocka_unit_test(namespaces),
      cmocka_unit_test(unselected),
      cmocka_unit_test(unselected_by_no),
      cmocka_unit_test(never_closed),
      cmocka_unit_test(way_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
