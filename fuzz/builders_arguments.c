/* fuzz/builders_arguments.c - what fuzz_builders passes to the calls.  SPDX-License-Identifier: MIT
 */
#include "builders.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint8_t byte(run *r) { return source_byte(&r->in); }
uint64_t number(run *r) { return source_number(&r->in); }

void *hold(run *r, size_t size) {
  CHECK(r->nheld < MOST_HELD);
  void *p = calloc(1, size ? size : 1);
  CHECK(p);
  return r->held[r->nheld++] = p;
}

/* Exactly as long as it is, so that a read behind it is seen. */
static hark_str copied(run *r, const void *p, size_t n) {
  char *to = hold(r, n + 1);
  if (n) memcpy(to, p, n);
  return (hark_str){to, n};
}

void let_go(run *r) {
  while (r->nheld) free(r->held[--r->nheld]);
}

static hark_str own_bytes(run *r, size_t most) {
  size_t n = byte(r) % (most + 1), left = (size_t)(r->in.end - r->in.p);
  if (n > left) n = left;
  hark_str s = copied(r, r->in.p, n);
  r->in.p += n;
  return s;
}

static hark_str repeated(run *r) {
  size_t n = (size_t)(number(r) % 9000);
  char ch = (char)byte(r), *p = hold(r, n + 1);
  memset(p, ch, n);
  return (hark_str){p, n};
}

const char *one_of(run *r, const char *const *v, size_t n) { return v[byte(r) % n]; }

static hark_str known_text(run *r) {
  static const char *const texts[] = {"",
                                      "INBOX",
                                      "inbox",
                                      "a",
                                      "a b",
                                      "NIL",
                                      "{5}",
                                      "x {0+}",
                                      "~{3}",
                                      "a\"b\\",
                                      "a\r\nA9 NOOP",
                                      "b\n",
                                      "Entw\xc3\xbcrfe",
                                      "a&b",
                                      "&AGE-",
                                      "\xff\xfe",
                                      "\t",
                                      "*",
                                      "%",
                                      "$",
                                      "]",
                                      "\\Seen",
                                      "\\Seen $Junk",
                                      "/private/comment",
                                      "/shared/x",
                                      "/comment",
                                      "value",
                                      "value.priv",
                                      "imap://h/m/;UID=1",
                                      "INTERNAL",
                                      "HEADER",
                                      "TEXT",
                                      "1.2",
                                      "1.2.MIME",
                                      "Message-ID",
                                      "image/jpeg",
                                      "UTF-8",
                                      "REFERENCES",
                                      "DATE",
                                      "(REVERSE DATE SUBJECT)",
                                      "(MIN COUNT)",
                                      "+FLAGS.SILENT",
                                      "FLAGS",
                                      "STORAGE",
                                      "lrswipkxte",
                                      "+a",
                                      "UTF8=ACCEPT",
                                      "CONDSTORE IMAP4rev2",
                                      "MESSAGES UNSEEN",
                                      "default",
                                      "de-CH",
                                      "i;unicode-casemap",
                                      "PLAIN",
                                      "UID",
                                      "EMAILID",
                                      "(UID FLAGS)"};
  const char *text = ONE_OF(r, texts);
  return copied(r, text, strlen(text));
}

/* Any bytes; p NULL now and then. */
hark_str str(run *r) {
  uint8_t how = byte(r);
  if (how < 6) return (hark_str){NULL, 0};
  if (how < 0x80) return known_text(r);
  if (how < 0xf0) return own_bytes(r, 40);
  return repeated(r);
}

const char *text(run *r) { return str(r).p; }

unsigned uid(run *r) { return byte(r) & 1 ? HARK_UID : 0; }

const char *set(run *r) {
  uint8_t how = byte(r);
  if (how < 24) return text(r);
  if (how < 32) return "$";
  char *p = hold(r, 120);
  size_t n = 0;
  for (int i = how % 5; i >= 0; i--) {
    n += (size_t)snprintf(p + n, 120 - n, "%u", (unsigned)number(r));
    if (byte(r) & 1) n += (size_t)snprintf(p + n, 120 - n, ":*");
    if (i) p[n++] = ',';
  }
  return p;
}

/* IMAP text of the program's own, or NULL. */
const char *raw(run *r) {
  static const char *const texts[] = {"(FLAGS)",
                                      "FAST",
                                      "(UID BODY.PEEK[HEADER.FIELDS (DATE \"a b\")]<0.5>)",
                                      "RETURN (SUBSCRIBED)",
                                      "(CONDSTORE)",
                                      "(MESSAGES UIDNEXT)",
                                      "(\\Seen)",
                                      "\"a\\\"b\"",
                                      "(",
                                      ")",
                                      "\"",
                                      "a {3}",
                                      " a",
                                      "a ",
                                      "a  b",
                                      "( a)",
                                      "(a )",
                                      "()",
                                      "",
                                      "\"x\" (y (z))"};
  r->now->free_text = true;
  uint8_t how = byte(r);
  if (how < 24) return text(r);
  if (how < 32) return NULL;
  const char *p = ONE_OF(r, texts);
  return copied(r, p, strlen(p)).p;
}

/* It must stand on the wire as it is. */
static hark_str want(run *r, hark_str s, bool mailbox) {
  given *g = r->now;
  if (!s.p || g->n == MOST_WANTED) return s;
  wanted *w = &g->v[g->n++];
  *w = (wanted){malloc(s.n + 1), s.n, mailbox};
  CHECK(w->p);
  memcpy(w->p, s.p, s.n);
  return s;
}

const char *said_as_is(run *r) {
  const char *p = text(r);
  want(r, (hark_str){p, p ? strlen(p) : 0}, false);
  return p;
}

hark_str bytes_as_is(run *r) { return want(r, str(r), false); }

const char *mailbox(run *r) {
  const char *p = text(r);
  want(r, (hark_str){p, p ? strlen(p) : 0}, true);
  return p;
}

/* Ended by NULL; or NULL itself. */
const char *const *list(run *r, texts_of one) {
  size_t n = byte(r) % 5;
  if (n == 4) return NULL;
  const char **v = hold(r, (n + 1) * sizeof *v);
  for (size_t i = 0; i < n; i++)
    if (!(v[i] = one(r))) break;
  return v;
}
