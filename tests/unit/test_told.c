/* tests/unit/test_told.c - the accessors of mailboxes' and servers' extensions: each gives what is
 * its own, and nothing else. SPDX-License-Identifier: MIT */
#include <hark/ext/acl.h>
#include <hark/ext/annotate.h>
#include <hark/ext/inprogress.h>
#include <hark/ext/jmapaccess.h>
#include <hark/ext/language.h>
#include <hark/ext/messagelimit.h>
#include <hark/ext/metadata.h>
#include <hark/ext/namespace.h>
#include <hark/ext/quota.h>
#include <hark/ext/referral.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NOBODY = -1, OF_EVENTS = 9, OF_CODES = 6, ANNOTATION = OF_EVENTS + OF_CODES, ACCESSORS };

static void of_event(const hark_event *ev, const void *out[OF_EVENTS]) {
  out[0] = hark_event_quota(ev);
  out[1] = hark_event_quotaroot(ev);
  out[2] = hark_event_acl(ev);
  out[3] = hark_event_listrights(ev);
  out[4] = hark_event_myrights(ev);
  out[5] = hark_event_namespace(ev);
  out[6] = hark_event_metadata(ev);
  out[7] = hark_event_language(ev);
  out[8] = hark_event_comparator(ev);
}

static void of_cond(const hark_ev_cond *cond, const void *out[OF_CODES]) {
  out[0] = hark_cond_metadata(cond);
  out[1] = hark_cond_annotate(cond);
  out[2] = hark_cond_annotations(cond);
  out[3] = hark_cond_referral(cond);
  out[4] = hark_cond_inprogress(cond);
  out[5] = hark_cond_message_limit(cond);
}

/* Which accessor gives something; NOBODY: none of them. */
static int whose(const hark_event *ev) {
  const void *out[ACCESSORS] = {NULL};
  int found = NOBODY;
  of_event(ev, out);
  if (ev->type == HARK_EV_COND) of_cond(ev->cond, out + OF_EVENTS);
  if (ev->type == HARK_EV_ITEM) out[ANNOTATION] = hark_item_annotations(ev->item);
  for (int i = 0; i < ACCESSORS; i++) {
    if (!out[i]) continue;
    assert_int_equal(found, NOBODY);
    found = i;
  }
  return found;
}

static void each_gives_its_own(void **state) {
  (void)state;
  static const char said[] = "* QUOTA a ()\r\n* QUOTAROOT a\r\n* ACL a\r\n* LISTRIGHTS a b c\r\n"
                             "* MYRIGHTS a b\r\n* NAMESPACE NIL NIL NIL\r\n* METADATA a /b\r\n"
                             "* LANGUAGE (a)\r\n* COMPARATOR a\r\n"
                             "* OK [METADATA TOOMANY] x\r\n* OK [ANNOTATE TOOBIG] x\r\n"
                             "* OK [ANNOTATIONS NONE] x\r\n* OK [REFERRAL imap://a] x\r\n"
                             "* OK [INPROGRESS] x\r\n* OK [MESSAGELIMIT 1] x\r\n"
                             "* 1 FETCH (ANNOTATION (/a) UID 1)\r\n* OK [BADCOMPARATOR] x\r\n";
  hark_config config;
  hark_config_init(&config);
  config.flags = HARK_OBSERVE;
  hark_client *c = hark_new(&config);
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
  assert_int_equal(others, 4); /* FETCH, UID, FETCH_END, BADCOMPARATOR */
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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_gives_its_own),
                                     cmocka_unit_test(the_url_of_jmap)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
