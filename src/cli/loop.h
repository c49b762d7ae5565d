/* cli/loop.h - waiting: for descriptors, for time, for a signal to end.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_LOOP_H
#define CLI_LOOP_H
#include <hark/net.h>

typedef struct loop loop;

loop *loop_new(void); /* NULL: out of memory */
void loop_free(loop *l);
uint64_t loop_now(void); /* ms; goes on while the machine sleeps */

/* Waits until one of v is ready, deadline has come, the machine has woken from sleep, or
 * SIGINT or SIGTERM has asked to end.  A descriptor is watched until a call leaves it out. */
void loop_wait(loop *l, const hark_dialer_fd *v, size_t n, uint64_t deadline);
bool loop_stopping(const loop *l);
bool loop_woke(loop *l); /* once for each sleep */
#endif
