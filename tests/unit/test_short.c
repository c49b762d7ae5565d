/* tests/unit/test_short.c - responses that end too early, or have one byte too few or a wrong one.
 * SPDX-License-Identifier: MIT
 *
 * Every response of every transcript is cut and damaged wherever a token begins or ends: each costs
 * itself at most, and what comes behind it is told. */
#include <dirent.h>
#include <hark/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LONGEST = 600 };

typedef struct watch {
  hark_client *c;
  uint64_t exists;
  size_t lines;
} watch;

static void begin(watch *w, unsigned flags) {
  hark_config config;
  hark_config_init(&config);
  config.flags = HARK_OBSERVE | flags;
  w->c = hark_new(&config);
  assert_non_null(w->c);
}

static void say(watch *w, const char *p, size_t n) {
  while (n && !hark_error(w->c)) {
    size_t took = hark_feed(w->c, p, n);
    for (const hark_event *ev; (ev = hark_next(w->c));)
      if (ev->type == HARK_EV_EXISTS) w->exists = ev->num;
    p += took, n -= took;
    if (!took) break;
  }
}

/* The line, then one that must be told. */
static void check_line(watch *w, const char *p, size_t n) {
  char next[40];
  if (memchr(p, '{', n) || memchr(p, '\n', n))
    return; /* then the next line is not told: it is data */
  uint64_t number = 1000000 + w->lines++;
  int length = snprintf(next, sizeof next, "* %llu EXISTS\r\n", (unsigned long long)number);
  say(w, p, n);
  say(w, "\r\n", 2);
  say(w, next, (size_t)length);
  if (w->exists != number)
    fail_msg("%.*s: %s", (int)n, p, hark_error(w->c) ? hark_error_text(w->c) : "nothing was told");
}

static bool is_letter(char ch) {
  return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
}

/* p[at] begins a token, or stands behind one. */
static bool is_edge(const char *p, size_t n, size_t at) {
  return !at || at == n || !is_letter(p[at]) || !is_letter(p[at - 1]);
}

/* Cut there; with that byte left out; with another one in its place, or in front of it. */
static void damage(watch *w, const char *p, size_t n) {
  static const char others[] = {'x', '0', ')', ' ', '"'};
  char line[LONGEST + 2];
  check_line(w, p, n);
  for (size_t at = 1; at <= n; at++) {
    if (!is_edge(p, n, at)) continue;
    check_line(w, p, at);
    memcpy(line, p, at);
    if (at < n) {
      memcpy(line + at, p + at + 1, n - at - 1);
      check_line(w, line, n - 1);
    }
    for (size_t i = 0; i < sizeof others; i++) {
      line[at] = others[i];
      memcpy(line + at + 1, p + at, n - at);
      check_line(w, line, n + 1);
      if (at < n) memcpy(line + at + 1, p + at + 1, n - at - 1), check_line(w, line, n);
    }
  }
}

/* Data of a mailbox, of messages, and answers; a farewell ends it all. */
static bool is_response(const char *text) {
  static const char *const not_these[] = {"* BYE", "* PREAUTH", "+"};
  for (size_t i = 0; i < sizeof not_these / sizeof *not_these; i++)
    if (!strncmp(text, not_these[i], strlen(not_these[i]))) return false;
  return strchr(text, ' ') != NULL;
}

static void damage_file(watch *w, const char *name) {
  char path[400], line[LONGEST + 8];
  snprintf(path, sizeof path, "%s/%s", HARK_TRANSCRIPTS, name);
  FILE *f = fopen(path, "r");
  assert_non_null(f);
  while (fgets(line, sizeof line, f)) {
    size_t n = strcspn(line, "\r\n");
    if (strncmp(line, "S: ", 3) || line[n] != '\n' || !is_response(line + 3)) continue;
    damage(w, line + 3, n - 3);
  }
  fclose(f);
}

static void damage_all(unsigned flags) {
  watch w = {0};
  begin(&w, flags);
  DIR *folder = opendir(HARK_TRANSCRIPTS);
  assert_non_null(folder);
  for (const struct dirent *entry; (entry = readdir(folder));) {
    const char *end = strrchr(entry->d_name, '.');
    if (end && !strcmp(end, ".md")) damage_file(&w, entry->d_name);
  }
  closedir(folder);
  assert_true(w.lines > 10000);
  hark_free(w.c);
}

static void lenient(void **state) {
  (void)state;
  damage_all(0);
}

static void strict(void **state) {
  (void)state;
  damage_all(HARK_STRICT);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(lenient), cmocka_unit_test(strict)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
