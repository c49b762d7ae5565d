/* ext/gmail.c - X-GM-MSGID, X-GM-THRID, X-GM-LABELS.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/gmail.h>

/* 1*DIGIT of 64 bits: one more than number64 has */
static bool number(scan *s, uint64_t *out) {
  const uint8_t *from = s->p;
  for (*out = 0; scan_peek(s) >= '0' && scan_peek(s) <= '9'; s->p++) {
    uint64_t digit = (uint64_t)*s->p - '0';
    if (*out > (UINT64_MAX - digit) / 10) return false;
    *out = *out * 10 + digit;
  }
  return s->p > from;
}

static bool message_id(ext_call *call, scan *s) {
  return scan_sp(s) && number(s, &ext_item(call, HARK_ITEM_GM_MSGID)->num);
}
static bool thread_id(ext_call *call, scan *s) {
  return scan_sp(s) && number(s, &ext_item(call, HARK_ITEM_GM_THRID)->num);
}

typedef struct label {
  hark_str name, wire;
} label;

/* A system label is a flag, any other spelled as a mailbox name. */
static bool one_label(scan *s, void *elem) {
  label *l = elem;
  if (scan_peek(s) != '\\') return scan_mailbox(s, &l->name, &l->wire);
  bool read = scan_flag(s, &l->name);
  l->wire = l->name;
  return read;
}

typedef struct label_list { /* payload; names comes first */
  hark_strs names, wire;
} label_list;

static bool split(ext_call *call, const label *v, size_t n, label_list *list) {
  hark_str *names = ext_space(call, n * sizeof *names), *wire = ext_space(call, n * sizeof *wire);
  if (n && (!names || !wire)) return false;
  for (size_t i = 0; i < n; i++) names[i] = v[i].name, wire[i] = v[i].wire;
  *list = (label_list){{names, n}, {wire, n}};
  return true;
}

/* "X-GM-LABELS" SP "(" [label *(SP label)] ")" */
static bool labels(ext_call *call, scan *s) {
  label_list *list = ext_space(call, sizeof *list);
  label *v;
  size_t n;
  ext_item(call, HARK_ITEM_GM_LABELS)->any = list;
  return list && scan_sp(s) && scan_list(s, one_label, sizeof *v, &v, &n) &&
         split(call, v, n, list);
}

const hark_strs *hark_item_gmail_labels(const hark_ev_item *item) {
  const label_list *list = item->kind == HARK_ITEM_GM_LABELS ? item->any : NULL;
  return list ? &list->names : NULL;
}

/* store-att-flags = ["+" / "-"] "X-GM-LABELS" SP "(" [label *(SP label)] ")" */
hark_cmd hark_store_gmail_labels(hark_client *c, unsigned flags, const char *set, int how,
                                 const char *const *labels) {
  static const char *const names[] = {"X-GM-LABELS", "+X-GM-LABELS", "-X-GM-LABELS"};
  hark_builder *b = hark_cmd_begin(c, flags & HARK_UID ? "UID STORE" : "STORE");
  bool known = how >= HARK_GM_LABELS_SET && how <= HARK_GM_LABELS_REMOVE;
  ext_needs(b, "X-GM-EXT-1");
  hark_put_set(b, set);
  hark_put_atom(b, known ? names[how] : NULL);
  hark_put_open(b);
  for (; labels && *labels; labels++) {
    if (**labels == '\\')
      hark_put_flag(b, *labels);
    else
      hark_put_mailbox(b, *labels);
  }
  hark_put_close(b);
  return hark_cmd_end(b);
}

static const ext_word items[] = {{"X-GM-MSGID", message_id, EXT_WHOLE, EXT_SELECTED},
                                 {"X-GM-THRID", thread_id, EXT_WHOLE, EXT_SELECTED},
                                 {"X-GM-LABELS", labels, EXT_WHOLE, EXT_SELECTED},
                                 {0}};

static const hark_field num[] = {FIELD_INLINE("num", U64, NULL), {0}};
static const hark_field list[] = {{"labels", offsetof(label_list, names), 0, HARK_FIELD_STRS, NULL},
                                  FIELD(label_list, wire, STRS), /* as the server spelled them */
                                  {0}};
static const ext_fields kinds[] = {{HARK_ITEM_GM_MSGID, "X-GM-MSGID", num},
                                   {HARK_ITEM_GM_THRID, "X-GM-THRID", num},
                                   {HARK_ITEM_GM_LABELS, "X-GM-LABELS", list},
                                   {0}};

extern const hark__extension hark__ext_gmail;
const hark__extension hark__ext_gmail = {.items = items, .item_kinds = kinds};
