/* cli/url.h - IMAP URLs as addresses of mailboxes.  RFC 5092.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_URL_H
#define CLI_URL_H
#include <stdbool.h>
#include <stddef.h>

typedef struct url {
  bool tls;      /* imaps: TLS from the first byte; imap: STARTTLS */
  char *user;    /* "" where the URL has none */
  char *host;
  char *port;    /* "993", or what the URL says */
  char *mailbox; /* UTF-8; "INBOX" where the URL has none */
} url;

/* Fills u, or returns false with a sentence in why.  url_free() in both cases. */
bool url_parse(url *u, const char *text, char *why, size_t cap);
void url_free(url *u);
#endif
