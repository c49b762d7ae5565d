/* fuzz/builders.h - what the parts of fuzz_builders share.  SPDX-License-Identifier: MIT */
#ifndef FUZZ_BUILDERS_H
#define FUZZ_BUILDERS_H
#include "check.h"
#include "command_reader.h"
#include "source.h"
#include <hark/command.h>

enum { MOST_CALLS = 24, MOST_HELD = 256, MOST_WANTED = 16, MOST_BYTES = 100000 };

typedef struct wanted { /* an argument that must stand on the wire */
  char *p;
  size_t n;
  bool mailbox; /* in any of its spellings */
} wanted;

typedef struct given { /* a call */
  const char *name;    /* the command it makes */
  hark_cmd id;
  bool free_text; /* it was given IMAP text */
  wanted v[MOST_WANTED];
  size_t n;
  unsigned begun, done; /* on the wire, as an event */
} given;

typedef struct run {
  source in;
  hark_client *c;
  reader wire;
  unsigned offers; /* how the server was made */
  given calls[MOST_CALLS], *now;
  size_t ncalls;
  char *held[MOST_HELD]; /* arguments, until the call is over */
  size_t nheld;
  unsigned own; /* commands that the client has begun by itself */
  char *said;   /* by the server, not yet fed */
  size_t nsaid, said_cap;
  char line_for; /* a line is awaited: 'I' of IDLE, 'A' of AUTHENTICATE */
  uint32_t line_tag;
  bool refused; /* the command being read was answered already */
  size_t gave;  /* of literals */
  bool stuck;   /* one of them is too long for us */
} run;

/* Arguments, out of the input: builders_arguments.c.  They hold until let_go(). */
uint8_t byte(run *r);
uint64_t number(run *r);
void *hold(run *r, size_t size); /* zeroed */
void let_go(run *r);
hark_str str(run *r);     /* any bytes; p NULL now and then */
const char *text(run *r); /* the same, ended by NUL */
unsigned uid(run *r);     /* HARK_UID or 0 */
const char *set(run *r);  /* mostly of numbers */
const char *raw(run *r);  /* IMAP text of the program's own, or NULL */
/* What must stand on the wire as it is, or as a mailbox name is spelled. */
hark_str bytes_as_is(run *r);
const char *said_as_is(run *r);
const char *mailbox(run *r);
typedef const char *(*texts_of)(run *r);
const char *const *list(run *r, texts_of one); /* ended by NULL; or NULL itself */
const char *one_of(run *r, const char *const *v, size_t n);
#define ONE_OF(r, v) one_of(r, v, sizeof(v) / sizeof *(v))

/* Any call: builders_calls.c; those out of parts: builders_pieces.c. */
hark_cmd any_call(run *r);
hark_cmd any_pieces(run *r);
void is(run *r, const char *name); /* the command that the call makes */
unsigned named(run *r, const char *with_uid); /* the same, "UID FETCH" where numbers are UIDs */
typedef hark_cmd (*call)(run *r);
#define CALL(name) static hark_cmd name(run *r)

/* The server: builders_server.c. */
void serve_begins(run *r);
void hear(run *r, uint8_t ch);
given *call_of(run *r, uint32_t tag);
void say_no(run *r); /* in the middle of a literal */
#endif
