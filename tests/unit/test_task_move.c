/* tests/unit/test_task_move.c - messages moved, by whatever the server has.
 * SPDX-License-Identifier: MIT */
#include "task_play.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
  COPIED = HARK_WAY_LOOK_UP | HARK_WAY_COPY,
  MARKED = COPIED | HARK_WAY_STORE,
  OK = HARK_VERDICT_OK,
  NO = HARK_VERDICT_NO
};

static hark_task *numbers(hark_client *c) { return hark_task_move(c, 0, "2:4", "B"); }
static hark_task *uids(hark_client *c) { return hark_task_move(c, HARK_UID, "7:9", "B"); }
static hark_task *all(hark_client *c) { return hark_task_move(c, HARK_UID, "7:*", "B"); }

static void by_move(void **state) {
  (void)state;
  task_plays(
      &(task_play){.offers = "MOVE UIDPLUS",
                   .make = uids,
                   .script = SCRIPT("C A2 UID MOVE 7:9 B", "S * OK [COPYUID 1 7:9 1:3] moved",
                                    "S * 1 EXPUNGE", "S A2 OK done"),
                   .state = HARK_TASK_DONE,
                   .way = HARK_WAY_MOVE,
                   .count = 3,
                   .decided = HARK_WAY_MOVE});
  task_plays(&(task_play){
      .offers = "MOVE UIDPLUS",
      .make = uids,
      .script = SCRIPT("C A2 UID MOVE 7:9 B", "S * 1 EXPUNGE", "S A2 OK [COPYUID 1 7,9 1:2] moved"),
      .state = HARK_TASK_DONE,
      .way = HARK_WAY_MOVE,
      .count = 2,
      .decided = HARK_WAY_MOVE});
  task_plays(
      &(task_play){.offers = "MOVE QRESYNC",
                   .make = uids,
                   .script = SCRIPT("C A2 UID MOVE 7:9 B", "S * 1 EXPUNGE", "S * VANISHED 8:9",
                                    "S * VANISHED (EARLIER) 1:5", "S A2 NO half of it"),
                   .state = HARK_TASK_FAILED,
                   .count = 3,
                   .decided = HARK_WAY_MOVE,
                   .verdict = NO});
  task_plays(
      &(task_play){.offers = "MOVE",
                   .make = numbers,
                   .script = SCRIPT("C A2 MOVE 2:4 B", "S A2 NO [TRYCREATE] no such mailbox"),
                   .state = HARK_TASK_FAILED,
                   .decided = HARK_WAY_MOVE,
                   .verdict = NO});
}

static void by_copy(void **state) {
  (void)state;
  task_plays(&(task_play){
      .offers = "UIDPLUS",
      .make = numbers,
      .script = SCRIPT("C A2 UID SEARCH 2:4", "S * SEARCH 7 8 12", "S A2 OK done",
                       "C A3 UID COPY 7:8,12 B", "S * 1 EXPUNGE", "S * 2 EXPUNGE",
                       "S A3 OK [COPYUID 1 7:8,12 1:3] done",
                       "C A4 UID STORE 7:8,12 +FLAGS.SILENT (\\Deleted)", "S A4 OK done",
                       "C A5 UID EXPUNGE 7:8,12", "S * 1 EXPUNGE", "S A5 OK done"),
      .state = HARK_TASK_DONE,
      .way = MARKED | HARK_WAY_UID_EXPUNGE,
      .decided = HARK_WAY_UID_EXPUNGE,
      .count = 3});
}

/* Never by EXPUNGE, which takes along what others have marked. */
static void without_uidplus(void **state) {
  (void)state;
  task_plays(
      &(task_play){.offers = "IDLE",
                   .make = uids,
                   .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 9 7", "S A2 OK done",
                                    "C A3 UID COPY 7,9 B", "S A3 OK done",
                                    "C A4 UID STORE 7,9 +FLAGS.SILENT (\\Deleted)", "S A4 OK done"),
                   .state = HARK_TASK_DONE,
                   .way = MARKED | HARK_WAY_LEFT_DELETED,
                   .decided = HARK_WAY_STORE,
                   .count = 2});
}

/* The server's capabilities come with the question whether MOVE may be sent. */
static void not_yet_known(void **state) {
  (void)state;
  task_plays(
      &(task_play){.make = uids,
                   .script = SCRIPT("C A3 CAPABILITY", "S * CAPABILITY IMAP4rev1",
                                    "C A4 UID SEARCH UID 7:9", "S A3 OK done", "S * SEARCH 7",
                                    "S A4 OK done", "C A5 UID COPY 7 B", "S A5 OK done",
                                    "C A6 UID STORE 7 +FLAGS.SILENT (\\Deleted)", "S A6 OK done"),
                   .state = HARK_TASK_DONE,
                   .way = MARKED | HARK_WAY_LEFT_DELETED,
                   .decided = HARK_WAY_STORE,
                   .count = 1});
}

static void each_refusal(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = uids,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S A2 BAD what"),
                          .state = HARK_TASK_FAILED,
                          .decided = HARK_WAY_LOOK_UP,
                          .verdict = HARK_VERDICT_BAD});
  task_plays(
      &(task_play){.offers = "UIDPLUS",
                   .make = uids,
                   .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7", "S A2 OK done",
                                    "C A3 UID COPY 7 B", "S A3 NO [OVERQUOTA] full"),
                   .state = HARK_TASK_FAILED,
                   .way = HARK_WAY_LOOK_UP,
                   .decided = HARK_WAY_COPY,
                   .verdict = NO});
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = uids,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7",
                                           "S A2 OK done", "C A3 UID COPY 7 B", "S A3 OK done",
                                           "C A4 UID STORE 7 +FLAGS.SILENT (\\Deleted)",
                                           "S A4 NO read only"),
                          .state = HARK_TASK_FAILED,
                          .way = COPIED | HARK_WAY_IN_BOTH,
                          .decided = HARK_WAY_STORE,
                          .verdict = NO});
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = uids,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7",
                                           "S A2 OK done", "C A3 UID COPY 7 B", "S A3 OK done",
                                           "C A4 UID STORE 7 +FLAGS.SILENT (\\Deleted)",
                                           "S A4 OK done", "C A5 UID EXPUNGE 7", "S A5 NO not now"),
                          .state = HARK_TASK_FAILED,
                          .way = MARKED | HARK_WAY_LEFT_DELETED,
                          .decided = HARK_WAY_UID_EXPUNGE,
                          .verdict = NO});
}

static void lost(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = uids,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7",
                                           "S A2 OK done", "C A3 UID COPY 7 B", "S A3 OK done",
                                           "C A4 UID STORE 7 +FLAGS.SILENT (\\Deleted)", "X"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_EOF,
                          .way = COPIED | HARK_WAY_IN_BOTH,
                          .decided = HARK_WAY_STORE,
                          .verdict = HARK_VERDICT_LOST});
}

/* UIDs mean something in one mailbox only. */
static void another_mailbox(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = uids,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7",
                                           "S A2 OK done", "C A3 UID COPY 7 B", "P select C",
                                           "S A3 OK done", "C A4 SELECT C", "S A4 OK done"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_STATE,
                          .way = COPIED | HARK_WAY_IN_BOTH,
                          .decided = HARK_WAY_STORE,
                          .verdict = HARK_VERDICT_UNSENT});
}

/* MOVE would have left in front of that SELECT: what takes its place must not come behind it. */
static void another_mailbox_before_it_is_known(void **state) {
  (void)state;
  task_plays(
      &(task_play){.make = uids,
                   .script = SCRIPT("C A3 CAPABILITY", "P select C", "S * CAPABILITY IMAP4rev1",
                                    "C A4 SELECT C", "S A3 OK done", "S A4 OK done"),
                   .state = HARK_TASK_FAILED,
                   .err = HARK_ERR_STATE,
                   .decided = HARK_WAY_LOOK_UP,
                   .verdict = HARK_VERDICT_UNSENT});
}

static hark_task *behind_select(hark_client *c) {
  return hark_select(c, "A", NULL) > 0 ? uids(c) : NULL;
}

/* Those UIDs are other messages from then on.  COPY, while it waits for IDLE, is taken back. */
static void renumbered(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = uids,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7",
                                           "S A2 OK done", "C A3 UID COPY 7 B",
                                           "S * OK [UIDVALIDITY 5] new", "S A3 OK done"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_STATE,
                          .way = HARK_WAY_LOOK_UP,
                          .verdict = -1});
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = uids,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7",
                                           "S A2 OK done", "C A3 UID COPY 7 B", "S A3 OK done",
                                           "C A4 UID STORE 7 +FLAGS.SILENT (\\Deleted)",
                                           "S * OK [UIDVALIDITY 5] new", "S A4 OK done"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_STATE,
                          .way = COPIED | HARK_WAY_IN_BOTH,
                          .verdict = -1});
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = uids,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * OK [UIDVALIDITY 5] new",
                                           "S * SEARCH 7", "S A2 OK done"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_STATE,
                          .verdict = -1});
  task_plays(
      &(task_play){.offers = "UIDPLUS", /* of the SELECT in front of it */
                   .make = behind_select,
                   .script = SCRIPT("C A2 SELECT A", "S * OK [UIDVALIDITY 5] valid", "S A2 OK done",
                                    "C A3 UID SEARCH UID 7:9", "S * SEARCH", "S A3 OK done"),
                   .state = HARK_TASK_DONE,
                   .way = HARK_WAY_LOOK_UP,
                   .decided = HARK_WAY_LOOK_UP});
  task_plays(&(task_play){
      .offers = "IDLE UIDPLUS",
      .make = uids,
      .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7", "P idle", "C A3 IDLE",
                       "S A2 OK done", "S * OK [UIDVALIDITY 5] new", "S + idling", "S A3 OK done"),
      .state = HARK_TASK_FAILED,
      .err = HARK_ERR_STATE,
      .way = HARK_WAY_LOOK_UP,
      .verdict = -1});
}

static void nothing_there(void **state) {
  (void)state;
  const char *const *const scripts[] = {
      SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH", "S A2 OK done"),
      SCRIPT("C A2 UID SEARCH UID 7:9", "S A2 OK done")};
  for (size_t i = 0; i < 2; i++)
    task_plays(&(task_play){.offers = "UIDPLUS",
                            .make = uids,
                            .script = scripts[i],
                            .state = HARK_TASK_DONE,
                            .way = HARK_WAY_LOOK_UP,
                            .decided = HARK_WAY_LOOK_UP});
}

/* What the server says beyond what was asked for is not touched. */
static void more_than_asked_for(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = uids,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 1 6 7 9 10",
                                           "S A2 OK done", "C A3 UID COPY 7,9 B",
                                           "S A3 OK [COPYUID 1 1:9 1:9] done",
                                           "C A4 UID STORE 7,9 +FLAGS.SILENT (\\Deleted)",
                                           "S A4 OK done", "C A5 UID EXPUNGE 7,9", "S A5 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = MARKED | HARK_WAY_UID_EXPUNGE,
                          .decided = HARK_WAY_UID_EXPUNGE,
                          .count = 2});
}

/* What has gone meanwhile was not copied; and new mail is not taken for what was. */
static void less_copied(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = all,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:*", "S * SEARCH 7 8 9",
                                           "S A2 OK done", "C A3 UID COPY 7:9 B", "S * 4 EXISTS",
                                           "S A3 OK [COPYUID 1 7,9 1:2] done",
                                           "C A4 UID STORE 7,9 +FLAGS.SILENT (\\Deleted)",
                                           "S A4 OK done", "C A5 UID EXPUNGE 7,9", "S A5 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = MARKED | HARK_WAY_UID_EXPUNGE,
                          .decided = HARK_WAY_UID_EXPUNGE,
                          .count = 2});
  task_plays(
      &(task_play){.offers = "UIDPLUS",
                   .make = uids,
                   .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7", "S A2 OK done",
                                    "C A3 UID COPY 7 B", "S A3 OK [COPYUID 1 3 1] done"),
                   .state = HARK_TASK_DONE,
                   .way = COPIED,
                   .decided = HARK_WAY_COPY});
}

static void copyuid_that_cannot_be(void **state) {
  (void)state;
  const char *const said[] = {"S A3 OK [COPYUID 1 7:9 1:2] done", "S A3 OK [COPYUID 1 7 1:2] done",
                              "S A3 OK [COPYUID 1 7:* 1:3] done", "S A3 OK [COPYUID] done",
                              "S A3 OK [COPYUID 1 7:9 1:4294967295] done"};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++)
    task_plays(&(task_play){.offers = "UIDPLUS",
                            .make = uids,
                            .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7 8 9",
                                             "S A2 OK done", "C A3 UID COPY 7:9 B", said[i]),
                            .state = HARK_TASK_FAILED,
                            .err = HARK_ERR_STATE,
                            .way = COPIED | HARK_WAY_IN_BOTH,
                            .decided = HARK_WAY_COPY});
}

static void an_answer_that_cannot_be_read(void **state) {
  (void)state;
  const char *const said[] = {"S * SEARCH 7 x", "S * ESEARCH (TAG \"A2\") ALL 7:9"};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++)
    task_plays(&(task_play){
        .offers = "UIDPLUS",
        .make = uids,
        .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7", said[i], "S A2 OK done"),
        .state = HARK_TASK_FAILED,
        .err = HARK_ERR_STATE,
        .way = HARK_WAY_LOOK_UP,
        .verdict = -1});
}

/* As servers of IMAP4rev2 answer. */
static void an_extended_answer(void **state) {
  (void)state;
  task_plays(
      &(task_play){.offers = "UIDPLUS",
                   .make = numbers,
                   .script = SCRIPT("C A2 UID SEARCH 2:4", "S * ESEARCH (TAG \"A2\") UID ALL 7:8,*",
                                    "S A2 OK done", "C A3 UID COPY 7:8 B", "S A3 NO no"),
                   .state = HARK_TASK_FAILED,
                   .way = HARK_WAY_LOOK_UP,
                   .decided = HARK_WAY_COPY,
                   .verdict = NO});
}

static hark_task *nothing(hark_client *c) { return hark_task_move(c, 0, NULL, "B"); }
static hark_task *no_set(hark_client *c) { return hark_task_move(c, 0, "x", "B"); }
static hark_task *nowhere(hark_client *c) { return hark_task_move(c, 0, "1", NULL); }

static void arguments(void **state) {
  (void)state;
  static const task_make made[] = {nothing, no_set, nowhere};
  for (size_t i = 0; i < 3; i++)
    task_plays(&(task_play){.offers = i % 2 ? "MOVE" : "",
                            .make = made[i],
                            .script = SCRIPT("S * 3 EXISTS"),
                            .state = HARK_TASK_FAILED,
                            .err = HARK_ERR_ARG,
                            .verdict = -1});
}

/* UIDs that one command cannot name are moved part by part. */
static void more_than_a_line(void **state) {
  (void)state;
  static char found[24000], copy[2][9000], store[2][9000], expunge[2][9000];
  size_t n = (size_t)snprintf(found, sizeof found, "S * SEARCH"), first = 0, part = 0,
         count[2] = {0};
  char set[2][9000];
  for (unsigned uid = 10001; part < 2; uid += 2) {
    size_t more = (size_t)snprintf(set[part] + first, 16, ",%u", uid);
    if (first + more > 7000 || (part && count[1] == 3)) {
      set[part][first] = 0, first = 0;
      if (++part == 2) break;
      more = (size_t)snprintf(set[part], 16, ",%u", uid);
    }
    first += more, count[part]++;
    n += (size_t)snprintf(found + n, 16, " %u", uid);
  }
  for (size_t i = 0; i < 2; i++) {
    snprintf(copy[i], sizeof *copy, "C A%zu UID COPY %s B", 3 + 3 * i, set[i] + 1);
    snprintf(store[i], sizeof *store, "C A%zu UID STORE %s +FLAGS.SILENT (\\Deleted)", 4 + 3 * i,
             set[i] + 1);
    snprintf(expunge[i], sizeof *expunge, "C A%zu UID EXPUNGE %s", 5 + 3 * i, set[i] + 1);
  }
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = numbers,
                          .script = SCRIPT("C A2 UID SEARCH 2:4", found, "S A2 OK done", copy[0],
                                           "S A3 OK done", store[0], "S A4 OK done", expunge[0],
                                           "S A5 OK done", copy[1], "S A6 OK done", store[1],
                                           "S A7 OK done", expunge[1], "S A8 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = MARKED | HARK_WAY_UID_EXPUNGE,
                          .decided = HARK_WAY_UID_EXPUNGE,
                          .count = count[0] + count[1]});
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = numbers,
                          .script = SCRIPT("C A2 UID SEARCH 2:4", found, "S A2 OK done", copy[0],
                                           "S A3 OK done", store[0], "S A4 OK done", expunge[0],
                                           "S A5 OK done", copy[1], "S A6 NO full"),
                          .state = HARK_TASK_FAILED,
                          .way = MARKED | HARK_WAY_UID_EXPUNGE,
                          .decided = HARK_WAY_COPY,
                          .verdict = NO,
                          .count = count[0]});
}

/* RFC 9738: an OK that is none. */
static void some_of_them(void **state) {
  (void)state;
  task_plays(
      &(task_play){.offers = "MOVE MESSAGELIMIT=2",
                   .make = uids,
                   .script = SCRIPT("C A2 UID MOVE 7:9 B", "S A2 OK [MESSAGELIMIT 2 8] some"),
                   .state = HARK_TASK_FAILED,
                   .err = HARK_ERR_LIMIT,
                   .way = HARK_WAY_MOVE,
                   .decided = HARK_WAY_MOVE});
  task_plays(&(task_play){.offers = "UIDPLUS MESSAGELIMIT=2",
                          .make = uids,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7 8",
                                           "S A2 OK done", "C A3 UID COPY 7:8 B", "S A3 OK done",
                                           "C A4 UID STORE 7:8 +FLAGS.SILENT (\\Deleted)",
                                           "S A4 OK [MESSAGELIMIT 1 8] some"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_LIMIT,
                          .way = MARKED | HARK_WAY_IN_BOTH | HARK_WAY_LEFT_DELETED,
                          .decided = HARK_WAY_STORE});
  task_plays(
      &(task_play){.offers = "UIDPLUS MESSAGELIMIT=2",
                   .make = uids,
                   .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7 8", "S A2 OK done",
                                    "C A3 UID COPY 7:8 B", "S A3 OK [MESSAGELIMIT 1 8] some"),
                   .state = HARK_TASK_FAILED,
                   .err = HARK_ERR_LIMIT,
                   .way = COPIED | HARK_WAY_IN_BOTH,
                   .decided = HARK_WAY_COPY});
}

/* MOVE is in IMAP4rev2, and so not listed by a server that speaks nothing else. */
static void by_the_version(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "IMAP4rev2",
                          .make = uids,
                          .script = SCRIPT("C A2 UID MOVE 7:9 B", "S A2 OK done"),
                          .state = HARK_TASK_DONE,
                          .way = HARK_WAY_MOVE,
                          .decided = HARK_WAY_MOVE});
}

/* There are no message numbers. */
static void uid_only(void **state) {
  (void)state;
  task_plays(&(task_play){.offers = "ENABLE UIDONLY UIDPLUS",
                          .enable = "UIDONLY",
                          .make = numbers,
                          .script = SCRIPT("S * 3 EXISTS"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_ARG,
                          .verdict = -1});
  task_plays(
      &(task_play){.offers = "ENABLE UIDONLY UIDPLUS",
                   .enable = "UIDONLY",
                   .make = uids,
                   .script = SCRIPT("C A3 UID SEARCH UID 7:9", "S * SEARCH 7", "S A3 OK done",
                                    "C A4 UID COPY 7 B", "S A4 OK done",
                                    "C A5 UID STORE 7 +FLAGS.SILENT (\\Deleted)", "S A5 OK done",
                                    "C A6 UID EXPUNGE 7", "S * VANISHED 7", "S A6 OK done"),
                   .state = HARK_TASK_DONE,
                   .way = MARKED | HARK_WAY_UID_EXPUNGE,
                   .decided = HARK_WAY_UID_EXPUNGE,
                   .count = 1});
}

/* No room in the output: later. */
static void busy(void **state) {
  (void)state;
  hark_limits limits = {.size = sizeof limits, .output = 30};
  task_plays(&(task_play){.offers = "UIDPLUS",
                          .make = uids,
                          .limits = &limits,
                          .script = SCRIPT("C A2 UID SEARCH UID 7:9", "S * SEARCH 7", "P noop",
                                           "C A3 NOOP", "S A2 OK done", "C A4 UID COPY 7 B",
                                           "S A3 OK done", "S A4 OK done"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_BUSY,
                          .way = COPIED | HARK_WAY_IN_BOTH,
                          .verdict = -1});
}

static hark_task *behind_noop(hark_client *c) { return hark_noop(c) > 0 ? uids(c) : NULL; }

static void busy_while_another_is_opened(void **state) {
  (void)state;
  hark_limits limits = {.size = sizeof limits, .output = 26};
  task_plays(&(task_play){
      .offers = "UIDPLUS",
      .make = behind_noop,
      .limits = &limits,
      .script = SCRIPT("C A2 NOOP", "P select C", "C A3 SELECT C", "S A2 OK done", "S A3 OK done"),
      .state = HARK_TASK_FAILED,
      .err = HARK_ERR_STATE,
      .decided = HARK_WAY_LOOK_UP,
      .verdict = HARK_VERDICT_UNSENT});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(by_move),
      cmocka_unit_test(by_copy),
      cmocka_unit_test(without_uidplus),
      cmocka_unit_test(not_yet_known),
      cmocka_unit_test(each_refusal),
      cmocka_unit_test(lost),
      cmocka_unit_test(another_mailbox),
      cmocka_unit_test(renumbered),
      cmocka_unit_test(another_mailbox_before_it_is_known),
      cmocka_unit_test(nothing_there),
      cmocka_unit_test(more_than_asked_for),
      cmocka_unit_test(less_copied),
      cmocka_unit_test(copyuid_that_cannot_be),
      cmocka_unit_test(an_answer_that_cannot_be_read),
      cmocka_unit_test(an_extended_answer),
      cmocka_unit_test(arguments),
      cmocka_unit_test(more_than_a_line),
      cmocka_unit_test(some_of_them),
      cmocka_unit_test(by_the_version),
      cmocka_unit_test(uid_only),
      cmocka_unit_test(busy),
      cmocka_unit_test(busy_while_another_is_opened),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
