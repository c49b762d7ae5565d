/* ext/objectid.c - EMAILID, THREADID, MAILBOXID.  RFC 8474.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/objectid.h>

/* "(" objectid ")" */
static bool objectid(scan *s, hark_str *id) {
  return scan_ch(s, '(') && scan_atom(s, id) && scan_ch(s, ')');
}

static hark_str *item(ext_call *call, int kind) {
  hark_str *id = ext_space(call, sizeof *id);
  ext_item(call, kind)->any = id;
  return id;
}

/* "EMAILID" SP "(" objectid ")"; forgiven: NIL */
static bool email_id(ext_call *call, scan *s) {
  hark_str *id = item(call, HARK_ITEM_EMAILID);
  if (!id || !scan_sp(s)) return false;
  return scan_nil(s) ? scan_forgive(s, "an EMAILID, not NIL") : objectid(s, id);
}

/* "THREADID" SP ("(" objectid ")" / nil) */
static bool thread_id(ext_call *call, scan *s) {
  hark_str *id = item(call, HARK_ITEM_THREADID);
  return id && scan_sp(s) && (scan_nil(s) || objectid(s, id));
}

/* "MAILBOXID" SP "(" objectid ")" */
static bool mailbox_id(ext_call *call, scan *s) {
  hark_str *id = ext_code(call, HARK_CODE_MAILBOXID, sizeof *id);
  return id && scan_sp(s) && objectid(s, id) && scan_end(s);
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

static const hark_field fields[] = {FIELD_SELF("id", STR), {0}};
static const ext_fields kinds[] = {
    {HARK_ITEM_EMAILID, "EMAILID", fields}, {HARK_ITEM_THREADID, "THREADID", fields}, {0}};
static const ext_fields ids[] = {{HARK_CODE_MAILBOXID, "MAILBOXID", fields}, {0}};

extern const hark__extension hark__ext_objectid;
const hark__extension hark__ext_objectid = {
    .items = items, .codes = codes, .item_kinds = kinds, .code_ids = ids};
