/* net/clock.c - time, for the calls that wait.
 * SPDX-License-Identifier: MIT */
#include "net/clock.h"

#include <limits.h>
#include <time.h>

uint64_t hark__clock_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_BOOTTIME, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int hark__poll_ms(uint64_t now, uint64_t then) {
  if (then == UINT64_MAX) return -1;
  if (then <= now) return 0;
  return then - now > INT_MAX ? INT_MAX : (int)(then - now);
}
