/* tests/unit/test_tls_resume.c - which TLS session is resumed, and which is not.
 * SPDX-License-Identifier: MIT */
#include "net/tls.h"
#include "tls_play.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { DAY = 24 * 60 * 60 };

static identity ca, good, other;
static memory_file ca_file;

static int make_all(void **state) {
  (void)state;
  identity_make(&ca, &(wanted){.common_name = "A test CA", .ca = true});
  identity_make(&good, &(wanted){.common_name = "x",
                                 .names = "DNS:imap.test,DNS:mail.test,IP:127.0.0.1,IP:::1",
                                 .issuer = &ca});
  identity_make(&other, &(wanted){.common_name = "y", .names = "DNS:other.test", .issuer = &ca});
  ca_file = identity_save(&ca);
  return 0;
}

static int remove_all(void **state) {
  (void)state;
  identity_free(&good), identity_free(&other), identity_free(&ca);
  return close(ca_file.fd);
}

static int setup(void **state) {
  (void)state;
  play_reset(&good, ca_file.path);
  server.tickets = true;
  return 0;
}

static bool resumes(hark_tls *tls) {
  server.resumed = false;
  converse(tls);
  if (!o.greeted) fail_msg("%s", o.text);
  assert_false(server.asked_early);
  assert_int_equal(server.early, SSL_EARLY_DATA_NOT_SENT);
  return server.resumed;
}

static void the_next_connection_resumes(void **state) { /* SEC A-29 */
  (void)state;
  static const manner manners[] = {POLITE, ANSWERS, CUT, CUT_INSIDE};
  for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
    server.manner = manners[i];
    hark_tls *tls = hark_tls_new(&config);
    tls_server_start(&server, 3);
    assert_false(resumes(tls));
    assert_true(resumes(tls));
    assert_true(resumes(tls)); /* with a ticket of the second one */
    tls_server_wait(&server);
    hark_tls_free(tls);
  }
}

/* What was sent with the certificate is still there when it is verified again. */
static void a_certificate_behind_an_intermediate_resumes(void **state) {
  (void)state;
  identity middle, id;
  identity_make(&middle, &(wanted){.common_name = "Between", .ca = true, .issuer = &ca});
  identity_make(&id, &(wanted){.common_name = "z", .names = "DNS:imap.test", .issuer = &middle});
  id.between = sk_X509_new_null();
  X509_up_ref(middle.cert);
  sk_X509_push(id.between, middle.cert);
  server.id = &id;
  hark_tls *tls = hark_tls_new(&config);
  tls_server_start(&server, 2);
  assert_false(resumes(tls));
  assert_true(resumes(tls));
  tls_server_wait(&server);
  hark_tls_free(tls);
  identity_free(&id), identity_free(&middle);
}

static void tls_1_2_does_not_resume(void **state) {
  (void)state;
  server.most = TLS1_2_VERSION;
  hark_tls *tls = hark_tls_new(&config);
  tls_server_start(&server, 2);
  assert_false(resumes(tls));
  assert_false(resumes(tls));
  tls_server_wait(&server);
  hark_tls_free(tls);
}

static void another_host_does_not(void **state) { /* SEC A-27 */
  (void)state;
  static const char *const hosts[] = {"imap.test", "mail.test", "[::1]"};
  hark_tls *tls = hark_tls_new(&config);
  tls_server_start(&server, 6);
  for (int again = 0; again < 2; again++)
    for (size_t i = 0; i < 3; i++) {
      host = hosts[i];
      assert_int_equal(resumes(tls), again);
    }
  tls_server_wait(&server);
  hark_tls_free(tls);
}

/* There is room for one of them: they lose their sessions to each other, and use none of them. */
static void hosts_that_share_a_place_do_not(void **state) { /* SEC A-27 */
  (void)state;
  hark_tls *tls = hark_tls_new(&config);
  tls_server_start(&server, 4);
  for (int i = 0; i < 4; i++) {
    host = i % 2 ? "127.0.0.1" : "imap.test";
    assert_false(resumes(tls));
    int kept = 0;
    for (size_t k = 0; k < HARK_KEPT; k++) kept += atomic_load(&tls->kept[k]) != NULL;
    assert_int_equal(kept, 1);
  }
  tls_server_wait(&server);
  hark_tls_free(tls);
}

/* The session goes with the settings that it was verified under, and with no others. */
static void other_settings_do_not(void **state) { /* SEC A-27 A-28 */
  (void)state;
  char pin[80];
  identity_pin(&good, pin);
  const hark_tls_config configs[] = {
      config,
      {.size = sizeof config, .ca_file = ca_file.path}, /* the same, but another object */
      {.size = sizeof config, .pins = pin},
      {.size = sizeof config, .ca_file = ca_file.path, .server_name = "mail.test"},
  };
  enum { MANY = sizeof configs / sizeof *configs };
  hark_tls *tls[MANY];
  tls_server_start(&server, 2 * MANY);
  for (size_t i = 0; i < MANY; i++) {
    tls[i] = hark_tls_new(&configs[i]);
    assert_false(resumes(tls[i]));
  }
  for (size_t i = 0; i < MANY; i++) {
    assert_true(resumes(tls[i]));
    hark_tls_free(tls[i]);
  }
  tls_server_wait(&server);
}

static void refused_anew(hark_tls *tls, const char *sentence) {
  server.shook_hands = server.resumed = false;
  converse(tls);
  assert_false(o.greeted);
  assert_int_equal(o.err, HARK_ERR_CERT);
  if (!strstr(o.text, sentence)) fail_msg("%s", o.text);
  assert_false(server.shook_hands);
}

/* As if 40 days had passed: its certificate has expired. */
static void what_would_be_refused_does_not_resume(void **state) { /* SEC A-27 */
  (void)state;
  hark_tls *tls = hark_tls_new(&config);
  tls_server_start(&server, 4);
  assert_false(resumes(tls));
  assert_true(resumes(tls));
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(tls->ctx), time(NULL) + 40 * DAY);
  refused_anew(tls, "expired on 20");
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(tls->ctx), time(NULL));
  SSL_CTX_set_cert_store(tls->ctx, X509_STORE_new()); /* and as if nobody were trusted now */
  refused_anew(tls, "signed by a CA that this computer does not know");
  tls_server_wait(&server);
  hark_tls_free(tls);
}

static void make_older(hark_tls *tls, int64_t seconds) {
  int n = 0;
  for (size_t i = 0; i < HARK_KEPT; i++) {
    struct hark__tls_kept *k = atomic_load(&tls->kept[i]);
    if (k) k->proved -= seconds, n++;
  }
  assert_int_equal(n, 1);
}

/* Tickets beget tickets; the certificate has to be shown all the same. */
static void a_day_is_the_end(void **state) {
  (void)state;
  hark_tls *tls = hark_tls_new(&config);
  tls_server_start(&server, 5);
  assert_false(resumes(tls));
  make_older(tls, DAY - 600);
  assert_true(resumes(tls));
  make_older(tls, 600); /* the new ticket is as old as the certificate */
  assert_false(resumes(tls));
  assert_true(resumes(tls));
  make_older(tls, -600); /* the clock was set back */
  assert_false(resumes(tls));
  tls_server_wait(&server);
  hark_tls_free(tls);
}

static void a_server_that_forgot_is_verified(void **state) { /* SEC A-27 */
  (void)state;
  hark_tls *tls = hark_tls_new(&config);
  for (int i = 0; i < 2; i++) {
    tls_server_start(&server, 1); /* with keys of its own */
    assert_false(resumes(tls));
    tls_server_wait(&server);
  }
  server.id = &other;
  tls_server_start(&server, 1);
  refused_anew(tls, "is not for imap.test but for other.test");
  tls_server_wait(&server);
  hark_tls_free(tls);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_next_connection_resumes),
      TEST(a_certificate_behind_an_intermediate_resumes),
      TEST(tls_1_2_does_not_resume),
      TEST(another_host_does_not),
      TEST(hosts_that_share_a_place_do_not),
      TEST(other_settings_do_not),
      TEST(what_would_be_refused_does_not_resume),
      TEST(a_day_is_the_end),
      TEST(a_server_that_forgot_is_verified),
  };
  return cmocka_run_group_tests(tests, make_all, remove_all);
}
