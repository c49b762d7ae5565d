/* tests/unit/test_task_search.c - the result of SEARCH, however the server tells it.
 * SPDX-License-Identifier: MIT */
#include "task_play.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
  NO = HARK_VERDICT_NO,
  ALL = HARK_SEARCH_MIN | HARK_SEARCH_MAX | HARK_SEARCH_COUNT | HARK_SEARCH_ALL
};

static const char *sought = "x";

static void keys(void *ud, hark_task *t, hark_builder *q) {
  (void)ud;
  hark_q_key(q, "UNSEEN");
  hark_task_q_text(t, q, "SUBJECT", sought);
}

static void header(void *ud, hark_task *t, hark_builder *q) {
  (void)ud;
  hark_task_q_header(t, q, "X-A", sought);
}

/* Text of which the task knows nothing. */
static void beside(void *ud, hark_task *t, hark_builder *q) {
  (void)ud, (void)t;
  hark_q_text(q, "SUBJECT", sought);
}

static hark_task *uids(hark_client *c) { return hark_task_search(c, HARK_UID, ALL, keys, NULL); }
static hark_task *numbers(hark_client *c) { return hark_task_search(c, 0, ALL, keys, NULL); }
static hark_task *count(hark_client *c) {
  return hark_task_search(c, HARK_UID, HARK_SEARCH_COUNT, keys, NULL);
}
static hark_task *least(hark_client *c) {
  return hark_task_search(c, HARK_UID, HARK_SEARCH_MIN | HARK_SEARCH_MAX, keys, NULL);
}
static hark_task *in_header(hark_client *c) {
  return hark_task_search(c, HARK_UID, ALL, header, NULL);
}
static hark_task *unknown_text(hark_client *c) {
  return hark_task_search(c, HARK_UID, ALL, beside, NULL);
}

static void three_found(const hark_task *t) {
  const hark_task_found *f = hark_task_get_found(t);
  assert_non_null(f);
  assert_int_equal(f->have, ALL);
  assert_int_equal(f->min, 7);
  assert_int_equal(f->max, 12);
  assert_int_equal(f->count, 3);
  assert_true(hark_set_has(f->all, 7) && hark_set_has(f->all, 9) && hark_set_has(f->all, 12));
  assert_int_equal(hark_set_count(f->all), 3);
}

static void none_found(const hark_task *t) {
  const hark_task_found *f = hark_task_get_found(t);
  assert_int_equal(f->have, HARK_SEARCH_COUNT | HARK_SEARCH_ALL);
  assert_int_equal(f->count, 0);
  assert_int_equal(hark_set_count(f->all), 0);
}

static void five_counted(const hark_task *t) {
  const hark_task_found *f = hark_task_get_found(t);
  assert_int_equal(f->have, HARK_SEARCH_COUNT);
  assert_int_equal(f->count, 5);
  assert_null(f->all);
}

static void ends_found(const hark_task *t) {
  const hark_task_found *f = hark_task_get_found(t);
  assert_int_equal(f->have, HARK_SEARCH_MIN | HARK_SEARCH_MAX);
  assert_int_equal(f->min, 7);
  assert_int_equal(f->max, 12);
}

static void no_result(const hark_task *t) { assert_null(hark_task_get_found(t)); }

static void by_esearch(void **state) {
  (void)state;
  const struct {
    task_make make;
    const char *sent, *said;
    void (*look)(const hark_task *t);
  } cases[] = {
      {uids, "C A2 UID SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN SUBJECT x",
       "S * ESEARCH (TAG \"A2\") UID MIN 7 MAX 12 COUNT 3 ALL 7,9,12", three_found},
      {numbers, "C A2 SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN SUBJECT x",
       "S * ESEARCH (TAG \"A2\") MIN 7 MAX 12 COUNT 3 ALL 7,9,12", three_found},
      {uids, "C A2 UID SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN SUBJECT x", "S * SEARCH 12 7 9 7",
       three_found}, /* it does not mean what it offers */
      {uids, "C A2 UID SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN SUBJECT x",
       "S * ESEARCH (TAG \"A2\") UID COUNT 0", none_found},
      {uids, "C A2 UID SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN SUBJECT x", "S * OK nothing",
       none_found},
      {count, "C A2 UID SEARCH RETURN (COUNT) UNSEEN SUBJECT x",
       "S * ESEARCH (TAG \"A2\") UID COUNT 5", five_counted},
      {least, "C A2 UID SEARCH RETURN (MIN MAX) UNSEEN SUBJECT x",
       "S * ESEARCH (TAG \"A2\") UID MIN 7 MAX 12", ends_found},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    task_plays(&(task_play){.offers = "ESEARCH",
                            .make = cases[i].make,
                            .script = SCRIPT(cases[i].sent, cases[i].said, "S A2 OK done"),
                            .state = HARK_TASK_DONE,
                            .way = HARK_WAY_ESEARCH,
                            .decided = HARK_WAY_ESEARCH,
                            .look = cases[i].look});
}

static void by_search(void **state) {
  (void)state;
  const struct {
    task_make make;
    const char *said;
    void (*look)(const hark_task *t);
  } cases[] = {{uids, "S * SEARCH 9 7 12", three_found},
               {uids, "S * SEARCH", none_found},
               {uids, "S * OK nothing", none_found},
               {count, "S * SEARCH 1 2 3 5 4", five_counted},
               {least, "S * SEARCH 9 7 12", ends_found},
               {uids, "S * ESEARCH (TAG \"A2\") UID ALL 7,9,12", three_found}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    task_plays(&(task_play){
        .offers = "IDLE",
        .make = cases[i].make,
        .script = SCRIPT("C A2 UID SEARCH UNSEEN SUBJECT x", cases[i].said, "S A2 OK done"),
        .state = HARK_TASK_DONE,
        .way = HARK_WAY_SEARCH,
        .decided = HARK_WAY_SEARCH,
        .look = cases[i].look});
}

static void refused(void **state) {
  (void)state;
  task_plays(
      &(task_play){.make = uids,
                   .script = SCRIPT("C A2 UID SEARCH UNSEEN SUBJECT x", "S A2 NO [BADCHARSET] no"),
                   .state = HARK_TASK_FAILED,
                   .decided = HARK_WAY_SEARCH,
                   .verdict = NO,
                   .look = no_result});
}

/* What could not be read may have been a part of it. */
static void spoiled(void **state) {
  (void)state;
  const char *const said[] = {"S * SEARCH 9 x", "S * ESEARCH (TAG \"A2\") ALL 7,9,12",
                              "S * ESEARCH (TAG \"A2\") MIN 7"};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++)
    task_plays(
        &(task_play){.offers = "IDLE",
                     .make = uids,
                     .script = SCRIPT("C A2 UID SEARCH UNSEEN SUBJECT x", said[i], "S A2 OK done"),
                     .state = HARK_TASK_FAILED,
                     .err = HARK_ERR_STATE,
                     .way = HARK_WAY_SEARCH,
                     .decided = HARK_WAY_SEARCH,
                     .look = no_result});
}

/* --- charsets --- */

static void asked_again(void **state) {
  (void)state;
  const char *const said[] = {"S A2 NO [BADCHARSET (US-ASCII ISO-8859-1)] no",
                              "S A2 NO [BADCHARSET (latin1)] no"};
  sought = "gr\xc3\xbc\xc3\x9f\x65";
  for (size_t i = 0; i < 2; i++)
    task_plays(
        &(task_play){.offers = "LITERAL+",
                     .make = uids,
                     .script = SCRIPT("C A2 UID SEARCH CHARSET UTF-8 UNSEEN SUBJECT {7+}",
                                      "C gr\xc3\xbc\xc3\x9f\x65", "S * SEARCH 1", said[i],
                                      "C A3 UID SEARCH CHARSET ISO-8859-1 UNSEEN SUBJECT {5+}",
                                      "C gr\xfc\xdf\x65", "S * SEARCH 7 9 12", "S A3 OK done"),
                     .state = HARK_TASK_DONE,
                     .way = HARK_WAY_SEARCH | HARK_WAY_CHARSET,
                     .decided = HARK_WAY_SEARCH,
                     .look = three_found});
  task_plays(&(task_play){
      .offers = "LITERAL+ ESEARCH",
      .make = in_header,
      .script =
          SCRIPT("C A2 UID SEARCH RETURN (MIN MAX COUNT ALL) CHARSET UTF-8 HEADER X-A {7+}",
                 "C gr\xc3\xbc\xc3\x9f\x65", "S A2 NO [BADCHARSET (iso-8859-1)] no",
                 "C A3 UID SEARCH RETURN (MIN MAX COUNT ALL) CHARSET ISO-8859-1 HEADER X-A {5+}",
                 "C gr\xfc\xdf\x65", "S A3 NO [BADCHARSET (iso-8859-1)] no"),
      .state = HARK_TASK_FAILED,
      .decided = HARK_WAY_ESEARCH,
      .verdict = NO,
      .look = no_result});
  sought = "x";
}

static void not_asked_again(void **state) {
  (void)state;
  const struct {
    const char *text, *sent, *said;
    task_make make;
  } cases[] = {
      /* it does not fit */
      {"\xe2\x82\xac", "C \xe2\x82\xac", "S A2 NO [BADCHARSET (ISO-8859-1)] no", uids},
      /* there is no other */
      {"\xc3\xbc!", "C \xc3\xbc!", "S A2 NO [BADCHARSET (US-ASCII)] no", uids},
      {"\xc3\xbc!", "C \xc3\xbc!", "S A2 NO [BADCHARSET] no", uids},
      {"\xc3\xbc!", "C \xc3\xbc!", "S A2 NO no", uids},
      /* nobody knows how it would be spelled */
      {"\xc3\xbc!", "C \xc3\xbc!", "S A2 NO [BADCHARSET (ISO-8859-1)] no", unknown_text},
      /* no text at all */
      {"\xfc\xc3!", "C \xfc\xc3!", "S A2 NO [BADCHARSET (ISO-8859-1)] no", uids},
      {"\xc3\xbc\xc3", "C \xc3\xbc\xc3", "S A2 NO [BADCHARSET (ISO-8859-1)] no", uids},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sought = cases[i].text;
    task_plays(&(task_play){
        .offers = "LITERAL+",
        .make = cases[i].make,
        .script = SCRIPT(cases[i].make == uids ? "C A2 UID SEARCH CHARSET UTF-8 UNSEEN SUBJECT {3+}"
                                               : "C A2 UID SEARCH CHARSET UTF-8 SUBJECT {3+}",
                         cases[i].sent, cases[i].said),
        .state = HARK_TASK_FAILED,
        .decided = HARK_WAY_SEARCH,
        .verdict = NO,
        .look = no_result});
  }
  sought = "x";
}

/* Nor in another mailbox. */
static void another_mailbox(void **state) {
  (void)state;
  sought = "\xc3\xbc!";
  task_plays(&(task_play){.offers = "LITERAL+",
                          .make = uids,
                          .script = SCRIPT("C A2 UID SEARCH CHARSET UTF-8 UNSEEN SUBJECT {3+}",
                                           "C \xc3\xbc!", "P select C",
                                           "S A2 NO [BADCHARSET (ISO-8859-1)] no", "C A3 SELECT C",
                                           "S A3 OK done"),
                          .state = HARK_TASK_FAILED,
                          .err = HARK_ERR_STATE,
                          .decided = HARK_WAY_SEARCH,
                          .verdict = HARK_VERDICT_UNSENT});
  sought = "x";
}

static hark_task *nothing(hark_client *c) { return hark_task_search(c, 0, 0, keys, NULL); }
static hark_task *too_much(hark_client *c) {
  return hark_task_search(c, 0, HARK_SEARCH_MODSEQ, keys, NULL);
}
static hark_task *no_keys(hark_client *c) { return hark_task_search(c, 0, ALL, NULL, NULL); }
static void no_text(void *ud, hark_task *t, hark_builder *q) {
  (void)ud;
  hark_task_q_text(t, q, "SUBJECT", NULL);
}
static hark_task *null_text(hark_client *c) { return hark_task_search(c, 0, ALL, no_text, NULL); }

static void arguments(void **state) {
  (void)state;
  static const task_make made[] = {nothing, too_much, no_keys, null_text};
  for (size_t i = 0; i < sizeof made / sizeof *made; i++)
    task_plays(&(task_play){.offers = "ESEARCH",
                            .make = made[i],
                            .script = SCRIPT("S * 3 EXISTS"),
                            .state = HARK_TASK_FAILED,
                            .err = HARK_ERR_ARG,
                            .verdict = -1});
}

/* 16 million numbers are enough, whatever they are. */
static void without_end(void **state) {
  (void)state;
  static char numbers_text[1 << 16];
  for (size_t i = 0; i < sizeof numbers_text; i++) numbers_text[i] = i % 2 ? '7' : ' ';
  const char *const begin = "* PREAUTH [CAPABILITY IMAP4rev1] x\r\n";
  const char *const select = "A1 OK done\r\n* SEARCH";
  hark_client *c = hark_new(NULL);
  hark_feed(c, begin, strlen(begin));
  while (hark_next(c)) {
  }
  hark_select(c, "A", NULL);
  for (size_t n; hark_send_buf(c, &n);) hark_send_ack(c, n);
  hark_task *t = uids(c);
  hark_feed(c, select, strlen(select));
  for (size_t fed = 0; fed < (40u << 20) && hark_task_get(t)->state == HARK_TASK_RUNNING;) {
    for (const hark_event *ev; (ev = hark_next(c));) hark_task_event(t, ev);
    for (size_t n; hark_send_buf(c, &n);) hark_send_ack(c, n);
    fed += hark_feed(c, numbers_text + fed % sizeof numbers_text,
                     sizeof numbers_text - fed % sizeof numbers_text);
  }
  assert_int_equal(hark_task_get(t)->state, HARK_TASK_FAILED);
  assert_int_equal(hark_task_get(t)->err, HARK_ERR_LIMIT);
  hark_task_free(t);
  hark_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(by_esearch),      cmocka_unit_test(by_search),
      cmocka_unit_test(refused),         cmocka_unit_test(spoiled),
      cmocka_unit_test(asked_again),     cmocka_unit_test(not_asked_again),
      cmocka_unit_test(another_mailbox), cmocka_unit_test(arguments),
      cmocka_unit_test(without_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
