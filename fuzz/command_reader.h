/* fuzz/command_reader.h - what a client says, read byte by byte as a strict server would.
 * RFC 9051 section 9, RFC 7888, RFC 3516.  SPDX-License-Identifier: MIT
 *
 * Written for the fuzzer, and of nothing that the library has but its check of UTF-8.  Whatever is no well-formed
 * command, or not what was offered, traps. */
#ifndef FUZZ_COMMAND_READER_H
#define FUZZ_COMMAND_READER_H
#include <hark/base.h>

typedef enum heard {
  HEARD_MORE,
  HEARD_TAG,     /* a command has begun: its number is in tag */
  HEARD_LITERAL, /* a literal has begun that must not be asked for */
  HEARD_ASKS,    /* a literal is announced: nothing may come before "+", or this was all */
  HEARD_COMMAND, /* a command is complete: its values are in words */
  HEARD_LINE     /* a line is complete: it is the only word */
} heard;

enum { MOST_WORDS = 1024, DEEPEST = 9000 };

typedef struct reader {
  bool plus, minus; /* LITERAL+, LITERAL- were offered */
  bool utf8;        /* quoted strings may hold UTF-8 */
  bool free_text;   /* of this command: the program's own IMAP text stands in it */
  bool asks;        /* between HEARD_ASKS and reader_go_on() or reader_forget() */
  int state;
  uint32_t tag;
  hark_str words[MOST_WORDS]; /* decoded, in order; lists are told by their contents */
  size_t nwords;
  uint64_t literal; /* bytes still to come */
  bool binary, sync, in_brackets;
  size_t line;        /* bytes without literals */
  char open[DEEPEST]; /* "(" and "[" */
  size_t depth;
  char *text; /* of the words */
  size_t n, cap, from;
} reader;

heard reader_push(reader *r, uint8_t ch);
void reader_go_on(reader *r);  /* "+" was said */
void reader_forget(reader *r); /* the command was refused */
void reader_line(reader *r);   /* what follows is a line, no command */
void reader_free(reader *r);
#endif
