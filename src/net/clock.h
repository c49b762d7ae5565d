/* net/clock.h - time, for the calls that wait.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_NET_CLOCK_H
#define HARK_NET_CLOCK_H
#include <stdint.h>

uint64_t hark__clock_ms(void); /* goes on while the computer sleeps */
/* What poll() is told to wait from now until then; UINT64_MAX: for ever. */
int hark__poll_ms(uint64_t now, uint64_t then);
#endif
