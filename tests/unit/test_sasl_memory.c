/* tests/unit/test_sasl_memory.c - memory fails at every place inside a sign-in, also those in
 * libgsasl: SEC D-17.
 * SPDX-License-Identifier: MIT */
#include "sasl_play.h"
#include <errno.h>

#define PUBLIC __attribute__((visibility("default")))

/* --- glibc's memory, which fails once, after so many calls --- */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static long calls_left; /* 0: never */

static bool fails(void) {
  if (!calls_left || --calls_left) return false;
  errno = ENOMEM;
  return true;
}

PUBLIC void *malloc(size_t n) { return fails() ? NULL : __libc_malloc(n); }
PUBLIC void *calloc(size_t n, size_t size) { return fails() ? NULL : __libc_calloc(n, size); }
PUBLIC void *realloc(void *p, size_t n) { return fails() ? NULL : __libc_realloc(p, n); }

/* --- a sign-in up to an answer --- */

/* 0, or what failed.  What the test itself needs memory for is done with none failing. */
static int sign_in(const hark_credentials *of, const char *mechanism, const char *text) {
  int err = hark_sasl_new(&s, c, mechanism, of);
  hark_cmd cmd = err ? err : hark_sasl_start(s, c);
  long left = calls_left;
  calls_left = 0;
  if (cmd < 0) return cmd;
  if (hark_error(c)) return hark_error(c);
  said();
  char line[300], *base64 = NULL;
  assert_int_equal(gsasl_base64_to(text, strlen(text), &base64, NULL), GSASL_OK);
  snprintf(line, sizeof line, "+ %s", base64);
  gsasl_free(base64);
  const hark_event *ev = say(line, HARK_EV_CHALLENGE);
  calls_left = left;
  if (ev) err = hark_sasl_step(s, c, ev);
  return err;
}

static void at_every_place(const char *mechanism, const char *text, int in_the_end) {
  hark_credentials of = {
      .size = sizeof of, .user = "user", .password = "pencil", .token = "t", .host = "h"};
  void *state = NULL;
  for (long n = 1; n < 1000; n++) {
    assert_int_equal(setup(&state), 0);
    greet("SASL-IR AUTH=SCRAM-SHA-256 AUTH=LOGIN AUTH=CRAM-MD5 AUTH=OAUTHBEARER AUTH=PLAIN");
    calls_left = n;
    int err = sign_in(&of, mechanism, text);
    bool all = calls_left > 0;
    calls_left = 0;
    teardown(&state);
    if (all) {
      assert_int_equal(err, in_the_end);
      return;
    }
  }
  fail_msg("it never came to an end");
}

static void login(void **state) {
  (void)state;
  at_every_place("LOGIN", "Username:", 0);
}

static void cram_md5(void **state) {
  (void)state;
  at_every_place("CRAM-MD5", "<1@x>", 0);
}

static void scram(void **state) { /* another's nonce */
  (void)state;
  at_every_place("SCRAM-SHA-256", "r=abc,s=QSXCR+Q6sek8bf92,i=4096", HARK_ERR_SASL);
}

static void oauthbearer(void **state) {
  (void)state;
  at_every_place("OAUTHBEARER", "{\"status\":\"401\"}", 0);
}

static void plain(void **state) {
  (void)state;
  at_every_place("PLAIN", "more", HARK_ERR_SASL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain),    cmocka_unit_test(oauthbearer), cmocka_unit_test(login),
      cmocka_unit_test(cram_md5), cmocka_unit_test(scram),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
