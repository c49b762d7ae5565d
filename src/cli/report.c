/* cli/report.c - what the command tells: lines for people, JSON lines for programs, progress.
 * SPDX-License-Identifier: MIT
 *
 * Every text from outside passes text_harmless() or json_print(). */
#include "cli/report.h"
#include "cli/json_event.h"
#include "cli/text.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DRAW_MS = 100, DRAW_FIRST_MS = 300, LINE = 1024, SHORT = 32 };
enum { STUCK_LINES = 10 }; /* a server may name millions that it does not have */
enum { LOG_LINE = 1000 };  /* less than a client tells of a line: what is cut gets its mark here */

void report_init(report *r) { r->progress = !r->json && !r->quiet && isatty(STDERR_FILENO); }

static hark_str str(const char *s) { return (hark_str){s, strlen(s)}; }

static void erase(report *r) {
  if (r->drawn) fputs("\r\033[K", stderr);
  r->drawn = false;
}

/* "text" is always there to be shown; what is not UTF-8 stands beside it as it came. */
static void put_text(json_t *to, const char *name, hark_str s) {
  char line[LINE];
  json_put_bytes(to, name, s);
  if (!s.p || !text_is_utf8(s))
    json_object_set_new(to, name, json_string(text_harmless(line, sizeof line, s)));
}

/* Takes object; adds whose it is. */
static void print_json(const report *r, json_t *object) {
  if (r->account) put_text(object, "account", str(r->account));
  if (r->mailbox) put_text(object, "mailbox", str(r->mailbox));
  json_print(stdout, object);
  fflush(stdout);
}

static json_t *event(const char *name) {
  json_t *object = json_object();
  json_object_set_new(object, "event", json_string(name));
  return object;
}

/* "hark: user@host/INBOX: text" */
static void print_line(report *r, FILE *to, const char *text) {
  char account[200] = "", mailbox[200] = "";
  erase(r);
  if (r->account) text_harmless(account, sizeof account, str(r->account));
  if (r->mailbox) text_harmless(mailbox, sizeof mailbox, str(r->mailbox));
  fprintf(to, "hark: %s%s%s%s%s\n", account, *mailbox ? "/" : "", mailbox, *account ? ": " : "",
          text);
  fflush(to);
}

void report_error(report *r, exit_code code, const char *text) {
  char line[LINE];
  print_line(r, stderr, text_harmless(line, sizeof line, str(text)));
  if (!r->json) return;
  json_t *object = event("error");
  json_object_set_new(object, "code", json_integer(code));
  put_text(object, "text", str(text));
  print_json(r, object);
}

void report_warning(report *r, const char *text) {
  char line[LINE];
  if (r->json) {
    json_t *object = event("warning");
    put_text(object, "text", str(text));
    print_json(r, object);
  } else if (!r->quiet)
    print_line(r, stderr, text_harmless(line, sizeof line, str(text)));
}

void report_alert(report *r, const char *what, hark_str server) {
  char shown[LINE], line[LINE + 80];
  if (r->json) {
    json_t *object = event("alert");
    put_text(object, "text", server);
    print_json(r, object);
    return;
  }
  text_harmless(shown, sizeof shown, server);
  snprintf(line, sizeof line, "%s: \"%s\"", what, shown);
  print_line(r, stderr, line);
}

void report_stuck(report *r, uint64_t nth, uint32_t uid, hark_str server) {
  char shown[LINE / 2], line[LINE];
  if (r->json) {
    json_t *object = event("stuck");
    json_object_set_new(object, "uid", json_integer(uid));
    put_text(object, "text", server);
    print_json(r, object);
    return;
  }
  if (nth > STUCK_LINES + 1) return;
  text_harmless(shown, sizeof shown, server);
  if (nth > STUCK_LINES)
    snprintf(line, sizeof line, "nor that with UID %u, and maybe more; --json names each", uid);
  else
    snprintf(line, sizeof line, "the server does not give the message with UID %u%s%s%s", uid,
             *shown ? ": \"" : "", shown, *shown ? "\"" : "");
  print_line(r, stderr, line);
}

void report_note(report *r, const char *text) {
  char line[LINE];
  if (r->verbose || r->debug) print_line(r, stderr, text_harmless(line, sizeof line, str(text)));
}

static void time_left(char *out, size_t cap, const figures *f, uint64_t ms) {
  uint64_t left = f->all > f->messages ? f->all - f->messages : 0;
  uint64_t seconds = f->messages ? ms * left / f->messages / 1000 : 0;
  if (!f->messages || ms < 1000)
    *out = 0;
  else
    snprintf(out, cap, "  %u:%02u left", (unsigned)(seconds / 60), (unsigned)(seconds % 60));
}

void report_progress(report *r, const figures *f, uint64_t now) {
  if (!r->progress || now < r->drawn_at + DRAW_MS || now < f->began + DRAW_FIRST_MS) return;
  char done[SHORT], all[SHORT], bytes[SHORT], rate[SHORT], left[SHORT];
  uint64_t ms = now > f->began ? now - f->began : 1;
  text_count(done, sizeof done, f->messages);
  text_count(all, sizeof all, f->all);
  text_bytes(bytes, sizeof bytes, f->bytes);
  text_bytes(rate, sizeof rate, f->bytes * 1000 / ms);
  time_left(left, sizeof left, f, ms);
  fprintf(stderr, "\r\033[K%s of %s messages  %s  %s/s%s", done, all, bytes, rate, left);
  fflush(stderr);
  r->drawn = true, r->drawn_at = now;
}

static void caught_up_json(report *r, const figures *f, uint64_t ms) {
  json_t *object = event("caught_up");
  json_object_set_new(object, "messages", json_integer((json_int_t)f->messages));
  json_object_set_new(object, "bytes", json_integer((json_int_t)f->bytes));
  json_object_set_new(object, "stuck", json_integer((json_int_t)f->stuck));
  json_object_set_new(object, "seconds", json_real((double)ms / 1000));
  json_object_set_new(object, "round_trips", json_integer(f->round_trips));
  print_json(r, object);
}

void report_caught_up(report *r, const figures *f, uint64_t now) {
  char count[SHORT], bytes[SHORT], line[LINE];
  uint64_t ms = now - f->began;
  erase(r);
  if (r->json) {
    caught_up_json(r, f, ms);
    return;
  }
  if (r->quiet) return;
  text_count(count, sizeof count, f->messages);
  text_bytes(bytes, sizeof bytes, f->bytes);
  if (f->messages)
    snprintf(line, sizeof line, "%s new message%s, %s, in %.1f s (%u round trips)", count,
             f->messages == 1 ? "" : "s", bytes, (double)ms / 1000, f->round_trips);
  else
    snprintf(line, sizeof line, "nothing new (%u round trips)", f->round_trips);
  print_line(r, stdout, line);
}

void report_waiting(report *r, uint64_t ms, hark_str server) {
  char shown[LINE / 2], line[LINE];
  text_harmless(shown, sizeof shown, server);
  if (r->json) {
    json_t *object = event("waiting");
    json_object_set_new(object, "seconds", json_real((double)ms / 1000));
    json_object_set_new(object, "text", json_string(shown));
    print_json(r, object);
    return;
  }
  snprintf(line, sizeof line, "the server asks for patience: \"%s\"; going on in %.0f s", shown,
           (double)ms / 1000);
  if (!r->quiet) print_line(r, stderr, line);
}

void report_retry(report *r, uint64_t ms) {
  char line[80];
  if (r->json) {
    json_t *object = event("retry");
    json_object_set_new(object, "seconds", json_real((double)ms / 1000));
    print_json(r, object);
    return;
  }
  snprintf(line, sizeof line, "trying again in %.1f s", (double)ms / 1000);
  if (!r->quiet) print_line(r, stderr, line);
}

void report_log(void *ud, int kind, const char *line, size_t n) {
  static const char *const sides[] = {"S:", "C:", "--"};
  char shown[LOG_LINE];
  report *r = ud;
  erase(r);
  text_harmless(shown, sizeof shown, (hark_str){line, n});
  fprintf(stderr, "%s %s\n", sides[kind], shown);
}
