/* tests/unit/test_tls.c - net/tls*.c against OpenSSL's own server: what is accepted, what is
 * refused, and whether the sentence says what to do.
 * SPDX-License-Identifier: MIT */
#include "tls_play.h"
#include <hark/command.h>
#include <hark/event.h>
#include <hark/layer.h>
#include <hark/net.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static identity ca, other_ca, good;
static memory_file ca_file, other_file;

static int make_all(void **state) {
  (void)state;
  identity_make(&ca, &(wanted){.common_name = "A test CA", .ca = true});
  identity_make(&other_ca, &(wanted){.common_name = "Another CA", .ca = true});
  identity_make(&good, &(wanted){.common_name = "x", .names = "DNS:imap.test", .issuer = &ca});
  ca_file = identity_save(&ca);
  other_file = identity_save(&other_ca);
  return 0;
}

static int remove_all(void **state) {
  (void)state;
  identity_free(&good), identity_free(&ca), identity_free(&other_ca);
  return close(ca_file.fd) | close(other_file.fd);
}

static int setup(void **state) {
  (void)state;
  play_reset(&good, ca_file.path);
  return 0;
}

static void served_by(identity *id, const wanted *w) {
  identity_make(id, w);
  server.id = id;
}

static void refused_certificate(const wanted *w, const char *sentence) {
  identity id;
  served_by(&id, w);
  refused(HARK_ERR_CERT, sentence);
  identity_free(&id);
}

static void accepted_certificate(const wanted *w) {
  identity id;
  served_by(&id, w);
  accepted();
  identity_free(&id);
}

/* --- certificates --- */

static void a_good_certificate(void **state) {
  (void)state;
  accepted();
  assert_string_equal(o.version, "TLSv1.3");
}

static void tls_1_2_is_enough(void **state) {
  (void)state;
  server.most = TLS1_2_VERSION;
  accepted();
  assert_string_equal(o.version, "TLSv1.2");
}

static void expired(void **state) {
  (void)state;
  refused_certificate(&(wanted){.common_name = "x",
                                .names = "DNS:imap.test",
                                .issuer = &ca,
                                .from_days = -30,
                                .to_days = -1},
                      "The certificate of imap.test expired on 20");
  assert_non_null(strstr(o.text, "whoever runs the server must renew it"));
}

static void not_yet_valid(void **state) {
  (void)state;
  refused_certificate(
      &(wanted){.common_name = "x", .names = "DNS:imap.test", .issuer = &ca, .from_days = 2},
      "is not valid before 20");
  assert_non_null(strstr(o.text, "check this computer's clock"));
}

static void wrong_host(void **state) {
  (void)state;
  host = "mail.test";
  refused(HARK_ERR_CERT, "The server's certificate is not for mail.test but for imap.test; check");
}

static void unknown_ca(void **state) {
  (void)state;
  config.ca_file = other_file.path;
  refused(HARK_ERR_CERT,
          "signed by a CA that this computer does not know, and the server sends no");
  char pin[80];
  identity_pin(&good, pin);
  assert_non_null(strstr(o.text, pin)); /* and the sentence says how to trust it */
}

static void self_signed(void **state) {
  (void)state;
  refused_certificate(&(wanted){.common_name = "x", .names = "DNS:imap.test"},
                      "is signed by nobody but itself; if whoever runs the server confirms");
}

static void self_signed_and_given_as_the_ca(void **state) {
  (void)state;
  identity id;
  served_by(&id, &(wanted){.common_name = "x", .names = "DNS:imap.test"});
  memory_file file = identity_save(&id);
  config.ca_file = file.path;
  accepted();
  host = "mail.test"; /* its name is checked all the same */
  refused(HARK_ERR_CERT, "is not for mail.test");
  identity_free(&id);
  close(file.fd);
}

static void a_nul_inside_a_name(void **state) { /* SEC A-20 */
  (void)state;
  refused_certificate(&(wanted){.common_name = "x",
                                .issuer = &ca,
                                .raw_dns = "imap.test\0.evil.example",
                                .raw_dns_n = 23},
                      "is not for imap.test but for imap.test\\x00.evil.example");
}

static void the_common_name_is_no_name(void **state) { /* SEC A-21 */
  (void)state;
  refused_certificate(
      &(wanted){.common_name = "imap.test", .names = "DNS:other.test", .issuer = &ca},
      "is not for imap.test but for other.test");
  refused_certificate(&(wanted){.common_name = "imap.test", .issuer = &ca},
                      "is not for imap.test but for no host at all");
}

static void names_and_wildcards(void **state) { /* SEC A-22 */
  (void)state;
  static const struct {
    const char *names, *host;
    bool good;
  } cases[] = {
      {"DNS:*.example.org", "mail.example.org", true},
      {"DNS:*.example.org", "a.mail.example.org", false},
      {"DNS:*.example.org", "example.org", false},
      {"DNS:mail.*.org", "mail.example.org", false},
      {"DNS:*.org", "example.org", false},
      {"DNS:m*l.example.org", "mail.example.org", false},
      {"DNS:IMAP.Test", "imap.test", true},
      {"DNS:imap.test", "imap.test.", true},
      {"DNS:xn--bcher-kva.example", "xn--bcher-kva.example", true},
      {"DNS:xn--bcher-kva.example",
       "b\xc3\xbc"
       "cher.example",
       false},
      {"IP:127.0.0.1", "127.0.0.1", true},
      {"DNS:127.0.0.1", "127.0.0.1", false},
      {"IP:127.0.0.2", "127.0.0.1", false},
      {"IP:::1", "[::1]", true},
      {"DNS:one.test,DNS:imap.test", "imap.test", true},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    wanted w = {.common_name = "x", .names = cases[i].names, .issuer = &ca};
    host = cases[i].host;
    if (cases[i].good)
      accepted_certificate(&w);
    else
      refused_certificate(&w, "The server's certificate is not for ");
  }
}

static void without_a_name_there_is_nothing_to_compare(void **state) {
  (void)state;
  host = "";
  connect_once();
  assert_int_equal(o.err, HARK_ERR_CERT);
  assert_non_null(strstr(o.text, "give the host's name in the address"));
  host = ".test";
  connect_once();
  assert_int_equal(o.err, HARK_ERR_CERT);
}

static void another_name_to_check(void **state) {
  (void)state;
  host = "127.0.0.1";
  config.server_name = "imap.test";
  accepted();
  assert_string_equal(server.sni, "imap.test");
}

/* --- fingerprints --- */

static void the_pinned_certificate_and_no_other(void **state) { /* SEC A-34 */
  (void)state;
  char pin[80], pins[200];
  identity self;
  identity_make(&self, &(wanted){.common_name = "x", .names = "DNS:whatever"});
  identity_pin(&self, pin);
  config = (hark_tls_config){.size = sizeof config, .ca_file = ca_file.path, .pins = pin};
  refused(HARK_ERR_CERT, "has none of the fingerprints that were given");
  server.id = &self;
  accepted();
  identity_pin(&good, pins);
  snprintf(pins + strlen(pins), sizeof pins - strlen(pins), ", %s", pin);
  config.pins = pins;
  accepted();
  identity_free(&self);
}

static void settings_that_cannot_be_used(void **state) {
  (void)state;
  static const char *const pins[] = {"sha256:12", "sha1:1234", "", "sha256:zz"};
  for (size_t i = 0; i < sizeof pins / sizeof *pins; i++) {
    hark_tls *t = hark_tls_new(&(hark_tls_config){.size = sizeof config, .pins = pins[i]});
    assert_non_null(t);
    assert_non_null(strstr(hark_tls_error(t), "64"));
    hark_tls_free(t);
  }
  config.ca_file = "/nowhere/ca.pem";
  connect_once();
  assert_int_equal(o.err, HARK_ERR_CERT);
  assert_non_null(strstr(o.text, "The CA file /nowhere/ca.pem holds no certificate"));
}

/* --- versions and ciphers --- */

static void old_and_empty_ciphers(void **state) { /* SEC A-23 */
  (void)state;
  server.most = TLS1_1_VERSION, server.least = TLS1_VERSION;
  refused(HARK_ERR_LAYER, "offers only versions of TLS older than 1.2, which are not safe");
  server.most = server.least = TLS1_VERSION;
  refused(HARK_ERR_LAYER, "offers only versions of TLS older than 1.2, which are not safe");
  static const char *const ciphers[] = {"aNULL:@SECLEVEL=0", "eNULL:@SECLEVEL=0",
                                        "PSK:@SECLEVEL=0"};
  for (size_t i = 0; i < sizeof ciphers / sizeof *ciphers; i++) {
    server = (tls_server){.id = &good, .most = TLS1_2_VERSION, .ciphers = ciphers[i]};
    refused(HARK_ERR_LAYER, "imap.test refused the TLS connection");
  }
}

static void the_name_is_sent_and_an_unknown_alpn_forgiven(void **state) { /* SEC A-33 */
  (void)state;
  accepted();
  assert_string_equal(server.sni, "imap.test");
  assert_string_equal(server.alpn, "imap");
}

static void neither_compressed_nor_early(void **state) { /* SEC A-29 O-07 */
  (void)state;
  for (server.most = TLS1_2_VERSION; server.most <= TLS1_3_VERSION; server.most++) {
    server.asked_compression = server.asked_early = true;
    accepted();
    assert_false(server.asked_compression);
    assert_false(server.asked_early);
  }
}

static void renegotiation_is_refused(void **state) { /* SEC A-26 */
  (void)state;
  for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
    server = (tls_server){.id = &good, .manner = ASKS_ANEW, .most = version};
    accepted(); /* it goes on under the old keys, or with new ones of TLS 1.3 */
    assert_int_equal(server.asked, 1);
    assert_int_equal(server.handshakes, 1);
  }
}

/* Each costs an answer, which waits in memory as long as the server does not read. */
static void an_endless_handshake_is_given_up(void **state) { /* SEC A-26 */
  (void)state;
  for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
    server = (tls_server){.id = &good, .manner = FLOODS, .most = version};
    connect_once();
    assert_false(o.greeted);
    assert_int_equal(o.err, HARK_ERR_LAYER);
    assert_non_null(strstr(o.text, "negotiates again and again"));
  }
}

/* --- not TLS at all --- */

static void not_tls_at_all(void **state) { /* SEC A-12 */
  (void)state;
  static const struct {
    const char *text, *sentence;
  } cases[] = {
      {"* OK [CAPABILITY IMAP4rev1] ready\r\n", "answered in plain IMAP where TLS was to begin"},
      {"SSH-2.0-OpenSSH_9\r\n", "is an SSH server, not IMAP over TLS; check the port"},
      {"220 mx.test ESMTP\r\n", "is a mail server for sending (SMTP) or FTP"},
      {"+OK POP3 ready\r\n", "is a POP3 server"},
      {"HTTP/1.1 400 Bad Request\r\n\r\n", "is a web server"},
      {"\x1b[31mwhat?\n", "does not speak TLS (it said \"\\x1b[31mwhat?\\x0a\")"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    signs_in = true;
    server = (tls_server){.manner = PLAIN, .text = cases[i].text};
    refused(HARK_ERR_LAYER, cases[i].sentence);
    assert_true(server.heard_n > 0 && server.heard[0] == 0x16); /* a ClientHello and no more */
    assert_null(memmem(server.heard, server.heard_n, "LOGIN", 5));
  }
}

static void hung_up_on(void **state) {
  (void)state;
  server.manner = HANGS_UP;
  refused(HARK_ERR_EOF, "closed the connection while TLS was being set up; check the port");
}

/* --- the end --- */

static void close_notify_is_an_orderly_end_of_tls(void **state) {
  (void)state;
  accepted();
  assert_int_equal(o.err, HARK_ERR_EOF); /* of TLS; IMAP has not said BYE */
  assert_null(strstr(o.text, "cut"));
}

static void an_end_without_close_notify_is_a_cut(void **state) {
  (void)state;
  for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
    server = (tls_server){.id = &good, .manner = CUT, .most = version};
    accepted();
    assert_int_equal(o.err, HARK_ERR_EOF);
    assert_non_null(strstr(o.text, "was cut in the middle"));
  }
}

static void a_cut_inside_an_answer_tells_nothing_of_it(void **state) {
  (void)state;
  server.manner = CUT_INSIDE;
  accepted();
  assert_false(o.listed);
  assert_int_equal(o.err, HARK_ERR_EOF);
}

static void what_comes_after_close_notify_is_nothing(void **state) { /* SEC A-25 */
  (void)state;
  server.manner = TALKS_ON;
  accepted();
  assert_int_equal(server.manner, TALKS_ON);
  assert_int_equal(o.err, HARK_ERR_EOF);
  assert_null(strstr(o.text, "TLS"));
}

static void leaving_says_close_notify(void **state) {
  (void)state;
  server.manner = ANSWERS;
  accepted();
  assert_int_equal(o.err, 0);
  assert_true(server.client_closed);
}

static void connections_leak_no_descriptor(void **state) { /* SEC G-14 */
  (void)state;
  static const manner manners[] = {ANSWERS, CUT, CUT_INSIDE, HANGS_UP};
  enum { MANY = 40 };
  struct rlimit limit, few = {.rlim_cur = 32};
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
  few.rlim_max = limit.rlim_max;
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
  for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
    for (int trusted = 0; trusted < 2; trusted++) {
      server.manner = manners[i];
      config.ca_file = trusted ? ca_file.path : other_file.path;
      hark_tls *tls = hark_tls_new(&config);
      tls_server_start(&server, MANY);
      for (int k = 0; k < MANY; k++) {
        converse(tls);
        assert_int_equal(o.greeted, trusted && server.manner != HANGS_UP);
      }
      tls_server_wait(&server);
      hark_tls_free(tls);
    }
  }
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_good_certificate),
      TEST(tls_1_2_is_enough),
      TEST(expired),
      TEST(not_yet_valid),
      TEST(wrong_host),
      TEST(unknown_ca),
      TEST(self_signed),
      TEST(self_signed_and_given_as_the_ca),
      TEST(a_nul_inside_a_name),
      TEST(the_common_name_is_no_name),
      TEST(names_and_wildcards),
      TEST(without_a_name_there_is_nothing_to_compare),
      TEST(another_name_to_check),
      TEST(the_pinned_certificate_and_no_other),
      TEST(settings_that_cannot_be_used),
      TEST(old_and_empty_ciphers),
      TEST(the_name_is_sent_and_an_unknown_alpn_forgiven),
      TEST(neither_compressed_nor_early),
      TEST(renegotiation_is_refused),
      TEST(an_endless_handshake_is_given_up),
      TEST(not_tls_at_all),
      TEST(hung_up_on),
      TEST(close_notify_is_an_orderly_end_of_tls),
      TEST(an_end_without_close_notify_is_a_cut),
      TEST(a_cut_inside_an_answer_tells_nothing_of_it),
      TEST(what_comes_after_close_notify_is_nothing),
      TEST(leaving_says_close_notify),
      TEST(connections_leak_no_descriptor),
  };
  return cmocka_run_group_tests(tests, make_all, remove_all);
}
