/* net/dialer.c - connects to whichever address of a host answers first.  RFC 8305.
 * SPDX-License-Identifier: MIT */
#include "net/dialer.h"

#include "net/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define RESOLUTION_DELAY_MS 50
#define ATTEMPT_DELAY_MS    250
#define ATTEMPT_MS          10000
#define CONNECT_MS          30000

static bool service_port(const char *service, uint16_t *port) {
  unsigned n = 0;
  if (!strcasecmp(service, "imaps")) return *port = 993, true;
  if (!strcasecmp(service, "imap")) return *port = 143, true;
  for (const char *p = service; *p; p++) {
    if (*p < '0' || *p > '9' || (n = n * 10 + (unsigned)(*p - '0')) > 65535) return false;
  }
  *port = (uint16_t)n;
  return n > 0;
}

hark_dialer *hark_dialer_new(const char *host, const char *service, uint64_t now_ms) {
  hark_dialer *d = calloc(1, sizeof *d);
  if (!d || !(d->host = hark__bare_host(host ? host : ""))) return free(d), NULL;
  d->fd = -1;
  d->give_up = now_ms + CONNECT_MS;
  d->resolver.watches = &d->watches;
  d->resolver.deadline = UINT64_MAX;
  if (!service || !service_port(service, &d->port)) {
    char shown[64];
    hark__show(shown, sizeof shown, service ? service : "", service ? strlen(service) : 0);
    hark__dialer_fail(
        d, HARK_ERR_NET,
        "\"%s\" is not a port; write a number from 1 to 65535, \"imaps\" or \"imap\".", shown);
  }
  return d;
}

void hark_dialer_free(hark_dialer *d) {
  if (!d) return;
  hark__resolver_free(&d->resolver);
  hark__watches_free(&d->watches);
  if (d->fd >= 0) close(d->fd);
  free(d->host);
  free(d);
}

bool hark__dialer_name_servers(hark_dialer *d, const char *servers) {
  return (d->resolver.servers = strdup(servers)) != NULL;
}

/* RFC 4007 section 11.2: an interface by name or by number; 0: there is none. */
static uint32_t zone_id(const char *zone) {
  const uint32_t id = if_nametoindex(zone);
  char name[IF_NAMESIZE], *end;
  if (id || *zone < '0' || *zone > '9') return id;
  const unsigned long n = strtoul(zone, &end, 10);
  return !*end && n <= UINT32_MAX && if_indextoname((unsigned)n, name) ? (uint32_t)n : 0;
}

static void add_v6(hark_dialer *d, const void *ip) {
  hark__address *a = &d->resolver.v6.v[d->resolver.v6.n++];
  struct sockaddr_in6 *sa = (struct sockaddr_in6 *)&a->sa;
  const char *zone = strchr(d->host, '%');
  *sa = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(d->port)};
  memcpy(&sa->sin6_addr, ip, 16);
  if (zone && !(sa->sin6_scope_id = zone_id(zone + 1))) hark__dialer_no_zone(d, zone + 1);
  a->len = sizeof *sa;
}

static void add_v4(hark_dialer *d, const void *ip) {
  hark__address *a = &d->resolver.v4.v[d->resolver.v4.n++];
  struct sockaddr_in *sa = (struct sockaddr_in *)&a->sa;
  *sa = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(d->port)};
  memcpy(&sa->sin_addr, ip, 4);
  a->len = sizeof *sa;
}

/* A host that is an address already, or localhost, which is this machine whatever a name
 * server says (RFC 6761 section 6.3). */
static bool needs_no_resolver(hark_dialer *d) {
  static const unsigned char here[] = {127, 0, 0, 1};
  unsigned char ip[16];
  const size_t n = hark__ip_literal(d->host, ip);
  const bool local = !strcasecmp(d->host, "localhost");
  if (!n && !local) return false;
  if (n == 16) add_v6(d, ip);
  if (n == 4) add_v4(d, ip);
  if (local) add_v6(d, &in6addr_loopback), add_v4(d, here);
  return d->resolver.v6.done = d->resolver.v4.done = true;
}

static void begin(hark_dialer *d, uint64_t now) {
  d->begun = true;
  d->next_attempt = now;
  if (needs_no_resolver(d) || !hark__dialer_host_ok(d)) return;
  if (!hark__resolver_begin(&d->resolver, d->host, d->port, now))
    hark__dialer_fail(d, HARK_ERR_NOMEM, "%s.", hark_err_text(HARK_ERR_NOMEM));
}

/* What says most about the host wins: it refused, it was silent, it was never reached. */
static int weight(int why) {
  switch (why) {
  case ECONNREFUSED: return 4;
  case ETIMEDOUT: return 3;
  case EMFILE:
  case ENFILE: return 2;
  default: return 1;
  }
}

static void blame(hark_dialer *d, const hark__address *to, int why) {
  if (d->blamed && weight(d->blame) >= weight(why)) return;
  d->blamed = to;
  d->blame = why;
}

static void set_options(int fd) {
  const int on = 1, idle = 60, interval = 15, probes = 4;
  const unsigned user_timeout = 60000; /* how long what was sent may go without an answer */
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout, sizeof user_timeout);
}

static void end_attempt(hark_dialer *d, hark__attempt *a, int why) {
  blame(d, a->to, why);
  hark__watches_close(&d->watches, a->fd);
  a->fd = -1;
}

static void connected(hark_dialer *d, hark__attempt *a) {
  d->fd = hark__watches_take(&d->watches, a->fd);
  a->fd = -1;
  d->result = 1;
  for (size_t i = 0; i < d->nattempts; i++)
    if (d->attempts[i].fd >= 0) hark__watches_close(&d->watches, d->attempts[i].fd);
  hark__resolver_stop(&d->resolver);
}

static void start_attempt(hark_dialer *d, const hark__address *to, uint64_t now) {
  hark__attempt *a = &d->attempts[d->nattempts++];
  *a = (hark__attempt){.fd = -1, .until = now + ATTEMPT_MS, .to = to};
  d->next_attempt = now + ATTEMPT_DELAY_MS;
  a->fd = hark__watches_socket(&d->watches, HARK_WATCH_CONNECT, to->sa.ss_family, SOCK_STREAM);
  if (a->fd < 0) {
    blame(d, to, errno);
    return;
  }
  set_options(a->fd);
  hark__watches_find(&d->watches, a->fd)->write = true;
  if (!connect(a->fd, (const struct sockaddr *)&to->sa, to->len))
    connected(d, a);
  else if (errno != EINPROGRESS && errno != EINTR)
    end_attempt(d, a, errno);
}

static hark__attempt *attempt_of(hark_dialer *d, int fd) {
  for (size_t i = 0; i < d->nattempts; i++)
    if (d->attempts[i].fd == fd) return &d->attempts[i];
  return NULL;
}

static void finish_attempts(hark_dialer *d, const struct pollfd *ready, size_t n, uint64_t now) {
  for (size_t i = 0; i < n && !d->result; i++) {
    hark__attempt *a = ready[i].revents ? attempt_of(d, ready[i].fd) : NULL;
    int why = 0;
    socklen_t len = sizeof why;
    if (!a) continue;
    if (getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &why, &len)) why = errno;
    if (why)
      end_attempt(d, a, why);
    else if (ready[i].revents & POLLOUT)
      connected(d, a);
  }
  for (size_t i = 0; i < d->nattempts && !d->result; i++)
    if (d->attempts[i].fd >= 0 && now >= d->attempts[i].until)
      end_attempt(d, &d->attempts[i], ETIMEDOUT);
}

static size_t running(const hark_dialer *d) {
  size_t n = 0;
  for (size_t i = 0; i < d->nattempts; i++) n += d->attempts[i].fd >= 0;
  return n;
}

/* RFC 8305 section 4: IPv6 first, then the families take turns. */
static const hark__address *next_address(const hark_dialer *d) {
  const hark__answer *v6 = &d->resolver.v6, *v4 = &d->resolver.v4;
  const bool more6 = d->used_v6 < v6->n, more4 = d->used_v4 < v4->n;
  if (d->nattempts == HARK_ADDRESSES || (!more6 && !more4)) return NULL;
  if (more6 && (!more4 || d->used_v6 <= d->used_v4)) return &v6->v[d->used_v6];
  return &v4->v[d->used_v4];
}

/* RFC 8305 section 3: an IPv4 answer that comes first waits a moment for the other. */
static uint64_t start_time(const hark_dialer *d) {
  const hark__answer *v6 = &d->resolver.v6, *v4 = &d->resolver.v4;
  if (!next_address(d)) return UINT64_MAX;
  if (!d->nattempts && !v6->done) return v4->at + RESOLUTION_DELAY_MS;
  return running(d) ? d->next_attempt : 0;
}

static void start_attempts(hark_dialer *d, uint64_t now) {
  while (!d->result && now >= start_time(d)) {
    const hark__address *to = next_address(d);
    *(to->sa.ss_family == AF_INET6 ? &d->used_v6 : &d->used_v4) += 1;
    start_attempt(d, to, now);
  }
}

static void settle(hark_dialer *d, uint64_t now) {
  const bool asked = d->resolver.v6.done && d->resolver.v4.done;
  if (d->result) return;
  if (now >= d->give_up) {
    const hark__answer *some = d->resolver.v6.n ? &d->resolver.v6 : &d->resolver.v4;
    if (!some->n) {
      d->resolver.v4.status = ARES_ETIMEOUT;
      hark__dialer_not_found(d);
      return;
    }
    blame(d, &some->v[0], ETIMEDOUT);
  } else if (running(d) || next_address(d) || (!asked && d->nattempts < HARK_ADDRESSES)) {
    return;
  }
  if (d->nattempts)
    hark__dialer_not_connected(d);
  else
    hark__dialer_not_found(d);
}

int hark_dialer_step(hark_dialer *d, uint64_t now_ms) {
  struct pollfd ready[HARK_WATCHES];
  hark__watches_reap(&d->watches);
  if (d->result) return d->result;
  if (!d->begun) begin(d, now_ms);
  const size_t n = hark__watches_ready(&d->watches, ready);
  hark__resolver_step(&d->resolver, ready, n, now_ms);
  finish_attempts(d, ready, n, now_ms);
  start_attempts(d, now_ms);
  settle(d, now_ms);
  return d->result;
}

size_t hark_dialer_fds(const hark_dialer *d, hark_dialer_fd *v, size_t cap) {
  /* What was shown is remembered, for that decides when it may be closed. */
  union {
    const hark_dialer *in;
    hark_dialer *out;
  } same = {.in = d};
  return hark__watches_list(&same.out->watches, v, d->result ? 0 : cap);
}

static uint64_t earlier(uint64_t a, uint64_t b) { return a < b ? a : b; }

uint64_t hark_dialer_deadline(const hark_dialer *d) {
  if (d->result || !d->begun) return 0;
  uint64_t at = earlier(d->give_up, d->resolver.deadline);
  for (size_t i = 0; i < d->nattempts; i++)
    if (d->attempts[i].fd >= 0) at = earlier(at, d->attempts[i].until);
  return earlier(at, start_time(d));
}

int hark_dialer_take(hark_dialer *d) {
  const int fd = d->fd;
  d->fd = -1;
  return fd;
}

const char *hark_dialer_error(const hark_dialer *d) { return d->error; }
const char *hark_dialer_host(const hark_dialer *d) { return d->host; }
uint16_t hark_dialer_port(const hark_dialer *d) { return d->port; }
