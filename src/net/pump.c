/* net/pump.c - moves bytes between a client and a socket.
 * SPDX-License-Identifier: MIT
 *
 * Writes are acknowledged before what was read after them is handed over: an answer to a
 * command that has not left is how injection shows. */
#include "net/clock.h"
#include <errno.h>
#include <hark/net.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int failed(hark_client *c, const char *what) {
  char why[160];
  snprintf(why, sizeof why, "%s: %s", what, strerror(errno));
  hark_fail(c, HARK_ERR_NET, why);
  return HARK_ERR_NET;
}

static bool again(void) { return errno == EAGAIN; } /* EWOULDBLOCK is the same on Linux */

static ssize_t write_some(int fd, const void *p, size_t n) {
  ssize_t r;
  do {
    r = send(fd, p, n, MSG_NOSIGNAL);
    if (r < 0 && errno == ENOTSOCK) r = write(fd, p, n);
  } while (r < 0 && errno == EINTR);
  return r;
}

static int write_all(hark_client *c, int fd) {
  const void *p;
  size_t n;
  while ((p = hark_send_buf(c, &n))) {
    ssize_t r = write_some(fd, p, n);
    if (r < 0) return again() ? 0 : failed(c, "sending");
    hark_send_ack(c, (size_t)r);
  }
  return 0;
}

/* 1: bytes came, 0: none now or none wanted. */
static int read_once(hark_client *c, int fd) {
  size_t room;
  void *p = hark_recv_buf(c, &room);
  if (!p) return 0;
  ssize_t r;
  do r = read(fd, p, room);
  while (r < 0 && errno == EINTR);
  if (r > 0) {
    hark_recv_ack(c, (size_t)r);
    return 1;
  }
  if (!r) return hark_recv_eof(c), 0;
  if (!again()) return failed(c, "receiving");
  hark_recv_ack(c, 0);
  return 0;
}

int hark_pump(hark_client *c, int fd) {
  int err = write_all(c, fd);
  if (!err) err = read_once(c, fd);
  return err < 0 ? err : 0;
}

static bool wait_for(hark_client *c, int fd, int timeout_ms) {
  unsigned wants = hark_wants(c);
  struct pollfd p = {.fd = fd};
  if (wants & HARK_WANT_RECV) p.events |= POLLIN;
  if (wants & HARK_WANT_SEND) p.events |= POLLOUT;
  return poll(&p, 1, timeout_ms) > 0;
}

const hark_event *hark_wait(hark_client *c, int fd, int timeout_ms) {
  uint64_t until = timeout_ms < 0 ? UINT64_MAX : hark__clock_ms() + (uint64_t)timeout_ms;
  for (;;) {
    hark_pump(c, fd);
    const hark_event *ev = hark_next(c);
    if (ev || (hark_wants(c) & HARK_CLOSED)) return ev;
    uint64_t now = hark__clock_ms();
    if (now >= until) return NULL;
    wait_for(c, fd, hark__poll_ms(now, until));
  }
}
