/* ext/objectid.c - EMAILID, THREADID, MAILBOXID.  RFC 8474.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/objectid.h>

/* SP "(" objectid ")" / SP nil, which only THREADID may be */
static bool objectid(scan *s, hark_str *id) {
  if (!scan_sp(s) || scan_nil(s)) return scan_end(s);
  return scan_ch(s, '(') && scan_atom(s, id) && scan_ch(s, ')');
}

static bool item(ext_call *call, scan *s, int kind) {
  hark_str *id = ext_space(call, sizeof *id);
  ext_item(call, kind)->any = id;
  return id && objectid(s, id);
}

static bool email_id(ext_call *call, scan *s) { return item(call, s, HARK_ITEM_EMAILID); }
static bool thread_id(ext_call *call, scan *s) { return item(call, s, HARK_ITEM_THREADID); }

static bool mailbox_id(ext_call *call, scan *s) {
  hark_str *id = ext_code(call, HARK_CODE_MAILBOXID, sizeof *id);
  return id && objectid(s, id) && id->p;
}

const hark_str *hark_item_objectid(const hark_ev_item *it) {
  return it->kind == HARK_ITEM_EMAILID || it->kind == HARK_ITEM_THREADID ? it->any : NULL;
}

const hark_str *hark_cond_mailbox_id(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_MAILBOXID ? cond->code_data : NULL;
}

static const ext_word items[] = {{"EMAILID", email_id, EXT_WHOLE, EXT_SELECTED},
                                 {"THREADID", thread_id, EXT_WHOLE, EXT_SELECTED},
                                 {0}};
static const ext_word codes[] = {{"MAILBOXID", mailbox_id, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};

static const hark_field fields[] = {{"id", 0, 0, HARK_FIELD_STR, NULL}, {0}};
static const ext_fields kinds[] = {
    {HARK_ITEM_EMAILID, "EMAILID", fields}, {HARK_ITEM_THREADID, "THREADID", fields}, {0}};
static const ext_fields ids[] = {{HARK_CODE_MAILBOXID, "MAILBOXID", fields}, {0}};

extern const hark__extension hark__ext_objectid;
const hark__extension hark__ext_objectid = {
    .items = items, .codes = codes, .item_kinds = kinds, .code_ids = ids};
