/* fuzz/fuzz_client.c - a whole client and a hostile server: the events must not depend on how
 * the input was cut.  SEC F-32.  SPDX-License-Identifier: MIT
 *
 * What the program asks for depends on events alone, and its socket takes what was sent when
 * an event was told and at the pauses of the input, so that two runs may be compared. */
#include "check.h"
#include "hash_event.h"
#include "input.h"
#include <hark/command.h>
#include <hark/ext/id.h>
#include <hark/ext/list.h>
#include <hark/fetch.h>
#include <hark/layer.h>
#include <hark/search.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COMMANDS = 512 };

typedef struct heap { /* counts, and fails */
  size_t out;
  unsigned calls, fail_at;
  bool for_good;
} heap;

typedef struct run {
  const uint8_t *input;
  size_t n;
  hark_client *c;
  hash events, sent;
  heap heap;
  uint32_t random; /* of the script */
  uint32_t cuts;   /* of the cuts; 0: whole */
  unsigned done[MOST_COMMANDS], given;
  bool tls_began; /* then what is told does depend on the cuts */
} run;

static void *heap_alloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
  heap *h = ud;
  if (new_size && h->fail_at && ++h->calls >= h->fail_at && (h->for_good || h->calls == h->fail_at))
    return NULL;
  h->out += new_size - (ptr ? old_size : 0);
  if (new_size) return realloc(ptr, new_size);
  free(ptr);
  return NULL;
}

/* --- a layer that passes bytes on --- */

static int pass(hark_layer *self, hark_in *in, hark_out *out) {
  size_t n = in->n < out->n ? in->n : out->n;
  (void)self;
  if (n) memcpy(out->p, in->p, n);
  in->p += n, in->n -= n, out->p += n, out->n -= n;
  return 0;
}

static void layer_free(hark_layer *self) { free(self); }

static hark_layer *layer_new(void) {
  static const hark_layer_ops ops = {.size = sizeof ops,
                                     .kind = HARK_LAYER_TLS,
                                     .decode = pass,
                                     .encode = pass,
                                     .free = layer_free};
  hark_layer *l = malloc(sizeof *l);
  if (l) l->ops = &ops;
  return l;
}

/* --- what the program asks for --- */

static hark_cmd sign_in(hark_client *c, uint32_t how) {
  static const hark_str initial = {"\0fred\0secret", 12};
  switch (how % 3) {
  case 0:
    return hark_login(c, "fr\"ed",
                      "s\xc3\xa4"
                      "cret");
  case 1: return hark_authenticate(c, "PLAIN", &initial);
  default: return hark_authenticate(c, "X-OWN", NULL);
  }
}

static hark_cmd search(hark_client *c, uint32_t how) {
  hark_builder *q = hark_search_begin(c, how & 1 ? HARK_UID : 0, how & 2 ? "(ALL COUNT)" : NULL);
  hark_q_header(q, "Message-ID", how & 4 ? "a\r\nb" : "<a@b>");
  return hark_search_end(q);
}

static hark_cmd literals(hark_client *c) {
  hark_builder *b = hark_cmd_begin(c, "X-LITERALS");
  hark_put_open(b);
  hark_put_text(b, "a\nb(");
  hark_put_secret(b, (hark_str){"c\rd", 3});
  hark_put_close(b);
  return hark_cmd_end(b);
}

static hark_cmd list(hark_client *c, uint32_t how) {
  static const char *const patterns[] = {"a%", "Entw\xc3\xbcrfe", NULL}, *const entries[] = {"/x",
                                                                                             NULL};
  hark_list_query q = {.size = sizeof q, .patterns = patterns + (how & 1)};
  q.select = how >> 1 & 15, q.returns = how >> 5 & 63;
  if (how & 0x800) q.status = "MESSAGES";
  if (how & 0x1000) q.metadata = entries;
  return hark_list_extended(c, &q);
}

static hark_cmd change(hark_client *c, uint32_t how, unsigned uid) {
  switch (how >> 1 & 7) {
  case 0: return hark_create(c, "a b", how & 16 ? "\\Sent" : NULL);
  case 1: return hark_delete(c, "a b");
  case 2: return hark_rename(c, "a b", "c\nd");
  case 3: return hark_subscribe(c, "a b");
  case 4: return hark_unsubscribe(c, "a b");
  case 5: return hark_copy(c, uid, "1:5", "a b");
  case 6: return hark_move(c, uid, "1:5", "a b");
  default: return hark_check(c);
  }
}

static hark_cmd give(hark_client *c, uint32_t what, uint32_t how) {
  static const char *const id[] = {"name", "hark", NULL};
  unsigned uid = how & 1 ? HARK_UID : 0;
  switch (what % 24) {
  case 0: return hark_noop(c);
  case 1: return hark_capability(c);
  case 2:
  case 3: return sign_in(c, how);
  case 4: return hark_list(c, "", "*", how & 1 ? "RETURN (SUBSCRIBED)" : NULL);
  case 5: return hark_status(c, "Entw\xc3\xbcrfe", "(MESSAGES)");
  case 6:
  case 7: return hark_select(c, "INBOX", NULL);
  case 8: return hark_examine(c, "a b", "(CONDSTORE)");
  case 9: return hark_idle(c);
  case 10:
  case 11: return hark_fetch(c, uid, "1:*", "(UID FLAGS BODY.PEEK[])");
  case 12: return hark_store(c, uid, "1,5", "+FLAGS", "(\\Seen)");
  case 13:
  case 14: return search(c, how);
  case 15: return hark_expunge(c, uid ? "1:5" : NULL);
  case 16: return how & 1 ? hark_unselect(c) : hark_expunge_and_close(c);
  case 17: return how & 1 ? hark_logout(c) : hark_starttls(c);
  case 18: return hark_id(c, id);
  case 19:
  case 20: return change(c, how, uid);
  case 21: return list(c, how);
  case 22: return how & 1 ? hark_lsub(c, "", "*") : hark_xlist(c, "", "*");
  default: return literals(c);
  }
}

static void ask(run *r) {
  uint32_t what = next_random(&r->random), how = next_random(&r->random);
  if (r->given >= 200) return;
  hark_cmd cmd = give(r->c, what >> 8, how >> 8);
  CHECK(cmd != 0);
  if (cmd > 0) r->given++;
  if (cmd > 0 && how % 64 == 0) hark_cancel(r->c, cmd);
}

static void react(run *r, const hark_event *ev) {
  switch (ev->type) {
  case HARK_EV_GREETING:
  case HARK_EV_DONE:
  case HARK_EV_PHASE: ask(r); break;
  case HARK_EV_CHALLENGE:
    if (ev->bytes->n & 1)
      hark_respond_cancel(r->c);
    else
      hark_respond(r->c, (hark_str){"answer", 6});
    break;
  case HARK_EV_IDLING:
    if (r->random & 0x100) hark_idle_done(r->c);
    break;
  case HARK_EV_LAYER: r->tls_began = true; break;
  default: break;
  }
  if (hark_wants(r->c) & HARK_WANT_AUTHENTICATED)
    hark_authenticated(r->c, r->random & 0xf00 ? 0 : HARK_ERR_PROOF);
}

/* --- a run --- */

static void take_output(run *r) {
  size_t n;
  const void *p;
  while ((p = hark_send_buf(r->c, &n))) {
    hash_bytes(&r->sent, p, n);
    hark_send_ack(r->c, n);
  }
}

static void drain(run *r) {
  const hark_event *ev;
  while ((ev = hark_next(r->c))) {
    hash_event(&r->events, ev);
    if (ev->type == HARK_EV_DONE && ev->cmd > 0 && ev->cmd < MOST_COMMANDS)
      CHECK(++r->done[ev->cmd] == 1);
    react(r, ev);
    take_output(r);
    if (hark_wants(r->c) & HARK_WANT_LAYER && r->tls_began) hark_push_layer(r->c, layer_new());
  }
  if (hark_error(r->c) == HARK_ERR_INJECT) r->tls_began = true;
}

static void feed(run *r, const uint8_t *p, size_t n) {
  while (n && !hark_error(r->c)) {
    size_t part = r->cuts ? next_random(&r->cuts) % 64 % n + 1 : n;
    if (r->cuts && r->cuts % 4 == 0) part = 1;
    size_t took = hark_feed(r->c, p, part);
    drain(r);
    CHECK(took || hark_error(r->c) || hark_wants(r->c) & HARK_CLOSED ||
          !(hark_wants(r->c) & HARK_WANT_RECV));
    if (!took) return;
    p += took, n -= took;
  }
}

static void talk(run *r) {
  const uint8_t *p = r->input + INPUT_HEAD, *end = r->input + r->n;
  for (int i = 0; i < r->input[1] % 4; i++) ask(r);
  drain(r);
  while (p < end) {
    const uint8_t *pause = memchr(p, INPUT_PAUSE, (size_t)(end - p));
    feed(r, p, (size_t)((pause ? pause : end) - p));
    take_output(r);
    p = pause ? pause + 1 : end;
  }
  if (r->input[0] & INPUT_EOF && r->input[1] & 4)
    hark_fail(r->c, HARK_ERR_NET, "reset");
  else if (r->input[0] & INPUT_EOF)
    hark_recv_eof(r->c);
  drain(r);
  take_output(r);
}

static hark_client *client_new(run *r, uint32_t window) {
  static const hark_limits small = {.line = 400,
                                    .response = 600,
                                    .literal = 100,
                                    .items = 8,
                                    .depth = 5,
                                    .inflight = 3,
                                    .output = 1000,
                                    .body = 300};
  hark_limits limits = r->input[0] & INPUT_SMALL ? small : (hark_limits){0};
  hark_config config;
  limits.size = sizeof limits, limits.window = window;
  hark_config_init(&config);
  config.alloc = heap_alloc, config.alloc_ud = &r->heap;
  config.limits = &limits;
  if (r->input[0] & INPUT_OBSERVE) config.flags |= HARK_OBSERVE;
  if (r->input[0] & INPUT_STRICT) config.flags |= HARK_STRICT;
  if (r->input[0] & INPUT_REQUIRE_TLS) config.flags |= HARK_REQUIRE_TLS;
  return hark_new(&config);
}

static void check_end(const run *r) {
  if (!(hark_wants(r->c) & HARK_CLOSED)) return;
  CHECK(!hark_inflight(r->c));
  CHECK(!hark_next(r->c));
}

static void go(run *r, uint32_t window) {
  r->random = r->input[1] + 1u;
  r->c = client_new(r, window);
  if (r->c) {
    talk(r);
    check_end(r);
    hash_number(&r->events, (uint64_t)hark_error(r->c));
    hash_bytes(&r->events, hark_error_text(r->c), strlen(hark_error_text(r->c)));
    hark_free(r->c);
  }
  CHECK(!r->heap.out);
}

static void go_failing(const uint8_t *input, size_t n, uint32_t seed) {
  run r = {.input = input, .n = n};
  r.heap.fail_at = seed % 40 + 1;
  r.heap.for_good = input[0] & INPUT_FAIL_ON;
  r.cuts = seed & 1024 ? seed : 0;
  go(&r, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n) {
  if (n < INPUT_HEAD) return 0;
  hash seed = {14695981039346656037u};
  hash_bytes(&seed, input, n);
  run whole = {.input = input, .n = n}, cut = whole;
  cut.cuts = (uint32_t)seed.value | 1;
  go(&whole, 0);
  go(&cut, 1024);
  CHECK(whole.tls_began || cut.tls_began ||
        (whole.events.value == cut.events.value && whole.sent.value == cut.sent.value));
  if (input[0] & INPUT_FAIL) go_failing(input, n, (uint32_t)(seed.value >> 32));
  return 0;
}
