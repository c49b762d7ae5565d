/* net/text.c - sentences for people: what a server sent is shown escaped and cut.
 * SPDX-License-Identifier: MIT */
#include "net/text.h"

#include <arpa/inet.h>
#include <string.h>

static size_t show_byte(char out[4], unsigned char byte) {
  static const char hex[] = "0123456789abcdef";
  if (byte >= 0x20 && byte < 0x7f && byte != '\\') return (void)(out[0] = (char)byte), 1;
  out[0] = '\\', out[1] = 'x', out[2] = hex[byte >> 4], out[3] = hex[byte & 15];
  return 4;
}

char *hark__show(char *out, size_t cap, const void *bytes, size_t n) {
  const unsigned char *p = bytes;
  size_t at = 0;
  for (size_t i = 0; i < n; i++) {
    char one[4];
    const size_t len = show_byte(one, p[i]);
    const size_t tail = i + 1 < n ? sizeof "..." : 1;
    if (at + len + tail > cap) {
      for (int dots = 0; dots < 3 && at + 1 < cap; dots++) out[at++] = '.';
      break;
    }
    memcpy(out + at, one, len);
    at += len;
  }
  if (cap) out[at] = 0;
  return out;
}

size_t hark__ip_literal(const char *host, unsigned char address[16]) {
  if (inet_pton(AF_INET, host, address) == 1) return 4;
  char bare[INET6_ADDRSTRLEN];
  const size_t n = strcspn(host, "%");
  if (n >= sizeof bare) return 0;
  memcpy(bare, host, n);
  bare[n] = 0;
  return inet_pton(AF_INET6, bare, address) == 1 ? 16 : 0;
}

char *hark__bare_host(const char *host) {
  size_t n = strlen(host);
  if (n > 2 && host[0] == '[' && host[n - 1] == ']')
    host++, n -= 2;
  else if (n > 1 && host[n - 1] == '.')
    n--;
  return strndup(host, n);
}
