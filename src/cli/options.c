/* cli/options.c - the words behind "hark pull".
 * SPDX-License-Identifier: MIT */
#include "cli/options.h"
#include "cli/text.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those that are settings of an account go by their names.  No two share a number: to
 * getopt_long() they would be one, and "--password" as good as "--password-command". */
enum { CONFIG = 1, BATCH, JSON, QUIET, VERBOSE, DEBUG, SETTING };

static const struct option table[] = {
    {"maildir", required_argument, NULL, SETTING},
    {"state", required_argument, NULL, SETTING + 1},
    {"ca-file", required_argument, NULL, SETTING + 2},
    {"pin", required_argument, NULL, SETTING + 3},
    {"password-command", required_argument, NULL, SETTING + 4},
    {"password-file", required_argument, NULL, SETTING + 5},
    {"eol", required_argument, NULL, SETTING + 6},
    {"no-id", no_argument, NULL, SETTING + 7},
    {"plaintext", no_argument, NULL, SETTING + 8},
    {"compress", no_argument, NULL, SETTING + 9},
    {"config", required_argument, NULL, CONFIG},
    {"batch", required_argument, NULL, BATCH},
    {"json", no_argument, NULL, JSON},
    {"quiet", no_argument, NULL, QUIET},
    {"verbose", no_argument, NULL, VERBOSE},
    {"debug", no_argument, NULL, DEBUG},
    {NULL, 0, NULL, 0},
};

static bool put_batch(options *o, const char *value, char *why, size_t cap) {
  char *end;
  unsigned long n = strtoul(value, &end, 10);
  if (value[0] >= '1' && value[0] <= '9' && !*end && n <= 500) return o->batch = (uint32_t)n, true;
  snprintf(why, cap, "--batch is a number of messages from 1 to 500");
  return false;
}

static bool put(options *o, const struct option *option, char *value, char *why, size_t cap) {
  switch (option->val) {
  case CONFIG: o->config = value; return true;
  case BATCH: return put_batch(o, value, why, cap);
  case JSON: return o->json = true;
  case QUIET: return o->quiet = true;
  case VERBOSE: return o->verbose = true;
  case DEBUG: return o->debug = true;
  default: break;
  }
  char what[160];
  if (settings_put(&o->settings, option->name, value, what, sizeof what)) return true;
  snprintf(why, cap, "--%s", what);
  return false;
}

bool options_misunderstood(char **argv, int sign, char *why, size_t cap) {
  char shown[100];
  const char *word = argv[optind - 1];
  text_harmless(shown, sizeof shown, (hark_str){word, strlen(word)});
  snprintf(why, cap,
           sign == ':' ? "%s needs a value; see:  hark help %s"
                       : "%s is not an option; see:  hark help %s",
           shown, argv[0]);
  return false;
}

bool options_read(options *o, int argc, char **argv, char *why, size_t cap) {
  int index = 0;
  *o = (options){0};
  opterr = 0, optind = 1;
  for (int sign; (sign = getopt_long(argc, argv, ":", table, &index)) != -1;) {
    if (sign == '?' || sign == ':') return options_misunderstood(argv, sign, why, cap);
    if (!put(o, &table[index], optarg, why, cap)) return false;
  }
  o->arguments = argv + optind, o->narguments = argc - optind;
  return true;
}

void options_free(options *o) { settings_free(&o->settings); }
