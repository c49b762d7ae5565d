/* net/dialer_error.c - why a connection could not be made, and what to do about it.
 * SPDX-License-Identifier: MIT */
#include "net/dialer.h"

#include "net/text.h"

#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void hark__dialer_fail(hark_dialer *d, int err, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(d->error, sizeof d->error, format, args);
  va_end(args);
  d->result = err;
}

static bool ends_in(const char *host, const char *suffix) {
  const size_t n = strlen(host), k = strlen(suffix);
  return n >= k && strcasecmp(host + n - k, suffix) == 0;
}

/* RFC 1035 section 2.3.4: 253 bytes, labels of 1 to 63. */
static bool labels_ok(const char *host) {
  if (!*host || strlen(host) > 253) return false;
  for (const char *p = host;; p++) {
    const size_t n = strcspn(p, ".");
    if (n < 1 || n > 63) return false;
    for (size_t i = 0; i < n; i++)
      if ((unsigned char)p[i] <= ' ' || p[i] == 0x7f || strchr("/\\@:[]<>\"", p[i])) return false;
    if (!*(p += n)) return true;
  }
}

bool hark__dialer_host_ok(hark_dialer *d) {
  char host[160];
  hark__show(host, sizeof host, d->host, strlen(d->host));
  bool ascii = true;
  for (const char *p = d->host; *p; p++) ascii = ascii && (unsigned char)*p < 0x80;
  if (!ascii)
    hark__dialer_fail(d, HARK_ERR_HOST,
                      "The host name \"%s\" is not ASCII; write it in the form that begins with "
                      "\"xn--\" (the command idn2 prints it).",
                      host);
  else if (!*d->host)
    hark__dialer_fail(d, HARK_ERR_HOST,
                      "The address names no host; write it as imaps://USER@HOST/.");
  else if (!labels_ok(d->host))
    hark__dialer_fail(d, HARK_ERR_HOST,
                      "\"%s\" cannot be the name of a host; check the address, it is written as "
                      "imaps://USER@HOST/.",
                      host);
  /* RFC 6761 section 6.4: never exists, so nobody needs to be asked. */
  else if (ends_in(d->host, ".invalid"))
    hark__dialer_fail(d, HARK_ERR_HOST, "There is no host \"%s\"; check how it is spelled.", host);
  return !d->result;
}

void hark__dialer_no_zone(hark_dialer *d, const char *zone) {
  char shown[64];
  hark__show(shown, sizeof shown, zone, strlen(zone));
  hark__dialer_fail(d, HARK_ERR_HOST,
                    "\"%s\" names no network interface of this computer; \"ip link\" lists them.",
                    shown);
}

void hark__dialer_not_found(hark_dialer *d) {
  char host[160];
  hark__show(host, sizeof host, d->host, strlen(d->host));
  const int v6 = d->resolver.v6.status, v4 = d->resolver.v4.status;
  const bool told = v6 == ARES_ENOTFOUND || v4 == ARES_ENOTFOUND || v4 == ARES_ENODATA ||
                    v4 == ARES_EBADNAME || v4 == ARES_SUCCESS;
  if (v4 == ARES_ENOMEM || v6 == ARES_ENOMEM)
    hark__dialer_fail(d, HARK_ERR_NOMEM, "%s.", hark_err_text(HARK_ERR_NOMEM));
  else if (told)
    hark__dialer_fail(d, HARK_ERR_HOST, "There is no host \"%s\"; check how it is spelled.", host);
  else
    hark__dialer_fail(d, HARK_ERR_NET,
                      "The address of %s could not be looked up (%s); check that this computer is "
                      "online, then try again.",
                      host, ares_strerror(v4));
}

static const char *numeric(const hark__address *a, char out[NI_MAXHOST]) {
  if (getnameinfo((const struct sockaddr *)&a->sa, a->len, out, NI_MAXHOST, NULL, 0,
                  NI_NUMERICHOST))
    return "?";
  return out;
}

void hark__dialer_not_connected(hark_dialer *d) {
  char host[160], address[NI_MAXHOST] = "";
  hark__show(host, sizeof host, d->host, strlen(d->host));
  const char *ip = d->blamed ? numeric(d->blamed, address) : "?";
  const int why = d->blame;
  if (why == ECONNREFUSED)
    hark__dialer_fail(d, HARK_ERR_NET,
                      "%s (%s) refused the connection to port %u; check the port (imaps:// means "
                      "993, imap:// means 143) and whether the mail server is running.",
                      host, ip, d->port);
  else if (why == ETIMEDOUT)
    hark__dialer_fail(d, HARK_ERR_NET,
                      "%s (%s) did not answer on port %u in time; check the port, and whether a "
                      "firewall or this computer's network is in the way.",
                      host, ip, d->port);
  else if (why == EMFILE || why == ENFILE)
    hark__dialer_fail(d, HARK_ERR_NET,
                      "No connection to %s port %u could be made: too many files are open; close "
                      "other programs or raise the limit (ulimit -n).",
                      host, d->port);
  else
    hark__dialer_fail(d, HARK_ERR_NET,
                      "%s (%s) port %u cannot be reached (%s); check that this computer is online.",
                      host, ip, d->port, strerror(why));
}
