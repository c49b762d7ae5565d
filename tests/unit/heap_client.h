/* tests/unit/heap_client.h - a client whose memory is counted, told what a server says.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_HEAP_CLIENT_H
#define TESTS_UNIT_HEAP_CLIENT_H
#include "heap.h"
#include <hark/command.h>
#include <hark/event.h>

static inline hark_client *begin(unsigned flags) {
  hark_config config;
  hark_config_init(&config);
  config.alloc = failing_alloc, config.alloc_ud = &heap, config.flags = flags;
  hark_client *c = hark_new(&config);
  assert_non_null(c);
  return c;
}

/* How many events of that type were told. */
static inline size_t say(hark_client *c, const char *text, int type) {
  size_t told = 0;
  for (size_t n = strlen(text); n;) {
    size_t took = hark_feed(c, text, n);
    text += took, n -= took;
    for (const hark_event *ev; (ev = hark_next(c));) told += ev->type == type;
  }
  return told;
}

static inline void send_all(hark_client *c) {
  size_t n;
  while (hark_send_buf(c, &n)) hark_send_ack(c, n);
}

/* Bytes that an idle client holds: it gives back the rest when it waits. */
static inline size_t at_rest(hark_client *c) {
  size_t n;
  assert_non_null(hark_recv_buf(c, &n));
  hark_recv_ack(c, 0);
  return heap.out;
}
#endif
