/* ext/inprogress.c - arguments of INPROGRESS.  RFC 9585.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/inprogress.h>

/* inprogress-tag: quoted / nil */
static bool tag(scan *s, hark_str *out) {
  if (scan_peek(s) == '"') return scan_string(s, out);
  if (scan_nil(s)) return true;
  return scan_tag(s, out) && scan_forgive(s, "quotes around the tag");
}

/* number / nil */
static bool number(scan *s, bool *has, uint64_t *out) {
  *has = !scan_nil(s);
  return !*has || scan_u64(s, out);
}

/* "INPROGRESS" [SP "(" inprogress-tag SP (nil / number) SP (nil / nz-number) ")"]; a goal without
 * a progress there is not */
static bool in_progress(ext_call *call, scan *s) {
  hark_inprogress *p = ext_code(call, HARK_CODE_INPROGRESS, sizeof *p);
  if (!p || scan_end(s)) return p;
  return scan_sp(s) && scan_ch(s, '(') && tag(s, &p->tag) && scan_sp(s) &&
         number(s, &p->has_progress, &p->progress) && scan_sp(s) &&
         number(s, &p->has_goal, &p->goal) && scan_ch(s, ')') && scan_end(s) &&
         (!p->has_goal || (p->goal && p->has_progress));
}

const hark_inprogress *hark_cond_inprogress(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_INPROGRESS ? cond->code_data : NULL;
}

static const ext_word codes[] = {{"INPROGRESS", in_progress, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};

static const hark_field fields[] = {
    FIELD(hark_inprogress, tag, STR),      FIELD(hark_inprogress, has_progress, BOOL),
    FIELD(hark_inprogress, progress, U64), FIELD(hark_inprogress, has_goal, BOOL),
    FIELD(hark_inprogress, goal, U64),     {0}};
static const ext_fields ids[] = {{HARK_CODE_INPROGRESS, "INPROGRESS", fields}, {0}};

extern const hark__extension hark__ext_inprogress;
const hark__extension hark__ext_inprogress = {.codes = codes, .code_ids = ids};
