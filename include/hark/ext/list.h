/* hark/ext/list.h - LIST with options, LSUB, XLIST.  RFC 9051 section 6.3.9; RFC 5258, 5819, 6154, 8440,
 * 9590; LSUB: RFC 3501 section 6.3.9.
 * SPDX-License-Identifier: MIT
 *
 * The answers are the events HARK_EV_LIST, HARK_EV_LSUB and HARK_EV_XLIST of hark/event.h, and what
 * RETURN asked for besides: STATUS, MYRIGHTS, METADATA, each behind the LIST of its mailbox. */
#ifndef HARK_EXT_LIST_H
#define HARK_EXT_LIST_H
#include <hark/command.h>
#ifdef __cplusplus
extern "C" {
#endif
#define HARK_LIST_SUBSCRIBED     0x01u /* select: only these; return: say which are */
#define HARK_LIST_REMOTE         0x02u /* select: those on other servers, too */
#define HARK_LIST_RECURSIVEMATCH 0x04u /* select, with SUBSCRIBED: what has such mailboxes below it, too */
#define HARK_LIST_SPECIAL_USE    0x08u /* select and return, RFC 6154; SPECIAL-USE must have been offered */
#define HARK_LIST_CHILDREN       0x10u /* return: \HasChildren, \HasNoChildren */
#define HARK_LIST_MYRIGHTS       0x20u /* return, RFC 8440; LIST-MYRIGHTS must have been offered */
#define HARK_LIST_EXTENDED       0x40u /* select: "()" where it is nothing else: extended all the same */
#define HARK_LIST_PATTERNS       0x80u /* select: one pattern, too, stands in a list: likewise */
typedef struct hark_list_query {
  size_t             size;      /* sizeof(hark_list_query) */
  uint32_t           select, returns; /* HARK_LIST_* */
  const char        *reference; /* NULL: "" */
  const char *const *patterns;  /* one or more, ended by NULL; "%" and "*" stand for others */
  const char        *status;    /* return these items of STATUS, "MESSAGES UNSEEN" (LIST-STATUS); or NULL */
  const char *const *metadata;  /* return these entries, ended by NULL (LIST-METADATA); or NULL */
} hark_list_query;

/* UNSENT (HARK_ERR_CAP) unless LIST-EXTENDED or IMAP4rev2 was offered, and what the options need;
 * HARK_ERR_ARG: no pattern, RECURSIVEMATCH alone, an option where it is none.  Some servers leave out
 * attributes that RETURN does not ask for. */
HARK_API hark_cmd hark_list_extended(hark_client *c, const hark_list_query *query);
/* What is subscribed; IMAP4rev1 must have been offered. */
HARK_API hark_cmd hark_lsub(hark_client *c, const char *reference, const char *pattern);
/* LIST with the uses of mailboxes, of Gmail before RFC 6154; XLIST must have been offered.  Some servers
 * answer it by LIST. */
HARK_API hark_cmd hark_xlist(hark_client *c, const char *reference, const char *pattern);
#ifdef __cplusplus
}
#endif
#endif
