/* tests/unit/test_told.c - the accessors of extensions: each gives what is its own, and nothing
 * else.
 * SPDX-License-Identifier: MIT */
#include <hark/ext/acl.h>
#include <hark/ext/annotate.h>
#include <hark/ext/convert.h>
#include <hark/ext/gmail.h>
#include <hark/ext/inprogress.h>
#include <hark/ext/jmapaccess.h>
#include <hark/ext/language.h>
#include <hark/ext/messagelimit.h>
#include <hark/ext/metadata.h>
#include <hark/ext/namespace.h>
#include <hark/ext/objectid.h>
#include <hark/ext/preview.h>
#include <hark/ext/qresync.h>
#include <hark/ext/quota.h>
#include <hark/ext/referral.h>
#include <hark/ext/savedate.h>
#include <hark/ext/urlauth.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NOBODY = -1, MOST = 32 };

/* Each accessor, in the order in which something of its own is said. */
static size_t ask(const hark_event *ev, const void *out[MOST]) {
  static const hark_ev_cond no_cond;
  static const hark_ev_item no_item;
  const hark_ev_cond *cond = ev->type == HARK_EV_COND ? ev->cond : &no_cond;
  const hark_ev_item *item = ev->type == HARK_EV_ITEM ? ev->item : &no_item;
  const void *all[] = {
      hark_event_quota(ev),       hark_event_quotaroot(ev),      hark_event_acl(ev),
      hark_event_listrights(ev),  hark_event_myrights(ev),       hark_event_namespace(ev),
      hark_event_metadata(ev),    hark_event_language(ev),       hark_event_comparator(ev),
      hark_event_vanished(ev),    hark_event_converted(ev),      hark_event_conversion(ev),
      hark_event_genurlauth(ev),  hark_event_urlfetch(ev),       hark_cond_metadata(cond),
      hark_cond_annotate(cond),   hark_cond_annotations(cond),   hark_cond_referral(cond),
      hark_cond_inprogress(cond), hark_cond_message_limit(cond), hark_cond_modified(cond),
      hark_cond_mailbox_id(cond), hark_cond_urlmech(cond),       hark_item_annotations(item),
      hark_item_preview(item),    hark_item_save_date(item),     hark_item_gmail_labels(item),
      hark_item_objectid(item)};
  memcpy(out, all, sizeof all);
  return sizeof all / sizeof *all;
}

/* The only accessor that gives something; NOBODY: none does. */
static int whose(const hark_event *ev, size_t *accessors) {
  const void *out[MOST];
  int found = NOBODY;
  *accessors = ask(ev, out);
  for (size_t i = 0; i < *accessors; i++) {
    if (!out[i]) continue;
    assert_int_equal(found, NOBODY);
    found = (int)i;
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
      "* QUOTA a ()\r\n* QUOTAROOT a\r\n* ACL a\r\n* LISTRIGHTS a b c\r\n* MYRIGHTS a b\r\n"
      "* NAMESPACE NIL NIL NIL\r\n* METADATA a /b\r\n* LANGUAGE (a)\r\n* COMPARATOR a\r\n"
      "* VANISHED 1\r\n* 1 CONVERTED (TAG \"a\") (UID 1)\r\n* CONVERSION \"a/b\" \"c/d\"\r\n"
      "* GENURLAUTH imap://a\r\n* URLFETCH imap://a NIL\r\n"
      "* OK [METADATA TOOMANY] x\r\n* OK [ANNOTATE TOOBIG] x\r\n* OK [ANNOTATIONS NONE] x\r\n"
      "* OK [REFERRAL imap://a] x\r\n* OK [INPROGRESS] x\r\n* OK [MESSAGELIMIT 1] x\r\n"
      "* OK [MODIFIED 1] x\r\n* OK [MAILBOXID (a)] x\r\n* OK [URLMECH INTERNAL] x\r\n"
      "* 1 FETCH (ANNOTATION (/a) PREVIEW NIL SAVEDATE NIL X-GM-LABELS () EMAILID (a) UID 1)\r\n"
      "* OK [BADCOMPARATOR] x\r\n* OK [TEMPFAIL] x\r\n* OK [UIDREQUIRED] x\r\n";
  hark_client *c = observer();
  size_t accessors = 0;
  int expected = 0, others = 0;
  for (size_t at = 0; at < sizeof said - 1;) {
    at += hark_feed(c, said + at, sizeof said - 1 - at);
    for (const hark_event *ev; (ev = hark_next(c));) {
      int by = whose(ev, &accessors);
      if (by == NOBODY)
        others++;
      else
        assert_int_equal(by, expected++);
    }
  }
  assert_int_equal(expected, accessors);
  assert_int_equal(others, 6); /* FETCH, UID, FETCH_END and three codes */
  hark_free(c);
}

static void the_url_of_jmap(void **state) {
  (void)state;
  const hark_str url = {"https://a", 9};
  hark_event ev = {.type = HARK_EV_JMAPACCESS, .any = &url};
  assert_ptr_equal(hark_event_jmapaccess(&ev), &url);
  ev.type = HARK_EV_QUOTA;
  assert_null(hark_event_jmapaccess(&ev));
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
                                     cmocka_unit_test(the_url_of_jmap),
                                     cmocka_unit_test(structures_of_what_was_converted)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
