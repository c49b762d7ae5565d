/* fuzz/hash_event.h - all that an event says, as a number.  SPDX-License-Identifier: MIT */
#ifndef FUZZ_HASH_EVENT_H
#define FUZZ_HASH_EVENT_H
#include <hark/event.h>

typedef struct hash {
  uint64_t value;
} hash;

void hash_bytes(hash *h, const void *p, size_t n);
void hash_number(hash *h, uint64_t n);
void hash_event(hash *h, const hark_event *ev);
#endif
