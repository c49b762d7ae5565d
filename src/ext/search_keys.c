/* ext/search_keys.c - what is searched for: SEARCH and the keys of all commands that search.
 * RFC 9051 section 6.4.4; RFC 5032, 5182, 5466, 6203, 7162, 8474, 8514; Gmail.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/search.h>
#include <string.h>

typedef enum key_kind {              /* what stands behind a search key */
                        KEY_NOTHING, /* or other keys */
                        KEY_TEXT,
                        KEY_MAILBOX,
                        KEY_DATE,
                        KEY_NUMBER,   /* 63 bits */
                        KEY_NUMBER64, /* 64 bits */
                        KEY_SECONDS,  /* nz-number */
                        KEY_ATOM,
                        KEY_OBJECT_ID,
                        KEY_FILTER,
                        KEY_OWN,    /* it has a call of its own */
                        KEY_UNKNOWN /* to us: whatever it is called with */
} key_kind;

typedef struct search_key {
  const char *key;
  key_kind kind;
  const char *capability; /* NULL: none is needed */
} search_key;

/* Of a key that is not known, kind is KEY_UNKNOWN. */
static const search_key *look_up(const char *key) {
  static const search_key known[] = {{"ALL", KEY_NOTHING, NULL},
                                     {"ANSWERED", KEY_NOTHING, NULL},
                                     {"DELETED", KEY_NOTHING, NULL},
                                     {"DRAFT", KEY_NOTHING, NULL},
                                     {"FLAGGED", KEY_NOTHING, NULL},
                                     {"NEW", KEY_NOTHING, NULL},
                                     {"OLD", KEY_NOTHING, NULL},
                                     {"RECENT", KEY_NOTHING, NULL},
                                     {"SEEN", KEY_NOTHING, NULL},
                                     {"UNANSWERED", KEY_NOTHING, NULL},
                                     {"UNDELETED", KEY_NOTHING, NULL},
                                     {"UNDRAFT", KEY_NOTHING, NULL},
                                     {"UNFLAGGED", KEY_NOTHING, NULL},
                                     {"UNSEEN", KEY_NOTHING, NULL},
                                     {"SAVEDATESUPPORTED", KEY_NOTHING, "SAVEDATE"},
                                     {"BCC", KEY_TEXT, NULL},
                                     {"BODY", KEY_TEXT, NULL},
                                     {"CC", KEY_TEXT, NULL},
                                     {"FROM", KEY_TEXT, NULL},
                                     {"SUBJECT", KEY_TEXT, NULL},
                                     {"TEXT", KEY_TEXT, NULL},
                                     {"TO", KEY_TEXT, NULL},
                                     {"X-GM-RAW", KEY_TEXT, "X-GM-EXT-1"},
                                     {"X-GM-LABELS", KEY_MAILBOX, "X-GM-EXT-1"},
                                     {"BEFORE", KEY_DATE, NULL},
                                     {"ON", KEY_DATE, NULL},
                                     {"SINCE", KEY_DATE, NULL},
                                     {"SENTBEFORE", KEY_DATE, NULL},
                                     {"SENTON", KEY_DATE, NULL},
                                     {"SENTSINCE", KEY_DATE, NULL},
                                     {"SAVEDBEFORE", KEY_DATE, "SAVEDATE"},
                                     {"SAVEDON", KEY_DATE, "SAVEDATE"},
                                     {"SAVEDSINCE", KEY_DATE, "SAVEDATE"},
                                     {"LARGER", KEY_NUMBER, NULL},
                                     {"SMALLER", KEY_NUMBER, NULL},
                                     {"MODSEQ", KEY_NUMBER, "CONDSTORE QRESYNC"},
                                     {"OLDER", KEY_SECONDS, "WITHIN"},
                                     {"YOUNGER", KEY_SECONDS, "WITHIN"},
                                     {"KEYWORD", KEY_ATOM, NULL},
                                     {"UNKEYWORD", KEY_ATOM, NULL},
                                     {"EMAILID", KEY_OBJECT_ID, "OBJECTID"},
                                     {"THREADID", KEY_OBJECT_ID, "OBJECTID"},
                                     {"FILTER", KEY_FILTER, "FILTERS"},
                                     {"X-GM-MSGID", KEY_NUMBER64, "X-GM-EXT-1"},
                                     {"X-GM-THRID", KEY_NUMBER64, "X-GM-EXT-1"},
                                     {"OR", KEY_NOTHING, NULL},
                                     {"NOT", KEY_NOTHING, NULL},
                                     {"FUZZY", KEY_NOTHING, "SEARCH=FUZZY"},
                                     {"HEADER", KEY_OWN, NULL},
                                     {"UID", KEY_OWN, NULL},
                                     {"CHARSET", KEY_OWN, NULL},
                                     {NULL, KEY_UNKNOWN, NULL}};
  const hark_str text = {key, key ? strlen(key) : 0};
  const search_key *row = known;
  while (row->key && !scan_is(text, row->key)) row++;
  return row;
}

static key_kind kind_of(const char *key) { return look_up(key)->kind; }

/* The key, if that is what it is called with; else the command is refused. */
static void put_key(hark_builder *q, const char *key, key_kind kind) {
  const search_key *row = look_up(key);
  if (row->capability) ext_needs(q, row->capability);
  hark_put_atom(q, row->kind == kind || row->kind == KEY_UNKNOWN ? key : NULL);
}

hark_builder *hark_search_begin(hark_client *c, unsigned flags, const char *returns) {
  hark_builder *b = hark_cmd_begin(c, flags & HARK_UID ? "UID SEARCH" : "SEARCH");
  hark_put_returns(b, returns);
  if (returns) ext_needs(b, "ESEARCH");
  ext_charset(b);
  return b;
}

/* The options that need more than RETURN itself does. */
static void option_needs(hark_builder *b, hark_str option) {
  static const struct {
    const char *option, *capability;
  } known[] = {{"SAVE", "SEARCHRES"},
               {"UPDATE", "CONTEXT=SEARCH CONTEXT=SORT"},
               {"CONTEXT", "CONTEXT=SEARCH CONTEXT=SORT"},
               {"PARTIAL", "PARTIAL CONTEXT=SEARCH CONTEXT=SORT"},
               {"RELEVANCY", "SEARCH=FUZZY"}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (scan_is(option, known[i].option)) ext_needs(b, known[i].capability);
}

/* search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")" */
void hark_put_returns(hark_builder *b, const char *returns) {
  if (!returns) return;
  hark_put_atom(b, "RETURN");
  hark_put_list(b, returns);
  scan s;
  hark_str option;
  scan_init(&s, returns, strlen(returns), NULL);
  bool more = scan_ch(&s, '(');
  while (more && scan_atom(&s, &option)) option_needs(b, option), more = scan_sp(&s);
}

/* "CHARSET" SP charset */
void hark_q_charset(hark_builder *q, const char *charset) {
  if (!ext_own_charset(q)) ext_refuse(q);
  hark_put_atom(q, "CHARSET");
  hark_put_atom(q, charset);
}

void hark_q_key(hark_builder *q, const char *key) { put_key(q, key, KEY_NOTHING); }

static bool is_atom_kind(key_kind is) {
  return is == KEY_ATOM || is == KEY_OBJECT_ID || is == KEY_FILTER;
}

void hark_q_text(hark_builder *q, const char *key, const char *utf8) {
  if (is_atom_kind(kind_of(key))) {
    hark_q_atom(q, key, utf8);
    return;
  }
  put_key(q, key, KEY_TEXT);
  hark_put_text(q, utf8);
}

void hark_q_header(hark_builder *q, const char *name, const char *utf8) {
  hark_put_atom(q, "HEADER");
  hark_put_text(q, name);
  hark_put_text(q, utf8);
}

void hark_q_mailbox(hark_builder *q, const char *key, const char *utf8_name) {
  put_key(q, key, KEY_MAILBOX);
  hark_put_mailbox(q, utf8_name);
}

/* objectid = 1*255(ALPHA / DIGIT / "_" / "-") */
static bool is_object_id(const char *text) {
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  size_t n = strspn(text, allowed);
  return !text[n] && n <= 255;
}

void hark_q_atom(hark_builder *q, const char *key, const char *atom) {
  key_kind is = kind_of(key);
  bool fits = atom && (is != KEY_OBJECT_ID || is_object_id(atom)) &&
              (is != KEY_FILTER || !strchr(atom, '/'));
  put_key(q, key, is_atom_kind(is) ? is : KEY_ATOM);
  hark_put_atom(q, fits ? atom : NULL);
}

/* date = date-day "-" date-month "-" date-year */
void hark_q_date(hark_builder *q, const char *key, int year, int month, int day) {
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  put_key(q, key, KEY_DATE);
  char text[12], *p = text;
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 0 || year > 9999) {
    ext_refuse(q);
    return;
  }
  if (day > 9) *p++ = (char)('0' + day / 10);
  *p++ = (char)('0' + day % 10);
  *p++ = '-';
  memcpy(p, months + 3 * (month - 1), 3), p += 3;
  *p++ = '-';
  for (int by = 1000; by; by /= 10) *p++ = (char)('0' + year / by % 10);
  *p = 0;
  hark_put_atom(q, text);
}

void hark_q_number(hark_builder *q, const char *key, uint64_t n) {
  key_kind is = kind_of(key);
  bool number = is == KEY_NUMBER || is == KEY_NUMBER64 || is == KEY_SECONDS;
  put_key(q, key, number ? is : KEY_NUMBER);
  bool fits = is == KEY_SECONDS ? n && n <= UINT32_MAX : is == KEY_NUMBER64 || n <= INT64_MAX;
  if (fits)
    hark_put_number(q, n);
  else
    ext_refuse(q);
}

/* search-modsequence = "MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer
 * entry-type-req = "priv" / "shared" / "all" */
void hark_q_modseq(hark_builder *q, const char *entry, const char *type, uint64_t n) {
  if (!entry && !type) {
    hark_q_number(q, "MODSEQ", n);
    return;
  }
  bool known = type && (!strcmp(type, "priv") || !strcmp(type, "shared") || !strcmp(type, "all"));
  put_key(q, "MODSEQ", KEY_NUMBER);
  hark_put_quoted(q, entry && *entry == '/' ? entry : NULL);
  hark_put_atom(q, known && n <= INT64_MAX ? type : NULL);
  hark_put_number(q, n);
}

void hark_q_set(hark_builder *q, unsigned flags, const char *set) {
  if (flags & HARK_UID)
    hark_put_atom(q, "UID");
  else if (set && *set != '$')
    ext_numbers(q); /* RFC 9051 section 5.5 */
  hark_put_set(q, set);
}

void hark_q_or(hark_builder *q) { hark_put_atom(q, "OR"); }
void hark_q_not(hark_builder *q) { hark_put_atom(q, "NOT"); }
void hark_q_fuzzy(hark_builder *q) { put_key(q, "FUZZY", KEY_NOTHING); }
void hark_q_open(hark_builder *q) { hark_put_open(q); }
void hark_q_close(hark_builder *q) { hark_put_close(q); }
hark_cmd hark_search_end(hark_builder *q) { return hark_cmd_end(q); }

/* filter-mailboxes = "selected" / "selected-delayed" / "inboxes" / "personal" / "subscribed" /
 *                    ("subtree" / "subtree-one" / "mailboxes") SP one-or-more-mailbox
 * one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")" */
void hark_put_scope(hark_builder *b, int scope, const char *const *mailboxes) {
  static const char *const words[] = {
      [HARK_SCOPE_SELECTED] = "selected",       [HARK_SCOPE_SELECTED_DELAYED] = "selected-delayed",
      [HARK_SCOPE_INBOXES] = "inboxes",         [HARK_SCOPE_PERSONAL] = "personal",
      [HARK_SCOPE_SUBSCRIBED] = "subscribed",   [HARK_SCOPE_SUBTREE] = "subtree",
      [HARK_SCOPE_SUBTREE_ONE] = "subtree-one", [HARK_SCOPE_MAILBOXES] = "mailboxes"};
  bool known = scope >= 0 && (size_t)scope < sizeof words / sizeof *words;
  bool named = mailboxes && *mailboxes;
  hark_put_atom(b, known && named == (scope >= HARK_SCOPE_SUBTREE) ? words[scope] : NULL);
  if (!named) return;
  if (mailboxes[1]) hark_put_open(b);
  for (size_t i = 0; mailboxes[i]; i++) hark_put_mailbox(b, mailboxes[i]);
  if (mailboxes[1]) hark_put_close(b);
}
