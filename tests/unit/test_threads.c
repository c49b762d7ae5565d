/* tests/unit/test_threads.c - clients in threads share nothing: each says the same as alone.
 * SPDX-License-Identifier: MIT
 *
 * Without a lock anywhere, whatever two clients shared would differ now and then, or show under
 * a sanitizer for threads. */
#include <hark/command.h>
#include <hark/fetch.h>
#include <hark/search.h>
#include <hark/set.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { THREADS = 8, CLIENTS = 500, AT_ONCE = 50 };

static const char server[] =
    "* OK [CAPABILITY IMAP4rev1 ESEARCH LITERAL+] hello\r\n"
    "A1 OK [CAPABILITY IMAP4rev1 ESEARCH IDLE] in\r\n"
    "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\nA2 OK [READ-ONLY] done\r\n"
    "* ESEARCH (TAG \"A3\") UID ALL 1:3,9\r\nA3 OK done\r\n"
    "* 1 FETCH (UID 9 FLAGS (\\Seen a) BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1)"
    " BODY[] {5}\r\nhello)\r\n* 9 FETCH (UID x)\r\nA4 OK done\r\n";

/* A number that depends on each event and its order. */
static uint64_t add(uint64_t sum, const hark_event *ev) {
  if (ev->type == HARK_EV_BODY_DATA) { /* how many of these come is the cuts' affair */
    for (size_t i = 0; i < ev->bytes->n; i++) sum = sum * 31 + (uint8_t)ev->bytes->p[i];
    return sum;
  }
  sum = sum * 31 + (uint64_t)ev->type;
  sum = sum * 31 + (uint64_t)ev->cmd;
  return ev->type == HARK_EV_EXISTS ? sum * 31 + ev->num : sum;
}

typedef struct talk {
  hark_client *c;
  size_t at;
  uint64_t sum;
} talk;

static bool begin(talk *t) {
  *t = (talk){.c = hark_new(NULL)};
  if (!t->c || hark_login(t->c, "u", "p") < 0 || hark_examine(t->c, "INBOX", NULL) < 0)
    return false;
  hark_builder *q = hark_search_begin(t->c, HARK_UID, "(ALL)");
  hark_q_key(q, "ALL");
  return hark_search_end(q) > 0 && hark_fetch(t->c, HARK_UID, "1:*", "(UID BODY.PEEK[])") > 0;
}

/* A few bytes; false: all has been said. */
static bool go_on(talk *t, size_t n) {
  size_t left = sizeof server - 1 - t->at, len;
  while (hark_send_buf(t->c, &len)) hark_send_ack(t->c, len);
  t->at += hark_feed(t->c, server + t->at, n < left ? n : left);
  for (const hark_event *ev; (ev = hark_next(t->c));) t->sum = add(t->sum, ev);
  return t->at < sizeof server - 1;
}

/* Many at a time, in turns of different size. */
static void *work(void *ud) {
  uint64_t *sum = ud;
  talk talks[AT_ONCE];
  for (size_t round = 0; round < CLIENTS / AT_ONCE; round++) {
    bool more = true;
    for (size_t i = 0; i < AT_ONCE; i++)
      if (!begin(&talks[i])) return "a client could not be made";
    while (more) {
      more = false;
      for (size_t i = 0; i < AT_ONCE; i++)
        if (talks[i].at < sizeof server - 1) more |= go_on(&talks[i], i % 17 + 1);
    }
    for (size_t i = 0; i < AT_ONCE; i++) {
      if (*sum && talks[i].sum != *sum) return "a client said something else than alone";
      hark_free(talks[i].c);
    }
  }
  return NULL;
}

static void clients_share_nothing(void **state) { /* SEC F-30 */
  (void)state;
  talk alone;
  assert_true(begin(&alone));
  while (go_on(&alone, 1)) {
  }
  assert_int_equal(hark_inflight(alone.c), 0);
  hark_free(alone.c);
  pthread_t threads[THREADS];
  for (size_t i = 0; i < THREADS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, work, &alone.sum), 0);
  const char *wrong = NULL;
  for (size_t i = 0; i < THREADS; i++) {
    void *result;
    pthread_join(threads[i], &result);
    if (result) wrong = result;
  }
  if (wrong) fail_msg("%s", wrong);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(clients_share_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
