/* pull/answer.c - FETCH answers become MESSAGE, DATA, MESSAGE_END; or SAME, or FLAGS.
 * RFC 9051 section 7.5.2.
 * SPDX-License-Identifier: MIT
 *
 * A server chooses the order of items, and may say what nobody asked: a body is told as a
 * message only when something is asked for, and is whole only when its UID was. */
#include "pull/state.h"
#include <stdlib.h>
#include <string.h>

enum { FLAGS_MOST = 256, FLAG_BYTES = 16384 };

/* word: in capitals */
static bool is(hark_str s, const char *word) {
  if (s.n != strlen(word)) return false;
  for (size_t i = 0; i < s.n; i++) {
    char ch = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A') : s.p[i];
    if (ch != word[i]) return false;
  }
  return true;
}

/* The flags outlive the event they came with, and may be told after the body. */
static void keep_flags(hark_pull *p, const hark_strs *flags) {
  size_t used = 0, n = flags->n < FLAGS_MOST ? flags->n : FLAGS_MOST;
  if (!p->flag_v) p->flag_v = calloc(FLAGS_MOST, sizeof *p->flag_v);
  if (!p->flag_text) p->flag_text = malloc(FLAG_BYTES);
  if (!p->flag_v || !p->flag_text) {
    p->out_of_memory = true;
    return;
  }
  p->m.flags = (hark_strs){p->flag_v, 0};
  for (size_t i = 0; i < n && flags->v[i].n <= FLAG_BYTES - used; i++) {
    memcpy(p->flag_text + used, flags->v[i].p, flags->v[i].n);
    p->flag_v[p->m.flags.n++] = (hark_str){p->flag_text + used, flags->v[i].n};
    used += flags->v[i].n;
  }
  p->m.has_flags = true;
}

/* "(" objectid ")" as EMAILID has it, a number as X-GM-MSGID does */
static void keep_email_id(message *m, hark_str raw) {
  if (raw.n > 1 && raw.p[0] == '(' && raw.p[raw.n - 1] == ')') raw.p++, raw.n -= 2;
  if (raw.n > sizeof m->email_id || is(raw, "NIL")) return;
  memcpy(m->email_id, raw.p, raw.n);
  m->email_id_n = raw.n;
}

static void keep_uid(message *m, uint64_t uid) {
  if (m->uid && m->uid != uid) m->two_uids = true; /* whose body it is nobody knows */
  m->uid = (uint32_t)uid;
}

static void item(hark_pull *p, const hark_ev_item *it) {
  message *m = &p->m;
  switch (it->kind) {
  case HARK_ITEM_UID: keep_uid(m, it->num); break;
  case HARK_ITEM_SIZE: m->size = it->num, m->has_size = true; break;
  case HARK_ITEM_INTERNALDATE: m->time = it->time; break;
  case HARK_ITEM_FLAGS: keep_flags(p, it->flags); break;
  default:
    if (is(it->name, "EMAILID") || is(it->name, "X-GM-MSGID")) keep_email_id(m, it->raw);
  }
}

static const hark_pull_event *tell(hark_pull *p, int type) {
  const message *m = &p->m;
  pull_tell(p, type);
  p->ev.uid = m->uid, p->ev.size = m->body_size, p->ev.time = m->time, p->ev.flags = m->flags;
  if (m->email_id_n) p->ev.identity.email_id = (hark_str){m->email_id, m->email_id_n};
  return &p->ev;
}

/* BODY[], or RFC822, which is the same; not a part of it that nobody asked for */
static bool is_message(const hark_ev_body *b) {
  return !b->section.n && !b->partial && (is(b->name, "BODY") || is(b->name, "RFC822"));
}

static const hark_pull_event *body(hark_pull *p, const hark_ev_body *b) {
  message *m = &p->m;
  m->aside = !is_message(b);
  if (m->aside || m->has_body) return NULL;
  m->has_body = true;
  bool wanted = m->uid ? hark_set_has(p->asked, m->uid) : hark_set_count(p->asked) > 0;
  m->nil = b->nil || (!b->size && m->has_size && m->size);
  if (!wanted || m->nil) return NULL;
  m->told = m->streams = true;
  m->body_size = b->size;
  pull_came(p, 0);
  return tell(p, HARK_PULL_MESSAGE);
}

static const hark_pull_event *data(hark_pull *p, hark_str bytes) {
  message *m = &p->m;
  if (m->aside) {
    if (p->phase != PULL_MATCHING) return NULL;
    size_t room = sizeof m->message_id - m->message_id_n;
    size_t n = bytes.n < room ? bytes.n : room;
    memcpy(m->message_id + m->message_id_n, bytes.p, n);
    m->message_id_n += n;
    return NULL;
  }
  if (!m->told) return NULL;
  pull_came(p, bytes.n); /* also where it is not wanted any more */
  if (m->whole || m->refused) return NULL;
  m->got += bytes.n;
  tell(p, HARK_PULL_DATA);
  p->ev.bytes = bytes;
  return &p->ev;
}

const hark_pull_event *pull_abort(hark_pull *p) {
  if (!p->m.told) return NULL;
  bool refused = p->m.refused;
  p->m.told = false;
  return refused ? NULL : tell(p, HARK_PULL_ABORT);
}

/* What is between < and > in the header field that came. */
static hark_str message_id(const message *m) {
  const char *from = memchr(m->message_id, '<', m->message_id_n);
  if (!from) return (hark_str){NULL, 0};
  size_t left = m->message_id_n - (size_t)(from + 1 - m->message_id);
  const char *to = memchr(from + 1, '>', left);
  return to ? (hark_str){from + 1, (size_t)(to - from - 1)} : (hark_str){NULL, 0};
}

static const hark_pull_event *same(hark_pull *p) {
  pull_move(p, p->batches[0].uids, p->same, p->m.uid);
  p->progress_at = p->now;
  tell(p, HARK_PULL_SAME);
  p->ev.size = p->m.size;
  p->ev.identity.message_id = message_id(&p->m);
  return &p->ev;
}

/* The running average leans on what came last: mailboxes are not alike throughout. */
static void learn(hark_pull *p, uint64_t bytes) {
  bytes += 512; /* what a message costs besides its bytes */
  p->average = p->average ? (p->average * 15 + bytes) / 16 : bytes;
}

static const hark_pull_event *whole(hark_pull *p) {
  message *m = &p->m;
  if (p->nopen == p->open_cap) {
    size_t cap = p->open_cap ? p->open_cap * 2 : 64;
    open_message *v = realloc(p->open, cap * sizeof *v);
    if (!v) {
      p->out_of_memory = true;
      return NULL;
    }
    p->open = v, p->open_cap = cap;
  }
  p->open[p->nopen++] = (open_message){m->uid, m->got};
  p->open_bytes += m->got, p->unflushed_bytes += m->got;
  if (!p->unflushed++) p->unflushed_since = p->now;
  learn(p, m->got);
  pull_move(p, p->asked, p->told, m->uid);
  if (p->out_of_memory) return NULL; /* ABORT follows, and FAILED */
  p->caught_up = m->told = false;
  p->throttles = 0;
  return tell(p, HARK_PULL_MESSAGE_END);
}

/* A body that is not taken leaves its UID asked for: the end of the command counts it as left
 * out. */
static const hark_pull_event *fetch_end(hark_pull *p) {
  message *m = &p->m;
  bool asked = m->uid && !m->two_uids && hark_set_has(p->asked, m->uid);
  bool hollow = m->nil || (m->told && !m->got && m->has_size && m->size);
  if (m->told && asked && m->whole && !hollow && !m->refused) return whole(p);
  if (m->told) return pull_abort(p);
  if (p->phase == PULL_MATCHING && m->uid && hark_set_has(p->batches[0].uids, m->uid))
    return same(p);
  bool here =
      m->uid && !m->two_uids && (hark_set_has(p->have, m->uid) || hark_set_has(p->told, m->uid));
  return here && m->has_flags ? tell(p, HARK_PULL_FLAGS) : NULL;
}

/* Of UIDFETCH, which nobody asked for, the number is the UID. */
static void fetch_begins(hark_pull *p, const hark_event *ev) {
  memset(&p->m, 0, sizeof p->m);
  if (ev->type == HARK_EV_UIDFETCH) keep_uid(&p->m, ev->num);
}

bool pull_answer_event(hark_pull *p, const hark_event *ev, const hark_pull_event **out) {
  switch (ev->type) {
  case HARK_EV_FETCH:
  case HARK_EV_UIDFETCH: fetch_begins(p, ev); return true;
  case HARK_EV_ITEM: item(p, ev->item); return true;
  case HARK_EV_BODY: *out = body(p, ev->body); return true;
  case HARK_EV_BODY_DATA: *out = data(p, *ev->bytes); return true;
  case HARK_EV_BODY_END:
    if (!p->m.aside && p->m.told) p->m.whole = true;
    p->m.aside = p->m.streams = false;
    return true;
  case HARK_EV_FETCH_END: *out = fetch_end(p); return true;
  default: return false;
  }
}
