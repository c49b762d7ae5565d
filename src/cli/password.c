/* cli/password.c - where a password comes from; never from an argument.
 * SPDX-License-Identifier: MIT */
#include "cli/password.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

void password_free(char *password) {
  if (!password) return;
  explicit_bzero(password, PASSWORD_MOST + 1);
  free(password);
}

/* The first line of f. */
static char *first_line(FILE *f, const char *from, char *why, size_t cap) {
  char *to = calloc(1, PASSWORD_MOST + 1);
  size_t n = 0;
  int c = EOF;
  setvbuf(f, NULL, _IONBF, 0); /* no copy is left in a buffer of stdio */
  while (to && n < PASSWORD_MOST && (c = fgetc(f)) != EOF && c != '\n' && c) to[n++] = (char)c;
  if (n && to[n - 1] == '\r') to[--n] = 0;
  if (to && n && n < PASSWORD_MOST && (c == '\n' || c == EOF)) return to;
  snprintf(why, cap, n ? "%s: a password is one line of text" : "%s gives no password", from);
  password_free(to);
  return NULL;
}

static char *of_command(const char *command, char *why, size_t cap) {
  char from[120];
  snprintf(from, sizeof from, "the password command (%.80s)", command);
  FILE *f = popen(command, "re"); /* NOLINT(cert-env33-c): his own command, for a shell */
  if (!f) {
    snprintf(why, cap, "%s cannot be started: %s", from, strerror(errno));
    return NULL;
  }
  char *password = first_line(f, from, why, cap);
  while (fgetc(f) != EOF) continue; /* a command that is still writing is not cut off */
  int status = pclose(f);
  if (status && WIFEXITED(status) && WEXITSTATUS(status))
    snprintf(why, cap, "%s ended with exit code %d", from, WEXITSTATUS(status));
  else if (status)
    snprintf(why, cap, "%s was killed", from);
  if (!status) return password;
  password_free(password);
  return NULL;
}

static char *of_file(const char *path, char *why, size_t cap) {
  struct stat st;
  FILE *f = fopen(path, "re");
  if (!f || fstat(fileno(f), &st)) {
    snprintf(why, cap, "the password file %s cannot be read: %s", path, strerror(errno));
    if (f) fclose(f);
    return NULL;
  }
  char *password = NULL;
  if (S_ISREG(st.st_mode) && (st.st_mode & 077))
    snprintf(why, cap, "others can read the password file; type:  chmod 600 %s", path);
  else
    password = first_line(f, path, why, cap);
  fclose(f);
  return password;
}

enum { CTRL_C = 3, CTRL_D = 4, CTRL_U = 21, BACKSPACE = 8, DELETE = 127 };

/* Byte by byte with echo and signals off, so that Ctrl-C finds the terminal restored. */
static bool type_in(int tty, char *to) {
  size_t n = 0;
  unsigned char c;
  while (read(tty, &c, 1) == 1) {
    if (c == '\n' || c == '\r') return to[n] = 0, n > 0;
    if (c == CTRL_C || c == CTRL_D) return false;
    if (c == CTRL_U) n = 0;
    if ((c == BACKSPACE || c == DELETE) && n) n--;
    if (c >= ' ' && c != DELETE && n < PASSWORD_MOST) to[n++] = (char)c;
  }
  return false;
}

static char *of_terminal(const char *account, char *why, size_t cap) {
  int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  struct termios before, quiet;
  if (tty < 0 || tcgetattr(tty, &before)) {
    snprintf(why, cap,
             "no password for %s and no terminal to ask at; say --password-command COMMAND or "
             "--password-file FILE",
             account);
    if (tty >= 0) close(tty);
    return NULL;
  }
  quiet = before;
  quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
  char *password = calloc(1, PASSWORD_MOST + 1);
  dprintf(tty, "Password for %s: ", account);
  tcsetattr(tty, TCSAFLUSH, &quiet);
  bool typed = password && type_in(tty, password);
  tcsetattr(tty, TCSAFLUSH, &before);
  dprintf(tty, "\n");
  close(tty);
  if (typed) return password;
  password_free(password);
  snprintf(why, cap, "no password was typed");
  return NULL;
}

char *password_get(const settings *s, const char *account, char *why, size_t cap) {
  if (s->password_command) return of_command(s->password_command, why, cap);
  if (s->password_file) return of_file(s->password_file, why, cap);
  if (!s->password) return of_terminal(account, why, cap);
  char *password = calloc(1, PASSWORD_MOST + 1);
  if (password) memccpy(password, s->password, 0, PASSWORD_MOST);
  return password;
}
