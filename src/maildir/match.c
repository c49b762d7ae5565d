/* maildir/match.c - what a batch writes into the state: one transaction, but for its COMMIT.
 * SPDX-License-Identifier: MIT */
#include "maildir/internal.h"
#include <string.h>
#include <time.h>

static void keys(sqlite3_stmt *s, const entry *e) {
  sqlite3_bind_int64(s, 1, e->box->id);
  sqlite3_bind_int64(s, 2, e->uidvalidity);
  sqlite3_bind_int64(s, 3, e->uid);
}

static int add_box(hark_maildir *m, box *b, hark_str account, hark_str name) {
  sqlite3_stmt *s = md_use(m, SQL_BOX_ADD);
  md_text(s, 1, account), md_text(s, 2, name), md_text(s, 3, (hark_str){b->hash, HASH_DIGITS});
  int result = md_run(m, s);
  if (!result) b->id = sqlite3_last_insert_rowid(m->db);
  return result;
}

/* A row that a rebuilding made has a hash and no name yet. */
static int claim_box(hark_maildir *m, const box *b, hark_str account, hark_str name) {
  sqlite3_stmt *s = md_use(m, SQL_BOX_CLAIM);
  sqlite3_bind_int64(s, 1, b->id), md_text(s, 2, account), md_text(s, 3, name);
  return md_run(m, s);
}

int md_box(hark_maildir *m, box *b, bool create) {
  hark_str account = {m->account, strlen(m->account)}, name = {b->name, b->n};
  sqlite3_stmt *s = md_use(m, SQL_BOX);
  md_text(s, 1, account), md_text(s, 2, name), md_text(s, 3, (hark_str){b->hash, HASH_DIGITS});
  int result = md_number(m, s, &b->id);
  if (result == SQLITE_ROW) return create ? claim_box(m, b, account, name) : 0;
  return result || !create ? result : add_box(m, b, account, name);
}

/* The first message of a UIDVALIDITY, or being caught up, ends the matching of a renumbering. */
static int settle_box(hark_maildir *m, const entry *e) {
  if (e->box->settled == e->uidvalidity) return 0;
  sqlite3_stmt *s = md_use(m, SQL_BOX_SETTLED);
  keys(s, e);
  int result = md_run(m, s);
  if (!result) e->box->settled = e->uidvalidity;
  return result;
}

static int message(hark_maildir *m, entry *e, int64_t now) {
  char text[NAME_MOST], letters[LETTERS_MOST];
  md_entry_name(text, e);
  md_letters_put(letters, e->letters);
  int result = settle_box(m, e);
  if (!result) result = md_stray_look(m, e);
  if (result) return result;
  sqlite3_stmt *s = md_use(m, SQL_ADD);
  keys(s, e);
  md_text(s, 4, (hark_str){text, strlen(text)}),
      md_text(s, 5, (hark_str){letters, strlen(letters)});
  sqlite3_bind_int64(s, 6, (sqlite3_int64)e->size), sqlite3_bind_int64(s, 7, e->time);
  md_text(s, 8, e->email_id), md_text(s, 9, e->message_id);
  sqlite3_bind_int(s, 10, e->exact), sqlite3_bind_int64(s, 11, now);
  if ((result = md_run(m, s))) return result;
  e->known = !sqlite3_changes(m->db) || md_stray_is(e);
  s = md_use(m, SQL_STUCK_GONE);
  keys(s, e);
  return md_run(m, s);
}

void md_forget(hark_maildir *m, const entry *e) {
  sqlite3_stmt *s = md_use(m, SQL_FORGET_UID);
  keys(s, e);
  md_run(m, s);
}

/* The numbers of all messages of the mailbox count no more. */
static int renumbered(hark_maildir *m, const entry *e) {
  sqlite3_stmt *s = md_use(m, SQL_UNCLAIM);
  sqlite3_bind_int64(s, 1, e->box->id);
  int result = md_run(m, s);
  if (result) return result;
  e->box->settled = 0;
  s = md_use(m, SQL_BOX_MATCHING);
  keys(s, e);
  return md_run(m, s);
}

static int find(hark_maildir *m, const entry *e, int64_t *id) {
  int result = 0;
  if (e->email_id.p) {
    sqlite3_stmt *s = md_use(m, SQL_BY_EMAIL_ID);
    sqlite3_bind_int64(s, 1, e->box->id), md_text(s, 2, e->email_id);
    result = md_number(m, s, id);
  }
  if (result || !e->message_id.p || !e->time) return result;
  sqlite3_stmt *s = md_use(m, SQL_BY_MESSAGE_ID);
  sqlite3_bind_int64(s, 1, e->box->id), md_text(s, 2, e->message_id);
  sqlite3_bind_int64(s, 3, (sqlite3_int64)e->size), sqlite3_bind_int64(s, 4, e->time);
  md_text(s, 5, e->email_id);
  return md_number(m, s, id);
}

/* A match uses up the message that it found: of two that are alike the second needs one of its
 * own.  When in doubt: fetch. */
static int same(hark_maildir *m, entry *e) {
  int64_t id = 0;
  int result = find(m, e, &id);
  e->result = RESULT_AGAIN;
  if (result != SQLITE_ROW) return result;
  sqlite3_stmt *s = md_use(m, SQL_CLAIM);
  keys(s, e);
  sqlite3_bind_int64(s, 1, id);
  if (!(result = md_run(m, s))) e->result = RESULT_HAVE;
  return result;
}

static int stuck(hark_maildir *m, const entry *e, int64_t now) {
  sqlite3_stmt *s = md_use(m, SQL_STUCK_ADD);
  keys(s, e);
  md_text(s, 4, e->reason), sqlite3_bind_int64(s, 5, now);
  return md_run(m, s);
}

static int caught_up(hark_maildir *m, const entry *e) {
  int result = settle_box(m, e);
  if (result) return result;
  sqlite3_stmt *s = md_use(m, SQL_BOX_MODSEQ);
  sqlite3_bind_int64(s, 1, e->box->id), sqlite3_bind_int64(s, 2, (sqlite3_int64)e->modseq);
  return md_run(m, s);
}

static int record(hark_maildir *m, entry *e, int64_t now) {
  int result = e->box->id ? 0 : md_box(m, e->box, true);
  if (result) return result;
  switch (e->kind) {
  case ENTRY_MESSAGE: return message(m, e, now);
  case ENTRY_SAME: return same(m, e);
  case ENTRY_STUCK: return stuck(m, e, now);
  case ENTRY_RENUMBERED: return renumbered(m, e);
  case ENTRY_CAUGHT_UP: return caught_up(m, e);
  }
  return SQLITE_MISUSE;
}

int md_record(hark_maildir *m, batch *b) {
  int64_t now = time(NULL);
  int result = md_run(m, md_use(m, SQL_BEGIN));
  if (!result) result = md_run(m, md_use(m, SQL_DELIVERED)); /* those of the batch before */
  for (size_t i = 0; !result && i < b->n; i++) result = record(m, &b->entries[i], now);
  if (!result) return 0;
  md_rollback(m);
  for (size_t i = 0; i < b->n; i++) /* what was learnt of its mailboxes is undone too */
    b->entries[i].box->id = 0, b->entries[i].box->settled = 0;
  return result;
}
