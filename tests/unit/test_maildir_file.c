/* tests/unit/test_maildir_file.c - line ends: CRLF as LF, and what cannot be converted as it
 * came, at every cut.
 * SPDX-License-Identifier: MIT */
#include "maildir_play.h"

static int dir;
static char *big;
enum { BIG = 300000 };

static int setup_dir(void **state) {
  if (setup(state)) return -1;
  dir = open(top, O_RDONLY | O_DIRECTORY);
  big = malloc(2 * BIG);
  return dir >= 0 && big ? 0 : -1;
}

static int teardown_dir(void **state) {
  close(dir);
  free(big);
  return teardown(state);
}

static mail_file file = {.fd = -1};

static size_t written(const char *p, size_t n, size_t cut, bool convert, bool *exact) {
  assert_int_equal(md_file_begin(&file, dir, "m", convert), 0);
  assert_int_equal(md_file_put(&file, p, cut), 0);
  assert_int_equal(md_file_put(&file, p + cut, n - cut), 0);
  assert_int_equal(md_file_end(&file, 0), 0);
  assert_int_equal(file.got, n);
  *exact = file.exact;
  size_t got = contents(at("m"), big, 2 * BIG);
  md_file_drop(&file);
  assert_false(is_there(at("m")));
  return got;
}

static void becomes(const char *text, size_t n, const char *lf) {
  for (size_t cut = 0; cut <= n; cut++) {
    bool exact;
    size_t got = written(text, n, cut, true, &exact);
    assert_int_equal(exact, lf == NULL);
    assert_int_equal(got, lf ? strlen(lf) : n);
    assert_memory_equal(big, lf ? lf : text, got);
    assert_int_equal(written(text, n, cut, false, &exact), n);
    assert_memory_equal(big, text, n);
    assert_false(exact);
  }
}

#define BECOMES(text, lf) becomes(text, sizeof text - 1, lf)

static void converted(void **state) {
  (void)state;
  BECOMES("", "");
  BECOMES("a", "a");
  BECOMES("a\r\n", "a\n");
  BECOMES("\r\n\r\na\r\nb", "\n\na\nb");
  BECOMES("From me\r\n>From\r\n\r\nx\r\n", "From me\n>From\n\nx\n");
}

/* CRLF as LF, or NULL: something else ends a line in it, or it holds NUL. */
static const char *model(const char *p, size_t n, char out[16]) {
  size_t k = 0;
  for (size_t i = 0; i < n; i++) {
    bool crlf = p[i] == '\r' && i + 1 < n && p[i + 1] == '\n';
    if (!p[i] || (!crlf && (p[i] == '\r' || p[i] == '\n'))) return NULL;
    out[k++] = crlf ? '\n' : p[i];
    i += crlf;
  }
  out[k] = 0;
  return out;
}

/* Every text of up to five of these, at every cut.  SEC F-16 */
static void every_short_text(void **state) {
  (void)state;
  static const char letters[] = {'a', '\r', '\n', 0};
  char text[5], out[16];
  for (size_t n = 0; n <= sizeof text; n++)
    for (unsigned v = 0; v < 1u << 2 * n; v++) {
      for (size_t i = 0; i < n; i++) text[i] = letters[v >> 2 * i & 3];
      becomes(text, n, model(text, n, out));
    }
}

/* SEC H-17 */
static void kept_as_it_came(void **state) {
  (void)state;
  BECOMES("a\r\nb\n", NULL);
  BECOMES("\n", NULL);
  BECOMES("a\r\nb\rc\r\n", NULL);
  BECOMES("a\r\n\r\r\nb", NULL);
  BECOMES("a\r\nb\r", NULL);
  BECOMES("a\r\nb\0c\r\nd\r\n", NULL);
  BECOMES("\r\n\r\n\r\n\n\r\n", NULL);
}

/* Longer than the buffer: much of it is in the file when the last byte spoils it. */
static void expanded_when_large(void **state) {
  (void)state;
  char *text = malloc(BIG);
  assert_non_null(text);
  for (size_t i = 0; i < BIG; i++) text[i] = "line\r\n\r\n"[i % 8];
  static const char *const ends[] = {"\n", "\r", "\rx"};
  for (size_t k = 0; k < 3; k++) {
    bool exact;
    size_t n = BIG - 8 * k - strlen(ends[k]);
    n -= n % 8;
    memcpy(text + n, ends[k], strlen(ends[k]));
    n += strlen(ends[k]);
    assert_int_equal(written(text, n, n / 3, true, &exact), n);
    assert_true(exact);
    assert_memory_equal(big, text, n);
    memcpy(text, "line\r\n\r\n", 8);
  }
  free(text);
}

static void times_of_files(void **state) {
  (void)state;
  static const int64_t times[] = {-86400 * 365 * 10ll, 1, 1700000000, 4102444800};
  for (size_t i = 0; i < 4; i++) {
    struct stat st;
    assert_int_equal(md_file_begin(&file, dir, "m", true), 0);
    assert_int_equal(md_file_end(&file, times[i]), 0);
    assert_int_equal(fstat(file.fd, &st), 0);
    assert_int_equal(st.st_mtime, times[i]);
    assert_int_equal(st.st_mode & 07777, 0600);
    md_file_drop(&file);
  }
}

/* SEC H-10, SEC H-14: what has the name already is neither followed nor written over. */
static void name_is_taken(void **state) {
  (void)state;
  assert_int_equal(symlink("elsewhere", at("m")), 0);
  assert_int_equal(md_file_begin(&file, dir, "m", true), EEXIST);
  assert_false(is_there(at("elsewhere")));
  assert_int_equal(md_file_begin(&file, dir, "n", true), 0);
  assert_int_equal(md_file_rename(&file, "m"), EEXIST);
  md_file_drop(&file);
  free(file.buffer);
  file.buffer = NULL;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(converted, setup_dir, teardown_dir),
      cmocka_unit_test_setup_teardown(every_short_text, setup_dir, teardown_dir),
      cmocka_unit_test_setup_teardown(kept_as_it_came, setup_dir, teardown_dir),
      cmocka_unit_test_setup_teardown(expanded_when_large, setup_dir, teardown_dir),
      cmocka_unit_test_setup_teardown(times_of_files, setup_dir, teardown_dir),
      cmocka_unit_test_setup_teardown(name_is_taken, setup_dir, teardown_dir),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
