/* hark/ext/catenate.h - CATENATE: a message made of what the server has and what it gets.
 * RFC 4469; URLs: hark/url.h.
 * SPDX-License-Identifier: MIT
 *
 *   b = hark_append_begin(c, "Drafts");
 *   hark_append_options(b, &m);                               flags and date; octets say nothing
 *   hark_catenate_open(b);
 *   hark_catenate_url(b, "/Drafts;UIDVALIDITY=3/;UID=20/;SECTION=1");
 *   hark_catenate_text(b, 0, 42);                             hark_send_data() gives the 42
 *   hark_catenate_close(b);
 *   cmd = hark_append_end(b);
 *
 * A NO says which URL cannot be read (code BADURL) or that all is too long (TOOBIG). */
#ifndef HARK_EXT_CATENATE_H
#define HARK_EXT_CATENATE_H
#include <hark/command.h>
#ifdef __cplusplus
extern "C" {
#endif
HARK_API void hark_catenate_open(hark_builder *b);
HARK_API void hark_catenate_url(hark_builder *b, const char *url);
/* HARK_BINARY; HARK_UTF8: a message with a header in UTF-8 (RFC 6855 section 4) */
HARK_API void hark_catenate_text(hark_builder *b, unsigned flags, uint64_t octets);
HARK_API void hark_catenate_close(hark_builder *b);
#ifdef __cplusplus
}
#endif
#endif
