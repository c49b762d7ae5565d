/* ext/filters.c - UNDEFINED-FILTER.  RFC 5466 sections 3.1, 4.  The key FILTER: ext/search_keys.c.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/filters.h>
#include <string.h>

/* "UNDEFINED-FILTER" SP filter-name; filter-name = 1*<any ATOM-CHAR except "/"> */
static bool undefined_filter(ext_call *call, scan *s) {
  hark_str *name = ext_code(call, HARK_CODE_UNDEFINED_FILTER, sizeof *name);
  if (!name || !scan_sp(s)) return false;
  bool quoted = scan_peek(s) == '"';
  if (!scan_astring(s, name) || !scan_end(s)) return false;
  bool strange = quoted || memchr(name->p, '/', name->n);
  return !strange || scan_forgive(s, "a filter's name without quotes and slashes");
}

const hark_str *hark_cond_undefined_filter(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_UNDEFINED_FILTER ? cond->code_data : NULL;
}

static const ext_word codes[] = {{"UNDEFINED-FILTER", undefined_filter, EXT_WHOLE, EXT_SELECTED},
                                 {0}};
static const hark_field name_field[] = {FIELD_SELF("name", STR), {0}};
static const ext_fields ids[] = {{HARK_CODE_UNDEFINED_FILTER, "UNDEFINED-FILTER", name_field}, {0}};

extern const hark__extension hark__ext_filters;
const hark__extension hark__ext_filters = {.codes = codes, .code_ids = ids};
