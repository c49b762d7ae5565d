/* ext/multisearch.c - the command ESEARCH.  RFC 7377 sections 2, 4.  The response is read by
 * ext/search.c.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/multisearch.h>

/* esearch-source-opts = "IN" SP "(" source-mbox [SP "(" scope-options ")"] ")"
 * source-mbox = filter-mailboxes *(SP filter-mailboxes)
 * "We forbid the use of "selected-delayed"."  No scope-option is defined. */
static void put_sources(hark_builder *b, const hark_search_in *in, size_t n) {
  hark_put_atom(b, "IN");
  hark_put_open(b);
  for (size_t i = 0; i < n; i++) {
    if (in[i].scope == HARK_SCOPE_SELECTED_DELAYED) ext_refuse(b);
    hark_put_scope(b, in[i].scope, in[i].mailboxes);
  }
  hark_put_close(b);
}

/* esearch = "ESEARCH" [SP esearch-source-opts] [SP search-return-opts] SP search-program */
hark_builder *hark_multisearch_begin(hark_client *c, const hark_search_in *in, size_t n,
                                     const char *returns) {
  hark_builder *b = hark_cmd_begin(c, "ESEARCH");
  if (n) put_sources(b, in, n);
  hark_put_returns(b, returns);
  ext_charset(b);
  return b;
}

/* "A client can safely pipeline these": a tag is in each answer, and its numbers are UIDs. */
static const ext_command commands[] = {
    {"ESEARCH", "MULTISEARCH", EXT_IN_AUTHENTICATED | EXT_IN_SELECTED, 0, "ESEARCH", EFFECT_NONE},
    {0}};

extern const hark__extension hark__ext_multisearch;
const hark__extension hark__ext_multisearch = {.commands = commands};
