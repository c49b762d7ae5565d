/* tests/calls/search.c - SEARCH and its keys.  SPDX-License-Identifier: MIT */
#include "call.h"

static char **key(hark_builder *q, char **w) {
  const char *piece = *w++;
  if (is(piece, "charset"))
    hark_q_charset(q, word(*w++));
  else if (is(piece, "or"))
    hark_q_or(q);
  else if (is(piece, "not"))
    hark_q_not(q);
  else if (is(piece, "fuzzy"))
    hark_q_fuzzy(q);
  else if (is(piece, "open"))
    hark_q_open(q);
  else if (is(piece, "close"))
    hark_q_close(q);
  else if (is(piece, "key"))
    hark_q_key(q, *w++);
  else if (is(piece, "set"))
    hark_q_set(q, 0, *w++);
  else if (is(piece, "uidset"))
    hark_q_set(q, HARK_UID, *w++);
  else if (is(piece, "text"))
    hark_q_text(q, w[0], w[1]), w += 2;
  else if (is(piece, "header"))
    hark_q_header(q, w[0], w[1]), w += 2;
  else if (is(piece, "number"))
    hark_q_number(q, w[0], strtoull(w[1], NULL, 10)), w += 2;
  else if (is(piece, "atom"))
    hark_q_atom(q, w[0], word(w[1])), w += 2;
  else if (is(piece, "mailbox"))
    hark_q_mailbox(q, w[0], w[1]), w += 2;
  else if (is(piece, "modseq"))
    hark_q_modseq(q, word(w[0]), word(w[1]), strtoull(w[2], NULL, 10)), w += 3;
  else if (is(piece, "date"))
    hark_q_date(q, w[0], atoi(w[1]), atoi(w[2]), atoi(w[3])), w += 4;
  return w;
}

/* Pieces: key K, text K T, header N T, number K N, set S, uidset S, date K Y M D, atom K A,
 * mailbox K N, modseq E T N, charset C, or, not, fuzzy, open, close */
void call_keys(hark_builder *q, char **w) {
  while (*w) w = key(q, w);
}

/* search [uid] RETURNS pieces */
static int search(caller *by, char **w) {
  unsigned with = uid(&w);
  hark_builder *q = hark_search_begin(by->c, with, word(w[0]));
  call_keys(q, w + 1);
  return hark_search_end(q);
}

const call_row calls_search[] = {{"search", search}, {0}};
