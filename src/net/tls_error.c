/* net/tls_error.c - why TLS failed, in a sentence that says what to do.
 * SPDX-License-Identifier: MIT */
#include "net/tls.h"

#include "net/text.h"

#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int hark__tls_fail(hark__tls_layer *l, int err, const char *format, ...) {
  va_list args;
  if (l->err) return l->err;
  va_start(args, format);
  if (vasprintf(&l->text, format, args) < 0) l->text = NULL;
  va_end(args);
  return l->err = err;
}

static bool begins(const hark__tls_layer *l, const char *with) {
  const size_t n = strlen(with);
  return l->nfirst >= n && !memcmp(l->first, with, n);
}

/* RFC 8446 section 5.1: content types 20 to 23. */
static bool is_tls(const hark__tls_layer *l) {
  return !l->nfirst || (l->first[0] >= 20 && l->first[0] <= 23);
}

static int fail_not_tls(hark__tls_layer *l, const char *host) {
  static const struct {
    const char *begin, *what;
  } kinds[] = {
      {"SSH-", "an SSH server"}, {"220", "a mail server for sending (SMTP) or FTP"},
      {"+OK", "a POP3 server"},  {"HTTP/", "a web server"},
      {"<", "a web server"},
  };
  if (begins(l, "* "))
    return hark__tls_fail(l, HARK_ERR_LAYER,
                          "%s answered in plain IMAP where TLS was to begin; if the address begins "
                          "with imaps://, use imap:// instead (TLS by STARTTLS, port 143).",
                          host);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (begins(l, kinds[i].begin))
      return hark__tls_fail(l, HARK_ERR_LAYER,
                            "What answered at %s is %s, not IMAP over TLS; check the port in the "
                            "address (imaps:// means 993).",
                            host, kinds[i].what);
  char shown[sizeof l->first * 4 + 4];
  hark__show(shown, sizeof shown, l->first, l->nfirst);
  return hark__tls_fail(
      l, HARK_ERR_LAYER,
      "What answered at %s does not speak TLS (it said \"%s\"); check the port in "
      "the address (imaps:// means 993).",
      host, shown);
}

static bool is_old(int reason) {
  return reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_VERSION_TOO_LOW ||
         reason == SSL_R_WRONG_SSL_VERSION || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION;
}

/* Where a server asks for one; RFC 8446 section 6.2, and what older versions say in its place. */
static int fail_client_cert(hark__tls_layer *l, const char *host, const char *reason) {
  if (!l->tls->has_cert)
    return hark__tls_fail(l, HARK_ERR_LAYER,
                          "%s demands a client certificate; give one that whoever runs the server "
                          "has signed or knows (%s).",
                          host, reason);
  return hark__tls_fail(
      l, HARK_ERR_LAYER,
      "%s does not accept the client certificate (%s); ask whoever runs the server "
      "for one that it knows.",
      host, reason);
}

static bool is_of_client_cert(const hark__tls_layer *l, int reason) {
  switch (reason) {
  case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return true;
  case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE: return l->asked_for_cert && !l->tls->has_cert;
  case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
  case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
  case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
  case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
  case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
  case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
  case SSL_R_TLSV1_ALERT_ACCESS_DENIED: return l->asked_for_cert;
  default: return false;
  }
}

int hark__tls_fail_ssl(hark__tls_layer *l) {
  char host[160];
  const unsigned long code = ERR_peek_error();
  const char *reason = ERR_reason_error_string(code);
  hark__show(host, sizeof host, l->host, strlen(l->host));
  if (l->err) return l->err; /* the certificate was refused: the sentence is there */
  if (l->nomem || ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
    return hark__tls_fail(l, HARK_ERR_NOMEM, "%s.", hark_err_text(HARK_ERR_NOMEM));
  if (!is_tls(l)) return fail_not_tls(l, host);
  if (is_old(ERR_GET_REASON(code)))
    return hark__tls_fail(l, HARK_ERR_LAYER,
                          "%s offers only versions of TLS older than 1.2, which are not safe; "
                          "whoever runs the server must update it.",
                          host);
  if (is_of_client_cert(l, ERR_GET_REASON(code))) return fail_client_cert(l, host, reason);
  if (ERR_GET_REASON(code) >= SSL_AD_REASON_OFFSET)
    return hark__tls_fail(l, HARK_ERR_LAYER,
                          "%s refused the TLS connection (%s); check host and port, or ask whoever "
                          "runs the server.",
                          host, reason ? reason : "no reason given");
  return hark__tls_fail(l, HARK_ERR_LAYER,
                        "TLS with %s failed (%s); try again, and if it stays tell whoever runs the "
                        "server.",
                        host, reason ? reason : "no reason given");
}

int hark__tls_fail_late(hark__tls_layer *l) {
  char host[160];
  hark__show(host, sizeof host, l->host, strlen(l->host));
  return hark__tls_fail(l, HARK_ERR_LAYER,
                        "%s negotiates again and again instead of talking; tell whoever runs the "
                        "server.",
                        host);
}

int hark__tls_fail_cut(hark__tls_layer *l) {
  char host[160];
  hark__show(host, sizeof host, l->host, strlen(l->host));
  if (!is_tls(l)) return fail_not_tls(l, host);
  if (!SSL_is_init_finished(l->ssl))
    return hark__tls_fail(l, HARK_ERR_EOF,
                          "%s closed the connection while TLS was being set up; check the port in "
                          "the address, then try again.",
                          host);
  return hark__tls_fail(l, HARK_ERR_EOF,
                        "The TLS connection to %s was cut in the middle; what was under way is not "
                        "complete, try again.",
                        host);
}
