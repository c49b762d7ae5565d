/* tests/unit/test_told_messages.c - the accessors of messages' extensions: each gives what is its
 * own, and nothing else.
 * SPDX-License-Identifier: MIT */
#include <hark/ext/convert.h>
#include <hark/ext/gmail.h>
#include <hark/ext/objectid.h>
#include <hark/ext/preview.h>
#include <hark/ext/qresync.h>
#include <hark/ext/savedate.h>
#include <hark/ext/urlauth.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NOBODY = -1, OF_EVENTS = 5, OF_CODES = 3, OF_ITEMS = 4, ACCESSORS = 12 };

static void of_event(const hark_event *ev, const void *out[OF_EVENTS]) {
  out[0] = hark_event_vanished(ev);
  out[1] = hark_event_converted(ev);
  out[2] = hark_event_conversion(ev);
  out[3] = hark_event_genurlauth(ev);
  out[4] = hark_event_urlfetch(ev);
}

static void of_cond(const hark_ev_cond *cond, const void *out[OF_CODES]) {
  out[0] = hark_cond_modified(cond);
  out[1] = hark_cond_mailbox_id(cond);
  out[2] = hark_cond_urlmech(cond);
}

static void of_item(const hark_ev_item *item, const void *out[OF_ITEMS]) {
  out[0] = hark_item_preview(item);
  out[1] = hark_item_save_date(item);
  out[2] = hark_item_gmail_labels(item);
  out[3] = hark_item_objectid(item);
}

/* Which accessor gives something; NOBODY: none of them. */
static int whose(const hark_event *ev) {
  const void *out[ACCESSORS] = {NULL};
  int found = NOBODY;
  of_event(ev, out);
  if (ev->type == HARK_EV_COND) of_cond(ev->cond, out + OF_EVENTS);
  if (ev->type == HARK_EV_ITEM) of_item(ev->item, out + OF_EVENTS + OF_CODES);
  for (int i = 0; i < ACCESSORS; i++) {
    if (!out[i]) continue;
    assert_int_equal(found, NOBODY);
    found = i;
  }
  return found;
}

static hark_client *observer(void) {
  hark_config config;
  hark_config_init(&config);
  config.flags = HARK_OBSERVE;
  return hark_new(&config);
}

static void each_gives_its_own(void **state) {
  (void)state;
  static const char said[] =
      "* VANISHED 1\r\n* 1 CONVERTED (TAG \"a\") (UID 1)\r\n* CONVERSION \"a/b\" \"c/d\"\r\n"
      "* GENURLAUTH imap://a\r\n* URLFETCH imap://a NIL\r\n"
      "* OK [MODIFIED 1] x\r\n* OK [MAILBOXID (a)] x\r\n* OK [URLMECH INTERNAL] x\r\n"
      "* 1 FETCH (UID 1 PREVIEW NIL SAVEDATE NIL X-GM-LABELS () EMAILID (a))\r\n"
      "* OK [TEMPFAIL] x\r\n* OK [UIDREQUIRED] x\r\n";
  hark_client *c = observer();
  int expected = 0, others = 0;
  for (size_t at = 0; at < sizeof said - 1;) {
    at += hark_feed(c, said + at, sizeof said - 1 - at);
    for (const hark_event *ev; (ev = hark_next(c));) {
      int by = whose(ev);
      if (by == NOBODY) {
        others++;
        continue;
      }
      assert_int_equal(by, expected);
      expected++;
    }
  }
  assert_int_equal(expected, ACCESSORS);
  assert_int_equal(others, 5); /* FETCH, UID, FETCH_END, TEMPFAIL, UIDREQUIRED */
  hark_free(c);
}

static void is_png(const hark_part *p) {
  assert_non_null(p);
  assert_true(hark_part_is(p, "image", "png"));
  assert_int_equal(p->octets, 123);
}

static void structures_of_what_was_converted(void **state) {
  (void)state;
  static const char said[] =
      "* 1 CONVERTED (TAG \"a\") (BODYPARTSTRUCTURE[2] (\"IMAGE\" \"PNG\" NIL NIL NIL \"BINARY\" "
      "123))\r\n* URLFETCH imap://a (BODYPARTSTRUCTURE (\"IMAGE\" \"PNG\" NIL NIL NIL \"BINARY\" "
      "123))\r\n";
  hark_client *c = observer();
  assert_int_equal(hark_feed(c, said, sizeof said - 1), sizeof said - 1);
  is_png(hark_event_converted(hark_next(c))->v[0].structure);
  const hark_url_item *item = hark_event_urlfetch(hark_next(c))->v[0].v;
  assert_int_equal(item->what, HARK_URL_STRUCTURE);
  is_png(item->structure);
  hark_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_gives_its_own),
                                     cmocka_unit_test(structures_of_what_was_converted)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
