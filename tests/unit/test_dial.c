/* tests/unit/test_dial.c - net/dialer.c, resolve.c, dial.c: real sockets on loopback and a name
 * server of the test's own; the dialer's clock is the test's wherever it is the dialer that waits.
 * SPDX-License-Identifier: MIT */
#include "net/dialer.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

/* --- listeners --- */

/* An address of this process's own in 127/8: its ports are free, whoever else tests here.  ::1
 * is shared, so ports are found there first and kept. */
static struct in_addr own;
static char own_text[INET_ADDRSTRLEN];

static int find_own_address(void **state) {
  (void)state;
  unsigned pid = (unsigned)getpid();
  own.s_addr = htonl(0x7f400001u + ((pid & 0x1fffff) << 1));
  return inet_ntop(AF_INET, &own, own_text, sizeof own_text) ? 0 : -1;
}

static int listener(int family, uint16_t *port, int backlog) {
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr = own};
  v6.sin6_port = v4.sin_port = htons(*port);
  struct sockaddr *sa = family == AF_INET6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
  socklen_t n = family == AF_INET6 ? sizeof v6 : sizeof v4;
  const int on = 1;
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  assert_true(fd >= 0);
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(fd, sa, n) || (backlog >= 0 && listen(fd, backlog)) || getsockname(fd, sa, &n))
    fail_msg("port %u: %s", *port, strerror(errno));
  *port = ntohs(family == AF_INET6 ? v6.sin6_port : v4.sin_port);
  return fd;
}

enum { FILL = 4 };

/* A port that drops what comes: its queue is full and nobody accepts. */
static void become_black_hole(int fd, int family, int full[FILL]) {
  struct sockaddr_storage sa;
  socklen_t n = sizeof sa;
  listen(fd, 0);
  getsockname(fd, (struct sockaddr *)&sa, &n);
  for (int i = 0; i < FILL; i++) {
    full[i] = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connect(full[i], (struct sockaddr *)&sa, n) && errno != EINPROGRESS) fail();
  }
}

static int black_hole(int family, uint16_t *port, int full[FILL]) {
  int fd = listener(family, port, -1);
  become_black_hole(fd, family, full);
  return fd;
}

static void close_all(int fd, const int full[FILL]) {
  close(fd);
  for (int i = 0; i < FILL; i++) close(full[i]);
}

/* --- a name server: what it answers follows from the name's first letter --- */

static int dns = -1, dns_tcp = -1, dns_conn = -1;
static uint16_t dns_port;
static int v4_answers; /* how many addresses "many" has */
static int queries;

static void put16(unsigned char **p, unsigned n) {
  *(*p)++ = (unsigned char)(n >> 8);
  *(*p)++ = (unsigned char)n;
}

static void put_record(unsigned char **p, unsigned type, const void *data, unsigned n) {
  put16(p, 0xc00c); /* the name that was asked for */
  put16(p, type);
  put16(p, 1);
  put16(p, 0), put16(p, 0); /* TTL 0 */
  put16(p, n);
  memcpy(*p, data, n);
  *p += n;
}

static unsigned put_answers(unsigned char **p, char kind, bool v6) {
  static const unsigned char one6[16] = {[15] = 1};
  if (kind == 'c') { /* a name that is another name for itself */
    put_record(p, 5, "\xc0\x0c", 2);
    return 1;
  }
  if (kind == 'b' || (kind == '6' && v6) || (kind == '4' && !v6)) {
    put_record(p, v6 ? 28 : 1, v6 ? (const void *)one6 : &own, v6 ? 16 : 4);
    return 1;
  }
  for (int i = 0; kind == 'm' && !v6 && i < v4_answers; i++) put_record(p, 1, &own, 4);
  return kind == 'm' && !v6 ? (unsigned)v4_answers : 0;
}

/* The answer to q in a; 0: none.  One that is too long for UDP is asked for again by TCP. */
static size_t make_answer(const unsigned char *q, unsigned char *a, bool tcp) {
  size_t name = 12;
  while (q[name]) name += q[name] + 1u;
  char kind = (char)q[13];
  bool v6 = q[name + 2] == 28, cut = kind == 'm' && !tcp;
  queries++;
  if (kind == 's' || (kind == 'l' && v6)) return 0;
  memcpy(a, q, name + 5);
  unsigned char *p = a + name + 5;
  unsigned count = cut ? 0 : put_answers(&p, kind == 'l' ? '4' : kind, v6);
  a[2] = cut ? 0x83 : 0x81, a[3] = kind == 'n' ? 0x83 : kind == 'f' ? 0x82 : 0x80;
  a[4] = 0, a[5] = 1, a[6] = (unsigned char)(count >> 8), a[7] = (unsigned char)count;
  memset(a + 8, 0, 4);
  return (size_t)(p - a);
}

static void answer_udp(void) {
  unsigned char q[512], a[4096];
  struct sockaddr_in from;
  socklen_t from_n = sizeof from;
  ssize_t n = recvfrom(dns, q, sizeof q, 0, (struct sockaddr *)&from, &from_n);
  size_t len = n > 16 ? make_answer(q, a, false) : 0;
  if (len) sendto(dns, a, len, 0, (struct sockaddr *)&from, from_n);
}

/* Both families are asked for over one connection. */
static void answer_tcp(void) {
  static unsigned char q[1024], a[65537];
  ssize_t n = read(dns_conn, q, sizeof q);
  for (size_t at = 0; n > 0 && at + 18 < (size_t)n; at += 2u + q[at + 1]) {
    size_t len = make_answer(q + at + 2, a + 2, true);
    a[0] = (unsigned char)(len >> 8), a[1] = (unsigned char)len;
    send(dns_conn, a, len + 2, MSG_NOSIGNAL);
  }
  if (n > 0) return;
  close(dns_conn);
  dns_conn = -1;
}

static void serve_names(const struct pollfd v[3]) {
  if (v[0].revents) answer_udp();
  const int whole = 1 << 18; /* an answer goes out at once: nobody reads meanwhile */
  if (v[1].revents && dns_conn < 0) {
    dns_conn = accept(dns_tcp, NULL, NULL);
    setsockopt(dns_conn, SOL_SOCKET, SO_SNDBUF, &whole, sizeof whole);
  }
  if (v[2].revents) answer_tcp();
}

static int setup(void **state) {
  (void)state;
  struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr = own};
  socklen_t n = sizeof sa;
  dns = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (dns < 0 || bind(dns, (struct sockaddr *)&sa, n)) return -1;
  getsockname(dns, (struct sockaddr *)&sa, &n);
  dns_port = ntohs(sa.sin_port);
  dns_tcp = listener(AF_INET, &dns_port, 5);
  queries = 0;
  return 0;
}

static int teardown(void **state) {
  (void)state;
  if (dns_conn >= 0) close(dns_conn);
  dns_conn = -1;
  return close(dns) | close(dns_tcp);
}

/* --- one dialer --- */

static hark_dialer *d;
static uint64_t now;

static void dial(const char *host, uint16_t port) {
  char service[8], servers[32];
  snprintf(service, sizeof service, "%u", port);
  snprintf(servers, sizeof servers, "%s:%u", own_text, dns_port);
  now = 1000;
  d = hark_dialer_new(host, service, now);
  assert_non_null(d);
  assert_true(hark__dialer_name_servers(d, servers));
}

/* Lets everything happen that can happen at this moment of the dialer's clock. */
static int step(void) {
  hark_dialer_fd fds[32];
  struct pollfd v[35];
  int result = hark_dialer_step(d, now);
  for (int quiet = 0; !result && quiet < 3; quiet++) {
    size_t n = hark_dialer_fds(d, fds, 32);
    for (size_t i = 0; i < n; i++)
      v[i] = (struct pollfd){fds[i].fd,
                             (short)((fds[i].read ? POLLIN : 0) | (fds[i].write ? POLLOUT : 0)), 0};
    v[n] = (struct pollfd){dns, POLLIN, 0};
    v[n + 1] = (struct pollfd){dns_tcp, POLLIN, 0};
    v[n + 2] = (struct pollfd){dns_conn, POLLIN, 0};
    if (poll(v, n + 3, 10) > 0) quiet = 0;
    serve_names(v + n);
    result = hark_dialer_step(d, now);
  }
  return result;
}

/* Jumps from deadline to deadline, up to until. */
static int run(uint64_t until) {
  int result;
  while (!(result = step()) && now < until) {
    uint64_t at = hark_dialer_deadline(d);
    assert_true(at > now);
    now = at < until ? at : until;
  }
  return result;
}

static int family_of(int fd) {
  struct sockaddr_storage sa;
  socklen_t n = sizeof sa;
  assert_int_equal(getpeername(fd, (struct sockaddr *)&sa, &n), 0);
  return sa.ss_family;
}

static void connects_by(int family) {
  int result = run(60000);
  if (result != 1) fail_msg("%s", hark_dialer_error(d));
  int fd = hark_dialer_take(d);
  assert_int_equal(family_of(fd), family);
  assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
  assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
  close(fd);
  hark_dialer_free(d);
}

static void fails_with(int err, const char *sentence) {
  int result = run(60000);
  if (result != err || !strstr(hark_dialer_error(d), sentence))
    fail_msg("%d: %s", result, hark_dialer_error(d));
  assert_true(hark_dialer_take(d) < 0);
  hark_dialer_free(d);
}

/* --- tests --- */

static void an_address_is_connected_to(void **state) {
  (void)state;
  uint16_t port = 0;
  int fd = listener(AF_INET, &port, 5);
  dial(own_text, port);
  connects_by(AF_INET);
  close(fd);
  port = 0;
  fd = listener(AF_INET6, &port, 5);
  dial("[::1]", port);
  connects_by(AF_INET6);
  close(fd);
  assert_int_equal(queries, 0);
}

static void a_name_is_looked_up_for_both_families(void **state) {
  (void)state;
  uint16_t port = 0;
  int v6 = listener(AF_INET6, &port, 5), v4 = listener(AF_INET, &port, 5);
  dial("both.test", port);
  connects_by(AF_INET6); /* RFC 8305: it goes first */
  assert_int_equal(queries, 2);
  assert_int_equal(now, 1000);
  close(v4);
  close(v6);
}

static void refused_says_so(void **state) {
  (void)state;
  uint16_t port = 0; /* bound, so that nobody else listens there */
  int v6 = listener(AF_INET6, &port, -1), v4 = listener(AF_INET, &port, -1);
  dial(own_text, port);
  fails_with(HARK_ERR_NET, "refused the connection to port ");
  dial("both.test", port);
  fails_with(HARK_ERR_NET, "both.test (");
  close(v6);
  close(v4);
}

static void ipv6_is_broken(void **state) { /* SEC L-14 */
  (void)state;
  uint16_t port = 0;
  int v6 = listener(AF_INET6, &port, -1), v4 = listener(AF_INET, &port, 5), full[FILL];
  dial("both.test", port); /* ::1 refuses: the other one at once */
  connects_by(AF_INET);
  assert_int_equal(now, 1000);
  dial("6only.test", port);
  fails_with(HARK_ERR_NET, "6only.test (::1) refused");
  become_black_hole(v6, AF_INET6, full);
  dial("both.test", port); /* ::1 is silent: the other one after 250 ms */
  connects_by(AF_INET);
  assert_int_equal(now, 1250);
  close_all(v6, full);
  close(v4);
}

static void ipv4_is_broken(void **state) { /* SEC L-14 */
  (void)state;
  uint16_t port = 0;
  int v6 = listener(AF_INET6, &port, 5), full[FILL], v4 = listener(AF_INET, &port, -1);
  dial("both.test", port);
  connects_by(AF_INET6);
  become_black_hole(v4, AF_INET, full);
  dial("both.test", port);
  connects_by(AF_INET6);
  assert_int_equal(now, 1000);
  close_all(v4, full);
  close(v6);
}

static void an_ipv6_answer_that_is_late_is_waited_for_a_moment(void **state) { /* SEC L-14 */
  (void)state;
  uint16_t port = 0;
  int fd = listener(AF_INET, &port, 5);
  dial("late.test", port); /* the answer about IPv6 never comes */
  connects_by(AF_INET);
  assert_int_equal(now, 1050);
  close(fd);
}

static void a_black_hole_is_given_up(void **state) { /* SEC L-12 */
  (void)state;
  uint16_t port = 0;
  int full[FILL], fd = black_hole(AF_INET, &port, full);
  dial(own_text, port);
  fails_with(HARK_ERR_NET, "did not answer on port ");
  assert_int_equal(now, 11000); /* ten seconds an address */
  v4_answers = 100;
  dial("many.test", port);
  fails_with(HARK_ERR_NET, "did not answer on port ");
  assert_true(now <= 31000); /* thirty in all */
  close_all(fd, full);
}

static void names_that_do_not_help(void **state) { /* SEC L-15 */
  (void)state;
  dial("none.test", 1);
  fails_with(HARK_ERR_HOST, "There is no host \"none.test\"; check how it is spelled.");
  dial("empty.test", 1);
  fails_with(HARK_ERR_HOST, "There is no host \"empty.test\"");
  dial("fails.test", 1);
  fails_with(HARK_ERR_NET, "could not be looked up");
  dial("cname-loop.test", 1);
  int result = run(60000);
  assert_true(result == HARK_ERR_HOST || result == HARK_ERR_NET);
  assert_true(queries < 50);
  hark_dialer_free(d);
  dial("silent.test", 1);
  fails_with(HARK_ERR_NET, "could not be looked up");
  assert_int_equal(now, 31000);
}

/* As many as an answer can hold, all dead. */
static void thousands_of_addresses_are_eight(void **state) { /* SEC L-15 */
  (void)state;
  uint16_t port = 0;
  int fd = listener(AF_INET, &port, -1);
  v4_answers = 4000;
  dial("many.test", port);
  assert_int_equal(run(60000), HARK_ERR_NET);
  assert_non_null(strstr(hark_dialer_error(d), " refused the connection"));
  assert_int_equal(d->nattempts, 8);
  hark_dialer_free(d);
  close(fd);
}

static void an_address_with_a_zone(void **state) {
  (void)state;
  char number[32];
  const char *const hosts[] = {"::1%lo", "[::1%lo]"};
  snprintf(number, sizeof number, "fe80::1%%%u", if_nametoindex("lo"));
  for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
    uint16_t port = 0;
    int fd = listener(AF_INET6, &port, 5);
    dial(hosts[i], port);
    connects_by(AF_INET6);
    close(fd);
  }
  dial(number, 1);
  step();
  const struct sockaddr_in6 *to = (const void *)&d->resolver.v6.v[0].sa;
  assert_int_equal(to->sin6_scope_id, if_nametoindex("lo"));
  hark_dialer_free(d);
  static const char *const wrong[] = {"fe80::1%nowhere0", "fe80::1%", "fe80::1%0", "fe80::1%1x",
                                      "fe80::1%99999999999"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    dial(wrong[i], 1);
    fails_with(HARK_ERR_HOST, "names no network interface of this computer");
  }
  assert_int_equal(queries, 0);
}

static void what_can_be_no_host(void **state) {
  (void)state;
  static const struct {
    const char *host, *sentence;
  } cases[] = {{"", "The address names no host"},
               {"a..b", "cannot be the name of a host"},
               {"-\n", "cannot be the name of a host"},
               {"b\xc3\xbc.test", "write it in the form that begins with \"xn--\""},
               {"imap.invalid", "There is no host"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    dial(cases[i].host, 1);
    fails_with(HARK_ERR_HOST, cases[i].sentence);
  }
  assert_int_equal(queries, 0);
}

static void what_can_be_no_port(void **state) {
  (void)state;
  static const char *const services[] = {"0", "65536", "http", "", "99x", "-1"};
  for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
    char why[300] = "";
    assert_int_equal(hark_dial("127.0.0.1", services[i], 1000, why, sizeof why), HARK_ERR_NET);
    assert_non_null(strstr(why, "is not a port; write a number from 1 to 65535"));
  }
}

static void services_by_name(void **state) {
  (void)state;
  hark_dialer *one = hark_dialer_new("h", "imaps", 0), *two = hark_dialer_new("h", "IMAP", 0);
  assert_int_equal(hark_dialer_port(one), 993);
  assert_int_equal(hark_dialer_port(two), 143);
  hark_dialer_free(one);
  hark_dialer_free(two);
}

static int option(int fd, int level, int name) {
  int value = -1;
  socklen_t n = sizeof value;
  assert_int_equal(getsockopt(fd, level, name, &value, &n), 0);
  return value;
}

static void the_line_is_watched_by_the_kernel(void **state) { /* SEC L-11 */
  (void)state;
  uint16_t port = 0;
  int server = listener(AF_INET, &port, 5);
  char service[8];
  snprintf(service, sizeof service, "%u", port);
  int fd = hark_dial(own_text, service, 5000, NULL, 0);
  assert_true(fd >= 0);
  assert_int_equal(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 60000);
  assert_int_equal(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
  assert_int_equal(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 60);
  assert_int_equal(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
  close(fd);
  close(server);
}

static void dialling_waits_no_longer_than_told(void **state) {
  (void)state;
  uint16_t port = 0;
  int full[FILL], fd = black_hole(AF_INET, &port, full);
  char service[8], why[300] = "";
  snprintf(service, sizeof service, "%u", port);
  assert_int_equal(hark_dial(own_text, service, 50, why, sizeof why), HARK_ERR_NET);
  assert_non_null(strstr(why, "within 50 ms; check the port and the network."));
  close_all(fd, full);
}

/* A descriptor that was shown stays open until a list without it was given. */
static void shown_descriptors_stay_open(void **state) {
  (void)state;
  uint16_t port = 0;
  int full[FILL], v6 = black_hole(AF_INET6, &port, full), v4 = listener(AF_INET, &port, 5);
  dial("both.test", port);
  assert_int_equal(step(), 0); /* ::1 is being tried */
  hark_dialer_fd shown[32], rest[32];
  size_t n = hark_dialer_fds(d, shown, 32);
  assert_true(n > 0);
  assert_int_equal(run(60000), 1);
  for (size_t i = 0; i < n; i++) assert_true(fcntl(shown[i].fd, F_GETFD) >= 0);
  assert_int_equal(hark_dialer_fds(d, rest, 32), 0);
  hark_dialer_step(d, now);
  int kept = hark_dialer_take(d), open = 0;
  for (size_t i = 0; i < n; i++) open += shown[i].fd != kept && fcntl(shown[i].fd, F_GETFD) >= 0;
  assert_int_equal(open, 0);
  close(kept);
  hark_dialer_free(d);
  close_all(v6, full);
  close(v4);
}

static void thrown_away_in_the_middle(void **state) {
  (void)state;
  uint16_t port = 0;
  int full[FILL], fd = black_hole(AF_INET, &port, full);
  dial(own_text, port);
  hark_dialer_free(d); /* before the first step */
  dial(own_text, port);
  assert_int_equal(step(), 0);
  hark_dialer_free(d);
  dial("silent.test", port);
  assert_int_equal(step(), 0);
  hark_dialer_free(d);
  hark_dialer_free(NULL);
  close_all(fd, full);
}

static int descriptors(void) {
  int n = 0;
  for (int fd = 0; fd < 1024; fd++) n += fcntl(fd, F_GETFD) >= 0;
  return n;
}

/* The server resets, so that no port is kept waiting. */
static void connect_and_part(int server, uint16_t port, bool take) {
  const struct linger at_once = {1, 0};
  dial(own_text, port);
  assert_int_equal(run(60000), 1);
  int fd = take ? hark_dialer_take(d) : -1, peer = accept(server, NULL, NULL);
  assert_true(peer >= 0);
  setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(peer);
  if (take) close(fd);
  hark_dialer_free(d);
}

static void give_up(const char *host, uint16_t port) {
  dial(host, port);
  assert_int_equal(step(), 0);
  hark_dialer_free(d);
}

enum { RECONNECTS = 10000, OTHERS = 25 };

static void ten_thousand_reconnects(void **state) { /* SEC G-14 */
  (void)state;
  uint16_t port = 0, dead = 0, silent = 0;
  int full[FILL], server = listener(AF_INET, &port, 5), refuses = listener(AF_INET, &dead, -1);
  int hole = black_hole(AF_INET, &silent, full), before = descriptors();
  struct rlimit limit, few = {.rlim_cur = 32};
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
  few.rlim_max = limit.rlim_max;
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
  for (int i = 0; i < RECONNECTS; i++) connect_and_part(server, port, true);
  for (int i = 0; i < OTHERS; i++) {
    connect_and_part(server, port, false);
    dial(own_text, dead);
    fails_with(HARK_ERR_NET, "refused");
    dial("none.test", 1);
    fails_with(HARK_ERR_HOST, "There is no host");
    give_up(own_text, silent);
    give_up("silent.test", silent);
  }
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
  assert_int_equal(descriptors(), before);
  close_all(hole, full);
  close(refuses);
  close(server);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_address_is_connected_to),
      TEST(a_name_is_looked_up_for_both_families),
      TEST(refused_says_so),
      TEST(ipv6_is_broken),
      TEST(ipv4_is_broken),
      TEST(an_ipv6_answer_that_is_late_is_waited_for_a_moment),
      TEST(a_black_hole_is_given_up),
      TEST(names_that_do_not_help),
      TEST(thousands_of_addresses_are_eight),
      TEST(an_address_with_a_zone),
      TEST(what_can_be_no_host),
      TEST(what_can_be_no_port),
      TEST(services_by_name),
      TEST(the_line_is_watched_by_the_kernel),
      TEST(dialling_waits_no_longer_than_told),
      TEST(shown_descriptors_stay_open),
      TEST(thrown_away_in_the_middle),
      TEST(ten_thousand_reconnects),
  };
  return cmocka_run_group_tests(tests, find_own_address, NULL);
}
