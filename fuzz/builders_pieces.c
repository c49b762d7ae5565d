/* fuzz/builders_pieces.c - the calls that make a command out of parts, and all its parts.
 * SPDX-License-Identifier: MIT */
#include "builders.h"
#include <hark/ext/annotate.h>
#include <hark/ext/append.h>
#include <hark/ext/catenate.h>
#include <hark/ext/context.h>
#include <hark/ext/convert.h>
#include <hark/ext/gmail.h>
#include <hark/ext/multisearch.h>
#include <hark/ext/notify.h>
#include <hark/ext/preview.h>
#include <hark/ext/replace.h>
#include <hark/ext/sort.h>
#include <hark/ext/thread.h>
#include <hark/ext/urlauth.h>
#include <hark/search.h>

/* --- pieces of any command --- */

static void search_key(run *r, hark_builder *q);

static void put_piece(run *r, hark_builder *b) {
  int64_t seconds;
  switch (byte(r) % 20) {
  case 0: hark_put_raw(b, raw(r)); break;
  case 1: hark_put_list(b, raw(r)); break;
  case 2: hark_put_set(b, set(r)); break;
  case 3: hark_put_number(b, number(r)); break;
  case 4: hark_put_string(b, bytes_as_is(r)); break;
  case 5: hark_put_text(b, said_as_is(r)); break;
  case 6: hark_put_quoted(b, said_as_is(r)); break;
  case 7: hark_put_atom(b, said_as_is(r)); break;
  case 8: hark_put_flag(b, said_as_is(r)); break;
  case 9: hark_put_nstring(b, bytes_as_is(r)); break;
  case 10: hark_put_nstring8(b, bytes_as_is(r)); break;
  case 11:
    seconds = (int64_t)number(r);
    hark_put_date_time(b, seconds, (int16_t)number(r));
    break;
  case 12: hark_put_tag(b, (hark_cmd)number(r)); break;
  case 13: hark_put_secret(b, bytes_as_is(r)); break;
  case 14: hark_put_mailbox(b, mailbox(r)); break;
  case 15: hark_put_stream(b, byte(r) & 1 ? HARK_BINARY : 0, number(r)); break;
  case 16: hark_put_flags(b, text(r)); break;
  case 17: hark_put_open(b); break;
  case 18: hark_put_close(b); break;
  default: search_key(r, b); break;
  }
}

static int pieces(run *r) { return byte(r) % 6; }

CALL(do_any) {
  static const char *const names[] = {"X-OWN", "UID FETCH", "FETCH", "STORE", "IDLE",
                                      "NOOP",  "LOGIN",     "x",     "SELECT"};
  bool known = byte(r) & 7;
  r->now->free_text = true;
  const char *name = known ? ONE_OF(r, names) : text(r);
  hark_builder *b = hark_cmd_begin(r->c, name);
  for (int n = pieces(r); n; n--) put_piece(r, b);
  return hark_cmd_end(b);
}

/* --- FETCH, STORE --- */

static void fetch_piece(run *r, hark_builder *b) {
  const char *part;
  const char *const *names;
  unsigned flags = byte(r);
  uint64_t from;
  switch (flags % 9) {
  case 0: hark_fetch_item(b, said_as_is(r)); break;
  case 1:
    part = text(r), flags = byte(r), from = number(r);
    hark_fetch_body(b, flags, part, from, number(r));
    break;
  case 2:
    part = text(r), names = list(r, said_as_is);
    hark_fetch_headers(b, byte(r), part, names);
    break;
  case 3: hark_fetch_changed_since(b, number(r)); break;
  case 4: hark_fetch_vanished(b); break;
  case 5: from = number(r), hark_fetch_partial(b, (int64_t)from, (int64_t)number(r)); break;
  case 6: hark_fetch_preview(b, byte(r) & 1); break;
  case 7:
    names = list(r, said_as_is);
    hark_fetch_annotation(b, names, list(r, said_as_is));
    break;
  default: put_piece(r, b); break;
  }
}

CALL(do_fetch_begin) {
  unsigned flags = named(r, "UID FETCH");
  hark_builder *b = hark_fetch_begin(r->c, flags, set(r));
  for (int n = pieces(r); n; n--) fetch_piece(r, b);
  return hark_fetch_end(b);
}

CALL(do_store_begin) {
  unsigned flags = named(r, "UID STORE");
  hark_builder *b = hark_store_begin(r->c, flags, set(r));
  if (byte(r) & 1) hark_store_unchanged_since(b, number(r));
  if (byte(r) & 7) hark_store_action(b, said_as_is(r));
  for (int n = pieces(r); n; n--) hark_store_flag(b, said_as_is(r));
  return hark_store_end(b);
}

static const hark_annotation *annotations(run *r, size_t *n) {
  *n = byte(r) % 3;
  hark_annotation *v = hold(r, *n * sizeof *v);
  for (size_t i = 0; i < *n; i++) {
    v[i].entry = bytes_as_is(r), v[i].n = byte(r) % 3;
    hark_annotation_value *values = hold(r, v[i].n * sizeof *values);
    for (size_t k = 0; k < v[i].n; k++)
      values[k].attribute = bytes_as_is(r), values[k].value = bytes_as_is(r);
    v[i].v = values;
  }
  return v;
}

CALL(do_store_annotations) {
  unsigned flags = named(r, "UID STORE");
  const char *numbers = set(r);
  size_t n;
  const hark_annotation *v = annotations(r, &n);
  return hark_store_annotations(r->c, flags, numbers, v, n);
}

CALL(do_store_gmail_labels) {
  unsigned flags = named(r, "UID STORE");
  const char *numbers = set(r);
  int how = byte(r) % 5 - 1;
  return hark_store_gmail_labels(r->c, flags, numbers, how, list(r, mailbox));
}

CALL(do_convert) {
  unsigned flags = named(r, "UID CONVERT");
  const char *numbers = set(r);
  hark_builder *b = hark_convert_begin(r->c, flags, numbers, said_as_is(r));
  for (int n = pieces(r); n; n--) {
    const char *a = text(r);
    if (byte(r) & 1) {
      hark_convert_param(b, a, text(r));
      continue;
    }
    int item = byte(r) % 10;
    uint64_t origin = number(r);
    hark_convert_put(b, item, a, origin, number(r));
  }
  return hark_convert_end(b);
}

/* --- what searches --- */

static void search_key(run *r, hark_builder *q) {
  static const char *const keys[] = {"ALL",   "SUBJECT", "BEFORE",   "LARGER",      "MODSEQ",
                                     "OLDER", "KEYWORD", "THREADID", "X-GM-LABELS", "X-GM-MSGID",
                                     "OR",    "FILTER",  "X-OTHER",  "HEADER"};
  uint8_t what = byte(r);
  const char *key = what & 0x80 ? text(r) : ONE_OF(r, keys), *other, *more;
  int year, month;
  hark_str value;
  switch (what % 15) {
  case 0: hark_q_key(q, key); break;
  case 1: hark_q_text(q, key, said_as_is(r)); break;
  case 2: other = said_as_is(r), hark_q_header(q, other, said_as_is(r)); break;
  case 3:
    year = (int)number(r), month = (int)number(r);
    hark_q_date(q, key, year, month, (int)number(r));
    break;
  case 4: hark_q_number(q, key, number(r)); break;
  case 5:
    other = said_as_is(r), more = byte(r) & 3 ? "priv" : text(r);
    hark_q_modseq(q, other, more, number(r));
    break;
  case 6: hark_q_atom(q, key, said_as_is(r)); break;
  case 7: hark_q_mailbox(q, key, mailbox(r)); break;
  case 8: hark_q_set(q, uid(r), set(r)); break;
  case 9: hark_q_or(q); break;
  case 10: hark_q_not(q); break;
  case 11: hark_q_fuzzy(q); break;
  case 12: hark_q_open(q); break;
  case 13: hark_q_close(q); break;
  default:
    other = said_as_is(r), more = said_as_is(r), value = bytes_as_is(r);
    hark_q_annotation(q, other, more, value);
    break;
  }
}

static hark_cmd searches(run *r, hark_builder *q) {
  if (!(byte(r) & 15)) hark_put_returns(q, raw(r));
  if (!(byte(r) & 15)) hark_q_charset(q, said_as_is(r));
  for (int n = pieces(r); n; n--) search_key(r, q);
  return hark_search_end(q);
}

static const char *returns(run *r) { return byte(r) & 1 ? raw(r) : NULL; }

CALL(do_search) {
  unsigned flags = named(r, "UID SEARCH");
  return searches(r, hark_search_begin(r->c, flags, returns(r)));
}

CALL(do_sort) {
  unsigned flags = named(r, "UID SORT");
  const char *opts = returns(r), *criteria = raw(r), *charset = byte(r) & 1 ? text(r) : NULL;
  return searches(r, hark_sort_begin(r->c, flags, criteria, charset, opts));
}

CALL(do_thread) {
  unsigned flags = named(r, "UID THREAD");
  const char *algorithm = said_as_is(r);
  return searches(r, hark_thread_begin(r->c, flags, algorithm, byte(r) & 1 ? text(r) : NULL));
}

CALL(do_multisearch) {
  is(r, "ESEARCH");
  size_t n = byte(r) % 4;
  hark_search_in *in = hold(r, n * sizeof *in);
  for (size_t i = 0; i < n; i++) in[i].scope = byte(r) % 10 - 1, in[i].mailboxes = list(r, mailbox);
  return searches(r, hark_multisearch_begin(r->c, in, n, returns(r)));
}

CALL(do_notify) {
  is(r, "NOTIFY");
  hark_builder *b = hark_notify_begin(r->c, byte(r) & 1);
  for (int n = pieces(r); n; n--) {
    int scope = byte(r) % 10 - 1;
    const char *const *names = list(r, mailbox);
    unsigned events = byte(r);
    hark_notify_group(b, scope, names, events, byte(r) & 1 ? raw(r) : NULL);
  }
  if (!(byte(r) & 15)) hark_put_scope(b, byte(r) % 10 - 1, list(r, mailbox));
  return hark_notify_end(b);
}

CALL(do_cancel_update) {
  is(r, "CANCELUPDATE");
  size_t n = byte(r) % 4;
  hark_cmd *v = hold(r, n * sizeof *v);
  for (size_t i = 0; i < n; i++) v[i] = (hark_cmd)number(r);
  return hark_cancelupdate(r->c, v, n);
}

/* --- messages --- */

static hark_message message(run *r) {
  hark_message m = {.size = sizeof m, .date = INT64_MIN};
  uint8_t how = byte(r);
  m.flags = how & (HARK_BINARY | HARK_UTF8);
  if (how & 1) m.keywords = text(r);
  if (how & 8) m.date = (int64_t)number(r), m.zone_minutes = (int16_t)number(r);
  m.octets = number(r);
  return m;
}

static void append_piece(run *r, hark_builder *b) {
  hark_message m;
  size_t n;
  const hark_annotation *v;
  uint8_t how = byte(r);
  switch (how % 9) {
  case 0: m = message(r), hark_append_options(b, &m); break;
  case 1: hark_append_data(b, how >> 3 & (HARK_BINARY | HARK_UTF8), number(r)); break;
  case 2: hark_catenate_open(b); break;
  case 3: hark_catenate_url(b, said_as_is(r)); break;
  case 4: hark_catenate_text(b, how >> 3 & (HARK_BINARY | HARK_UTF8), number(r)); break;
  case 5: hark_catenate_close(b); break;
  case 6: v = annotations(r, &n), hark_append_annotations(b, v, n); break;
  default: m = message(r), hark_append_message(b, &m); break;
  }
}

CALL(do_append) {
  is(r, "APPEND");
  const char *name = mailbox(r);
  hark_message m = message(r);
  return hark_append(r->c, name, &m);
}

CALL(do_append_begin) {
  is(r, "APPEND");
  hark_builder *b = hark_append_begin(r->c, mailbox(r));
  for (int n = pieces(r); n; n--) append_piece(r, b);
  return hark_append_end(b);
}

CALL(do_replace) {
  unsigned flags = named(r, "UID REPLACE");
  uint32_t n = (uint32_t)number(r);
  hark_builder *b = hark_replace_begin(r->c, flags, n, mailbox(r));
  for (int k = pieces(r); k; k--) append_piece(r, b);
  return hark_cmd_end(b);
}

CALL(do_urlfetch) {
  is(r, "URLFETCH");
  hark_builder *b = hark_urlfetch_begin(r->c);
  for (int n = pieces(r); n; n--) {
    const char *url = said_as_is(r);
    hark_urlfetch_url(b, url, byte(r));
  }
  return hark_urlfetch_end(b);
}

static const call calls[] = {
    do_urlfetch,      do_any,     do_fetch_begin,       do_search,
    do_store_begin,   do_convert, do_store_annotations, do_store_gmail_labels,
    do_sort,          do_thread,  do_multisearch,       do_notify,
    do_cancel_update, do_append,  do_append_begin,      do_replace};

hark_cmd any_pieces(run *r) { return calls[byte(r) % (sizeof calls / sizeof *calls)](r); }
