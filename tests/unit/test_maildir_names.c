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

/* --- names that mean harm --- */

#define NAME(text)                                                                                 \
  { text, sizeof text - 1 }
static char long_name[5000];
static const hark_str hostile[] = {NAME("INBOX"), /* as the server's text is once it is decoded */
                                   NAME(".."),
                                   NAME("../x"),
                                   NAME("a/../b"),
                                   NAME("/abs"),
                                   NAME("~root"),
                                   NAME(""),
                                   NAME("."),
                                   NAME("a//b"),
                                   NAME("/"),
                                   NAME("a\0b"),
                                   NAME("a\nb\x1b[31m\xe2\x80\xae "),
                                   {long_name, sizeof long_name},
                                   {long_name, sizeof long_name - 1}};
static const char *const accounts[] = {"user@host", "../../u@/etc/passwd:993", "u@[::1]\n:2,S"};
enum { HOSTILE = sizeof hostile / sizeof *hostile, ACCOUNTS = sizeof accounts / sizeof *accounts };

static char hashes[HOSTILE * ACCOUNTS][HASH_DIGITS + 1];
static size_t hashes_n;
static int files_n, wrong_n;

/* Below the top: M, in it cur, new, tmp and the state, and messages in new. */
static int portable(const char *path, const struct stat *st, int type, struct FTW *in) {
  static const char *const own[] = {"M", "cur", "new", "tmp", "hark.db", "hark.db-wal"};
  const char *name = path + in->base;
  mail_name is;
  (void)st, (void)type;
  if (!in->level) return 0;
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (!strcmp(name, own[i]) && in->level == 1 + (i > 0)) return 0;
  files_n++;
  wrong_n += in->level != 3 || !md_name_read(&is, name, strlen(name)) ||
             strspn(name, "VUS.0123456789abcdef") != strlen(name);
  return 0;
}

static void put_into(hark_maildir *m, hark_str mailbox, uint32_t uid) {
  hark_pull_event ev = event(HARK_PULL_MESSAGE, uid);
  ev.mailbox_name = mailbox, ev.size = 6;
  assert_int_equal(hark_maildir_put(m, &ev), 0);
  assert_int_equal(put_data(m, "A: b\r\n", 6), 0);
  ev.type = HARK_PULL_MESSAGE_END;
  assert_int_equal(hark_maildir_put(m, &ev), 0);
}

/* The same at the next run, another for each mailbox of each account. */
static void hash_is_its_own(const char *account, hark_str mailbox) {
  char *hash = hashes[hashes_n], again[HASH_DIGITS + 1];
  md_hash(hash, account, mailbox);
  md_hash(again, account, mailbox);
  assert_string_equal(hash, again);
  for (size_t i = 0; i < hashes_n; i++) assert_string_not_equal(hashes[i], hash);
  hashes_n++;
}

/* SEC H-01, SEC H-02, SEC H-06, SEC H-13 */
static void hostile_names_make_no_paths(void **state) {
  (void)state;
  memset(long_name, 'x', sizeof long_name);
  hashes_n = 0, files_n = wrong_n = 0;
  for (size_t a = 0; a < ACCOUNTS; a++) {
    hark_maildir_config config = config_of("M");
    hark_maildir *m;
    config.account = accounts[a];
    assert_int_equal(hark_maildir_open(&m, &config), 0);
    for (size_t i = 0; i < HOSTILE; i++) {
      hash_is_its_own(accounts[a], hostile[i]);
      put_into(m, hostile[i], 1); /* the same UID, UIDVALIDITY, size and time in all */
    }
    assert_int_equal(settle(m), 0);
    hark_maildir_close(m);
  }
  assert_int_equal(nftw(top, portable, 16, FTW_PHYS), 0);
  assert_int_equal(wrong_n, 0);
  assert_int_equal(files_n, HOSTILE * ACCOUNTS);
  assert_false(is_there(at("x")));
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
      cmocka_unit_test_setup_teardown(hostile_names_make_no_paths, setup, teardown),
      cmocka_unit_test(message_ids),
      cmocka_unit_test(too_long_identifies_nothing),
      cmocka_unit_test(same_form_otherwise),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
