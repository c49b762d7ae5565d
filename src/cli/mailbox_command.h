/* cli/mailbox_command.h - what pull and watch share: options, accounts, the loop, the end.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_MAILBOX_COMMAND_H
#define CLI_MAILBOX_COMMAND_H
#include "cli/exit.h"
#include "cli/job.h"
#include "cli/loop.h"
#include "cli/options.h"
#include "cli/report.h"

/* The work on at least one job.  What went wrong it reports itself. */
typedef exit_code (*mailbox_fn)(const jobs *j, const options *o, loop *l, report *r);
int mailbox_command(int argc, char **argv, mailbox_fn work);
#endif
