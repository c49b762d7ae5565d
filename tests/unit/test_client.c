/* tests/unit/test_client.c - a client under load: what no transcript can hold.
 * SPDX-License-Identifier: MIT */
#include <hark/command.h>
#include <hark/ext/codes.h>
#include <hark/ext/gmail.h>
#include <hark/ext/id.h>
#include <hark/ext/objectid.h>
#include <hark/fetch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What was told, counted; and the most memory that was held at once. */
typedef struct talk {
  hark_client *c;
  size_t held, most;
  size_t told[HARK_EV_EXTENSION], pieces, data;
  uint64_t last; /* num of the last event that has one */
} talk;

static void *counting_alloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
  talk *t = ud;
  t->held = t->held - (ptr ? old_size : 0) + new_size;
  if (t->held > t->most) t->most = t->held;
  if (new_size) return realloc(ptr, new_size);
  free(ptr);
  return NULL;
}

static void begin(talk *t, unsigned flags) {
  hark_config config;
  hark_config_init(&config);
  config.alloc = counting_alloc, config.alloc_ud = t, config.flags = flags;
  t->c = hark_new(&config);
  assert_non_null(t->c);
}

static void drain(talk *t) {
  for (const hark_event *ev; (ev = hark_next(t->c));) {
    if (ev->type < HARK_EV_EXTENSION) t->told[ev->type]++;
    if (ev->type == HARK_EV_EXISTS) t->last = ev->num;
    if (ev->type == HARK_EV_SEARCH) t->pieces++, t->data += ev->search->set.n;
  }
}

static void say_n(talk *t, const char *p, size_t n) {
  while (n) {
    size_t took = hark_feed(t->c, p, n);
    drain(t);
    assert_int_not_equal(took, 0);
    p += took, n -= took;
  }
}

static void say(talk *t, const char *text) { say_n(t, text, strlen(text)); }

static void repeat(talk *t, const char *text, size_t times) {
  char block[16384];
  size_t n = strlen(text), per = sizeof block / n;
  for (size_t i = 0; i < per; i++) memcpy(block + i * n, text, n);
  for (; times >= per; times -= per) say_n(t, block, per * n);
  say_n(t, block, times * n);
}

static void answer(talk *t, const char *text) {
  size_t n;
  while (hark_send_buf(t->c, &n)) hark_send_ack(t->c, n);
  say(t, text);
}

static void end(talk *t) {
  hark_free(t->c);
  assert_int_equal(t->held, 0);
}

/* SEC F-13: a counter of 32 bits would have wrapped.  The bytes are already in the place. */
static void a_line_of_more_than_4_gib(void **state) {
  (void)state;
  talk t = {0};
  begin(&t, HARK_OBSERVE);
  say(&t, "* OK ");
  uint64_t left = (1ull << 32) + 100;
  for (const void *filled = NULL; left;) {
    size_t room;
    void *place = hark_recv_buf(t.c, &room);
    assert_non_null(place);
    if (room > left) room = (size_t)left;
    if (place != filled || room > 1 << 14) memset(place, 'x', room);
    filled = place;
    assert_int_equal(hark_recv_ack(t.c, room), 0);
    drain(&t);
    left -= room;
  }
  say(&t, "\r\n* 7 EXISTS\r\n");
  assert_int_equal(t.told[HARK_EV_MALFORMED], 1);
  assert_int_equal(t.last, 7);
  assert_true(t.most < 2 << 20);
  end(&t);
}

/* SEC F-18: no stack is used for what a server opens. */
static void a_million_lists(void **state) {
  (void)state;
  talk t = {0};
  begin(&t, HARK_OBSERVE);
  say(&t, "* 1 FETCH (BODYSTRUCTURE ");
  repeat(&t, "(", 1000000);
  repeat(&t, ")", 1000000);
  say(&t, ")\r\n* 2 FETCH (X ");
  repeat(&t, "(", 400000);
  repeat(&t, ")", 400000);
  say(&t, " UID 5)\r\n* 3 LIST ");
  repeat(&t, "(", 1000000);
  say(&t, "\r\n* 7 EXISTS\r\n");
  assert_int_equal(t.told[HARK_EV_FETCH_END], 2);
  assert_int_equal(t.told[HARK_EV_ITEM], 1);
  assert_int_equal(t.last, 7);
  end(&t);
}

/* SEC F-19: what does not fit into the event's memory costs the item, not the connection. */
static void a_hundred_thousand_parts(void **state) {
  (void)state;
  talk t = {0};
  begin(&t, HARK_OBSERVE);
  static const char part[] = "(\"a\" \"b\" NIL NIL NIL \"\" 1)";
  say(&t, "* 1 FETCH (BODYSTRUCTURE (");
  repeat(&t, part, 20000);
  say(&t, " \"mixed\") UID 5)\r\n* 2 FETCH (BODYSTRUCTURE (");
  repeat(&t, part, 38000);
  say(&t, " \"mixed\") UID 5)\r\n* 3 FETCH (BODYSTRUCTURE (");
  repeat(&t, part, 100000);
  say(&t, " \"mixed\") UID 5)\r\n* 4 FETCH (UID 5 BODY (\"a\" \"b\" (");
  repeat(&t, "\"n\" \"v\" ", 10000);
  say(&t, "\"n\" \"v\") NIL NIL NIL 1))\r\n* 5 FETCH (UID 5 ENVELOPE (NIL NIL (");
  repeat(&t, "(NIL NIL \"a\" \"b\")", 10000);
  say(&t, ") NIL NIL NIL NIL NIL NIL NIL))\r\n* 7 EXISTS\r\n");
  assert_int_equal(hark_error(t.c), 0);
  assert_int_equal(t.told[HARK_EV_MALFORMED], 2);
  assert_int_equal(t.told[HARK_EV_ITEM], 2 + 1 + 2 + 2);
  assert_int_equal(t.last, 7);
  end(&t);
}

/* SEC F-22: ten million ranges in one line pass through the window. */
static void a_set_of_any_size(void **state) {
  (void)state;
  talk t = {0};
  begin(&t, HARK_OBSERVE);
  say(&t, "* ESEARCH UID ALL 1");
  repeat(&t, ",3:4", 10000000);
  say(&t, " COUNT 5\r\n");
  assert_int_equal(t.told[HARK_EV_MALFORMED], 0);
  assert_int_equal(t.pieces, 10000001 / 512 + 1);
  assert_int_equal(t.data, 1 + 4 * 10000000ull - (t.pieces - 1));
  assert_true(t.most < 256 << 10);
  end(&t);
}

/* SEC G-01, G-02: a flood leaves nothing behind. */
static void a_flood(void **state) {
  (void)state;
  talk t = {0};
  begin(&t, HARK_OBSERVE);
  repeat(&t, "* 1 EXISTS\r\n", 1000);
  repeat(&t, "* X (a b {3}\r\nabc)\r\n* OK [X] text\r\n", 1000);
  size_t most = t.most;
  repeat(&t, "* 1 EXISTS\r\n", 200000);
  repeat(&t, "* X (a b {3}\r\nabc)\r\n* OK [X] text\r\n", 100000);
  assert_int_equal(t.most, most);
  assert_true(most < 64 << 10);
  end(&t);
}

/* SEC G-04: each is told and forgotten, whether it was asked for or not. */
static void hundreds_of_thousands_of_mailboxes(void **state) {
  (void)state;
  enum { MANY = 300000, FEW = 1000 };
  talk t = {0};
  char line[80];
  size_t most = 0;
  begin(&t, 0);
  say(&t, "* PREAUTH hi\r\n");
  assert_true(hark_list(t.c, "", "*", NULL) > 0);
  answer(&t, "");
  for (size_t i = 0; i < MANY; i++) {
    if (i == FEW) most = t.most;
    size_t n =
        (size_t)snprintf(line, sizeof line, "* LIST (\\Marked) \"/\" \"a/%zu &AOk-\"\r\n", i);
    say_n(&t, line, n);
  }
  say(&t, "A1 OK done\r\n");
  assert_int_equal(t.told[HARK_EV_LIST], MANY);
  assert_int_equal(t.told[HARK_EV_DONE], 1);
  assert_int_equal(t.most, most);
  assert_true(most < 64 << 10);
  end(&t);
}

/* SEC F-08: whatever is missing at the end is missing, and nothing is made up. */
static void the_end_at_every_byte(void **state) {
  (void)state;
  static const char said[] =
      "* OK [CAPABILITY IMAP4rev1 IDLE] hi\r\n* CAPABILITY IMAP4rev1\r\n* LIST (\\a) \"/\" "
      "\"b\"\r\n"
      "* OK [COPYUID 1 2:3 4:5] x\r\n* 1 FETCH (ENVELOPE (\"d\" {2}\r\nhi ((NIL NIL \"a\" \"b\")) "
      "NIL NIL NIL NIL NIL NIL \"<i>\") BODYSTRUCTURE ((\"a\" \"b\" (\"c\" \"d\") NIL NIL \"7bit\" "
      "5)"
      "(\"text\" \"e\" NIL NIL NIL \"8bit\" 6 7 NIL (\"inline\" NIL) NIL) \"mixed\") BODY[] {3}\r\n"
      "abc UID 5)\r\n* SEARCH 1 2 3\r\n* ESEARCH (TAG \"a\") ALL 1:2,3\r\nA1 OK done\r\n";
  for (size_t n = 0; n < sizeof said; n++) {
    talk t = {0};
    begin(&t, HARK_OBSERVE);
    say_n(&t, said, n);
    hark_recv_eof(t.c);
    drain(&t);
    assert_int_equal(t.told[HARK_EV_MALFORMED] + t.told[HARK_EV_UNKNOWN], 0);
    assert_true(hark_wants(t.c) & HARK_CLOSED);
    bool in_line = n && said[n - 1] != '\n'; /* else the line may have ended */
    if (in_line) assert_int_equal(hark_error(t.c), HARK_ERR_EOF);
    end(&t);
  }
}

/* SEC M-09, G-08: only bytes of an awaited answer, and INPROGRESS, say that it is alive. */
static void what_counts_as_heard(void **state) {
  (void)state;
  talk t = {0};
  begin(&t, 0);
  say(&t, "* PREAUTH hi\r\n");
  assert_true(hark_select(t.c, "INBOX", NULL) > 0);
  answer(&t, "A1 OK done\r\n");
  assert_true(hark_fetch(t.c, HARK_UID, "1", "(BODY.PEEK[])") > 0);
  uint64_t before = hark_heard(t.c);
  answer(&t, "* OK Still here\r\n* 5 EXISTS\r\n* LIST () \"/\" a\r\n");
  assert_int_equal(hark_heard(t.c), before);
  say(&t, "+ what\r\n");
  assert_int_equal(hark_heard(t.c), before);
  say(&t, "* OK [INPROGRESS (\"A2\" 1 2)] reading\r\n");
  assert_true(hark_heard(t.c) > before);
  before = hark_heard(t.c);
  say(&t, "* 1 FETCH (BODY[] {10}\r\nab");
  assert_true(hark_heard(t.c) > before);
  before = hark_heard(t.c);
  say(&t, "c");
  assert_int_equal(hark_heard(t.c), before + 1);
  say(&t, "defghij)\r\n");
  before = hark_heard(t.c);
  say(&t, "A2 OK done\r\n");
  assert_true(hark_heard(t.c) > before);
  before = hark_heard(t.c);
  say_n(&t, "\0\0\0", 3); /* padding, behind what was awaited */
  assert_int_equal(hark_heard(t.c), before);
  end(&t);
}

/* SEC E-11 */
static void a_command_has_a_length(void **state) {
  (void)state;
  talk t = {0};
  begin(&t, 0);
  char set[9000];
  memset(set, '1', sizeof set);
  for (size_t i = 5; i < sizeof set; i += 6) set[i] = ',';
  set[8004] = 0;
  assert_int_equal(hark_fetch(t.c, HARK_UID, set, "FLAGS"), HARK_ERR_ARG);
  set[7000] = 0;
  assert_true(hark_fetch(t.c, HARK_UID, set, "FLAGS") > 0);
  end(&t);
}

static void is_str(const hark_str *got, const char *want) {
  assert_non_null(got);
  assert_int_equal(got->n, strlen(want));
  assert_memory_equal(got->p, want, got->n);
}

static void check_cond(const hark_ev_cond *cond) {
  const hark_code_uids *uids = hark_cond_uids(cond);
  assert_int_equal(uids != NULL, cond->code_id == HARK_CODE_COPYUID);
  assert_int_equal(hark_cond_charsets(cond) != NULL, cond->code_id == HARK_CODE_BADCHARSET);
  assert_int_equal(hark_cond_permanent_flags(cond) != NULL,
                   cond->code_id == HARK_CODE_PERMANENTFLAGS);
  assert_int_equal(hark_cond_mailbox_id(cond) != NULL, cond->code_id == HARK_CODE_MAILBOXID);
  if (uids) assert_int_equal(uids->uidvalidity, 1), is_str(&uids->uids, "4:5");
  if (hark_cond_charsets(cond)) is_str(hark_cond_charsets(cond)->v, "UTF-8");
  if (hark_cond_permanent_flags(cond)) is_str(hark_cond_permanent_flags(cond)->v, "\\*");
  if (hark_cond_mailbox_id(cond)) is_str(hark_cond_mailbox_id(cond), "F1");
  assert_int_equal(hark_cond_new_name(cond) != NULL, cond->code_id == HARK_CODE_NEWNAME);
  if (hark_cond_new_name(cond)) is_str(&hark_cond_new_name(cond)->new_name, "b");
}

static void check_item(const hark_ev_item *item) {
  bool objectid = item->kind == HARK_ITEM_EMAILID || item->kind == HARK_ITEM_THREADID;
  assert_int_equal(hark_item_objectid(item) != NULL, objectid);
  assert_int_equal(hark_item_gmail_labels(item) != NULL, item->kind == HARK_ITEM_GM_LABELS);
  if (item->kind == HARK_ITEM_EMAILID) is_str(hark_item_objectid(item), "M1");
  if (item->kind == HARK_ITEM_THREADID) assert_null(hark_item_objectid(item)->p);
  if (item->kind == HARK_ITEM_GM_LABELS) is_str(hark_item_gmail_labels(item)->v, "\\Inbox");
  if (item->kind == HARK_ITEM_EMAILID) is_str(&item->raw, "(M1)");
}

/* Each accessor knows what is its own. */
static void accessors(void **state) {
  (void)state;
  static const char said[] =
      "* OK [COPYUID 1 2:3 4:5] x\r\n* NO [BADCHARSET (UTF-8)] x\r\n* OK "
      "[PERMANENTFLAGS (\\*)] x\r\n"
      "* NO [NEWNAME a b] x\r\n* OK [MAILBOXID (F1)] x\r\n* 1 FETCH (UID 5 EMAILID (M1) THREADID "
      "NIL X-GM-LABELS (\\Inbox))\r\n"
      "* ID (\"name\" \"x\")\r\n";
  size_t seen = 0;
  hark_config config;
  hark_config_init(&config);
  config.flags = HARK_OBSERVE;
  hark_client *c = hark_new(&config);
  for (size_t at = 0; at < sizeof said - 1;) {
    at += hark_feed(c, said + at, sizeof said - 1 - at);
    for (const hark_event *ev; (ev = hark_next(c)); seen++) {
      if (ev->type == HARK_EV_COND) check_cond(ev->cond);
      if (ev->type == HARK_EV_ITEM) check_item(ev->item);
      assert_int_equal(hark_event_id(ev) != NULL, ev->type == HARK_EV_ID);
    }
  }
  assert_int_equal(seen, 5 + 6 + 1);
  hark_free(c);
}

/* The place stays where it is until it is given back. */
static void the_place_for_bytes(void **state) {
  (void)state;
  talk t = {0};
  size_t n, again;
  begin(&t, HARK_OBSERVE);
  void *place = hark_recv_buf(t.c, &n);
  assert_ptr_equal(hark_recv_buf(t.c, &again), place);
  assert_int_equal(again, n);
  assert_int_equal(hark_recv_ack(t.c, 0), 0);
  assert_non_null(hark_recv_buf(t.c, &n));
  end(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_line_of_more_than_4_gib),
                                     cmocka_unit_test(a_million_lists),
                                     cmocka_unit_test(a_hundred_thousand_parts),
                                     cmocka_unit_test(a_set_of_any_size),
                                     cmocka_unit_test(a_flood),
                                     cmocka_unit_test(hundreds_of_thousands_of_mailboxes),
                                     cmocka_unit_test(the_end_at_every_byte),
                                     cmocka_unit_test(what_counts_as_heard),
                                     cmocka_unit_test(a_command_has_a_length),
                                     cmocka_unit_test(accessors),
                                     cmocka_unit_test(the_place_for_bytes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
