/* tests/unit/every_call.h - each public function of libhark, called with whatever a program may
 * pass. SPDX-License-Identifier: MIT
 *
 * try_NAME(p) calls NAME() once, with arguments that have broken clients.  The build lists what the
 * headers declare (every_call.def, every_header.h): what is declared there and not tried here does
 * not compile. */
#ifndef TESTS_EVERY_CALL_H
#define TESTS_EVERY_CALL_H
#include "every_header.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_COMMAND, KIND_BEGIN, KIND_PIECE, KIND_END, KIND_OTHER };
enum { MOST_IDS = 512 };

typedef struct play {
  hark_client *c;
  hark_builder *b; /* begun and not ended; or NULL */
  hark_cmd last;   /* what the last command or end returned */
  hark_set *set;
  unsigned done[MOST_IDS]; /* DONEs of each command */
} play;

/* --- arguments --- */

static uint64_t dice_state = 1;

static uint64_t dice(uint64_t sides) {
  dice_state ^= dice_state << 13;
  dice_state ^= dice_state >> 7;
  dice_state ^= dice_state << 17;
  return (dice_state >> 11) % sides;
}
#define ONE_OF(array) (array)[dice(sizeof(array) / sizeof *(array))]

enum { BIG = 100000 };
static char big[BIG + 1], longest[7900];

#define OTHER(name)                                                                                \
  enum { kind_##name = KIND_OTHER };                                                               \
  static void try_##name(play *p)

static void fill_big(void) {
  memset(big, 'x', BIG);
  memset(longest, 'y', sizeof longest - 1);
}

static const char *T(void) {
  static const char *const texts[] = {"INBOX",
                                      "1:3",
                                      "1:*",
                                      "$",
                                      "UID",
                                      "FLAGS",
                                      "+FLAGS",
                                      "\\Seen",
                                      "\\Seen $x",
                                      "(MESSAGES)",
                                      "(MIN ALL)",
                                      "()",
                                      "SEEN",
                                      "FROM",
                                      "KEYWORD",
                                      "HEADER",
                                      "1.2",
                                      "PLAIN",
                                      "REFERENCES",
                                      "US-ASCII",
                                      "lr",
                                      "/private/comment",
                                      "value",
                                      "value.priv",
                                      "text/plain",
                                      "INTERNAL",
                                      "imap://h/m;UID=1",
                                      "REVERSE DATE",
                                      "ENVELOPE",
                                      "IMAP4rev2",
                                      "",
                                      "a b",
                                      "a\r\nA9 LOGOUT",
                                      "a\n",
                                      "\r",
                                      "\x01\t\x7f",
                                      "x\xff",
                                      "\xc3\xa9",
                                      "{5}",
                                      "{0+}",
                                      "a{3}\r\nabc",
                                      "~{1}\r\n",
                                      "a\"b",
                                      "\"",
                                      "\\",
                                      "a\\",
                                      "(",
                                      ")",
                                      "(a",
                                      "((a))",
                                      "[",
                                      "]",
                                      "BODY[]",
                                      "BODY[{3}]",
                                      "*",
                                      "%",
                                      "NIL",
                                      "+x",
                                      "-1",
                                      "0",
                                      "4294967296",
                                      "18446744073709551616",
                                      "&",
                                      "&AAA-",
                                      big,
                                      longest,
                                      NULL};
  return ONE_OF(texts);
}

static hark_str S(void) {
  static const char odd[] = "a\0b\r\nc";
  const char *t = T();
  switch (dice(8)) {
  case 0: return (hark_str){NULL, 0};
  case 1: return (hark_str){odd, sizeof odd - 1};
  case 2: return (hark_str){"", 0};
  default: return (hark_str){t, t ? strlen(t) : 0};
  }
}

static const hark_str *PS(void) {
  static hark_str s;
  s = S();
  return dice(3) ? &s : NULL;
}

static const char *const *TS(void) {
  static const char *lists[2][80];
  static size_t which;
  const char **list = lists[which++ % 2];
  size_t n = dice(5) ? dice(4) : 79;
  for (size_t i = 0; i < n; i++) list[i] = n > 10 ? "x" : T();
  list[n] = NULL;
  return dice(6) ? list : NULL;
}

static uint64_t N(void) {
  static const uint64_t numbers[] = {
      0,         1,          2,          3,         4,
      7,         999,        UINT32_MAX, INT64_MAX, UINT64_MAX,
      INT32_MAX, 1ull << 32, 8,          16,        (uint64_t)INT64_MIN,
      5000};
  return ONE_OF(numbers);
}

static int I(void) {
  static const int numbers[] = {0, 1, 2, 3, 5, 7, 12, 31, -1, 2026, 10000, INT_MAX, INT_MIN, 480};
  return ONE_OF(numbers);
}

static const hark_message *M(void) {
  static hark_message m;
  static const size_t sizes[] = {0, offsetof(hark_message, keywords),
                                 offsetof(hark_message, octets)};
  m = (hark_message){.size = dice(4) ? sizeof m : ONE_OF(sizes),
                     .flags = (unsigned)dice(8),
                     .keywords = dice(2) ? T() : NULL,
                     .date = dice(2) ? INT64_MIN : (int64_t)N(),
                     .zone_minutes = (int16_t)I(),
                     .octets = dice(3) ? dice(20) : N()};
  return dice(9) ? &m : NULL;
}

static const hark_list_query *Q(void) {
  static hark_list_query q;
  static const size_t sizes[] = {0, offsetof(hark_list_query, patterns),
                                 offsetof(hark_list_query, status)};
  q = (hark_list_query){.size = dice(4) ? sizeof q : ONE_OF(sizes),
                        .select = (uint32_t)dice(64),
                        .returns = (uint32_t)dice(64),
                        .reference = dice(2) ? T() : NULL,
                        .status = dice(2) ? T() : NULL};
  q.patterns = TS(), q.metadata = dice(2) ? TS() : NULL;
  return dice(9) ? &q : NULL;
}

static const hark_qresync *K(void) {
  static hark_qresync k;
  k = (hark_qresync){(uint32_t)N(), N(), dice(2) ? T() : NULL, dice(2) ? T() : NULL, T()};
  return dice(9) ? &k : NULL;
}

static const hark_metadata_options *O(void) {
  static hark_metadata_options o;
  static uint32_t size;
  size = (uint32_t)N();
  o = (hark_metadata_options){dice(2) ? &size : NULL, I()};
  return dice(4) ? &o : NULL;
}

enum { FEW = 3 };

static const hark_annotation *annotations(void) {
  static hark_annotation v[FEW];
  static hark_annotation_value values[FEW];
  for (int i = 0; i < FEW; i++) {
    values[i] = (hark_annotation_value){S(), S()};
    v[i] = (hark_annotation){S(), values, dice(FEW + 1)};
  }
  return v;
}

static const hark_metadata_entry *entries(void) {
  static hark_metadata_entry v[FEW];
  for (int i = 0; i < FEW; i++) v[i] = (hark_metadata_entry){S(), S()};
  return v;
}

static const hark_quota_limit *limits(void) {
  static hark_quota_limit v[FEW];
  for (int i = 0; i < FEW; i++) v[i] = (hark_quota_limit){T(), N()};
  return v;
}

static const hark_search_in *places(void) {
  static hark_search_in v[FEW];
  for (int i = 0; i < FEW; i++) v[i] = (hark_search_in){(int32_t)dice(9), NULL};
  v[0].mailboxes = TS(), v[1].mailboxes = TS();
  return v;
}

static const hark_cmd *numbers(void) {
  static hark_cmd v[FEW];
  for (int i = 0; i < FEW; i++) v[i] = I();
  return v;
}

/* --- calls --- */

/* Any command gives up the builder that is open. */
#define COMMAND(name, ...)                                                                         \
  enum { kind_##name = KIND_COMMAND };                                                             \
  static void try_##name(play *p) { p->b = NULL, p->last = name(p->c, __VA_ARGS__); }
#define COMMAND0(name)                                                                             \
  enum { kind_##name = KIND_COMMAND };                                                             \
  static void try_##name(play *p) { p->b = NULL, p->last = name(p->c); }
#define BEGIN(name, ...)                                                                           \
  enum { kind_##name = KIND_BEGIN };                                                               \
  static void try_##name(play *p) { p->b = name(p->c, __VA_ARGS__); }
#define BEGIN0(name)                                                                               \
  enum { kind_##name = KIND_BEGIN };                                                               \
  static void try_##name(play *p) { p->b = name(p->c); }
#define PIECE(name, ...)                                                                           \
  enum { kind_##name = KIND_PIECE };                                                               \
  static void try_##name(play *p) { name(p->b, __VA_ARGS__); }
#define PIECE0(name)                                                                               \
  enum { kind_##name = KIND_PIECE };                                                               \
  static void try_##name(play *p) { name(p->b); }
#define END(name)                                                                                  \
  enum { kind_##name = KIND_END };                                                                 \
  static void try_##name(play *p) { p->last = name(p->b), p->b = NULL; }
/* What belongs to others has none of it. */
#define OF_EVENT(name)                                                                             \
  enum { kind_##name = KIND_OTHER };                                                               \
  static void try_##name(play *p) {                                                                \
    (void)p;                                                                                       \
    hark_event ev = {.type = HARK_EV_COND};                                                        \
    if (name(&ev)) abort();                                                                        \
  }
#define OF_ITEM(name)                                                                              \
  enum { kind_##name = KIND_OTHER };                                                               \
  static void try_##name(play *p) {                                                                \
    (void)p;                                                                                       \
    hark_ev_item item = {.kind = HARK_ITEM_OTHER};                                                 \
    if (name(&item)) abort();                                                                      \
  }
#define OF_COND(name)                                                                              \
  enum { kind_##name = KIND_OTHER };                                                               \
  static void try_##name(play *p) {                                                                \
    (void)p;                                                                                       \
    hark_ev_cond cond = {.code_id = HARK_CODE_OTHER};                                              \
    if (name(&cond)) abort();                                                                      \
  }
#define CALL(name, expression)                                                                     \
  enum { kind_##name = KIND_OTHER };                                                               \
  static void try_##name(play *p) {                                                                \
    (void)p;                                                                                       \
    (void)(expression);                                                                            \
  }

COMMAND0(hark_capability)
COMMAND0(hark_noop)
COMMAND0(hark_logout)
COMMAND0(hark_starttls)
COMMAND(hark_login, T(), T())
COMMAND(hark_authenticate, T(), PS())
COMMAND(hark_list, T(), T(), T())
COMMAND(hark_status, T(), T())
COMMAND(hark_create, T(), T())
COMMAND(hark_delete, T())
COMMAND(hark_rename, T(), T())
COMMAND(hark_subscribe, T())
COMMAND(hark_unsubscribe, T())
COMMAND(hark_select, T(), T())
COMMAND(hark_examine, T(), T())
COMMAND0(hark_idle)
COMMAND(hark_fetch, (unsigned)N(), T(), T())
COMMAND(hark_store, (unsigned)N(), T(), T(), T())
COMMAND(hark_copy, (unsigned)N(), T(), T())
COMMAND(hark_move, (unsigned)N(), T(), T())
COMMAND(hark_expunge, T())
COMMAND0(hark_check)
COMMAND0(hark_unselect)
COMMAND0(hark_expunge_and_close)
COMMAND(hark_setacl, T(), T(), T())
COMMAND(hark_deleteacl, T(), T())
COMMAND(hark_getacl, T())
COMMAND(hark_listrights, T(), T())
COMMAND(hark_myrights, T())
COMMAND(hark_store_annotations, (unsigned)N(), T(), annotations(), FEW)
COMMAND(hark_append, T(), M())
COMMAND0(hark_compress)
COMMAND(hark_cancelupdate, numbers(), FEW)
COMMAND(hark_conversions, T(), T())
COMMAND(hark_enable, T())
COMMAND(hark_store_gmail_labels, (unsigned)N(), T(), I(), TS())
COMMAND(hark_id, TS())
COMMAND0(hark_getjmapaccess)
COMMAND(hark_language, TS())
COMMAND(hark_comparator, TS())
COMMAND(hark_list_extended, Q())
COMMAND(hark_lsub, T(), T())
COMMAND(hark_xlist, T(), T())
COMMAND(hark_getmetadata, T(), O(), TS())
COMMAND(hark_setmetadata, T(), entries(), FEW)
COMMAND0(hark_namespace)
COMMAND0(hark_notify_none)
COMMAND(hark_select_condstore, N() & 1, T())
COMMAND(hark_select_qresync, N() & 1, T(), K())
COMMAND(hark_getquota, T())
COMMAND(hark_getquotaroot, T())
COMMAND(hark_setquota, T(), limits(), FEW)
COMMAND(hark_rlist, T(), T())
COMMAND(hark_rlsub, T(), T())
COMMAND0(hark_unauthenticate)
COMMAND(hark_resetkey, T(), TS())
COMMAND(hark_genurlauth, TS())

BEGIN(hark_cmd_begin, T())
BEGIN(hark_fetch_begin, (unsigned)N(), T())
BEGIN(hark_store_begin, (unsigned)N(), T())
BEGIN(hark_search_begin, (unsigned)N(), T())
BEGIN(hark_append_begin, T())
BEGIN(hark_convert_begin, (unsigned)N(), T(), T())
BEGIN(hark_multisearch_begin, places(), FEW, T())
BEGIN(hark_notify_begin, N() & 1)
BEGIN(hark_replace_begin, (unsigned)N(), (uint32_t)N(), T())
BEGIN(hark_sort_begin, (unsigned)N(), T(), T(), T())
BEGIN(hark_thread_begin, (unsigned)N(), T(), T())
BEGIN0(hark_urlfetch_begin)

PIECE(hark_put_raw, T())
PIECE(hark_put_list, T())
PIECE(hark_put_set, T())
PIECE(hark_put_number, N())
PIECE(hark_put_string, S())
PIECE(hark_put_text, T())
PIECE(hark_put_quoted, T())
PIECE(hark_put_atom, T())
PIECE(hark_put_flag, T())
PIECE(hark_put_nstring, S())
PIECE(hark_put_nstring8, S())
PIECE(hark_put_date_time, (int64_t)N(), (int16_t)I())
PIECE(hark_put_tag, I())
PIECE(hark_put_secret, S())
PIECE(hark_put_mailbox, T())
PIECE(hark_put_stream, (unsigned)N(), N())
PIECE(hark_put_flags, T())
PIECE0(hark_put_open)
PIECE0(hark_put_close)
PIECE(hark_fetch_item, T())
PIECE(hark_fetch_body, (unsigned)N(), T(), N(), N())
PIECE(hark_fetch_headers, (unsigned)N(), T(), TS())
PIECE(hark_fetch_changed_since, N())
PIECE0(hark_fetch_vanished)
PIECE(hark_fetch_partial, (int64_t)N(), (int64_t)N())
PIECE(hark_store_unchanged_since, N())
PIECE(hark_store_action, T())
PIECE(hark_store_flag, T())
PIECE(hark_q_charset, T())
PIECE(hark_q_key, T())
PIECE(hark_q_text, T(), T())
PIECE(hark_q_header, T(), T())
PIECE(hark_q_date, T(), I(), I(), I())
PIECE(hark_q_number, T(), N())
PIECE(hark_q_modseq, T(), T(), N())
PIECE(hark_q_atom, T(), T())
PIECE(hark_q_mailbox, T(), T())
PIECE(hark_q_set, (unsigned)N(), T())
PIECE0(hark_q_or)
PIECE0(hark_q_not)
PIECE0(hark_q_fuzzy)
PIECE0(hark_q_open)
PIECE0(hark_q_close)
PIECE(hark_put_returns, T())
PIECE(hark_put_scope, I(), TS())
PIECE(hark_fetch_annotation, TS(), TS())
PIECE(hark_append_annotations, annotations(), FEW)
PIECE(hark_q_annotation, T(), T(), S())
PIECE(hark_append_message, M())
PIECE(hark_append_options, M())
PIECE(hark_append_data, (unsigned)N(), N())
PIECE0(hark_catenate_open)
PIECE(hark_catenate_url, T())
PIECE(hark_catenate_text, (unsigned)N(), N())
PIECE0(hark_catenate_close)
PIECE(hark_convert_param, T(), T())
PIECE(hark_convert_put, I(), T(), N(), N())
PIECE(hark_notify_group, I(), TS(), (unsigned)N(), T())
PIECE(hark_fetch_preview, N() & 1)
PIECE(hark_urlfetch_url, T(), (unsigned)N())

END(hark_cmd_end)
END(hark_fetch_end)
END(hark_store_end)
END(hark_search_end)
END(hark_append_end)
END(hark_convert_end)
END(hark_notify_end)
END(hark_urlfetch_end)

OF_EVENT(hark_event_acl)
OF_EVENT(hark_event_listrights)
OF_EVENT(hark_event_myrights)
OF_EVENT(hark_event_converted)
OF_EVENT(hark_event_conversion)
OF_EVENT(hark_event_id)
OF_EVENT(hark_event_jmapaccess)
OF_EVENT(hark_event_language)
OF_EVENT(hark_event_comparator)
OF_EVENT(hark_event_metadata)
OF_EVENT(hark_event_vanished)
OF_EVENT(hark_event_quota)
OF_EVENT(hark_event_quotaroot)
OF_EVENT(hark_event_thread)
OF_EVENT(hark_event_genurlauth)
OF_EVENT(hark_event_urlfetch)

OF_ITEM(hark_item_annotations)
OF_ITEM(hark_item_gmail_labels)
OF_ITEM(hark_item_objectid)
OF_ITEM(hark_item_preview)
OF_ITEM(hark_item_save_date)

OF_COND(hark_cond_annotate)
OF_COND(hark_cond_annotations)
OF_COND(hark_cond_uids)
OF_COND(hark_cond_permanent_flags)
OF_COND(hark_cond_charsets)
OF_COND(hark_cond_new_name)
OF_COND(hark_cond_no_update)
OF_COND(hark_cond_undefined_filter)
OF_COND(hark_cond_inprogress)
OF_COND(hark_cond_message_limit)
OF_COND(hark_cond_metadata)
OF_COND(hark_cond_events)
OF_COND(hark_cond_mailbox_id)
OF_COND(hark_cond_modified)
OF_COND(hark_cond_referral)
OF_COND(hark_cond_urlmech)
OF_EVENT(hark_event_namespace)
#endif
