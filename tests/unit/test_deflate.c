/* test_deflate.c - hark_deflate_layer() against zlib, and in a client.  RFC 4978.
 * SPDX-License-Identifier: MIT
 *
 * The linker puts calloc() of this program here: zlib has its memory from there. */
#include <hark/command.h>
#include <hark/event.h>
#include <hark/layer.h>
#include <hark/net.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include <cmocka.h>

enum { MOST = 1 << 17, PIECE = 16384, MILLION = 1000000 };

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

static long calls, fail_at; /* 0: none fails */
void *__wrap_calloc(size_t n, size_t size) {
  return ++calls == fail_at ? NULL : __real_calloc(n, size);
}

typedef struct bytes {
  uint8_t p[MOST];
  size_t n;
} bytes;

/* --- the server: zlib as it is --- */

typedef struct server {
  z_stream in, out;
} server;

static void server_begin(server *s) {
  memset(s, 0, sizeof *s);
  assert_int_equal(inflateInit2(&s->in, -15), Z_OK);
  assert_int_equal(deflateInit2(&s->out, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
}

static void server_end(server *s) { inflateEnd(&s->in), deflateEnd(&s->out); }

static void server_says(server *s, const void *p, size_t n, int flush, bytes *wire) {
  s->out.next_in = p, s->out.avail_in = (uInt)n;
  s->out.next_out = wire->p + wire->n, s->out.avail_out = (uInt)(MOST - wire->n);
  assert_in_range(deflate(&s->out, flush), Z_OK, Z_STREAM_END);
  assert_int_equal(s->out.avail_in, 0);
  wire->n = MOST - s->out.avail_out;
}

static void server_hears(server *s, const bytes *wire, bytes *plain) {
  s->in.next_in = wire->p, s->in.avail_in = (uInt)wire->n;
  s->in.next_out = plain->p + plain->n, s->in.avail_out = (uInt)(MOST - plain->n);
  if (wire->n) assert_int_equal(inflate(&s->in, Z_SYNC_FLUSH), Z_OK);
  assert_int_equal(s->in.avail_in, 0);
  plain->n = MOST - s->in.avail_out;
}

/* --- the layer, by pieces --- */

static hark_layer *layer_new(void) {
  hark_layer *l = hark_deflate_layer();
  assert_non_null(l);
  assert_int_equal(l->ops->kind, HARK_LAYER_DEFLATE);
  assert_true(l->ops->ready(l));
  assert_string_equal(l->ops->error_text(l), "");
  return l;
}

/* As a client does: until room is left.  What the layer says. */
static int decode_piece(hark_layer *l, const void *p, size_t n, size_t room, bytes *plain) {
  hark_in in = {p, n};
  for (;;) {
    assert_true(plain->n + room <= MOST);
    hark_out out = {plain->p + plain->n, room};
    const size_t before = in.n;
    const int err = l->ops->decode(l, &in, &out);
    plain->n += room - out.n;
    if (err || (out.n == room && in.n == before)) return err;
  }
}

static int decode_all(hark_layer *l, const bytes *wire, size_t piece, size_t room, bytes *plain) {
  for (size_t at = 0; at < wire->n; at += piece) {
    const size_t n = wire->n - at < piece ? wire->n - at : piece;
    const int err = decode_piece(l, wire->p + at, n, room, plain);
    if (err) return err;
  }
  return 0;
}

/* p NULL: flushes. */
static void encode(hark_layer *l, const void *p, size_t n, size_t room, bytes *wire) {
  hark_in in = {p, n};
  for (;;) {
    assert_true(wire->n + room <= MOST);
    hark_out out = {wire->p + wire->n, room};
    const size_t before = in.n;
    assert_int_equal(l->ops->encode(l, &in, &out), 0);
    wire->n += room - out.n;
    if ((n && !in.n) || (out.n == room && in.n == before)) break;
  }
  assert_int_equal(in.n, 0);
}

/* Text that has both long and no repetitions. */
static size_t text_of(uint8_t *p, size_t n) {
  uint32_t x = 1;
  for (size_t i = 0; i < n; i++) {
    x = x * 1664525 + 1013904223;
    p[i] = i % 2048 < 1500 ? (uint8_t)("* 1 FETCH (UID 7)\r\n"[i % 19]) : (uint8_t)(x >> 24);
  }
  return n;
}

static void from_the_server_at_any_cut(void **state) {
  (void)state;
  static bytes wire, plain, want;
  static const size_t cuts[] = {1, 2, 3, 7, 64, 1000, MOST}, rooms[] = {1, 5, 100, PIECE};
  server s;
  server_begin(&s);
  want.n = text_of(want.p, 20000), wire.n = 0;
  for (size_t at = 0; at < want.n; at += 5000)
    server_says(&s, want.p + at, 5000, Z_SYNC_FLUSH, &wire);
  server_end(&s);
  for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++)
    for (size_t r = 0; r < sizeof rooms / sizeof *rooms; r++) {
      hark_layer *l = layer_new();
      plain.n = 0;
      assert_int_equal(decode_all(l, &wire, cuts[c], rooms[r], &plain), 0);
      assert_int_equal(plain.n, want.n);
      assert_memory_equal(plain.p, want.p, want.n);
      assert_false(l->ops->ended(l));
      l->ops->free(l);
    }
}

/* Also where there is next to no room for what comes. */
static void to_the_server_at_any_cut(void **state) {
  (void)state;
  static bytes wire, plain, want;
  static const size_t cuts[] = {1, 3, 64, 1000, 20000}, rooms[] = {1, 2, 5, 6, 63, 64, 65, 4096};
  want.n = text_of(want.p, 20000);
  for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++)
    for (size_t r = 0; r < sizeof rooms / sizeof *rooms; r++) {
      server s;
      server_begin(&s);
      hark_layer *l = layer_new();
      plain.n = wire.n = 0;
      for (size_t at = 0; at < want.n; at += cuts[c]) {
        const size_t n = want.n - at < cuts[c] ? want.n - at : cuts[c];
        encode(l, want.p + at, n, rooms[r], &wire);
      }
      encode(l, NULL, 0, rooms[r], &wire);
      server_hears(&s, &wire, &plain);
      assert_int_equal(plain.n, want.n);
      assert_memory_equal(plain.p, want.p, want.n);
      assert_true(wire.n < want.n);
      l->ops->free(l);
      server_end(&s);
    }
}

/* Its mark: an empty block without compression, RFC 1951 section 3.2.4. */
static size_t flushes_in(const bytes *wire) {
  size_t found = 0;
  for (size_t i = 0; i + 4 <= wire->n; i++) found += !memcmp(wire->p + i, "\0\0\xff\xff", 4);
  return found;
}

static void a_flush_for_a_flight(void **state) {
  (void)state;
  static bytes wire, plain;
  static const char flight[] = "A1 LOGIN a b\r\nA2 ID NIL\r\nA3 EXAMINE INBOX\r\n";
  server s;
  server_begin(&s);
  hark_layer *l = layer_new();
  wire.n = plain.n = 0;
  encode(l, NULL, 0, PIECE, &wire);
  assert_int_equal(wire.n, 0); /* nothing was pending */
  for (const char *p = flight; *p; p = strchr(p, '\n') + 1)
    encode(l, p, (size_t)(strchr(p, '\n') + 1 - p), PIECE, &wire);
  assert_int_equal(flushes_in(&wire), 0);
  encode(l, NULL, 0, PIECE, &wire);
  assert_int_equal(flushes_in(&wire), 1);
  server_hears(&s, &wire, &plain);
  assert_int_equal(plain.n, sizeof flight - 1);
  assert_memory_equal(plain.p, flight, plain.n);
  wire.n = 0;
  encode(l, NULL, 0, PIECE, &wire);
  encode(l, NULL, 0, 1, &wire);
  assert_int_equal(wire.n, 0);
  assert_int_equal(l->ops->shutdown(l, &(hark_out){wire.p, MOST}), 0);
  l->ops->free(l);
  server_end(&s);
}

/* SEC O-02: of any of many beginnings nothing but text or an error comes, which stays. */
static void garbage(void **state) {
  (void)state;
  static bytes plain, wire;
  size_t refused = 0;
  for (unsigned first = 0; first < 65536; first += 101) {
    hark_layer *l = layer_new();
    plain.n = 0;
    wire.n = 64, memset(wire.p, 0xa5, wire.n);
    wire.p[0] = (uint8_t)first, wire.p[1] = (uint8_t)(first >> 8);
    const int err = decode_all(l, &wire, 64, 512, &plain);
    if (err) {
      refused++;
      hark_out out = {plain.p, 1};
      assert_int_equal(err, HARK_ERR_LAYER);
      assert_non_null(strstr(l->ops->error_text(l), "compressed data cannot be read ("));
      assert_int_equal(l->ops->decode(l, &(hark_in){wire.p, 1}, &out), HARK_ERR_LAYER);
      assert_int_equal(l->ops->encode(l, &(hark_in){wire.p, 1}, &out), HARK_ERR_LAYER);
      assert_int_equal(l->ops->eof(l), HARK_ERR_LAYER);
      assert_false(l->ops->ready(l));
    }
    l->ops->free(l);
  }
  assert_true(refused > 500);
}

/* SEC O-02: what was cut gives a beginning of the text, and no more however often it is asked. */
static void cut_anywhere(void **state) {
  (void)state;
  static bytes wire, plain, want;
  server s;
  server_begin(&s);
  want.n = text_of(want.p, 3000), wire.n = 0;
  server_says(&s, want.p, want.n, Z_SYNC_FLUSH, &wire);
  server_end(&s);
  const size_t whole = wire.n;
  for (wire.n = 0; wire.n < whole; wire.n++) {
    hark_layer *l = layer_new();
    plain.n = 0;
    assert_int_equal(decode_all(l, &wire, MOST, PIECE, &plain), 0);
    assert_true(plain.n < want.n || wire.n + 8 > whole); /* the flush */
    assert_memory_equal(plain.p, want.p, plain.n);
    const size_t before = plain.n;
    assert_int_equal(decode_piece(l, wire.p, 0, PIECE, &plain), 0);
    assert_int_equal(plain.n, before);
    assert_int_equal(l->ops->eof(l), 0);
    assert_false(l->ops->ended(l));
    l->ops->free(l);
  }
}

static void the_last_block(void **state) {
  (void)state;
  static bytes wire, plain;
  server s;
  server_begin(&s);
  wire.n = plain.n = 0;
  server_says(&s, "* BYE\r\n", 7, Z_FINISH, &wire);
  server_end(&s);
  memcpy(wire.p + wire.n, "more", 4), wire.n += 4;
  hark_layer *l = layer_new();
  assert_int_equal(decode_all(l, &wire, MOST, 3, &plain), 0);
  assert_int_equal(plain.n, 7);
  assert_true(l->ops->ended(l));
  assert_int_equal(decode_piece(l, "x", 1, PIECE, &plain), 0);
  assert_int_equal(plain.n, 7);
  assert_int_equal(l->ops->eof(l), 0);
  l->ops->free(l);
}

/* SEC G-09: a million zeros are a thousand bytes; each piece has the room it was given. */
static void a_million_zeros(void **state) {
  (void)state;
  static bytes wire;
  static uint8_t zeros[MILLION], window[PIECE + 1];
  server s;
  server_begin(&s);
  wire.n = 0;
  server_says(&s, zeros, MILLION, Z_SYNC_FLUSH, &wire);
  server_end(&s);
  assert_true(wire.n < 1100);
  hark_layer *l = layer_new();
  hark_in in = {wire.p, wire.n};
  size_t total = 0, pieces = 0;
  for (size_t made = PIECE; made; total += made, pieces++) {
    memset(window, 1, sizeof window);
    hark_out out = {window, PIECE};
    assert_int_equal(l->ops->decode(l, &in, &out), 0);
    made = PIECE - out.n;
    assert_memory_equal(window, zeros, made);
    assert_int_equal(window[made], 1);
  }
  assert_int_equal(total, MILLION);
  assert_int_equal(pieces, MILLION / PIECE + 2);
  l->ops->free(l);
}

/* SEC O-06: of whatever there is no memory for. */
static void no_memory(void **state) {
  (void)state;
  static bytes wire, plain;
  server s;
  server_begin(&s);
  wire.n = 0;
  server_says(&s, "* OK hello\r\n", 12, Z_SYNC_FLUSH, &wire);
  server_end(&s);
  long made_without = 0;
  bool failed = true;
  for (fail_at = 1; failed; fail_at++) {
    calls = 0, plain.n = 0;
    hark_layer *l = hark_deflate_layer();
    int err = l ? decode_all(l, &wire, MOST, 3, &plain) : HARK_ERR_NOMEM;
    failed = calls >= fail_at;
    assert_int_equal(err, failed ? HARK_ERR_NOMEM : 0);
    made_without += !l;
    if (l && err) assert_string_equal(l->ops->error_text(l), hark_err_text(HARK_ERR_NOMEM));
    if (l) l->ops->free(l);
  }
  fail_at = 0;
  assert_true(made_without > 4); /* the layer, and what zlib wants for both ways */
}

/* --- in a client --- */

static hark_client *client_new(server *s) {
  server_begin(s);
  hark_client *c = hark_new(NULL);
  assert_non_null(c);
  assert_int_equal(hark_push_layer(c, hark_deflate_layer()), 0);
  return c;
}

static void client_hears(hark_client *c, const bytes *wire, int type, size_t times) {
  size_t told = 0;
  for (size_t at = 0; at < wire->n;) {
    const size_t took = hark_feed(c, wire->p + at, wire->n - at);
    for (const hark_event *ev; (ev = hark_next(c));) told += ev->type == type;
    if (!took) break;
    at += took;
  }
  assert_int_equal(told, times);
}

static hark_client *client_greeted(server *s) {
  static bytes wire;
  hark_client *c = client_new(s);
  wire.n = 0;
  server_says(s, "* PREAUTH hi\r\n", 14, Z_SYNC_FLUSH, &wire);
  client_hears(c, &wire, HARK_EV_GREETING, 1);
  return c;
}

static void client_said(hark_client *c, server *s, const char *want) {
  static bytes wire, plain;
  wire.n = plain.n = 0;
  size_t n;
  for (const void *p; (p = hark_send_buf(c, &n)); hark_send_ack(c, n)) {
    memcpy(wire.p + wire.n, p, n), wire.n += n;
  }
  server_hears(s, &wire, &plain);
  assert_int_equal(plain.n, strlen(want));
  assert_memory_equal(plain.p, want, plain.n);
}

/* A command leaves whole though no byte comes in meanwhile, and hark_next() is not called. */
static void a_command_does_not_stay_behind(void **state) {
  (void)state;
  static bytes wire;
  server s;
  hark_client *c = client_greeted(&s);
  assert_int_equal(hark_wants(c) & HARK_WANT_SEND, 0);
  assert_int_equal(hark_noop(c), 1);
  assert_int_equal(hark_noop(c), 2);
  assert_int_equal(hark_wants(c) & HARK_WANT_SEND, HARK_WANT_SEND);
  client_said(c, &s, "A1 NOOP\r\nA2 NOOP\r\n");
  assert_int_equal(hark_wants(c) & HARK_WANT_SEND, 0);
  wire.n = 0;
  server_says(&s, "A1 OK x\r\nA2 OK x\r\n", 18, Z_SYNC_FLUSH, &wire);
  client_hears(c, &wire, HARK_EV_DONE, 2);
  client_said(c, &s, "");
  server_end(&s);
  hark_free(c);
}

/* SEC O-02 */
static void the_last_block_in_mid_session(void **state) {
  (void)state;
  static bytes wire;
  server s;
  hark_client *c = client_new(&s);
  wire.n = 0;
  server_says(&s, "* PREAUTH hi\r\n* 5 EXI", 21, Z_FINISH, &wire);
  client_hears(c, &wire, HARK_EV_GREETING, 1);
  assert_int_equal(hark_error(c), HARK_ERR_EOF);
  assert_int_equal(hark_wants(c), HARK_CLOSED);
  server_end(&s);
  hark_free(c);
}

/* SEC O-02 */
static void garbage_in_mid_session(void **state) {
  (void)state;
  static bytes wire;
  server s;
  hark_client *c = client_new(&s);
  wire.n = 0;
  server_says(&s, "* PREAUTH hi\r\n", 14, Z_SYNC_FLUSH, &wire);
  memset(wire.p + wire.n, 0xff, 10), wire.n += 10;
  client_hears(c, &wire, HARK_EV_GREETING, 1);
  assert_int_equal(hark_error(c), HARK_ERR_LAYER);
  assert_non_null(strstr(hark_error_text(c), "The server's compressed data cannot be read ("));
  server_end(&s);
  hark_free(c);
}

/* SEC G-10: blocks without compression that are empty, as a flush is. */
static void empty_blocks(void **state) {
  (void)state;
  static bytes wire;
  server s;
  hark_client *c = client_greeted(&s);
  for (wire.n = 0; wire.n < 65535; wire.n += 5) memcpy(wire.p + wire.n, "\0\0\0\xff\xff", 5);
  client_hears(c, &wire, HARK_EV_COND, 0);
  assert_int_equal(hark_error(c), 0);
  wire.n = 5;
  client_hears(c, &wire, HARK_EV_COND, 0);
  assert_int_equal(hark_error(c), HARK_ERR_LAYER);
  server_end(&s);
  hark_free(c);
}

/* What a server says through both; inner NULL: from is DEFLATE already. */
static void through_two(hark_client *c, server *inner, server *outer, const bytes *from, int type,
                        size_t times) {
  static bytes once, twice;
  once.n = twice.n = 0;
  if (inner) server_says(inner, from->p, from->n, Z_SYNC_FLUSH, &once);
  const bytes *middle = inner ? &once : from;
  server_says(outer, middle->p, middle->n, Z_SYNC_FLUSH, &twice);
  client_hears(c, &twice, type, times);
}

/* What lies between two layers is more than fits there, or yields nothing for long. */
static void two_layers(void **state) {
  (void)state;
  enum { LINE = 64, LINES = 200, ROUNDS = 20 };
  static bytes text;
  server inner, outer;
  server_begin(&inner);
  hark_client *c = client_new(&outer);
  assert_int_equal(hark_push_layer(c, hark_deflate_layer()), 0);
  text.n = 14, memcpy(text.p, "* PREAUTH hi\r\n", 14);
  through_two(c, &inner, &outer, &text, HARK_EV_GREETING, 1);
  uint32_t x = 1;
  for (size_t round = 0; round < ROUNDS; round++) {
    for (text.n = 0; text.n < LINES * LINE; text.n++, x = x * 1664525 + 1013904223)
      text.p[text.n] = (uint8_t)('0' + (x >> 24) % 64);
    for (size_t i = 0; i < text.n; i += LINE)
      memcpy(text.p + i, "* OK ", 5), memcpy(text.p + i + LINE - 2, "\r\n", 2);
    through_two(c, &inner, &outer, &text, HARK_EV_COND, LINES);
  }
  for (text.n = 0; text.n < 60000; text.n += 5) memcpy(text.p + text.n, "\0\0\0\xff\xff", 5);
  server_says(&inner, "* OK x\r\n", 8, Z_SYNC_FLUSH, &text);
  through_two(c, NULL, &outer, &text, HARK_EV_COND, 1);
  assert_int_equal(hark_error(c), 0);
  server_end(&inner), server_end(&outer);
  hark_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(from_the_server_at_any_cut),
                                     cmocka_unit_test(to_the_server_at_any_cut),
                                     cmocka_unit_test(a_flush_for_a_flight),
                                     cmocka_unit_test(garbage),
                                     cmocka_unit_test(cut_anywhere),
                                     cmocka_unit_test(the_last_block),
                                     cmocka_unit_test(a_million_zeros),
                                     cmocka_unit_test(no_memory),
                                     cmocka_unit_test(a_command_does_not_stay_behind),
                                     cmocka_unit_test(the_last_block_in_mid_session),
                                     cmocka_unit_test(garbage_in_mid_session),
                                     cmocka_unit_test(empty_blocks),
                                     cmocka_unit_test(two_layers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
