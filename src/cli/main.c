/* cli/main.c - hark(1).
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/exit.h"
#include <hark/base.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef int (*command_fn)(int argc, char **argv);

static command_fn find(const char *name) {
  static const struct {
    const char *name;
    command_fn fn;
  } commands[] = {{"pull", cmd_pull}, {"watch", cmd_watch}, {"decode", cmd_decode},
                  {"help", cmd_help}, {"--help", cmd_help}, {"-h", cmd_help}};
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (!strcmp(commands[i].name, name)) return commands[i].fn;
  return NULL;
}

/* "hark pull --help" is "hark help pull". */
static bool asks_for_help(int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) return true;
  return false;
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN); /* both are errors of the call that met them */
  signal(SIGXFSZ, SIG_IGN);
  if (argc < 2) {
    char *help[] = {argv[0], NULL};
    cmd_help(1, help);
    return EXIT_USAGE;
  }
  if (!strcmp(argv[1], "--version")) return printf("hark %s\n", hark_version()) < 0;
  command_fn command = find(argv[1]);
  if (!command) return cmd_help(2, argv); /* says that there is none of this name */
  if (command != cmd_help && asks_for_help(argc - 1, argv + 1)) {
    char *help[] = {argv[0], argv[1], NULL};
    return cmd_help(2, help);
  }
  return command(argc - 1, argv + 1);
}
