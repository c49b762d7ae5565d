/* examples/hello.c - the newest subjects of INBOX, by the client alone: hello HOST PORT USER
 * SPDX-License-Identifier: MIT */
#include "connect.h"
#include <hark/net.h>
#include <string.h>

enum { NEWEST = 10, SILENCE_MS = 30000 };

typedef struct hello {
  connection k;
  hark_cmd examine, fetch;
  unsigned long long exists;
  bool listed;
} hello;

/* The mailbox is open: its newest messages by number, and the end behind that. */
static void opened(hello *h) {
  char set[50];
  const unsigned long long first = h->exists > NEWEST ? h->exists - NEWEST + 1 : 1;
  snprintf(set, sizeof set, "%llu:%llu", first, h->exists);
  if (h->exists)
    h->fetch = hark_fetch(h->k.client, 0, set, "(ENVELOPE)");
  else
    h->listed = true;
  hark_logout(h->k.client);
}

static void take(hello *h, const hark_event *ev) {
  switch (ev->type) {
  case HARK_EV_EXISTS: h->exists = ev->num; break;
  case HARK_EV_ITEM:
    if (ev->item->kind != HARK_ITEM_ENVELOPE) break;
    print_harmless(stdout, ev->item->envelope->subject);
    putchar('\n');
    break;
  case HARK_EV_DONE:
    if (ev->cond->verdict != HARK_VERDICT_OK) break;
    if (ev->cmd == h->examine) opened(h);
    if (ev->cmd == h->fetch) h->listed = true;
    break;
  default: break; /* everything else is safe to ignore */
  }
}

static bool list(hello *h) {
  hark_client *c = h->k.client;
  h->examine = hark_examine(c, "INBOX", NULL); /* sent once the sign-in is done */
  for (const hark_event *ev; (ev = hark_wait(c, h->k.fd, SILENCE_MS)); take(h, ev))
    if (!connection_event(&h->k, ev)) return false;
  if (h->listed) return true;
  complain(hark_error(c) ? hark_error_text(c) : "The server went silent.", (hark_str){NULL, 0});
  return false;
}

int main(int argc, char **argv) {
  account a;
  hello h = {.k.fd = -1};
  if (argc != 4) return fprintf(stderr, "hello HOST PORT USER\n"), 2;
  const bool asked = account_ask(&a, argv[1], argv[2], argv[3]);
  const bool ok = asked && connection_open(&h.k, &a) && list(&h);
  connection_close(&h.k);
  return !ok;
}
