/* hark/ext/thread.h - THREAD: a search whose answer is trees.  RFC 5256.
 * SPDX-License-Identifier: MIT
 *
 * The keys are those of hark/search.h, and hark_search_end() ends the command.  Each thread at the top
 * is one HARK_EV_THREAD; behind the last of an answer comes one with last and no nodes, also where
 * there is no thread at all.  A thread may have limits.items messages in limits.depth lists. */
#ifndef HARK_EXT_THREAD_H
#define HARK_EXT_THREAD_H
#include <hark/event.h>
#include <hark/search.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { HARK_EV_THREAD = HARK_EV_EXTENSION + 110 };

/* Parents come before their children, siblings in the order sent: a node's parent is the nearest one
 * before it whose depth is less by one. */
typedef struct hark_thread_node {
  uint32_t number; /* of the message, or its UID; 0: a message that is not there, with children */
  uint32_t depth;  /* 0: the top of the thread */
} hark_thread_node;
typedef struct hark_ev_thread {
  const hark_thread_node *v;
  size_t n;
  bool last; /* no more of this answer follows */
} hark_ev_thread;

/* algorithm: ORDEREDSUBJECT, REFERENCES, or another that the server offers as THREAD=...  charset: of
 * the texts in the keys; NULL: UTF-8.  HARK_ERR_ARG where one of them is no atom; UNSENT where one of
 * these two algorithms, or REFS, is not offered.  RFC 5256 section 3. */
HARK_API hark_builder *hark_thread_begin(hark_client *c, unsigned flags, const char *algorithm,
                                         const char *charset);
/* NULL unless ev is of that type. */
HARK_API const hark_ev_thread *hark_event_thread(const hark_event *ev);
#ifdef __cplusplus
}
#endif
#endif
