/* tests/wire_play.c - plays a transcript on a client.  SPDX-License-Identifier: MIT
 *
 * Everything is drained after every piece fed, so that what a client does depends on what was
 * said alone.  Rules that hold for every replay, whatever the transcript: no leak, no secret in
 * the log, no command without exactly one DONE. */
#include "wire_play.h"
#include "calls/call.h"
#include "unit/failing.h"
#include "wire_same.h"
#include <assert.h>

enum { MOST_WORDS = 48, MOST_COMMANDS = 256, MOST_SECRETS = 8 };

typedef struct player {
  const script *s;
  const plan *p;
  hark_client *c;
  printer print;
  outcome out;
  failing heap;
  text waiting; /* said by the server, and not yet taken */
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

/* What does not fit into the window now is fed when events have been taken; what is not wanted at
 * all (a layer is awaited), when it is. */
static void feed(player *pl, const char *p, size_t n) {
  text_put(&pl->waiting, p, n);
  size_t at = 0, took = 1;
  while (at < pl->waiting.n && took && !hark_error(pl->c)) {
    took = hark_feed(pl->c, pl->waiting.p + at, pl->waiting.n - at);
    drain(pl);
    at += took;
  }
  memmove(pl->waiting.p, pl->waiting.p + at, pl->waiting.n - at);
  pl->waiting.n -= at;
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

static bool same_bytes(hark_str a, hark_str b) {
  return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

static void compare_sent(player *pl, hark_str want, bool (*same)(hark_str, hark_str)) {
  if (!pl->partial) take(pl, SIZE_MAX);
  pl->partial = false;
  if (hark_error(pl->c) == HARK_ERR_NOMEM) nomem(pl);
  hark_str sent = {pl->sent.p ? pl->sent.p : "", pl->sent.n};
  if (!same(sent, want)) {
    print_sent(pl, "EXPECTED", want);
    print_sent(pl, "SENT", sent);
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

static void keep_secret(void *player_, const char *secret) {
  player *pl = player_;
  if (secret && strlen(secret) >= 6 && pl->nsecrets < MOST_SECRETS)
    pl->secrets[pl->nsecrets++] = strdup(secret);
}

static void call(player *pl, const char *line) {
  words w;
  split(&w, line);
  call_fn give = w.n ? call_find(w.v[0]) : NULL;
  caller by = {pl->c, pl, keep_secret};
  int result = give ? give(&by, w.v + 1) : 0;
  if (!give) flaw(pl, "the transcript makes a call that there is not");
  if (result > pl->last) pl->last = result;
  if (result == HARK_ERR_NOMEM) nomem(pl);
  if (result < 0) print_line(&pl->print, "REFUSED %s", hark_err_name(result));
  drain(pl);
  feed(pl, "", 0);
}

static void show(player *pl, const char *what) {
  hark_client *c = pl->c;
  words w;
  split(&w, what);
  if (is(w.v[0], "has")) {
    print_line(&pl->print, "HAS %s %s", w.v[1], hark_has(c, w.v[1]) ? "yes" : "no");
  } else if (is(w.v[0], "enabled")) {
    print_line(&pl->print, "ENABLED %s %s", w.v[1], hark_enabled(c, w.v[1]) ? "yes" : "no");
  } else if (is(w.v[0], "wants")) {
    unsigned wants = hark_wants(c);
    print_line(&pl->print, "WANTS%s%s%s%s%s%s%s", wants & HARK_WANT_RECV ? " RECV" : "",
               wants & HARK_WANT_SEND ? " SEND" : "", wants & HARK_WANT_RESPOND ? " RESPOND" : "",
               wants & HARK_WANT_LAYER ? " LAYER" : "",
               wants & HARK_WANT_AUTHENTICATED ? " AUTHENTICATED" : "",
               wants & HARK_WANT_DATA ? " DATA" : "", wants & HARK_CLOSED ? " CLOSED" : "");
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
  case STEP_CLIENT: compare_sent(pl, (hark_str){s->text.p, s->text.n}, same_bytes); break;
  case STEP_ALIKE: compare_sent(pl, (hark_str){s->text.p, s->text.n}, same_imap); break;
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
    compare_sent(&pl, (hark_str){"", 0}, same_bytes); /* what was sent was said */
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
  text_free(&pl.waiting);
  text_free(&pl.log);
  for (size_t i = 0; i < pl.nsecrets; i++) free((char *)(uintptr_t)pl.secrets[i]);
  return pl.out;
}
