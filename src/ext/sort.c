/* ext/sort.c - SORT.  RFC 5256 sections 3, 5; RFC 5957; with RETURN: RFC 5267 section 3.  The
 * answer is read as that of SEARCH is: ext/search.c. SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/sort.h>
#include <string.h>

/* sort-criterion = ["REVERSE" SP] sort-key */
static bool criterion(scan *s) {
  hark_str key;
  if (!scan_atom(s, &key)) return false;
  if (!scan_is(key, "REVERSE")) return true;
  return scan_sp(s) && scan_atom(s, &key) && !scan_is(key, "REVERSE");
}

/* sort-criteria = "(" sort-criterion *(SP sort-criterion) ")" */
static bool are_criteria(const char *text) {
  scan s;
  scan_init(&s, text, strlen(text), NULL);
  s.strict = true;
  if (!scan_ch(&s, '(') || !criterion(&s)) return false;
  while (scan_peek(&s) == ' ')
    if (!scan_sp(&s) || !criterion(&s)) return false;
  return scan_ch(&s, ')') && scan_end(&s);
}

/* sort = ["UID" SP] "SORT" SP sort-criteria SP search-criteria
 * extended-sort = ["UID" SP] "SORT" search-return-opts SP sort-criteria SP search-criteria
 * search-criteria = charset 1*(SP search-key) */
hark_builder *hark_sort_begin(hark_client *c, unsigned flags, const char *criteria,
                              const char *charset, const char *returns) {
  hark_builder *b = hark_cmd_begin(c, flags & HARK_UID ? "UID SORT" : "SORT");
  hark_put_returns(b, returns);
  if (returns) ext_needs(b, "ESORT CONTEXT=SORT");
  hark_put_list(b, criteria && are_criteria(criteria) ? criteria : NULL);
  hark_put_atom(b, charset ? charset : "UTF-8");
  return b;
}

static const ext_command commands[] = {
    {"SORT", "SORT", EXT_IN_SELECTED, EXT_SEQ | EXT_SAME, "SORT ESEARCH", EFFECT_NONE}, {0}};

extern const hark__extension hark__ext_sort;
const hark__extension hark__ext_sort = {.commands = commands};
