/* ext/referral.c - LOGIN-REFERRALS, MAILBOX-REFERRALS.  RFC 2221, RFC 2193.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/referral.h>

/* <url> of RFC 1738: no space and no control; the rest is the business of whoever looks into it */
static bool url(scan *s, hark_str *out) {
  const uint8_t *from = s->p;
  while (s->p<s->end && * s->p> ' ' && *s->p != 0x7f) s->p++;
  *out = (hark_str){(const char *)from, (size_t)(s->p - from)};
  return out->n;
}

/* referral_response_code = "[" "REFERRAL" 1*(SPACE <url>) "]" */
static bool referral(ext_call *call, scan *s) {
  hark_strs *urls = ext_code(call, HARK_CODE_REFERRAL, sizeof *urls);
  return urls && scan_rest(s, url, urls) && urls->n;
}

const hark_strs *hark_cond_referral(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_REFERRAL ? cond->code_data : NULL;
}

/* rlist = "RLIST" SPACE mailbox SPACE list_mailbox; rlsub likewise */
static hark_cmd list(hark_client *c, const char *name, const char *reference, const char *pattern) {
  hark_builder *b = hark_cmd_begin(c, name);
  hark_put_mailbox(b, reference);
  hark_put_mailbox(b, pattern);
  return hark_cmd_end(b);
}

hark_cmd hark_rlist(hark_client *c, const char *reference, const char *pattern) {
  return list(c, "RLIST", reference, pattern);
}

hark_cmd hark_rlsub(hark_client *c, const char *reference, const char *pattern) {
  return list(c, "RLSUB", reference, pattern);
}

static const ext_word codes[] = {{"REFERRAL", referral, EXT_WHOLE, EXT_AUTHENTICATED}, {0}};

/* Alone: the answers look like those of LIST and LSUB. */
enum { IN_AUTH = EXT_IN_AUTHENTICATED | EXT_IN_SELECTED };
static const ext_command commands[] = {
    {"RLIST", "MAILBOX-REFERRALS", IN_AUTH, EXT_ALONE, "LIST", EFFECT_NONE},
    {"RLSUB", "MAILBOX-REFERRALS", IN_AUTH, EXT_ALONE, "LSUB", EFFECT_NONE},
    {0}};

static const hark_field fields[] = {FIELD_SELF("urls", STRS), {0}};
static const ext_fields ids[] = {{HARK_CODE_REFERRAL, "REFERRAL", fields}, {0}};

extern const hark__extension hark__ext_referral;
const hark__extension hark__ext_referral = {.codes = codes, .commands = commands, .code_ids = ids};
