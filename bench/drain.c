/* bench/drain.c - reads a mailbox and drops it: the time below which no client can be.
 * SPDX-License-Identifier: MIT
 *
 *   bench_drain tls|plain PORT USER PASSWORD    on localhost; prints bytes and seconds
 *
 * It asks for what hark asks for, in one command, and looks at nothing but the end.  The
 * certificate is not checked, for the server is one that bench/run has just started. */
#include "measure.h"
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ = 65536, TAIL = 512 };

typedef struct peer {
  int fd;
  SSL *ssl; /* NULL: plain */
} peer;

static int dial(const char *port) {
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  need(fd >= 0 && !connect(fd, (struct sockaddr *)&to, sizeof to), "connect");
  return fd;
}

static SSL *encrypt(int fd) {
  SSL *ssl = SSL_new(SSL_CTX_new(TLS_client_method()));
  need(ssl && SSL_set_fd(ssl, fd) && SSL_connect(ssl) == 1, "TLS");
  return ssl;
}

static size_t receive(const peer *p, char *to, size_t room) {
  ssize_t n = p->ssl ? SSL_read(p->ssl, to, (int)room) : read(p->fd, to, room);
  need(n > 0, "reading");
  return (size_t)n;
}

__attribute__((format(printf, 2, 3))) static void command(const peer *p, const char *format, ...) {
  char line[256];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  need(n > 0 && (size_t)n < sizeof line, "a short command");
  need((p->ssl ? SSL_write(p->ssl, line, n) : (int)write(p->fd, line, (size_t)n)) == n, "writing");
}

/* Whether the n bytes end with a whole line that starts with tag. */
static int ends_with_line(const char *p, size_t n, const char *tag) {
  if (n < 2 || memcmp(p + n - 2, "\r\n", 2) != 0) return 0;
  const char *line = p + n - 2;
  while (line > p && line[-1] != '\n') line--;
  return (size_t)(p + n - line) > strlen(tag) && !memcmp(line, tag, strlen(tag));
}

/* Drops everything up to the line with the tag; how much that was. */
static size_t drop_until(const peer *p, const char *tag) {
  static char space[TAIL + READ];
  size_t tail = 0, all = 0, got;
  do {
    got = receive(p, space + tail, READ);
    all += got, got += tail;
    if (ends_with_line(space, got, tag)) return all;
    tail = got < TAIL ? got : TAIL;
    memmove(space, space + got - tail, tail);
  } while (1);
}

int main(int argc, char **argv) {
  if (argc != 5) return fputs("usage: bench_drain tls|plain PORT USER PASSWORD\n", stderr), 64;
  double since = seconds();
  peer p = {.fd = dial(argv[2])};
  if (!strcmp(argv[1], "tls")) p.ssl = encrypt(p.fd);
  drop_until(&p, "* OK ");
  command(&p, "drain1 LOGIN %s %s\r\n", argv[3], argv[4]);
  drop_until(&p, "drain1 OK ");
  command(&p, "drain2 EXAMINE INBOX\r\n");
  drop_until(&p, "drain2 OK ");
  command(&p, "drain3 UID FETCH 1:* (UID RFC822.SIZE FLAGS INTERNALDATE BODY.PEEK[])\r\n");
  size_t bytes = drop_until(&p, "drain3 OK ");
  printf("%zu bytes in %.3f s\n", bytes, seconds() - since);
  return 0;
}
