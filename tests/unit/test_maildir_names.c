/* tests/unit/test_maildir_names.c - names of files, info letters, the Message-ID in a stream.
 * SPDX-License-Identifier: MIT */
#include "maildir_play.h"

static mail_name sample(int64_t time, uint32_t uidvalidity, uint32_t uid, uint64_t size) {
  mail_name is = {.time = time, .uidvalidity = uidvalidity, .uid = uid, .size = size};
  md_hash(is.hash, "user@host", str("INBOX"));
  return is;
}

static bool same_name(const mail_name *a, const mail_name *b) {
  return a->time == b->time && a->uidvalidity == b->uidvalidity && a->uid == b->uid &&
         a->size == b->size && !strcmp(a->hash, b->hash);
}

/* SEC H-11, SEC K-24 */
static void there_and_back(void **state) {
  (void)state;
  static const int64_t times[] = {0, 1, 1700000000, INT32_MAX, 4102444800, INT64_MAX};
  static const uint32_t numbers[] = {0, 1, 4294967295u};
  char text[NAME_MOST];
  mail_name back;
  for (size_t t = 0; t < 6; t++)
    for (size_t n = 0; n < 3; n++) {
      mail_name is = sample(times[t], numbers[n], numbers[2 - n], n ? UINT64_MAX : 0);
      md_name_put(text, &is);
      assert_true(strlen(text) <= 120 - LETTERS_MOST - 3);
      assert_int_equal(
          strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.=_-"),
          strlen(text));
      assert_true(md_name_read(&back, text, strlen(text)));
      assert_true(same_name(&is, &back));
    }
}

static void before_1970(void **state) {
  (void)state;
  char text[NAME_MOST];
  mail_name is = sample(-1, 7, 8, 9);
  md_name_put(text, &is);
  assert_memory_equal(text, "0.V7U8S9.", 9);
}

static void only_ours(void **state) {
  (void)state;
  static const char *const others[] = {"",
                                       "1700000000.V1U2S3",
                                       "1700000000.V1U2S3.0123456789abcde",
                                       "1700000000.V1U2S3.0123456789abcdefa",
                                       "1700000000.V1U2S3.0123456789ABCDEF",
                                       "01700000000.V1U2S3.0123456789abcdef",
                                       "1700000000.V4294967296U2S3.0123456789abcdef",
                                       "-1.V1U2S3.0123456789abcdef",
                                       "1700000000.V1U2S99999999999999999999.0123456789abcdef",
                                       "../.V1U2S3.0123456789abcdef",
                                       "1700000000.M123P45.host"};
  mail_name is;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    assert_false(md_name_read(&is, others[i], strlen(others[i])));
}

static void hash_of_both(void **state) {
  (void)state;
  char a[HASH_DIGITS + 1], b[HASH_DIGITS + 1];
  md_hash(a, "user@host", str("INBOX"));
  assert_int_equal(strlen(a), HASH_DIGITS);
  md_hash(b, "user@hostI", str("NBOX"));
  assert_string_not_equal(a, b);
  md_hash(b, "user@host", str("../../etc\n"));
  assert_int_equal(strspn(b, "0123456789abcdef"), HASH_DIGITS);
}

/* SEC H-12 */
static void letters_of_a_table(void **state) {
  (void)state;
  const hark_str flags[] = {str("\\seen"), str("\\Draft"),    str("$Forwarded"), str("\\Recent"),
                            str("../S"),   str("\\Answered"), str("\\Flagged"),  str("\\Deleted")};
  char text[LETTERS_MOST];
  uint8_t all = md_letters(&(hark_strs){flags, 8});
  md_letters_put(text, all);
  assert_string_equal(text, "DFPRST");
  assert_int_equal(md_letters_read(text), all);
  md_letters_put(text, md_letters(&(hark_strs){flags + 3, 2}));
  assert_string_equal(text, "");
}

/* --- Message-ID --- */

static void finds_at_every_cut(const char *header, const char *id) {
  size_t n = strlen(header);
  for (size_t cut = 0; cut <= n; cut++) {
    scan s;
    md_scan_begin(&s);
    md_scan_put(&s, header, cut);
    md_scan_put(&s, header + cut, n - cut);
    hark_str found = md_scan_id(&s);
    assert_int_equal(found.n, id ? strlen(id) : 0);
    if (id) assert_memory_equal(found.p, id, found.n);
  }
}

static void message_ids(void **state) {
  (void)state;
  finds_at_every_cut("Message-ID: <a@b>\r\n\r\n", "a@b");
  finds_at_every_cut("Subject: x\r\n y\r\nmessage-id:<a@b>\r\n\r\n", "a@b");
  finds_at_every_cut("MESSAGE-ID \t:\r\n <a@\r\n b> (x)\r\n\r\n", "a@b");
  finds_at_every_cut("X-Message-ID: <no>\r\nMessage-IDs: <no>\r\n\r\nMessage-ID: <no>\r\n", NULL);
  finds_at_every_cut("Subject: x\r\n Message-ID: <no>\r\n\r\n", NULL);
  finds_at_every_cut("Message-ID: none\r\nMessage-ID: <second>\r\n\r\n", "second");
  finds_at_every_cut("Message-ID: <cut\r\nMessage-ID: <whole>\r\n\r\n", "whole");
  finds_at_every_cut("\r\nMessage-ID: <body>\r\n", NULL);
  finds_at_every_cut("Message-ID: <lf@only>\n\n", "lf@only");
  finds_at_every_cut("Message-ID: <>\r\n\r\n", NULL);
}

static void too_long_identifies_nothing(void **state) {
  (void)state;
  char header[400] = "Message-ID: <", out[ID_MOST];
  memset(header + 13, 'x', 300);
  strcpy(header + 313, ">\r\n\r\n");
  finds_at_every_cut(header, NULL);
  assert_null(md_id_put(out, (hark_str){header + 13, 300}).p);
  assert_int_equal(md_id_put(out, (hark_str){header + 13, ID_MOST}).n, ID_MOST);
}

static void same_form_otherwise(void **state) {
  (void)state;
  char out[ID_MOST];
  hark_str id = md_id_put(out, str("a@\r\n b"));
  assert_int_equal(id.n, 3);
  assert_memory_equal(id.p, "a@b", 3);
  assert_null(md_id_put(out, (hark_str){NULL, 0}).p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(there_and_back),
      cmocka_unit_test(before_1970),
      cmocka_unit_test(only_ours),
      cmocka_unit_test(hash_of_both),
      cmocka_unit_test(letters_of_a_table),
      cmocka_unit_test(message_ids),
      cmocka_unit_test(too_long_identifies_nothing),
      cmocka_unit_test(same_form_otherwise),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
