/* tests/calls/client.c - what the core itself knows: sessions, sign-in, layers.
 * SPDX-License-Identifier: MIT */
#include "../wire_layer.h"
#include "call.h"

/* The log says <secret> for one: of that very word nothing can be said. */
static void keep(const caller *by, const char *secret) {
  if (!is(secret, "secret")) by->secret(by->player, secret);
}

static int capability(caller *by, char **w) { return (void)w, hark_capability(by->c); }
static int noop(caller *by, char **w) { return (void)w, hark_noop(by->c); }
static int logout(caller *by, char **w) { return (void)w, hark_logout(by->c); }
static int starttls(caller *by, char **w) { return (void)w, hark_starttls(by->c); }
static int idle(caller *by, char **w) { return (void)w, hark_idle(by->c); }
static int idle_done(caller *by, char **w) { return (void)w, hark_idle_done(by->c); }
static int unselect(caller *by, char **w) { return (void)w, hark_unselect(by->c); }
static int close_(caller *by, char **w) { return (void)w, hark_expunge_and_close(by->c); }
static int select_(caller *by, char **w) { return hark_select(by->c, w[0], w[1]); }
static int examine(caller *by, char **w) { return hark_examine(by->c, w[0], w[1]); }
static int login(caller *by, char **w) { return keep(by, w[1]), hark_login(by->c, w[0], w[1]); }

static int authenticate(caller *by, char **w) {
  hark_str initial = str(w[1]);
  keep(by, w[1]);
  return hark_authenticate(by->c, w[0], w[1] ? &initial : NULL);
}

static int respond(caller *by, char **w) { return keep(by, w[0]), hark_respond(by->c, str(w[0])); }
/* In place, for what has NUL in it. */
static hark_str from_base64(char *text) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  hark_str out = {text, 0};
  unsigned bits = 0, n = 0;
  for (const char *p = text, *digit; *p && (digit = strchr(digits, *p)); p++) {
    bits = bits << 6 | (unsigned)(digit - digits);
    if (n++ % 4) text[out.n++] = (char)(bits >> (6 - 2 * ((n - 1) % 4)));
  }
  return out;
}

static int authenticate_base64(caller *by, char **w) {
  hark_str initial = from_base64(w[1]);
  return hark_authenticate(by->c, w[0], &initial);
}

static int respond_base64(caller *by, char **w) { return hark_respond(by->c, from_base64(w[0])); }

static int respond_cancel(caller *by, char **w) { return (void)w, hark_respond_cancel(by->c); }

static int error_of(const char *name) {
#define X(error, value, fatal, text)                                                               \
  if (is(name, #error)) return value;
  HARK_ERRORS(X)
#undef X
  return 0;
}

static int authenticated(caller *by, char **w) { return hark_authenticated(by->c, error_of(w[0])); }
static int cancel(caller *by, char **w) {
  return hark_cancel(by->c, (hark_cmd)atoi(w[0] ? w[0] + 1 : ""));
}
/* only_in A2: the selection as it is now */
static int only_in(caller *by, char **w) {
  return hark_only_in(by->c, (hark_cmd)atoi(w[0] ? w[0] + 1 : ""), hark_selection(by->c));
}
static int assume(caller *by, char **w) { return hark_assume_capabilities(by->c, w[0]); }
static int fail(caller *by, char **w) { return hark_fail(by->c, error_of(w[0]), w[1]), 0; }

/* layer [NULL | tls | deflate] */
static int layer(caller *by, char **w) {
  int32_t kind = is(w[0], "deflate") ? HARK_LAYER_DEFLATE : HARK_LAYER_TLS;
  return hark_push_layer(by->c, is(w[0], "NULL") ? NULL : fake_layer_new(kind));
}

/* cmd NAME, then pieces: raw T, number N, stream N, string T, secret T, mailbox T, open, close */
static int cmd(caller *by, char **w) {
  hark_builder *b = hark_cmd_begin(by->c, *w++);
  while (*w) {
    const char *piece = *w++, *argument = *w;
    if (is(piece, "open")) {
      hark_put_open(b);
      continue;
    }
    if (is(piece, "close")) {
      hark_put_close(b);
      continue;
    }
    if (is(piece, "raw")) hark_put_raw(b, argument);
    if (is(piece, "number")) hark_put_number(b, strtoull(argument, NULL, 10));
    if (is(piece, "stream")) hark_put_stream(b, 0, strtoull(argument, NULL, 10));
    if (is(piece, "string")) hark_put_string(b, str(argument));
    if (is(piece, "mailbox")) hark_put_mailbox(b, argument);
    if (is(piece, "secret")) keep(by, argument), hark_put_secret(b, str(argument));
    w++;
  }
  return hark_cmd_end(b);
}

const call_row calls_client[] = {{"capability", capability},
                                 {"noop", noop},
                                 {"logout", logout},
                                 {"starttls", starttls},
                                 {"login", login},
                                 {"authenticate", authenticate},
                                 {"respond", respond},
                                 {"respond_cancel", respond_cancel},
                                 {"authenticate_base64", authenticate_base64},
                                 {"respond_base64", respond_base64},
                                 {"authenticated", authenticated},
                                 {"select", select_},
                                 {"examine", examine},
                                 {"unselect", unselect},
                                 {"close", close_},
                                 {"idle", idle},
                                 {"idle_done", idle_done},
                                 {"cancel", cancel},
                                 {"only_in", only_in},
                                 {"assume", assume},
                                 {"fail", fail},
                                 {"layer", layer},
                                 {"cmd", cmd},
                                 {0}};
