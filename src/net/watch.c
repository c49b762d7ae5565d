/* net/watch.c - the descriptors of a dialer.
 * SPDX-License-Identifier: MIT */
#include "net/watch.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void release(hark__watch *w) {
  close(w->fd);
  *w = (hark__watch){.fd = -1, .use = HARK_WATCH_FREE};
}

static hark__watch *empty_slot(hark__watches *w) {
  for (size_t i = 0; i < HARK_WATCHES; i++)
    if (w->v[i].use == HARK_WATCH_FREE) return &w->v[i];
  return NULL;
}

int hark__watches_socket(hark__watches *w, int use, int family, int type) {
  hark__watch *slot = empty_slot(w);
  if (!slot) return errno = EMFILE, -1;
  const int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0) *slot = (hark__watch){.fd = fd, .use = use};
  return fd;
}

hark__watch *hark__watches_find(hark__watches *w, int fd) {
  for (size_t i = 0; i < HARK_WATCHES; i++)
    if (w->v[i].use != HARK_WATCH_FREE && w->v[i].fd == fd && !w->v[i].dead) return &w->v[i];
  return NULL;
}

void hark__watches_close(hark__watches *w, int fd) {
  hark__watch *slot = hark__watches_find(w, fd);
  if (!slot) return;
  if (slot->shown)
    slot->dead = true;
  else
    release(slot);
}

int hark__watches_take(hark__watches *w, int fd) {
  hark__watch *slot = hark__watches_find(w, fd);
  if (!slot) return -1;
  slot->use = HARK_WATCH_FREE;
  return fd;
}

void hark__watches_reap(hark__watches *w) {
  for (size_t i = 0; i < HARK_WATCHES; i++)
    if (w->v[i].use != HARK_WATCH_FREE && w->v[i].dead && w->v[i].left_out) release(&w->v[i]);
}

void hark__watches_free(hark__watches *w) {
  for (size_t i = 0; i < HARK_WATCHES; i++)
    if (w->v[i].use != HARK_WATCH_FREE) release(&w->v[i]);
}

size_t hark__watches_list(hark__watches *w, hark_dialer_fd *v, size_t cap) {
  size_t n = 0;
  for (size_t i = 0; i < HARK_WATCHES; i++) {
    hark__watch *slot = &w->v[i];
    if (slot->use == HARK_WATCH_FREE) continue;
    if (slot->dead) {
      slot->left_out = true;
    } else if (n < cap && (slot->read || slot->write)) {
      slot->shown = true;
      v[n++] = (hark_dialer_fd){slot->fd, slot->read, slot->write};
    }
  }
  return n;
}

size_t hark__watches_ready(hark__watches *w, struct pollfd v[HARK_WATCHES]) {
  size_t n = 0;
  for (size_t i = 0; i < HARK_WATCHES; i++) {
    const hark__watch *slot = &w->v[i];
    if (slot->use == HARK_WATCH_FREE || slot->dead) continue;
    const short want = (short)((slot->read ? POLLIN : 0) | (slot->write ? POLLOUT : 0));
    v[n++] = (struct pollfd){.fd = slot->fd, .events = want};
  }
  if (n && poll(v, n, 0) <= 0) return 0; /* EINTR: the next step looks again */
  return n;
}
