/* net/watch.h - the descriptors of a dialer.  One that was shown to the program is closed
 * only after the program had a chance to stop watching it.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_NET_WATCH_H
#define HARK_NET_WATCH_H
#include <hark/net.h>
#include <poll.h>

#define HARK_WATCHES 48

enum { HARK_WATCH_FREE, HARK_WATCH_DNS, HARK_WATCH_CONNECT };

typedef struct hark__watch {
  int fd;
  int use; /* HARK_WATCH_FREE: the slot is empty */
  bool read, write;
  bool shown;    /* hark__watches_list() gave it */
  bool dead;     /* to be closed ... */
  bool left_out; /* ... for a list without it was given since */
} hark__watch;

typedef struct hark__watches {
  hark__watch v[HARK_WATCHES];
} hark__watches;

/* A non-blocking, close-on-exec socket, or -1 with errno. */
int hark__watches_socket(hark__watches *w, int use, int family, int type);
hark__watch *hark__watches_find(hark__watches *w, int fd); /* alive, or NULL */
void hark__watches_close(hark__watches *w, int fd);
int hark__watches_take(hark__watches *w, int fd); /* the caller's now */
void hark__watches_reap(hark__watches *w);
void hark__watches_free(hark__watches *w);
size_t hark__watches_list(hark__watches *w, hark_dialer_fd *v, size_t cap);
/* What is ready now, without waiting; returns how many of v are filled. */
size_t hark__watches_ready(hark__watches *w, struct pollfd v[HARK_WATCHES]);
#endif
