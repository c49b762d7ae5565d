/* cli/config.c - the configuration file: a section for each account.
 * SPDX-License-Identifier: MIT
 *
 * The parser is inih.  It cuts values at " ;" and lines at 200 bytes without a word, so each
 * line is looked at before it gets it. */
#include "cli/config.h"
#include "cli/text.h"
#include "cli/url.h"
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MOST = 190, NAME_MOST = 40, LINES_MOST = 10000, ACCOUNTS_MOST = 1000 };

typedef struct reading {
  accounts *to;
  FILE *file;
  const char *path;
  int line;
  bool secret; /* a password stands in it */
  char *why;
  size_t cap;
} reading;

static bool failed(const reading *r) { return r->why[0]; }

static void refuse(reading *r, const char *what) {
  if (!failed(r)) snprintf(r->why, r->cap, "%s, line %d: %s", r->path, r->line, what);
}

static account *section(const accounts *c, const char *name, size_t n) {
  for (size_t i = 0; i < c->n; i++)
    if (strlen(c->v[i].name) == n && !memcmp(c->v[i].name, name, n)) return &c->v[i];
  return NULL;
}

static bool add_section(accounts *c, const char *name, size_t n) {
  account *grown = c->n < ACCOUNTS_MOST ? realloc(c->v, (c->n + 1) * sizeof *c->v) : NULL;
  if (!grown) return false;
  c->v = grown;
  c->v[c->n] = (account){.name = strndup(name, n)};
  return c->v[c->n].name && ++c->n;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/* "[account]", of which inih would cut the name at 49 bytes and drop what is behind it. */
static const char *wrong_with_header(accounts *c, const char *line) {
  const char *name = line + 1, *end = strchr(name, ']');
  if (!end) return "the ] behind the name of the account is missing";
  size_t n = (size_t)(end - name);
  if (end[1 + strspn(end + 1, " \t\r\n")]) return "nothing may stand behind the ]";
  if (!n || is_blank(name[0]) || is_blank(end[-1]))
    return "the name of an account begins and ends without a blank";
  if (n > NAME_MOST) return "the name of an account is at most 40 characters";
  if (section(c, name, n)) return "there is an account of this name above";
  return add_section(c, name, n) ? NULL : "too many accounts";
}

/* Tabs are blanks, and CRLF may end a line. */
static bool has_control(const char *line, size_t n) {
  for (size_t i = 0; i < n; i++) {
    bool line_end = line[i] == '\n' || (line[i] == '\r' && line[i + 1] == '\n');
    if (((unsigned char)line[i] < ' ' || line[i] == 0x7f) && line[i] != '\t' && !line_end)
      return true;
  }
  return false;
}

static const char *wrong_with(accounts *c, const char *line, size_t n, bool whole) {
  if (memchr(line, 0, n)) return "a NUL byte; this is not a text file";
  if (!whole || n > LINE_MOST) return "longer than 190 characters; put the value into a file";
  if (!text_is_utf8((hark_str){line, n})) return "not UTF-8";
  if (has_control(line, n)) return "a control character; lines end in LF or CRLF";
  bool blank = line[0] == ' ' || line[0] == '\t';
  if (blank && line[strspn(line, " \t\r\n")])
    return "it begins with a blank, which means nothing here";
  if (line[0] != ';' && line[0] != '#' && (strstr(line, " ;") || strstr(line, "\t;")))
    return "a blank and a semicolon; comments have lines of their own, and no value may hold them";
  return line[0] == '[' ? wrong_with_header(c, line) : NULL;
}

/* What fits of a line; *whole: all of it. */
static size_t read_line(FILE *from, char *to, size_t cap, bool *whole) {
  size_t n = 0;
  int c = 0;
  while (n + 1 < cap && c != '\n' && (c = getc(from)) != EOF) to[n++] = (char)c;
  to[n] = 0;
  *whole = c == '\n' || c == EOF;
  return n;
}

/* fgets() for inih, through our check. */
static char *next_line(char *to, int cap, void *stream) {
  reading *r = stream;
  bool whole;
  size_t n = failed(r) ? 0 : read_line(r->file, to, (size_t)cap, &whole);
  if (!n) return NULL;
  bool marked = !r->line++ && n >= 3 && !memcmp(to, "\xef\xbb\xbf", 3); /* by Windows */
  size_t skipped = marked ? 3 : 0;
  const char *wrong = wrong_with(r->to, to + skipped, n - skipped, whole);
  if (!wrong && r->line > LINES_MOST) wrong = "too many lines; this is not a configuration of hark";
  if (wrong) refuse(r, wrong);
  return wrong ? NULL : to;
}

/* An address is looked at here, where its line is known. */
static bool check_url(reading *r, const char *text) {
  char why[400];
  url u;
  bool good = url_parse(&u, text, why, sizeof why);
  url_free(&u);
  if (!good) refuse(r, why);
  return good;
}

static bool put_setting(reading *r, settings *s, const char *name, const char *text) {
  char what[200], shown[240];
  if (settings_given(s, name))
    snprintf(what, sizeof what, "%s stands above already", name);
  else if (settings_put(s, name, text, what, sizeof what))
    return strcmp(name, "url") || check_url(r, text);
  refuse(r, text_harmless(shown, sizeof shown, (hark_str){what, strlen(what)}));
  return false;
}

static int value(void *user, const char *name_of_section, const char *name, const char *text) {
  reading *r = user;
  if (failed(r)) return 0;
  account *a = section(r->to, name_of_section, strlen(name_of_section));
  if (!strcmp(name, "password")) r->secret = true;
  if (a) return put_setting(r, &a->settings, name, text);
  refuse(r, "it stands before the first [account]");
  return 0;
}

/* SEC N-08: a password that others can read is none. */
static void check_access(reading *r) {
  struct stat st;
  if (!r->secret || fstat(fileno(r->file), &st)) return;
  if (st.st_uid != geteuid() || (st.st_mode & 077))
    snprintf(r->why, r->cap,
             "%s holds a password and others can read it; type:  chmod 600 %s  (and own it)",
             r->path, r->path);
}

static void parse(reading *r) {
  int line = ini_parse_stream(next_line, r, value, r);
  if (line > 0 && !failed(r)) {
    r->line = line;
    refuse(r, "not understood; a line is \"name = value\" or \"[account]\"");
  }
  check_access(r);
}

static char *default_path(void) {
  const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  char *path = NULL;
  if (xdg && *xdg == '/') return asprintf(&path, "%s/hark/hark.conf", xdg) < 0 ? NULL : path;
  if (!home) return NULL;
  return asprintf(&path, "%s/.config/hark/hark.conf", home) < 0 ? NULL : path;
}

bool accounts_read(accounts *c, const char *path, char *why, size_t cap) {
  *c = (accounts){0};
  why[0] = 0;
  char *usual = path ? NULL : default_path();
  reading r = {.to = c, .path = path ? path : usual, .why = why, .cap = cap};
  if (!r.path) return true;
  struct stat st;
  int fd = open(r.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* nobody may write to a pipe */
  r.file = fd < 0 ? NULL : fdopen(fd, "r");
  if (r.file && !fstat(fileno(r.file), &st) && S_ISREG(st.st_mode))
    parse(&r);
  else if (r.file)
    snprintf(why, cap, "%s is not a file", r.path);
  else if (path || errno != ENOENT)
    snprintf(why, cap, "%s cannot be read: %s", r.path, strerror(errno));
  if (r.file) fclose(r.file);
  free(usual);
  return !why[0];
}

void accounts_free(accounts *c) {
  for (size_t i = 0; i < c->n; i++) {
    free(c->v[i].name);
    settings_free(&c->v[i].settings);
  }
  free(c->v);
  *c = (accounts){0};
}
