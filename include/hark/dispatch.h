/* hark/dispatch.h - several subscribers for each event.  Optional: a loop around hark_next() does, too.
 * SPDX-License-Identifier: MIT
 *
 *   hark_dispatch *d = hark_dispatch_new(NULL);
 *   hark_dispatch_add(d, HARK_EV_EXISTS, show_count, window);
 *   hark_dispatch_add_command(d, hark_noop(c), noop_answered, window);
 *   ... whenever bytes have come: hark_dispatch_run(d, c);
 *
 * A handler may subscribe, unsubscribe, clear and queue commands.  Whoever is subscribed meanwhile gets
 * the next event first; whoever is taken off gets nothing more, the event that is just being told
 * included.  It must not call hark_next(), hark_recv_buf(), hark_feed() or hark_free() of that client, nor
 * hark_dispatch_free(): the others still read the event.  Use one dispatch for each client: commands of two
 * have the same numbers.  Telling an event costs a look at every subscriber, taking one off likewise. */
#ifndef HARK_DISPATCH_H
#define HARK_DISPATCH_H
#include <hark/event.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct hark_dispatch hark_dispatch;
typedef void (*hark_handler)(void *ud, hark_client *c, const hark_event *ev);
/* Who is subscribed: positive and never used again; a negative value is a hark_err. */
typedef int64_t hark_subscription;

/* config (its allocator) may be NULL and is not kept.  Returns NULL when out of memory. */
HARK_API hark_dispatch *hark_dispatch_new(const hark_config *config);
HARK_API void           hark_dispatch_free(hark_dispatch *d);

#define HARK_EVERY_EVENT 0
/* Events with numbers from here on are the program's own, for hark_dispatch_invoke(). */
#define HARK_EV_PROGRAM  1000000
/* type: hark_event_type, a number of an extension or of the program, HARK_EVERY_EVENT.  The same handler
 * may be subscribed several times.  HARK_ERR_NOMEM; HARK_ERR_ARG: fn is NULL. */
HARK_API hark_subscription hark_dispatch_add(hark_dispatch *d, int type, hark_handler fn, void *ud);
/* What answers cmd, DONE last: then the subscription ends by itself.  A cmd that is an error (nothing was
 * queued) is returned as it is; HARK_ERR_ARG: 0. */
HARK_API hark_subscription hark_dispatch_add_command(hark_dispatch *d, hark_cmd cmd, hark_handler fn, void *ud);
/* 0; HARK_ERR_ARG: it is not subscribed (any more). */
HARK_API int hark_dispatch_remove(hark_dispatch *d, hark_subscription id);
/* Takes off all that were subscribed with this type; HARK_EVERY_EVENT is a type of its own. */
HARK_API void hark_dispatch_clear(hark_dispatch *d, int type);
HARK_API void hark_dispatch_clear_all(hark_dispatch *d); /* those of commands, too */
HARK_API size_t hark_dispatch_count(const hark_dispatch *d); /* of subscribers */

/* Tells one event in the order of subscription; returns how many handlers were called.  Handlers may call it
 * with events of the program. */
HARK_API size_t hark_dispatch_invoke(hark_dispatch *d, hark_client *c, const hark_event *ev);
/* Tells all events that the client has; HARK_ERR_STATE: called by a handler.  Else hark_error() of c. */
HARK_API int hark_dispatch_run(hark_dispatch *d, hark_client *c);
#ifdef __cplusplus
}
#endif
#endif
