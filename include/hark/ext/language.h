/* hark/ext/language.h - LANGUAGE of texts, COMPARATOR of SEARCH and SORT.  RFC 5255.
 * SPDX-License-Identifier: MIT
 *
 * I18NLEVEL=1 and 2 are capabilities: hark_has(c, "I18NLEVEL=1") says that SEARCH, SORT and THREAD compare by
 * i;unicode-casemap; at level 2 the comparator can be chosen. */
#ifndef HARK_EXT_LANGUAGE_H
#define HARK_EXT_LANGUAGE_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_LANGUAGE = HARK_EV_EXTENSION + 80, HARK_EV_COMPARATOR };
enum { HARK_CODE_BADCOMPARATOR = 1080 }; /* none that was asked for is there; no arguments */

typedef struct hark_ev_language {   /* LANGUAGE.  RFC 5255 section 3.3 */
  hark_strs tags;                   /* one: texts are in it from now on; several: what there is */
} hark_ev_language;

typedef struct hark_ev_comparator { /* COMPARATOR.  RFC 5255 section 4.8 */
  hark_str  active;                 /* "i;unicode-casemap" */
  hark_strs matching;               /* all that were meant by what was asked for, where these are several */
} hark_ev_comparator;

/* ranges: "de", "fr-CA", "default" (what the server's owner prefers), the best first, ended by NULL; NULL or
 * none: asks which there are.  HARK_ERR_ARG: one is no language range.  A NAMESPACE event with translations
 * may come too.  Before sign-in the answer is not told, as nothing is, but it holds; it is to be repeated
 * when TLS or a SASL layer is up.  RFC 5255 sections 3.1, 3.2 */
HARK_API hark_cmd hark_language(hark_client *c, const char *const *ranges);
/* orders: "cz;*", "i;basic", "default", the best first, ended by NULL; NULL or none: asks which is active.
 * HARK_ERR_ARG: one is empty.  RFC 5255 section 4.7 */
HARK_API hark_cmd hark_comparator(hark_client *c, const char *const *orders);

/* NULL unless ev is of that type; valid as long as ev. */
HARK_API const hark_ev_language *hark_event_language(const hark_event *ev);
HARK_API const hark_ev_comparator *hark_event_comparator(const hark_event *ev);
#ifdef __cplusplus
}
#endif
#endif
