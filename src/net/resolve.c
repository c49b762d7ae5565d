/* net/resolve.c - the addresses of a host, by c-ares.  RFC 8305 section 3.
 * SPDX-License-Identifier: MIT */
#include "net/resolve.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#define QUERY_MS    3000
#define QUERY_TRIES 3 /* with 3, 6, 12 s: within the 30 s of a connection */

/* c-ares closes sockets when it likes; these keep the promise that a descriptor which was
 * shown to the program stays open until the program had a chance to forget it. */
static ares_socket_t dns_socket(int family, int type, int protocol, void *ud) {
  (void)protocol;
  const hark__resolver *r = ud;
  return hark__watches_socket(r->watches, HARK_WATCH_DNS, family, type);
}

static int dns_close(ares_socket_t fd, void *ud) {
  const hark__resolver *r = ud;
  return hark__watches_close(r->watches, fd), 0;
}

static int dns_connect(ares_socket_t fd, const struct sockaddr *sa, ares_socklen_t n, void *ud) {
  (void)ud;
  return connect(fd, sa, n);
}

static ares_ssize_t dns_receive(ares_socket_t fd, void *buf, size_t n, int flags,
                                struct sockaddr *from, ares_socklen_t *fromlen, void *ud) {
  (void)ud;
  return recvfrom(fd, buf, n, flags, from, fromlen);
}

static ares_ssize_t dns_send(ares_socket_t fd, const struct iovec *v, int n, void *ud) {
  (void)ud;
  struct iovec copy[8];
  struct msghdr m = {.msg_iov = copy, .msg_iovlen = n > 8 ? 8 : (size_t)n};
  memcpy(copy, v, m.msg_iovlen * sizeof *v);
  return sendmsg(fd, &m, MSG_NOSIGNAL);
}

static void dns_state(void *ud, ares_socket_t fd, int readable, int writable) {
  const hark__resolver *r = ud;
  hark__watch *slot = hark__watches_find(r->watches, fd);
  if (slot) slot->read = readable, slot->write = writable;
}

static void keep(hark__answer *to, const struct ares_addrinfo *from, int family) {
  for (const struct ares_addrinfo_node *a = from->nodes; a && to->n < HARK_ADDRESSES;
       a = a->ai_next) {
    if (a->ai_family != family || (size_t)a->ai_addrlen > sizeof to->v[0].sa) continue;
    hark__address *address = &to->v[to->n++];
    memcpy(&address->sa, a->ai_addr, a->ai_addrlen);
    address->len = a->ai_addrlen;
  }
}

static void answered(hark__resolver *r, int family, int status, struct ares_addrinfo *info) {
  hark__answer *answer = family == AF_INET6 ? &r->v6 : &r->v4;
  if (info) keep(answer, info, family), ares_freeaddrinfo(info);
  answer->done = true;
  answer->status = status;
  answer->at = r->now;
}

static void answered_v6(void *ud, int status, int timeouts, struct ares_addrinfo *info) {
  (void)timeouts;
  answered(ud, AF_INET6, status, info);
}

static void answered_v4(void *ud, int status, int timeouts, struct ares_addrinfo *info) {
  (void)timeouts;
  answered(ud, AF_INET, status, info);
}

static void start_library(void) { ares_library_init(ARES_LIB_INIT_ALL); }

static bool open_channel(hark__resolver *r) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  static const struct ares_socket_functions functions = {dns_socket, dns_close, dns_connect,
                                                         dns_receive, dns_send};
  struct ares_options o = {.timeout = QUERY_MS,
                           .tries = QUERY_TRIES,
                           .sock_state_cb = dns_state,
                           .sock_state_cb_data = r};
  pthread_once(&once, start_library);
  const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  if (ares_init_options(&r->channel, &o, mask) != ARES_SUCCESS) return r->channel = NULL, false;
  ares_set_socket_functions(r->channel, &functions, r);
  return !r->servers || ares_set_servers_ports_csv(r->channel, r->servers) == ARES_SUCCESS;
}

static void ask(hark__resolver *r, const char *host, const char *service, int family) {
  const struct ares_addrinfo_hints hints = {
      .ai_flags = ARES_AI_NUMERICSERV, .ai_family = family, .ai_socktype = SOCK_STREAM};
  ares_getaddrinfo(r->channel, host, service, &hints,
                   family == AF_INET6 ? answered_v6 : answered_v4, r);
}

/* c-ares has a clock of its own: what it asks for is a span from now. */
static void set_deadline(hark__resolver *r) {
  struct timeval tv;
  r->deadline = UINT64_MAX;
  if (r->v6.done && r->v4.done) return;
  if (ares_timeout(r->channel, NULL, &tv))
    r->deadline = r->now + (uint64_t)tv.tv_sec * 1000 + (uint64_t)tv.tv_usec / 1000 + 1;
}

bool hark__resolver_begin(hark__resolver *r, const char *host, uint16_t port, uint64_t now) {
  char service[6], *p = service + sizeof service;
  *--p = 0;
  for (unsigned n = port; n; n /= 10) *--p = (char)('0' + n % 10);
  r->now = now;
  if (!open_channel(r)) return false;
  ask(r, host, p, AF_INET6);
  ask(r, host, p, AF_INET);
  set_deadline(r);
  return true;
}

void hark__resolver_step(hark__resolver *r, const struct pollfd *ready, size_t n, uint64_t now) {
  if (!r->channel) return;
  r->now = now;
  for (size_t i = 0; i < n; i++) {
    const hark__watch *slot = hark__watches_find(r->watches, ready[i].fd);
    if (!slot || slot->use != HARK_WATCH_DNS || !ready[i].revents) continue;
    const bool failed = ready[i].revents & (POLLERR | POLLHUP | POLLNVAL);
    const int in = failed || ready[i].revents & POLLIN ? ready[i].fd : ARES_SOCKET_BAD;
    const int out = ready[i].revents & POLLOUT ? ready[i].fd : ARES_SOCKET_BAD;
    ares_process_fd(r->channel, in, out);
  }
  ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* timeouts */
  set_deadline(r);
}

void hark__resolver_stop(hark__resolver *r) {
  if (r->channel) ares_destroy(r->channel);
  r->channel = NULL;
  r->deadline = UINT64_MAX;
}

void hark__resolver_free(hark__resolver *r) {
  hark__resolver_stop(r);
  free(r->servers);
}
