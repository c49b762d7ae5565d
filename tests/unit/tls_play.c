/* tests/unit/tls_play.c - one client, one TLS server, and what came of it.
 * SPDX-License-Identifier: MIT */
#include "tls_play.h"
#include <hark/command.h>
#include <hark/event.h>
#include <hark/layer.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

const char *host;
bool signs_in;
tls_server server;
hark_tls_config config;
outcome o;

void play_reset(const identity *id, const char *ca_file) {
  host = "imap.test";
  signs_in = false;
  server = (tls_server){.id = id};
  config = (hark_tls_config){.size = sizeof config, .ca_file = ca_file};
}

static void take(hark_client *c, const hark_layer *layer, const hark_event *ev) {
  hark_tls_info info = {.size = sizeof info};
  if (ev->type == HARK_EV_LIST) o.listed = true;
  if (ev->type != HARK_EV_GREETING) return;
  o.greeted = true;
  assert_int_equal(hark_tls_info_get(layer, &info), 0);
  snprintf(o.version, sizeof o.version, "%s", info.version);
  if (server.manner == ANSWERS && !signs_in) assert_true(hark_logout(c) > 0);
}

/* Until the connection has ended, which every server here sees to. */
void converse(hark_tls *tls) {
  char why[300];
  int fd = hark_dial("127.0.0.1", server.port, 10000, why, sizeof why);
  if (fd < 0) fail_msg("%s", why);
  hark_client *c = hark_new(NULL);
  hark_layer *layer = hark_tls_layer(tls, host);
  assert_non_null(layer);
  hark_push_layer(c, layer);
  if (signs_in) assert_true(hark_login(c, "u", PASSWORD) > 0);
  const hark_event *ev;
  o = (outcome){0};
  while ((ev = hark_wait(c, fd, 10000))) take(c, layer, ev);
  assert_int_equal(hark_wants(c), HARK_CLOSED);
  o.err = hark_error(c);
  snprintf(o.text, sizeof o.text, "%s", hark_error_text(c));
  hark_free(c);
  close(fd);
}

void connect_once(void) {
  hark_tls *tls = hark_tls_new(&config);
  assert_non_null(tls);
  tls_server_start(&server, 1);
  converse(tls);
  tls_server_wait(&server);
  hark_tls_free(tls);
}

void accepted(void) {
  connect_once();
  if (!o.greeted) fail_msg("%s", o.text);
}

void refused(int err, const char *sentence) {
  connect_once();
  assert_false(o.greeted);
  if (o.err != err || !strstr(o.text, sentence)) fail_msg("%d: %s", o.err, o.text);
  assert_false(server.shook_hands);
  assert_string_equal(server.told, "");
  assert_null(memmem(server.heard, server.heard_n, PASSWORD, strlen(PASSWORD)));
}
