/* task/state.h - the insides of a task, for task/ alone.
 * SPDX-License-Identifier: MIT
 *
 *   task.c      the public calls; events in, the next command out
 *   uids.c      sets of UIDs: looked up, kept, taken in parts
 *   remove.c    \Deleted and UID EXPUNGE of exactly those
 *   move.c replace.c append.c list.c search.c unselect.c one.c   a task each, one.c three
 *
 * A command is known by its HARK_WAY_ bit: t->due is to be queued by ask(), then it is among
 * t->commands until its DONE goes to answered(), which says what is due next. */
#ifndef HARK_TASK_STATE_H
#define HARK_TASK_STATE_H
#include "base/mem.h"
#include <hark/task.h>

#define task_new       hark__task_new
#define task_alloc     hark__task_alloc
#define task_text      hark__task_text
#define task_set       hark__task_set
#define task_start     hark__task_start
#define task_offers    hark__task_offers
#define task_lacks     hark__task_lacks
#define task_under_way hark__task_under_way
#define task_next      hark__task_next
#define task_sent      hark__task_sent
#define task_done      hark__task_done
#define task_keep      hark__task_keep
#define task_fail      hark__task_fail
#define task_here      hark__task_here
#define task_look_up   hark__task_look_up
#define task_gather    hark__task_gather
#define task_only      hark__task_only
#define task_front     hark__task_front
#define task_message   hark__task_message
#define task_remove    hark__task_remove
#define task_remove_ask hark__task_remove_ask
#define task_removed   hark__task_removed

enum {
  COMMANDS = 32,      /* under way at once: STATUS behind LIST */
  SET_TEXT = 7000,    /* of a set in one command, whose line may have 8,000 bytes */
  GROUP = 64,         /* messages in one MULTIAPPEND */
  NUMBERS = 16 << 20, /* that an answer to SEARCH may have */
  COND_TEXT = 1000,
  COND_CODE = 255
};

typedef struct task_kind {
  hark_cmd (*ask)(hark_task *t, uint32_t way); /* queues that command */
  void (*answered)(hark_task *t, uint32_t way, const hark_ev_cond *cond);
  void (*removed)(hark_task *t, const hark_ev_cond *cond); /* by remove.c: t->part is gone, or marked */
  void (*heard)(hark_task *t, const hark_event *ev);       /* all else; NULL: nothing matters */
  void (*acted)(hark_task *t);                             /* after every event; or NULL */
  bool in_mailbox; /* its first answer says in which one it goes on */
} task_kind;

typedef struct task_block { /* memory that is given back with the task */
  struct task_block *next;
  size_t size;
} task_block;

typedef struct task_name { /* a mailbox that STATUS and MYRIGHTS are yet to be asked of */
  struct task_name *next;
  size_t size;
  uint32_t left; /* HARK_WAY_* */
  char utf8[];
} task_name;

typedef struct task_command {
  hark_cmd id;
  uint32_t way;
} task_command;

struct hark_task {
  const task_kind *kind;
  hark_client *c;
  mem mem;
  hark_config config; /* for sets */
  task_block *blocks;
  hark_task_result r;
  hark_ev_cond cond; /* of r; its strings are in text and code */
  char text[COND_TEXT], code[COND_CODE], code_args[COND_CODE];

  uint32_t due; /* 0: nothing */
  task_command commands[COMMANDS];
  size_t ncommands;
  hark_cmd last;      /* whose DONE came with the last event */
  uint64_t selection; /* the only one in which it goes on; 0: not yet known */

  unsigned flags;
  const char *set, *mailbox, *use;
  hark_set *uids, *part; /* looked up and still to do; being done */
  uint32_t number;       /* replace: of the old message; 0: the last */
  uint64_t numbers;      /* that came in answer to a search */
  bool spoiled;          /* something that came meanwhile could not be read */
  uint64_t copied, gone; /* by MOVE: as COPYUID says, as EXPUNGE and VANISHED do */

  hark_message *messages; /* append, replace */
  size_t nmessages, group;

  const char *reference, *status, *items; /* list; "MESSAGES", "(MESSAGES)" */
  const char *const *entries;     /* of METADATA */
  uint32_t inside, behind;        /* what LIST is asked for, and what each mailbox */
  int tries;
  task_name *names, **names_end;
  size_t nnames, name_bytes, names_most, name_bytes_most;
  bool listed, over, refused; /* LIST is answered; a name had no place; it was not OK */

  hark_task_keys keys; /* search */
  void *ud;
  uint32_t returns;
  hark_task_found found;
  bool latin1, eight_bit, too_wide, no_memory;
};

/* --- making: NULL, or one that is running --- */
hark_task *task_new(hark_client *c, const task_kind *kind);
void *task_alloc(hark_task *t, size_t size); /* NULL: it has failed, and so below */
const char *task_text(hark_task *t, const char *text); /* a copy; NULL of NULL */
hark_set *task_set(hark_task *t);
/* The first command; frees t and returns NULL where memory was short. */
hark_task *task_start(hark_task *t, uint32_t way);

/* --- going on --- */
/* Also true where nobody can know yet; then the command comes back as task_lacks(). */
bool task_offers(const hark_task *t, const char *capability);
bool task_lacks(const hark_ev_cond *cond);
bool task_under_way(const hark_task *t, hark_cmd cmd, uint32_t way);
void task_next(hark_task *t, uint32_t way);
/* false: it was not queued, and will be tried again; or the task has failed. */
bool task_sent(hark_task *t, hark_cmd cmd, uint32_t way);
void task_here(hark_task *t); /* from now on in this selection only */

/* --- ending --- */
void task_keep(hark_task *t, uint32_t way, const hark_ev_cond *cond); /* it decided */
/* By the answer: DONE where it is OK, else FAILED. */
void task_done(hark_task *t, uint32_t way, const hark_ev_cond *cond);
void task_fail(hark_task *t, int err);

/* --- uids.c --- */
hark_cmd task_look_up(hark_task *t); /* UID SEARCH of t->set into t->uids */
void task_gather(hark_task *t, const hark_event *ev, uint32_t way);
bool task_only(hark_task *t, hark_set *set, const hark_set *these); /* false: it has failed */
bool task_front(hark_task *t); /* t->part: as much of t->uids as one command can name; false: failed */

/* --- append.c --- */
bool task_message(hark_task *t, hark_message *to, const hark_message *from);

/* --- remove.c --- */
void task_remove(hark_task *t); /* t->part */
hark_cmd task_remove_ask(hark_task *t, uint32_t way);
bool task_removed(hark_task *t, uint32_t way, const hark_ev_cond *cond); /* false: not its command */
#endif
