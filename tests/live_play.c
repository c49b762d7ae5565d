/* tests/live_play.c - plays the calls of a script against a real server.
 * SPDX-License-Identifier: MIT
 *
 *   live_play PORT USER PASSWORD CAPTURE SCRIPT...
 *
 * on 127.0.0.1; what the server says goes into the file CAPTURE as it comes.  A script is a
 * "## title" with a ```live block below it, one or more in a Markdown file:
 *
 *   needs: NAME ...       else the rest of the section is skipped: the server does not offer it
 *   call: NAME args       as in tests/wire_script.h; then its DONE is awaited, or IDLING or
 * SEND_DATA 2 call: NAME args     the same on a second connection of the same user want: PATTERN an
 * event since the last call of this connection is like it: a regular expression for a line as
 * tests/wire_print.c prints it 2 want: PATTERN wait: PATTERN         the same, and up to ten
 * seconds are given to it # text                a remark
 *
 * Each section has new connections. */
#include "calls/call.h"
#include "wire_print.h"
#include "wire_text.h"
#include <arpa/inet.h>
#include <poll.h>
#include <regex.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_WORDS = 64, PATIENCE = 10 };

typedef struct server {
  in_port_t port;
  const char *user, *password;
  FILE *capture;
} server;

typedef struct line { /* a connection */
  const server *at;
  hark_client *c;
  int fd;
  printer print;
  bool paused; /* IDLING or SEND_DATA came: the program is to act */
} line;

static void die(const char *what) {
  perror(what);
  exit(1);
}

/* --- a connection --- */

static void no_secret(void *player, const char *secret) { (void)player, (void)secret; }

static void line_open(line *l, const server *at) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(at->port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  *l = (line){.at = at, .c = hark_new(NULL), .fd = socket(AF_INET, SOCK_STREAM, 0)};
  if (!l->c || l->fd < 0 || connect(l->fd, (struct sockaddr *)&to, sizeof to)) die("connect");
}

static void line_close(line *l) {
  if (!l->c) return;
  hark_free(l->c);
  close(l->fd);
  print_free(&l->print);
  *l = (line){0};
}

static void tell(line *l) {
  const hark_event *ev;
  while ((ev = hark_next(l->c))) {
    print_event(&l->print, ev);
    if (ev->type == HARK_EV_IDLING || ev->type == HARK_EV_SEND_DATA) l->paused = true;
  }
  print_flush(&l->print);
}

static void line_send(line *l) {
  size_t n;
  const char *p;
  while ((p = hark_send_buf(l->c, &n))) {
    ssize_t wrote = send(l->fd, p, n, MSG_NOSIGNAL);
    if (wrote < 0) die("send");
    hark_send_ack(l->c, (size_t)wrote);
  }
}

/* false: nothing came within so many milliseconds, or nothing will. */
static bool line_turn(line *l, int milliseconds) {
  tell(l);
  line_send(l);
  if (!(hark_wants(l->c) & HARK_WANT_RECV)) return false;
  struct pollfd wait = {.fd = l->fd, .events = POLLIN};
  if (poll(&wait, 1, milliseconds) <= 0) return false;
  size_t room;
  void *place = hark_recv_buf(l->c, &room);
  ssize_t n = recv(l->fd, place, room, 0);
  if (n < 0) die("recv");
  fwrite(place, 1, (size_t)n, l->at->capture);
  if (n)
    hark_recv_ack(l->c, (size_t)n);
  else
    hark_recv_eof(l->c);
  tell(l);
  return true;
}

static bool is_idling(const line *l) { return l->paused; }

/* Until all commands are done, or the program is to act. */
static bool line_settle(line *l) {
  time_t end = time(NULL) + PATIENCE;
  while (hark_inflight(l->c) && !is_idling(l) && !hark_error(l->c)) {
    if (!line_turn(l, 1000) && time(NULL) > end) return false;
  }
  line_send(l);
  return !hark_error(l->c);
}

/* --- a section --- */

typedef struct section {
  char title[200];
  const server *at;
  line lines[2];
  bool skipped, failed;
} section;

static void failed(section *s, const char *what, const char *of) {
  const char *events = s->lines[0].print.out.p;
  s->failed = true;
  printf("FAILED %s: %s: %s\n%s", s->title, what, of, events ? events : "");
  if (s->lines[1].c && s->lines[1].print.out.p) printf("2: %s", s->lines[1].print.out.p);
}

static line *line_of(section *s, int i) {
  line *l = &s->lines[i];
  if (l->c) return l;
  line_open(l, s->at);
  hark_login(l->c, s->at->user, s->at->password);
  hark_capability(l->c);
  if (!line_settle(l)) failed(s, "sign-in", s->at->user);
  return l;
}

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
  call_fn give = call_find(w[0]);
  caller by = {l->c, NULL, no_secret};
  if (!give) {
    failed(s, "there is no such call", w[0]);
    return;
  }
  l->print.out.n = 0, l->paused = false;
  int result = give(&by, w + 1);
  if (result < 0) failed(s, w[0], hark_err_name(result));
  if (!line_settle(l)) failed(s, w[0], "no answer");
}

static bool is_like(const text *events, const char *pattern) {
  regex_t re;
  if (!events->p) return false;
  if (regcomp(&re, pattern, REG_EXTENDED | REG_NEWLINE | REG_NOSUB)) {
    printf("not a pattern: %s\n", pattern);
    exit(1);
  }
  bool found = !regexec(&re, events->p, 0, NULL, 0);
  regfree(&re);
  return found;
}

static void want(section *s, line *l, const char *pattern, int seconds) {
  time_t end = time(NULL) + seconds;
  while (!is_like(&l->print.out, pattern)) {
    if (time(NULL) >= end) {
      failed(s, "nothing is like", pattern);
      return;
    }
    line_turn(l, 200);
  }
}

static void needs(section *s, char *names) {
  while (*names && !s->skipped) s->skipped = !hark_has(line_of(s, 0)->c, next_word(&names));
}

static void do_line(section *s, char *said) {
  int i = *said == '2' ? 1 : 0;
  if (i) said += 2;
  char *argument = strstr(said, ": ");
  if (*said == '#' || !*said) return;
  if (!argument) {
    failed(s, "not a line of a script", said);
    return;
  }
  *argument = 0, argument += 2;
  if (is(said, "needs"))
    needs(s, argument);
  else if (is(said, "call"))
    do_call(s, line_of(s, i), argument);
  else if (is(said, "want"))
    want(s, line_of(s, i), argument, 0);
  else if (is(said, "wait"))
    want(s, line_of(s, i), argument, PATIENCE);
  else
    failed(s, "not a line of a script", said);
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
    t->skipped++, printf("skipped %s\n", s->title);
  else
    t->passed++;
  line_close(&s->lines[0]), line_close(&s->lines[1]);
}

static void play(const server *at, const char *file, totals *t) {
  FILE *f = fopen(file, "r");
  char buffer[4096];
  bool live = false;
  section s = {.at = at};
  if (!f) die(file);
  while (fgets(buffer, sizeof buffer, f)) {
    buffer[strcspn(buffer, "\n")] = 0;
    if (!strncmp(buffer, "## ", 3)) {
      section_end(&s, t);
      s = (section){.at = at};
      snprintf(s.title, sizeof s.title, "%.199s", buffer + 3);
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
  if (argc < 6) {
    fprintf(stderr, "usage: live_play PORT USER PASSWORD CAPTURE SCRIPT...\n");
    return 64;
  }
  server at = {.port = (in_port_t)atoi(argv[1]), .user = argv[2], .password = argv[3]};
  at.capture = fopen(argv[4], "w");
  if (!at.capture) die(argv[4]);
  for (int i = 5; i < argc; i++) play(&at, argv[i], &t);
  fclose(at.capture);
  printf("%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped);
  return t.failed || !t.passed;
}
