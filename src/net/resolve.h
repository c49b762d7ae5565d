/* net/resolve.h - the addresses of a host, both families asked for at once.  RFC 8305 section 3.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_NET_RESOLVE_H
#define HARK_NET_RESOLVE_H
#include "net/watch.h"

#include <ares.h>
#include <sys/socket.h>

#define HARK_ADDRESSES 8 /* tried of one host, both families together */

typedef struct hark__address {
  struct sockaddr_storage sa;
  socklen_t len;
} hark__address;

typedef struct hark__answer { /* one family's */
  bool done;
  int status;  /* ARES_SUCCESS, ARES_ENOTFOUND, ... */
  uint64_t at; /* when */
  size_t n;
  hark__address v[HARK_ADDRESSES];
} hark__answer;

typedef struct hark__resolver {
  hark__watches *watches;
  ares_channel channel; /* NULL: nothing is being asked */
  char *servers;        /* "127.0.0.1:5353" instead of the system's */
  uint64_t now;         /* of the step that is running */
  uint64_t deadline;
  hark__answer v6, v4;
} hark__resolver;

/* host is a name; returns false when out of memory. */
bool hark__resolver_begin(hark__resolver *r, const char *host, uint16_t port, uint64_t now);
void hark__resolver_step(hark__resolver *r, const struct pollfd *ready, size_t n, uint64_t now);
void hark__resolver_stop(hark__resolver *r);
void hark__resolver_free(hark__resolver *r);
#endif
