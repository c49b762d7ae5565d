/* tests/unit/test_cli_loop.c - the loop tells of a connection until it was read, and of sleep.
 * SPDX-License-Identifier: MIT */
#include "cli/loop.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { LATEST_MS = 5000 };

static long step_ms, sleep_ms; /* of a clock that goes on with each look; 0: the real one */

/* In the place of libc's. */
int clock_gettime(clockid_t id, struct timespec *t) {
  static long looks;
  if (!step_ms) return (int)syscall(SYS_clock_gettime, id, t);
  long ms = 1000000 + ++looks * step_ms + (id == CLOCK_BOOTTIME ? sleep_ms : 0);
  *t = (struct timespec){ms / 1000, ms % 1000 * 1000000};
  return 0;
}

/* Both ends of a connection on this machine. */
static void connect_pair(int ends[2]) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t n = sizeof a;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(bind(listener, (struct sockaddr *)&a, sizeof a), 0);
  assert_int_equal(listen(listener, 1), 0);
  assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &n), 0);
  assert_int_equal(connect(ends[0], (struct sockaddr *)&a, sizeof a), 0);
  ends[1] = accept(listener, NULL, NULL);
  assert_true(ends[1] >= 0);
  close(listener);
}

/* Waits for fd, as long as there is none of it. */
static void expect_ready(loop *l, int fd) {
  const hark_dialer_fd watched = {fd, true, false};
  uint64_t end = loop_now() + LATEST_MS;
  loop_wait(l, &watched, 1, end);
  assert_true(loop_now() < end);
}

/* SEC J-10: libuv stops watching what has an error; what is not yet read of it is read all the
 * same, to the error itself. */
static void test_reset_behind_data(void **state) {
  (void)state;
  int ends[2];
  char c;
  const struct linger reset = {.l_onoff = 1, .l_linger = 0};
  loop *l = loop_new();
  connect_pair(ends);
  setsockopt(ends[1], SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  assert_int_equal(send(ends[1], "ab", 2, 0), 2);
  expect_ready(l, ends[0]);
  close(ends[1]);
  ssize_t n;
  do {
    expect_ready(l, ends[0]);
    n = recv(ends[0], &c, 1, MSG_DONTWAIT);
  } while (n > 0 || (n < 0 && errno == EAGAIN));
  expect_ready(l, ends[0]); /* still: nobody has said that it is done with */
  loop_wait(l, NULL, 0, 0);
  close(ends[0]);
  loop_free(l);
}

/* Two clocks are not read at once: what passes between is no sleep. */
static void test_sleep(void **state) {
  (void)state;
  step_ms = 1, sleep_ms = 0;
  loop *l = loop_new();
  for (int i = 0; i < 3; i++) {
    loop_wait(l, NULL, 0, 0);
    assert_false(loop_woke(l));
  }
  sleep_ms = 5000;
  loop_wait(l, NULL, 0, 0);
  assert_true(loop_woke(l));
  loop_wait(l, NULL, 0, 0);
  assert_false(loop_woke(l));
  loop_free(l);
  step_ms = 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_reset_behind_data),
                                     cmocka_unit_test(test_sleep)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
