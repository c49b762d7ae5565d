/* fuzz/builders_server.c - the server of fuzz_builders: hears each command out, compares it with
 * the call, and answers.  SPDX-License-Identifier: MIT */
#include "builders.h"
#include <hark/mailbox.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { /* offers */
       OFFERS_REV1 = 0,
       OFFERS_BOTH = 1,
       OFFERS_REV2 = 2, /* and names are UTF-8 */
       OFFERS_KIND = 3,
       OFFERS_PLUS = 4,
       OFFERS_MINUS = 8,
       OFFERS_SASL_IR = 16,
       GREETS_PREAUTH = 32,
       GREETS_WITH_CAPABILITIES = 64
};
static const char all_capabilities[] =
    " STARTTLS AUTH=PLAIN IDLE UNSELECT NAMESPACE ACL RIGHTS=kxte QUOTA QUOTASET METADATA ENABLE"
    " UTF8=ACCEPT CONDSTORE QRESYNC UIDPLUS MOVE BINARY CATENATE MULTIAPPEND REPLACE ID LANGUAGE"
    " I18NLEVEL=2 SORT SORT=DISPLAY ESORT ESEARCH CONTEXT=SEARCH CONTEXT=SORT SEARCHRES"
    " SEARCH=FUZZY MULTISEARCH THREAD=REFERENCES THREAD=ORDEREDSUBJECT NOTIFY FILTERS WITHIN"
    " PARTIAL PREVIEW SAVEDATE OBJECTID UIDONLY CONVERT URLAUTH URLAUTH=BINARY URL-PARTIAL"
    " MAILBOX-REFERRALS LOGIN-REFERRALS JMAPACCESS COMPRESS=DEFLATE UNAUTHENTICATE APPENDLIMIT"
    " LIST-EXTENDED LIST-STATUS LIST-MYRIGHTS LIST-METADATA SPECIAL-USE CREATE-SPECIAL-USE XLIST"
    " CHILDREN ANNOTATE-EXPERIMENT-1 X-GM-EXT-1 STATUS=SIZE INPROGRESS MESSAGELIMIT=1000";

static void say(run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(run *r, const char *format, ...) {
  char line[2048];
  va_list args;
  va_start(args, format);
  size_t n = (size_t)vsnprintf(line, sizeof line, format, args);
  va_end(args);
  CHECK(n < sizeof line);
  if (r->nsaid + n > r->said_cap) {
    r->said_cap = 2 * (r->nsaid + n);
    r->said = realloc(r->said, r->said_cap);
    CHECK(r->said);
  }
  memcpy(r->said + r->nsaid, line, n), r->nsaid += n;
}

static void capabilities(const run *r, char out[1600]) {
  static const char *const kinds[] = {"IMAP4rev1", "IMAP4rev1 IMAP4rev2", "IMAP4rev2", "IMAP4rev1"};
  snprintf(out, 1600, "CAPABILITY %s%s%s%s%s", kinds[r->offers & OFFERS_KIND],
           r->offers & OFFERS_PLUS ? " LITERAL+" : "", r->offers & OFFERS_MINUS ? " LITERAL-" : "",
           r->offers & OFFERS_SASL_IR ? " SASL-IR" : "", all_capabilities);
}

void serve_begins(run *r) {
  char caps[1600];
  capabilities(r, caps);
  bool rev2 = (r->offers & OFFERS_KIND) == OFFERS_REV2;
  r->wire.plus = r->offers & OFFERS_PLUS, r->wire.minus = rev2 || r->offers & OFFERS_MINUS;
  r->wire.utf8 = rev2;
  const char *word = r->offers & GREETS_PREAUTH ? "PREAUTH" : "OK";
  if (r->offers & GREETS_WITH_CAPABILITIES)
    say(r, "* %s [%s] hi\r\n", word, caps);
  else
    say(r, "* %s hi\r\n", word);
}

given *call_of(run *r, uint32_t tag) {
  for (size_t i = 0; i < r->ncalls; i++)
    if (r->calls[i].id == (hark_cmd)tag) return &r->calls[i];
  return NULL;
}

static bool word_is(hark_str w, const char *s) {
  return w.n == strlen(s) && !strncasecmp(w.p, s, w.n);
}

static bool is_called(const reader *wire, const char *name) {
  bool uid_too = !strncmp(name, "UID ", 4);
  if (!uid_too) return wire->nwords && word_is(wire->words[0], name);
  return wire->nwords > 1 && word_is(wire->words[0], "UID") && word_is(wire->words[1], name + 4);
}

static bool same(const wanted *w, hark_str word) {
  if (w->n == word.n && !memcmp(w->p, word.p, w->n)) return true;
  if (!w->mailbox) return false;
  if (w->n == 5 && !strncasecmp(w->p, "INBOX", 5) && word_is(word, "INBOX")) return true;
  char utf8[9000];
  int n = hark_mailbox_to_utf8(utf8, sizeof utf8 - 1, word);
  return n >= 0 && (size_t)n < sizeof utf8 && (size_t)n == w->n && !memcmp(utf8, w->p, w->n);
}

/* All that was passed is there, in order. */
static void check_arguments(const reader *wire, const given *g) {
  size_t at = 0;
  if (wire->nwords == MOST_WORDS) return;
  for (size_t i = 0; i < g->n; i++, at++) {
    while (at < wire->nwords && !same(&g->v[i], wire->words[at])) at++;
    CHECK(at < wire->nwords);
  }
}

static void enabled(run *r) {
  say(r, "* ENABLED");
  for (size_t i = 1; i < r->wire.nwords; i++) {
    hark_str w = r->wire.words[i];
    if (w.n < 100) say(r, " %.*s", (int)w.n, w.p);
    if (word_is(w, "UTF8=ACCEPT") || word_is(w, "IMAP4rev2")) r->wire.utf8 = true;
  }
  say(r, "\r\n");
}

static void waits_for_line(run *r, char what) {
  r->line_for = what, r->line_tag = r->wire.tag;
  reader_line(&r->wire);
}

/* What comes besides the tagged answer; false: that does not follow now. */
static bool told_first(run *r) {
  const reader *w = &r->wire;
  char caps[1600];
  capabilities(r, caps);
  if (is_called(w, "CAPABILITY")) say(r, "* %s\r\n", caps);
  if (is_called(w, "LOGOUT")) say(r, "* BYE bye\r\n");
  if (is_called(w, "ENABLE")) enabled(r);
  if (is_called(w, "IDLE") && w->nwords == 1) {
    say(r, "+ idling\r\n");
    waits_for_line(r, 'I');
    return false;
  }
  if (is_called(w, "AUTHENTICATE")) {
    say(r, "+ \r\n");
    waits_for_line(r, 'A');
    return false;
  }
  return true;
}

static const char *verdict(run *r) {
  static const char *const words[] = {"NO", "BAD", "OK", "OK", "OK", "OK", "OK", "OK"};
  return words[byte(r) & 7];
}

static void on_command(run *r) {
  uint32_t tag = r->wire.tag;
  const given *g = call_of(r, tag);
  bool answered = r->refused;
  r->refused = false;
  if (g) {
    CHECK(is_called(&r->wire, g->name) || !strcmp(g->name, "*"));
    check_arguments(&r->wire, g);
  } else {
    CHECK(r->wire.nwords == 1 && is_called(&r->wire, "CAPABILITY"));
  }
  if (answered) return;
  bool no = is_called(&r->wire, "STARTTLS") || is_called(&r->wire, "COMPRESS");
  bool out = is_called(&r->wire, "UNAUTHENTICATE");
  const char *how = no ? "NO" : is_called(&r->wire, "LOGOUT") || out ? "OK" : verdict(r);
  if (!told_first(r)) return;
  if (out) r->wire.utf8 = (r->offers & OFFERS_KIND) == OFFERS_REV2;
  say(r, "A%u %s done\r\n", tag, how);
}

static void on_tag(run *r) {
  given *g = call_of(r, r->wire.tag);
  if (g) {
    CHECK(!g->begun++);
    r->wire.free_text = g->free_text;
  } else {
    CHECK(++r->own < MOST_CALLS);
  }
}

static bool is_base64(hark_str s) {
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  for (size_t i = 0; i < s.n; i++)
    if (!strchr(allowed, s.p[i])) return false;
  return s.n % 4 == 0;
}

static void on_line(run *r) {
  hark_str line = r->wire.words[0];
  bool idle = r->line_for == 'I', taken_back = word_is(line, "*");
  CHECK(idle ? word_is(line, "DONE") : taken_back || is_base64(line));
  r->line_for = 0;
  say(r, "A%u %s done\r\n", r->line_tag, taken_back ? "BAD" : idle ? "OK" : verdict(r));
}

/* A literal: asked for, or the command is refused here. */
static void on_asks(run *r) {
  if (r->refused) {
    r->refused = false;
    reader_forget(&r->wire);
  } else if (byte(r) % 8 == 1) {
    say(r, "A%u NO not now\r\n", r->wire.tag);
    if (r->wire.tag) reader_forget(&r->wire);
  } else {
    say(r, "+ go on\r\n");
    reader_go_on(&r->wire);
  }
}

void hear(run *r, uint8_t ch) {
  switch (reader_push(&r->wire, ch)) {
  case HEARD_TAG: on_tag(r); break;
  case HEARD_ASKS: on_asks(r); break;
  case HEARD_COMMAND: on_command(r); break;
  case HEARD_LINE: on_line(r); break;
  default: break;
  }
}

void say_no(run *r) {
  say(r, "A%u NO enough\r\n", r->wire.tag);
  r->refused = true;
}
