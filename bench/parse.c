/* bench/parse.c - how fast a client reads.  SPDX-License-Identifier: MIT
 *
 *   bench_parse flags [RESPONSES]    FETCH (UID FLAGS) responses a second
 *   bench_parse bodies [MESSAGES]    bodies of 64 KiB, in MB a second, beside memcpy()
 *
 * For instructions a response: valgrind --tool=callgrind bench_parse flags 20000. */
#include "measure.h"
#include <hark/command.h>
#include <hark/fetch.h>

enum { BODY = 65536, READ = 16384 };

typedef struct capture {
  char *p;
  size_t n;
} capture;

static capture flags_capture(size_t count) {
  capture c = {malloc(count * 80), 0};
  if (!c.p) abort();
  for (size_t i = 1; i <= count; i++)
    c.n += (size_t)sprintf(c.p + c.n, "* %zu FETCH (UID %zu FLAGS (\\Seen%s))\r\n", i, i * 3,
                           i % 4 ? "" : " \\Answered $Forwarded");
  return c;
}

static capture bodies_capture(size_t count) {
  capture c = {malloc(count * (BODY + 80)), 0};
  if (!c.p) abort();
  for (size_t i = 1; i <= count; i++) {
    c.n += (size_t)sprintf(c.p + c.n, "* %zu FETCH (UID %zu BODY[] {%d}\r\n", i, i * 3, BODY);
    memset(c.p + c.n, 'x', BODY);
    c.n += BODY;
    c.n += (size_t)sprintf(c.p + c.n, " FLAGS (\\Seen))\r\n");
  }
  return c;
}

/* Bytes go where the client wants them, as from read(). */
static size_t feed(hark_client *c, const char *p, size_t n) {
  size_t room;
  void *place = hark_recv_buf(c, &room);
  if (!place) abort();
  if (n > room) n = room;
  memcpy(place, p, n);
  hark_recv_ack(c, n);
  return n;
}

static size_t drain(hark_client *c, size_t *bytes) {
  size_t ends = 0;
  for (const hark_event *ev; (ev = hark_next(c));) {
    if (ev->type == HARK_EV_FETCH_END) ends++;
    if (ev->type == HARK_EV_BODY_DATA) *bytes += ev->bytes->n;
    if (ev->type == HARK_EV_MALFORMED) abort();
  }
  return ends;
}

static void run(const char *what, const capture *cap, size_t count) {
  hark_config config;
  hark_config_init(&config);
  config.flags = HARK_OBSERVE;
  hark_client *c = hark_new(&config);
  if (!c) abort();
  size_t ends = 0, bytes = 0;
  double from = seconds();
  for (size_t at = 0; at < cap->n;) {
    at += feed(c, cap->p + at, cap->n - at < READ ? cap->n - at : READ);
    ends += drain(c, &bytes);
  }
  double took = seconds() - from;
  if (ends != count) abort();
  printf("%s: %.0f responses/s, %.0f MB/s (%zu responses, %zu body bytes, %.3f s)\n", what,
         (double)count / took, (double)cap->n / took / 1e6, count, bytes, took);
  hark_free(c);
}

/* The same bytes through a place of the same size, and nothing else. */
static void floor_of(const capture *cap) {
  char *place = malloc(READ);
  if (!place) abort();
  double from = seconds();
  for (size_t at = 0; at < cap->n; at += READ) {
    memcpy(place, cap->p + at, cap->n - at < READ ? cap->n - at : READ);
    __asm__ volatile("" : : "r"(place) : "memory");
  }
  printf("memcpy: %.0f MB/s\n", (double)cap->n / (seconds() - from) / 1e6);
  free(place);
}

int main(int argc, char **argv) {
  bool bodies = argc > 1 && !strcmp(argv[1], "bodies");
  size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : bodies ? 4000 : 2000000;
  capture cap = bodies ? bodies_capture(count) : flags_capture(count);
  run(bodies ? "bodies" : "flags", &cap, count);
  if (bodies) floor_of(&cap);
  free(cap.p);
  return 0;
}
