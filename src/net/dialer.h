/* net/dialer.h - what the parts of a dialer share.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_NET_DIALER_H
#define HARK_NET_DIALER_H
#include "net/resolve.h"

typedef struct hark__attempt { /* one connection being made; fd -1: over */
  int fd;
  uint64_t until;
  const hark__address *to;
} hark__attempt;

struct hark_dialer {
  char *host;
  uint16_t port;
  bool begun;
  int result; /* 0: going on, 1: connected, or a hark_err */
  int fd;     /* connected */
  uint64_t give_up;
  uint64_t next_attempt; /* not before, unless all others have failed */
  hark__watches watches;
  hark__resolver resolver;
  size_t used_v6, used_v4; /* addresses of resolver.v6 and .v4 tried so far */
  size_t nattempts;
  hark__attempt attempts[HARK_ADDRESSES];
  const hark__address *blamed; /* the failure to tell: the one that says most */
  int blame;                   /* its errno */
  char error[640];
};

/* For tests: name servers ("127.0.0.1:5353,...") instead of the system's, before the first step. */
bool hark__dialer_name_servers(hark_dialer *d, const char *servers);
/* Puts the sentence for the way it failed into d->error and d->result. */
void hark__dialer_fail(hark_dialer *d, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void hark__dialer_no_zone(hark_dialer *d, const char *zone);
void hark__dialer_not_found(hark_dialer *d);     /* no address */
void hark__dialer_not_connected(hark_dialer *d); /* no address answered */
bool hark__dialer_host_ok(hark_dialer *d);       /* can be a host name at all */
#endif
