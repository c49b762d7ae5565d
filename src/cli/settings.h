/* cli/settings.h - what can be said of an account, as an option or in a configuration file.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H
#include <stdbool.h>
#include <stddef.h>

typedef struct settings {
  char *url, *maildir, *state, *ca_file, *pin;
  char *password_command, *password_file, *password;
  bool crlf, no_id, plaintext, compress;
  unsigned given; /* for settings_given() */
} settings;

/* name as in "--name value" and "name = value"; value NULL for a switch.  False with a sentence
 * in why for what cannot be. */
bool settings_put(settings *s, const char *name, const char *value, char *why, size_t cap);
bool settings_given(const settings *s, const char *name); /* by settings_put() */
/* What over says replaces what s says. */
bool settings_override(settings *s, const settings *over);
void settings_free(settings *s);
#endif
