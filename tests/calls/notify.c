/* tests/calls/notify.c - NOTIFY.  SPDX-License-Identifier: MIT */
#include "call.h"
#include "scope.h"
#include <hark/ext/notify.h>

/* notify [status] SCOPE [of NAME]... EVENTS ITEMS, again and again; EVENTS is a number */
static int notify(caller *by, char **w) {
  bool with_status = is(*w, "status");
  hark_builder *b = hark_notify_begin(by->c, with_status);
  for (w += with_status; *w; w += 2) {
    scope_words scope;
    w = scope_of(w, &scope);
    unsigned events = (unsigned)strtoul(w[0], NULL, 0);
    hark_notify_group(b, scope.scope, scope.names, events, word(w[1]));
  }
  return hark_notify_end(b);
}

static int notify_none(caller *by, char **w) { return (void)w, hark_notify_none(by->c); }

const call_row calls_notify[] = {{"notify", notify}, {"notify_none", notify_none}, {0}};
