/* ext/mailbox.c - LIST, STATUS, and what is told of the selected mailbox.
 * RFC 9051 sections 6.3.9, 6.3.11, 6.4.3, 7.3, 7.4, 7.5.1.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"

/* mbox-list-flag: read as flags are, for servers put there what they like */
static bool attributes(scan *s, hark_strs *out) {
  if (scan_nil(s)) return scan_forgive(s, "NIL for an empty list of attributes");
  return scan_flag_list(s, out);
}

/* DQUOTE QUOTED-CHAR DQUOTE / nil; "" is taken for NIL */
static bool delimiter(scan *s, char *out) {
  hark_str d;
  if (!scan_nstring(s, &d)) return false;
  *out = d.n ? d.p[0] : 0;
  if (d.p && !d.n) return scan_forgive(s, "an empty hierarchy delimiter");
  return d.n <= 1 || scan_forgive(s, "a hierarchy delimiter of several characters");
}

/* mailbox-list = "(" [mbx-list-flags] ")" SP delimiter SP mailbox [SP mbox-list-extended] */
static bool list(ext_call *call, scan *s) {
  hark_ev_mailbox *m = ext_event(call, HARK_EV_LIST, sizeof *m);
  if (!m || !scan_sp(s) || !attributes(s, &m->attributes) || !scan_sp(s) ||
      !delimiter(s, &m->delimiter) || !scan_sp(s) || !scan_mailbox(s, &m->name, &m->wire))
    return false;
  while (!scan_end(s)) /* extended data: known to no module yet */
    if (!scan_sp(s) || (!scan_end(s) && !scan_skip(s))) return false;
  return true;
}

typedef struct attribute {
  const char *word;
  uint32_t bit;
  size_t offset;
  bool wide; /* number64 */
} attribute;

/* status-att-val: a word and a number; other words are passed over */
static bool status_value(scan *s, void *elem) {
  static const attribute known[] = {
      {"MESSAGES", HARK_STATUS_MESSAGES, offsetof(hark_ev_status, messages), false},
      {"UIDNEXT", HARK_STATUS_UIDNEXT, offsetof(hark_ev_status, uidnext), false},
      {"UIDVALIDITY", HARK_STATUS_UIDVALIDITY, offsetof(hark_ev_status, uidvalidity), false},
      {"UNSEEN", HARK_STATUS_UNSEEN, offsetof(hark_ev_status, unseen), false},
      {"DELETED", HARK_STATUS_DELETED, offsetof(hark_ev_status, deleted), false},
      {"RECENT", HARK_STATUS_RECENT, offsetof(hark_ev_status, recent), false},
      {"SIZE", HARK_STATUS_SIZE, offsetof(hark_ev_status, size), true},
      {"HIGHESTMODSEQ", HARK_STATUS_MODSEQ, offsetof(hark_ev_status, modseq), true}};
  char *status = *(char **)elem;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    const attribute *a = &known[i];
    if (!scan_word(s, a->word)) continue;
    hark_ev_status *st = (void *)status;
    st->have |= a->bit;
    void *at = status + a->offset;
    return scan_sp(s) && (a->wide ? scan_u64(s, at) : scan_u32(s, at));
  }
  hark_str word;
  return scan_atom(s, &word) && scan_sp(s) && scan_skip(s);
}

/* "STATUS" SP mailbox SP "(" [status-att-list] ")" */
static bool status(ext_call *call, scan *s) {
  hark_ev_status *st = ext_event(call, HARK_EV_STATUS, sizeof *st);
  if (!st || !scan_sp(s) || !scan_mailbox(s, &st->name, NULL) || !scan_sp(s) || !scan_ch(s, '('))
    return false;
  while (scan_peek(s) != ')')
    if (!status_value(s, &st) || (scan_peek(s) != ')' && !scan_sp(s))) return false;
  return scan_ch(s, ')') && (scan_end(s) || (scan_sp(s) && scan_end(s)));
}

/* "FLAGS" SP flag-list */
static bool flags(ext_call *call, scan *s) {
  hark_strs *v = ext_event(call, HARK_EV_FLAGS, sizeof *v);
  return v && scan_sp(s) && scan_flag_list(s, v);
}

/* nothing, or the space that some servers put at the end */
static bool no_more(scan *s) {
  return scan_end(s) ||
         (scan_sp(s) && scan_end(s) && scan_forgive(s, "a space at the end of a response"));
}

/* number SP word: as many messages as a mailbox can hold */
static bool numbered(ext_call *call, scan *s, int type) {
  if (ext_number(call) > UINT32_MAX) return s->expected = "number of messages", false;
  return no_more(s) && ext_emit(call, type, ext_number(call));
}

static bool exists(ext_call *call, scan *s) { return numbered(call, s, HARK_EV_EXISTS); }
static bool recent(ext_call *call, scan *s) { return numbered(call, s, HARK_EV_RECENT); }
static bool expunge(ext_call *call, scan *s) {
  if (!ext_number(call)) return s->expected = "number above 0", false;
  return numbered(call, s, HARK_EV_EXPUNGE);
}

hark_cmd hark_list(hark_client *c, const char *reference, const char *pattern,
                   const char *options) {
  hark_builder *b = hark_cmd_begin(c, "LIST");
  hark_put_mailbox(b, reference);
  hark_put_mailbox(b, pattern);
  if (options) hark_put_raw(b, options);
  return hark_cmd_end(b);
}

hark_cmd hark_status(hark_client *c, const char *mailbox, const char *status_items) {
  hark_builder *b = hark_cmd_begin(c, "STATUS");
  hark_put_mailbox(b, mailbox);
  hark_put_raw(b, status_items);
  return hark_cmd_end(b);
}

hark_cmd hark_expunge(hark_client *c, const char *uid_set) {
  hark_builder *b = hark_cmd_begin(c, uid_set ? "UID EXPUNGE" : "EXPUNGE");
  if (uid_set) hark_put_set(b, uid_set);
  return hark_cmd_end(b);
}

static const ext_word responses[] = {{"LIST", list, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {"LSUB", list, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {"XLIST", list, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {"STATUS", status, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {"FLAGS", flags, EXT_WHOLE, EXT_SELECTED},
                                     {"EXISTS", exists, EXT_WHOLE, EXT_SELECTED},
                                     {"RECENT", recent, EXT_WHOLE, EXT_SELECTED},
                                     {"EXPUNGE", expunge, EXT_WHOLE, EXT_SELECTED},
                                     {0}};

enum { IN_AUTH = EXT_IN_AUTHENTICATED | EXT_IN_SELECTED };
static const ext_command commands[] = {
    {"LIST", NULL, IN_AUTH, EXT_SAME, "LIST", EFFECT_NONE},
    {"STATUS", NULL, IN_AUTH, 0, "STATUS", EFFECT_NONE},
    {"EXPUNGE", NULL, EXT_IN_SELECTED, EXT_SAME, "EXPUNGE", EFFECT_NONE},
    {0}};

#define FIELD(type, name, kind)                                                                    \
  { #name, offsetof(type, name), 0, HARK_FIELD_##kind, NULL }
static const hark_field mailbox_fields[] = {FIELD(hark_ev_mailbox, name, STR),
                                            FIELD(hark_ev_mailbox, wire, STR),
                                            FIELD(hark_ev_mailbox, delimiter, CHAR),
                                            FIELD(hark_ev_mailbox, attributes, STRS),
                                            {0}};
static const hark_field status_fields[] = {FIELD(hark_ev_status, name, STR),
                                           FIELD(hark_ev_status, have, U32),
                                           FIELD(hark_ev_status, messages, U32),
                                           FIELD(hark_ev_status, uidnext, U32),
                                           FIELD(hark_ev_status, uidvalidity, U32),
                                           FIELD(hark_ev_status, unseen, U32),
                                           FIELD(hark_ev_status, deleted, U32),
                                           FIELD(hark_ev_status, recent, U32),
                                           FIELD(hark_ev_status, size, U64),
                                           FIELD(hark_ev_status, modseq, U64),
                                           {0}};
static const hark_field flag_fields[] = {{"list", 0, 0, HARK_FIELD_STRS, NULL}, {0}};
static const hark_field number[] = {{"num", HARK_FIELD_INLINE, 0, HARK_FIELD_U64, NULL}, {0}};

static const ext_fields events[] = {{HARK_EV_LIST, "LIST", mailbox_fields},
                                    {HARK_EV_STATUS, "STATUS", status_fields},
                                    {HARK_EV_FLAGS, "FLAGS", flag_fields},
                                    {HARK_EV_EXISTS, "EXISTS", number},
                                    {HARK_EV_RECENT, "RECENT", number},
                                    {HARK_EV_EXPUNGE, "EXPUNGE", number},
                                    {0}};

extern const hark__extension hark__ext_mailbox;
const hark__extension hark__ext_mailbox = {
    .responses = responses, .commands = commands, .events = events};
