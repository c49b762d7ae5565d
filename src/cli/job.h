/* cli/job.h - what there is to do: options and configuration become one job for each mailbox.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_JOB_H
#define CLI_JOB_H
#include "cli/config.h"
#include "cli/url.h"
#include <stdint.h>

typedef struct options {
  settings settings;
  const char *config; /* NULL: the usual file */
  bool json, quiet, verbose, debug;
  uint32_t batch; /* messages made durable together; 0: the usual */
  char **arguments;
  int narguments;
} options;

typedef struct job {
  url url;
  char *account; /* "user@host" */
  settings settings;
} job;

typedef struct jobs {
  job *v;
  size_t n;
} jobs;

/* 0, or the exit code (EXIT_USAGE, EXIT_CONFIG) with a sentence in why.  jobs_free() always. */
int jobs_make(jobs *to, const options *o, char *why, size_t cap);
void jobs_free(jobs *j);
#endif
