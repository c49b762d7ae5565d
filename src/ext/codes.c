/* ext/codes.c - response codes with arguments.  RFC 9051 section 7.1, RFC 4315,
 * RFC 2060.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/codes.h>

static bool astring(scan *s, void *elem) { return scan_astring(s, elem); }

typedef struct charsets { /* list comes first: hark_cond_charsets() */
  hark_strs list;
  bool bare; /* one, without parentheses, as in an example of RFC 9051 section 6.4.4.4 */
} charsets;

static bool one_charset(ext_call *call, scan *s, charsets *v) {
  hark_str *one = ext_space(call, sizeof *one);
  v->list = (hark_strs){one, 1}, v->bare = true;
  return one && scan_astring(s, one) && scan_forgive(s, "charsets in a list") && scan_end(s);
}

/* "BADCHARSET" [SP "(" charset *(SP charset) ")"] */
static bool bad_charset(ext_call *call, scan *s) {
  charsets *v = ext_code(call, HARK_CODE_BADCHARSET, sizeof *v);
  if (!v || scan_end(s)) return v;
  if (!scan_sp(s)) return false;
  if (scan_peek(s) != '(') return one_charset(call, s, v);
  hark_strs *list = &v->list;
  return scan_list(s, astring, sizeof *list->v, &list->v, &list->n) && scan_end(s);
}

/* "PERMANENTFLAGS" SP "(" [flag-perm *(SP flag-perm)] ")" */
static bool permanent_flags(ext_call *call, scan *s) {
  hark_strs *v = ext_code(call, HARK_CODE_PERMANENTFLAGS, sizeof *v);
  return v && scan_sp(s) && scan_flag_list(s, v) && scan_end(s);
}

/* resp-code-apnd = "APPENDUID" SP nz-number SP append-uid */
static bool append_uid(ext_call *call, scan *s) {
  hark_code_uids *u = ext_code(call, HARK_CODE_APPENDUID, sizeof *u);
  return u && scan_sp(s) && scan_nz_u32(s, &u->uidvalidity) && scan_sp(s) &&
         scan_set(s, &u->uids) && scan_end(s);
}

/* resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set */
static bool copy_uid(ext_call *call, scan *s) {
  hark_code_uids *u = ext_code(call, HARK_CODE_COPYUID, sizeof *u);
  return u && scan_sp(s) && scan_nz_u32(s, &u->uidvalidity) && scan_sp(s) &&
         scan_set(s, &u->source) && scan_sp(s) && scan_set(s, &u->uids) && scan_end(s);
}

/* "NEWNAME" SPACE string SPACE string */
static bool new_name(ext_call *call, scan *s) {
  hark_code_names *v = ext_code(call, HARK_CODE_NEWNAME, sizeof *v);
  return v && scan_sp(s) && scan_mailbox(s, &v->old_name, &v->old_wire) && scan_sp(s) &&
         scan_mailbox(s, &v->new_name, &v->new_wire) && scan_end(s);
}

const hark_code_uids *hark_cond_uids(const hark_ev_cond *cond) {
  bool has = cond->code_id == HARK_CODE_COPYUID || cond->code_id == HARK_CODE_APPENDUID;
  return has ? cond->code_data : NULL;
}

const hark_strs *hark_cond_permanent_flags(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_PERMANENTFLAGS ? cond->code_data : NULL;
}

const hark_strs *hark_cond_charsets(const hark_ev_cond *cond) {
  const charsets *v = cond->code_id == HARK_CODE_BADCHARSET ? cond->code_data : NULL;
  return v ? &v->list : NULL;
}

const hark_code_names *hark_cond_new_name(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_NEWNAME ? cond->code_data : NULL;
}

static const ext_word codes[] = {{"BADCHARSET", bad_charset, EXT_WHOLE, EXT_AUTHENTICATED},
                                 {"PERMANENTFLAGS", permanent_flags, EXT_WHOLE, EXT_SELECTED},
                                 {"APPENDUID", append_uid, EXT_WHOLE, EXT_AUTHENTICATED},
                                 {"COPYUID", copy_uid, EXT_WHOLE, EXT_SELECTED},
                                 {"NEWNAME", new_name, EXT_WHOLE, EXT_AUTHENTICATED},
                                 {0}};

static const hark_field list[] = {FIELD_SELF("list", STRS), {0}};
static const hark_field charset_fields[] = {
    FIELD(charsets, list, STRS), FIELD(charsets, bare, BOOL), {0}};
static const hark_field uids[] = {FIELD(hark_code_uids, uidvalidity, U32),
                                  FIELD(hark_code_uids, source, SET),
                                  FIELD(hark_code_uids, uids, SET),
                                  {0}};
static const hark_field names[] = {FIELD(hark_code_names, old_name, STR),
                                   FIELD(hark_code_names, old_wire, STR),
                                   FIELD(hark_code_names, new_name, STR),
                                   FIELD(hark_code_names, new_wire, STR),
                                   {0}};
static const ext_fields ids[] = {{HARK_CODE_BADCHARSET, "BADCHARSET", charset_fields},
                                 {HARK_CODE_PERMANENTFLAGS, "PERMANENTFLAGS", list},
                                 {HARK_CODE_APPENDUID, "APPENDUID", uids},
                                 {HARK_CODE_COPYUID, "COPYUID", uids},
                                 {HARK_CODE_NEWNAME, "NEWNAME", names},
                                 {0}};

extern const hark__extension hark__ext_codes;
const hark__extension hark__ext_codes = {.codes = codes, .code_ids = ids};
