/* tests/unit/test_maildir_deliver.c - messages in, files out: names, folders, times, bytes, what a
 * cursor then says. SPDX-License-Identifier: MIT */
#include "maildir_play.h"

static void message_in_new(void **state) {
  (void)state;
  hark_maildir *m = open_maildir("M");
  deliver(m, 1, 3);
  assert_string_equal(have_text, "1:3;");
  assert_string_equal(again_text, "");
  assert_string_equal(have_of(m, 77), "1:3");
  hark_maildir_close(m);
  assert_int_equal(count("M/new"), 3);
  assert_int_equal(count("M/cur"), 0);
  assert_int_equal(count("M/tmp"), 0);

  char text[256];
  struct stat st;
  size_t n = contents(path_of("M/new", name_of(2)), text, sizeof text);
  text[n] = 0;
  assert_string_equal(text, "Subject: 2\nMessage-ID: <2@example.org>\n\nbody of 2\n");
  assert_int_equal(stat(path_of("M/new", name_of(2)), &st), 0);
  assert_int_equal(st.st_mtime, 1600000002);

  m = open_maildir("M");
  assert_null(hark_maildir_note(m));
  assert_string_equal(have_of(m, 77), "1:3");
  deliver(m, 4, 4);
  assert_string_equal(have_of(m, 77), "1:4");
  hark_maildir_close(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(message_in_new, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
