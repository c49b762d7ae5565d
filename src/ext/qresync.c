/* ext/qresync.c - what changed and what has gone since: CONDSTORE and QRESYNC.  RFC 7162.
 * SPDX-License-Identifier: MIT
 *
 * VANISHED of any size is told in pieces of 512 elements.  MODSEQ, CHANGEDSINCE and UNCHANGEDSINCE
 * are part of FETCH and STORE: ext/fetch.c. */
#include "core/extension.h"
#include <hark/ext/qresync.h>
#include <string.h>

enum { ELEMENTS = 512, RANGE_TEXT = 24 };

typedef struct answer { /* ext_state() of a VANISHED under way */
  char set[ELEMENTS * RANGE_TEXT];
  size_t set_n, n;
  bool earlier, begun, complete; /* complete: no comma was behind the last element */
} answer;

static bool tell(ext_call *call, answer *a, bool last) {
  hark_ev_vanished *ev = ext_event(call, HARK_EV_VANISHED, sizeof *ev);
  if (!ev) return false;
  ev->set = ext_copy(call, a->set, a->set_n);
  ev->earlier = a->earlier, ev->last = last;
  a->set_n = a->n = 0;
  return ev->set.p;
}

/* One element of known-uids: a sequence-set without "*" */
static bool uids(ext_call *call, answer *a, scan *s) {
  hark_str element;
  if (!scan_set(s, &element) || !scan_end(s)) return false;
  if (element.n >= RANGE_TEXT || memchr(element.p, '*', element.n)) return false;
  if (a->n == ELEMENTS && !tell(call, a, false)) return false;
  if (a->set_n) a->set[a->set_n++] = ',';
  memcpy(a->set + a->set_n, element.p, element.n);
  a->set_n += element.n, a->n++;
  a->complete = ext_delimiter(call) != ',';
  return true;
}

/* expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids; without EARLIER it is news, and
 * no command's answer */
static bool vanished(ext_call *call, scan *s) {
  answer *a = ext_state(call, sizeof *a);
  if (!a) return false;
  if (ext_last(call)) return a->complete && tell(call, a, true);
  if (!a->begun && !a->earlier && scan_accept(s, '(')) {
    a->earlier = true;
    return scan_word(s, "EARLIER") && scan_ch(s, ')') && scan_end(s) && ext_delimiter(call) == ' ';
  }
  if (a->complete) return false;
  a->begun = true;
  if (!a->earlier) ext_correlate(call, (hark_str){"", 0});
  return uids(call, a, s);
}

const hark_ev_vanished *hark_event_vanished(const hark_event *ev) {
  return ev->type == HARK_EV_VANISHED ? ev->any : NULL;
}

/* resp-text-code =/ "MODIFIED" SP sequence-set */
static bool modified(ext_call *call, scan *s) {
  hark_str *set = ext_code(call, HARK_CODE_MODIFIED, sizeof *set);
  return set && scan_sp(s) && scan_set(s, set) && scan_end(s);
}

const hark_str *hark_cond_modified(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_MODIFIED ? cond->code_data : NULL;
}

/* --- SELECT with parameters --- */

/* select-param =/ "CONDSTORE" */
hark_cmd hark_select_condstore(hark_client *c, bool examine, const char *mailbox) {
  hark_builder *b = ext_select(c, examine, mailbox);
  ext_needs(b, "CONDSTORE QRESYNC");
  hark_put_open(b);
  hark_put_atom(b, "CONDSTORE");
  hark_put_close(b);
  return hark_cmd_end(b);
}

/* known-uids, known-sequence-set, known-uid-set: "*" is not allowed */
static void known_set(hark_builder *b, const char *set) {
  if (!set || set[strcspn(set, "*$")]) ext_refuse(b);
  hark_put_set(b, set);
}

/* seq-match-data = "(" known-sequence-set SP known-uid-set ")" */
static void match_data(hark_builder *b, const hark_qresync *known) {
  hark_put_open(b);
  known_set(b, known->sample_numbers);
  known_set(b, known->sample_uids);
  hark_put_close(b);
}

/* "QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")" */
static void qresync(hark_builder *b, const hark_qresync *known) {
  if (!known->uidvalidity || !known->modseq || known->modseq > INT64_MAX) ext_refuse(b);
  hark_put_atom(b, "QRESYNC");
  hark_put_open(b);
  hark_put_number(b, known->uidvalidity);
  hark_put_number(b, known->modseq);
  if (known->uids) known_set(b, known->uids);
  if (known->sample_numbers || known->sample_uids) match_data(b, known);
  hark_put_close(b);
}

hark_cmd hark_select_qresync(hark_client *c, bool examine, const char *mailbox,
                             const hark_qresync *known) {
  hark_builder *b = ext_select(c, examine, mailbox);
  ext_needs(b, "QRESYNC");
  hark_put_open(b);
  if (known)
    qresync(b, known);
  else
    ext_refuse(b);
  hark_put_close(b);
  return hark_cmd_end(b);
}

static const ext_word responses[] = {{"VANISHED", vanished, EXT_SETS, EXT_SELECTED}, {0}};
static const ext_word codes[] = {{"MODIFIED", modified, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};

static const hark_field fields[] = {FIELD(hark_ev_vanished, set, SET),
                                    FIELD(hark_ev_vanished, earlier, BOOL),
                                    FIELD(hark_ev_vanished, last, BOOL),
                                    {0}};
static const hark_field set[] = {FIELD_SELF("set", SET), {0}};
static const ext_fields events[] = {{HARK_EV_VANISHED, "VANISHED", fields}, {0}};
static const ext_fields ids[] = {{HARK_CODE_MODIFIED, "MODIFIED", set}, {0}};

extern const hark__extension hark__ext_qresync;
const hark__extension hark__ext_qresync = {
    .responses = responses, .codes = codes, .events = events, .code_ids = ids};
