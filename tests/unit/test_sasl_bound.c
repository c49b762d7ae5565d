/* tests/unit/test_sasl_bound.c - SCRAM bound to a TLS connection that is in memory: both ends must
 * see the same.  RFC 5929 section 3, RFC 9266.
 * SPDX-License-Identifier: MIT */
#include "sasl_play.h"
#include "tls_server.h"
#include <hark/layer.h>
#include <hark/net.h>

static identity id;
static hark_tls *tls;
static hark_layer *layer;
static SSL_CTX *ctx;
static SSL *server;
static BIO *to_server, *to_client;
static char seen_exporter[100], seen_unique[100]; /* by the server, base64 */

static int begin(void **state) {
  char pin[80];
  identity_make(&id, &(wanted){.common_name = "x", .names = "DNS:imap.test"});
  identity_pin(&id, pin);
  tls = hark_tls_new(&(hark_tls_config){.size = sizeof(hark_tls_config), .pins = pin});
  layer = hark_tls_layer(tls, "imap.test");
  ctx = SSL_CTX_new(TLS_server_method());
  assert_int_equal(SSL_CTX_use_certificate(ctx, id.cert), 1);
  assert_int_equal(SSL_CTX_use_PrivateKey(ctx, id.key), 1);
  *seen_exporter = *seen_unique = 0;
  return setup(state);
}

static int end(void **state) {
  layer->ops->free(layer);
  hark_tls_free(tls);
  SSL_free(server), SSL_CTX_free(ctx);
  server = NULL;
  identity_free(&id);
  return teardown(state);
}

/* What the client has to send, until it has nothing. */
static void client_sends(void) {
  uint8_t bytes[20000];
  for (;;) {
    hark_in in = {NULL, 0};
    hark_out out = {bytes, sizeof bytes};
    assert_int_equal(layer->ops->encode(layer, &in, &out), 0);
    int n = (int)(out.p - bytes);
    if (!n) return;
    assert_int_equal(BIO_write(to_server, bytes, n), n);
  }
}

static void client_reads(void) {
  uint8_t bytes[20000], plain[100];
  int n = BIO_read(to_client, bytes, sizeof bytes);
  hark_in in = {bytes, n > 0 ? (size_t)n : 0};
  hark_out out = {plain, sizeof plain};
  assert_int_equal(layer->ops->decode(layer, &in, &out), 0);
}

static void base64(const unsigned char *p, size_t n, char *out, size_t cap) {
  char *text = NULL;
  assert_int_equal(gsasl_base64_to((const char *)p, n, &text, NULL), GSASL_OK);
  snprintf(out, cap, "%s", text);
  gsasl_free(text);
}

static void server_looks(void) {
  unsigned char bytes[64];
  static const char label[] = "EXPORTER-Channel-Binding";
  assert_int_equal(
      SSL_export_keying_material(server, bytes, 32, label, sizeof label - 1, bytes, 0, 1), 1);
  base64(bytes, 32, seen_exporter, sizeof seen_exporter);
  size_t n = SSL_get_peer_finished(server, bytes, sizeof bytes);
  base64(bytes, n, seen_unique, sizeof seen_unique);
}

static void shake_hands(int version, uint64_t options) {
  SSL_CTX_set_max_proto_version(ctx, version);
  SSL_CTX_set_options(ctx, options);
  server = SSL_new(ctx);
  to_server = BIO_new(BIO_s_mem()), to_client = BIO_new(BIO_s_mem());
  SSL_set_bio(server, to_server, to_client);
  SSL_set_accept_state(server);
  for (int i = 0; i < 4; i++) {
    client_sends();
    SSL_do_handshake(server);
    client_reads();
  }
  assert_true(layer->ops->ready(layer));
  assert_true(SSL_is_init_finished(server));
  server_looks();
}

/* --- the sign-in --- */

static int answers(Gsasl *g, Gsasl_session *of, Gsasl_property property) {
  (void)g;
  switch ((int)property) {
  case GSASL_SCRAM_ITER: return gsasl_property_set(of, property, "4096");
  case GSASL_PASSWORD: return gsasl_property_set(of, property, "pencil");
  case GSASL_CB_TLS_EXPORTER:
    if (SSL_version(server) != TLS1_3_VERSION) return GSASL_NO_CALLBACK;
    return gsasl_property_set(of, property, seen_exporter);
  case GSASL_CB_TLS_UNIQUE: return gsasl_property_set(of, property, seen_unique);
  default: return GSASL_NO_CALLBACK;
  }
}

static int make_bound(const char *mechanism) {
  hark_credentials of = {.size = sizeof of, .user = "user", .password = "pencil", .tls = layer};
  return hark_sasl_new(&s, c, mechanism, &of);
}

/* The server's last word on it. */
static int sign_in(const char *mechanism, const char *header) {
  Gsasl *gsasl = NULL;
  Gsasl_session *session = NULL;
  char *text = NULL;
  size_t n = 0;
  assert_int_equal(gsasl_init(&gsasl), GSASL_OK);
  gsasl_callback_set(gsasl, answers);
  assert_int_equal(gsasl_server_start(gsasl, mechanism, &session), GSASL_OK);
  assert_true(hark_sasl_start(s, c) > 0);
  const char *words = plain_words();
  assert_memory_equal(words, header, strlen(header));
  assert_int_equal(gsasl_step(session, words, strlen(words), &text, &n), GSASL_NEEDS_MORE);
  assert_int_equal(challenge(text), 0);
  gsasl_free(text);
  words = plain_words();
  int err = gsasl_step(session, words, strlen(words), &text, &n);
  if (!err) assert_int_equal(challenge(text), 0);
  gsasl_free(text);
  gsasl_finish(session);
  gsasl_done(gsasl);
  return err;
}

#define OFFERS                                                                                     \
  "SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-1-PLUS AUTH=SCRAM-SHA-256 "                  \
  "AUTH=SCRAM-SHA-256-PLUS"

static void signs_in(const char *mechanism, const char *header) {
  greet(OFFERS);
  assert_int_equal(make_bound(strcmp(mechanism, "SCRAM-SHA-256-PLUS") ? mechanism : NULL), 0);
  assert_string_equal(hark_sasl_mechanism(s), mechanism);
  assert_int_equal(sign_in(mechanism, header), GSASL_OK);
  assert_int_equal(finish("A1 OK in"), 0);
}

static void tls_1_3(void **state) {
  (void)state;
  shake_hands(TLS1_3_VERSION, 0);
  signs_in("SCRAM-SHA-256-PLUS", "p=tls-exporter,,n=user,");
}

static void tls_1_2(void **state) {
  (void)state;
  shake_hands(TLS1_2_VERSION, 0);
  signs_in("SCRAM-SHA-256-PLUS", "p=tls-unique,,n=user,");
}

static void with_sha_1(void **state) {
  (void)state;
  shake_hands(TLS1_3_VERSION, 0);
  signs_in("SCRAM-SHA-1-PLUS", "p=tls-exporter,,n=user,");
}

static void without_plus_on_demand(void **state) {
  (void)state;
  shake_hands(TLS1_3_VERSION, 0);
  signs_in("SCRAM-SHA-256", "n,,n=user,");
}

static void a_bound_channel_comes_first(void **state) {
  (void)state;
  shake_hands(TLS1_3_VERSION, 0);
  greet("AUTH=SCRAM-SHA-1-PLUS AUTH=SCRAM-SHA-256");
  assert_int_equal(make_bound(NULL), 0);
  assert_string_equal(hark_sasl_mechanism(s), "SCRAM-SHA-1-PLUS");
}

/* Somebody in between has a connection to each of the two. */
static void another_connection(int version) {
  shake_hands(version, 0);
  seen_exporter[3] = seen_exporter[3] == 'A' ? 'B' : 'A';
  seen_unique[3] = seen_unique[3] == 'A' ? 'B' : 'A';
  greet(OFFERS);
  assert_int_equal(make_bound(NULL), 0);
  assert_int_equal(sign_in("SCRAM-SHA-256-PLUS", "p="), GSASL_AUTHENTICATION_ERROR);
}

static void another_connection_by_1_3(void **state) {
  (void)state;
  another_connection(TLS1_3_VERSION);
}

static void another_connection_by_1_2(void **state) {
  (void)state;
  another_connection(TLS1_2_VERSION);
}

/* --- nothing to bind to --- */

static void not_bound(int err) {
  hark_tls_binding binding = {.size = sizeof binding};
  assert_int_equal(hark_tls_binding_get(layer, &binding), err);
  greet(OFFERS);
  assert_int_equal(make_bound("SCRAM-SHA-256-PLUS"), HARK_ERR_ARG);
  assert_int_equal(make_bound(NULL), 0);
  assert_string_equal(hark_sasl_mechanism(s), "SCRAM-SHA-256");
}

static void before_the_handshake(void **state) {
  (void)state;
  not_bound(HARK_ERR_STATE);
}

/* Without RFC 7627 somebody in between can make both of his connections have the same. */
static void without_an_extended_master_secret(void **state) {
  (void)state;
  shake_hands(TLS1_2_VERSION, SSL_OP_NO_EXTENDED_MASTER_SECRET);
  not_bound(HARK_ERR_CAP);
}

static void no_layer(void **state) {
  (void)state;
  hark_tls_binding binding = {.size = sizeof binding};
  static const hark_layer_ops none = {.size = sizeof none};
  const hark_layer other = {&none};
  assert_int_equal(hark_tls_binding_get(NULL, &binding), HARK_ERR_STATE);
  assert_int_equal(hark_tls_binding_get(&other, &binding), HARK_ERR_STATE);
}

#define BOUND(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      BOUND(tls_1_3),
      BOUND(tls_1_2),
      BOUND(with_sha_1),
      BOUND(without_plus_on_demand),
      BOUND(a_bound_channel_comes_first),
      BOUND(another_connection_by_1_3),
      BOUND(another_connection_by_1_2),
      BOUND(before_the_handshake),
      BOUND(without_an_extended_master_secret),
      BOUND(no_layer),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
