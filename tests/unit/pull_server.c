/* tests/unit/pull_server.c - a fake IMAP server in memory.
 * SPDX-License-Identifier: MIT */
#include "pull_server.h"
#include <assert.h>
#include <hark/set.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void server_init(server *s) {
  *s = (server){.uidvalidity = 7, .uidnext = 1, .next_key = 1, .random = 1};
  s->capabilities = "IMAP4rev1 IDLE ESEARCH ID LITERAL+";
}

static void forget_log(server *s) {
  for (size_t i = 0; i < s->nlog; i++) free(s->log[i]);
  free(s->log);
  s->log = NULL, s->nlog = 0;
}

void server_free(server *s) {
  forget_log(s);
  free(s->v);
  free(s->out);
  free(s->pending);
  *s = (server){0};
}

/* --- what it says --- */

static void put(char **to, size_t *n, size_t *cap, const char *p, size_t len) {
  if (*n + len > *cap) {
    *cap = (*n + len) * 2 + 256;
    *to = realloc(*to, *cap);
    assert(*to);
  }
  if (len) memcpy(*to + *n, p, len);
  *n += len;
}

static void say_bytes(server *s, const char *p, size_t n) {
  if (!s->mute && !s->gone) put(&s->out, &s->out_n, &s->out_cap, p, n);
}

static __attribute__((format(printf, 2, 3))) void say(server *s, const char *format, ...) {
  char text[1000];
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  say_bytes(s, text, (size_t)n);
}

void server_say(server *s, const char *line) { say(s, "%s\r\n", line); }

void server_connect(server *s) {
  forget_log(s);
  s->logins = s->examines = s->listings = s->checks = s->fetches = s->idles = s->dones = 0;
  s->noops = s->logouts = s->other = s->bodies_asked = 0;
  s->out_n = s->line_n = s->pending_n = 0;
  s->gone = s->mute = false;
  *s->idle_tag = 0;
  say(s, "* OK [CAPABILITY %s] ready\r\n", s->capabilities);
}

static void say_pending(server *s) {
  if (!s->announces_nothing) say_bytes(s, s->pending, s->pending_n);
  s->pending_n = 0;
}

static void announce(server *s, size_t number, const char *what) {
  char text[64];
  int n = snprintf(text, sizeof text, "* %zu %s\r\n", number, what);
  put(&s->pending, &s->pending_n, &s->pending_cap, text, (size_t)n);
  if (*s->idle_tag) say_pending(s);
}

void server_close(server *s) { s->gone = true; }

/* --- what it holds --- */

/* Of the first message whose UID is uid or above. */
static size_t first_from(const server *s, uint32_t uid) {
  size_t from = 0, to = s->n;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (s->v[middle].uid < uid)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

mail *server_find(server *s, uint32_t uid) {
  size_t i = first_from(s, uid);
  return i < s->n && s->v[i].uid == uid ? &s->v[i] : NULL;
}

mail *server_add(server *s, uint32_t uid, uint32_t size) {
  if (!uid) uid = s->uidnext;
  if (uid >= s->uidnext) s->uidnext = uid == UINT32_MAX ? uid : uid + 1;
  if (!(s->n & (s->n + 1))) s->v = realloc(s->v, (s->n + 1) * 2 * sizeof *s->v);
  assert(s->v);
  size_t at = s->n++;
  for (; at && s->v[at - 1].uid > uid; at--) s->v[at] = s->v[at - 1];
  s->v[at] = (mail){.uid = uid, .key = s->next_key++, .size = size};
  return &s->v[at];
}

mail *server_deliver(server *s, uint32_t uid, uint32_t size) {
  mail *m = server_add(s, uid, size);
  announce(s, s->n + (size_t)s->exists_off, "EXISTS");
  return m;
}

void server_expunge(server *s, uint32_t uid) {
  mail *m = server_find(s, uid);
  if (!m) return;
  size_t at = (size_t)(m - s->v);
  memmove(m, m + 1, (--s->n - at) * sizeof *m);
  announce(s, at + 1, "EXPUNGE");
}

/* "Message-ID: <KEY@test>" and then bytes that follow from the key */
static size_t head(char *to, size_t cap, unsigned key) {
  return (size_t)snprintf(to, cap, "Message-ID: <%u@test>\r\n\r\n", key);
}

char server_byte(unsigned key, uint32_t size, uint32_t at) {
  char text[64];
  (void)size;
  if (at < sizeof text) {
    size_t n = head(text, sizeof text, key);
    if (at < n) return text[at];
  }
  return (char)('a' + (key * 2654435761u + at * 40503u) % 23);
}

static void say_body(server *s, const mail *m) {
  char chunk[4096];
  for (uint32_t at = 0; at < m->size;) {
    size_t n = 0;
    while (n < sizeof chunk && at < m->size) chunk[n++] = server_byte(m->key, m->size, at++);
    say_bytes(s, chunk, n);
  }
}

/* --- FETCH --- */

static void say_items(server *s, const mail *m, bool identity) {
  say(s, "RFC822.SIZE %u INTERNALDATE \"17-Jul-1996 02:44:%02u +0000\"", m->size + s->size_off,
      m->key % 60);
  if (strstr(s->capabilities, "OBJECTID")) say(s, " EMAILID (M%u)", m->key);
  if (strstr(s->capabilities, "X-GM-EXT-1")) say(s, " X-GM-MSGID %u", m->key);
  if (!identity) say(s, " FLAGS (\\Seen K%u)", m->key);
}

static void say_named_body(server *s, const mail *m, fate f) {
  if (f == NIL_BODY)
    say(s, "BODY[] NIL");
  else if (f == EMPTY_BODY)
    say(s, "BODY[] \"\"");
  else {
    const char *name = f == HEADER_ONLY ? "RFC822.HEADER" : f == PARTIAL ? "BODY[]<0>" : "BODY[]";
    say(s, f == ENDLESS ? "%s {9000000000000000000}\r\n" : "%s {%u}\r\n", name, m->size);
    say_body(s, m);
  }
}

static void give_body(server *s, mail *m, fate f) {
  say(s, "* %zu FETCH (", (size_t)(m - s->v) + 1);
  if (!s->body_first && f != NO_UID) say(s, "UID %u ", m->uid);
  if (s->body_first) say_named_body(s, m, f), say(s, " ");
  say_items(s, m, false);
  if (!s->body_first) say(s, " "), say_named_body(s, m, f);
  if (s->body_first && f != NO_UID) say(s, " UID %u", m->uid);
  if (f == TWO_UIDS) say(s, " UID %u", m->uid + 1);
  server_say(s, ")");
}

static void give_identity(server *s, const mail *m) {
  char text[64];
  say(s, "* %zu FETCH (UID %u ", (size_t)(m - s->v) + 1, m->uid);
  say_items(s, m, true);
  if (!strstr(s->capabilities, "OBJECTID") && !strstr(s->capabilities, "X-GM-EXT-1")) {
    size_t n = head(text, sizeof text, m->key) - 2;
    say(s, " BODY[HEADER.FIELDS (MESSAGE-ID)] {%zu}\r\n%.*s", n + 2, (int)n, text);
    say(s, "\r\n");
  }
  server_say(s, ")");
}

static fate fate_now(mail *m) {
  fate f = m->times ? m->fate : GIVEN;
  if (m->times > 0) m->times--;
  m->refused = f != GIVEN;
  return f;
}

static unsigned draw(server *s) { return (s->random = s->random * 1103515245u + 12345u) >> 8; }

static void gossip(server *s) {
  if (!s->gossip || !s->n) return;
  mail *m = &s->v[draw(s) % s->n];
  say(s, "* %zu FETCH (UID %u FLAGS (\\Deleted))\r\n", (size_t)(m - s->v) + 1, m->uid);
  say(s, "* %zu FETCH (FLAGS ())\r\n", (size_t)(m - s->v) + 1);
}

/* Tells what was asked for; false: NO. */
static bool give(server *s, uint32_t *uids, size_t n) {
  for (size_t i = 0; s->shuffled && i + 1 < n; i++) {
    size_t j = i + draw(s) % (n - i);
    uint32_t swapped = uids[i];
    uids[i] = uids[j], uids[j] = swapped;
  }
  for (size_t i = 0; i < n; i++) {
    mail *m = server_find(s, uids[i]);
    if (m && m->times && m->fate == REFUSED_ALL) return fate_now(m) == GIVEN;
  }
  for (size_t i = 0; i < n; i++) {
    mail *m = server_find(s, uids[i]);
    fate f = m ? fate_now(m) : OMITTED;
    if (f == REFUSED) return false;
    gossip(s);
    if (f != OMITTED) give_body(s, m, f);
    if (s->arrive_in_fetch) {
      s->arrive_in_fetch--;
      server_deliver(s, 0, 100);
      say_pending(s);
    }
  }
  return true;
}

/* The UIDs of set that are here; "*" is the highest. */
static size_t pick(const server *s, const char *text, size_t len, uint32_t **out) {
  hark_str rest = {text, len};
  uint32_t a, b, top = s->n ? s->v[s->n - 1].uid : 0;
  size_t n = 0;
  *out = malloc((s->n + 1) * sizeof **out);
  assert(*out);
  while (hark_set_next(&rest, &a, &b)) {
    a = a ? a : top, b = b ? b : top;
    if (a > b) a ^= b, b ^= a, a ^= b;
    for (size_t i = first_from(s, a); i < s->n && s->v[i].uid <= b; i++) (*out)[n++] = s->v[i].uid;
  }
  return n;
}

static void fetch(server *s, const char *tag, const char *set) {
  const char *items = strchr(set, ' ');
  uint32_t *uids;
  if (!items) {
    say(s, "%s BAD what?\r\n", tag);
    return;
  }
  size_t n = pick(s, set, (size_t)(items - set), &uids);
  bool body = strstr(items, "BODY.PEEK[]"), good = true;
  if (body) s->fetches++, s->bodies_asked += n;
  if (body)
    good = give(s, uids, n);
  else
    for (size_t i = 0; i < n; i++)
      if (uids[i] != s->hides_identity) give_identity(s, server_find(s, uids[i]));
  free(uids);
  say_pending(s);
  say(s, good ? "%s OK Fetch completed\r\n" : "%s NO [UNAVAILABLE] cannot read it\r\n", tag);
}

/* --- SEARCH --- */

static void search(server *s, const char *tag, const char *what) {
  bool extended = !strncmp(what, "RETURN (ALL) ", 13);
  const char *key = what + (extended ? 13 : 0);
  bool all = !strcmp(key, "ALL");
  all ? s->listings++ : s->checks++;
  if ((extended && s->esearch_bad) || s->search_refused) {
    say(s, "%s BAD unknown\r\n", tag);
    return;
  }
  if (s->search_mute) {
    say(s, "%s OK Search completed\r\n", tag);
    return;
  }
  uint32_t *uids;
  const char *set = all ? "1:*" : key + 4; /* UID set */
  size_t n = pick(s, set, strlen(set), &uids);
  for (size_t i = 0; i < n; i++)
    if (uids[i] == s->search_omits) {
      memmove(uids + i, uids + i + 1, (--n - i) * sizeof *uids);
      s->search_omits = 0;
    }
  bool numbers = extended && s->esearch_numbers;
  for (uint32_t i = 0; numbers && i < n; i++) uids[i] = i + 1;
  say_pending(s);
  say(s, extended ? "* ESEARCH (TAG \"%s\")%s" : "* SEARCH", tag, numbers ? "" : " UID");
  for (size_t i = 0; i < n; i++) {
    size_t j = i;
    while (extended && j + 1 < n && uids[j + 1] == uids[j] + 1) j++;
    say(s, extended ? (i ? "," : " ALL ") : " ");
    say(s, j > i ? "%u:%u" : "%u", uids[i], uids[j]);
    i = j;
  }
  free(uids);
  if (s->search_adds) say(s, ",%s", s->search_adds);
  server_say(s, "");
  for (; s->arrive_in_search; s->arrive_in_search--) server_deliver(s, 0, 100);
  say_pending(s);
  say(s, "%s OK Search completed\r\n", tag);
}

/* --- the rest --- */

static void examine(server *s, const char *tag) {
  s->examines++;
  if (s->examine_refused) {
    say(s, "%s NO [NONEXISTENT] no such mailbox\r\n", tag);
    return;
  }
  s->pending_n = 0;
  server_say(s, "* FLAGS (\\Seen \\Deleted)");
  say(s, "* %zu EXISTS\r\n* 0 RECENT\r\n", s->n + (size_t)s->exists_off);
  if (s->uidvalidity) say(s, "* OK [UIDVALIDITY %u] here\r\n", s->uidvalidity);
  if (s->uidnext) say(s, "* OK [UIDNEXT %u] next\r\n", s->uidnext);
  if (s->examine_says) server_say(s, s->examine_says);
  say(s, "%s OK [READ-ONLY] Examined\r\n", tag);
}

static void idle(server *s, const char *tag) {
  s->idles++;
  if (s->idle_refused) {
    say(s, "%s NO not today\r\n", tag);
    return;
  }
  if (s->idle_silent) return;
  server_say(s, "+ idling");
  if (s->idle_short) {
    say(s, "%s OK enough\r\n", tag);
    return;
  }
  assert(strlen(tag) < sizeof s->idle_tag);
  memcpy(s->idle_tag, tag, strlen(tag) + 1);
  say_pending(s);
}

static bool begins(const char *line, const char *word) {
  return !strncmp(line, word, strlen(word));
}

static bool throttles(server *s, const char *line) {
  if (!s->throttles || !begins(line, s->throttled ? s->throttled : "UID FETCH ")) return false;
  s->throttles--;
  return true;
}

static void command(server *s, const char *tag, const char *line) {
  if (throttles(s, line)) {
    say(s, "%s %s\r\n", tag, s->throttle);
  } else if (begins(line, "LOGIN ")) {
    s->logins++;
    say(s, "%s OK [CAPABILITY %s] in\r\n", tag, s->capabilities);
  } else if (begins(line, "EXAMINE "))
    examine(s, tag);
  else if (begins(line, "UID SEARCH "))
    search(s, tag, line + 11);
  else if (begins(line, "UID FETCH "))
    fetch(s, tag, line + 10);
  else if (begins(line, "IDLE"))
    idle(s, tag);
  else if (begins(line, "NOOP")) {
    s->noops++;
    say_pending(s);
    say(s, "%s OK noop\r\n", tag);
  } else if (begins(line, "LOGOUT")) {
    s->logouts++;
    say(s, "* BYE bye\r\n%s OK out\r\n", tag);
    s->gone = true;
  } else if (begins(line, "ID ")) {
    say(s, "* ID NIL\r\n%s OK id\r\n", tag);
  } else {
    s->other++;
    say(s, "%s BAD unknown\r\n", tag);
  }
}

static void log_line(server *s, const char *line) {
  if (!(s->nlog & (s->nlog + 1))) s->log = realloc(s->log, (s->nlog + 1) * 2 * sizeof *s->log);
  assert(s->log);
  s->log[s->nlog++] = strdup(line);
}

static void take_line(server *s, char *line) {
  if (!strcmp(line, "DONE")) {
    s->dones++;
    log_line(s, line);
    if (*s->idle_tag) say(s, "%s OK idled\r\n", s->idle_tag);
    *s->idle_tag = 0;
    return;
  }
  char *rest = strchr(line, ' ');
  assert(rest && !*s->idle_tag); /* while idling the client says DONE and nothing else */
  *rest++ = 0;
  log_line(s, rest);
  command(s, line, rest);
}

void server_take(server *s, const char *bytes, size_t n) {
  if (s->gone || s->mute) return;
  log_line(s, "|");
  for (size_t i = 0; i < n; i++) {
    assert(s->line_n + 1 < sizeof s->line);
    s->line[s->line_n++] = bytes[i];
    if (bytes[i] != '\n') continue;
    assert(s->line_n > 1 && bytes[i - 1] == '\r');
    s->line[s->line_n - 2] = 0;
    s->line_n = 0;
    take_line(s, s->line);
  }
}

bool server_saw(const server *s, const char *begin) {
  for (size_t i = 0; i < s->nlog; i++)
    if (begins(s->log[i], begin)) return true;
  return false;
}
