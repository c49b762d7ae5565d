/* tests/unit/test_log.c - core/log.c: one line is one call, bounded, and without secrets.
 * SPDX-License-Identifier: MIT */
#include <hark/command.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { LINE_MOST = 1024 };

static char lines[64][LINE_MOST + 1];
static int kinds[64];
static size_t nlines;
static hark_client *c;

static void keep(void *ud, int kind, const char *line, size_t n) {
  (void)ud;
  assert_true(n <= LINE_MOST && nlines < 64);
  memcpy(lines[nlines], line, n);
  lines[nlines][n] = 0;
  kinds[nlines++] = kind;
}

static int setup(void **state) {
  (void)state;
  hark_config config;
  hark_config_init(&config);
  config.log = keep;
  nlines = 0;
  return !(c = hark_new(&config));
}

static int teardown(void **state) {
  (void)state;
  hark_free(c);
  return 0;
}

static void send_all(void) {
  size_t n;
  while (hark_send_buf(c, &n)) hark_send_ack(c, n);
}

static void say(const char *text) {
  send_all();
  for (size_t n = strlen(text), took; n; text += took, n -= took) {
    took = hark_feed(c, text, n);
    while (hark_next(c)) {
    }
    assert_int_not_equal(took, 0);
  }
}

static void one_call_a_line(void **state) { /* SEC N-03 */
  (void)state;
  say("* PREAUTH hello\r\n* BAD no\r\n* OK two\rlines\n");
  assert_int_equal(nlines, 3);
  assert_string_equal(lines[0], "* PREAUTH hello");
  assert_string_equal(lines[1], "* BAD no");
  for (size_t i = 0; i < nlines; i++) assert_null(strchr(lines[i], '\n'));
}

static void a_literal_makes_no_second_line(void **state) { /* SEC N-03 */
  (void)state;
  say("* PREAUTH hello\r\n* LIST () \"/\" {12}\r\na\r\n* OK b\rcd\r\n");
  assert_int_equal(nlines, 2);
  assert_string_equal(lines[1], "* LIST () \"/\" {12}  a  * OK b cd");
}

static void a_long_line_is_cut_with_a_mark(void **state) { /* SEC N-05 */
  (void)state;
  char text[6000];
  memset(text, 'x', sizeof text);
  memcpy(text, "* OK ", 5);
  memcpy(text + sizeof text - 3, "\r\n", 3);
  say("* PREAUTH hello\r\n");
  say(text);
  assert_int_equal(strlen(lines[1]), LINE_MOST);
  assert_string_equal(lines[1] + LINE_MOST - 4, "x...");
  assert_true(hark_examine(c, "INBOX", NULL) > 0);
  say("A1 OK [READ-ONLY] done\r\n");
  for (size_t n = 0; n < 3000; n += 2) memcpy(text + n, "7,", 2);
  text[2999] = 0;
  assert_int_equal(hark_fetch(c, HARK_UID, text, "(UID)"), 2);
  send_all();
  size_t last = nlines - 1;
  assert_int_equal(kinds[last], HARK_LOG_OUT);
  assert_int_equal(strlen(lines[last]), LINE_MOST);
  assert_string_equal(lines[last] + LINE_MOST - 5, "7,...");
}

static void a_line_that_just_fits_has_none(void **state) {
  (void)state;
  char text[LINE_MOST + 3];
  memset(text, 'x', LINE_MOST);
  memcpy(text, "* OK ", 5);
  memcpy(text + LINE_MOST, "\r\n", 3);
  say("* PREAUTH hello\r\n");
  say(text);
  assert_int_equal(strlen(lines[1]), LINE_MOST);
  assert_int_equal(lines[1][LINE_MOST - 1], 'x');
}

/* tests/wire/quirks.md has where each is shown. */
static void what_is_forgiven_is_noted(void **state) {
  static const struct {
    const char *line, *note;
  } all[] = {
      {"* CAPABILITY IMAP4rev1  IDLE", "one space, not more"},
      {"* CAPABILITY IMAP4rev1 ", "no space at the end"},
      {"+", "forgiven: no space behind \"+\""},
      {"", "forgiven: an empty line"},
      {"Server Unavailable. 15", "neither a tagged nor an untagged response"},
      {"* LIST () NIL a\tb", "quotes around the mailbox name"},
      {"* STATUS a (UIDNEXT 0)", "number above 0"},
      {"* FLAGS (a]b)", "flag without \"]\""},
      {"* OK [COPYUID 1  ] x", "forgiven: a response code's arguments"},
      {"* 1 FETCH (MODSEQ (-1))", "a number that is not negative"},
      {"* 0 FETCH (UID 1)", "forgiven: message number 0"},
      {"* 1 FETCH (RFC822.SIZE 9.3e+06)", "a number without exponent"},
      {"* 1 FETCH (BODY[])", "forgiven: a body without a value"},
      {"* 1 FETCH ()", "forgiven: a FETCH of nothing"},
      {"* 1 FETCH (ENVELOPE ((NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)))",
       "an ENVELOPE in one list"},
      {"* 1 FETCH (ENVELOPE (NIL NIL () NIL NIL NIL NIL NIL NIL NIL))",
       "NIL where there are no addresses"},
      {"* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL))", "an ENVELOPE of ten fields"},
      {"* LIST () NIL \"a\\b\"", "quote or backslash behind a backslash"},
      {"* 1 FETCH (BODY (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1))", "a number of lines"},
      {"* 1 FETCH (UID 1) ", "forgiven: a space behind a FETCH"},
      {"* 1 EXISTS ", "no space at the end"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    teardown(state);
    hark_config config;
    hark_config_init(&config);
    config.log = keep, config.flags |= HARK_OBSERVE;
    nlines = 0;
    assert_non_null(c = hark_new(&config));
    say("* PREAUTH hello\r\n");
    say(all[i].line);
    say("\r\n* OK and on\r\n");
    bool noted = false;
    for (size_t k = 0; k < nlines; k++)
      noted |= kinds[k] == HARK_LOG_NOTE && !strcmp(lines[k], all[i].note);
    if (!noted) fail_msg("\"%s\" is not noted as \"%s\"", all[i].line, all[i].note);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(one_call_a_line, setup, teardown),
      cmocka_unit_test_setup_teardown(a_literal_makes_no_second_line, setup, teardown),
      cmocka_unit_test_setup_teardown(a_long_line_is_cut_with_a_mark, setup, teardown),
      cmocka_unit_test_setup_teardown(a_line_that_just_fits_has_none, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_forgiven_is_noted, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
