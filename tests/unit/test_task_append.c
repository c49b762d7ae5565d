/* tests/unit/test_task_append.c - messages given to the server: several, or in place of one.
 * SPDX-License-Identifier: MIT */
#include "task_play.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NO = HARK_VERDICT_NO };

static hark_message message(uint64_t octets, const char *keywords) {
  return (hark_message){
      .size = sizeof(hark_message), .keywords = keywords, .date = INT64_MIN, .octets = octets};
}

/* Nothing of the caller's is kept. */
static hark_task *some(hark_client *c, size_t n) {
  char keywords[] = "\\Seen";
  hark_message m[200];
  const hark_message *v[200];
  for (size_t i = 0; i < n; i++) m[i] = message(3 + i % 10, i ? NULL : keywords), v[i] = &m[i];
  hark_task *t = hark_task_append(c, "B", v, n);
  memset(keywords, 'x', sizeof keywords - 1);
  memset(m, 0xff, sizeof m);
  return t;
}

static hark_task *one(hark_client *c) { return some(c, 1); }
static hark_task *three(hark_client *c) { return some(c, 3); }
static hark_task *seventy(hark_client *c) { return some(c, 70); }

static void together(void **state) {
  (void)state;
  task_plays(
      &(task_play){.offers = "MULTIAPPEND LITERAL+",
                   .make = three,
                   .script = SCRIPT("C A2 APPEND B (\\Seen) {3+}", "C xxx {4+}", "C xxxx {5+}",
                                    "C xxxxx", "S A2 OK [APPENDUID 1 7:9] done"),
                   .state = HARK_TASK_DONE,
                   .way = HARK_WAY_MULTIAPPEND,
                   .decided = HARK_WAY_MULTIAPPEND,
                   .count = 3});
  task_plays(&(task_play){.offers = "MULTIAPPEND LITERAL+",
                          .make = three,
                          .script = SCRIPT("C A2 APPEND B (\\Seen) {3+}", "C xxx {4+}",
                                           "C xxxx {5+}", "C xxxxx", "S A2 NO [OVERQUOTA] full"),
                          .state = HARK_TASK_FAILED,
                          .decided = HARK_WAY_MULTIAPPEND,
                          .verdict = NO});
  task_plays(&(task_play){.offers = "MULTIAPPEND LITERAL+",
                          .make = one,
                          .script = SCRIPT("C A2 APPEND B (\\Seen) {3+}", "C xxx", "S A2 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = HARK_WAY_APPEND,
                          .decided = HARK_WAY_APPEND,
                          .count = 1});
}

static void one_by_one(void **state) {
  (void)state;
  task_plays(
      &(task_play){.offers = "IDLE",
                   .make = three,
                   .script = SCRIPT("C A2 APPEND B (\\Seen) {3}", "S + go", "C xxx",
                                    "S A2 OK [APPENDUID 1 7] done", "C A3 APPEND B {4}", "S + go",
                                    "C xxxx", "S A3 OK [APPENDUID 1 8] done", "C A4 APPEND B {5}",
                                    "S + go", "C xxxxx", "S A4 OK [APPENDUID 1 9] done"),
                   .state = HARK_TASK_DONE,
                   .way = HARK_WAY_APPEND,
                   .decided = HARK_WAY_APPEND,
                   .count = 3});
  task_plays(
      &(task_play){.offers = "IDLE",
                   .make = three,
                   .script = SCRIPT("C A2 APPEND B (\\Seen) {3}", "S + go", "C xxx", "S A2 OK done",
                                    "C A3 APPEND B {4}", "S A3 NO [TOOBIG] no"),
                   .state = HARK_TASK_FAILED,
                   .way = HARK_WAY_APPEND,
                   .decided = HARK_WAY_APPEND,
                   .verdict = NO,
                   .count = 1});
}

/* Capabilities are asked for: then it is one by one. */
static void not_yet_known(void **state) {
  (void)state;
  task_plays(&(task_play){.make = three,
                          .script = SCRIPT("C A3 CAPABILITY", "S * CAPABILITY IMAP4rev1 LITERAL+",
                                           "C A4 APPEND B (\\Seen) {3+}", "C xxx", "S A3 OK done",
                                           "S A4 OK done", "C A5 APPEND B {4+}", "C xxxx", "X"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_EOF,
                          .way = HARK_WAY_APPEND,
                          .decided = HARK_WAY_APPEND,
                          .verdict = HARK_VERDICT_LOST,
                          .count = 1});
}

static void in_groups(void **state) {
  (void)state;
  static char lines[70][64];
  const char *script[80];
  size_t n = 0;
  for (size_t i = 0; i < 70; i++) {
    bool first = i == 0 || i == 64;
    size_t before = i ? 3 + (i - 1) % 10 : 0;
    snprintf(lines[i], sizeof lines[i], "C %s%.*s%s{%zu+}",
             first ? i ? "A3 APPEND B" : "A2 APPEND B (\\Seen)" : "", first ? 0 : (int)before,
             "xxxxxxxxxxxx", " ", 3 + i % 10);
    script[n++] = lines[i];
    if (i == 63) script[n++] = "C xxxxxx", script[n++] = "S A2 OK done";
  }
  script[n++] = "C xxxxxxxxxxxx", script[n++] = "S A3 NO full", script[n] = NULL;
  task_plays(&(task_play){.offers = "MULTIAPPEND LITERAL+",
                          .make = seventy,
                          .script = script,
                          .state = HARK_TASK_FAILED,
                          .way = HARK_WAY_MULTIAPPEND,
                          .decided = HARK_WAY_MULTIAPPEND,
                          .verdict = NO,
                          .count = 64});
}

static hark_task *none(hark_client *c) { return hark_task_append(c, "B", NULL, 0); }
static hark_task *no_messages(hark_client *c) { return hark_task_append(c, "B", NULL, 2); }
static hark_task *nowhere(hark_client *c) {
  hark_message m = message(3, NULL);
  return hark_task_append(c, NULL, &(const hark_message *){&m}, 1);
}
static hark_task *old(hark_client *c) {
  hark_message m = message(3, NULL);
  m.size = 8;
  return hark_task_append(c, "B", &(const hark_message *){&m}, 1);
}
static hark_task *bad_keyword(hark_client *c) {
  hark_message m = message(3, "a\"b");
  return hark_task_append(c, "B", &(const hark_message *){&m}, 1);
}
static hark_task *no_message(hark_client *c) {
  return hark_task_replace(c, HARK_UID, 7, "B", NULL);
}

static void arguments(void **state) {
  (void)state;
  static const task_make made[] = {none, no_messages, nowhere, old, bad_keyword, no_message};
  for (size_t i = 0; i < sizeof made / sizeof *made; i++)
    task_plays(&(task_play){.offers = "MULTIAPPEND",
                            .make = made[i],
                            .script = SCRIPT("S * 3 EXISTS"),
                            .state = HARK_TASK_FAILED,
                            .err = HARK_ERR_ARG,
                            .verdict = -1});
}

/* --- in place of one --- */

static hark_task *replace(hark_client *c, unsigned flags, uint32_t number) {
  hark_message m = message(3, "\\Draft");
  return hark_task_replace(c, flags, number, "B", &m);
}
static hark_task *the_uid(hark_client *c) { return replace(c, HARK_UID, 7); }
static hark_task *the_number(hark_client *c) { return replace(c, 0, 2); }
static hark_task *the_last(hark_client *c) { return replace(c, 0, 0); }

static void by_replace(void **state) {
  (void)state;
  task_plays(
      &(task_play){.offers = "REPLACE LITERAL+",
                   .make = the_uid,
                   .script = SCRIPT("C A2 UID REPLACE 7 B (\\Draft) {3+}", "C xxx",
                                    "S * OK [APPENDUID 1 8] new", "S * 2 EXPUNGE", "S A2 OK done"),
                   .state = HARK_TASK_DONE,
                   .way = HARK_WAY_REPLACE,
                   .decided = HARK_WAY_REPLACE,
                   .count = 1});
  task_plays(
      &(task_play){.offers = "REPLACE LITERAL+",
                   .make = the_last,
                   .script = SCRIPT("C A2 REPLACE * B (\\Draft) {3+}", "C xxx", "S A2 NO no"),
                   .state = HARK_TASK_FAILED,
                   .decided = HARK_WAY_REPLACE,
                   .verdict = NO});
}

static void by_append(void **state) {
  (void)state;
  task_plays(&(task_play){
      .offers = "UIDPLUS LITERAL+",
      .make = the_number,
      .script = SCRIPT("C A2 UID SEARCH 2", "S * SEARCH 7", "S A2 OK done",
                       "C A3 APPEND B (\\Draft) {3+}", "C xxx", "S * 1 EXPUNGE",
                       "S A3 OK [APPENDUID 1 8] done", "C A4 UID STORE 7 +FLAGS.SILENT (\\Deleted)",
                       "S A4 OK done", "C A5 UID EXPUNGE 7", "S A5 OK done"),
      .state = HARK_TASK_DONE,
      .way = HARK_WAY_LOOK_UP | HARK_WAY_APPEND | HARK_WAY_STORE | HARK_WAY_UID_EXPUNGE,
      .decided = HARK_WAY_UID_EXPUNGE,
      .count = 1});
  task_plays(&(task_play){
      .make = the_last,
      .script = SCRIPT("C A3 CAPABILITY", "S * CAPABILITY IMAP4rev1 LITERAL+", "S A3 OK done",
                       "C A4 UID SEARCH *", "S * SEARCH 7", "S A4 OK done",
                       "C A5 APPEND B (\\Draft) {3+}", "C xxx", "S A5 OK done",
                       "C A6 UID STORE 7 +FLAGS.SILENT (\\Deleted)", "S A6 OK done"),
      .state = HARK_TASK_DONE,
      .way = HARK_WAY_LOOK_UP | HARK_WAY_APPEND | HARK_WAY_STORE | HARK_WAY_LEFT_DELETED,
      .decided = HARK_WAY_STORE,
      .count = 1});
}

static void refused(void **state) {
  (void)state;
  task_plays(
      &(task_play){.offers = "UIDPLUS",
                   .make = the_uid,
                   .script = SCRIPT("C A2 UID SEARCH UID 7", "S * SEARCH 7", "S A2 OK done",
                                    "C A3 APPEND B (\\Draft) {3}", "S A3 NO [OVERQUOTA] full"),
                   .state = HARK_TASK_FAILED,
                   .way = HARK_WAY_LOOK_UP,
                   .decided = HARK_WAY_APPEND,
                   .verdict = NO});
  task_plays(
      &(task_play){.offers = "UIDPLUS LITERAL+",
                   .make = the_uid,
                   .script = SCRIPT("C A2 UID SEARCH UID 7", "S * SEARCH 7", "S A2 OK done",
                                    "C A3 APPEND B (\\Draft) {3+}", "C xxx", "S A3 OK done",
                                    "C A4 UID STORE 7 +FLAGS.SILENT (\\Deleted)", "S A4 NO no"),
                   .state = HARK_TASK_FAILED,
                   .way = HARK_WAY_LOOK_UP | HARK_WAY_APPEND | HARK_WAY_IN_BOTH,
                   .decided = HARK_WAY_STORE,
                   .verdict = NO,
                   .count = 1});
  task_plays(&(task_play){.offers = "UIDPLUS LITERAL+",
                          .make = the_uid,
                          .script = SCRIPT("C A2 UID SEARCH UID 7", "S A2 NO no"),
                          .state = HARK_TASK_FAILED,
                          .decided = HARK_WAY_LOOK_UP,
                          .verdict = NO});
}

/* Which is to go is not certain: then none goes, and none is added. */
static void not_the_one(void **state) {
  (void)state;
  const char *const found[] = {"S * SEARCH", "S * SEARCH 8", "S * SEARCH 7 8", "S * SEARCH x",
                               "S * ESEARCH (TAG \"A2\") ALL 7"};
  for (size_t i = 0; i < sizeof found / sizeof *found; i++)
    task_plays(&(task_play){.offers = "UIDPLUS LITERAL+",
                            .make = the_uid,
                            .script = SCRIPT("C A2 UID SEARCH UID 7", found[i], "S A2 OK done"),
                            .state = HARK_TASK_FAILED,
                            .err = HARK_ERR_STATE,
                            .way = HARK_WAY_LOOK_UP,
                            .verdict = -1});
}

/* The new one is there, and the old one is, for it is not known in the mailbox that is open now. */
static void another_mailbox(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "UIDPLUS LITERAL+",
                          .make = the_uid,
                          .script = SCRIPT("C A2 UID SEARCH UID 7", "S * SEARCH 7", "S A2 OK done",
                                           "C A3 APPEND B (\\Draft) {3+}", "C xxx", "P select C",
                                           "S A3 OK done", "C A4 SELECT C", "S A4 OK done"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_STATE,
                          .way = HARK_WAY_LOOK_UP | HARK_WAY_APPEND | HARK_WAY_IN_BOTH,
                          .decided = HARK_WAY_STORE,
                          .verdict = HARK_VERDICT_UNSENT,
                          .count = 1});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(together),      cmocka_unit_test(one_by_one),
      cmocka_unit_test(not_yet_known), cmocka_unit_test(in_groups),
      cmocka_unit_test(arguments),     cmocka_unit_test(by_replace),
      cmocka_unit_test(by_append),     cmocka_unit_test(refused),
      cmocka_unit_test(not_the_one),   cmocka_unit_test(another_mailbox),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
