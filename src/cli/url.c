/* cli/url.c - IMAP URLs as addresses of mailboxes.  RFC 5092.
 * SPDX-License-Identifier: MIT
 *
 *   imaps://user@host:port/mailbox
 *
 * The last @ before the path ends the user name, for people's names are mail addresses. */
#include "cli/url.h"
#include "cli/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct reading {
  const char *text; /* for the sentence */
  size_t n;
  char *why;
  size_t cap;
} reading;

static bool refuse(const reading *r, const char *what) {
  char shown[200];
  text_harmless(shown, sizeof shown, (hark_str){r->text, r->n});
  snprintf(r->why, r->cap, "\"%s\": %s; an address is written imaps://user@host/mailbox", shown,
           what);
  return false;
}

static int hex(char c) {
  const char *digits = "0123456789abcdef";
  const char *at = c ? strchr(digits, c | 0x20) : NULL;
  return at ? (int)(at - digits) : -1;
}

/* "%" HEXDIG HEXDIG stands for a byte; what it makes must be text. */
static bool decode(const reading *r, const char *p, size_t n, char **out) {
  char *to = *out = malloc(n + 1);
  if (!to) return refuse(r, "there is no memory for it");
  for (size_t i = 0; i < n; i++) {
    if (p[i] != '%') {
      *to++ = p[i];
      continue;
    }
    int high = i + 2 < n ? hex(p[i + 1]) : -1;
    int low = high < 0 ? -1 : hex(p[i + 2]);
    if (low < 0) return refuse(r, "a % needs two hexadecimal digits behind it (%25 is a %)");
    *to++ = (char)(high * 16 + low);
    i += 2;
  }
  *to = 0;
  hark_str made = {*out, (size_t)(to - *out)};
  for (size_t i = 0; i < made.n; i++)
    if ((unsigned char)made.p[i] < ' ' || made.p[i] == 0x7f)
      return refuse(r, "it has a control character");
  return text_is_utf8(made) || refuse(r, "it is not UTF-8");
}

/* iuserinfo = enc-user [iauth] / [enc-user] iauth; a password has no place in it */
static bool read_user(const reading *r, url *u, const char *p, size_t n) {
  const char *auth = memchr(p, ';', n);
  size_t name = auth ? (size_t)(auth - p) : n;
  const char *colon = memchr(p, ':', name);
  if (colon) {
    reading without = {r->text, (size_t)(colon - r->text), r->why, r->cap};
    return refuse(&without,
                  "a password does not belong there, where others can read it; hark asks for it, "
                  "or takes --password-command or --password-file");
  }
  if (auth) {
    hark_str mechanism = {auth, n - name};
    bool any = mechanism.n == 7 && !strncasecmp(auth, ";AUTH=*", 7);
    bool plain = mechanism.n == 11 && !strncasecmp(auth, ";AUTH=PLAIN", 11);
    if (!any && !plain) return refuse(r, "the mechanism behind ;AUTH= is not one that hark knows");
  }
  return decode(r, p, name, &u->user);
}

static bool is_port(const char *p, size_t n) {
  unsigned long value = 0;
  for (size_t i = 0; i < n; i++) {
    if (p[i] < '0' || p[i] > '9' || n > 5) return false;
    value = value * 10 + (unsigned long)(p[i] - '0');
  }
  return n && value > 0 && value < 65536;
}

static bool decode_host(const reading *r, const char *p, size_t n, char **out) {
  if (!decode(r, p, n, out)) return false;
  bool good = !(*out)[strcspn(*out, " \"#/<>?@\\^`{|}")];
  return good || refuse(r, "the host has a character that no host name has");
}

/* host [":" port], where an IPv6 address stands in brackets */
static bool read_host(const reading *r, url *u, const char *p, size_t n) {
  const char *end = p + n, *host = p, *colon;
  size_t length;
  if (n && *p == '[') {
    const char *close = memchr(p, ']', n);
    if (!close) return refuse(r, "the ] of the IPv6 address is missing");
    host = p + 1, length = (size_t)(close - host);
    colon = close + 1 < end ? close + 1 : NULL;
    if (colon && *colon != ':') return refuse(r, "only a port may follow the IPv6 address");
  } else {
    colon = memchr(p, ':', n);
    length = colon ? (size_t)(colon - p) : n;
  }
  if (!length) return refuse(r, "the host is missing");
  const char *port = colon ? colon + 1 : u->tls ? "993" : "143";
  size_t digits = colon ? (size_t)(end - port) : 3;
  if (!is_port(port, digits)) return refuse(r, "the port is not a number from 1 to 65535");
  u->port = strndup(port, digits);
  return decode_host(r, host, length, &u->host) &&
         (u->port || refuse(r, "there is no memory for it"));
}

/* imailbox-ref; what names one message or a search is not a mailbox */
static bool read_mailbox(const reading *r, url *u, const char *p) {
  size_t n = strlen(p);
  if (strcasestr(p, ";UIDVALIDITY=") || strcasestr(p, ";UID=") || strchr(p, '?'))
    return refuse(r, "it names messages, and hark pulls whole mailboxes");
  while (n && p[n - 1] == '/') n--;
  if (!n) p = "INBOX", n = 5;
  return decode(r, p, n, &u->mailbox);
}

bool url_parse(url *u, const char *text, char *why, size_t cap) {
  reading r = {text, strlen(text), why, cap};
  *u = (url){0};
  bool plain = !strncasecmp(text, "imap://", 7);
  u->tls = !strncasecmp(text, "imaps://", 8);
  if (!plain && !u->tls) return refuse(&r, "it does not begin with imaps:// or imap://");
  const char *server = text + (u->tls ? 8 : 7), *slash = strchr(server, '/');
  const char *end = slash ? slash : server + strlen(server);
  const char *at = memrchr(server, '@', (size_t)(end - server));
  size_t user = at ? (size_t)(at - server) : 0;
  const char *host = at ? at + 1 : server;
  return read_user(&r, u, server, user) && read_host(&r, u, host, (size_t)(end - host)) &&
         read_mailbox(&r, u, slash ? slash + 1 : "");
}

void url_free(url *u) {
  free(u->user);
  free(u->host);
  free(u->port);
  free(u->mailbox);
  *u = (url){0};
}
