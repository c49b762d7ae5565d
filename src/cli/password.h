/* cli/password.h - where a password comes from; never from an argument.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_PASSWORD_H
#define CLI_PASSWORD_H
#include "cli/loop.h"
#include "cli/settings.h"

enum { PASSWORD_MOST = 4096 };

/* A password command, a file, the configuration, else the terminal; "user@host" for its
 * prompt.  NULL with a sentence in why, or because the loop is to stop; else password_free(). */
char *password_get(loop *l, const settings *s, const char *account, char *why, size_t cap);
void password_free(char *password);
#endif
