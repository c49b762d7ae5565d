/* cli/report.h - what the command tells: lines for people, JSON lines for programs, progress.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H
#include "cli/exit.h"
#include <hark/base.h>

typedef struct report {
  bool json, quiet, verbose, debug;
  bool progress; /* a terminal is watching */
  bool drawn;    /* a line of progress stands there */
  uint64_t drawn_at;
  const char *account; /* "user@host", or NULL */
  const char *mailbox;
} report;

/* One pull's figures. */
typedef struct figures {
  uint64_t messages, bytes; /* delivered, or nearly */
  uint64_t all;             /* messages, those to come with them */
  uint64_t missing;         /* of the last event: known and not durable */
  uint64_t stuck;           /* the server would not give */
  uint64_t began;           /* ms */
  unsigned round_trips;     /* since the greeting */
} figures;

void report_init(report *r);
/* An error, one sentence without a full stop; to standard error. */
void report_error(report *r, exit_code code, const char *text);
void report_warning(report *r, const char *text); /* it goes on */
/* Something a person should see; server: what the server said about it, not yet harmless. */
void report_alert(report *r, const char *what, hark_str server);
/* The nth of them; people are told of the first few, programs of each. */
void report_stuck(report *r, uint64_t nth, uint32_t uid, hark_str server);
void report_note(report *r, const char *text);      /* with --verbose */
void report_progress(report *r, const figures *f, uint64_t now);
void report_caught_up(report *r, const figures *f, uint64_t now);
/* The server asked for patience; it goes on after ms. */
void report_waiting(report *r, uint64_t ms, hark_str server);
void report_retry(report *r, uint64_t ms);
void report_log(void *report, int kind, const char *line, size_t n); /* a hark_log_fn */
#endif
