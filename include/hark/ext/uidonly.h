/* hark/ext/uidonly.h - UIDONLY: a connection without message numbers.  RFC 9586.
 * SPDX-License-Identifier: MIT
 *
 * Built from a summary of the RFC, not from its text: whether UIDREQUIRED may have arguments could not be
 * checked (they are in cond->code_args).  Once UIDONLY is enabled, HARK_EV_UIDFETCH with the UID comes
 * in the place of HARK_EV_FETCH (its items then perhaps without UID), HARK_EV_VANISHED
 * (hark/ext/qresync.h) in the place of HARK_EV_EXPUNGE, and commands called without HARK_UID are
 * answered BAD [UIDREQUIRED]. */
#ifndef HARK_EXT_UIDONLY_H
#define HARK_EXT_UIDONLY_H
#include <hark/event.h>
enum { HARK_CODE_UIDREQUIRED = 1200 };
#endif
