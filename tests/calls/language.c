/* tests/calls/language.c - LANGUAGE, COMPARATOR.  SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/language.h>

static const char *const *list(char **w) { return is(*w, "NULL") ? NULL : (const char *const *)w; }

static int language(caller *by, char **w) { return hark_language(by->c, list(w)); }
static int comparator(caller *by, char **w) { return hark_comparator(by->c, list(w)); }

const call_row calls_language[] = {{"language", language}, {"comparator", comparator}, {0}};
