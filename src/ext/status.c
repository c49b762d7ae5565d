/* ext/status.c - STATUS.  RFC 9051 sections 6.3.11, 7.3.4.  Items: SIZE RFC 8438, HIGHESTMODSEQ
 * RFC 7162, MAILBOXID RFC 8474, APPENDLIMIT RFC 7889, DELETED-STORAGE RFC 9208.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"

typedef bool (*value_fn)(scan *s, void *out);

static bool number(scan *s, void *out) { return scan_u32(s, out); }
static bool number64(scan *s, void *out) { return scan_u64(s, out); }

/* nz-number; 0 is sent all the same */
static bool nz_number(scan *s, void *out) {
  uint32_t *n = out;
  return scan_u32(s, n) && (*n || scan_forgive(s, "number above 0"));
}

/* "(" objectid ")"; objectid = 1*255(ALPHA / DIGIT / "_" / "-") */
static bool object_id(scan *s, void *out) {
  return scan_ch(s, '(') && scan_atom(s, out) && scan_ch(s, ')');
}

/* status-att-val: its field, and how it is read */
typedef struct attribute {
  const char *word;
  uint32_t bit;
  size_t offset;
  value_fn read;
} attribute;

#define ROW(word, bit, field, read)                                                                \
  { word, HARK_STATUS_##bit, offsetof(hark_ev_status, field), read }
static const attribute known[] = {
    ROW("MESSAGES", MESSAGES, messages, number),
    ROW("UIDNEXT", UIDNEXT, uidnext, nz_number),
    ROW("UIDVALIDITY", UIDVALIDITY, uidvalidity, nz_number),
    ROW("UNSEEN", UNSEEN, unseen, number),
    ROW("DELETED", DELETED, deleted, number),
    ROW("RECENT", RECENT, recent, number),
    ROW("SIZE", SIZE, size, number64),
    ROW("HIGHESTMODSEQ", MODSEQ, modseq, number64),
    ROW("MAILBOXID", MAILBOXID, mailboxid, object_id),
    ROW("APPENDLIMIT", APPENDLIMIT, appendlimit, number64),
    ROW("DELETED-STORAGE", DELETED_STORAGE, deleted_storage, number64)};

static const attribute *find(hark_str name) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (scan_is(name, known[i].word)) return &known[i];
  return NULL;
}

/* Into its field, if it has one. */
static bool typed(scan *s, const attribute *a, hark_ev_status *st) {
  if (!a) return true;
  if (a->bit == HARK_STATUS_APPENDLIMIT && scan_nil(s)) return st->append_unlimited = true;
  st->have |= a->bit;
  return a->read(s, (char *)st + a->offset) && scan_end(s);
}

static bool take(scan *s, const hark_named *item, hark_ev_status *st) {
  scan value = *s;
  value.p = (const uint8_t *)item->value.p;
  value.end = value.p + item->value.n;
  bool good = typed(&value, find(item->name), st);
  s->quirk = value.quirk, s->expected = value.expected;
  return good;
}

/* status-att-val = ("MESSAGES" SP number) / ... / tagged-ext: any name and value */
static bool named(scan *s, void *elem) {
  hark_named *item = elem;
  if (!scan_atom(s, &item->name) || !scan_sp(s)) return false;
  const char *from = (const char *)s->p;
  if (!scan_skip(s)) return false;
  item->value = (hark_str){from, (size_t)((const char *)s->p - from)};
  return true;
}

/* "STATUS" SP mailbox SP "(" [status-att-list] ")" */
static bool status(ext_call *call, scan *s) {
  hark_named *v;
  hark_ev_status *st = ext_event(call, HARK_EV_STATUS, sizeof *st);
  if (!st || !scan_sp(s) || !scan_mailbox(s, &st->name, &st->wire) || !scan_sp(s) ||
      !scan_list(s, named, sizeof *v, &v, &st->nitems))
    return false;
  st->items = v;
  for (size_t i = 0; i < st->nitems; i++)
    if (!take(s, &v[i], st)) return false;
  return true;
}

/* status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")" */
hark_cmd hark_status(hark_client *c, const char *mailbox, const char *status_items) {
  hark_builder *b = hark_cmd_begin(c, "STATUS");
  hark_put_mailbox(b, mailbox);
  hark_put_list(b, status_items);
  return hark_cmd_end(b);
}

static const ext_word responses[] = {{"STATUS", status, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};

static const ext_command commands[] = {
    {"STATUS", NULL, EXT_IN_AUTHENTICATED | EXT_IN_SELECTED, 0, "STATUS", EFFECT_NONE}, {0}};

static const hark_field fields[] = {
    FIELD(hark_ev_status, name, STR),
    FIELD(hark_ev_status, wire, STR),
    FIELD(hark_ev_status, have, U32),
    FIELD(hark_ev_status, messages, U32),
    FIELD(hark_ev_status, uidnext, U32),
    FIELD(hark_ev_status, uidvalidity, U32),
    FIELD(hark_ev_status, unseen, U32),
    FIELD(hark_ev_status, deleted, U32),
    FIELD(hark_ev_status, recent, U32),
    FIELD(hark_ev_status, size, U64),
    FIELD(hark_ev_status, modseq, U64),
    FIELD(hark_ev_status, mailboxid, STR),
    FIELD(hark_ev_status, appendlimit, U64),
    FIELD(hark_ev_status, deleted_storage, U64),
    FIELD(hark_ev_status, append_unlimited, BOOL),
    FIELD_ARRAY(hark_ev_status, items, hark_named, ext_named_fields),
    {0}};
static const ext_fields events[] = {{HARK_EV_STATUS, "STATUS", fields}, {0}};

extern const hark__extension hark__ext_status;
const hark__extension hark__ext_status = {
    .responses = responses, .commands = commands, .events = events};
