/* tests/live_play.c - plays the calls of a script against a real server.
 * SPDX-License-Identifier: MIT
 *
 *   live_play PORT USER PASSWORD CA CAPTURE SCRIPT...
 *
 * on 127.0.0.1; CA, a file, is for STARTTLS ("-": none); what was said goes into the folder
 * CAPTURE, a file for each connection.  A script is a "## title" with a ```live block below it, one
 * or more in a Markdown file:
 *
 *   needs: NAME ...     else the rest of the section is skipped: the server does not offer it;
 *                       !NAME: it must not
 *   user: NAME          signs in as NAME; "-": not at all; without it as USER, unless greeted with
 *                       PREAUTH
 *   from: ADDRESS       where the connection comes from
 *   call: NAME args     as in tests/wire_script.h; then its DONE is awaited, or IDLING,
 *                       SEND_DATA or CHALLENGE
 *   put: MAILBOX OPTIONS TEXT    a message, appended; options: those of the call append_one
 *   want: PATTERN       an event since the last call of this connection is like it: a regular
 *                       expression for a line as tests/wire_print.c prints it
 *   none: PATTERN       no event is
 *   wait: PATTERN       as want, and up to ten seconds are given to it
 *   take: NAME PATTERN  as wait; from here on {NAME} stands for what its parentheses matched
 *   # text              a remark
 *   2 call: NAME args   the same, and all else, on a second connection
 *
 * Each section has new connections. */
#include "calls/call.h"
#include "live_line.h"
#include <regex.h>
#include <time.h>

enum { MOST_WORDS = 64, PATIENCE = 10, MOST_TAKEN = 16 };

/* --- a section --- */

typedef struct taken {
  char name[32], value[512];
} taken;

typedef struct section {
  char title[200];
  server *at;
  line lines[2];
  char users[2][64], from[2][64];
  taken taken[MOST_TAKEN];
  size_t ntaken;
  bool skipped, failed;
} section;

static void failed(section *s, const char *what, const char *of) {
  s->failed = true;
  printf("FAILED %s: %s: %s\n", s->title, what, of);
  for (int i = 0; i < 2; i++) {
    const line *l = &s->lines[i];
    if (!l->c) continue;
    printf("--- connection %d: %s\n%s", i + 1, hark_error(l->c) ? hark_error_text(l->c) : "",
           l->print.out.p ? l->print.out.p : "");
    printf("%s", l->session.p ? l->session.p : "");
  }
}

static void sign_in(section *s, line *l, const char *user) {
  time_t end = time(NULL) + PATIENCE;
  while (hark_get_phase(l->c) == HARK_PHASE_GREETING && time(NULL) < end) line_turn(l, 1000);
  if (is(user, "-")) return;
  if (hark_get_phase(l->c) == HARK_PHASE_NOT_AUTHENTICATED)
    hark_login(l->c, *user ? user : s->at->user, s->at->password);
  hark_capability(l->c);
  if (!line_settle(l) || hark_get_phase(l->c) != HARK_PHASE_AUTHENTICATED)
    failed(s, "sign-in", *user ? user : s->at->user);
}

static line *line_of(section *s, int i) {
  line *l = &s->lines[i];
  if (l->c) return l;
  line_open(l, s->at, s->from[i]);
  sign_in(s, l, s->users[i]);
  return l;
}

static void no_secret(void *player, const char *secret) { (void)player, (void)secret; }

static char *next_word(char **p) {
  char *to = *p, *word = to;
  bool quotes = **p == '"';
  int depth = 0;
  if (quotes) ++*p;
  for (; **p && (quotes ? **p != '"' : depth > 0 || **p != ' '); ++*p) {
    if (quotes && **p == '\\' && (*p)[1]) {
      ++*p;
      *to++ = (char)(**p == 'r' ? '\r' : **p == 'n' ? '\n' : **p);
      continue;
    }
    depth += (**p == '(' || **p == '[') - (**p == ')' || **p == ']');
    *to++ = **p;
  }
  if (**p) ++*p;
  while (**p == ' ') ++*p;
  *to = 0;
  return word;
}

static void do_call(section *s, line *l, char *said) {
  char *w[MOST_WORDS + 1] = {0};
  for (size_t n = 0; *said && n < MOST_WORDS; n++) w[n] = next_word(&said);
  call_fn give = w[0] ? call_find(w[0]) : NULL;
  caller by = {l->c, NULL, no_secret};
  if (!give) {
    failed(s, "there is no such call", w[0] ? w[0] : "");
    return;
  }
  l->print.out.n = 0, l->paused = false;
  int result = give(&by, w + 1);
  if (result < 0) failed(s, w[0], hark_err_name(result));
  if (!line_settle(l)) failed(s, w[0], "no answer");
}

/* append_one with the text's size, and the text. */
static void put_message(section *s, line *l, char *said) {
  char *w[MOST_WORDS + 1] = {next_word(&said), NULL}, octets[24];
  size_t n = 2;
  while (*said && n < MOST_WORDS) w[n++] = next_word(&said);
  char *bytes[2] = {w[--n], NULL};
  w[n] = NULL, w[1] = octets;
  snprintf(octets, sizeof octets, "%zu", strlen(bytes[0]));
  caller by = {l->c, NULL, no_secret};
  l->print.out.n = 0, l->paused = false;
  int result = call_find("append_one")(&by, w);
  bool wanted = result > 0 && line_settle(l) && l->paused;
  l->paused = false;
  if (!wanted || call_find("data")(&by, bytes) || !line_settle(l)) failed(s, "put", w[0]);
}

/* What the parentheses of the pattern matched goes into at, if there are any. */
static bool is_like(const text *events, const char *pattern, regmatch_t at[2]) {
  regex_t re;
  if (!events->p) return false;
  if (regcomp(&re, pattern, REG_EXTENDED | REG_NEWLINE)) {
    printf("not a pattern: %s\n", pattern);
    exit(1);
  }
  bool found = !regexec(&re, events->p, 2, at, 0);
  regfree(&re);
  return found;
}

static bool want(section *s, line *l, const char *pattern, int seconds, regmatch_t at[2]) {
  time_t end = time(NULL) + seconds;
  line_tell(l);
  l->paused = false; /* what is waited for comes by itself */
  while (!is_like(&l->print.out, pattern, at)) {
    if (time(NULL) >= end) {
      failed(s, "nothing is like", pattern);
      return false;
    }
    line_turn(l, 200);
  }
  return true;
}

static void take(section *s, line *l, char *argument) {
  const char *name = next_word(&argument);
  regmatch_t at[2];
  if (!want(s, l, argument, PATIENCE, at)) return;
  size_t i = 0;
  while (i < s->ntaken && !is(s->taken[i].name, name)) i++;
  if (at[1].rm_so < 0 || i == MOST_TAKEN) {
    failed(s, "nothing can be taken", name);
    return;
  }
  taken *t = &s->taken[i];
  if (i == s->ntaken) s->ntaken++;
  snprintf(t->name, sizeof t->name, "%s", name);
  snprintf(t->value, sizeof t->value, "%.*s", (int)(at[1].rm_eo - at[1].rm_so),
           l->print.out.p + at[1].rm_so);
}

/* {NAME}, where something of that name was taken. */
static void replace_taken(const section *s, const char *from, text *to) {
  for (; *from; from++) {
    size_t i = 0, n = 0;
    for (; *from == '{' && i < s->ntaken; i++) {
      n = strlen(s->taken[i].name);
      if (!strncmp(from + 1, s->taken[i].name, n) && from[n + 1] == '}') break;
    }
    if (*from == '{' && i < s->ntaken) {
      text_printf(to, "%s", s->taken[i].value);
      from += n + 1;
    } else {
      text_put(to, from, 1);
    }
  }
}

static void needs(section *s, char *names) {
  while (*names && !s->skipped) {
    const char *name = next_word(&names);
    bool without = *name == '!';
    s->skipped = hark_has(line_of(s, 0)->c, name + without) == without;
    if (s->skipped) printf("skipped %s: %s\n", s->title, name);
  }
}

static void do_with(section *s, const char *what, int i, char *argument) {
  regmatch_t at[2];
  if (is(what, "needs"))
    needs(s, argument);
  else if (is(what, "user"))
    snprintf(s->users[i], sizeof s->users[i], "%s", argument);
  else if (is(what, "from"))
    snprintf(s->from[i], sizeof s->from[i], "%s", argument);
  else if (is(what, "call"))
    do_call(s, line_of(s, i), argument);
  else if (is(what, "put"))
    put_message(s, line_of(s, i), argument);
  else if (is(what, "want"))
    want(s, line_of(s, i), argument, 0, at);
  else if (is(what, "wait"))
    want(s, line_of(s, i), argument, PATIENCE, at);
  else if (is(what, "take"))
    take(s, line_of(s, i), argument);
  else if (!is(what, "none"))
    failed(s, "not a line of a script", what);
  else if (is_like(&line_of(s, i)->print.out, argument, at))
    failed(s, "something is like", argument);
}

static void do_line(section *s, char *said) {
  int i = !strncmp(said, "2 ", 2) ? 1 : 0;
  if (i) said += 2;
  char *argument = strstr(said, ": ");
  if (*said == '#' || !*said) return;
  if (!argument) {
    failed(s, "not a line of a script", said);
    return;
  }
  *argument = 0;
  text replaced = {0};
  replace_taken(s, argument + 2, &replaced);
  do_with(s, said, i, replaced.p ? replaced.p : argument + 1);
  text_free(&replaced);
}

/* --- scripts --- */

typedef struct totals {
  int passed, failed, skipped;
} totals;

static void section_end(section *s, totals *t) {
  if (!*s->title) return;
  if (s->failed)
    t->failed++;
  else if (s->skipped)
    t->skipped++;
  else
    t->passed++, printf("passed %s\n", s->title);
  line_close(&s->lines[0]), line_close(&s->lines[1]);
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void play(server *at, const char *file, totals *t) {
  FILE *f = fopen(file, "r");
  const char *name = strrchr(file, '/');
  char buffer[4096];
  bool live = false;
  section s = {.at = at};
  if (!f) die(file);
  while (fgets(buffer, sizeof buffer, f)) {
    buffer[strcspn(buffer, "\n")] = 0;
    if (!strncmp(buffer, "## ", 3)) {
      section_end(&s, t);
      s = (section){.at = at};
      snprintf(s.title, sizeof s.title, "%.60s: %.120s", name ? name + 1 : file, buffer + 3);
    } else if (!strncmp(buffer, "```", 3)) {
      live = is(buffer, "```live");
    } else if (live && !s.skipped && !s.failed) {
      do_line(&s, buffer);
    }
  }
  section_end(&s, t);
  fclose(f);
}

int main(int argc, char **argv) {
  totals t = {0};
  if (argc < 7) {
    fprintf(stderr, "usage: live_play PORT USER PASSWORD CA CAPTURE SCRIPT...\n");
    return 64;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  hark_tls_config config = {.size = sizeof config, .ca_file = argv[4]};
  server at = {.port = (in_port_t)atoi(argv[1]),
               .user = argv[2],
               .password = argv[3],
               .tls = is(argv[4], "-") ? NULL : hark_tls_new(&config),
               .capture = argv[5]};
  for (int i = 6; i < argc; i++) play(&at, argv[i], &t);
  hark_tls_free(at.tls);
  printf("%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped);
  return t.failed || !t.passed;
}
