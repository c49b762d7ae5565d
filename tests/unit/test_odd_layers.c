/* tests/unit/test_odd_layers.c - layers that fail, and layers with a will of their own.
 * SPDX-License-Identifier: MIT */
#include "any_client.h"
#include "core/client.h"
#include <stddef.h>

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
      cmocka_unit_test(a_layer_that_fails),
      cmocka_unit_test(the_lower_of_two_fails),
      cmocka_unit_test(layers_without_ends),
      cmocka_unit_test(a_layer_without_words),
      cmocka_unit_test(a_layer_that_ends),
      cmocka_unit_test(a_layer_that_gathers),
      cmocka_unit_test(a_layer_that_is_ready_no_more),
      cmocka_unit_test(a_farewell_that_cannot_leave),
      cmocka_unit_test(a_layer_that_takes_nothing),
      cmocka_unit_test(bytes_behind_a_failure),
      cmocka_unit_test(no_more_layers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
