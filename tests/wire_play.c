/* tests/wire_play.c - plays a transcript on a client.  SPDX-License-Identifier: MIT
 *
 * Everything is drained after every piece fed, so that what a client does depends on what was
 * said alone.  Rules that hold for every replay, whatever the transcript: no leak, no secret in
 * the log, no command without exactly one DONE. */
#include "wire_play.h"
#include "unit/failing.h"
#include <assert.h>
#include <hark/ext/id.h>

enum { MOST_WORDS = 48, MOST_COMMANDS = 256, MOST_SECRETS = 8 };

typedef struct player {
  const script *s;
  const plan *p;
  hark_client *c;
  printer print;
  outcome out;
  failing heap;
  text sent;    /* taken by the socket, not yet compared */
  bool partial; /* ack: what else there is stays there */
  text log;
  const char *secrets[MOST_SECRETS];
  size_t nsecrets;
  unsigned done[MOST_COMMANDS]; /* DONEs of each command */
  hark_cmd last;                /* the last command given */
  bool error_told;
} player;

static void flaw(player *pl, const char *what) {
  if (!pl->out.flaw) pl->out.flaw = what;
}

static void on_log(void *ud, int kind, const char *line, size_t n) {
  (void)kind;
  text_put(ud, line, n);
  text_put(ud, "\n", 1);
}

static void nomem(player *pl) {
  if (pl->out.nomem) return;
  print_flush(&pl->print);
  pl->out.nomem = true;
  pl->out.before = pl->print.out.n;
}

/* --- a fake TLS: a greeting of each side, then plain bytes --- */

typedef struct fake_layer {
  hark_layer base;
  size_t greeted, heard; /* bytes of the two greetings */
  bool broken;
} fake_layer;

static const char client_hello[] = "<client hello>", server_hello[] = "<server hello>";

static void pass(hark_in *in, hark_out *out) {
  for (; in->n && out->n; in->n--, out->n--) *out->p++ = *in->p++;
}

static int fake_decode(hark_layer *self, hark_in *wire, hark_out *plain) {
  fake_layer *l = (fake_layer *)self;
  for (; wire->n && server_hello[l->heard]; wire->n--) {
    if (*wire->p++ != (uint8_t)server_hello[l->heard++]) return l->broken = true, HARK_ERR_LAYER;
  }
  pass(wire, plain);
  return 0;
}

static int fake_encode(hark_layer *self, hark_in *plain, hark_out *wire) {
  fake_layer *l = (fake_layer *)self;
  for (; wire->n && client_hello[l->greeted]; wire->n--)
    *wire->p++ = (uint8_t)client_hello[l->greeted++];
  if (!client_hello[l->greeted] && !server_hello[l->heard]) pass(plain, wire);
  return 0;
}

static bool fake_ready(const hark_layer *self) {
  return !server_hello[((const fake_layer *)self)->heard];
}

static int fake_shutdown(hark_layer *self, hark_out *wire) {
  (void)self, (void)wire;
  return 0;
}

static const char *fake_error(const hark_layer *self) {
  return ((const fake_layer *)self)->broken ? "this is not the fake TLS" : "no error";
}

static void fake_free(hark_layer *self) { free(self); }

static hark_layer *fake_new(int32_t kind) {
  static const hark_layer_ops any = {.size = sizeof any,
                                     .decode = fake_decode,
                                     .encode = fake_encode,
                                     .ready = fake_ready,
                                     .shutdown = fake_shutdown,
                                     .error_text = fake_error,
                                     .free = fake_free};
  static hark_layer_ops tls, deflate;
  tls = deflate = any;
  tls.kind = HARK_LAYER_TLS, deflate.kind = HARK_LAYER_DEFLATE;
  fake_layer *l = calloc(1, sizeof *l);
  if (!l) abort();
  l->base.ops = kind == HARK_LAYER_TLS ? &tls : &deflate;
  return &l->base;
}

/* --- events --- */

static void drain(player *pl) {
  const hark_event *ev;
  while ((ev = hark_next(pl->c))) {
    if (hark_error(pl->c) == HARK_ERR_NOMEM) nomem(pl);
    print_event(&pl->print, ev);
    if (ev->type == HARK_EV_DONE && ev->cmd > 0 && ev->cmd < MOST_COMMANDS) pl->done[ev->cmd]++;
  }
  int err = hark_error(pl->c);
  if (err == HARK_ERR_NOMEM) nomem(pl);
  if (err && !pl->error_told)
    print_line(&pl->print, "ERROR %s: %s", hark_err_name(err), hark_error_text(pl->c));
  pl->error_told = err != 0;
}

static bool cut_here(const player *pl, const step *s, size_t at) {
  for (size_t i = 0; i < s->njoins; i++) {
    if (s->joins[i] == at) return false;
  }
  return pl->p->cut == CUT_EVERYWHERE || (pl->p->cut == CUT_AT && s->at + at == pl->p->at);
}

/* What does not fit into the window now is fed when events have been taken. */
static void feed(player *pl, const char *p, size_t n) {
  while (n && !hark_error(pl->c)) {
    size_t took = hark_feed(pl->c, p, n);
    drain(pl);
    if (!took) break;
    p += took;
    n -= took;
  }
}

static void server_says(player *pl, const step *s) {
  for (size_t from = 0, to; from < s->text.n; from = to) {
    for (to = from + 1; to < s->text.n && !cut_here(pl, s, to);) to++;
    feed(pl, s->text.p + from, to - from);
  }
}

/* --- output --- */

static void take(player *pl, size_t most) {
  size_t n;
  const char *p;
  while (most && (p = hark_send_buf(pl->c, &n))) {
    if (n > most) n = most;
    text_put(&pl->sent, p, n);
    hark_send_ack(pl->c, n);
    most -= n;
  }
}

static void print_sent(player *pl, const char *what, hark_str s) {
  text line = {0};
  print_bytes(&line, s);
  print_line(&pl->print, "%s %s", what, line.p);
  text_free(&line);
}

static void compare_sent(player *pl, hark_str want) {
  if (!pl->partial) take(pl, SIZE_MAX);
  pl->partial = false;
  bool same = pl->sent.n == want.n && (!want.n || !memcmp(pl->sent.p, want.p, want.n));
  if (!same) {
    print_sent(pl, "EXPECTED", want);
    print_sent(pl, "SENT", (hark_str){pl->sent.p ? pl->sent.p : "", pl->sent.n});
  }
  pl->sent.n = 0;
}

/* --- calls --- */

typedef struct words { /* of a call line; NULL terminated */
  char *v[MOST_WORDS + 1];
  size_t n;
  char line[8192];
} words;

static char *quoted_word(char **p) {
  char *to = *p, *from = ++*p, *word = from;
  for (to = from; **p && **p != '"'; ++*p) {
    if (**p == '\\' && (*p)[1]) {
      ++*p;
      char hex[3] = {(*p)[1], (*p)[1] ? (*p)[2] : 0, 0};
      if (**p == 'r')
        *to++ = '\r';
      else if (**p == 'n')
        *to++ = '\n';
      else if (**p == 'x')
        *to++ = (char)strtoul(hex, NULL, 16), *p += 2;
      else
        *to++ = **p;
    } else {
      *to++ = **p;
    }
  }
  if (**p) ++*p;
  *to = 0;
  return word;
}

/* Words, "quoted" ones with \r \n \xNN, and (lists with spaces in them). */
static void split(words *w, const char *line) {
  snprintf(w->line, sizeof w->line, "%s", line);
  w->n = 0;
  for (char *p = w->line; *p && w->n < MOST_WORDS;) {
    if (*p == ' ') {
      p++;
      continue;
    }
    if (*p == '"') {
      w->v[w->n++] = quoted_word(&p);
      if (*p) p++;
      continue;
    }
    w->v[w->n++] = p;
    for (int depth = 0; *p && (depth > 0 || *p != ' '); p++)
      depth += (*p == '(' || *p == '[') - (*p == ')' || *p == ']');
    if (*p) *p++ = 0;
  }
  for (size_t i = w->n; i <= MOST_WORDS; i++) w->v[i] = NULL;
}

static bool is(const char *a, const char *b) { return a && !strcmp(a, b); }
static hark_str str(const char *p) { return (hark_str){p, p ? strlen(p) : 0}; }

static void keep_secret(player *pl, const char *secret) {
  if (secret && strlen(secret) >= 6 && pl->nsecrets < MOST_SECRETS)
    pl->secrets[pl->nsecrets++] = strdup(secret);
}

/* cmd NAME, then pieces: raw T, number N, string T, secret T, mailbox T, open, close */
static hark_cmd build(player *pl, char **w) {
  hark_builder *b = hark_cmd_begin(pl->c, *w++);
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
    if (is(piece, "string")) hark_put_string(b, str(argument));
    if (is(piece, "mailbox")) hark_put_mailbox(b, argument);
    if (is(piece, "secret")) {
      hark_put_secret(b, str(argument));
      keep_secret(pl, argument);
    }
    w++;
  }
  return hark_cmd_end(b);
}

/* search [uid] RETURNS, then pieces: key K, text F T, header N T, number F N, set S, uidset S,
 * date F Y M D, or, not, open, close */
static hark_cmd search(player *pl, unsigned uid, char **w) {
  hark_builder *q = hark_search_begin(pl->c, uid, is(*w, "NULL") ? NULL : *w);
  for (w++; *w;) {
    const char *piece = *w++;
    if (is(piece, "or"))
      hark_q_or(q);
    else if (is(piece, "not"))
      hark_q_not(q);
    else if (is(piece, "open"))
      hark_q_open(q);
    else if (is(piece, "close"))
      hark_q_close(q);
    else if (is(piece, "key"))
      hark_q_key(q, *w++);
    else if (is(piece, "set"))
      hark_q_set(q, 0, *w++);
    else if (is(piece, "uidset"))
      hark_q_set(q, HARK_UID, *w++);
    else if (is(piece, "text"))
      hark_q_text(q, w[0], w[1]), w += 2;
    else if (is(piece, "header"))
      hark_q_header(q, w[0], w[1]), w += 2;
    else if (is(piece, "number"))
      hark_q_number(q, w[0], strtoull(w[1], NULL, 10)), w += 2;
    else if (is(piece, "date"))
      hark_q_date(q, w[0], atoi(w[1]), atoi(w[2]), atoi(w[3])), w += 4;
  }
  return hark_search_end(q);
}

static hark_cmd authenticate(player *pl, char **w) {
  hark_str initial = str(w[1]);
  keep_secret(pl, w[1]);
  return hark_authenticate(pl->c, w[0], w[1] ? &initial : NULL);
}

static int error_of(const char *name) {
#define X(error, value, fatal, text)                                                               \
  if (is(name, #error)) return value;
  HARK_ERRORS(X)
#undef X
  return 0;
}

/* A command: its number, or an error.  *known says whether there is such a call. */
static hark_cmd give(player *pl, char **w, bool *known) {
  hark_client *c = pl->c;
  const char *name = *w++;
  unsigned uid = is(*w, "uid") ? HARK_UID : 0;
  char **u = uid ? w + 1 : w; /* behind the word "uid" */
  if (is(name, "capability")) return hark_capability(c);
  if (is(name, "noop")) return hark_noop(c);
  if (is(name, "logout")) return hark_logout(c);
  if (is(name, "starttls")) return hark_starttls(c);
  if (is(name, "login")) return keep_secret(pl, w[1]), hark_login(c, w[0], w[1]);
  if (is(name, "authenticate")) return authenticate(pl, w);
  if (is(name, "list")) return hark_list(c, w[0], w[1], w[2]);
  if (is(name, "status")) return hark_status(c, w[0], w[1]);
  if (is(name, "select")) return hark_select(c, w[0], w[1]);
  if (is(name, "examine")) return hark_examine(c, w[0], w[1]);
  if (is(name, "idle")) return hark_idle(c);
  if (is(name, "fetch")) return hark_fetch(c, uid, u[0], u[1]);
  if (is(name, "store")) return hark_store(c, uid, u[0], u[1], u[2]);
  if (is(name, "search")) return search(pl, uid, u);
  if (is(name, "expunge")) return hark_expunge(c, w[0]);
  if (is(name, "id")) return hark_id(c, (const char *const *)w);
  if (is(name, "unselect")) return hark_unselect(c);
  if (is(name, "close")) return hark_expunge_and_close(c);
  if (is(name, "cmd")) return build(pl, w);
  *known = false;
  return 0;
}

/* Calls that give no command: 0, or an error. */
static int tell(player *pl, char **w, bool *known) {
  hark_client *c = pl->c;
  if (is(w[0], "idle_done")) return hark_idle_done(c);
  if (is(w[0], "respond")) return keep_secret(pl, w[1]), hark_respond(c, str(w[1]));
  if (is(w[0], "respond_cancel")) return hark_respond_cancel(c);
  if (is(w[0], "authenticated")) return hark_authenticated(c, error_of(w[1]));
  if (is(w[0], "cancel")) return hark_cancel(c, (hark_cmd)atoi(w[1] ? w[1] + 1 : ""));
  if (is(w[0], "assume")) return hark_assume_capabilities(c, w[1]);
  if (is(w[0], "fail")) return hark_fail(c, error_of(w[1]), w[2]), 0;
  if (is(w[0], "layer")) {
    if (is(w[1], "NULL")) return hark_push_layer(c, NULL);
    return hark_push_layer(c, fake_new(is(w[1], "deflate") ? HARK_LAYER_DEFLATE : HARK_LAYER_TLS));
  }
  *known = false;
  return 0;
}

static void call(player *pl, const char *line) {
  words w;
  bool known = true, other = true;
  split(&w, line);
  int result = w.n ? give(pl, w.v, &known) : (known = false, 0);
  if (known && result > 0) pl->last = result;
  if (!known) result = w.n ? tell(pl, w.v, &other) : (other = false, 0);
  if (!known && !other) flaw(pl, "the transcript makes a call that there is not");
  if (result == HARK_ERR_NOMEM) nomem(pl);
  if (result < 0) print_line(&pl->print, "REFUSED %s", hark_err_name(result));
  drain(pl);
}

static void show(player *pl, const char *what) {
  hark_client *c = pl->c;
  words w;
  split(&w, what);
  if (is(w.v[0], "has")) {
    print_line(&pl->print, "HAS %s %s", w.v[1], hark_has(c, w.v[1]) ? "yes" : "no");
  } else if (is(w.v[0], "wants")) {
    unsigned wants = hark_wants(c);
    print_line(&pl->print, "WANTS%s%s%s%s%s%s", wants & HARK_WANT_RECV ? " RECV" : "",
               wants & HARK_WANT_SEND ? " SEND" : "", wants & HARK_WANT_RESPOND ? " RESPOND" : "",
               wants & HARK_WANT_LAYER ? " LAYER" : "",
               wants & HARK_WANT_AUTHENTICATED ? " AUTHENTICATED" : "",
               wants & HARK_CLOSED ? " CLOSED" : "");
  } else if (is(w.v[0], "phase")) {
    static const char *const names[] = {"GREETING", "NOT_AUTHENTICATED", "AUTHENTICATED",
                                        "SELECTED", "LOGOUT"};
    print_line(&pl->print, "IN %s", names[hark_get_phase(c)]);
  } else if (is(w.v[0], "selected")) {
    print_line(&pl->print, "MAILBOX %s", hark_selected(c) ? hark_selected(c) : "NIL");
  } else if (is(w.v[0], "inflight")) {
    print_line(&pl->print, "INFLIGHT %u", hark_inflight(c));
  } else {
    flaw(pl, "the transcript wants to be shown what there is not");
  }
}

/* --- a replay --- */

static void play_step(player *pl, const step *s) {
  switch (s->kind) {
  case STEP_SERVER: server_says(pl, s); break;
  case STEP_CLIENT: compare_sent(pl, (hark_str){s->text.p, s->text.n}); break;
  case STEP_CALL: call(pl, s->text.p); break;
  case STEP_ACK:
    take(pl, strtoul(s->text.p, NULL, 10));
    pl->partial = true;
    break;
  case STEP_EOF:
    hark_recv_eof(pl->c);
    drain(pl);
    break;
  case STEP_SHOW: show(pl, s->text.p); break;
  }
}

static void check_rules(player *pl) {
  if (hark_wants(pl->c) & HARK_CLOSED) {
    if (hark_inflight(pl->c)) flaw(pl, "closed, and a command has no DONE");
    for (hark_cmd i = 1; i <= pl->last && i < MOST_COMMANDS; i++) {
      if (!pl->done[i]) flaw(pl, "closed, and a command never had its DONE");
    }
  }
  for (int i = 0; i < MOST_COMMANDS; i++) {
    if (pl->done[i] > 1) flaw(pl, "a command had more than one DONE");
  }
  for (size_t i = 0; i < pl->nsecrets; i++) { /* SEC D-23 */
    if (pl->log.p && strstr(pl->log.p, pl->secrets[i])) flaw(pl, "a secret is in the log");
  }
}

static hark_client *new_client(player *pl) {
  hark_limits limits = pl->s->limits;
  if (pl->p->window) limits.window = pl->p->window;
  hark_config config;
  hark_config_init(&config);
  config.alloc = failing_alloc;
  config.alloc_ud = &pl->heap;
  config.log = on_log;
  config.log_ud = &pl->log;
  config.flags = pl->s->flags;
  config.limits = &limits;
  return hark_new(&config);
}

outcome play(const script *s, const plan *p) {
  player pl = {.s = s, .p = p};
  pl.heap.fail_at = p->fail_at;
  pl.heap.for_good = p->for_good;
  pl.c = new_client(&pl);
  if (!pl.c) nomem(&pl);
  for (size_t i = 0; pl.c && i < s->n; i++) play_step(&pl, &s->steps[i]);
  if (pl.c) {
    compare_sent(&pl, (hark_str){"", 0}); /* what was sent was said */
    print_flush(&pl.print);
    check_rules(&pl);
  }
  hark_free(pl.c);
  if (pl.heap.out) flaw(&pl, "memory was not given back");
  pl.out.allocations = pl.heap.calls;
  pl.out.events = pl.print.out;
  pl.print.out = (text){0};
  if (!pl.out.events.p) text_put(&pl.out.events, "", 0);
  print_free(&pl.print);
  text_free(&pl.sent);
  text_free(&pl.log);
  for (size_t i = 0; i < pl.nsecrets; i++) free((char *)(uintptr_t)pl.secrets[i]);
  return pl.out;
}
