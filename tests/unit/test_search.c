/* tests/unit/test_search.c - answers to searches: what they cost, and their accessors.
 * SPDX-License-Identifier: MIT */
#include "heap_client.h"
#include <hark/ext/context.h>
#include <hark/ext/filters.h>
#include <hark/ext/notify.h>
#include <hark/ext/thread.h>

/* While a search is awaited its answers take no memory but that of the first. */
static void answers_use_the_same_memory(void **state) {
  (void)state;
#ifdef HARK_EXACT_ARENA
  skip();
#endif
  static const char *const answers[] = {"* SEARCH\r\n", "* SEARCH 1 2 3 (MODSEQ 5)\r\n",
                                        "* ESEARCH (TAG \"A2\") UID COUNT 3 ALL 1:3 X-A (b)\r\n",
                                        "* ESEARCH (TAG \"A2\") UID PARTIAL (1:5 2,4)\r\n"};
  hark_client *c = begin(0);
  say(c, "* PREAUTH [CAPABILITY IMAP4rev1 ESEARCH] hi\r\n", HARK_EV_CAPABILITY);
  assert_true(hark_select(c, "INBOX", NULL) > 0);
  send_all(c);
  say(c, "A1 OK done\r\n", 0);
  size_t before = at_rest(c);
  hark_builder *q = hark_search_begin(c, HARK_UID, "(ALL)");
  hark_q_key(q, "ALL");
  assert_true(hark_search_end(q) > 0);
  send_all(c);
  say(c, "* SEARCH 1\r\n", 0);
  long calls = heap.calls;
  for (size_t i = 0; i < 4000; i++) assert_int_equal(say(c, answers[i % 4], HARK_EV_SEARCH), 1);
  assert_int_equal(heap.calls, calls);
  say(c, "A2 OK done\r\n", 0);
  assert_int_equal(at_rest(c), before);
  assert_true(before < 4096);
  hark_free(c);
}

static void is_str(const hark_str *got, const char *want) {
  assert_non_null(got);
  assert_int_equal(got->n, strlen(want));
  assert_memory_equal(got->p, want, got->n);
}

static void check_code(const hark_ev_cond *cond) {
  const hark_str *tag = hark_cond_no_update(cond), *filter = hark_cond_undefined_filter(cond);
  const hark_strs *events = hark_cond_events(cond);
  assert_int_equal(tag != NULL, cond->code_id == HARK_CODE_NOUPDATE);
  assert_int_equal(filter != NULL, cond->code_id == HARK_CODE_UNDEFINED_FILTER);
  assert_int_equal(events != NULL, cond->code_id == HARK_CODE_BADEVENT);
  if (tag) is_str(tag, "A2");
  if (filter) is_str(filter, "f");
  if (events) is_str(&events->v[1], "MessageExpunge");
}

/* Each accessor knows what is its own. */
static void accessors(void **state) {
  (void)state;
  static const char said[] =
      "* NO [NOUPDATE \"A2\"] x\r\n* NO [UNDEFINED-FILTER f] x\r\n* NO [ALERT] x\r\n"
      "* NO [BADEVENT (MessageNew MessageExpunge)] x\r\n* THREAD (5 6)\r\n* SORT 1\r\n";
  hark_client *c = begin(HARK_OBSERVE);
  size_t threads = 0;
  for (size_t at = 0; at < sizeof said - 1;) {
    at += hark_feed(c, said + at, sizeof said - 1 - at);
    for (const hark_event *ev; (ev = hark_next(c));) {
      const hark_ev_thread *t = hark_event_thread(ev);
      assert_int_equal(t != NULL, ev->type == HARK_EV_THREAD);
      if (ev->type == HARK_EV_COND) check_code(ev->cond);
      if (t && !t->last) assert_int_equal(t->v[1].number, 6);
      threads += t != NULL;
    }
  }
  assert_int_equal(threads, 2);
  hark_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(answers_use_the_same_memory, setup, teardown),
      cmocka_unit_test_setup_teardown(accessors, setup, teardown)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
