/* tests/unit/test_driver.c - assist/driver.c: to a mailbox, step by step.
 * SPDX-License-Identifier: MIT */
#include "driver_play.h"

/* --- TLS that encrypts nothing --- */

static int copy(hark_in *in, hark_out *out) {
  size_t n = in->n < out->n ? in->n : out->n;
  if (n) memcpy(out->p, in->p, n);
  in->p += n, in->n -= n, out->p += n, out->n -= n;
  return 0;
}
static int decode(hark_layer *self, hark_in *wire, hark_out *plain) {
  (void)self;
  return copy(wire, plain);
}
static int encode(hark_layer *self, hark_in *plain, hark_out *wire) {
  (void)self;
  return copy(plain, wire);
}
static bool ready(const hark_layer *self) { return self != NULL; }
static int no_end(hark_layer *self) { return self ? 0 : HARK_ERR_LAYER; }
static int no_words(hark_layer *self, hark_out *wire) { return self && wire ? 0 : HARK_ERR_LAYER; }
static const char *no_error(const hark_layer *self) { return self ? "" : "none"; }
static void free_layer(hark_layer *self) { free(self); }

static hark_layer *make_layer(void *ud, hark_client *c, int kind) {
  static const hark_layer_ops ops = {.size = sizeof ops,
                                     .kind = HARK_LAYER_TLS,
                                     .decode = decode,
                                     .encode = encode,
                                     .ready = ready,
                                     .eof = no_end,
                                     .shutdown = no_words,
                                     .error_text = no_error,
                                     .free = free_layer};
  talk *t = ud;
  assert_ptr_equal(c, t->c);
  assert_int_equal(kind, HARK_LAYER_TLS);
  hark_layer *l = malloc(sizeof *l);
  assert_non_null(l);
  l->ops = &ops;
  return l;
}

/* --- to a mailbox --- */

static const char *const who[] = {"name", "test", NULL};

/* All leaves together, in the one round trip that must be. */
static void in_one_round_trip(void **state) {
  (void)state;
  talk t;
  begin(&t);
  t.d.mailbox = "INBOX", t.d.examine = true, t.d.id = who, t.d.enable = "CONDSTORE";
  say(&t, "* OK [CAPABILITY IMAP4rev1 ID ENABLE] hello\r\n");
  sent(&t, "A1 LOGIN me secret|A2 ID (\"name\" \"test\")|A3 ENABLE CONDSTORE|A4 EXAMINE INBOX|");
  went(&t, "GREETING SIGN_IN PREPARE not-authenticated");
  say(&t, "A1 OK [CAPABILITY IMAP4rev1 ID ENABLE] in\r\n* ID NIL\r\nA2 OK done\r\n");
  say(&t, "* ENABLED CONDSTORE\r\nA3 OK done\r\n* 3 EXISTS\r\n");
  assert_false(t.d.ready);
  went(&t, "authenticated");
  say(&t, "A4 OK [READ-ONLY] done\r\n");
  went(&t, "selected READY");
  assert_true(t.d.ready);
  assert_int_equal(hark_driver_deadline(&t.d), UINT64_MAX);
  hark_logout(t.c);
  say(&t, "* BYE bye\r\nA5 OK done\r\n");
  sent(&t, "A5 LOGOUT|");
  went(&t, "logout CLOSED");
  assert_int_equal(hark_driver_tick(&t.d, t.c, t.now), 0);
  hark_free(t.c);
}

/* It asks for capabilities where a sign-in needs to know them, as the client would. */
static void capabilities_are_asked_for(void **state) {
  (void)state;
  talk t;
  begin(&t);
  say(&t, "* OK hello\r\n");
  sent(&t, "A1 CAPABILITY|");
  say(&t, "* CAPABILITY IMAP4rev1\r\nA1 OK done\r\n");
  sent(&t, "A2 LOGIN me secret|");
  say(&t, "A2 OK in\r\n");
  went(&t, "GREETING CAPABILITY not-authenticated SIGN_IN PREPARE authenticated READY");
  hark_free(t.c);
  begin(&t); /* known from before: no round trip */
  assert_int_equal(hark_assume_capabilities(t.c, "IMAP4rev1 SASL-IR"), 0);
  say(&t, "* OK hello\r\n");
  sent(&t, "A1 LOGIN me secret|");
  hark_free(t.c);
}

static void signed_in_beforehand(void **state) {
  (void)state;
  talk t;
  begin(&t);
  t.d.mailbox = "a b", t.d.select_options = "(CONDSTORE)";
  say(&t, "* PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE] hello\r\n");
  sent(&t, "A1 SELECT \"a b\" (CONDSTORE)|");
  say(&t, "A1 OK done\r\n");
  went(&t, "GREETING PREPARE authenticated selected READY");
  hark_free(t.c);
  begin(&t);
  t.d.starttls = HARK_STARTTLS_REQUIRED;
  assert_int_equal(say(&t, "* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n"), HARK_ERR_PLAIN);
  sent(&t, "");
  hark_free(t.c);
}

static void turned_away(void **state) {
  (void)state;
  talk t;
  begin(&t);
  t.d.idle = true;
  assert_int_equal(say(&t, "* BYE too busy\r\n"), 0);
  hark_recv_eof(t.c);
  assert_int_equal(drain(&t), 0);
  sent(&t, "");
  went(&t, "GREETING logout CLOSED");
  hark_free(t.c);
}

static void cut_off(void **state) {
  (void)state;
  talk t;
  begin(&t);
  say(&t, "* OK hello\r\n");
  hark_recv_eof(t.c);
  assert_int_equal(drain(&t), HARK_ERR_EOF);
  assert_int_equal(t.d.err, 0);
  went(&t, "GREETING CAPABILITY not-authenticated CLOSED");
  hark_free(t.c);
}

/* --- STARTTLS --- */

static void starttls_is_required(void **state) {
  (void)state;
  talk t;
  begin_with(&t, HARK_REQUIRE_TLS);
  t.d.starttls = HARK_STARTTLS_REQUIRED, t.d.layer = make_layer, t.d.mailbox = "INBOX";
  say(&t, "* OK hello\r\n");
  sent(&t, "A1 STARTTLS|"); /* at once */
  say(&t, "A1 OK begin\r\n");
  sent(&t, "A2 CAPABILITY|");
  say(&t, "* CAPABILITY IMAP4rev1\r\nA2 OK done\r\n");
  sent(&t, "A3 LOGIN me secret|A4 SELECT INBOX|");
  went(&t, "GREETING STARTTLS not-authenticated LAYER CAPABILITY SIGN_IN PREPARE");
  hark_free(t.c);
}

/* Without HARK_REQUIRE_TLS, too, the password stays here. */
static void starttls_is_not_offered(void **state) {
  (void)state;
  talk t;
  begin(&t);
  t.d.starttls = HARK_STARTTLS_REQUIRED, t.d.layer = make_layer;
  assert_int_equal(say(&t, "* OK [CAPABILITY IMAP4rev1] hello\r\n"), HARK_ERR_PLAIN);
  sent(&t, "");
  went(&t, "GREETING STARTTLS not-authenticated CLOSED");
  hark_free(t.c);
  begin(&t);
  t.d.starttls = HARK_STARTTLS_REQUIRED, t.d.layer = make_layer;
  say(&t, "* OK hello\r\n");
  assert_int_equal(say(&t, "A1 BAD what\r\n"), HARK_ERR_PLAIN);
  sent(&t, "A1 STARTTLS|");
  hark_free(t.c);
}

static void starttls_where_it_is_offered(void **state) {
  (void)state;
  talk t;
  begin(&t);
  t.d.starttls = HARK_STARTTLS_WANTED, t.d.layer = make_layer;
  say(&t, "* OK hello\r\n");
  sent(&t, "A1 CAPABILITY|");
  say(&t, "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\nA1 OK done\r\n");
  sent(&t, "A2 STARTTLS|");
  say(&t, "A2 OK begin\r\n");
  sent(&t, "A3 CAPABILITY|");
  say(&t, "* CAPABILITY IMAP4rev1 STARTTLS\r\nA3 OK done\r\n"); /* once is enough */
  sent(&t, "A4 LOGIN me secret|");
  hark_free(t.c);
  begin(&t);
  t.d.starttls = HARK_STARTTLS_WANTED, t.d.layer = make_layer;
  say(&t, "* OK [CAPABILITY IMAP4rev1] hello\r\n");
  sent(&t, "A1 LOGIN me secret|");
  hark_free(t.c);
}

static void there_is_no_layer(void **state) {
  (void)state;
  talk t;
  begin(&t);
  t.d.starttls = HARK_STARTTLS_REQUIRED;
  say(&t, "* OK hello\r\n");
  assert_int_equal(say(&t, "A1 OK begin\r\n"), HARK_ERR_LAYER);
  sent(&t, "A1 STARTTLS|");
  went(&t, "GREETING STARTTLS not-authenticated LAYER CLOSED");
  hark_free(t.c);
}

/* --- sign-in --- */

static int answer(void *ud, hark_client *c, const hark_event *ev) {
  talk *t = ud;
  assert_int_equal(ev->bytes->n, 0);
  t->challenges++;
  return hark_respond(c, (hark_str){"\0a\0b", 4});
}

static int no_proof(void *ud, hark_client *c, const hark_event *done) {
  talk *t = ud;
  assert_true(c == t->c && done->cond->verdict == HARK_VERDICT_OK);
  return HARK_ERR_SASL;
}

static void authenticate(void **state) {
  (void)state;
  talk t;
  begin(&t);
  t.d.sign_in = plain, t.d.challenge = answer, t.d.mailbox = "INBOX";
  say(&t, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n");
  sent(&t, "A1 AUTHENTICATE PLAIN|");
  say(&t, "+ \r\n");
  sent(&t, "AGEAYg==|");
  say(&t, "A1 OK in\r\n");
  sent(&t, "A2 SELECT INBOX|");
  assert_int_equal(t.challenges, 1);
  hark_free(t.c);
  begin(&t); /* nobody answers: cancelled */
  t.d.sign_in = plain;
  say(&t, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n");
  say(&t, "+ \r\nA1 BAD cancelled\r\n");
  sent(&t, "A1 AUTHENTICATE PLAIN|*|A2 LOGOUT|");
  hark_free(t.c);
  begin(&t); /* the server was to prove itself, and did not */
  t.d.sign_in = plain, t.d.challenge = answer, t.d.signed_in = no_proof, t.d.mailbox = "INBOX";
  say(&t, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n");
  say(&t, "+ \r\n");
  assert_int_equal(say(&t, "A1 OK in\r\n"), HARK_ERR_PROOF);
  sent(&t, "A1 AUTHENTICATE PLAIN|AGEAYg==|");
  hark_free(t.c);
}

static hark_cmd once_more(void *ud, hark_driver *d, hark_client *c, const hark_event *done) {
  talk *t = ud;
  t->again++;
  if (!t->retry) return 0;
  const char *password = t->retry;
  t->retry = NULL;
  if (done->cmd == d->select_cmd) return hark_select(c, password, NULL);
  assert_int_equal(done->cmd, d->sign_in_cmd);
  return hark_login(c, "me", password);
}

static void refused(void **state) {
  (void)state;
  talk t;
  begin(&t); /* [default] */
  t.d.mailbox = "INBOX";
  say(&t, "* OK [CAPABILITY IMAP4rev1] hello\r\n");
  assert_int_equal(say(&t, "A1 NO [AUTHENTICATIONFAILED] no\r\nA2 BAD not now\r\n"), 0);
  sent(&t, "A1 LOGIN me secret|A2 SELECT INBOX|A3 LOGOUT|");
  went(&t, "GREETING SIGN_IN PREPARE not-authenticated GIVE_UP");
  hark_free(t.c);
  begin(&t); /* another password; what was behind the first goes again */
  t.d.mailbox = "INBOX", t.d.refused = once_more, t.retry = "other";
  say(&t, "* OK [CAPABILITY IMAP4rev1] hello\r\n");
  say(&t, "A1 NO no\r\nA2 BAD not now\r\n");
  sent(&t, "A1 LOGIN me secret|A2 SELECT INBOX|A3 LOGIN me other|A4 SELECT INBOX|");
  say(&t, "A3 OK in\r\nA4 NO no such mailbox\r\n");
  assert_int_equal(t.again, 2);
  assert_false(t.d.ready);
  sent(&t, "A5 LOGOUT|");
  hark_free(t.c);
  begin(&t); /* another mailbox */
  t.d.mailbox = "INBOX", t.d.refused = once_more, t.retry = "other";
  say(&t, "* OK [CAPABILITY IMAP4rev1] hello\r\n");
  say(&t, "A1 OK in\r\nA2 NO no such mailbox\r\n");
  say(&t, "A3 OK done\r\n");
  sent(&t, "A1 LOGIN me secret|A2 SELECT INBOX|A3 SELECT other|");
  assert_true(t.d.ready);
  hark_free(t.c);
  begin(&t); /* not even sent */
  say(&t, "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hello\r\n");
  sent(&t, "A2 LOGOUT|");
  hark_free(t.c);
  begin(&t);
  t.d.user = NULL;
  assert_int_equal(say(&t, "* OK [CAPABILITY IMAP4rev1] hello\r\n"), HARK_ERR_ARG);
  sent(&t, "A1 LOGOUT|");
  hark_free(t.c);
}

/* --- each step can be done otherwise --- */

static int more(void *ud, hark_client *c) {
  (void)ud;
  return hark_list(c, "", "*", NULL);
}

static void steps_are_skipped(void **state) {
  (void)state;
  talk t;
  static const struct {
    int step;
    const char *sent;
  } cases[] = {
      {HARK_STEP_GREETING, "A1 CAPABILITY|A2 LOGIN me secret|A3 LIST \"\" \"*\"|A4 SELECT x|"},
      {HARK_STEP_CAPABILITY, "A2 CAPABILITY|A1 LOGIN me secret|A3 LIST \"\" \"*\"|A4 SELECT x|"},
      {HARK_STEP_SIGN_IN, "A1 CAPABILITY|A4 LOGOUT|"},
      {HARK_STEP_PREPARE, "A1 CAPABILITY|A2 LOGIN me secret|"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    begin(&t);
    t.skip = cases[i].step, t.d.mailbox = "x", t.d.prepare = more;
    say(&t, "* OK hello\r\n* CAPABILITY IMAP4rev1\r\n");
    say(&t, strstr(cases[i].sent, "A2 CAP") ? "A2 OK done\r\n" : "A1 OK done\r\n");
    sent(&t, cases[i].sent);
    hark_free(t.c);
  }
  begin(&t); /* plain, because the program says so */
  t.d.starttls = HARK_STARTTLS_REQUIRED, t.skip = HARK_STEP_STARTTLS;
  say(&t, "* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n");
  sent(&t, "A1 LOGIN me secret|");
  hark_free(t.c);
  begin(&t); /* the connection stays as it is */
  t.fails = HARK_STEP_SIGN_IN, t.skip = HARK_STEP_GIVE_UP;
  assert_int_equal(say(&t, "* OK [CAPABILITY IMAP4rev1] hello\r\n"), HARK_ERR_BUSY);
  assert_int_equal(t.d.err, HARK_ERR_BUSY);
  sent(&t, "");
  hark_free(t.c);
}

static void steps_fail(void **state) {
  (void)state;
  talk t;
  for (int step = HARK_STEP_CAPABILITY; step <= HARK_STEP_READY; step++) {
    if (step == HARK_STEP_STARTTLS || step == HARK_STEP_LAYER) continue;
    begin(&t);
    t.fails = step;
    say(&t, "* OK hello\r\n* CAPABILITY IMAP4rev1\r\n");
    say(&t, "A1 OK done\r\n");
    if (!t.d.err) say(&t, "A2 OK in\r\n");
    assert_int_equal(t.d.err, step == HARK_STEP_READY ? HARK_ERR_STATE : HARK_ERR_BUSY);
    assert_non_null(strstr(t.sent, "LOGOUT"));
    assert_non_null(strstr(t.log, "GIVE_UP"));
    hark_free(t.c);
  }
}

static void everything_left_out(void **state) {
  (void)state;
  talk t;
  begin(&t);
  t.d = (hark_driver){.size = sizeof t.d, .starttls = HARK_STARTTLS_NEVER, .user = "me"};
  say(&t, "* OK [CAPABILITY IMAP4rev1] hello\r\n");
  say(&t, "A1 OK in\r\n");
  sent(&t, "A1 LOGIN me \"\"|");
  assert_true(t.d.ready);
  assert_null(hark_step_name(-1));
  assert_null(hark_step_name(HARK_STEP_CLOSED + 1));
  hark_free(t.c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(in_one_round_trip),
      cmocka_unit_test(capabilities_are_asked_for),
      cmocka_unit_test(signed_in_beforehand),
      cmocka_unit_test(turned_away),
      cmocka_unit_test(cut_off),
      cmocka_unit_test(starttls_is_required),
      cmocka_unit_test(starttls_is_not_offered),
      cmocka_unit_test(starttls_where_it_is_offered),
      cmocka_unit_test(there_is_no_layer),
      cmocka_unit_test(authenticate),
      cmocka_unit_test(refused),
      cmocka_unit_test(steps_are_skipped),
      cmocka_unit_test(steps_fail),
      cmocka_unit_test(everything_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
