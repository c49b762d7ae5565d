/* ext/list.c - LIST, LSUB, XLIST.  RFC 9051 sections 6.3.9, 7.3.1, 9; RFC 3501 section 6.3.9;
 * extended: RFC 5258.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/list.h>
#include <string.h>

/* mbox-list-flag: read as flags are, for servers put there what they like */
static bool attributes(scan *s, hark_strs *out) {
  if (scan_nil(s)) return scan_forgive(s, "NIL for an empty list of attributes");
  return scan_flag_list(s, out);
}

/* DQUOTE QUOTED-CHAR DQUOTE / nil; "" is taken for NIL */
static bool delimiter(scan *s, hark_ev_mailbox *m) {
  hark_str d;
  if (!scan_nstring(s, &d)) return false;
  m->delimiter = d.n ? d.p[0] : 0;
  if (!d.p || d.n == 1) return true;
  m->odd_delimiter = d;
  return scan_forgive(s, d.n ? "a hierarchy delimiter of several characters"
                             : "an empty hierarchy delimiter");
}

/* list-select-base-opt-quoted, and what a server may put in its place */
static bool option(scan *s, void *elem) { return scan_astring(s, elem); }

/* childinfo-extended-item = "CHILDINFO" SP "(" list-select-base-opt-quoted
 *                           *(SP list-select-base-opt-quoted) ")" */
static bool child_info(scan *s, hark_ev_mailbox *m) {
  hark_strs *v = &m->child_info;
  return scan_list(s, option, sizeof *v->v, &v->v, &v->n) && v->n && scan_end(s);
}

/* oldname-extended-item = "OLDNAME" SP "(" mailbox ")" */
static bool old_name(scan *s, hark_ev_mailbox *m) {
  return scan_ch(s, '(') && scan_mailbox(s, &m->old_name, &m->old_wire) && scan_ch(s, ')') &&
         scan_end(s);
}

/* The types of values that are known: one of another shape is kept as it is. */
static bool typed(scan *s, const hark_named *item, hark_ev_mailbox *m) {
  scan value = *s;
  value.p = (const uint8_t *)item->value.p;
  value.end = value.p + item->value.n;
  hark_ev_mailbox before = *m;
  bool known = scan_is(item->name, "CHILDINFO") ? child_info(&value, m)
               : scan_is(item->name, "OLDNAME") ? old_name(&value, m)
                                                : true;
  if (known) return true;
  *m = before;
  return scan_forgive(s, "another value of an extended list item");
}

/* mbox-list-extended-item = mbox-list-extended-item-tag SP tagged-ext-val;
 * mbox-list-extended-item-tag = astring */
static bool extended_item(scan *s, void *elem) {
  hark_named *item = elem;
  if (!scan_astring(s, &item->name) || !scan_sp(s)) return false;
  const char *from = (const char *)s->p;
  if (!scan_skip(s)) return false;
  item->value = (hark_str){from, (size_t)((const char *)s->p - from)};
  return true;
}

/* [SP mbox-list-extended]; mbox-list-extended = "(" [mbox-list-extended-item
 *                                               *(SP mbox-list-extended-item)] ")" */
static bool extended(scan *s, hark_ev_mailbox *m) {
  hark_named *v;
  if (scan_end(s)) return true;
  if (!scan_sp(s)) return false;
  if (scan_end(s)) return scan_forgive(s, "no space at the end");
  if (!scan_list(s, extended_item, sizeof *v, &v, &m->nextended)) return false;
  m->extended = v, m->extended_empty = !m->nextended;
  for (size_t i = 0; i < m->nextended; i++)
    if (!typed(s, &v[i], m)) return false;
  return true;
}

/* mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox
 *                [SP mbox-list-extended] */
static bool mailbox_list(ext_call *call, scan *s, int type) {
  hark_ev_mailbox *m = ext_event(call, type, sizeof *m);
  return m && scan_sp(s) && attributes(s, &m->attributes) && scan_sp(s) && delimiter(s, m) &&
         scan_sp(s) && scan_mailbox(s, &m->name, &m->wire) && extended(s, m);
}

static bool list(ext_call *call, scan *s) { return mailbox_list(call, s, HARK_EV_LIST); }
static bool lsub(ext_call *call, scan *s) { return mailbox_list(call, s, HARK_EV_LSUB); }
static bool xlist(ext_call *call, scan *s) { return mailbox_list(call, s, HARK_EV_XLIST); }

/* RETURN may ask for these, too, and is the caller's text here. */
static const char any_answer[] = "LIST STATUS MYRIGHTS METADATA";

hark_cmd hark_list(hark_client *c, const char *reference, const char *pattern,
                   const char *options) {
  hark_builder *b = hark_cmd_begin(c, "LIST");
  hark_put_mailbox(b, reference);
  hark_put_mailbox(b, pattern);
  if (options) {
    hark_put_raw(b, options);
    ext_answers(b, any_answer);
  }
  return hark_cmd_end(b);
}

static hark_cmd old_list(hark_client *c, const char *name, const char *reference,
                         const char *pattern) {
  hark_builder *b = hark_cmd_begin(c, name);
  hark_put_mailbox(b, reference);
  hark_put_mailbox(b, pattern);
  return hark_cmd_end(b);
}

hark_cmd hark_lsub(hark_client *c, const char *reference, const char *pattern) {
  return old_list(c, "LSUB", reference, pattern);
}

hark_cmd hark_xlist(hark_client *c, const char *reference, const char *pattern) {
  return old_list(c, "XLIST", reference, pattern);
}

/* Options that are a word alone, in the order in which they are sent. */
static const struct {
  uint32_t bit;
  const char *word;
} words[] = {{HARK_LIST_REMOTE, "REMOTE"},
             {HARK_LIST_SUBSCRIBED, "SUBSCRIBED"},
             {HARK_LIST_RECURSIVEMATCH, "RECURSIVEMATCH"},
             {HARK_LIST_SPECIAL_USE, "SPECIAL-USE"},
             {HARK_LIST_CHILDREN, "CHILDREN"},
             {HARK_LIST_MYRIGHTS, "MYRIGHTS"}};
enum {
  SHAPES = HARK_LIST_EXTENDED | HARK_LIST_PATTERNS,
  SELECTS = HARK_LIST_SUBSCRIBED | HARK_LIST_REMOTE | HARK_LIST_RECURSIVEMATCH |
            HARK_LIST_SPECIAL_USE | SHAPES,
  RETURNS = HARK_LIST_SUBSCRIBED | HARK_LIST_SPECIAL_USE | HARK_LIST_CHILDREN | HARK_LIST_MYRIGHTS
};

static void put_words(hark_builder *b, uint32_t bits) {
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (bits & words[i].bit) hark_put_raw(b, words[i].word);
}

/* list-select-opts: a list-select-mod-opt wants a list-select-base-opt beside it */
static void put_select(hark_builder *b, uint32_t select) {
  bool alone = (select & HARK_LIST_RECURSIVEMATCH) && !(select & HARK_LIST_SUBSCRIBED);
  if (alone || (select & ~(uint32_t)SELECTS)) ext_refuse(b);
  if (!(select & ~(uint32_t)HARK_LIST_PATTERNS)) return;
  hark_put_open(b);
  put_words(b, select);
  hark_put_close(b);
}

/* patterns = "(" list-mailbox *(SP list-mailbox) ")" (RFC 5258; RFC 9051 lost all but one) */
static void put_patterns(hark_builder *b, const char *const *v, bool list) {
  if (!v || !v[0]) ext_refuse(b);
  list = list || (v && v[0] && v[1]);
  if (list) hark_put_open(b);
  for (; v && *v; v++) hark_put_mailbox(b, *v);
  if (list) hark_put_close(b);
}

/* status-option = "STATUS" SP "(" status-att *(SP status-att) ")" */
static void put_status(hark_builder *b, const char *items) {
  hark_put_raw(b, "STATUS");
  hark_put_open(b);
  ext_put_atoms(b, items);
  hark_put_close(b);
}

/* RFC 9590: "METADATA" SP "(" entry *(SP entry) ")" */
static void put_metadata(hark_builder *b, const char *const *entries) {
  if (!entries[0]) ext_refuse(b);
  hark_put_raw(b, "METADATA");
  hark_put_open(b);
  for (; *entries; entries++) hark_put_text(b, *entries);
  hark_put_close(b);
}

/* list-return-opts = "RETURN" SP "(" [list-return-opt *(SP list-return-opt)] ")" */
static void put_returns(hark_builder *b, const hark_list_query *q) {
  if (q->returns & ~(uint32_t)RETURNS) ext_refuse(b);
  if (!q->returns && !q->status && !q->metadata) return;
  hark_put_raw(b, "RETURN");
  hark_put_open(b);
  put_words(b, q->returns);
  if (q->status) put_status(b, q->status);
  if (q->metadata) put_metadata(b, q->metadata);
  hark_put_close(b);
}

/* What must have been offered, and what is answered. */
static void put_row(hark_builder *b, const hark_list_query *q) {
  static const char *const answers[] = {
      "LIST",          "LIST STATUS",          "LIST MYRIGHTS",          "LIST STATUS MYRIGHTS",
      "LIST METADATA", "LIST STATUS METADATA", "LIST MYRIGHTS METADATA", any_answer};
  bool rights = q->returns & HARK_LIST_MYRIGHTS;
  size_t which = (q->status ? 1u : 0) + (rights ? 2u : 0) + (q->metadata ? 4u : 0);
  ext_needs(b, "LIST-EXTENDED");
  if ((q->select | q->returns) & HARK_LIST_SPECIAL_USE) ext_needs(b, "SPECIAL-USE");
  if (q->status) ext_needs(b, "LIST-STATUS");
  if (rights) ext_needs(b, "LIST-MYRIGHTS");
  if (q->metadata) ext_needs(b, "LIST-METADATA");
  ext_answers(b, answers[which]);
}

/* list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts] */
hark_cmd hark_list_extended(hark_client *c, const hark_list_query *query) {
  hark_list_query q = {0};
  if (query) memcpy(&q, query, query->size < sizeof q ? query->size : sizeof q);
  hark_builder *b = hark_cmd_begin(c, "LIST");
  put_row(b, &q);
  put_select(b, q.select);
  hark_put_mailbox(b, q.reference ? q.reference : "");
  put_patterns(b, q.patterns, q.select & HARK_LIST_PATTERNS);
  put_returns(b, &q);
  return hark_cmd_end(b);
}

static const ext_word responses[] = {{"LIST", list, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {"LSUB", lsub, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {"XLIST", xlist, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {0}};

enum { IN_AUTH = EXT_IN_AUTHENTICATED | EXT_IN_SELECTED };
/* LSUB is not in IMAP4rev2; some servers answer XLIST by LIST. */
static const ext_command commands[] = {
    {"LIST", NULL, IN_AUTH, EXT_SAME, "LIST", EFFECT_NONE},
    {"LSUB", "IMAP4rev1", IN_AUTH, EXT_SAME, "LSUB", EFFECT_NONE},
    {"XLIST", "XLIST", IN_AUTH, EXT_SAME, "XLIST LIST", EFFECT_NONE},
    {0}};

static const hark_field fields[] = {
    FIELD(hark_ev_mailbox, name, STR),
    FIELD(hark_ev_mailbox, wire, STR),
    FIELD(hark_ev_mailbox, delimiter, CHAR),
    FIELD(hark_ev_mailbox, odd_delimiter, STR),
    FIELD(hark_ev_mailbox, attributes, STRS),
    FIELD(hark_ev_mailbox, child_info, STRS),
    FIELD(hark_ev_mailbox, old_name, STR),
    FIELD(hark_ev_mailbox, old_wire, STR),
    FIELD_ARRAY(hark_ev_mailbox, extended, hark_named, ext_named_fields),
    FIELD(hark_ev_mailbox, extended_empty, BOOL),
    {0}};

static const ext_fields events[] = {{HARK_EV_LIST, "LIST", fields},
                                    {HARK_EV_LSUB, "LSUB", fields},
                                    {HARK_EV_XLIST, "XLIST", fields},
                                    {0}};

extern const hark__extension hark__ext_list;
const hark__extension hark__ext_list = {
    .responses = responses, .commands = commands, .events = events};
