/* cli/config.c - the configuration file: a section for each account.
 * SPDX-License-Identifier: MIT
 *
 * The parser is inih.  It cuts values at " ;" and lines at 200 bytes without a word, so each
 * line is looked at before it gets it. */
#include "cli/config.h"
#include "cli/text.h"
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MOST = 190, LINES_MOST = 10000, ACCOUNTS_MOST = 1000 };

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

static const char *wrong_with(const char *line, size_t n, bool whole) {
  if (memchr(line, 0, n)) return "a NUL byte; this is not a text file";
  if (!whole || n > LINE_MOST) return "longer than 190 characters; put the value into a file";
  if (!text_is_utf8((hark_str){line, n})) return "not UTF-8";
  bool blank = line[0] == ' ' || line[0] == '\t';
  if (blank && line[strspn(line, " \t\r\n")])
    return "it begins with a blank, which means nothing here";
  if (line[0] != ';' && line[0] != '#' && (strstr(line, " ;") || strstr(line, "\t;")))
    return "a blank and a semicolon; comments have lines of their own, and no value may hold them";
  return NULL;
}

/* fgets() for inih, through our check. */
static char *next_line(char *to, int cap, void *stream) {
  reading *r = stream;
  char *line = NULL;
  size_t room = 0;
  if (failed(r)) return NULL;
  ssize_t n = getline(&line, &room, r->file);
  if (n < 0) {
    free(line);
    return NULL;
  }
  r->line++;
  bool whole = n < cap;
  const char *wrong = wrong_with(line, (size_t)n, whole);
  if (!wrong && r->line > LINES_MOST) wrong = "too many lines; this is not a configuration of hark";
  if (wrong)
    refuse(r, wrong);
  else
    memcpy(to, line, (size_t)n + 1);
  explicit_bzero(line, room);
  free(line);
  return wrong ? NULL : to;
}

static account *section(reading *r, const char *name) {
  accounts *c = r->to;
  for (size_t i = 0; i < c->n; i++)
    if (!strcmp(c->v[i].name, name)) return &c->v[i];
  account *grown = c->n < ACCOUNTS_MOST ? realloc(c->v, (c->n + 1) * sizeof *c->v) : NULL;
  if (!grown) return NULL;
  c->v = grown;
  c->v[c->n] = (account){.name = strdup(name)};
  return c->v[c->n].name ? &c->v[c->n++] : NULL;
}

static int value(void *user, const char *name_of_section, const char *name, const char *text) {
  reading *r = user;
  char what[200];
  if (failed(r)) return 0;
  if (!*name_of_section) {
    refuse(r, "it stands before the first [account]");
    return 0;
  }
  account *a = section(r, name_of_section);
  if (!a)
    refuse(r, "too many accounts");
  else if (!settings_put(&a->settings, name, text, what, sizeof what)) {
    char shown[240];
    refuse(r, text_harmless(shown, sizeof shown, (hark_str){what, strlen(what)}));
  }
  if (!strcmp(name, "password")) r->secret = true;
  return !failed(r);
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
  r.file = fopen(r.path, "re");
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
