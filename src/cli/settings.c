/* cli/settings.c - what can be said of an account, as an option or in a configuration file.
 * SPDX-License-Identifier: MIT */
#include "cli/settings.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum kind { TEXT, PATH, SWITCH, EOL } kind;

static const struct setting {
  const char *name;
  kind kind;
  size_t at;
} table[] = {
    {"url", TEXT, offsetof(settings, url)},
    {"maildir", PATH, offsetof(settings, maildir)},
    {"state", PATH, offsetof(settings, state)},
    {"ca-file", PATH, offsetof(settings, ca_file)},
    {"pin", TEXT, offsetof(settings, pin)},
    {"password-command", TEXT, offsetof(settings, password_command)},
    {"password-file", PATH, offsetof(settings, password_file)},
    {"password", TEXT, offsetof(settings, password)},
    {"eol", EOL, offsetof(settings, crlf)},
    {"no-id", SWITCH, offsetof(settings, no_id)},
    {"plaintext", SWITCH, offsetof(settings, plaintext)},
    {"compress", SWITCH, offsetof(settings, compress)},
};
enum { SETTINGS = sizeof table / sizeof *table };

static bool refuse(char *why, size_t cap, const char *name, const char *what) {
  snprintf(why, cap, "%s %s", name, what);
  return false;
}

static char **text_at(settings *s, const struct setting *of) {
  return (char **)(void *)((char *)s + of->at);
}

static char *text_in(const settings *s, const struct setting *of) {
  char *text;
  memcpy(&text, (const char *)s + of->at, sizeof text);
  return text;
}

static bool *switch_at(settings *s, const struct setting *of) {
  return (bool *)(void *)((char *)s + of->at);
}

/* "~/x" is in the home folder; a shell does that for options, nobody for a file. */
static char *path(const char *value) {
  const char *home = value[0] == '~' && value[1] == '/' ? getenv("HOME") : NULL;
  char *made = NULL;
  if (!home) return strdup(value);
  return asprintf(&made, "%s%s", home, value + 1) < 0 ? NULL : made;
}

static bool put_text(char **to, char *value) {
  if (!value) return false;
  free(*to);
  *to = value;
  return true;
}

static bool put_switch(bool *to, const char *value) {
  bool yes = !value || !strcmp(value, "yes") || !strcmp(value, "true");
  *to = yes;
  return yes || !strcmp(value, "no") || !strcmp(value, "false");
}

static const struct setting *find(const char *name) {
  for (const struct setting *of = table; of < table + SETTINGS; of++)
    if (!strcmp(of->name, name)) return of;
  return NULL;
}

bool settings_given(const settings *s, const char *name) {
  const struct setting *of = find(name);
  return of && (s->given >> (of - table) & 1);
}

bool settings_put(settings *s, const char *name, const char *value, char *why, size_t cap) {
  const struct setting *of = find(name);
  if (!of) return refuse(why, cap, name, "is not a setting that hark knows");
  s->given |= 1u << (of - table);
  if (of->kind == SWITCH)
    return put_switch(switch_at(s, of), value) || refuse(why, cap, name, "is yes or no");
  if (!value || !*value) return refuse(why, cap, name, "needs a value");
  if (of->kind != EOL)
    return put_text(text_at(s, of), of->kind == PATH ? path(value) : strdup(value)) ||
           refuse(why, cap, name, "could not be kept: out of memory");
  s->crlf = !strcmp(value, "crlf");
  return s->crlf || !strcmp(value, "lf") || refuse(why, cap, name, "is lf or crlf");
}

bool settings_override(settings *s, const settings *over) {
  for (const struct setting *of = table; of < table + SETTINGS; of++) {
    if (of->kind == SWITCH || of->kind == EOL) {
      if (*((const char *)over + of->at)) *switch_at(s, of) = true;
      continue;
    }
    const char *value = text_in(over, of);
    if (value && !put_text(text_at(s, of), strdup(value))) return false;
  }
  return true;
}

void settings_free(settings *s) {
  if (s->password) explicit_bzero(s->password, strlen(s->password));
  for (const struct setting *of = table; of < table + SETTINGS; of++)
    if (of->kind == TEXT || of->kind == PATH) free(*text_at(s, of));
  *s = (settings){0};
}
