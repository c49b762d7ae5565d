/* tests/calls/find.c - the tables of all the files here.  SPDX-License-Identifier: MIT */
#include "call.h"

#define CALLS(name) extern const call_row calls_##name[];
#include "calls.def"
#undef CALLS

static const call_row *const tables[] = {
#define CALLS(name) calls_##name,
#include "calls.def"
#undef CALLS
};

call_fn call_find(const char *name) {
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    for (const call_row *row = tables[i]; row->name; row++) {
      if (is(name, row->name)) return row->call;
    }
  }
  return NULL;
}
