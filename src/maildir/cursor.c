/* maildir/cursor.c - what is here, for a new pull.
 * SPDX-License-Identifier: MIT */
#include "maildir/internal.h"
#include <string.h>

/* While a renumbering is being matched no number counts, and the pull must begin it anew: it does
 * so for a UIDVALIDITY that is not the server's. */
static uint32_t another(int64_t uidvalidity) { return uidvalidity == 1 ? 2 : 1; }

static int fill(hark_maildir *m, const box *b, hark_cursor *c) {
  hark_str account = {m->account, strlen(m->account)};
  sqlite3_stmt *s = md_use(m, SQL_BOX);
  md_text(s, 1, account), md_text(s, 2, (hark_str){b->name, b->n});
  md_text(s, 3, (hark_str){b->hash, HASH_DIGITS});
  int result = s ? sqlite3_step(s) : sqlite3_extended_errcode(m->db);
  int64_t id = 0, uidvalidity = 0, modseq = 0;
  bool matching = false;
  if (result == SQLITE_ROW) {
    id = sqlite3_column_int64(s, 0), uidvalidity = sqlite3_column_int64(s, 1);
    matching = sqlite3_column_int(s, 2), modseq = sqlite3_column_int64(s, 3);
  }
  sqlite3_reset(s);
  if (result != SQLITE_ROW && result != SQLITE_DONE) return result;
  if (matching) id = 0, uidvalidity = another(uidvalidity);
  c->uidvalidity = (uint32_t)uidvalidity, c->modseq = matching ? 0 : (uint64_t)modseq;
  result = md_uids(m, SQL_HAVE, id, uidvalidity, m->have);
  return result ? result : md_uids(m, SQL_STUCK, id, uidvalidity, m->again);
}

int hark_maildir_cursor(hark_maildir *m, const char *mailbox, hark_cursor *cursor) {
  hark_cursor c = {.size = cursor->size};
  if (m->work || m->gather->n)
    return md_say(m->error, HARK_ERR_BUSY, m->path, NULL, "not all that was taken is durable yet");
  box *b = md_find_box(m, (hark_str){mailbox, strlen(mailbox)});
  if (!b) return HARK_ERR_NOMEM;
  int result = fill(m, b, &c);
  if (result) return md_say_state(m->error, m->state_path, result);
  c.have = m->have, c.stuck = m->again;
  memcpy(cursor, &c, cursor->size < sizeof c ? cursor->size : sizeof c);
  return 0;
}
