/* cli/loop.c - waiting, by libuv.
 * SPDX-License-Identifier: MIT
 *
 * The command is straight-line code that waits in one place; libuv holds the descriptors
 * between the waits, so that one that stays costs no system call. */
#include "cli/loop.h"
#include "cli/exit.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

enum { WATCHES = 64, STOP_WITHIN_S = 2, SLEPT_MS = 1000 };

typedef struct slot {
  uv_poll_t poll;
  bool used, closing;
  int fd, events;
} slot;

struct loop {
  uv_loop_t uv;
  uv_signal_t interrupt, terminate;
  uv_timer_t timer;
  uv_poll_t clock; /* told when the machine wakes */
  int clock_fd;
  slot slots[WATCHES];
  bool stopping, ready;
  uint64_t asleep; /* ms of sleep since the machine started */
  bool woke;
};

static uint64_t clock_of(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t loop_now(void) { return clock_of(CLOCK_BOOTTIME); }

/* The clock that may be behind is read first: the other way round a machine that has never slept
 * has slept for less than nothing, which is for ages. */
static uint64_t asleep(void) {
  uint64_t awake = clock_of(CLOCK_MONOTONIC);
  return clock_of(CLOCK_BOOTTIME) - awake;
}

/* Whatever hangs then, the command ends; what is delivered stays delivered. */
static void too_slow(int signal) {
  (void)signal;
  _exit(EXIT_INCOMPLETE);
}

static void on_signal(uv_signal_t *handle, int number) {
  loop *l = handle->data;
  (void)number;
  if (l->stopping) return;
  l->stopping = l->ready = true;
  signal(SIGALRM, too_slow);
  alarm(STOP_WITHIN_S);
}

/* libuv runs timers before it sleeps: without uv_stop() it would sleep for ever after this. */
static void on_time(uv_timer_t *handle) {
  ((loop *)handle->data)->ready = true;
  uv_stop(handle->loop);
}

/* libuv stops watching what has an error, and there may be bytes before it: it is watched again
 * by the next loop_wait(). */
static void on_ready(uv_poll_t *handle, int status, int events) {
  (void)events;
  if (status < 0) ((slot *)(void *)handle)->events = 0;
  ((loop *)handle->data)->ready = true;
}

/* A timer of the wall clock that is cancelled when that clock jumps, as it does on waking. */
static void arm_clock(loop *l) {
  struct itimerspec far = {.it_value.tv_sec = (time_t)1 << 40};
  timerfd_settime(l->clock_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL);
}

static void on_clock(uv_poll_t *handle, int status, int events) {
  loop *l = handle->data;
  uint64_t times;
  (void)status, (void)events;
  if (read(l->clock_fd, &times, sizeof times) < 0 && errno == ECANCELED) arm_clock(l);
  l->ready = true;
}

static bool start(loop *l) {
  if (uv_loop_init(&l->uv)) return false;
  l->interrupt.data = l->terminate.data = l->timer.data = l->clock.data = l;
  l->asleep = asleep();
  uv_signal_init(&l->uv, &l->interrupt);
  uv_signal_init(&l->uv, &l->terminate);
  uv_timer_init(&l->uv, &l->timer);
  uv_signal_start(&l->interrupt, on_signal, SIGINT);
  uv_signal_start(&l->terminate, on_signal, SIGTERM);
  l->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (l->clock_fd >= 0 && !uv_poll_init(&l->uv, &l->clock, l->clock_fd)) {
    arm_clock(l);
    uv_poll_start(&l->clock, UV_READABLE, on_clock);
  }
  return true;
}

loop *loop_new(void) {
  loop *l = calloc(1, sizeof *l);
  if (!l || start(l)) return l;
  free(l);
  return NULL;
}

static void close_handle(uv_handle_t *handle, void *arg) {
  (void)arg;
  if (!uv_is_closing(handle)) uv_close(handle, NULL);
}

void loop_free(loop *l) {
  if (!l) return;
  uv_walk(&l->uv, close_handle, NULL);
  uv_run(&l->uv, UV_RUN_DEFAULT);
  uv_loop_close(&l->uv);
  if (l->clock_fd >= 0) close(l->clock_fd);
  free(l);
}

static void on_closed(uv_handle_t *handle) {
  slot *s = (slot *)(void *)handle; /* its first member */
  s->used = s->closing = false;
}

static int events_of(const hark_dialer_fd *w) {
  return (w->read ? UV_READABLE : 0) | (w->write ? UV_WRITABLE : 0);
}

static slot *slot_of(loop *l, int fd) {
  slot *empty = NULL;
  for (slot *s = l->slots; s < l->slots + WATCHES; s++) {
    if (s->used && !s->closing && s->fd == fd) return s;
    if (!s->used) empty = s;
  }
  if (!empty || uv_poll_init(&l->uv, &empty->poll, fd)) return NULL;
  empty->poll.data = l;
  empty->used = true, empty->fd = fd, empty->events = 0;
  return empty;
}

static bool wanted(int fd, const hark_dialer_fd *v, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (v[i].fd == fd && events_of(&v[i])) return true;
  return false;
}

static void watch(loop *l, const hark_dialer_fd *v, size_t n) {
  for (slot *s = l->slots; s < l->slots + WATCHES; s++) {
    if (!s->used || s->closing || wanted(s->fd, v, n)) continue;
    s->closing = true;
    uv_close((uv_handle_t *)&s->poll, on_closed);
  }
  for (size_t i = 0; i < n; i++) {
    slot *s = events_of(&v[i]) ? slot_of(l, v[i].fd) : NULL;
    if (!s || s->events == events_of(&v[i])) continue;
    s->events = events_of(&v[i]);
    uv_poll_start(&s->poll, s->events, on_ready);
  }
}

void loop_wait(loop *l, const hark_dialer_fd *v, size_t n, uint64_t deadline) {
  uint64_t now = loop_now();
  watch(l, v, n);
  l->ready = false;
  if (deadline != UINT64_MAX) {
    uv_update_time(&l->uv);
    uv_timer_start(&l->timer, on_time, deadline > now ? deadline - now : 0, 0);
  }
  while (!l->ready) uv_run(&l->uv, UV_RUN_ONCE);
  uv_timer_stop(&l->timer);
  uint64_t slept = asleep();
  if (slept > l->asleep + SLEPT_MS) l->woke = true;
  l->asleep = slept;
}

bool loop_stopping(const loop *l) { return l->stopping; }

bool loop_woke(loop *l) {
  bool woke = l->woke;
  l->woke = false;
  return woke;
}
