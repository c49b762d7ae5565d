/* fuzz/input.h - what the bytes of a fuzz_client input mean.  SPDX-License-Identifier: MIT
 *
 *   flags, script, then what the server says
 *
 * At a PAUSE, which is itself not said, the socket has taken all that was sent. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

enum {
  INPUT_OBSERVE = 1,
  INPUT_STRICT = 2,
  INPUT_REQUIRE_TLS = 4,
  INPUT_SMALL = 8,   /* small limits */
  INPUT_EOF = 16,    /* the connection ends behind the last byte */
  INPUT_FAIL = 32,   /* and once more with an allocation failing */
  INPUT_FAIL_ON = 64 /* and all behind it */
};
enum { INPUT_HEAD = 2, INPUT_PAUSE = 0xf7 };
#endif
