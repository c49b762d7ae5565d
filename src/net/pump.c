/* net/pump.c - moves bytes between a client and a socket.
 * SPDX-License-Identifier: MIT
 *
 * Writes are acknowledged before what was read after them is handed over: an answer to a
 * command that has not left is how injection shows.  What a server said before it went is read
 * although nothing can be sent any more: it may be a BYE that says why. */
#include "net/clock.h"
#include <errno.h>
#include <hark/net.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int failed(hark_client *c, const char *what, int number) {
  char why[160];
  snprintf(why, sizeof why, "%s: %s", what, strerror(number));
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

/* 0, or the errno of what cannot be sent. */
static int write_all(hark_client *c, int fd) {
  const void *p;
  size_t n;
  while ((p = hark_send_buf(c, &n))) {
    ssize_t r = write_some(fd, p, n);
    if (r < 0) return again() ? 0 : errno;
    hark_send_ack(c, (size_t)r);
  }
  return 0;
}

typedef enum reading { NOTHING, BYTES, END, BROKEN } reading;

static reading read_once(hark_client *c, int fd) {
  size_t room;
  void *p = hark_recv_buf(c, &room);
  if (!p) return NOTHING; /* none is wanted */
  ssize_t r;
  do r = read(fd, p, room);
  while (r < 0 && errno == EINTR);
  if (!r) return END;
  if (r < 0 && !again()) return BROKEN;
  hark_recv_ack(c, r > 0 ? (size_t)r : 0);
  return r > 0 ? BYTES : NOTHING;
}

int hark_pump(hark_client *c, int fd) {
  const int unsent = write_all(c, fd);
  const reading got = read_once(c, fd);
  if (got == BYTES) return 0; /* more of it first */
  if (unsent) return failed(c, "sending", unsent);
  if (got == BROKEN) return failed(c, "receiving", errno);
  if (got == END) hark_recv_eof(c);
  return 0;
}

static bool wait_for(hark_client *c, int fd, int timeout_ms) {
  unsigned wants = hark_wants(c);
  struct pollfd p = {.fd = fd};
  if (wants & HARK_WANT_RECV) p.events |= POLLIN;
  if (wants & HARK_WANT_SEND) p.events |= POLLOUT;
  return poll(&p, 1, timeout_ms) > 0;
}

/* Drained first: then there is a place for what is read. */
static const hark_event *next_of(hark_client *c, int fd) {
  const hark_event *ev = hark_next(c);
  if (ev || (hark_wants(c) & HARK_CLOSED)) return ev;
  hark_pump(c, fd);
  return hark_next(c);
}

const hark_event *hark_wait(hark_client *c, int fd, int timeout_ms) {
  uint64_t until = timeout_ms < 0 ? UINT64_MAX : hark__clock_ms() + (uint64_t)timeout_ms;
  for (;;) {
    const hark_event *ev = next_of(c, fd);
    if (ev || (hark_wants(c) & HARK_CLOSED)) return ev;
    uint64_t now = hark__clock_ms();
    if (now >= until) return NULL;
    wait_for(c, fd, hark__poll_ms(now, until));
  }
}
