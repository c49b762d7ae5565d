/* cli/cmd_decode.c - hark decode: what a server said, as JSON lines.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/exit.h"
#include "cli/json_event.h"
#include "cli/options.h"
#include "cli/report.h"
#include <errno.h>
#include <getopt.h>
#include <hark/client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 65536, BODY_PIECE = 16384 };

typedef struct decoding {
  hark_client *client;
  FILE *from;
  const char *path; /* for people */
  size_t split;     /* bytes at a time */
  bool strict;
  bool inside; /* a line or a body that has not ended */
  bool body_open;
  char body[BODY_PIECE]; /* of a BODY, not yet printed */
  size_t body_n;
  report report;
} decoding;

static const struct option table[] = {{"split", required_argument, NULL, 's'},
                                      {"strict", no_argument, NULL, 't'},
                                      {NULL, 0, NULL, 0}};

static int fail(decoding *d, exit_code code, const char *why) {
  report_error(&d->report, code, why);
  return (int)code;
}

static int misunderstood(decoding *d, char **argv, int sign) {
  char why[200];
  options_misunderstood(argv, sign, why, sizeof why);
  return fail(d, EXIT_USAGE, why);
}

static int read_options(decoding *d, int argc, char **argv) {
  char *end;
  opterr = 0, optind = 1;
  for (int sign; (sign = getopt_long(argc, argv, ":", table, NULL)) != -1;) {
    if (sign == 't') {
      d->strict = true;
      continue;
    }
    if (sign != 's') return misunderstood(d, argv, sign);
    d->split = strtoul(optarg, &end, 10);
    if (*optarg < '1' || *optarg > '9' || *end || d->split > PIECE)
      return fail(d, EXIT_USAGE, "--split is a number of bytes from 1 to 65536");
  }
  if (argc - optind > 1) return fail(d, EXIT_USAGE, "one file at a time; see:  hark help decode");
  return 0;
}

static int unreadable(decoding *d) {
  char why[400];
  snprintf(why, sizeof why, "%.300s cannot be read: %s", d->path, strerror(errno));
  return fail(d, EXIT_INPUT, why);
}

static int open_input(decoding *d, const char *path) {
  bool named = path && strcmp(path, "-");
  d->path = named ? path : "standard input";
  d->from = named ? fopen(path, "re") : stdin;
  return d->from ? 0 : unreadable(d);
}

/* A body is printed in pieces of one size, wherever the input was cut. */
static void print_body(decoding *d) {
  const hark_str bytes = {d->body, d->body_n};
  const hark_event ev = {.type = HARK_EV_BODY_DATA, .bytes = &bytes};
  if (d->body_n) json_print(stdout, json_event(&ev));
  d->body_n = 0;
}

static void take_body(decoding *d, hark_str bytes) {
  while (bytes.n) {
    size_t room = BODY_PIECE - d->body_n, n = bytes.n < room ? bytes.n : room;
    memcpy(d->body + d->body_n, bytes.p, n);
    d->body_n += n, bytes.p += n, bytes.n -= n;
    if (d->body_n == BODY_PIECE) print_body(d);
  }
}

static void drain(decoding *d) {
  for (const hark_event *ev; (ev = hark_next(d->client));) {
    if (ev->type == HARK_EV_BODY_DATA) {
      take_body(d, *ev->bytes);
      continue;
    }
    if (ev->type == HARK_EV_BODY) d->body_open = true;
    if (ev->type == HARK_EV_BODY_END) d->body_open = false;
    print_body(d);
    json_print(stdout, json_event(ev));
  }
}

/* The client takes bytes while it has room, and has room again once its events are drained. */
static void feed(decoding *d, const char *p, size_t n) {
  while (n && !(hark_wants(d->client) & HARK_CLOSED)) {
    size_t taken = hark_feed(d->client, p, n < d->split ? n : d->split);
    drain(d);
    p += taken, n -= taken;
  }
}

/* Reads on while there is somebody to read what is printed. */
static int feed_all(decoding *d) {
  static char buffer[PIECE];
  size_t n;
  while (!ferror(stdout) && (n = fread(buffer, 1, sizeof buffer, d->from)) > 0) {
    feed(d, buffer, n);
    d->inside = buffer[n - 1] != '\n';
  }
  return ferror(d->from) ? unreadable(d) : 0;
}

/* The event that says why it could not be read on. */
static int print_error(const decoding *d, int err) {
  const char *text = hark_error_text(d->client);
  json_t *object = json_object();
  json_object_set_new(object, "event", json_string("error"));
  json_object_set_new(object, "err", json_string(hark_err_name(err)));
  json_put_bytes(object, "text", (hark_str){text, strlen(text)});
  json_print(stdout, object);
  return EXIT_INPUT;
}

static int decode(decoding *d) {
  int code = feed_all(d);
  bool cut = d->inside || d->body_open;
  if (code) return code;
  hark_recv_eof(d->client);
  drain(d);
  print_body(d); /* of a capture that ends inside it */
  int err = hark_error(d->client);
  if (err && err != HARK_ERR_EOF) return print_error(d, err);
  if (cut && !ferror(stdout))
    report_error(&d->report, EXIT_ALL_HERE, "the input ends in the middle of a line or a message");
  return 0;
}

static int finish(decoding *d, int code) {
  char why[200];
  if (!fflush(stdout) && !ferror(stdout)) return code;
  snprintf(why, sizeof why, "the output cannot be written: %s", strerror(errno));
  return fail(d, EXIT_DISK, why);
}

int cmd_decode(int argc, char **argv) {
  static decoding d = {.split = PIECE};
  int code = read_options(&d, argc, argv);
  if (!code) code = open_input(&d, argv[optind]);
  if (code) return code;
  hark_config config;
  hark_config_init(&config);
  config.flags = HARK_OBSERVE | (d.strict ? HARK_STRICT : 0);
  d.client = hark_new(&config);
  code = d.client ? decode(&d) : EXIT_INCOMPLETE;
  hark_free(d.client);
  if (d.from != stdin) fclose(d.from);
  return finish(&d, code);
}
