/* tests/wire_script.h - golden transcripts, read from Markdown.  SPDX-License-Identifier: MIT
 *
 * A transcript is a "## title" with ```imap and ```events blocks below it.  Lines of imap:
 *
 *   S: text           a line of the server, CR LF is added
 *   S~ text           bytes with \r \n \0 \t \\ \xNN and \<N|text> (text N times); nothing added
 *   S+ text           as S~, and no cut is made in front of it: it came in the same segment
 *   C: text  C~ text  what the client must have sent since the last C
 *   C= text           the same, equal but for case, spaces and quoting: see wire_same.h
 *   call: name args   a command or another call; see wire_play.c
 *   ack: N            the socket takes N bytes, no more
 *   flags: strict observe require_tls
 *   limits: name=N ...
 *   eof:              the connection ends
 *   show: wants, has NAME, enabled NAME, phase, selected, inflight, error
 *   # text            a remark
 */
#ifndef TESTS_WIRE_SCRIPT_H
#define TESTS_WIRE_SCRIPT_H
#include "wire_text.h"
#include <hark/base.h>

typedef enum step_kind {
  STEP_SERVER,
  STEP_CLIENT,
  STEP_ALIKE, /* C= */
  STEP_CALL,
  STEP_ACK,
  STEP_EOF,
  STEP_SHOW
} step_kind;

enum { MAX_JOINS = 8 };

/* Lines of one side in a row are one step. */
typedef struct step {
  step_kind kind;
  text text;
  size_t joins[MAX_JOINS], njoins; /* S+: where no cut is made */
  size_t at;                       /* of the server's first byte in all that it says */
  int line;
} step;

typedef struct script {
  char title[200];
  const char *file;
  int line;
  uint32_t flags;
  hark_limits limits;
  step *steps;
  size_t n, cap;
  size_t said; /* bytes of the server */
  text events; /* what must happen */
} script;

typedef struct scripts {
  script *v;
  size_t n, cap;
} scripts;

/* false: the file cannot be read, or is no transcript; says why on standard error. */
bool scripts_read(scripts *s, const char *file);
void scripts_free(scripts *s);
#endif
