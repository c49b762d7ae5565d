/* cli/config.h - the configuration file: a section for each account.
 * SPDX-License-Identifier: MIT
 *
 *   [work]
 *   url = imaps://jane@example.org
 *   maildir = ~/Mail/work
 *   password-command = pass show work */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H
#include "cli/settings.h"

typedef struct account {
  char *name;
  settings settings;
} account;

typedef struct accounts {
  account *v;
  size_t n;
} accounts;

/* path NULL: $XDG_CONFIG_HOME/hark/hark.conf, which may be missing.  False with a sentence in
 * why that names file and line.  accounts_free() in both cases. */
bool accounts_read(accounts *c, const char *path, char *why, size_t cap);
void accounts_free(accounts *c);
#endif
