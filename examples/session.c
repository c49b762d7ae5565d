/* examples/session.c - the loop: socket, client, pull, Maildir, and back.
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* CLOCK_BOOTTIME */
#include "session.h"
#include <hark/net.h>
#include <limits.h>
#include <poll.h>
#include <time.h>

static const hark_str nothing = {NULL, 0};

static uint64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_BOOTTIME, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

hark_maildir *store_open(const account *a, const char *path) {
  char whose[600]; /* the same each time: the Maildir knows its mail by it */
  hark_maildir *store;
  snprintf(whose, sizeof whose, "%s@%s", a->user, a->host);
  hark_maildir_config config = {.size = sizeof config, .path = path, .account = whose};
  const int err = hark_maildir_open(&store, &config);
  if (!err) return store;
  complain(store ? hark_maildir_error(store) : hark_err_text(err), nothing);
  hark_maildir_close(store);
  return NULL;
}

/* Says why, once, and ends the connection. */
static void give_up(session *s, const char *why) {
  if (!s->failed && why) complain(why, nothing);
  s->failed = true;
  hark_pull_stop(s->pull);
}

static void store_said(session *s, int err) {
  if (err) give_up(s, hark_maildir_error(s->store));
}

static void put(session *s, const hark_pull_event *ev) {
  int err;
  while ((err = hark_maildir_put(s->store, ev)) == HARK_ERR_BUSY) /* the disk is behind */
    if ((err = hark_maildir_reap(s->store, s->pull, true))) break;
  if (err == HARK_ERR_STORE)
    hark_pull_again(s->pull, ev->mailbox, NULL); /* this message, later */
  else
    store_said(s, err);
}

static void caught_up(session *s) {
  s->caught_up = true;
  printf("%u new\n", s->messages);
  fflush(stdout);
  s->messages = 0;
}

/* The client, where it is what failed, knows more about it than the pull. */
static void pull_failed(session *s, const hark_pull_event *ev) {
  const char *why = hark_error(s->k.client) ? hark_error_text(s->k.client) : ev->why;
  complain(why, ev->cond ? ev->cond->text : nothing);
  if (ev->err == HARK_ERR_CERT) s->failed = true;
}

static void take(session *s, const hark_pull_event *ev) {
  switch (ev->type) {
  case HARK_PULL_OTHER:
    if (!connection_event(&s->k, ev->client)) give_up(s, NULL);
    return;
  case HARK_PULL_FLUSH: store_said(s, hark_maildir_flush(s->store)); return;
  case HARK_PULL_FAILED: pull_failed(s, ev); return;
  case HARK_PULL_MESSAGE_END: s->messages++; break;
  case HARK_PULL_STUCK:
    s->stuck++;
    complain("The server would not give a message", ev->cond ? ev->cond->text : nothing);
    break;
  case HARK_PULL_CAUGHT_UP: caught_up(s); break;
  default: break;
  }
  put(s, ev);
}

/* For the server, for the disk, or until the pull has something to do. */
static void wait_for(const session *s, uint64_t now) {
  const unsigned wants = hark_wants(s->k.client);
  const uint64_t at = hark_pull_deadline(s->pull), left = at > now ? at - now : 0;
  struct pollfd v[] = {{.fd = s->k.fd}, {.fd = hark_maildir_fd(s->store), .events = POLLIN}};
  if (wants & HARK_WANT_RECV) v[0].events |= POLLIN;
  if (wants & HARK_WANT_SEND) v[0].events |= POLLOUT;
  if (!v[0].events) v[0].fd = -1; /* its end would be told again and again */
  poll(v, 2, left < INT_MAX ? (int)left : INT_MAX);
}

/* FAILED is the last event, but not every failure closes the connection. */
static void converse(session *s) {
  const hark_pull_event *ev;
  for (bool over = false; !over;) {
    const uint64_t now = now_ms();
    hark_pump(s->k.client, s->k.fd);
    store_said(s, hark_maildir_reap(s->store, s->pull, false));
    while ((ev = hark_pull_next(s->pull, now))) {
      over = ev->type == HARK_PULL_FAILED;
      take(s, ev);
    }
    if (hark_wants(s->k.client) & HARK_CLOSED) over = true;
    if (!over) wait_for(s, now);
  }
}

static bool begin(session *s) {
  hark_cursor cursor = {.size = sizeof cursor};
  const hark_pull_config config = {.size = sizeof config, .listen = s->listen};
  if (hark_maildir_cursor(s->store, "INBOX", &cursor)) return false;
  s->pull = hark_pull_new(s->k.client, &config);
  return s->pull && !hark_pull_add(s->pull, "INBOX", &cursor);
}

void session_run(session *s, const account *a) {
  if (connection_open(&s->k, a)) {
    if (begin(s)) {
      converse(s);
      int err = hark_maildir_flush(s->store); /* what came whole is kept, whatever the end was */
      if (!err) err = hark_maildir_reap(s->store, s->pull, true);
      store_said(s, err);
    } else {
      complain(hark_maildir_error(s->store), nothing);
    }
  }
  hark_pull_free(s->pull);
  connection_close(&s->k);
  s->pull = NULL;
}
