/* tests/unit/test_every_call.c - whatever a program passes, one call is one command on the wire.
 * SPDX-License-Identifier: MIT
 *
 * Every function that a header of libhark declares is in the table, for the build makes it. */
#include "every_look.h"
#include "failing.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
  const char *name;
  int kind;
  void (*try)(play *p);
} calls[] = {
#define EVERY_CALL(name) {#name, kind_##name, try_##name},
#include "every_call.def"
#undef EVERY_CALL
};
enum { CALLS = sizeof calls / sizeof *calls };

static void any_of_kind(play *p, int kind) {
  size_t i;
  do i = dice(CALLS);
  while (calls[i].kind != kind);
  calls[i].try(p);
}

/* --- a client in one of its phases --- */

#define OFFERED                                                                                    \
  "IMAP4rev1 SASL-IR IDLE ID ENABLE NAMESPACE UNSELECT UIDPLUS MOVE ACL QUOTA QUOTASET METADATA "  \
  "ANNOTATE-EXPERIMENT-1 LANGUAGE I18NLEVEL=2 SORT ESORT CONTEXT=SEARCH CONTEXT=SORT "             \
  "THREAD=REFERENCES MULTISEARCH NOTIFY FILTERS CONDSTORE QRESYNC BINARY PREVIEW SAVEDATE "        \
  "UIDONLY CONVERT URLAUTH URLAUTH=BINARY ESEARCH SEARCHRES PARTIAL LIST-EXTENDED LIST-STATUS "    \
  "LIST-MYRIGHTS LIST-METADATA SPECIAL-USE CREATE-SPECIAL-USE MULTIAPPEND CATENATE REPLACE "       \
  "COMPRESS=DEFLATE UNAUTHENTICATE UTF8=ACCEPT X-GM-EXT-1 XLIST JMAPACCESS SEARCH=FUZZY WITHIN "   \
  "MAILBOX-REFERRALS OBJECTID STATUS=SIZE AUTH=PLAIN STARTTLS"

typedef enum stage {
  STAGE_GREETING,
  STAGE_NOT_AUTHENTICATED,
  STAGE_AUTHENTICATED,
  STAGE_SELECTED,
  STAGE_SYNCHRONISING,
  STAGE_UTF8,
  STAGE_OVER,
  STAGE_OBSERVER,
  STAGES
} stage;

static void say(hark_client *c, const char *text) {
  while (hark_next(c)) {
  }
  for (size_t took = 1, n; *text && took; text += took) {
    while (hark_send_buf(c, &n)) hark_send_ack(c, n);
    took = hark_feed(c, text, strlen(text));
    while (hark_next(c)) {
    }
  }
}

static void begin(play *p, stage at, failing *heap) {
  hark_config config;
  hark_config_init(&config);
  *p = (play){.c = NULL};
  *heap = (failing){0};
  config.alloc = failing_alloc, config.alloc_ud = heap;
  config.flags = at == STAGE_OBSERVER ? HARK_OBSERVE : 0;
  p->c = hark_new(&config);
  p->set = hark_set_new(NULL);
  assert_non_null(p->c);
  if (at == STAGE_GREETING || at == STAGE_OBSERVER) return;
  say(p->c, at == STAGE_NOT_AUTHENTICATED ? "* OK" : "* PREAUTH");
  say(p->c, at == STAGE_SYNCHRONISING ? " [CAPABILITY " OFFERED "] hi\r\n"
                                      : " [CAPABILITY LITERAL+ " OFFERED "] hi\r\n");
  if (at == STAGE_UTF8) {
    assert_int_equal(hark_enable(p->c, "UTF8=ACCEPT"), 1);
    say(p->c, "* ENABLED UTF8=ACCEPT\r\nA1 OK done\r\n");
  }
  if (at == STAGE_SELECTED || at == STAGE_UTF8) {
    char ok[] = "A1 OK done\r\n";
    hark_cmd cmd = hark_select(p->c, "INBOX", NULL);
    assert_true(cmd > 0);
    ok[1] = (char)('0' + cmd);
    say(p->c, ok);
  }
  if (at == STAGE_OVER) say(p->c, "* BYE\r\n"), hark_recv_eof(p->c), say(p->c, "");
}

static void end(play *p, const failing *heap) {
  hark_free(p->c);
  hark_set_free(p->set);
  assert_int_equal(heap->out, 0);
}

/* --- what was sent, read by another reader than the library's --- */

typedef struct reader {
  const char *p, *end;
  int depth;
  bool utf8;
} reader;

typedef enum verdict { BROKEN, CUT, ONE_COMMAND } verdict;

static bool inside_quotes(reader *r) {
  for (r->p++; r->p < r->end && *r->p != '"'; r->p++) {
    if (*r->p == '\\') r->p++;
    if (r->p == r->end || !*r->p || *r->p == '\r' || *r->p == '\n') return false;
    if ((*r->p & 0x80) && !r->utf8) return false;
  }
  return r->p++ < r->end;
}

/* "{n}" CR LF or "{n+}" CR LF and n bytes; false: something else stands there. */
static bool literal(reader *r, bool eight, bool *cut) {
  const char *p = r->p + 1;
  uint64_t n = 0;
  while (p < r->end && *p >= '0' && *p <= '9') n = n * 10 + (uint64_t)(*p++ - '0');
  if (p < r->end && *p == '+') p++;
  if (r->end - p < 3 || memcmp(p, "}\r\n", 3)) return false;
  p += 3;
  *cut = n > (uint64_t)(r->end - p);
  size_t there = *cut ? (size_t)(r->end - p) : (size_t)n;
  r->p = p + there;
  return eight || !memchr(p, 0, there);
}

static verdict read_command(reader *r) {
  bool cut = false, eight = false;
  if (r->p == r->end || *r->p++ != 'A') return BROKEN;
  while (r->p < r->end && *r->p >= '0' && *r->p <= '9') r->p++;
  if (r->p == r->end || *r->p != ' ') return BROKEN;
  while (r->p < r->end) {
    char ch = *r->p;
    if (ch == '\r')
      return r->end - r->p == 2 && r->p[1] == '\n' && !r->depth ? ONE_COMMAND : BROKEN;
    if (ch == '\n' || !ch || ((ch & 0x80) && !r->utf8)) return BROKEN;
    if (ch == '"') {
      if (!inside_quotes(r)) return BROKEN;
      continue;
    }
    if (ch == '{') {
      if (!literal(r, eight, &cut)) return BROKEN;
      if (cut) return CUT;
      continue;
    }
    eight = ch == '~';
    if (ch == '(') r->depth++;
    if (ch == ')' && !r->depth--) return BROKEN;
    r->p++;
  }
  return CUT;
}

typedef struct bytes {
  char *p;
  size_t n;
} bytes;

static void take(play *p, bytes *sent) {
  const void *from;
  for (size_t n; (from = hark_send_buf(p->c, &n)); hark_send_ack(p->c, n)) {
    sent->p = realloc(sent->p, sent->n + n);
    assert_non_null(sent->p);
    memcpy(sent->p + sent->n, from, n);
    sent->n += n;
  }
}

/* All that leaves: the bytes of small messages, too. */
static bytes all_sent(play *p) {
  bytes sent = {NULL, 0};
  take(p, &sent);
  for (int i = 0; i < 20; i++) {
    while (hark_next(p->c)) {
    }
    if (hark_wants(p->c) & HARK_WANT_DATA) hark_send_data(p->c, big, 999);
    take(p, &sent);
  }
  return sent;
}

static void check(play *p, stage at, const char *name) {
  bytes sent = all_sent(p);
  reader r = {sent.p, sent.p + sent.n, 0, at == STAGE_UTF8};
  bool silent = at == STAGE_GREETING || at == STAGE_OVER || at == STAGE_OBSERVER;
  verdict v = sent.n ? read_command(&r) : ONE_COMMAND;
  bool good = v == ONE_COMMAND || (v == CUT && hark_inflight(p->c));
  if (sent.n && (p->last <= 0 || silent)) good = false;
  if (!good) print_error("%s at %d: %.*s\n", name, at, (int)(sent.n < 300 ? sent.n : 300), sent.p);
  assert_true(good);
  free(sent.p);
}

/* --- tests --- */

/* The call, as what it is, among others. */
static void give(play *p, size_t i) {
  if (calls[i].kind == KIND_COMMAND) {
    calls[i].try(p);
    return;
  }
  if (calls[i].kind == KIND_BEGIN)
    calls[i].try(p);
  else
    any_of_kind(p, KIND_BEGIN);
  for (uint64_t n = dice(4); n; n--) any_of_kind(p, KIND_PIECE);
  if (calls[i].kind == KIND_PIECE) calls[i].try(p);
  for (uint64_t n = dice(3); n; n--) any_of_kind(p, KIND_PIECE);
  if (calls[i].kind == KIND_END)
    calls[i].try(p);
  else
    any_of_kind(p, KIND_END);
}

/* SEC E-01, E-02, E-04, E-05, E-06, E-07, E-08: in any phase, with any arguments, in any order. */
static void one_call_is_one_command(void **state) {
  (void)state;
  enum { ROUNDS = 40 * STAGES };
  size_t sent = 0;
  for (size_t i = 0; i < CALLS; i++) {
    if (calls[i].kind == KIND_OTHER) continue;
    for (int round = 0; round < ROUNDS; round++) {
      play p;
      failing heap;
      stage at = (stage)(round % STAGES);
      begin(&p, at, &heap);
      give(&p, i);
      sent += p.last > 0;
      check(&p, at, calls[i].name);
      end(&p, &heap);
    }
  }
  assert_true(sent > 5000);
}

/* A builder that could not be had takes everything. */
static void pieces_of_nothing(void **state) {
  (void)state;
  for (size_t i = 0; i < CALLS; i++) {
    if (calls[i].kind != KIND_PIECE && calls[i].kind != KIND_END) continue;
    for (int round = 0; round < 100; round++) {
      play p = {.c = NULL};
      calls[i].try(&p);
      if (calls[i].kind == KIND_END) assert_int_equal(p.last, HARK_ERR_NOMEM);
    }
  }
}

/* All calls in any order, between events and behind the end, and memory that may run out: each
 * command that was given a number is DONE once, and the client comes to its end. */
static void a_program_without_a_plan(void **state) {
  (void)state;
  for (int walk = 0; walk < 3000; walk++) {
    play p;
    failing heap;
    hark_cmd given[MOST_IDS];
    size_t n = 0;
    begin(&p, (stage)dice(STAGES), &heap);
    memset(p.done, 0, sizeof p.done);
    if (!dice(3)) heap.calls = 0, heap.fail_at = (long)dice(60) + 1, heap.for_good = dice(2);
    for (int i = 0; i < 150; i++) {
      size_t which = dice(CALLS);
      p.last = 0;
      calls[which].try(&p);
      bool numbered = calls[which].kind == KIND_COMMAND || calls[which].kind == KIND_END;
      if (numbered && p.last > 0) given[n++] = p.last;
      if (!dice(3)) try_hark_next(&p);
    }
    hark_fail(p.c, HARK_ERR_CERT, NULL);
    for (int i = 0; i < 1000 && !(hark_wants(p.c) & HARK_CLOSED); i++) try_hark_next(&p);
    assert_int_equal(hark_wants(p.c), HARK_CLOSED);
    for (size_t i = 0; i < n; i++) {
      if (p.done[given[i]] != 1)
        print_error("walk %d: A%d: %u\n", walk, given[i], p.done[given[i]]);
      assert_int_equal(p.done[given[i]], 1);
    }
    end(&p, &heap);
  }
}

int main(void) {
  fill_big();
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_call_is_one_command),
                                     cmocka_unit_test(pieces_of_nothing),
                                     cmocka_unit_test(a_program_without_a_plan)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
