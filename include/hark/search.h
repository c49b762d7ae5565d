/* hark/search.h - SEARCH keys as calls.  RFC 9051 section 6.4.4.
 * SPDX-License-Identifier: MIT
 *
 *   hark_builder *q = hark_search_begin(c, HARK_UID, "(MIN COUNT)");
 *   hark_q_not(q), hark_q_key(q, "SEEN"), hark_q_text(q, "SUBJECT", "hello");
 *   hark_cmd cmd = hark_search_end(q);
 *
 * Keys are joined by AND; hark_q_or(), hark_q_not() and hark_q_fuzzy() take the next keys,
 * hark_q_open()/hark_q_close() make one key of many.  Errors stick to the builder and come out of
 * hark_search_end() as HARK_ERR_ARG: a key that is known and called with another kind of value, a
 * key that is no atom, a value that its grammar does not allow.  A key that hark does not know is
 * put as it is called.  CHARSET UTF-8 is put where a text is not ASCII.  A key or a return option of
 * an extension that the server does not offer: the command is not sent, HARK_ERR_CAP in its DONE. */
#ifndef HARK_SEARCH_H
#define HARK_SEARCH_H
#include <hark/command.h>
#ifdef __cplusplus
extern "C" {
#endif
/* returns: the list of return options, "(MIN COUNT PARTIAL 1:100 UPDATE SAVE)", "()" stands for
 * ALL; NULL: the old answer.  RFC 4731, 5182, 5267, 6203, 9394.  HARK_UID: answers are UIDs. */
HARK_API hark_builder *hark_search_begin(hark_client *c, unsigned flags, const char *returns);

/* Before all keys of SEARCH and ESEARCH: their texts are in this charset, as the program has spelled them; it is
 * not put by itself then.  Not where UTF8=ACCEPT is enabled (RFC 6855 section 3). */
HARK_API void hark_q_charset(hark_builder *q, const char *charset);
/* ALL ANSWERED DELETED DRAFT FLAGGED NEW OLD RECENT SEEN UNANSWERED UNDELETED UNDRAFT UNFLAGGED
 * UNSEEN; SAVEDATESUPPORTED (RFC 8514) */
HARK_API void hark_q_key(hark_builder *q, const char *key);
/* BCC BODY CC FROM SUBJECT TEXT TO; X-GM-RAW (Gmail); and those of hark_q_atom() */
HARK_API void hark_q_text(hark_builder *q, const char *key, const char *utf8);
/* HEADER; utf8 "": it is there at all */
HARK_API void hark_q_header(hark_builder *q, const char *name, const char *utf8);
/* BEFORE ON SINCE SENTBEFORE SENTON SENTSINCE; SAVEDBEFORE SAVEDON SAVEDSINCE (RFC 8514).  A year of
 * 0 to 9999, a month of 1 to 12, a day of 1 to 31 */
HARK_API void hark_q_date(hark_builder *q, const char *key, int year, int month, int day);
/* LARGER SMALLER, bytes; MODSEQ (RFC 7162); OLDER YOUNGER, seconds, not 0 (RFC 5032); X-GM-MSGID
 * X-GM-THRID (Gmail) */
HARK_API void hark_q_number(hark_builder *q, const char *key, uint64_t n);
/* MODSEQ of one flag: entry "/flags/\\Seen", type "priv", "shared" or "all"; both NULL: of the
 * message.  RFC 7162 section 3.1.5 */
HARK_API void hark_q_modseq(hark_builder *q, const char *entry, const char *type, uint64_t n);
/* KEYWORD UNKEYWORD; EMAILID THREADID (RFC 8474); FILTER, its name (RFC 5466) */
HARK_API void hark_q_atom(hark_builder *q, const char *key, const char *atom);
/* X-GM-LABELS (Gmail): a label is spelled as a mailbox name */
HARK_API void hark_q_mailbox(hark_builder *q, const char *key, const char *utf8_name);
/* A sequence-set, or with HARK_UID a set of UIDs; "$": what the last search saved (RFC 5182) */
HARK_API void hark_q_set(hark_builder *q, unsigned flags, const char *set);
HARK_API void hark_q_or(hark_builder *q);    /* of the next two keys */
HARK_API void hark_q_not(hark_builder *q);   /* of the next key */
HARK_API void hark_q_fuzzy(hark_builder *q); /* the next key need not match exactly.  RFC 6203 */
HARK_API void hark_q_open(hark_builder *q);
HARK_API void hark_q_close(hark_builder *q);
HARK_API hark_cmd hark_search_end(hark_builder *q);

/* Pieces of commands that search: RETURN and its list, nothing when returns is NULL. */
HARK_API void hark_put_returns(hark_builder *b, const char *returns);

/* Which mailboxes.  RFC 5465 section 6, RFC 7377 section 2.2 */
typedef enum hark_scope {
  HARK_SCOPE_SELECTED,
  HARK_SCOPE_SELECTED_DELAYED, /* NOTIFY only: EXPUNGE waits for a command */
  HARK_SCOPE_INBOXES,          /* all that mail is delivered to */
  HARK_SCOPE_PERSONAL,
  HARK_SCOPE_SUBSCRIBED,
  HARK_SCOPE_SUBTREE,          /* from here on with names: those and all below */
  HARK_SCOPE_SUBTREE_ONE,      /* ESEARCH only: those and one level below */
  HARK_SCOPE_MAILBOXES
} hark_scope;
/* mailboxes: UTF-8, ended by NULL; NULL for a scope without names.  HARK_ERR_ARG where they do not
 * go together. */
HARK_API void hark_put_scope(hark_builder *b, int scope, const char *const *mailboxes);
#ifdef __cplusplus
}
#endif
#endif
