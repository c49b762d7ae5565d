/* hark/driver.h - from the greeting to a mailbox that is listened to, step by step.  Optional.
 * SPDX-License-Identifier: MIT
 *
 *   GREETING -> [CAPABILITY] -> [STARTTLS -> LAYER -> [CAPABILITY]] -> SIGN_IN -> PREPARE -> READY
 *                                                                                 | ID, ENABLE, SELECT
 *
 * A driver is a struct of the program's, which fills in what it wants and gives it every event of one
 * client; the driver queues the commands that follow.  It has no memory, clock or I/O of its own.  Commands are
 * queued as soon as they are certain and leave when the client lets them: it takes no round trip more
 * than the client alone.  (RFC 9051 sections 3, 5.5, 6.2; ARCHITECTURE.md, "What may leave when".)
 *
 *   hark_driver d;
 *   hark_driver_init(&d);
 *   d.user = "me", d.password = secret, d.mailbox = "INBOX", d.layer = make_tls, d.idle = true;
 *   for (;;) {
 *     ... bytes in, bytes out ...
 *     while ((ev = hark_next(c))) hark_driver_event(&d, c, ev, now);
 *     hark_driver_tick(&d, c, now);
 *     ... wait for bytes, until hark_driver_deadline(&d) at most ...
 *   }
 *
 * The program may queue commands at any time, from callbacks, too; IDLE makes way for them.  It may not
 * call hark_next() or hark_free() from a callback. */
#ifndef HARK_DRIVER_H
#define HARK_DRIVER_H
#include <hark/event.h>
#include <hark/layer.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef enum hark_step {
  HARK_STEP_GREETING,   /* it is awaited */
  HARK_STEP_CAPABILITY, /* asked for where the server has not said it by itself */
  HARK_STEP_STARTTLS,
  HARK_STEP_LAYER,      /* it was accepted: a layer is pushed */
  HARK_STEP_SIGN_IN,    /* LOGIN or AUTHENTICATE is queued; after a refusal perhaps again */
  HARK_STEP_PREPARE,    /* ID, ENABLE, SELECT are queued, to leave with it where that is allowed */
  HARK_STEP_READY,      /* all of them are answered */
  HARK_STEP_LISTEN,     /* IDLE, each time it begins (anew); NOOP where it is not to be had */
  HARK_STEP_GIVE_UP,    /* LOGOUT, for the reason in err or after a refusal */
  HARK_STEP_CLOSED      /* nothing more will happen; hark_error() says whether it should be so */
} hark_step;

typedef enum hark_starttls_when {
  HARK_STARTTLS_REQUIRED, /* not offered, or PREAUTH: HARK_ERR_PLAIN.  Give the client HARK_REQUIRE_TLS, too */
  HARK_STARTTLS_WANTED,   /* where it is offered; whoever stands between can take the offer away */
  HARK_STARTTLS_NEVER     /* TLS is there from the first byte, or the connection needs none */
} hark_starttls_when;

#define HARK_DRIVER_SKIP 1 /* for step(): the program has seen to it */

typedef struct hark_driver hark_driver;
struct hark_driver {
  size_t size;                  /* sizeof(hark_driver), set by hark_driver_init() */
  /* --- the program's; all may stay 0, [default].  Strings must live as long as they may be used. */
  void       *ud;               /* for callbacks */
  int32_t     starttls;         /* hark_starttls_when [REQUIRED] */
  const char *user, *password;  /* for LOGIN, where there is no sign_in() */
  const char *const *id;        /* for ID (hark/ext/id.h): name, value, ..., NULL [no ID] */
  const char *enable;           /* for ENABLE: "CONDSTORE QRESYNC" [none]; a refusal does no harm */
  const char *mailbox;          /* to be selected, in UTF-8 [none] */
  const char *select_options;   /* "(CONDSTORE)" [none] */
  bool        examine;          /* read only */
  bool        idle;             /* listen whenever nothing else is under way */
  uint32_t    renew_ms;         /* IDLE is ended and begun anew after so long [1680000, 28 minutes]; at most
                                 * 29 minutes (RFC 9051 section 6.3.13).  Many routers forget sooner */
  uint32_t    poll_ms;          /* NOOP after so long where there is no IDLE [120000] */
  uint32_t    silence_ms;       /* nothing of an awaited answer: HARK_ERR_NET [60000]; UINT32_MAX: never */
  /* --- callbacks; each may be NULL [what happens then] */
  /* Before each step: 0: go on; HARK_DRIVER_SKIP: go on as if it were done, for the program has done it (LAYER:
   * pushed one) or does not want it (STARTTLS: then it is plain); a negative hark_err: give up.  Skipping
   * GIVE_UP leaves out LOGOUT; skipping GREETING, READY, CLOSED changes nothing.  [go on] */
  int         (*step)(void *ud, hark_driver *d, hark_client *c, int step);
  /* The client is in another phase, or has another mailbox.  [nothing] */
  void        (*phase)(void *ud, hark_client *c, hark_phase phase);
  /* A layer of this hark_layer_kind: hark_tls_layer(); the client owns it then.  [HARK_ERR_LAYER] */
  hark_layer *(*layer)(void *ud, hark_client *c, int kind);
  /* Queues LOGIN or AUTHENTICATE; capabilities are known.  [LOGIN; without a user HARK_ERR_ARG] */
  hark_cmd    (*sign_in)(void *ud, hark_client *c);
  /* Answers a challenge: hark_sasl_step().  [hark_respond_cancel()] */
  int         (*challenge)(void *ud, hark_client *c, const hark_event *ev);
  /* OK to the sign-in: has the server proved itself?  hark_sasl_finish().  [hark_authenticated()] */
  int         (*signed_in)(void *ud, hark_client *c, const hark_event *done);
  /* Queues more to go in front of SELECT: NAMESPACE, LIST.  0, or an error: give up.  [nothing] */
  int         (*prepare)(void *ud, hark_client *c);
  /* The sign-in (done->cmd is sign_in_cmd) or the SELECT (select_cmd) was refused, or could not be
   * sent: the command that was queued to try again, or 0.  [0]  Then, or for an error: give up. */
  hark_cmd    (*refused)(void *ud, hark_driver *d, hark_client *c, const hark_event *done);
  /* --- the driver's, to be read: a hark_cmd is 0 while none is under way */
  int32_t  now_at;              /* hark_step begun last */
  int32_t  err;                 /* hark_err for which it gave up */
  hark_cmd capability_cmd, starttls_cmd, sign_in_cmd, enable_cmd, select_cmd, listen_cmd;
  bool     ready;
  /* --- the driver's, not to be read */
  bool     tls_settled, idling, ending_idle, no_idle, leaving, started, rests;
  uint8_t  short_idles;
  uint32_t waiting;             /* for answers */
  uint64_t heard, heard_at, listen_at;
};

HARK_API void hark_driver_init_sized(hark_driver *d, size_t size);
#define hark_driver_init(d) hark_driver_init_sized((d), sizeof(hark_driver))
/* Every event of the client, its first one included.  now_ms: any clock that does not go back.  Returns 0, the
 * err for which the driver has given up, or hark_error(). */
HARK_API int hark_driver_event(hark_driver *d, hark_client *c, const hark_event *ev, uint64_t now_ms);
/* When hark_next() has been drained and when the deadline has come: begins, renews and ends IDLE, and notices
 * silence.  A first call before the greeting begins its time.  Returns as hark_driver_event(). */
HARK_API int hark_driver_tick(hark_driver *d, hark_client *c, uint64_t now_ms);
/* By then hark_driver_tick() is to be called; UINT64_MAX: not before the next event. */
HARK_API uint64_t hark_driver_deadline(const hark_driver *d);
HARK_API const char *hark_step_name(int step); /* "SIGN_IN"; NULL for a number that is none */
#ifdef __cplusplus
}
#endif
#endif
