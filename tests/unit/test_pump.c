/* tests/unit/test_pump.c - net/pump.c: sockets that break while there is something to say or to
 * hear. SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <fcntl.h>
#include <hark/command.h>
#include <hark/event.h>
#include <hark/net.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static hark_client *c;
static int fd, server; /* two ends of a TCP connection */

static bool connected(int listener) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t n = sizeof a;
  if (bind(listener, (struct sockaddr *)&a, n) || listen(listener, 1) ||
      getsockname(listener, (struct sockaddr *)&a, &n) || connect(fd, (struct sockaddr *)&a, n))
    return false;
  server = accept(listener, NULL, NULL);
  return server >= 0 && !fcntl(fd, F_SETFL, O_NONBLOCK);
}

static int setup(void **state) {
  (void)state;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  c = hark_new(NULL);
  bool ok = c && connected(listener);
  close(listener);
  return ok ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  hark_free(c);
  if (server >= 0) close(server);
  return close(fd);
}

static void says(const char *text) {
  assert_int_equal(write(server, text, strlen(text)), strlen(text));
}

/* RST instead of FIN: the client's next write fails at once. */
static void resets(void) {
  const struct linger now = {.l_onoff = 1};
  setsockopt(server, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(server);
  server = -1;
}

/* Until an event of that type: whether it came before the end. */
static bool hears(int type) {
  const hark_event *ev;
  while ((ev = hark_wait(c, fd, 5000)))
    if (ev->type == type) return true;
  return false;
}

static void the_last_words_of_a_server_are_heard(void **state) {
  (void)state;
  says("* OK [CAPABILITY IMAP4rev1] ready\r\n");
  assert_true(hears(HARK_EV_GREETING));
  hark_noop(c);
  says("* OK one\r\n* BYE no room for you\r\n");
  resets();
  assert_true(hears(HARK_EV_BYE)); /* although the command can no longer be sent */
  assert_false(hears(HARK_EV_BYE));
  assert_int_equal(hark_wants(c), HARK_CLOSED);
}

static void a_reset_is_told_as_such(void **state) {
  (void)state;
  says("* OK [CAPABILITY IMAP4rev1] ready\r\n");
  assert_true(hears(HARK_EV_GREETING));
  hark_noop(c);
  resets();
  assert_true(hears(HARK_EV_DONE));
  assert_false(hears(HARK_EV_DONE));
  assert_int_equal(hark_error(c), HARK_ERR_NET);
  assert_non_null(strstr(hark_error_text(c), "network failure: sending: "));
}

static void what_is_asked_of_a_half_closed_server_is_lost(void **state) {
  (void)state;
  says("* OK [CAPABILITY IMAP4rev1] ready\r\n");
  assert_true(hears(HARK_EV_GREETING));
  hark_noop(c);
  shutdown(server, SHUT_WR);
  assert_true(hears(HARK_EV_DONE));
  assert_false(hears(HARK_EV_DONE));
  assert_int_equal(hark_error(c), HARK_ERR_EOF);
}

static void nothing(int number) { (void)number; }

static void *interrupt(void *thread) {
  for (int i = 0; i < 200; i++) {
    pthread_kill(*(pthread_t *)thread, SIGUSR1);
    usleep(500);
  }
  says("* OK [CAPABILITY IMAP4rev1] ready\r\n");
  return NULL;
}

static void an_interruption_is_harmless(void **state) {
  (void)state;
  pthread_t thread, self = pthread_self();
  sigaction(SIGUSR1, &(struct sigaction){.sa_handler = nothing}, NULL);
  assert_int_equal(pthread_create(&thread, NULL, interrupt, &self), 0);
  assert_true(hears(HARK_EV_GREETING));
  pthread_join(thread, NULL);
}

static void waiting_ends_in_time(void **state) {
  (void)state;
  assert_null(hark_wait(c, fd, 20));
  assert_int_equal(hark_wants(c), HARK_WANT_RECV);
  assert_int_equal(hark_error(c), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_last_words_of_a_server_are_heard),
      TEST(a_reset_is_told_as_such),
      TEST(what_is_asked_of_a_half_closed_server_is_lost),
      TEST(an_interruption_is_harmless),
      TEST(waiting_ends_in_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
