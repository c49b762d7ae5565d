/* tests/live_line.c - a connection to a real server, and what was said on it.
 * SPDX-License-Identifier: MIT */
#include "live_line.h"
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 10, SERVER = 0, CLIENT = 1 };

static void die(const char *what) {
  perror(what);
  exit(1);
}

/* --- what was said --- */

/* As the transcripts write it: \r \n \t \\ \xNN. */
static void put_escaped(text *t, const char *p, size_t n) {
  for (size_t i = 0; i < n; i++) {
    unsigned char ch = (unsigned char)p[i];
    if (ch == '\\')
      text_put(t, "\\\\", 2);
    else if (ch >= ' ' && ch < 0x7f)
      text_put(t, p + i, 1);
    else
      text_printf(t, "\\x%02x", ch);
  }
}

/* Each line when it is whole. */
static void note(line *l, int side, const void *p, size_t n) {
  text *said = &l->said[side];
  text_put(said, p, n);
  size_t from = 0;
  for (char *end; (end = memmem(said->p + from, said->n - from, "\r\n", 2));) {
    text_printf(&l->session, side == SERVER ? "S: " : "C: ");
    put_escaped(&l->session, said->p + from, (size_t)(end - said->p) - from);
    text_put(&l->session, "\n", 1);
    from = (size_t)(end - said->p) + 2;
  }
  memmove(said->p, said->p + from, said->n - from);
  said->n -= from;
}

static void keep_session(const line *l) {
  char name[512];
  snprintf(name, sizeof name, "%s/%04u", l->at->capture, l->at->captured++);
  FILE *f = fopen(name, "w");
  if (!f) die(name);
  fwrite(l->session.p, 1, l->session.n, f);
  fclose(f);
}

/* --- a layer that sees what passes through another --- */

typedef struct tap {
  hark_layer base;
  hark_layer_ops ops;
  hark_layer *inner;
  line *l;
} tap;

static int tap_decode(hark_layer *self, hark_in *wire, hark_out *plain) {
  tap *t = (tap *)self;
  const uint8_t *from = plain->p;
  int result = t->inner->ops->decode(t->inner, wire, plain);
  note(t->l, SERVER, from, (size_t)(plain->p - from));
  return result;
}

static int tap_encode(hark_layer *self, hark_in *plain, hark_out *wire) {
  tap *t = (tap *)self;
  const uint8_t *from = plain->p;
  int result = t->inner->ops->encode(t->inner, plain, wire);
  note(t->l, CLIENT, from, (size_t)(plain->p - from));
  return result;
}

static bool tap_ready(const hark_layer *self) {
  const hark_layer *inner = ((const tap *)self)->inner;
  return inner->ops->ready(inner);
}

static int tap_eof(hark_layer *self) {
  hark_layer *inner = ((tap *)self)->inner;
  return inner->ops->eof(inner);
}

static int tap_shutdown(hark_layer *self, hark_out *wire) {
  hark_layer *inner = ((tap *)self)->inner;
  return inner->ops->shutdown(inner, wire);
}

static const char *tap_error(const hark_layer *self) {
  const hark_layer *inner = ((const tap *)self)->inner;
  return inner->ops->error_text(inner);
}

static void tap_free(hark_layer *self) {
  tap *t = (tap *)self;
  t->inner->ops->free(t->inner);
  free(t);
}

static hark_layer *tap_new(line *l, hark_layer *inner) {
  tap *t = calloc(1, sizeof *t);
  if (!t || !inner) die("layer");
  t->ops = (hark_layer_ops){.size = sizeof t->ops,
                            .kind = inner->ops->kind,
                            .decode = tap_decode,
                            .encode = tap_encode,
                            .ready = tap_ready,
                            .eof = tap_eof,
                            .shutdown = tap_shutdown,
                            .error_text = tap_error,
                            .free = tap_free};
  t->base.ops = &t->ops, t->inner = inner, t->l = l;
  return &t->base;
}

static void push_layer(line *l) {
  bool tls = l->at->tls && hark_get_phase(l->c) == HARK_PHASE_NOT_AUTHENTICATED;
  hark_layer *inner = tls ? hark_tls_layer(l->at->tls, "localhost") : hark_deflate_layer();
  l->layered = true;
  if (hark_push_layer(l->c, tap_new(l, inner))) die("push");
}

/* --- a connection --- */

void line_open(line *l, server *at, const char *from) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(at->port)};
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(from)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  l->at = at, l->c = hark_new(NULL), l->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (*from && bind(l->fd, (struct sockaddr *)&here, sizeof here)) die(from);
  if (!l->c || l->fd < 0 || connect(l->fd, (struct sockaddr *)&to, sizeof to)) die("connect");
}

void line_close(line *l) {
  if (!l->c) return;
  hark_free(l->c);
  close(l->fd);
  keep_session(l);
  print_free(&l->print);
  text_free(&l->said[SERVER]), text_free(&l->said[CLIENT]), text_free(&l->session);
  *l = (line){0};
}

/* Whatever a server says should be read: the test wants to know. */
static void tell_unread(const hark_event *ev) {
  if (ev->type != HARK_EV_MALFORMED && ev->type != HARK_EV_UNKNOWN) return;
  hark_str bytes = ev->malformed->bytes, reason = ev->malformed->reason;
  text t = {0};
  put_escaped(&t, bytes.p, bytes.n < 200 ? bytes.n : 200);
  printf("unread %s: %.*s\n", t.p ? t.p : "", (int)reason.n, reason.p ? reason.p : "");
  text_free(&t);
}

void line_tell(line *l) {
  const hark_event *ev;
  while ((ev = hark_next(l->c))) {
    print_event(&l->print, ev);
    tell_unread(ev);
    if (ev->type == HARK_EV_IDLING || ev->type == HARK_EV_SEND_DATA ||
        ev->type == HARK_EV_CHALLENGE)
      l->paused = true;
    if (ev->type == HARK_EV_LAYER) push_layer(l);
  }
  print_flush(&l->print);
}

static void line_send(line *l) {
  size_t n;
  const char *p;
  while ((p = hark_send_buf(l->c, &n))) {
    ssize_t wrote = send(l->fd, p, n, MSG_NOSIGNAL);
    if (wrote < 0) die("send");
    if (!l->layered) note(l, CLIENT, p, (size_t)wrote);
    hark_send_ack(l->c, (size_t)wrote);
  }
}

bool line_turn(line *l, int milliseconds) {
  line_tell(l);
  line_send(l);
  line_tell(l); /* that a literal is wanted, where the server need not say so */
  if (l->paused || !(hark_wants(l->c) & HARK_WANT_RECV)) return false;
  struct pollfd wait = {.fd = l->fd, .events = POLLIN};
  if (poll(&wait, 1, milliseconds) <= 0) return false;
  size_t room;
  void *place = hark_recv_buf(l->c, &room);
  ssize_t n = recv(l->fd, place, room, 0);
  if (n < 0) die("recv");
  if (!l->layered) note(l, SERVER, place, (size_t)n);
  if (n)
    hark_recv_ack(l->c, (size_t)n);
  else
    hark_recv_eof(l->c);
  line_tell(l);
  return true;
}

bool line_settle(line *l) {
  time_t end = time(NULL) + PATIENCE;
  line_tell(l), line_send(l);
  while (hark_inflight(l->c) && !l->paused && !hark_error(l->c) &&
         !(hark_wants(l->c) & HARK_WANT_DATA)) {
    if (!line_turn(l, 1000) && !l->paused && time(NULL) > end) return false;
  }
  line_send(l);
  return !hark_error(l->c);
}
