/* hark/ext/referral.h - LOGIN-REFERRALS, MAILBOX-REFERRALS: it is somewhere else.  RFC 2221, RFC 2193.
 * SPDX-License-Identifier: MIT
 *
 * hark never follows a referral: whoever sends one could be anybody, and a password must not go there.  A
 * program that does, asks its user first, and follows ten in a row at most. */
#ifndef HARK_EXT_REFERRAL_H
#define HARK_EXT_REFERRAL_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_CODE_REFERRAL = 1230 };

/* URLs as sent, the one the server likes best first; to RENAME: pairs of the old name and the new one.  In the
 * NO or OK to LOGIN and AUTHENTICATE, in a BYE for a greeting, in the NO to what names a mailbox.  NULL unless
 * cond has the code REFERRAL with one URL at least; valid as long as the event. */
HARK_API const hark_strs *hark_cond_referral(const hark_ev_cond *cond);

/* LIST and LSUB with the mailboxes that are on other servers among them; the answers are LIST and LSUB events.
 * RFC 2193 sections 5.1, 5.2 */
HARK_API hark_cmd hark_rlist(hark_client *c, const char *reference, const char *pattern);
HARK_API hark_cmd hark_rlsub(hark_client *c, const char *reference, const char *pattern);
#ifdef __cplusplus
}
#endif
#endif
