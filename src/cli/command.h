/* cli/command.h - the words behind "hark".
 * SPDX-License-Identifier: MIT */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/* Each is given its own argv (argv[0] its name) and returns the exit code. */
int cmd_pull(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_decode(int argc, char **argv);
int cmd_help(int argc, char **argv);
#endif
