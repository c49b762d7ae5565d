/* cli/password.c - where a password comes from; never from an argument.
 * SPDX-License-Identifier: MIT */
#include "cli/password.h"
#include "cli/text.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { ENDED_MS = 20 }; /* between two looks whether a command that said all has ended */

void password_free(char *password) {
  if (!password) return;
  explicit_bzero(password, PASSWORD_MOST + 1);
  free(password);
}

/* The next byte of fd, or -1.  It is waited for by the loop, so that a signal ends it. */
static int next_byte(loop *l, int fd) {
  const hark_dialer_fd watched = {fd, true, false};
  unsigned char c;
  while (!loop_stopping(l)) {
    ssize_t n = read(fd, &c, 1); /* no copy is left in a buffer */
    if (n == 1) return c;
    if (!n || (errno != EAGAIN && errno != EINTR)) return -1;
    loop_wait(l, &watched, 1, UINT64_MAX);
  }
  return -1;
}

static void let_go(loop *l, int fd) {
  loop_wait(l, NULL, 0, 0);
  close(fd);
}

static char *first_line(loop *l, int fd, const char *from, char *why, size_t cap) {
  char *to = calloc(1, PASSWORD_MOST + 1);
  size_t n = 0;
  int c = -1;
  while (to && n < PASSWORD_MOST && (c = next_byte(l, fd)) > 0 && c != '\n') to[n++] = (char)c;
  if (n && to[n - 1] == '\r') to[--n] = 0;
  if (to && n && n < PASSWORD_MOST && (c == '\n' || c == -1)) return to;
  const char *wrong = "gives what is not one line of text";
  if (!n) wrong = "gives no password";
  if (n == PASSWORD_MOST) wrong = "gives a line of more than 4095 bytes, which is no password";
  snprintf(why, cap, "%s %s", from, wrong);
  password_free(to);
  return NULL;
}

/* What this process ignores or blocks is no business of its children; but a SIGHUP that
 * nohup(1) ignores stays ignored. */
static void reset_signals(posix_spawnattr_t *a) {
  sigset_t all, none;
  sigfillset(&all);
  sigdelset(&all, SIGHUP);
  sigemptyset(&none);
  posix_spawnattr_init(a);
  posix_spawnattr_setsigdefault(a, &all);
  posix_spawnattr_setsigmask(a, &none);
  posix_spawnattr_setflags(a, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

/* Starts the shell with command, its output in *out; 0: it cannot be. */
static pid_t start(const char *command, int *out) {
  /* NOLINTNEXTLINE(performance-no-int-to-ptr): posix_spawn() does not write to them */
  char *argv[] = {"sh", "-c", (char *)(uintptr_t)command, NULL};
  int ends[2];
  pid_t pid = 0;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t signals;
  if (pipe2(ends, O_CLOEXEC)) return 0;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  reset_signals(&signals);
  errno = posix_spawn(&pid, "/bin/sh", &actions, &signals, argv, environ);
  if (errno) pid = 0;
  posix_spawnattr_destroy(&signals);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  *out = ends[0];
  if (!pid) close(ends[0]);
  return pid;
}

/* Its status, or -1 where we are to stop: it is asked to end then, and not waited for. */
static int finish(loop *l, pid_t pid) {
  int status;
  for (;;) {
    pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended) return ended == pid ? status : -1;
    if (loop_stopping(l)) break;
    loop_wait(l, NULL, 0, loop_now() + ENDED_MS);
  }
  kill(pid, SIGTERM);
  return -1;
}

static char *of_command(loop *l, const char *command, char *why, size_t cap) {
  char from[120];
  int fd;
  snprintf(from, sizeof from, "the password command (%.80s)", command);
  pid_t pid = start(command, &fd);
  if (!pid) {
    snprintf(why, cap, "%s cannot be started: %s", from, strerror(errno));
    return NULL;
  }
  fcntl(fd, F_SETFL, O_NONBLOCK);
  char *password = first_line(l, fd, from, why, cap);
  while (next_byte(l, fd) >= 0) continue; /* a command that is still writing is not cut off */
  let_go(l, fd);
  int status = finish(l, pid);
  if (status > 0 && WIFEXITED(status))
    snprintf(why, cap, "%s ended with exit code %d", from, WEXITSTATUS(status));
  else if (status > 0)
    snprintf(why, cap, "%s was killed", from);
  if (!status) return password;
  password_free(password);
  return NULL;
}

/* SEC N-08 */
static bool may_hold_password(const struct stat *st, const char *path, char *why, size_t cap) {
  bool regular = S_ISREG(st->st_mode);
  if (S_ISDIR(st->st_mode))
    snprintf(why, cap, "%s is a folder, and no file with a password", path);
  else if (regular && st->st_uid && st->st_uid != geteuid())
    snprintf(why, cap, "the password file %s belongs to somebody else", path);
  else if (regular && (st->st_mode & 077))
    snprintf(why, cap, "others can read the password file; type:  chmod 600 %s", path);
  else
    return true;
  return false;
}

/* Nobody may have opened a named pipe for writing yet; until then it would read as empty. */
static void await_writer(loop *l, int fd) {
  const hark_dialer_fd watched = {fd, true, false};
  loop_wait(l, &watched, 1, UINT64_MAX);
}

static char *of_file(loop *l, const char *path, char *why, size_t cap) {
  struct stat st;
  char shown[150];
  const hark_str given = {path, strlen(path)};
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  text_harmless(shown, sizeof shown, given);
  if (fd < 0 || fstat(fd, &st)) {
    snprintf(why, cap, "the password file %s cannot be read: %s", shown, strerror(errno));
    if (fd >= 0) close(fd);
    return NULL;
  }
  char *password = NULL;
  if (S_ISFIFO(st.st_mode)) await_writer(l, fd);
  if (may_hold_password(&st, shown, why, cap)) password = first_line(l, fd, shown, why, cap);
  let_go(l, fd);
  return password;
}

enum { CTRL_C = 3, CTRL_D = 4, CTRL_U = 21, BACKSPACE = 8, DELETE = 127 };

/* Byte by byte with echo and signals off, so that Ctrl-C finds the terminal restored. */
static bool type_in(loop *l, int tty, char *to) {
  size_t n = 0;
  for (int c; (c = next_byte(l, tty)) >= 0;) {
    if (c == '\n' || c == '\r') return to[n] = 0, n > 0;
    if (c == CTRL_C || c == CTRL_D) return false;
    if (c == CTRL_U) n = 0;
    if ((c == BACKSPACE || c == DELETE) && n) n--;
    if (c >= ' ' && c != DELETE && n < PASSWORD_MOST) to[n++] = (char)c;
  }
  return false;
}

static char *of_terminal(loop *l, const char *account, char *why, size_t cap) {
  int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  const hark_str named = {account, strlen(account)};
  char shown[200];
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
  dprintf(tty, "Password for %s: ", text_harmless(shown, sizeof shown, named));
  tcsetattr(tty, TCSAFLUSH, &quiet);
  bool typed = password && type_in(l, tty, password);
  tcsetattr(tty, TCSAFLUSH, &before);
  dprintf(tty, "\n");
  let_go(l, tty);
  if (typed) return password;
  password_free(password);
  snprintf(why, cap, "no password was typed");
  return NULL;
}

char *password_get(loop *l, const settings *s, const char *account, char *why, size_t cap) {
  if (s->password_command) return of_command(l, s->password_command, why, cap);
  if (s->password_file) return of_file(l, s->password_file, why, cap);
  if (!s->password) return of_terminal(l, account, why, cap);
  char *password = calloc(1, PASSWORD_MOST + 1);
  if (password) memccpy(password, s->password, 0, PASSWORD_MOST);
  return password;
}
