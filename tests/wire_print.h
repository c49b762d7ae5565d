/* tests/wire_print.h - events as lines of text.  SPDX-License-Identifier: MIT */
#ifndef TESTS_WIRE_PRINT_H
#define TESTS_WIRE_PRINT_H
#include "wire_text.h"
#include <hark/hark.h>

typedef struct printer {
  text out;
  text data;    /* of BODY_DATA that may go on */
  bool pending; /* data is to be printed */
} printer;

void print_event(printer *p, const hark_event *ev);
/* Any other line, behind what is pending. */
__attribute__((format(printf, 2, 3))) void print_line(printer *p, const char *format, ...);
void print_bytes(text *t, hark_str s); /* bare where that is readable, else quoted and escaped */
void print_flush(printer *p);
void print_free(printer *p);
#endif
