/* examples/dispatch.c - what comes and goes in INBOX, told by subscribers: dispatch HOST PORT USER
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* CLOCK_BOOTTIME */
#include "connect.h"
#include <hark/dispatch.h>
#include <hark/driver.h>
#include <hark/net.h>
#include <hark/uidmap.h>
#include <limits.h>
#include <time.h>

typedef struct watcher {
  connection k;
  hark_driver driver; /* greeting, LOGIN, EXAMINE, IDLE */
  hark_dispatch *events;
  hark_uidmap *map; /* message numbers <-> UIDs */
  uint32_t seen;    /* messages that were told of */
  uint32_t number;  /* of the message whose FETCH is being told */
} watcher;

static uint64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_BOOTTIME, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- subscribers --- */

static void gone(void *ud, hark_client *c, const hark_event *ev) {
  watcher *w = ud;
  (void)c;
  if (!w->driver.ready) return;
  printf("gone: UID %u\n", hark_uidmap_uid(w->map, (uint32_t)ev->num));
  if (ev->num <= w->seen) w->seen--;
}

static void follow(void *ud, hark_client *c, const hark_event *ev) {
  watcher *w = ud;
  if (hark_uidmap_event(w->map, ev)) hark_fail(c, HARK_ERR_NOMEM, NULL);
}

static void drive(void *ud, hark_client *c, const hark_event *ev) {
  watcher *w = ud;
  hark_driver_event(&w->driver, c, ev, now_ms());
}

/* The answers to the FETCH of what is new, and no others. */
static void tell(void *ud, hark_client *c, const hark_event *ev) {
  watcher *w = ud;
  (void)c;
  if (ev->type == HARK_EV_FETCH) w->number = (uint32_t)ev->num;
  if (ev->type != HARK_EV_ITEM || ev->item->kind != HARK_ITEM_ENVELOPE) return;
  printf("new: UID %u ", hark_uidmap_uid(w->map, w->number));
  print_harmless(stdout, ev->item->envelope->subject);
  putchar('\n');
}

static void arrived(void *ud, hark_client *c, const hark_event *ev) {
  watcher *w = ud;
  char set[30];
  (void)ev;
  if (!w->driver.ready || hark_uidmap_exists(w->map) <= w->seen) return;
  snprintf(set, sizeof set, "%u:%u", w->seen + 1, hark_uidmap_exists(w->map));
  w->seen = hark_uidmap_exists(w->map);
  hark_dispatch_add_command(w->events, hark_fetch(c, 0, set, "(UID ENVELOPE)"), tell, w);
}

static void explain(void *ud, hark_client *c, const hark_event *ev) {
  (void)c;
  connection_event(&((watcher *)ud)->k, ev);
}

/* --- the loop --- */

/* The mailbox is open: which UIDs are there? */
static int on_step(void *ud, hark_driver *d, hark_client *c, int step) {
  watcher *w = ud;
  (void)d;
  if (step != HARK_STEP_READY) return 0;
  w->seen = hark_uidmap_exists(w->map);
  printf("%u messages\n", w->seen);
  hark_builder *q = hark_search_begin(c, HARK_UID, NULL);
  hark_q_key(q, "ALL");
  return hark_uidmap_all(w->map, hark_search_end(q));
}

/* In this order: who is gone must be asked of the map before it forgets. */
static bool subscribe(watcher *w) {
  if (!w->events || !w->map) return false;
  return hark_dispatch_add(w->events, HARK_EV_EXPUNGE, gone, w) > 0 &&
         hark_dispatch_add(w->events, HARK_EVERY_EVENT, follow, w) > 0 &&
         hark_dispatch_add(w->events, HARK_EV_EXISTS, arrived, w) > 0 &&
         hark_dispatch_add(w->events, HARK_EVERY_EVENT, explain, w) > 0 &&
         hark_dispatch_add(w->events, HARK_EVERY_EVENT, drive, w) > 0;
}

static int wait_ms(const watcher *w) {
  const uint64_t at = hark_driver_deadline(&w->driver), now = now_ms();
  const uint64_t left = at > now ? at - now : 0;
  return at == UINT64_MAX ? -1 : left < INT_MAX ? (int)left : INT_MAX;
}

static void watch(watcher *w) {
  hark_client *c = w->k.client;
  while (!(hark_wants(c) & HARK_CLOSED)) {
    const hark_event *ev = hark_wait(c, w->k.fd, wait_ms(w));
    if (ev) hark_dispatch_invoke(w->events, c, ev);
    hark_dispatch_run(w->events, c);
    hark_driver_tick(&w->driver, c, now_ms());
    fflush(stdout);
  }
  if (hark_error(c)) complain(hark_error_text(c), (hark_str){NULL, 0});
}

int main(int argc, char **argv) {
  account a;
  watcher w = {.k.fd = -1, .events = hark_dispatch_new(NULL), .map = hark_uidmap_new(NULL)};
  if (argc != 4) return fprintf(stderr, "dispatch HOST PORT USER\n"), 2;
  hark_driver_init(&w.driver);
  w.driver.ud = &w, w.driver.step = on_step;
  w.driver.starttls = HARK_STARTTLS_NEVER; /* TLS is there from the first byte */
  w.driver.user = argv[3], w.driver.password = a.password;
  w.driver.mailbox = "INBOX", w.driver.examine = w.driver.idle = true;
  if (account_ask(&a, argv[1], argv[2], argv[3]) && connection_dial(&w.k, &a) && subscribe(&w))
    watch(&w);
  connection_close(&w.k);
  hark_uidmap_free(w.map);
  hark_dispatch_free(w.events);
  return 1;
}
