/* tests/unit/every_look.h - of every_call.h: what gives no command.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_EVERY_LOOK_H
#define TESTS_EVERY_LOOK_H
#include "every_call.h"

/* --- the client, and what is no call of it --- */

CALL(hark_err_name, *hark_err_name(I()))
CALL(hark_err_text, *hark_err_text(I()))
CALL(hark_version, *hark_version())
CALL(hark_recv_eof, dice(20) ? 0 : hark_recv_eof(p->c))
CALL(hark_wants, hark_wants(p->c))
CALL(hark_error, hark_error(p->c))
CALL(hark_error_text, *hark_error_text(p->c))
CALL(hark_get_phase, hark_get_phase(p->c))
CALL(hark_capabilities_known, hark_capabilities_known(p->c))
CALL(hark_has, hark_has(p->c, T()))
CALL(hark_enabled, hark_enabled(p->c, T()))
CALL(hark_selected, hark_selected(p->c))
CALL(hark_selection, hark_selection(p->c))
CALL(hark_only_in, hark_only_in(p->c, dice(2) ? p->last : I(), dice(2) ? hark_selection(p->c) : N()))
CALL(hark_heard, hark_heard(p->c))
CALL(hark_inflight, hark_inflight(p->c))
CALL(hark_cancel, hark_cancel(p->c, dice(2) ? p->last : I()))
CALL(hark_assume_capabilities, hark_assume_capabilities(p->c, T()))
CALL(hark_respond, hark_respond(p->c, S()))
CALL(hark_respond_cancel, hark_respond_cancel(p->c))
CALL(hark_authenticated, hark_authenticated(p->c, dice(9) ? 0 : I()))
CALL(hark_idle_done, hark_idle_done(p->c))
CALL(hark_send_data, hark_send_data(p->c, big, dice(2) ? dice(20) : BIG))
CALL(hark_event_name, hark_event_name(I()))
CALL(hark_item_name, hark_item_name(I()))
CALL(hark_event_fields, hark_event_fields(I()))
CALL(hark_item_fields, hark_item_fields(I()))
CALL(hark_code_fields, hark_code_fields(I()))
CALL(hark_mailbox_to_utf8, hark_mailbox_to_utf8(NULL, 0, S()))
CALL(hark_mailbox_from_utf8, hark_mailbox_from_utf8(NULL, 0, S()))
CALL(hark_mailbox_match, hark_mailbox_match(S(), S(), '/'))

OTHER(hark_fail) {
  if (!dice(20)) hark_fail(p->c, dice(2) ? HARK_ERR_NET : HARK_ERR_CERT, T());
}

OTHER(hark_feed) {
  static const char *const said[] = {"+ aGVsbG8=\r\n",
                                     "* OK hi\r\n",
                                     "* 3 EXISTS\r\n",
                                     "* BYE\r\n",
                                     "+ \r\n",
                                     "A1 OK x\r\n",
                                     "A1 NO x\r\n",
                                     "A2 OK x\r\n",
                                     "A3 BAD x\r\n",
                                     "* 1 FETCH (BODY[] {3}\r\nabc UID 1)\r\n",
                                     "* CAPABILITY IMAP4rev1 IDLE LITERAL+\r\n",
                                     "* SEARCH 1 2 3\r\n",
                                     "* ENABLED X\r\n",
                                     "\r\n",
                                     "* "};
  const char *t = ONE_OF(said);
  hark_feed(p->c, t, strlen(t));
}

OTHER(hark_recv_ack) {
  size_t n;
  void *place = hark_recv_buf(p->c, &n);
  if (!place) return;
  if (n > 12) n = 12;
  memcpy(place, "* 4 EXISTS\r\n", n);
  hark_recv_ack(p->c, dice(3) ? n : 0);
}

OTHER(hark_recv_buf) {
  size_t n;
  if (!hark_recv_buf(p->c, &n) && n) abort();
}

OTHER(hark_send_buf) {
  size_t n;
  if (!hark_send_buf(p->c, &n) && n) abort();
}

OTHER(hark_send_ack) { hark_send_ack(p->c, dice(2) ? dice(9) : (size_t)N()); }

OTHER(hark_next) {
  const hark_event *ev = hark_next(p->c);
  if (ev && !hark_event_name(ev->type)) abort();
  if (ev && ev->type == HARK_EV_DONE && ev->cmd > 0 && ev->cmd < MOST_IDS) p->done[ev->cmd]++;
}

OTHER(hark_config_init_sized) {
  (void)p;
  hark_config config;
  hark_config_init_sized(&config, dice(2) ? sizeof config : offsetof(hark_config, log));
}

OTHER(hark_get_config) {
  hark_config config;
  hark_config_init(&config);
  hark_get_config(p->c, &config);
}

OTHER(hark_new) {
  (void)p;
  hark_limits most;
  memset(&most, (int)dice(256), sizeof most);
  hark_config config;
  hark_config_init(&config);
  config.size = dice(4) ? sizeof config : offsetof(hark_config, limits), config.limits = &most;
  hark_free(hark_new(dice(5) ? &config : NULL));
}

OTHER(hark_free) {
  (void)p;
  hark_free(NULL);
}

typedef struct fake_layer {
  hark_layer base;
} fake_layer;

static int fake_pass(hark_layer *self, hark_in *in, hark_out *out) {
  (void)self;
  size_t n = in->n < out->n ? in->n : out->n;
  if (n) memcpy(out->p, in->p, n);
  in->p += n, in->n -= n, out->p += n, out->n -= n;
  return 0;
}
static void fake_free(hark_layer *self) { free(self); }

OTHER(hark_push_layer) {
  static const hark_layer_ops ops[] = {{.size = sizeof *ops,
                                        .kind = HARK_LAYER_TLS,
                                        .decode = fake_pass,
                                        .encode = fake_pass,
                                        .free = fake_free},
                                       {.size = sizeof *ops,
                                        .kind = HARK_LAYER_DEFLATE,
                                        .decode = fake_pass,
                                        .encode = fake_pass,
                                        .free = fake_free}};
  fake_layer *l = dice(4) ? malloc(sizeof *l) : NULL;
  if (l) l->base.ops = &ONE_OF(ops);
  hark_push_layer(p->c, l ? &l->base : NULL);
}

/* --- parts --- */

static const hark_part *part(void) {
  static hark_part child, root;
  child = (hark_part){
      .parent = &root, .path = {"1", 1}, .type = S(), .subtype = S(), .disposition = S()};
  root = (hark_part){.path = {"", 0}, .type = {"multipart", 9}, .subtype = S()};
  root.child = dice(3) ? &child : NULL;
  return dice(3) ? &root : &child;
}

CALL(hark_part_next, hark_part_next(part(), dice(2) ? NULL : part()))
CALL(hark_part_find, hark_part_find(part(), T()))
CALL(hark_part_is, hark_part_is(part(), T(), T()))
CALL(hark_part_filename, hark_part_filename(part()).n)
CALL(hark_part_attached, hark_part_attached(part()))
CALL(hark_part_next_attached, hark_part_next_attached(part(), NULL))
CALL(hark_part_text, hark_part_text(part(), dice(2)))

/* --- sets --- */

OTHER(hark_set_new) {
  hark_set *s = hark_set_new(NULL);
  hark_set_free(p->set);
  p->set = s;
}
OTHER(hark_set_free) {
  hark_set_free(NULL);
  hark_set_free(p->set);
  p->set = hark_set_new(NULL);
}
CALL(hark_set_add, hark_set_add(p->set, (uint32_t)N(), (uint32_t)N()))
CALL(hark_set_remove, hark_set_remove(p->set, (uint32_t)N(), (uint32_t)N()))
CALL(hark_set_join, hark_set_join(p->set, p->set))
CALL(hark_set_without, hark_set_without(p->set, p->set))
CALL(hark_set_parse, hark_set_parse(p->set, S()))
CALL(hark_set_has, hark_set_has(p->set, (uint32_t)N()))
CALL(hark_set_rank, hark_set_rank(p->set, (uint32_t)N()))
CALL(hark_set_count, hark_set_count(p->set))
CALL(hark_set_max, hark_set_max(p->set))
CALL(hark_set_at, hark_set_at(p->set, N()))
CALL(hark_set_text, hark_set_text(p->set))

OTHER(hark_set_walk) {
  uint64_t at = 0, odd = N();
  uint32_t first, last;
  if (hark_set_walk(p->set, &at, &first, &last) && last && first > last) abort(); /* 0: "*" */
  hark_set_walk(p->set, &odd, &first, &last);
}
OTHER(hark_set_next) {
  (void)p;
  hark_str text = S();
  uint32_t first, last;
  for (int i = 0; i < 9 && hark_set_next(&text, &first, &last); i++) {
  }
}
OTHER(hark_set_slice) {
  (void)p;
  hark_str text = S();
  hark_set_slice(&text, (size_t)N(), N());
}

/* --- URLs --- */

OTHER(hark_url_parse) {
  (void)p;
  hark_url u;
  char buffer[64];
  const char *t = T();
  hark_url_parse(&u, t ? t : "", buffer, dice(sizeof buffer + 1));
}
OTHER(hark_url_build) {
  (void)p;
  char out[64];
  hark_url u = {.form = I(), .host = S(), .port = (uint16_t)N(), .mailbox = S(), .section = S()};
  hark_url_build(dice(4) ? out : NULL, 0, &u);
  hark_url_build(out, dice(sizeof out + 1), &u);
}
#endif
