/* tests/unit/test_task_random.c - tasks with servers that say anything.
 * SPDX-License-Identifier: MIT
 *
 * Whatever is said: a task comes to an end with its connection, gives back its memory, and what it
 * removes is among what was asked for. */
#include "failing.h"
#include <hark/hark.h>
#include <hark/task.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { GAMES = 100000, LINES = 24, KINDS = 9 };

static failing memory;
static hark_client *c;
static hark_task *t;
static char sent[1 << 16];
static size_t nsent;
static uint32_t seed;
static size_t expunges;

static uint32_t some(uint32_t n) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % n;
}

static void keys(void *ud, hark_task *task, hark_builder *q) {
  (void)ud;
  hark_task_q_text(task, q, "SUBJECT", "\xc3\xbc");
}

static hark_task *make(uint32_t kind) {
  const hark_message m = {.size = sizeof m, .date = INT64_MIN, .octets = 3};
  const hark_message *const two[] = {&m, &m};
  switch (kind) {
  case 0: return hark_task_move(c, HARK_UID, "7:9", "B");
  case 1: return hark_task_replace(c, HARK_UID, 8, "B", &m);
  case 2: return hark_task_append(c, "B", two, 2);
  case 3: return hark_task_list(c, "", "*", "UNSEEN", NULL, HARK_TASK_MYRIGHTS);
  case 4: return hark_task_special_use(c);
  case 5: return hark_task_create(c, "B", "\\Sent");
  case 6: return hark_task_namespace(c);
  case 7: return hark_task_unselect(c);
  default: return hark_task_search(c, HARK_UID, HARK_SEARCH_ALL | HARK_SEARCH_COUNT, keys, NULL);
  }
}

/* Commands that remove name 7, 8, 9 of "A" alone; EXPUNGE without UIDs is never sent. */
static void look_at(const char *line, size_t n) {
  char text[256];
  snprintf(text, sizeof text, "%.*s", (int)n, line);
  const char *set = strstr(text, "UID STORE ");
  set = set ? set + 10 : strstr(text, "UID EXPUNGE ") ? strstr(text, "UID EXPUNGE ") + 12 : NULL;
  expunges += set && strstr(text, "UID EXPUNGE");
  if (set && strspn(set, "789:,") < strcspn(set, " \r")) fail_msg("sent: %s", text);
  bool removes = strstr(text, "\\Deleted") || strstr(text, "EXPUNGE");
  if (removes && strcmp(hark_selected(c), "A")) fail_msg("in another mailbox: %s", text);
  if (!set && strstr(text, "EXPUNGE")) fail_msg("sent: %s", text);
}

static void collect(void) {
  size_t n;
  const void *p;
  while ((p = hark_send_buf(c, &n)) && n) {
    if (n > sizeof sent - nsent) n = sizeof sent - nsent;
    memcpy(sent + nsent, p, n);
    hark_send_ack(c, n);
    nsent += n;
    const char *end;
    while ((end = memchr(sent, '\n', nsent))) {
      size_t line = (size_t)(end + 1 - sent);
      look_at(sent, line - 1);
      memmove(sent, sent + line, nsent -= line);
    }
  }
}

static void drain(void) {
  for (const hark_event *ev; (ev = hark_next(c));) {
    if (t) hark_task_event(t, ev);
    if (ev->type == HARK_EV_SEND_DATA) hark_send_data(c, "xxxxxxxx", (size_t)ev->num);
    collect();
  }
  collect();
}

static void say(const char *text) {
  size_t n = strlen(text);
  while (n) {
    size_t took = hark_feed(c, text, n);
    drain();
    if (!took) return;
    text += took, n -= took;
  }
}

/* The answer to the oldest or the newest of its commands, or to one of the program. */
static void answer(void) {
  static const char *const answers[] = {"OK done",
                                        "OK [COPYUID 1 7:9 1:3] done",
                                        "OK [COPYUID 1 1:99 1:99] x",
                                        "OK [COPYUID 1 8 4] x",
                                        "NO no",
                                        "BAD what",
                                        "NO [BADCHARSET (ISO-8859-1)] x",
                                        "OK [READ-ONLY] x",
                                        "OK done",
                                        "OK [READ-WRITE] x",
                                        "OK [MESSAGELIMIT 1 8] x",
                                        "OK [APPENDUID 1 9] x",
                                        "OK done"};
  char line[128];
  hark_cmd cmd = t ? hark_task_command(t, 0) : 0;
  if (t && !some(4) && hark_task_command(t, 1)) cmd = hark_task_command(t, 1);
  if (!some(20)) cmd = (hark_cmd)(1 + some(6));
  snprintf(line, sizeof line, "A%d %s\r\n", (int)cmd,
           answers[some(2) ? some(sizeof answers / sizeof *answers) : 0]);
  say(line);
}

static void untagged(void) {
  static const char *const lines[] = {"* SEARCH 7 9",
                                      "* SEARCH 1 2 3 7 8 9 10",
                                      "* SEARCH 8",
                                      "* SEARCH x",
                                      "* ESEARCH UID ALL 1:9",
                                      "* ESEARCH (TAG \"A2\") UID ALL 7:8 COUNT 2",
                                      "* 1 EXPUNGE",
                                      "* 3 EXISTS",
                                      "* LIST () \"/\" b",
                                      "* LIST (\\NonExistent) \"/\" c",
                                      "* LIST () \"/\" {3}\r\nd e",
                                      "* OK [COPYUID 1 7 1] x",
                                      "+ go",
                                      "* CAPABILITY IMAP4rev1",
                                      "* CAPABILITY IMAP4rev1 MOVE UIDPLUS ESEARCH",
                                      "* SEARCH 8"};
  say(lines[some(sizeof lines / sizeof *lines)]);
  say("\r\n");
}

static void program(void) {
  switch (some(4)) {
  case 0: hark_select(c, "C", NULL); break;
  case 1: hark_noop(c); break;
  case 2: hark_cancel(c, t ? hark_task_command(t, 0) : 0); break;
  default: hark_store(c, HARK_UID, "7", "FLAGS", "()");
  }
  drain();
}

static const char *const offers[] = {"IMAP4rev1",
                                     "IMAP4rev1 UIDPLUS LITERAL+",
                                     "IMAP4rev1 MOVE UIDPLUS LITERAL-",
                                     "IMAP4rev2",
                                     "IMAP4rev1 LITERAL+ ACL SPECIAL-USE MULTIAPPEND",
                                     "IMAP4rev1 ESEARCH LIST-EXTENDED LIST-STATUS"};

static void a_game(void) {
  char hello[128];
  hark_config config;
  hark_config_init(&config);
  config.alloc = failing_alloc, config.alloc_ud = &memory;
  c = hark_new(&config);
  assert_non_null(c);
  snprintf(hello, sizeof hello, "* PREAUTH [CAPABILITY %s] hello\r\n", offers[some(6)]);
  say(some(5) ? hello : "* PREAUTH hello\r\n");
  hark_select(c, "A", NULL);
  drain();
  say("A1 OK done\r\n");
  memory.calls = 0, memory.fail_at = some(3) ? 0 : 1 + some(60);
  t = make(some(KINDS));
  drain();
  for (size_t i = 0; i < LINES && !hark_error(c); i++) {
    uint32_t what = some(10);
    if (what < 5)
      answer();
    else if (what < 9)
      untagged();
    else
      program();
  }
  hark_recv_eof(c);
  drain();
  if (t) assert_int_not_equal(hark_task_get(t)->state, HARK_TASK_RUNNING);
  hark_task_free(t);
  hark_free(c);
  assert_int_equal(memory.out, 0);
  t = NULL, nsent = 0;
}

static void anything(void **state) {
  (void)state;
  for (uint32_t i = 0; i < GAMES; i++) {
    seed = i * 7919u + 1;
    memset(&memory, 0, sizeof memory);
    a_game();
  }
  assert_true(expunges > 100); /* else this has shown nothing */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(anything)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
