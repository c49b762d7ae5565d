/* tests/unit/task_play.h - a task with a client and a server that follows a script.
 * SPDX-License-Identifier: MIT
 *
 *   "C A2 MOVE 1 B"   the client must have sent just this line
 *   "S A2 OK done"    the server says it
 *   "P select B"      the program queues a command of its own: select, noop, idle, logout
 *   "X"               the connection ends
 *
 * A line that the client sends and that the script does not have is a failure.  HARK_EV_SEND_DATA is
 * answered with as many "x".  The mailbox "A" is selected by A1 before the task is made. */
#ifndef TESTS_UNIT_TASK_PLAY_H
#define TESTS_UNIT_TASK_PLAY_H
#include <hark/hark.h>
#include <hark/task.h>

#define SCRIPT(...) (const char *const[]) { __VA_ARGS__, NULL }

typedef hark_task *(*task_make)(hark_client *c);

typedef struct task_play {
  const char *enable;          /* is enabled by A1, and then the mailbox selected by A2 */
  const char *offers;          /* capabilities beside IMAP4rev1; NULL: the server does not say */
  task_make make;
  const char *const *script;   /* ended by NULL */
  /* what must come out */
  int state, err;
  uint32_t way, decided;
  uint64_t count, refused;
  int verdict;                 /* of the answer that decided; -1: none */
  bool early;                  /* made before the greeting; no mailbox is selected */
  const hark_limits *limits;
  void (*look)(const hark_task *t); /* at the end; or NULL */
} task_play;

/* As it should go; then with each allocation failing; then with the connection lost in front of
 * each of the server's lines. */
void task_plays(const task_play *p);
#endif
