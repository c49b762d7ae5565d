/* tests/unit/test_url.c - IMAP URLs: wire/url.c.
 * SPDX-License-Identifier: MIT */
#include <hark/url.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TOKEN "91354a473744909de610943775f92038"

static char buffer[9000];

static void parsed(hark_url *u, const char *text) {
  int err = hark_url_parse(u, text, buffer, strlen(text));
  if (err) fail_msg("%s is refused", text);
}

static void same(hark_str s, const char *want) {
  if (!want) {
    assert_null(s.p);
    return;
  }
  assert_int_equal(s.n, strlen(want));
  assert_memory_equal(s.p, want, s.n);
}

/* It comes back as the same text. */
static void there_and_back(const char *text) {
  hark_url u;
  char out[1000];
  parsed(&u, text);
  assert_int_equal(hark_url_build(out, sizeof out - 1, &u), strlen(text));
  assert_string_equal(out, text);
}

static void every_part(void **state) {
  (void)state;
  hark_url u;
  parsed(
      &u,
      "IMAP://fr%c3%A9d;auth=*@example.com:143/a%20b/%26c;uidvalidity=7/;uid=20/;section=1.2/;"
      "partial=5.1024;expire=2007-01-02T03:04:05.6+01:00;urlauth=submit+joe%40x:internal:" TOKEN);
  assert_int_equal(u.form, HARK_URL_ABSOLUTE);
  same(u.user, "fr\xc3\xa9"
               "d");
  same(u.auth, "*");
  same(u.host, "example.com");
  assert_int_equal(u.port, 143);
  same(u.mailbox, "a b/&c");
  assert_int_equal(u.uidvalidity, 7);
  assert_int_equal(u.uid, 20);
  same(u.section, "1.2");
  assert_true(u.partial);
  assert_int_equal(u.origin, 5);
  assert_int_equal(u.count, 1024);
  same(u.expire, "2007-01-02T03:04:05.6+01:00");
  assert_int_equal(u.access, HARK_URL_SUBMIT);
  same(u.access_user, "joe@x");
  same(u.mechanism, "internal");
  same(u.token, TOKEN);
  same(u.search, NULL);
}

static void parts_that_are_not_there(void **state) {
  (void)state;
  hark_url u;
  parsed(&u, "imap://h");
  same(u.host, "h");
  same(u.user, NULL);
  same(u.mailbox, NULL);
  assert_int_equal(u.port, 0);
  parsed(&u, "imap://h/");
  same(u.mailbox, NULL);
  parsed(&u, "");
  assert_int_equal(u.form, HARK_URL_RELATIVE);
  parsed(&u, "/");
  assert_int_equal(u.form, HARK_URL_PATH);
  parsed(&u, "imap://;AUTH=GSSAPI@[::1]:1/x/?CHARSET%20UTF-8%20SUBJECT%20%22a%22");
  same(u.user, NULL);
  same(u.auth, "GSSAPI");
  same(u.host, "::1");
  same(u.mailbox, "x/");
  same(u.search, "CHARSET UTF-8 SUBJECT \"a\"");
}

/* Of RFC 5092, RFC 4469, RFC 4467, and the corners of the grammar. */
static void texts_that_come_back(void **state) {
  (void)state;
  static const char *const texts[] = {
      "imap://minbari.example.org/gray-council;UIDVALIDITY=385759045/;UID=20/;PARTIAL=0.1024",
      "imap://michael@example.org/INBOX",
      "imap://bester@example.org/INBOX/;UID=5/;SECTION=1.2",
      "imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;UID=20/;SECTION=1.2",
      "imap://;AUTH=*@minbari.example.org/gray%20council?SUBJECT%20shadows",
      "imap://john;AUTH=*@minbari.example.org/babylon5/personel?charset%20UTF-8",
      "imap://h/%E5%8F%B0%E5%8C%97",
      "imap://[2001:db8::1]:4294/x",
      "imap://h:65535",
      "//h/x/;UID=4294967295",
      "/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=1.MIME",
      "/INBOX;UIDVALIDITY=785799047/;UID=113330/;SECTION=1.5.9",
      "/x;UIDVALIDITY=1",
      "x/y",
      "x/;UID=1",
      "x//;UID=1",
      "x/?ALL",
      "x;UIDVALIDITY=1?ALL",
      ";UID=20",
      ";UID=20/;SECTION=HEADER/;PARTIAL=1",
      ";SECTION=1//;PARTIAL=1.2",
      ";PARTIAL=9223372036854775807.9223372036854775807",
      "..;UIDVALIDITY=385759045/;UID=20",
      "/%2Fx",
      "%2Fx",
      "a%3Ab",
      "imap://h/x/;UID=1;URLAUTH=anonymous",
      ("imap://h/x/;UID=1;URLAUTH=authuser:X-1.a:" TOKEN "00"),
      ("imap://h/x/;UID=1;URLAUTH=user+a%3Ab:INTERNAL:" TOKEN),
      "imap://h/x/;UID=1/;PARTIAL=0;EXPIRE=2007-01-02T03:04:05Z;URLAUTH=submit+fred",
      "/x/;UID=1;EXPIRE=2007-01-02T03:04:05.25-11:30;URLAUTH=authuser",
      "/x/;UID=1;EXPIRE=2007-01-02t03:04:05z;URLAUTH=authuser",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) there_and_back(texts[i]);
}

static const char *const none[] = {
    "imaps://h/x",
    "http://h/x",
    "imap:x",
    "a:b",
    "a:b/;UID=1",
    "imap:/h",
    "imap://",
    "imap:///x",
    "imap://@h",
    "imap://u@",
    "imap://u@v@h",
    "imap://u:p@h",
    "imap://;AUTH=@h",
    "imap://u;AUTH=@h",
    "imap://u;x@h",
    "imap://u;@h",
    "imap://h:",
    "imap://h:0",
    "imap://h:65536",
    "imap://h:1x",
    "imap://[::1",
    "imap://[]",
    "imap://[1.2.3.4]",
    "imap://[x]",
    "imap://[a:b]",
    "imap://[::%00]",
    "imap://[::1]x",
    "imap://%3A%3A1",
    "imap://a%2Fb",
    "imap://a%40b",
    "imap://a%20b",
    "imap://a b",
    "imap://h?x",
    "imap://h;x",
    "imap://h#x",
    "imap://h//x",
    "imap://h/;UID=1",
    "/;UID=1",
    "///x",
    "imap://h/x#y",
    "imap://h/x%",
    "imap://h/x%2",
    "imap://h/x%zz",
    "imap://h/x%00",
    "imap://h/x%0D%0A",
    "imap://h/x%7f",
    "imap://h/x%ff",
    "imap://h/x%c0%af",
    "imap://h/x%ed%a0%80",
    "imap://h/\xc3\xa4",
    "imap://h/a\\b",
    "imap://h/a\"",
    "imap://h/a\r\n",
    "imap://h/x;UIDVALIDITY=",
    "imap://h/x;UIDVALIDITY=0",
    "imap://h/x;UIDVALIDITY=4294967296",
    "imap://h/x;UIDVALIDITY=1;UIDVALIDITY=1",
    "imap://h/x;UID=1",
    "imap://h/x/;UID=",
    "imap://h/x/;UID=0",
    "imap://h/x/;UID=-1",
    "imap://h/x/;UID=4294967296",
    "imap://h/x/;UID=1/",
    "imap://h/x/;UID=1/;UID=1",
    "imap://h/x/;SECTION=1",
    "imap://h/x/;UID=1;SECTION=1",
    "imap://h/x/;UID=1/;SECTION=",
    "imap://h/x/;UID=1/;SECTION=/;PARTIAL=1",
    "imap://h/x/;UID=1/;SECTION=1;PARTIAL=1",
    "imap://h/x/;UID=1/;PARTIAL=1/;SECTION=1",
    "imap://h/x/;UID=1/;PARTIAL=",
    "imap://h/x/;UID=1/;PARTIAL=1.",
    "imap://h/x/;UID=1/;PARTIAL=1.0",
    "imap://h/x/;UID=1/;PARTIAL=.1",
    "imap://h/x/;UID=1/;PARTIAL=9223372036854775808",
    "imap://h/x?",
    "imap://h/x/;UID=1?ALL",
    "imap://h/x?ALL/;UID=1",
    "imap://h/x?a?b",
    "?ALL",
    ";UIDVALIDITY=1",
    "imap://h/x;FUTURE=1",
    "imap://h/x;URLAUTH=anonymous",
    "imap://h/x/;UID=1;URLAUTH=",
    "imap://h/x/;UID=1;URLAUTH=x",
    "imap://h/x/;UID=1;URLAUTH=anonymousx",
    "imap://h/x/;UID=1;URLAUTH=submit+",
    "imap://h/x/;UID=1;URLAUTH=submit",
    "imap://h/x/;UID=1;URLAUTH=anonymous:",
    "imap://h/x/;UID=1;URLAUTH=anonymous:INTERNAL",
    "imap://h/x/;UID=1;URLAUTH=anonymous:INTERNAL:",
    "imap://h/x/;UID=1;URLAUTH=anonymous:INTERNAL:9135",
    "imap://h/x/;UID=1;URLAUTH=anonymous::" TOKEN,
    "imap://h/x/;UID=1;URLAUTH=anonymous:a_b:" TOKEN,
    "imap://h/x/;UID=1;URLAUTH=anonymous:INTERNAL:" TOKEN "x",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05Z",
    "imap://h/x/;UID=1;EXPIRE=;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05.Z;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05+01;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05ZZ;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007:01-02T03:04:05Z;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05.6;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05T01:00;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05+T1:00;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05+0T:00;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05+01-00;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05+01:T0;URLAUTH=anonymous",
    "imap://h/x/;UID=1;EXPIRE=2007-01-02T03:04:05+01:0T;URLAUTH=anonymous",
    "x/;UID=1;URLAUTH=anonymous",
    ";UID=1;URLAUTH=anonymous",
};

static void what_is_none(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    hark_url u;
    if (hark_url_parse(&u, none[i], buffer, sizeof buffer) != HARK_ERR_ARG)
      fail_msg("%s is taken", none[i]);
    assert_null(u.host.p);
  }
}

static void lengths(void **state) {
  (void)state;
  hark_url u;
  char text[8200], out[8];
  memset(text, 'x', sizeof text);
  text[8000] = 0;
  parsed(&u, text);
  assert_int_equal(hark_url_build(NULL, 0, &u), 8000);
  assert_int_equal(hark_url_build(out, 4, &u), 8000);
  assert_string_equal(out, "xxxx");
  assert_int_equal(hark_url_parse(&u, text, buffer, 7999), HARK_ERR_ARG);
  text[8000] = 'x', text[8001] = 0;
  assert_int_equal(hark_url_parse(&u, text, buffer, sizeof buffer), HARK_ERR_ARG);
  assert_int_equal(hark_url_parse(&u, NULL, buffer, sizeof buffer), HARK_ERR_ARG);
  memset(text, ' ', 3000);
  u = (hark_url){.form = HARK_URL_RELATIVE, .mailbox = {text, 3000}};
  assert_int_equal(hark_url_build(out, 4, &u), HARK_ERR_ARG); /* 9,000 bytes */
}

static hark_str str(const char *s) { return (hark_str){s, strlen(s)}; }

static void parts_that_make_none(void **state) {
  (void)state;
  const hark_url good = {
      .host = str("h"), .mailbox = str("x"), .uid = 1, .access = HARK_URL_ANONYMOUS};
  hark_url u;
  char out[400];
  assert_true(hark_url_build(out, sizeof out - 1, &good) > 0);
#define REFUSED(...)                                                                               \
  u = good, __VA_ARGS__, assert_int_equal(hark_url_build(out, sizeof out - 1, &u), HARK_ERR_ARG)
  REFUSED(u.form = 4);
  REFUSED(u.form = -1);
  REFUSED(u.form = HARK_URL_PATH);
  REFUSED(u.form = HARK_URL_RELATIVE, u.host.p = NULL);
  REFUSED(u.form = HARK_URL_PATH, u.host.p = NULL, u.user = str("u"));
  REFUSED(u.form = HARK_URL_PATH, u.host.p = NULL, u.auth = str("*"));
  REFUSED(u.form = HARK_URL_PATH, u.host.p = NULL, u.port = 143);
  REFUSED(u.host.p = NULL);
  REFUSED(u.host = str(""));
  REFUSED(u.host = str("a/b"));
  REFUSED(u.host = str("a:b"));
  REFUSED(u.host = str("a@b"));
  REFUSED(u.host = str("::x"));
  REFUSED(u.mailbox.p = NULL);
  REFUSED(u.mailbox.p = NULL, u.uid = 0, u.access = 0, u.uidvalidity = 1);
  REFUSED(u.mailbox.p = NULL, u.uid = 0, u.access = 0, u.search = str("ALL"));
  REFUSED(u.mailbox = str("a\r\nb"));
  REFUSED(u.mailbox = str("a\xff"));
  REFUSED(u.uid = 0);
  REFUSED(u.uid = 0, u.access = 0, u.partial = true);
  REFUSED(u.uid = 0, u.access = 0, u.section = str("1"));
  REFUSED(u.search = str("ALL"));
  REFUSED(u.partial = true, u.count = UINT64_MAX);
  REFUSED(u.partial = true, u.origin = UINT64_MAX);
  REFUSED(u.origin = 1);
  REFUSED(u.count = 1);
  REFUSED(u.access = 5);
  REFUSED(u.access = -1);
  REFUSED(u.access = HARK_URL_USER);
  REFUSED(u.access_user = str("x"));
  REFUSED(u.access = HARK_URL_NO_ACCESS, u.expire = str("2007-01-02T03:04:05Z"));
  REFUSED(u.access = HARK_URL_NO_ACCESS, u.access_user = str("x"));
  REFUSED(u.access = HARK_URL_NO_ACCESS, u.mechanism = str("INTERNAL"));
  REFUSED(u.access = HARK_URL_NO_ACCESS, u.token = str(TOKEN));
  REFUSED(u.expire = str("tomorrow"));
  REFUSED(u.mechanism = str("INTERNAL"));
  REFUSED(u.token = str(TOKEN));
  REFUSED(u.mechanism = str("INTERNAL"), u.token = str("short"));
  REFUSED(u.mechanism = str("INTERNAL"), u.token = str(TOKEN "x"));
  REFUSED(u.mechanism = str("a_b"), u.token = str(TOKEN));
}

/* Whatever is taken is made again, and then says the same. */
static void random_texts(void **state) {
  (void)state;
  static const char *const pieces[] = {
      "imap://",    "//",         "/",          "u@",
      ";AUTH=",     "*",          "@",          "h",
      ":1",         "[::1]",      "x",          "%2F",
      "%3B",        "%",          "%41",        ";UIDVALIDITY=",
      "1",          "0",          ";UID=",      "/;UID=1",
      "/;SECTION=", "1.2",        "/;PARTIAL=", "5.6",
      "?",          "ALL",        ";URLAUTH=",  "anonymous",
      "submit+",    ":INTERNAL:", TOKEN,        ";EXPIRE=2007-01-02T03:04:05Z",
      "%c3%a4"};
  unsigned seed = 1;
  size_t taken = 0;
  for (int round = 0; round < 200000; round++) {
    char text[600] = "", out[2000], again[2000], other[2000];
    for (int n = 0; n < 8; n++) {
      seed = seed * 1103515245u + 12345u;
      if ((seed >> 16) % 4) strcat(text, pieces[(seed >> 18) % (sizeof pieces / sizeof *pieces)]);
    }
    hark_url u, v;
    if (hark_url_parse(&u, text, buffer, strlen(text))) continue;
    taken++;
    assert_in_range(hark_url_build(out, sizeof out - 1, &u), 0, sizeof out - 1);
    if (hark_url_parse(&v, out, other, sizeof other)) fail_msg("%s became %s", text, out);
    hark_url_build(again, sizeof again - 1, &v);
    assert_string_equal(out, again);
    assert_int_equal(u.mailbox.n, v.mailbox.n);
    assert_int_equal(u.section.n, v.section.n);
    assert_int_equal(u.uid, v.uid);
    assert_int_equal(u.form, v.form);
  }
  assert_true(taken > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_part),
      cmocka_unit_test(parts_that_are_not_there),
      cmocka_unit_test(texts_that_come_back),
      cmocka_unit_test(what_is_none),
      cmocka_unit_test(lengths),
      cmocka_unit_test(parts_that_make_none),
      cmocka_unit_test(random_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
