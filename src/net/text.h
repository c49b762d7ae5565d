/* net/text.h - sentences for people: what a server sent is shown escaped and cut.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_NET_TEXT_H
#define HARK_NET_TEXT_H
#include <hark/base.h>

/* Printable ASCII stays, everything else becomes \xNN; what does not fit becomes "...".
 * out is always terminated; returns out. */
char *hark__show(char *out, size_t cap, const void *bytes, size_t n);

/* 4 or 16 and the address in network order, or 0: host is a name.  A zone ("%eth0")
 * is not part of the address. */
size_t hark__ip_literal(const char *host, unsigned char address[16]);

/* A copy of host without the brackets of "[::1]" and the dot of "example.org."; NULL:
 * out of memory. */
char *hark__bare_host(const char *host);
#endif
