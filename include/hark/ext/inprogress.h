/* hark/ext/inprogress.h - INPROGRESS: how far a long command is.  RFC 9585, whose text was not at hand: written
 * from its grammar as others quote it; whether numbers are of 32 bits or of 63 could not be checked, 63 are read.
 * SPDX-License-Identifier: MIT
 *
 * Comes in an untagged OK.  It needs no capability, and it is a sign of life: a deadline starts anew. */
#ifndef HARK_EXT_INPROGRESS_H
#define HARK_EXT_INPROGRESS_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct hark_inprogress {
  hark_str tag;                     /* of the command, "A12" is that of hark_cmd 12; NIL: not told */
  bool     has_progress, has_goal;  /* false: NIL, or nothing was told at all */
  uint64_t progress, goal;          /* goal: what progress may grow to, in whatever unit; above 0 */
} hark_inprogress;

/* NULL unless cond has the code INPROGRESS, readable; all of it empty where the code came without arguments.
 * Valid as long as the event. */
HARK_API const hark_inprogress *hark_cond_inprogress(const hark_ev_cond *cond);
#ifdef __cplusplus
}
#endif
#endif
