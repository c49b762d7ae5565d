/* tests/live/fast_clock.c - for LD_PRELOAD: time that goes HARK_TEST_SPEED times as fast.
 * SPDX-License-Identifier: MIT
 *
 * The clocks that count from the start of the machine are told faster, and waits given in
 * milliseconds are shorter by as much, so that a program's deadlines of minutes can be met in
 * seconds by a server that lives in real time. */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

static long speed(void) {
  static long known;
  const char *text = getenv("HARK_TEST_SPEED");
  if (!known) known = text ? strtol(text, NULL, 10) : 1;
  return known;
}

int clock_gettime(clockid_t id, struct timespec *t) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(id, t);
  if (id != CLOCK_BOOTTIME && id != CLOCK_MONOTONIC && id != CLOCK_MONOTONIC_COARSE) return result;
  long long ns = ((long long)t->tv_sec * 1000000000 + t->tv_nsec) * speed();
  t->tv_sec = (time_t)(ns / 1000000000), t->tv_nsec = (long)(ns % 1000000000);
  return result;
}

int epoll_pwait(int fd, struct epoll_event *events, int most, int ms, const sigset_t *mask) {
  static int (*real)(int, struct epoll_event *, int, int, const sigset_t *);
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, "epoll_pwait");
  return real(fd, events, most, ms > 0 ? (int)((ms + speed() - 1) / speed()) : ms, mask);
}

int epoll_wait(int fd, struct epoll_event *events, int most, int ms) {
  return epoll_pwait(fd, events, most, ms, NULL);
}
