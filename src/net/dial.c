/* net/dial.c - a dialer for programs that may wait.
 * SPDX-License-Identifier: MIT */
#include "net/clock.h"
#include <hark/net.h>

#include <poll.h>
#include <stdio.h>

#define FDS 32

/* Sleeps until a descriptor is ready or the time has come; an interruption is harmless. */
static void wait_for(const hark_dialer *d, uint64_t now, uint64_t until) {
  hark_dialer_fd fds[FDS];
  struct pollfd v[FDS];
  const size_t n = hark_dialer_fds(d, fds, FDS);
  const uint64_t deadline = hark_dialer_deadline(d);
  for (size_t i = 0; i < n; i++) {
    const short want = (short)((fds[i].read ? POLLIN : 0) | (fds[i].write ? POLLOUT : 0));
    v[i] = (struct pollfd){.fd = fds[i].fd, .events = want};
  }
  poll(v, n, hark__poll_ms(now, deadline < until ? deadline : until));
}

static int finish(hark_dialer *d, int result, int timeout_ms, char *why, size_t cap) {
  if (result == 1) return hark_dialer_take(d);
  if (result && why) snprintf(why, cap, "%s", hark_dialer_error(d));
  if (!result && why)
    snprintf(why, cap, "%s did not answer on port %u within %d ms; check the port and the network.",
             hark_dialer_host(d), hark_dialer_port(d), timeout_ms);
  return result ? result : HARK_ERR_NET;
}

int hark_dial(const char *host, const char *service, int timeout_ms, char *why, size_t cap) {
  uint64_t now = hark__clock_ms();
  const uint64_t until = timeout_ms < 0 ? UINT64_MAX : now + (uint64_t)timeout_ms;
  hark_dialer *d = hark_dialer_new(host, service, now);
  if (!d) {
    if (why) snprintf(why, cap, "%s.", hark_err_text(HARK_ERR_NOMEM));
    return HARK_ERR_NOMEM;
  }
  int result;
  while (!(result = hark_dialer_step(d, now)) && now < until) {
    wait_for(d, now, until);
    now = hark__clock_ms();
  }
  result = finish(d, result, timeout_ms, why, cap);
  hark_dialer_free(d);
  return result;
}
