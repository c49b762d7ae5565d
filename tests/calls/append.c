/* tests/calls/append.c - APPEND, CATENATE, REPLACE, and the bytes they want.
 * SPDX-License-Identifier: MIT */
#include "call.h"
#include <hark/ext/append.h>
#include <hark/ext/catenate.h>
#include <hark/ext/replace.h>

/* OCTETS [binary] [utf8] [flags F] [date SECONDS ZONE] */
static char **message(hark_message *m, char **w) {
  *m = (hark_message){.size = sizeof *m, .octets = strtoull(*w++, NULL, 10), .date = INT64_MIN};
  for (; *w; w++) {
    if (is(*w, "binary"))
      m->flags |= HARK_BINARY;
    else if (is(*w, "utf8"))
      m->flags |= HARK_UTF8;
    else if (is(*w, "flags"))
      m->keywords = *++w;
    else if (is(*w, "date"))
      m->date = strtoll(w[1], NULL, 10), m->zone_minutes = (int16_t)atoi(w[2]), w += 2;
    else
      break;
  }
  return w;
}

/* Each message behind the word "message"; parts behind "catenate": url U, text N, binary N. */
static void messages(hark_builder *b, char **w) {
  hark_message m;
  while (is(*w, "message")) {
    w = message(&m, w + 1);
    if (!is(*w, "catenate")) {
      hark_append_message(b, &m);
      continue;
    }
    hark_append_options(b, &m);
    hark_catenate_open(b);
    for (w++; w[0] && !is(*w, "message"); w += 2) {
      if (is(*w, "url"))
        hark_catenate_url(b, w[1]);
      else
        hark_catenate_text(b,
                           is(*w, "binary") ? HARK_BINARY
                           : is(*w, "utf8") ? HARK_UTF8
                                            : 0,
                           strtoull(w[1], NULL, 10));
    }
    hark_catenate_close(b);
  }
}

/* append MAILBOX message ... message ... */
static int append(caller *by, char **w) {
  hark_builder *b = hark_append_begin(by->c, w[0]);
  messages(b, w + 1);
  return hark_append_end(b);
}

/* append_one MAILBOX OCTETS ...: the call for one message */
static int append_one(caller *by, char **w) {
  hark_message m;
  message(&m, w + 1);
  return hark_append(by->c, w[0], &m);
}

/* replace [uid] NUMBER MAILBOX message ... */
static int replace(caller *by, char **w) {
  unsigned with = uid(&w);
  hark_builder *b = hark_replace_begin(by->c, with, (uint32_t)strtoul(w[0], NULL, 10), w[1]);
  messages(b, w + 2);
  return hark_cmd_end(b);
}

static int not_taken(const caller *by) {
  int err = hark_error(by->c);
  return err ? err : HARK_ERR_BUSY;
}

/* data TEXT: all of it must be taken; data TEXT N: so many */
static int data(caller *by, char **w) {
  size_t n = strlen(w[0]), want = w[1] ? strtoul(w[1], NULL, 10) : n;
  return hark_send_data(by->c, w[0], n) == want ? 0 : not_taken(by);
}

/* data_times N TEXT: N times */
static int data_times(caller *by, char **w) {
  size_t n = strlen(w[1]);
  for (unsigned long i = strtoul(w[0], NULL, 10); i--;)
    if (hark_send_data(by->c, w[1], n) != n) return not_taken(by);
  return 0;
}

const call_row calls_append[] = {{"append", append},         {"append_one", append_one},
                                 {"replace", replace},       {"data", data},
                                 {"data_times", data_times}, {0}};
