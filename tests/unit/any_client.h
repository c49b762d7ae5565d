/* tests/unit/any_client.h - a client with any flags and limits, told what a server says.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_ANY_CLIENT_H
#define TESTS_UNIT_ANY_CLIENT_H
#include <hark/command.h>
#include <hark/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline hark_client *begin(unsigned flags, const hark_limits *limits) {
  hark_config config;
  hark_config_init(&config);
  config.flags = flags, config.limits = limits;
  hark_client *c = hark_new(&config);
  assert_non_null(c);
  return c;
}

static inline void drain(hark_client *c) {
  while (hark_next(c)) {
  }
}

static inline void took_all(hark_client *c) {
  for (size_t n; hark_send_buf(c, &n);) hark_send_ack(c, n);
}

static inline void say(hark_client *c, const char *text) {
  took_all(c);
  for (size_t took; *text; text += took) {
    took = hark_feed(c, text, strlen(text));
    drain(c);
    if (!took) return;
  }
}
#endif
