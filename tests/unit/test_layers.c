/* tests/unit/test_layers.c - core/layers.c: layers on layers, and what comes between them.
 * SPDX-License-Identifier: MIT */
#include "heap.h"
#include <hark/command.h>
#include <hark/event.h>
#include <hark/layer.h>

/* Turns each byte over by a key, a few at a time. */
typedef struct veil {
  hark_layer base;
  uint8_t key;
  size_t step; /* bytes a call */
} veil;

static size_t turn(const veil *v, hark_in *in, hark_out *out) {
  size_t n = in->n < out->n ? in->n : out->n;
  if (n > v->step) n = v->step;
  for (size_t i = 0; i < n; i++) out->p[i] = in->p[i] ^ v->key;
  in->p += n, in->n -= n, out->p += n, out->n -= n;
  return n;
}

/* What one record has, and no more: the next one comes with the next call but one. */
static int turn_line(hark_layer *self, hark_in *in, hark_out *out) {
  veil *v = (veil *)self;
  bool paused = !v->step;
  v->step = 1;
  if (paused || !turn(v, in, out)) return 0;
  if (out->p[-1] == '\n') v->step = 0;
  return 0;
}

static int turn_any(hark_layer *self, hark_in *in, hark_out *out) {
  turn((const veil *)self, in, out);
  return 0;
}

static void veil_free(hark_layer *self) { free(self); }

static const hark_layer_ops deflate = {.size = sizeof deflate,
                                       .kind = HARK_LAYER_DEFLATE,
                                       .decode = turn_any,
                                       .encode = turn_any,
                                       .free = veil_free};
static const hark_layer_ops tls = {.size = sizeof tls,
                                   .kind = HARK_LAYER_TLS,
                                   .decode = turn_any,
                                   .encode = turn_any,
                                   .free = veil_free};

static const hark_layer_ops records = {.size = sizeof records,
                                       .kind = HARK_LAYER_DEFLATE,
                                       .decode = turn_line,
                                       .encode = turn_any,
                                       .free = veil_free};

static hark_layer *veil_new(const hark_layer_ops *ops, uint8_t key, size_t step) {
  veil *v = malloc(sizeof *v);
  assert_non_null(v);
  *v = (veil){{ops}, key, step};
  return &v->base;
}

static size_t drain(hark_client *c, int type) {
  size_t n = 0;
  for (const hark_event *ev; (ev = hark_next(c));) n += ev->type == type;
  return n;
}

/* What the server says, through both keys, in pieces of that many bytes. */
static size_t say(hark_client *c, uint8_t key, size_t piece, const char *text, int type) {
  size_t seen = 0, left = strlen(text);
  while (left) {
    char bytes[64];
    size_t n = left < piece ? left : piece;
    for (size_t i = 0; i < n; i++) bytes[i] = (char)((uint8_t)text[i] ^ key);
    n = hark_feed(c, bytes, n);
    seen += drain(c, type);
    if (!n) break;
    text += n, left -= n;
  }
  return seen;
}

static void sent(hark_client *c, uint8_t key, const char *want) {
  size_t n, left = strlen(want);
  for (const uint8_t *p; (p = hark_send_buf(c, &n)); want += n, left -= n) {
    assert_true(n <= left);
    for (size_t i = 0; i < n; i++) assert_int_equal(p[i] ^ key, (uint8_t)want[i]);
    hark_send_ack(c, n);
  }
  assert_int_equal(left, 0);
}

static void three_of_them(void **state) {
  (void)state;
  for (size_t piece = 1; piece < 64; piece += 9) {
    hark_client *c = hark_new(NULL);
    assert_int_equal(hark_push_layer(c, veil_new(&tls, 1, 3)), 0);
    assert_int_equal(hark_push_layer(c, veil_new(&deflate, 2, 1)), 0);
    assert_int_equal(hark_push_layer(c, veil_new(&deflate, 4, 64)), 0);
    assert_int_equal(hark_push_layer(c, veil_new(&deflate, 8, 1)), HARK_ERR_STATE);
    assert_int_equal(say(c, 7, piece, "* PREAUTH hi\r\n* 5 EXISTS\r\n", HARK_EV_GREETING), 1);
    assert_int_equal(hark_noop(c), 1);
    sent(c, 7, "A1 NOOP\r\n");
    assert_int_equal(say(c, 7, piece, "* OK x\r\nA1 OK done\r\n", HARK_EV_DONE), 1);
    assert_int_equal(hark_push_layer(c, veil_new(&deflate, 8, 1)), HARK_ERR_STATE);
    hark_free(c);
  }
}

/* SEC F-31 */
static void every_allocation_failing(void **state) {
  bool failed = true;
  for (long at = 1; failed; at++) {
    setup(state);
    heap.fail_at = at, heap.for_good = at % 2;
    hark_config config;
    hark_config_init(&config);
    config.alloc = failing_alloc, config.alloc_ud = &heap;
    hark_client *c = hark_new(&config);
    for (uint8_t key = 1; c && key <= 4; key = (uint8_t)(key * 2))
      hark_push_layer(c, veil_new(key == 1 ? &tls : &deflate, key, 3));
    if (c) say(c, 7, 9, "* PREAUTH hi\r\n* 5 EXISTS\r\n", HARK_EV_GREETING);
    failed = heap.calls >= at;
    if (c) assert_int_equal(hark_error(c), failed ? HARK_ERR_NOMEM : 0);
    hark_free(c);
    teardown(state);
  }
}

/* SEC: what was decoded behind the OK is an injection too. */
static void plain_bytes_before_tls(void **state) {
  (void)state;
  hark_client *c = hark_new(NULL);
  const char *text = "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n";
  assert_int_equal(hark_push_layer(c, veil_new(&deflate, 2, 1)), 0);
  assert_int_equal(say(c, 2, 64, text, HARK_EV_GREETING), 1);
  assert_int_equal(hark_starttls(c), 1);
  sent(c, 2, "A1 STARTTLS\r\n");
  assert_int_equal(say(c, 2, 64, "A1 OK begin\r\n* CAPABILITY X\r\n", HARK_EV_LAYER), 0);
  assert_int_equal(hark_error(c), HARK_ERR_INJECT);
  hark_free(c);
}

/* SEC A-02: and what comes out of the layer below only then. */
static void plain_bytes_behind_the_answer(void **state) {
  (void)state;
  hark_client *c = hark_new(NULL);
  const char *text = "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n";
  assert_int_equal(hark_push_layer(c, veil_new(&records, 2, 1)), 0);
  assert_int_equal(say(c, 2, 64, text, HARK_EV_GREETING), 1);
  assert_int_equal(hark_starttls(c), 1);
  sent(c, 2, "A1 STARTTLS\r\n");
  assert_int_equal(say(c, 2, 64, "A1 OK begin\r\n* CAPABILITY X\r\n", HARK_EV_LAYER), 1);
  assert_int_equal(hark_wants(c), HARK_WANT_LAYER);
  assert_int_equal(hark_push_layer(c, veil_new(&tls, 1, 3)), HARK_ERR_INJECT);
  assert_int_equal(hark_error(c), HARK_ERR_INJECT);
  hark_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(three_of_them), cmocka_unit_test(every_allocation_failing),
      cmocka_unit_test(plain_bytes_before_tls), cmocka_unit_test(plain_bytes_behind_the_answer)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
