/* tests/unit/pull_server.h - a fake IMAP server in memory, for tests of the pull.
 * SPDX-License-Identifier: MIT
 *
 * It reads the client's lines and writes its answers into a buffer; nothing moves by itself and
 * there is no time.  It can be told to misbehave in the ways that real servers have.  It shares
 * no code with hark but hark_set, which has tests of its own. */
#ifndef TESTS_UNIT_PULL_SERVER_H
#define TESTS_UNIT_PULL_SERVER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum fate { /* of a message whose body is asked for */
                    GIVEN,
                    OMITTED,     /* the answer is OK and leaves it out */
                    REFUSED,     /* the command is answered NO, and gives nothing from here on */
                    REFUSED_ALL, /* the command is answered NO, and gives nothing at all */
                    NIL_BODY,    /* BODY[] NIL */
                    EMPTY_BODY,  /* BODY[] "" though its size is not 0 */
                    HEADER_ONLY, /* RFC822.HEADER in the place of BODY[] */
                    PARTIAL,     /* BODY[]<0> in the place of BODY[] */
                    ENDLESS,     /* its literal is announced as longer than anything */
                    NO_UID,      /* the answer does not say whose it is */
                    TWO_UIDS     /* the answer says it twice, differently */
} fate;

typedef struct mail {
  uint32_t uid;
  unsigned key; /* what it says follows from its key and its size */
  uint32_t size;
  fate fate;
  int times;    /* so often, then it is given; negative: always */
  bool refused; /* when it was last asked for */
} mail;

typedef struct server {
  mail *v; /* in order of their UIDs */
  size_t n;
  uint32_t uidvalidity, uidnext; /* 0: not told */
  unsigned next_key;
  const char *capabilities;

  /* misbehaviour */
  bool body_first; /* BODY[] before UID */
  bool shuffled;   /* answers not in the order of the UIDs */
  bool gossip;     /* FLAGS that nobody asked for, between the answers */
  bool announces_nothing;
  bool esearch_bad; /* RETURN is BAD */
  bool esearch_numbers; /* RETURN is answered with message numbers, and says so */
  bool idle_refused, idle_silent, idle_short;
  bool examine_refused, search_refused;
  const char *examine_says; /* besides, in lines */
  bool search_mute; /* OK, without an answer before it */
  const char *throttle;    /* the answer, behind its tag, */
  const char *throttled;   /* to commands that begin so; NULL: to each FETCH */
  size_t throttles;        /* so often */
  const char *search_adds; /* a set that it puts behind each answer of its own */
  uint32_t size_off;       /* RFC822.SIZE is so much too high */
  uint32_t hides_identity; /* of this UID */
  int exists_off;          /* EXISTS is so much too high */
  size_t arrive_in_search; /* messages that are announced behind an answer that has none of them */
  uint32_t search_omits;   /* this UID, once */
  size_t arrive_in_fetch;  /* messages that arrive while bodies are given, one by one */
  unsigned random;

  /* what it has said and not yet sent; said for others to deliver */
  char *out;
  size_t out_n, out_cap;
  bool gone, mute; /* it has closed; it reads and says nothing more */

  /* the client's lines, without their tags, as they came; "|" between what came together */
  char **log;
  size_t nlog;
  size_t logins, examines, listings, checks, fetches, idles, dones, noops, logouts, other;
  size_t bodies_asked; /* UIDs in commands for bodies */

  char line[9000];
  size_t line_n;
  char idle_tag[16];
  char *pending; /* EXISTS, EXPUNGE: said with the next answer */
  size_t pending_n, pending_cap;
} server;

void server_init(server *s);
void server_free(server *s);
void server_connect(server *s); /* a new connection: greets; what it holds stays */
mail *server_add(server *s, uint32_t uid, uint32_t size);     /* silently; uid 0: the next */
mail *server_deliver(server *s, uint32_t uid, uint32_t size); /* with EXISTS */
void server_expunge(server *s, uint32_t uid);
mail *server_find(server *s, uint32_t uid);
void server_take(server *s, const char *bytes, size_t n); /* from the client */
void server_say(server *s, const char *line);             /* CRLF is put behind it */
void server_close(server *s);
char server_byte(unsigned key, uint32_t size, uint32_t at); /* of a message */
bool server_saw(const server *s, const char *begin);        /* a command that begins so */
#endif
