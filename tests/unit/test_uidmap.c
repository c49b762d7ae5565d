/* tests/unit/test_uidmap.c - assist/uidmap.c with the events of a client, against a plain array.
 * SPDX-License-Identifier: MIT */
#include "heap.h"
#include <hark/command.h>
#include <hark/search.h>
#include <hark/uidmap.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct talk {
  hark_client *c;
  hark_uidmap *m;
  int err; /* the first that the map returned */
} talk;

static hark_uidmap *new_map(void) {
  hark_config config;
  hark_config_init(&config);
  config.alloc = failing_alloc, config.alloc_ud = &heap;
  return hark_uidmap_new(&config);
}

static void send_all(talk *t) {
  for (size_t n; hark_send_buf(t->c, &n);) hark_send_ack(t->c, n);
}

static void feed(talk *t, const char *text, size_t n) {
  send_all(t);
  while (n) {
    size_t took = hark_feed(t->c, text, n);
    for (const hark_event *ev; (ev = hark_next(t->c));) {
      int err = hark_uidmap_event(t->m, ev);
      if (!t->err) t->err = err;
    }
    assert_int_not_equal(took, 0);
    text += took, n -= took;
  }
}

__attribute__((format(printf, 2, 3))) static void say(talk *t, const char *format, ...) {
  static char text[65536];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  assert_true(n >= 0 && (size_t)n < sizeof text);
  feed(t, text, (size_t)n);
}

static void begin(talk *t) {
  *t = (talk){.c = hark_new(NULL), .m = new_map()};
  assert_true(t->c && t->m);
  say(t, "* PREAUTH [CAPABILITY IMAP4rev1 ESEARCH QRESYNC IDLE] hello\r\n");
}

static void end(talk *t) {
  hark_free(t->c);
  hark_uidmap_free(t->m);
}

/* Tags are A and the number of the command. */
static void examine(talk *t, unsigned exists) {
  hark_cmd cmd = hark_examine(t->c, "INBOX", NULL);
  assert_true(cmd > 0);
  say(t, "* %u EXISTS\r\nA%d OK [READ-ONLY] done\r\n", exists, cmd);
}

static hark_cmd search_all(talk *t, const char *returns) {
  hark_builder *q = hark_search_begin(t->c, HARK_UID, returns);
  hark_q_key(q, "ALL");
  hark_cmd cmd = hark_search_end(q);
  assert_string_equal(hark_error_text(t->c), hark_err_text(0));
  assert_true(cmd > 0);
  assert_int_equal(hark_uidmap_all(t->m, cmd), 0);
  send_all(t);
  return cmd;
}

/* "5 . 9": the UIDs of 1, 2, 3; a point: not known.  And both ways round they are the same. */
static void is(const talk *t, const char *want) {
  char got[2000] = "";
  size_t n = 0;
  uint32_t known = 0;
  for (uint32_t i = 1; i <= hark_uidmap_exists(t->m); i++) {
    uint32_t uid = hark_uidmap_uid(t->m, i);
    n += (size_t)snprintf(got + n, sizeof got - n, uid ? "%s%u" : "%s.", i > 1 ? " " : "", uid);
    if (uid) assert_int_equal(hark_uidmap_number(t->m, uid), i);
    known += uid != 0;
  }
  assert_string_equal(got, want);
  assert_int_equal(hark_uidmap_known(t->m), known);
  assert_int_equal(hark_set_count(hark_uidmap_uids(t->m)), known);
  assert_int_equal(hark_uidmap_uid(t->m, 0), 0);
  assert_int_equal(hark_uidmap_uid(t->m, hark_uidmap_exists(t->m) + 1), 0);
  assert_int_equal(hark_uidmap_number(t->m, 0), 0);
  assert_int_equal(t->err, 0);
}

static void from_fetch(void **state) {
  (void)state;
  talk t;
  begin(&t);
  is(&t, "");
  examine(&t, 5);
  is(&t, ". . . . .");
  say(&t, "* 2 FETCH (FLAGS () UID 20)\r\n");
  say(&t, "* 4 FETCH (UID 40 FLAGS ())\r\n* 3 FETCH (FLAGS ())\r\n");
  is(&t, ". 20 . 40 .");
  say(&t, "* 3 FETCH (UID 30)\r\n");
  say(&t, "* 3 FETCH (UID 30)\r\n");
  is(&t, ". 20 30 40 .");
  assert_int_equal(hark_uidmap_number(t.m, 25), 0);
  say(&t, "* 7 EXISTS\r\n");
  is(&t, ". 20 30 40 . . .");
  say(&t, "* 1 EXPUNGE\r\n* 2 EXPUNGE\r\n* 3 EXPUNGE\r\n");
  is(&t, "20 40 . .");
  end(&t);
}

static void gaps(void **state) {
  (void)state;
  talk t;
  begin(&t);
  uint32_t a = 7, b = 7;
  assert_false(hark_uidmap_unknown(t.m, 0, &a, &b));
  examine(&t, 6);
  assert_true(hark_uidmap_unknown(t.m, 0, &a, &b) && a == 1 && b == 6);
  assert_true(hark_uidmap_unknown(t.m, 4, &a, &b) && a == 4 && b == 6);
  say(&t, "* 2 FETCH (UID 20)\r\n* 3 FETCH (UID 21)\r\n* 5 FETCH (UID 50)\r\n");
  assert_true(hark_uidmap_unknown(t.m, 1, &a, &b) && a == 1 && b == 1);
  assert_true(hark_uidmap_unknown(t.m, 2, &a, &b) && a == 4 && b == 4);
  assert_true(hark_uidmap_unknown(t.m, 5, &a, &b) && a == 6 && b == 6);
  assert_false(hark_uidmap_unknown(t.m, 7, &a, &b));
  say(&t, "* 6 FETCH (UID 60)\r\n");
  assert_false(hark_uidmap_unknown(t.m, 5, &a, &b));
  end(&t);
}

static void mailboxes(void **state) {
  (void)state;
  talk t;
  begin(&t);
  examine(&t, 2);
  say(&t, "* 1 FETCH (UID 5)\r\n");
  is(&t, "5 .");
  /* Of the next one the server speaks before its OK. */
  hark_cmd cmd = hark_examine(t.c, "other", NULL);
  say(&t, "* 1 EXPUNGE\r\n");
  is(&t, ".");
  say(&t, "* 2 EXISTS\r\n* 2 FETCH (UID 9)\r\n* 3 EXISTS\r\n");
  say(&t, "A%d OK done\r\n", cmd);
  is(&t, ". 9 .");
  cmd = hark_examine(t.c, "third", NULL);
  say(&t, "* 4 EXISTS\r\n* OK [CLOSED] it was\r\n* 1 EXISTS\r\nA%d OK done\r\n", cmd);
  is(&t, ".");
  cmd = hark_examine(t.c, "not there", NULL);
  say(&t, "* 4 EXISTS\r\n");
  say(&t, "A%d NO no such mailbox\r\n", cmd);
  is(&t, "");
  examine(&t, 1);
  say(&t, "* 1 FETCH (UID 5)\r\n");
  cmd = hark_expunge_and_close(t.c);
  say(&t, "A%d OK closed\r\n", cmd);
  is(&t, "");
  cmd = hark_examine(t.c, "not there", NULL);
  say(&t, "* 4 EXISTS\r\nA%d NO no such mailbox\r\n", cmd);
  is(&t, "");
  cmd = hark_examine(t.c, "without EXISTS", NULL);
  say(&t, "A%d OK done\r\n", cmd);
  is(&t, "");
  say(&t, "* 1 EXISTS\r\n");
  is(&t, ".");
  hark_uidmap_clear(t.m);
  is(&t, "");
  end(&t);
}

static void vanished(void **state) {
  (void)state;
  talk t;
  begin(&t);
  examine(&t, 9);
  say(&t,
      "* 2 FETCH (UID 20)\r\n* 3 FETCH (UID 21)\r\n* 4 FETCH (UID 22)\r\n* 8 FETCH (UID 80)\r\n");
  say(&t, "* VANISHED (EARLIER) 1:99\r\n");
  is(&t, ". 20 21 22 . . . 80 .");
  say(&t, "* VANISHED 21\r\n");
  is(&t, ". 20 22 . . . 80 .");
  say(&t, "* VANISHED 50,19\r\n"); /* not known, but there is room for them */
  is(&t, "20 22 . . 80 .");
  say(&t, "* VANISHED 22:23\r\n");
  is(&t, "20 . 80 .");
  say(&t, "* VANISHED 99\r\n");
  is(&t, "20 . 80");
  say(&t, "* VANISHED 99\r\n"); /* it cannot be: there is no room for it */
  is(&t, ". .");
  say(&t, "* 1 FETCH (UID 20)\r\n* VANISHED 1:4294967295\r\n");
  is(&t, "");
  say(&t, "* 2 EXISTS\r\n* 2 FETCH (UID 4294967295)\r\n* VANISHED 4294967295\r\n");
  is(&t, ".");
  end(&t);
}

static void the_whole_answer(void **state) {
  (void)state;
  talk t;
  begin(&t);
  hark_cmd open = hark_examine(t.c, "INBOX", NULL), cmd = search_all(&t, NULL); /* queued behind */
  say(&t, "* 3 EXISTS\r\nA%d OK done\r\n", open);
  say(&t, "* SEARCH 9 4 7\r\n"); /* in no order */
  is(&t, "4 7 9");
  say(&t, "A%d OK done\r\n* 4 EXISTS\r\n", cmd);
  is(&t, "4 7 9 .");
  cmd = search_all(&t, "(ALL)");
  say(&t, "* 2 EXPUNGE\r\n"); /* it says the same to what was asked */
  say(&t, "* ESEARCH (TAG \"A%d\") UID ALL 4,9,10\r\nA%d OK done\r\n", cmd, cmd);
  is(&t, "4 9 10");
  cmd = search_all(&t, "(ALL)"); /* from before the message was gone */
  say(&t, "* 2 EXPUNGE\r\n* ESEARCH (TAG \"A%d\") UID ALL 4,9,10\r\nA%d OK done\r\n", cmd, cmd);
  is(&t, "4 10");
  cmd = search_all(&t, "(ALL)"); /* from before the message came */
  say(&t, "* 3 EXISTS\r\n* ESEARCH (TAG \"A%d\") UID ALL 4,10\r\nA%d OK done\r\n", cmd, cmd);
  is(&t, "4 10 .");
  cmd = search_all(&t, "(ALL)"); /* one went and one came: which are these? */
  say(&t, "* 1 EXPUNGE\r\n* 3 EXISTS\r\n");
  say(&t, "* ESEARCH (TAG \"A%d\") UID ALL 4,10,11\r\nA%d OK done\r\n", cmd, cmd);
  is(&t, "10 . .");
  cmd = search_all(&t, "(ALL)"); /* a lie: fewer, and nothing has happened */
  say(&t, "* ESEARCH (TAG \"A%d\") UID ALL 10:11\r\nA%d OK done\r\n", cmd, cmd);
  is(&t, "10 . .");
  cmd = search_all(&t, "(ALL)"); /* and more than there are */
  say(&t, "* ESEARCH (TAG \"A%d\") UID ALL 1:4294967295\r\nA%d OK done\r\n", cmd, cmd);
  is(&t, "10 . .");
  cmd = search_all(&t, NULL); /* nor are they kept until their end */
  say(&t, "* SEARCH");
  for (int i = 1; i <= 5000; i++) say(&t, " %d", 9 * i);
  assert_true(heap.out < 1000);
  say(&t, "\r\nA%d OK done\r\n", cmd);
  is(&t, "10 . .");
  cmd = search_all(&t, NULL);
  say(&t, "* 2 EXISTS\r\n* SEARCH 5 6\r\nA%d OK done\r\n", cmd);
  is(&t, ". .");
  cmd = search_all(&t, NULL);
  say(&t, "A%d NO not now\r\n* SEARCH 5 6\r\n", cmd);
  is(&t, ". .");
  say(&t, "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n");
  cmd = search_all(&t, NULL);
  say(&t, "* SEARCH\r\nA%d OK done\r\n", cmd);
  is(&t, "");
  assert_int_equal(hark_uidmap_all(t.m, HARK_ERR_BUSY), HARK_ERR_BUSY);
  assert_int_equal(hark_uidmap_all(t.m, 0), HARK_ERR_ARG);
  end(&t);
}

/* An answer that comes in pieces; and a million messages cost little. */
static void a_million(void **state) {
  (void)state;
  talk t;
  enum { ALL = 1000000 };
  begin(&t);
  examine(&t, ALL);
  hark_cmd cmd = search_all(&t, NULL);
  say(&t, "* SEARCH");
  for (uint32_t i = 1; i <= ALL; i++) say(&t, " %u", 2 * i);
  assert_int_equal(hark_uidmap_known(t.m), 0);
  say(&t, "\r\nA%d OK done\r\n", cmd);
  assert_int_equal(hark_uidmap_known(t.m), ALL);
  assert_true(heap.out < 300000);
  for (uint32_t i = 1; i <= ALL; i += 1009) {
    assert_int_equal(hark_uidmap_uid(t.m, i), 2 * i);
    assert_int_equal(hark_uidmap_number(t.m, 2 * i), i);
  }
  for (uint32_t i = 0; i < 1000; i++) say(&t, "* 500001 EXPUNGE\r\n");
  assert_int_equal(hark_uidmap_uid(t.m, 500000), 1000000);
  assert_int_equal(hark_uidmap_uid(t.m, 500001), 1002002);
  assert_int_equal(hark_uidmap_number(t.m, 2 * ALL), ALL - 1000);
  end(&t);
}

/* --- a server that lies --- */

static void lies(void **state) {
  (void)state;
  static const struct {
    const char *said, *left;
  } cases[] = {
      {"* 0 EXPUNGE\r\n", "10 20 . 40 ."}, /* not IMAP: MALFORMED */
      {"* 9 EXPUNGE\r\n", ". . . . ."},    /* of which mailbox? */
      {"* 4 EXISTS\r\n", ". . . ."},       /* some are gone, and nobody knows which */
      {"* 0 EXISTS\r\n", ""},
      {"* 9 FETCH (UID 90)\r\n", "10 20 . 40 ."},
      {"* 5 FETCH (UID 4)\r\n", "10 20 . 40 ."},
      {"* 5 FETCH (UID 0)\r\n", "10 20 . 40 ."},
      {"* 3 UIDFETCH (UID 30 FLAGS ())\r\n", "10 20 . 40 ."}, /* 3 is no number */
      {"* 5 FETCH (UID 40)\r\n", ". . . . 40"},               /* a UID has two numbers */
      {"* 2 FETCH (UID 21)\r\n", ". 21 . . ."},               /* a number has two UIDs */
      {"* 2 FETCH (UID 40)\r\n", ". 40 . . ."},
      {"* 3 FETCH (UID 15)\r\n", ". . 15 . ."}, /* not ascending */
      {"* 3 FETCH (UID 45)\r\n", ". . 45 . ."},
      {"* 5 FETCH (UID 39)\r\n", ". . . . 39"},
      {"* 1 FETCH (UID 20)\r\n", "20 . . . ."},
      {"* VANISHED 30,30\r\n", ". . ."},
      {"* VANISHED 15\r\n", ". . . ."},
      {"* VANISHED 10:40\r\n", ""},
      {"* VANISHED 19:20\r\n", ". . ."},
      {"* VANISHED 41:43\r\n", ". ."},
      {"* VANISHED *\r\n", "10 20 . 40 ."}, /* MALFORMED */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    talk t;
    begin(&t);
    examine(&t, 5);
    say(&t, "* 1 FETCH (UID 10)\r\n* 2 FETCH (UID 20)\r\n* 4 FETCH (UID 40)\r\n");
    is(&t, "10 20 . 40 .");
    say(&t, "%s", cases[i].said);
    is(&t, cases[i].left);
    end(&t);
  }
}

/* Between 10 and 12 there is one message, not two. */
static void no_room_between(void **state) {
  (void)state;
  talk t;
  begin(&t);
  examine(&t, 5);
  say(&t, "* 1 FETCH (UID 10)\r\n* 4 FETCH (UID 12)\r\n");
  is(&t, ". . . 12 .");
  say(&t, "* 2 FETCH (UID 10)\r\n* 3 FETCH (UID 11)\r\n");
  is(&t, ". 10 11 12 .");
  say(&t, "* 5 FETCH (UID 13)\r\n* 1 FETCH (UID 1)\r\n");
  is(&t, "1 10 11 12 13");
  end(&t);
}

static unsigned next_random(unsigned *seed) { return (*seed = *seed * 1103515245u + 12345u) >> 8; }

static void hold_together(const talk *t) {
  uint32_t last = 0, known = 0;
  for (uint32_t i = 1; i <= hark_uidmap_exists(t->m); i++) {
    uint32_t uid = hark_uidmap_uid(t->m, i);
    if (!uid) continue;
    assert_true(uid > last && uid >= i);
    assert_int_equal(hark_uidmap_number(t->m, uid), i);
    last = uid, known++;
  }
  assert_int_equal(known, hark_uidmap_known(t->m));
}

static void nothing_but_lies(void **state) {
  (void)state;
  talk t;
  unsigned seed = 77;
  begin(&t);
  examine(&t, 30);
  for (int step = 0; step < 100000; step++) {
    unsigned a = next_random(&seed) % 40, b = next_random(&seed) % 60, kind = next_random(&seed);
    switch (kind % 16) {
    case 0: say(&t, "* %u EXPUNGE\r\n", a); break;
    case 1: say(&t, "* VANISHED %u:%u\r\n", b ? b : 1, b + a % 4 + 1); break;
    case 2: say(&t, "* %u EXISTS\r\n", a); break;
    case 3: say(&t, "* %u EXISTS\r\n", hark_uidmap_exists(t.m) + a % 5); break;
    default: say(&t, "* %u FETCH (UID %u)\r\n", a, kind % 2 ? a + b / 8 : b); break;
    }
    if (step % 8 == 0) hold_together(&t);
  }
  assert_int_equal(t.err, 0);
  end(&t);
}

/* SEC F-21: numbers that never touch, UIDs in blocks of their own, from the end. */
static void the_worst_order(void **state) {
  (void)state;
  talk t;
  begin(&t);
  examine(&t, 200000);
  for (uint32_t i = 60000; i > 1; i -= 2) say(&t, "* %u FETCH (UID %u)\r\n", i, i * 65536u);
  hold_together(&t);
  assert_true(hark_uidmap_known(t.m) <= 1024);
  assert_int_equal(hark_uidmap_uid(t.m, 2), 2 * 65536);
  assert_true(heap.out < 200000);
  examine(&t, 200000);
  for (uint32_t i = 20000; i; i--) say(&t, "* %u FETCH (UID %u)\r\n", i, i * 65536u);
  assert_int_equal(hark_uidmap_known(t.m), 20000);
  for (uint32_t i = 1; i <= 20000; i += 101) assert_int_equal(hark_uidmap_uid(t.m, i), i * 65536u);
  assert_true(heap.out < 1000000);
  end(&t);
}

/* --- against a plain array --- */

enum { MOST = 300 };

typedef struct model {
  uint32_t n, next_uid;
  uint32_t uid[MOST]; /* what the server has */
  bool known[MOST];
} model;

static void model_remove(model *w, uint32_t i) {
  w->n--;
  memmove(w->uid + i, w->uid + i + 1, (w->n - i) * sizeof *w->uid);
  memmove(w->known + i, w->known + i + 1, (w->n - i) * sizeof *w->known);
}

static void compare(const talk *t, const model *w) {
  uint32_t known = 0;
  assert_int_equal(hark_uidmap_exists(t->m), w->n);
  for (uint32_t i = 0; i < w->n; i++) {
    assert_int_equal(hark_uidmap_uid(t->m, i + 1), w->known[i] ? w->uid[i] : 0);
    assert_int_equal(hark_uidmap_number(t->m, w->uid[i]), w->known[i] ? i + 1 : 0);
    known += w->known[i];
  }
  assert_int_equal(hark_uidmap_known(t->m), known);
  uint32_t from = 1, first, last;
  for (; hark_uidmap_unknown(t->m, from, &first, &last); from = last + 1) {
    for (uint32_t i = from; i < first; i++) assert_true(w->known[i - 1]);
    for (uint32_t i = first; i <= last; i++) assert_false(w->known[i - 1]);
  }
  for (uint32_t i = from; i <= w->n; i++) assert_true(w->known[i - 1]);
  assert_int_equal(t->err, 0);
}

static void append(talk *t, model *w, unsigned *seed) {
  for (unsigned i = next_random(seed) % 12; i && w->n < MOST; i--) {
    w->next_uid += next_random(seed) % 3 ? 1 : next_random(seed) % 200000;
    w->uid[w->n] = w->next_uid++, w->known[w->n++] = false;
  }
  say(t, "* %u EXISTS\r\n", w->n);
}

static void expunge(talk *t, model *w, unsigned *seed) {
  if (!w->n) return;
  uint32_t i = next_random(seed) % w->n;
  say(t, "* %u EXPUNGE\r\n", i + 1);
  model_remove(w, i);
}

/* A few messages, as ranges where their UIDs stand side by side. */
static void vanish(talk *t, model *w, unsigned *seed) {
  if (!w->n) return;
  uint32_t i = next_random(seed) % w->n, count = next_random(seed) % 6 + 1, first = w->uid[i];
  uint32_t last = first;
  model_remove(w, i);
  while (--count && i < w->n && w->uid[i] == last + 1) last++, model_remove(w, i);
  say(t, first < last ? "* VANISHED %u:%u\r\n" : "* VANISHED %u\r\n", first, last);
}

static void fetch(talk *t, model *w, unsigned *seed) {
  if (!w->n) return;
  uint32_t i = next_random(seed) % w->n, count = next_random(seed) % 4 ? 1 : 30;
  for (; count && i < w->n; i++, count--) {
    say(t, "* %u FETCH (FLAGS () UID %u)\r\n", i + 1, w->uid[i]);
    w->known[i] = true;
  }
}

static void whole(talk *t, model *w, unsigned *seed) {
  bool set = next_random(seed) % 2 && w->n;
  hark_cmd cmd = search_all(t, set ? "(ALL)" : NULL);
  if (next_random(seed) % 3 == 0) expunge(t, w, seed);
  if (set && w->n)
    say(t, "* ESEARCH (TAG \"A%d\") UID ALL", cmd);
  else
    say(t, "* SEARCH");
  for (uint32_t i = 0; i < w->n; i++) {
    say(t, set && i ? ",%u" : " %u", w->uid[i]);
    w->known[i] = true;
  }
  say(t, "\r\nA%d OK done\r\n", cmd);
}

static void again(talk *t, model *w, unsigned *seed) {
  *w = (model){.next_uid = next_random(seed) % 4 ? 1 : 4000000000u};
  while (w->n < next_random(seed) % 200) w->uid[w->n++] = w->next_uid++;
  examine(t, w->n);
}

static void step(talk *t, model *w, unsigned *seed) {
  unsigned kind = next_random(seed) % 100;
  if (kind < 20)
    append(t, w, seed);
  else if (kind < 45)
    expunge(t, w, seed);
  else if (kind < 55)
    vanish(t, w, seed);
  else if (kind < 98)
    fetch(t, w, seed);
  else if (next_random(seed) % 4)
    whole(t, w, seed);
  else
    again(t, w, seed);
}

static void against_a_model(void **state) {
  (void)state;
  talk t;
  static model w;
  unsigned seed = 4;
  begin(&t);
  again(&t, &w, &seed);
  for (int i = 0; i < 100000; i++) {
    step(&t, &w, &seed);
    if (i % 4 == 0) compare(&t, &w);
  }
  end(&t);
}

/* --- no memory --- */

static int play(void) {
  talk t = {.c = hark_new(NULL), .m = new_map()};
  if (t.m) {
    say(&t, "* PREAUTH [CAPABILITY IMAP4rev1 ESEARCH] hello\r\n");
    examine(&t, 2000);
    for (int i = 1; i < 40; i++) say(&t, "* %d FETCH (UID %d)\r\n", i * 3, i * 7);
    hark_builder *q = hark_search_begin(t.c, HARK_UID, NULL);
    hark_q_key(q, "ALL");
    hark_cmd cmd = hark_search_end(q);
    int err = hark_uidmap_all(t.m, cmd);
    if (!t.err) t.err = err;
    say(&t, "* SEARCH");
    for (int i = 1; i <= 2000; i++) say(&t, " %d", i * 5);
    say(&t, "\r\nA%d OK done\r\n", cmd);
    hold_together(&t);
    assert_int_equal(hark_uidmap_exists(t.m), 2000);
  }
  int err = t.m ? t.err : HARK_ERR_NOMEM;
  end(&t);
  return err;
}

static void every_allocation_failing(void **state) { /* SEC F-31 */
  (void)state;
  int err = HARK_ERR_NOMEM;
  for (long at = 1; err; at++) {
    heap = (failing){.fail_at = at};
    err = play();
    if (err) assert_int_equal(err, HARK_ERR_NOMEM);
    assert_int_equal(heap.out, 0);
  }
  hark_uidmap_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(from_fetch, setup, teardown),
      cmocka_unit_test_setup_teardown(gaps, setup, teardown),
      cmocka_unit_test_setup_teardown(mailboxes, setup, teardown),
      cmocka_unit_test_setup_teardown(vanished, setup, teardown),
      cmocka_unit_test_setup_teardown(the_whole_answer, setup, teardown),
      cmocka_unit_test_setup_teardown(a_million, setup, teardown),
      cmocka_unit_test_setup_teardown(lies, setup, teardown),
      cmocka_unit_test_setup_teardown(no_room_between, setup, teardown),
      cmocka_unit_test_setup_teardown(nothing_but_lies, setup, teardown),
      cmocka_unit_test_setup_teardown(the_worst_order, setup, teardown),
      cmocka_unit_test_setup_teardown(against_a_model, setup, teardown),
      cmocka_unit_test_setup_teardown(every_allocation_failing, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
