/* cli/connection.c - a connection to a job's server, up to the sign-in.
 * SPDX-License-Identifier: MIT */
#include "cli/connection.h"
#include "cli/policy.h"
#include "cli/sign_in.h"
#include "cli/text.h"
#include <arpa/inet.h>
#include <hark/command.h>
#include <hark/layer.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STEP_MS = 30000, SIGN_IN_MS = 60000, FDS = 32, ALERTS_MOST = 8 };

static const hark_str nothing = {NULL, 0};

void connection_fail(connection *k, exit_code code, const char *what, hark_str server) {
  if (k->failure.code) return;
  char shown[300];
  text_harmless(shown, sizeof shown, server);
  k->failure.code = code;
  snprintf(k->failure.text, sizeof k->failure.text, server.n ? "%s: \"%s\"" : "%s", what, shown);
}

void connection_refused(connection *k, exit_code code, const char *what, const hark_ev_cond *cond) {
  const policy *p = policy_of(cond->code_id);
  if (k->failure.code) return;
  connection_fail(k, p ? p->exit : code, what, cond->text);
  if (p) k->failure.final = p->final, k->failure.wait_ms = p->wait_ms;
}

void connection_fail_client(connection *k) {
  int err = hark_error(k->client);
  if (!err) {
    connection_fail(k, EXIT_SERVER, "the server ended the connection", nothing);
    return;
  }
  connection_fail(k, exit_of_error(err), hark_error_text(k->client), nothing);
  if (err == HARK_ERR_CERT) k->failure.final = true;
}

void connection_pump(connection *k) {
  if (hark_wants(k->client) & HARK_WANT_SEND) k->sent = true;
  hark_pump(k->client, k->fd);
  if (hark_get_phase(k->client) == HARK_PHASE_SELECTED) k->selected = true;
  if (hark_heard(k->client) == k->heard) return;
  k->heard = hark_heard(k->client);
  if (k->sent) k->round_trips++;
  k->sent = false;
}

void connection_wait(connection *k, int also, uint64_t deadline) {
  unsigned wants = hark_wants(k->client);
  hark_dialer_fd v[2] = {{k->fd, wants & HARK_WANT_RECV, wants & HARK_WANT_SEND},
                         {also, true, false}};
  loop_wait(k->loop, v, also < 0 ? 1 : 2, deadline);
}

static bool dial(connection *k) {
  const url *u = &k->job->url;
  hark_dialer *d = hark_dialer_new(u->host, u->port, loop_now());
  int result = d ? 0 : HARK_ERR_NOMEM;
  while (!result && !(result = hark_dialer_step(d, loop_now()))) {
    hark_dialer_fd v[FDS];
    loop_wait(k->loop, v, hark_dialer_fds(d, v, FDS), hark_dialer_deadline(d));
    if (loop_stopping(k->loop)) break;
  }
  if (result == 1)
    k->fd = hark_dialer_take(d);
  else if (!result)
    connection_fail(k, EXIT_INCOMPLETE, "stopped", nothing);
  else
    connection_fail(k, exit_of_error(result), d ? hark_dialer_error(d) : hark_err_text(result),
                    nothing);
  if (k->fd < 0) loop_wait(k->loop, NULL, 0, 0); /* its descriptors are let go */
  hark_dialer_free(d);
  return k->fd >= 0;
}

/* Where the socket leads, not what the name says. */
static bool is_loopback(int fd) {
  struct sockaddr_storage peer = {0};
  socklen_t n = sizeof peer;
  struct sockaddr *sa = (struct sockaddr *)&peer;
  if (getpeername(fd, sa, &n)) return false;
  if (peer.ss_family == AF_INET)
    return ntohl(((struct sockaddr_in *)(void *)sa)->sin_addr.s_addr) >> 24 == 127;
  return peer.ss_family == AF_INET6 &&
         IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)(void *)sa)->sin6_addr);
}

static bool may_be_plain(const connection *k) {
  return !k->job->url.tls && (k->job->settings.plaintext || is_loopback(k->fd));
}

static bool make_tls(connection *k) {
  const settings *s = &k->job->settings;
  hark_tls_config config = {.size = sizeof config, .ca_file = s->ca_file, .pins = s->pin};
  if (!k->tls) k->tls = hark_tls_new(&config);
  const char *wrong = k->tls ? hark_tls_error(k->tls) : hark_err_text(HARK_ERR_NOMEM);
  if (!wrong) return true;
  connection_fail(k, EXIT_CONFIG, wrong, nothing);
  k->failure.final = true;
  return false;
}

static bool push_layer(connection *k, uint64_t kind) {
  hark_layer *layer =
      kind == HARK_LAYER_DEFLATE ? hark_deflate_layer() : hark_tls_layer(k->tls, k->job->url.host);
  if (!hark_push_layer(k->client, layer)) return true;
  connection_fail_client(k);
  return false;
}

static bool make_client(connection *k) {
  hark_config config;
  hark_config_init(&config);
  if (k->report->debug) config.log = report_log, config.log_ud = k->report;
  if (!k->job->url.tls && !may_be_plain(k)) config.flags |= HARK_REQUIRE_TLS;
  k->client = hark_new(&config);
  if (!k->client) {
    connection_fail(k, EXIT_INCOMPLETE, hark_err_text(HARK_ERR_NOMEM), nothing);
    return false;
  }
  return make_tls(k) && (!k->job->url.tls || push_layer(k, HARK_LAYER_TLS));
}

/* The next event by then, or NULL: see failure. */
static const hark_event *next_event(connection *k, uint64_t deadline) {
  for (;;) {
    const hark_event *ev = hark_next(k->client);
    if (ev) return ev;
    if (hark_wants(k->client) & HARK_CLOSED) {
      connection_fail_client(k);
      return NULL;
    }
    if (loop_stopping(k->loop))
      connection_fail(k, EXIT_INCOMPLETE, "stopped", nothing);
    else if (loop_now() >= deadline)
      connection_fail(k, EXIT_SERVER, "the server said nothing for 30 seconds", nothing);
    if (k->failure.code) return NULL;
    connection_wait(k, -1, deadline);
    connection_pump(k);
  }
}

static bool greeted(connection *k) {
  uint64_t deadline = k->opened + 2 * STEP_MS, step = loop_now() + STEP_MS;
  const hark_event *ev;
  while ((ev = next_event(k, step < deadline ? step : deadline))) {
    if (ev->type != HARK_EV_GREETING) continue;
    k->round_trips = 0, k->sent = false;
    if (ev->cond->verdict != HARK_VERDICT_BYE) return true;
    connection_fail(k, EXIT_SERVER, "the server turns us away", ev->cond->text);
    return false;
  }
  return false;
}

static bool answered(connection *k, const hark_ev_cond *cond, const char *refusal) {
  if (cond->verdict == HARK_VERDICT_OK) return true;
  if (cond->verdict == HARK_VERDICT_NO || cond->verdict == HARK_VERDICT_BAD)
    connection_fail(k, EXIT_SERVER, refusal, cond->text);
  else
    connection_fail_client(k);
  return false;
}

/* Waits for the DONE of cmd; refusal says what a NO to it means. */
static bool until_done(connection *k, hark_cmd cmd, const char *refusal) {
  uint64_t deadline = loop_now() + STEP_MS;
  if (cmd < 0) {
    connection_fail_client(k);
    return false;
  }
  for (const hark_event *ev; (ev = next_event(k, deadline));) {
    if (ev->type == HARK_EV_DONE && ev->cmd == cmd) return answered(k, ev->cond, refusal);
    if (!connection_event(k, ev)) return false;
  }
  return false;
}

static bool know_capabilities(connection *k) {
  return hark_capabilities_known(k->client) ||
         until_done(k, hark_capability(k->client), "the server does not say what it can do");
}

/* imap: STARTTLS wherever it must be or can be. */
static bool encrypt(connection *k) {
  if (k->job->url.tls || k->job->settings.plaintext) return true;
  if (may_be_plain(k) && !hark_has(k->client, "STARTTLS")) return true;
  if (!hark_has(k->client, "STARTTLS")) {
    connection_fail(k, EXIT_SERVER,
                    "the server does not offer STARTTLS, and passwords do not travel in clear; "
                    "try imaps://, or --plaintext if you trust the network",
                    nothing);
    k->failure.final = true;
    return false;
  }
  return until_done(k, hark_starttls(k->client), "the server refuses STARTTLS; try imaps://") &&
         know_capabilities(k);
}

bool connection_open(connection *k) {
  k->failure = (failure){0};
  k->fd = -1, k->sign_in = 0, k->compress = 0, k->heard = 0, k->sent = false, k->leaving = false;
  k->selected = false, k->alerts = 0, k->sign_in_by = 0;
  k->opened = loop_now();
  if (!dial(k) || !make_client(k) || !greeted(k) || !know_capabilities(k) || !encrypt(k))
    return false;
  k->sign_in_by = loop_now() + SIGN_IN_MS;
  return sign_in(k);
}

/* Servers repeat it with every sign-in, some with every answer. */
static void alert(connection *k, hark_str text) {
  char shown[sizeof k->alert];
  text_harmless(shown, sizeof shown, text);
  if (!strcmp(shown, k->alert) || k->alerts == ALERTS_MOST) return;
  memcpy(k->alert, shown, sizeof shown);
  k->alerts++;
  report_alert(k->report, "the server says", text);
}

/* Shown out right after the sign-in, we are one connection too many. */
static void farewell(connection *k, const hark_ev_cond *cond) {
  bool shown_out = k->sign_in_by && !k->sign_in && !k->selected;
  if (k->failure.code) return;
  const policy *p = policy_of(cond->code_id);
  connection_fail(k, EXIT_SERVER, "the server ended the connection", cond->text);
  k->failure.wait_ms = p ? p->wait_ms : shown_out ? LONG_WAIT_MS : 0;
}

/* Without it all goes on as it was. */
static void compressed(connection *k, const hark_ev_cond *cond) {
  k->compress = 0;
  if (cond->verdict == HARK_VERDICT_OK)
    report_note(k->report, "compressed from here on");
  else if (cond->verdict == HARK_VERDICT_UNSENT)
    report_note(k->report, "the server does not compress; it goes on without");
  else
    report_note(k->report, "the server refuses to compress; it goes on without");
}

bool connection_event(connection *k, const hark_event *ev) {
  if (ev->type == HARK_EV_COND && ev->cond->code_id == HARK_CODE_ALERT && ev->cond->text.n)
    alert(k, ev->cond->text);
  if (ev->type == HARK_EV_BYE && !k->leaving) farewell(k, ev->cond);
  if (ev->type == HARK_EV_CHALLENGE && k->sasl) return sign_in_step(k, ev);
  if (ev->type == HARK_EV_LAYER) return push_layer(k, ev->num);
  if (ev->type == HARK_EV_DONE && ev->cmd == k->sign_in) return signed_in(k, ev);
  if (ev->type == HARK_EV_DONE && ev->cmd == k->compress) compressed(k, ev->cond);
  return true;
}

void connection_close(connection *k) {
  hark_sasl_free(k->sasl);
  hark_free(k->client);
  loop_wait(k->loop, NULL, 0, 0); /* lets the descriptor go before it is closed */
  if (k->fd >= 0) close(k->fd);
  k->sasl = NULL, k->client = NULL, k->fd = -1;
}

void connection_free(connection *k) {
  hark_tls_free(k->tls);
  k->tls = NULL;
}
