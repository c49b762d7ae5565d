/* wire/base64.h - reading base64.  RFC 4648 section 4.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_WIRE_BASE64_H
#define HARK_WIRE_BASE64_H
#include <hark/base.h>

#define base64_decode hark__base64_decode

/* Bytes written to out, which holds text.n / 4 * 3 of them; -1: not base64, or padded wrongly. */
ptrdiff_t base64_decode(uint8_t *out, hark_str text);
#endif
