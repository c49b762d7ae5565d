/* cli/options.h - the words behind "hark pull".
 * SPDX-License-Identifier: MIT */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H
#include "cli/job.h"

/* argv[0] is the command's name.  False with a sentence in why.  options_free() always. */
bool options_read(options *o, int argc, char **argv, char *why, size_t cap);
void options_free(options *o);
/* The sentence about a word for which getopt_long() gave sign, '?' or ':'; returns false. */
bool options_misunderstood(char **argv, int sign, char *why, size_t cap);
#endif
