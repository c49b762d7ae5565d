/* tests/unit/test_corners.c - what is rare: calls that no program should make, and layers that
 * fail. SPDX-License-Identifier: MIT */
#include "core/client.h"
#include "core/extension.h"
#include <hark/search.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static hark_client *begin(unsigned flags, const hark_limits *limits) {
  hark_config config;
  hark_config_init(&config);
  config.flags = flags, config.limits = limits;
  hark_client *c = hark_new(&config);
  assert_non_null(c);
  return c;
}

static void drain(hark_client *c) {
  while (hark_next(c)) {
  }
}

static void took_all(hark_client *c) {
  for (size_t n; hark_send_buf(c, &n);) hark_send_ack(c, n);
}

static void say(hark_client *c, const char *text) {
  took_all(c);
  for (size_t took; *text; text += took) {
    took = hark_feed(c, text, strlen(text));
    drain(c);
    if (!took) return;
  }
}

/* --- what the caller sets --- */

static void limits_of_every_kind(void **state) {
  (void)state;
  hark_limits some = {.size = sizeof some,
                      .window = 1,
                      .line = 100,
                      .response = 200,
                      .literal = 50,
                      .items = 3,
                      .depth = 5000,
                      .inflight = 1,
                      .output = 400,
                      .body = 7};
  hark_client *c = begin(0, &some);
  assert_true(c->limits.window > 1);
  assert_true(c->limits.depth <= 1000);
  assert_int_equal(c->limits.items, 3);
  assert_int_equal(c->limits.body, 7);
  hark_free(c);
  some.size =
      offsetof(hark_limits, window); /* as an older program would have it: all are defaults */
  c = begin(0, &some);
  assert_int_equal(c->limits.window, 1 << 14);
  assert_int_equal(c->limits.output, 1 << 20);
  assert_int_equal(c->limits.body, 0);
  hark_free(c);
}

static void nothing_is_asked_for(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  char many[2000], *end = many;
  assert_false(hark_has(c, NULL));
  assert_false(hark_enabled(c, NULL));
  assert_string_equal(hark_error_text(c), hark_err_text(HARK_OK));
  assert_int_equal(hark_assume_capabilities(c, NULL), HARK_ERR_ARG);
  for (size_t i = 0; i < 300; i++) end += snprintf(end, 8, "A12 ");
  snprintf(end, 8, "LAST");
  assert_int_equal(hark_assume_capabilities(c, many), 0); /* 256 are kept */
  assert_false(hark_has(c, "LAST"));
  assert_true(hark_has(c, "a12"));
  assert_int_equal(hark_assume_capabilities(c, "X"), HARK_ERR_STATE);
  hark_free(c);
}

static void names_of_nobody(void **state) {
  (void)state;
  assert_null(hark_event_name(999999));
  assert_null(hark_event_fields(999999));
  assert_null(hark_item_name(999999));
  assert_null(hark_item_fields(999999));
  assert_null(hark_code_fields(999999));
  assert_string_equal(hark_item_name(HARK_ITEM_OTHER), "OTHER");
}

/* --- commands --- */

static void strings_or_nil(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  say(c, "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  hark_builder *b = hark_cmd_begin(c, "X-TEST");
  hark_put_nstring(b, (hark_str){NULL, 0});
  hark_put_nstring(b, (hark_str){"", 0});
  hark_put_nstring(b, (hark_str){"NIL", 3});
  assert_true(hark_cmd_end(b) > 0);
  size_t n;
  const char *sent = hark_send_buf(c, &n);
  assert_int_equal(n, strlen("A1 X-TEST NIL \"\" \"NIL\"\r\n"));
  assert_memory_equal(sent, "A1 X-TEST NIL \"\" \"NIL\"\r\n", n);
  hark_free(c);
}

static void begun_and_never_ended(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  hark_cmd_begin(c, "NOOP");
  hark_builder *b = hark_cmd_begin(c, "NOOP"); /* in place of the other */
  assert_true(hark_cmd_end(b) > 0);
  hark_cmd_begin(c, "NOOP");
  hark_free(c);
}

/* A careless program still holds its builder. */
static void ended_and_gone_on_with(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  say(c, "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  hark_builder *b = hark_cmd_begin(c, "X-TEST");
  assert_int_equal(hark_cmd_end(b), 1);
  hark_put_raw(b, "A");
  hark_put_open(b);
  hark_put_mailbox(b, "\xc3\xbc");
  hark_put_stream(b, 0, 9);
  hark_put_close(b);
  assert_int_equal(hark_cmd_end(b), HARK_ERR_STATE);
  assert_int_equal(hark_cmd_end(b), HARK_ERR_STATE);
  b = hark_cmd_begin(c, "X-TEST");
  assert_int_equal(hark_noop(c), 2);
  hark_put_raw(b, "B");
  assert_int_equal(hark_cmd_end(b), HARK_ERR_STATE);
  size_t n;
  const char *sent = hark_send_buf(c, &n);
  assert_int_equal(n, strlen("A1 X-TEST\r\n"));
  assert_memory_equal(sent, "A1 X-TEST\r\n", n);
  hark_free(c);
}

/* As hark_select() does. */
static void selected_piece_by_piece(void **state) {
  (void)state;
  size_t n;
  hark_client *c = begin(0, NULL);
  say(c, "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
  hark_builder *b = hark_cmd_begin(c, "EXAMINE");
  hark_put_mailbox(b, "inbox");
  hark_put_list(b, "(X-SOME)");
  assert_int_equal(hark_cmd_end(b), 1);
  while (hark_send_buf(c, &n)) hark_send_ack(c, n);
  say(c, "A1 OK done\r\n");
  assert_int_equal(hark_get_phase(c), HARK_PHASE_SELECTED);
  assert_non_null(hark_selected(c));
  assert_string_equal(hark_selected(c), "INBOX");
  hark_free(c);
}

static void too_many_needs(void **state) {
  (void)state;
  static const char names[MAX_NEEDS + 1][2] = {"A", "B", "C", "D", "E", "F", "G"};
  hark_client *c = begin(0, NULL);
  hark_builder *b = hark_cmd_begin(c, "X-TEST");
  for (size_t i = 0; i < MAX_NEEDS; i++) ext_needs(b, names[i]), ext_needs(b, names[i]);
  assert_int_equal(b->text.err, 0);
  ext_needs(b, names[MAX_NEEDS]);
  assert_int_equal(hark_cmd_end(b), HARK_ERR_ARG);
  hark_free(c);
}

/* "CHARSET UTF-8" would not fit any more. */
static void no_room_for_the_charset(void **state) {
  (void)state;
  char long_text[900];
  hark_client *c = begin(0, NULL);
  memset(long_text, 'x', sizeof long_text - 1);
  long_text[sizeof long_text - 1] = 0;
  int last = 1;
  for (size_t cut = 0; cut < 900 && last > 0; cut += 3) {
    hark_builder *q = hark_search_begin(c, 0, NULL);
    for (size_t i = 0; i < 8; i++) hark_q_text(q, "TEXT", long_text);
    hark_q_text(q, "TEXT", long_text + sizeof long_text - 1 - cut);
    last = hark_search_end(q);
    if (last > 0) assert_int_equal(hark_cancel(c, last), 0), drain(c);
  }
  assert_int_equal(last, HARK_ERR_ARG);
  hark_free(c);
}

static void idle_that_never_left(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  assert_int_equal(hark_idle_done(c), HARK_ERR_STATE);
  assert_true(hark_noop(c) > 0);
  assert_int_equal(hark_idle_done(c), HARK_ERR_STATE);
  assert_true(hark_idle(c) > 0);
  assert_int_equal(hark_idle_done(c), 0); /* it was queued: cancelled */
  assert_int_equal(hark_idle_done(c), HARK_ERR_STATE);
  drain(c);
  hark_free(c);
}

/* A tag that this client cannot have given is no answer to it. */
static void tags_of_nobody(void **state) {
  (void)state;
  static const char *const tags[] = {"A", "A0", "A12345678901", "A1x", "A1.", "B1", "A2"};
  for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
    char line[40];
    hark_client *c = begin(0, NULL);
    say(c, "* PREAUTH hi\r\n");
    assert_int_equal(hark_noop(c), 1);
    snprintf(line, sizeof line, "%s OK done\r\n", tags[i]);
    say(c, line);
    assert_int_equal(hark_error(c), HARK_ERR_FRAME);
    hark_free(c);
  }
}

/* --- what cannot be written --- */

static int refusal(void (*put_it)(hark_builder *)) {
  hark_client *c = begin(0, NULL);
  hark_builder *b = hark_cmd_begin(c, "X-TEST");
  put_it(b);
  int id = hark_cmd_end(b);
  hark_free(c);
  return id > 0 ? 0 : id;
}

static void flag_of_8_bits(hark_builder *b) { hark_put_flags(b, "\xc3\xa4"); }
static void flags_too_far(hark_builder *b) { hark_put_flags(b, "a  b"); }
static void flags_and_space(hark_builder *b) { hark_put_flags(b, "a "); }
static void zone_too_far(hark_builder *b) { hark_put_date_time(b, 0, 24 * 60); }
static void zone_too_far_west(hark_builder *b) { hark_put_date_time(b, 0, -24 * 60); }
static void year_10000(hark_builder *b) { hark_put_date_time(b, INT64_MAX, 0); }
static void before_year_1(hark_builder *b) { hark_put_date_time(b, INT64_MIN, 0); }
static void raw_delete(hark_builder *b) { hark_put_raw(b, "a\x7f"); }
static void quoted_of_8_bits(hark_builder *b) { hark_put_quoted(b, "a\r"); }
static void tag_of_none(hark_builder *b) { hark_put_tag(b, 0); }

static void what_is_no_argument(void **state) {
  (void)state;
  static void (*const none[])(hark_builder *) = {
      flag_of_8_bits, flags_too_far, flags_and_space, zone_too_far,     zone_too_far_west,
      year_10000,     before_year_1, raw_delete,      quoted_of_8_bits, tag_of_none};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    assert_int_equal(refusal(none[i]), HARK_ERR_ARG);
}

/* --- the network --- */

static void failing(void **state) {
  (void)state;
  char long_text[2000];
  memset(long_text, 'x', sizeof long_text - 1);
  long_text[sizeof long_text - 1] = 0;
  hark_client *c = begin(0, NULL);
  hark_fail(c, HARK_ERR_CERT, long_text); /* told as far as there is room */
  assert_int_equal(hark_error(c), HARK_ERR_CERT);
  assert_true(strlen(hark_error_text(c)) < 1000);
  hark_fail(c, HARK_ERR_NET, "again");
  assert_int_equal(hark_error(c), HARK_ERR_CERT);
  hark_free(c);
  c = begin(0, NULL);
  hark_fail(c, HARK_ERR_NET, NULL);
  drain(c);
  assert_int_equal(hark_error(c), HARK_ERR_NET);
  hark_free(c);
}

static void after_the_end(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  say(c, "* PREAUTH hi\r\n");
  assert_true(hark_logout(c) > 0);
  say(c, "* BYE bye\r\nA1 OK done\r\n");
  hark_recv_eof(c);
  drain(c);
  assert_int_equal(hark_wants(c), HARK_CLOSED);
  hark_fail(c, HARK_ERR_NET, "late");
  assert_int_equal(hark_error(c), 0);
  size_t n;
  assert_null(hark_recv_buf(c, &n));
  assert_int_equal(hark_feed(c, "x", 1), 0);
  hark_free(c);
}

/* The place is given again until bytes are in it. */
static void a_place_that_is_asked_for_twice(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  size_t n, again;
  void *place = hark_recv_buf(c, &n);
  assert_ptr_equal(hark_recv_buf(c, &again), place);
  assert_int_equal(again, n);
  assert_int_equal(hark_recv_ack(c, 0), 0);
  assert_int_equal(hark_feed(c, "", 0), 0);
  assert_non_null(hark_recv_buf(c, &n));
  hark_fail(c, HARK_ERR_CERT, NULL);
  hark_free(c);
}

/* What is still to be told comes first. */
static void what_is_wanted_between_events(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  static const char greeting[] = "* PREAUTH hi\r\n", answer[] = "A1 OK done\r\n";
  assert_int_equal(hark_feed(c, greeting, sizeof greeting - 1), sizeof greeting - 1);
  assert_non_null(hark_next(c));
  assert_int_equal(hark_wants(c), 0);
  drain(c);
  assert_int_equal(hark_wants(c), HARK_WANT_RECV);
  assert_int_equal(hark_logout(c), 1);
  took_all(c);
  assert_int_equal(hark_feed(c, answer, sizeof answer - 1), sizeof answer - 1);
  assert_int_equal(hark_next(c)->type, HARK_EV_PHASE);
  assert_int_equal(hark_wants(c), 0);
  assert_int_equal(hark_next(c)->type, HARK_EV_DONE);
  drain(c);
  assert_int_equal(hark_wants(c), HARK_CLOSED);
  hark_free(c);
}

/* Only bytes are an injection, and only one failure counts. */
static void nothing_before_tls(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  say(c, "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n");
  assert_int_equal(hark_starttls(c), 1);
  say(c, "A1 OK begin\r\n");
  assert_int_equal(hark_wants(c), HARK_WANT_LAYER);
  assert_int_equal(hark_feed(c, "", 0), 0);
  assert_int_equal(hark_error(c), 0);
  hark_fail(c, HARK_ERR_CERT, NULL);
  assert_int_equal(hark_feed(c, "x", 1), 0);
  assert_int_equal(hark_error(c), HARK_ERR_CERT);
  hark_free(c);
}

/* --- layers that fail --- */

typedef struct bad {
  hark_layer base;
  int encode, decode, eof, shutdown; /* what they return */
  const char *text;
} bad;

static int pass(hark_in *in, hark_out *out) {
  size_t n = in->n < out->n ? in->n : out->n;
  if (n) memcpy(out->p, in->p, n);
  in->p += n, in->n -= n, out->p += n, out->n -= n;
  return 0;
}
static int bad_encode(hark_layer *self, hark_in *in, hark_out *out) {
  pass(in, out);
  return ((bad *)self)->encode;
}
static int bad_decode(hark_layer *self, hark_in *in, hark_out *out) {
  pass(in, out);
  return ((bad *)self)->decode;
}
static int bad_eof(hark_layer *self) { return ((bad *)self)->eof; }
static int bad_shutdown(hark_layer *self, hark_out *out) {
  if (out->n) *out->p++ = '!', out->n--;
  return ((bad *)self)->shutdown;
}
static const char *bad_text(const hark_layer *self) { return ((const bad *)self)->text; }
static void bad_free(hark_layer *self) { free(self); }

static const hark_layer_ops bad_ops = {.size = sizeof bad_ops,
                                       .kind = HARK_LAYER_TLS,
                                       .decode = bad_decode,
                                       .encode = bad_encode,
                                       .eof = bad_eof,
                                       .shutdown = bad_shutdown,
                                       .error_text = bad_text,
                                       .free = bad_free};
/* As an older program has them: what is not there never happens. */
static const hark_layer_ops plain_ops = {.size = offsetof(hark_layer_ops, ended),
                                         .kind = HARK_LAYER_TLS,
                                         .decode = bad_decode,
                                         .encode = bad_encode,
                                         .free = bad_free};

static bad *push(hark_client *c, const hark_layer_ops *ops) {
  bad *b = calloc(1, sizeof *b);
  assert_non_null(b);
  b->base.ops = ops, b->text = "";
  assert_int_equal(hark_push_layer(c, &b->base), 0);
  return b;
}

static void check_failure(hark_client *c, int err, const char *text) {
  drain(c);
  assert_int_equal(hark_error(c), err);
  assert_non_null(strstr(hark_error_text(c), text));
  hark_free(c);
}

static void a_layer_that_fails(void **state) {
  (void)state;
  static const struct failure {
    int given, told;
    const char *text;
  } failures[] = {{HARK_ERR_CERT, HARK_ERR_CERT, "a sentence"},
                  {HARK_ERR_NOMEM, HARK_ERR_NOMEM, ""},
                  {HARK_ERR_EOF, HARK_ERR_EOF, ""},
                  {HARK_ERR_ARG, HARK_ERR_LAYER, ""}};
  for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
    hark_client *c = begin(0, NULL);
    bad *layer = push(c, &bad_ops);
    layer->text = failures[i].text, layer->decode = failures[i].given;
    say(c, "* OK hi\r\n");
    check_failure(c, failures[i].told, failures[i].text);

    c = begin(0, NULL);
    layer = push(c, &bad_ops);
    say(c, "* PREAUTH hi\r\n");
    layer->text = failures[i].text, layer->encode = failures[i].given;
    hark_noop(c);
    check_failure(c, failures[i].told, failures[i].text);

    c = begin(0, NULL);
    layer = push(c, &bad_ops);
    layer->text = failures[i].text, layer->eof = failures[i].given;
    say(c, "* OK hi\r\n");
    hark_recv_eof(c);
    check_failure(c, failures[i].told, failures[i].text);
  }
}

static void the_lower_of_two_fails(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  bad *lower = push(c, &bad_ops);
  push(c, &plain_ops);
  say(c, "* PREAUTH hi\r\n");
  lower->encode = HARK_ERR_LAYER;
  hark_noop(c);
  check_failure(c, HARK_ERR_LAYER, "");
}

static void layers_without_ends(void **state) {
  (void)state;
  for (int how = 0; how < 3; how++) {
    hark_client *c = begin(0, NULL);
    bad *layer = push(c, how ? &bad_ops : &plain_ops);
    push(c, &plain_ops);
    say(c, "* PREAUTH hi\r\n");
    layer->shutdown = how > 1 ? HARK_ERR_LAYER : 0;
    assert_true(hark_logout(c) > 0);
    say(c, "* BYE bye\r\nA1 OK done\r\n");
    assert_int_equal(hark_wants(c), how == 1 ? HARK_WANT_SEND : HARK_CLOSED);
    hark_recv_eof(c);
    drain(c);
    assert_int_equal(hark_error(c), 0);
    hark_free(c);
  }
}

/* --- layers with a will of their own --- */

typedef struct odd {
  hark_layer base;
  bool ended, unready, refuses, gathers, takes_none;
  char kept[64]; /* gathers */
  size_t n;
} odd;

static int odd_encode(hark_layer *self, hark_in *in, hark_out *out) {
  odd *o = (odd *)self;
  if (o->unready) return 0;
  if (o->refuses && in->n) return HARK_ERR_LAYER;
  if (!o->gathers) return pass(in, out);
  if (in->n) o->kept[o->n++] = (char)*in->p++, in->n--;
  if (in->n) return 0; /* one byte a call, and all of them with the last */
  memcpy(out->p, o->kept, o->n);
  out->p += o->n, out->n -= o->n, o->n = 0;
  return 0;
}
static int odd_decode(hark_layer *self, hark_in *in, hark_out *out) {
  return ((odd *)self)->takes_none ? 0 : pass(in, out);
}
static bool odd_ready(const hark_layer *self) { return !((const odd *)self)->unready; }
static bool odd_ended(const hark_layer *self) { return ((const odd *)self)->ended; }

static const hark_layer_ops odd_ops = {.size = sizeof odd_ops,
                                       .kind = HARK_LAYER_TLS,
                                       .decode = odd_decode,
                                       .encode = odd_encode,
                                       .ready = odd_ready,
                                       .ended = odd_ended,
                                       .free = bad_free};

static odd *push_odd(hark_client *c) {
  odd *o = calloc(1, sizeof *o);
  assert_non_null(o);
  o->base.ops = &odd_ops;
  assert_int_equal(hark_push_layer(c, &o->base), 0);
  return o;
}

static void a_layer_without_words(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  bad *layer = push(c, &plain_ops);
  say(c, "* PREAUTH hi\r\n");
  layer->encode = HARK_ERR_LAYER;
  hark_noop(c);
  check_failure(c, HARK_ERR_LAYER, hark_err_text(HARK_ERR_LAYER));
}

/* TLS says that nothing more comes; the socket has not said it yet. */
static void a_layer_that_ends(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  odd *layer = push_odd(c);
  say(c, "* OK hi\r\n");
  assert_int_equal(hark_error(c), 0);
  layer->ended = true;
  check_failure(c, HARK_ERR_EOF, "");
}

static void a_layer_that_gathers(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  odd *layer = push_odd(c);
  say(c, "* PREAUTH hi\r\n");
  layer->gathers = true;
  assert_int_equal(hark_noop(c), 1);
  size_t n;
  const void *sent = hark_send_buf(c, &n);
  assert_int_equal(n, strlen("A1 NOOP\r\n"));
  assert_memory_equal(sent, "A1 NOOP\r\n", n);
  hark_free(c);
}

static void a_layer_that_is_ready_no_more(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  odd *layer = push_odd(c);
  say(c, "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi\r\n");
  assert_int_equal(hark_idle(c), 1);
  say(c, "+ idling\r\n");
  layer->unready = true;
  assert_int_equal(hark_idle_done(c), HARK_ERR_LAYER);
  check_failure(c, HARK_ERR_LAYER, "");
}

static void a_farewell_that_cannot_leave(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  odd *lower = push_odd(c);
  push(c, &bad_ops);
  say(c, "* PREAUTH hi\r\n");
  assert_int_equal(hark_logout(c), 1);
  took_all(c);
  lower->refuses = true;
  say(c, "* BYE bye\r\nA1 OK done\r\n");
  assert_int_equal(hark_inflight(c), 0);
  assert_int_equal(hark_wants(c), HARK_CLOSED);
  check_failure(c, HARK_ERR_LAYER, "");
}

/* It waits for more than there is room for: that ends, too. */
static void a_layer_that_takes_nothing(void **state) {
  (void)state;
  const hark_limits limits = {.size = sizeof limits, .window = 1024};
  hark_client *c = begin(0, &limits);
  push_odd(c)->takes_none = true;
  size_t all = 0;
  for (size_t n; (n = hark_feed(c, "0123456789", 10)); all += n) drain(c);
  assert_int_equal(all, 1024);
  check_failure(c, HARK_ERR_NOMEM, "receive window");
}

static void bytes_behind_a_failure(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  odd *layer = push_odd(c);
  say(c, "* PREAUTH hi\r\n");
  size_t n;
  char *place = hark_recv_buf(c, &n);
  assert_non_null(place);
  layer->refuses = true;
  hark_noop(c);
  *place = '*';
  assert_int_equal(hark_recv_ack(c, 1), HARK_ERR_LAYER);
  check_failure(c, HARK_ERR_LAYER, "");
}

static void no_more_layers(void **state) {
  (void)state;
  hark_client *c = begin(0, NULL);
  for (size_t i = 0; i < MAX_LAYERS; i++) push(c, &plain_ops);
  assert_int_equal(c->nlayers, MAX_LAYERS);
  bad *one = calloc(1, sizeof *one);
  assert_non_null(one);
  one->base.ops = &plain_ops;
  assert_int_equal(hark_push_layer(c, &one->base), HARK_ERR_STATE); /* it was freed */
  hark_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(limits_of_every_kind),
      cmocka_unit_test(nothing_is_asked_for),
      cmocka_unit_test(names_of_nobody),
      cmocka_unit_test(strings_or_nil),
      cmocka_unit_test(begun_and_never_ended),
      cmocka_unit_test(ended_and_gone_on_with),
      cmocka_unit_test(selected_piece_by_piece),
      cmocka_unit_test(too_many_needs),
      cmocka_unit_test(no_room_for_the_charset),
      cmocka_unit_test(idle_that_never_left),
      cmocka_unit_test(tags_of_nobody),
      cmocka_unit_test(what_is_no_argument),
      cmocka_unit_test(failing),
      cmocka_unit_test(after_the_end),
      cmocka_unit_test(a_place_that_is_asked_for_twice),
      cmocka_unit_test(a_layer_that_fails),
      cmocka_unit_test(the_lower_of_two_fails),
      cmocka_unit_test(layers_without_ends),
      cmocka_unit_test(no_more_layers),
      cmocka_unit_test(what_is_wanted_between_events),
      cmocka_unit_test(nothing_before_tls),
      cmocka_unit_test(a_layer_without_words),
      cmocka_unit_test(a_layer_that_ends),
      cmocka_unit_test(a_layer_that_gathers),
      cmocka_unit_test(a_layer_that_is_ready_no_more),
      cmocka_unit_test(a_farewell_that_cannot_leave),
      cmocka_unit_test(a_layer_that_takes_nothing),
      cmocka_unit_test(bytes_behind_a_failure),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
