/* hark/ext/multisearch.h - one search of many mailboxes.  RFC 7377, RFC 6237.
 * SPDX-License-Identifier: MIT
 *
 * The keys are those of hark/search.h, and hark_search_end() ends the command.  Each mailbox where
 * something is found answers with HARK_EV_SEARCH, whose mailbox and uidvalidity say which it is and
 * whose numbers are UIDs; where nothing is found nothing is told but DONE. */
#ifndef HARK_EXT_MULTISEARCH_H
#define HARK_EXT_MULTISEARCH_H
#include <hark/search.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct hark_search_in {
  int32_t scope;                /* hark_scope, SELECTED_DELAYED is none of them */
  const char *const *mailboxes; /* UTF-8, ended by NULL, as hark_put_scope() takes them */
} hark_search_in;

/* ESEARCH.  in: n places, no mailbox in two of them; n 0: the selected mailbox.  returns: as of
 * hark_search_begin(); NULL: all.  HARK_ERR_ARG where one of them is not of that form; UNSENT
 * without MULTISEARCH.  RFC 7377 section 2. */
HARK_API hark_builder *hark_multisearch_begin(hark_client *c, const hark_search_in *in, size_t n,
                                              const char *returns);
#ifdef __cplusplus
}
#endif
#endif
