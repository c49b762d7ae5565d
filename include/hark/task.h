/* hark/task.h - what is to be done, by the commands that this server has.
 * SPDX-License-Identifier: MIT
 *
 * A task queues a command, and when its answer is there the next one, until all is done.  Which
 * commands these are depends on what the server offers; where it lacks the best one, others do the
 * same.  No task takes a way that reaches further than it was asked for: no EXPUNGE without UIDs, no
 * CLOSE of a mailbox that may be written to, no guessing by names.
 *
 *   hark_task *t = hark_task_move(c, HARK_UID, "7:9", "Archive");
 *   for (const hark_event *ev; (ev = hark_next(c));) {
 *     if (t && hark_task_event(t, ev) != HARK_TASK_RUNNING) ...   hark_task_get(t) says how it went
 *     ...                                                         the event is the program's all the same
 *   }
 *
 * It does no I/O and knows no clock; every event of the client must be handed to it as soon as
 * hark_next() has returned it.  Nothing is hidden: hark_task_owns() says which commands, and so which
 * events (HARK_EV_LIST, HARK_EV_STATUS, HARK_EV_SEND_DATA, ...), are its own.
 * What it does in a mailbox it does in that one only: where the program opens another, or leaves it,
 * the rest of the task is not sent, and it has failed (HARK_ERR_STATE); so where the server says that
 * UIDVALIDITY is another in the middle of a move, replacement or search.
 * Where capabilities are not known yet the best command is queued and waits for them. */
#ifndef HARK_TASK_H
#define HARK_TASK_H
#include <hark/ext/append.h>
#include <hark/event.h>
#include <hark/set.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct hark_task hark_task;

typedef enum hark_task_state {
  HARK_TASK_RUNNING,
  HARK_TASK_DONE,
  HARK_TASK_FAILED /* or only done in part: see hark_task_result */
} hark_task_state;

/* By which way: name, bit, text.  A command's bit is set once the server has said OK to it. */
#define HARK_WAYS(X)                                                                        \
  X(MOVE,          0x00000001, "MOVE")                                                      \
  X(LOOK_UP,       0x00000002, "UID SEARCH for the UIDs")                                   \
  X(COPY,          0x00000004, "UID COPY")                                                  \
  X(STORE,         0x00000008, "UID STORE +FLAGS.SILENT (\\Deleted)")                       \
  X(UID_EXPUNGE,   0x00000010, "UID EXPUNGE")                                               \
  X(IN_BOTH,       0x00000020, "some are here and there: copied, and neither marked nor removed") \
  X(LEFT_DELETED,  0x00000040, "some are still here, marked \\Deleted")                     \
  X(REPLACE,       0x00000080, "REPLACE")                                                   \
  X(APPEND,        0x00000100, "APPEND")                                                    \
  X(MULTIAPPEND,   0x00000200, "APPEND of several")                                         \
  X(LIST,          0x00000400, "LIST")                                                      \
  X(LIST_STATUS,   0x00000800, "LIST RETURN (STATUS)")                                      \
  X(STATUS,        0x00001000, "STATUS of each mailbox")                                    \
  X(LIST_MYRIGHTS, 0x00002000, "LIST RETURN (MYRIGHTS)")                                    \
  X(MYRIGHTS,      0x00004000, "MYRIGHTS of each mailbox")                                  \
  X(SPECIAL_USE,   0x00008000, "LIST (SPECIAL-USE)")                                        \
  X(XLIST,         0x00010000, "XLIST")                                                     \
  X(UNSELECT,      0x00020000, "UNSELECT")                                                  \
  X(EXAMINE,       0x00040000, "EXAMINE")                                                   \
  X(CLOSE,         0x00080000, "CLOSE of a mailbox that was opened to be read only")        \
  X(CREATE,        0x00100000, "CREATE")                                                    \
  X(CREATE_USE,    0x00200000, "CREATE (USE)")                                              \
  X(NAMESPACE,     0x00400000, "NAMESPACE")                                                 \
  X(ESEARCH,       0x00800000, "SEARCH RETURN")                                             \
  X(SEARCH,        0x01000000, "SEARCH")                                                    \
  X(CHARSET,       0x02000000, "CHARSET ISO-8859-1")                                        \
  X(LIST_METADATA, 0x04000000, "LIST RETURN (METADATA)")                                    \
  X(METADATA,      0x08000000, "GETMETADATA of each mailbox")
enum {
#define X(name, bit, text) HARK_WAY_##name = bit,
  HARK_WAYS(X)
#undef X
  HARK_WAY_NONE = 0
};
HARK_API const char *hark_way_text(uint32_t bit); /* as above; NULL for none or several */

typedef struct hark_task_result {
  int32_t  state;   /* hark_task_state */
  int32_t  err;     /* FAILED: hark_err of what went wrong here, or of UNSENT and LOST; 0: the server's NO
                     * or BAD, see cond */
  uint32_t way;     /* HARK_WAY_* bits: what was done */
  uint32_t decided; /* HARK_WAY_*: the command whose answer ended it; 0: none did.  LOST: nobody knows
                     * whether that one was done, too */
  uint64_t count;   /* messages moved or appended, mailboxes listed: so far.  Of MOVE, what COPYUID names; without
                     * UIDPLUS, what went meanwhile */
  uint64_t refused; /* STATUS, MYRIGHTS and GETMETADATA that the server would not answer */
  const hark_ev_cond *cond; /* that answer, NULL where none decided.  Its text and code are copies, cut at
                             * 1,000 and 255 bytes; code_data is NULL */
} hark_task_result;

/* An OK with the code MESSAGELIMIT (RFC 9738) says that only some were done: FAILED (HARK_ERR_LIMIT). */

/* Each of the calls below makes a task.  NULL: out of memory.  What is wrong with the arguments is told
 * by the task, which has failed (HARK_ERR_ARG), or does so before it has changed anything. */
HARK_API void hark_task_free(hark_task *t); /* accepts NULL; commands under way go on */
/* Takes the next event of its client; returns the hark_task_state. */
HARK_API int hark_task_event(hark_task *t, const hark_event *ev);
/* How it stands; owned by the task. */
HARK_API const hark_task_result *hark_task_get(const hark_task *t);
/* It is one of its commands under way, or the one whose DONE it was handed last. */
HARK_API bool hark_task_owns(const hark_task *t, hark_cmd cmd);
/* The i-th of its commands under way, from 0 on; 0: there are not so many. */
HARK_API hark_cmd hark_task_command(const hark_task *t, size_t i);

/* --- messages --- */

/* Messages of set into mailbox.  MOVE (RFC 6851); else, with UIDs that were looked up first, so that
 * exactly those go that were copied: UID COPY, UID STORE, and UID EXPUNGE (RFC 4315).  Without UIDPLUS
 * they are only marked \Deleted: DONE with HARK_WAY_LEFT_DELETED.  A COPY that is refused leaves all as
 * it was.  COPYUID, where it comes, says what was copied: only that is removed; where it
 * contradicts itself nothing is (HARK_ERR_STATE, HARK_WAY_IN_BOTH).  A long list of UIDs is moved in
 * parts, each to its end.  Message numbers are HARK_ERR_ARG where UIDONLY is enabled (RFC 9586). */
HARK_API hark_task *hark_task_move(hark_client *c, unsigned flags, const char *set, const char *mailbox);

/* m into mailbox, in the place of the message with that number (HARK_UID: UID; 0: the last one) of the
 * selected mailbox.  REPLACE (RFC 8508), else APPEND and the removal as above.  HARK_ERR_STATE: there is
 * no such message, and nothing was done.  The bytes are asked for by HARK_EV_SEND_DATA. */
HARK_API hark_task *hark_task_replace(hark_client *c, unsigned flags, uint32_t number,
                                      const char *mailbox, const hark_message *m);

/* Several messages, in this order.  MULTIAPPEND (RFC 3502), 64 at a time, which are taken all or none;
 * else one by one up to the first that is refused.  Their bytes are asked for by HARK_EV_SEND_DATA, one
 * event for each that is not empty; count says how many were taken. */
HARK_API hark_task *hark_task_append(hark_client *c, const char *mailbox,
                                     const hark_message *const *messages, size_t n);

/* --- mailboxes --- */

#define HARK_TASK_MYRIGHTS 1u /* our rights, too; nothing where the server has neither LIST-MYRIGHTS nor ACL */
/* The mailboxes that match, each with what status names ("MESSAGES UNSEEN"; NULL: nothing) and with these
 * entries of METADATA (ended by NULL; NULL: none; nothing where the server has no METADATA).
 * LIST-STATUS (RFC 5819), LIST-MYRIGHTS (RFC 8440), LIST-METADATA (RFC 9590); else LIST, and STATUS,
 * MYRIGHTS and GETMETADATA for each that can be selected, at once behind it.  The answers are the events
 * LIST, STATUS, MYRIGHTS and METADATA.  HARK_ERR_LIMIT: more names waited than hark_limits::items and output
 * allow, and the rest was only listed. */
HARK_API hark_task *hark_task_list(hark_client *c, const char *reference, const char *pattern,
                                   const char *status, const char *const *metadata, unsigned flags);

/* What mailboxes are for, as attributes (\Sent, \Trash, ...) of LIST or XLIST events.  SPECIAL-USE (RFC
 * 6154), else XLIST.  HARK_ERR_CAP: the server does not say, and names are not guessed from. */
HARK_API hark_task *hark_task_special_use(hark_client *c);

/* use: "\\Archive", or NULL.  CREATE-SPECIAL-USE (RFC 6154); else a mailbox without a use:
 * HARK_WAY_CREATE alone. */
HARK_API hark_task *hark_task_create(hark_client *c, const char *mailbox, const char *use);

/* The event NAMESPACE (RFC 2342); else that of LIST "" "", which tells the delimiter. */
HARK_API hark_task *hark_task_namespace(hark_client *c);

/* Leaves the selected mailbox, and nothing in it is removed.  UNSELECT (RFC 3691); else the same mailbox
 * is opened by EXAMINE, and then CLOSE removes nothing (RFC 3501 section 6.4.2).  HARK_ERR_STATE:
 * the server did not open it to be read only, and it stays open. */
HARK_API hark_task *hark_task_unselect(hark_client *c);

/* --- searching --- */

/* Puts the keys with the calls of hark/search.h; called once for each command that is tried.  Text that
 * may be other than ASCII goes through the two calls below, which know the charset. */
typedef void (*hark_task_keys)(void *ud, hark_task *t, hark_builder *q);
HARK_API void hark_task_q_text(hark_task *t, hark_builder *q, const char *key, const char *utf8);
HARK_API void hark_task_q_header(hark_task *t, hark_builder *q, const char *name, const char *utf8);

/* returns: HARK_SEARCH_MIN, MAX, COUNT, ALL, what is wanted to be known.  ESEARCH (RFC 4731); else,
 * or where capabilities are not known yet, SEARCH, and the same is computed.  A server that refuses UTF-8
 * (BADCHARSET) and names ISO-8859-1 is asked once more in that, where the text fits.  HARK_ERR_LIMIT: more
 * than 16 million numbers. */
HARK_API hark_task *hark_task_search(hark_client *c, unsigned flags, uint32_t returns, hark_task_keys keys,
                                     void *ud);

typedef struct hark_task_found {
  uint32_t have;  /* HARK_SEARCH_*: those of returns that are known; no MIN and MAX where nothing matches */
  uint32_t min, max;
  uint64_t count;
  const hark_set *all; /* ALL; owned by the task */
} hark_task_found;
/* NULL unless it is a search that is DONE. */
HARK_API const hark_task_found *hark_task_get_found(const hark_task *t);
#ifdef __cplusplus
}
#endif
#endif
