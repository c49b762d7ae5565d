/* core/client.h - the insides of a client, for core/ alone.
 * SPDX-License-Identifier: MIT
 *
 *   wire -> layers.c -> window -> next.c -> response.c, ext -> events
 *   wire <- layers.c <- out    <- queue.c <- command.c      <- commands
 */
#ifndef HARK_CORE_CLIENT_H
#define HARK_CORE_CLIENT_H
#include "base/arena.h"
#include "base/chain.h"
#include "core/extension.h"
#include "wire/class.h"
#include "wire/frame.h"
#include "wire/put.h"
#include <hark/command.h>
#include <hark/fetch.h>
#include <hark/layer.h>

/* Shared inside the library: spelled hark__ for the linker. */
#define core_authenticated       hark__core_authenticated
#define core_capabilities_forget hark__core_capabilities_forget
#define core_capabilities_set    hark__core_capabilities_set
#define core_begin               hark__core_begin
#define core_builder_reset       hark__core_builder_reset
#define core_cause               hark__core_cause
#define core_command_clear       hark__core_command_clear
#define core_command_new         hark__core_command_new
#define core_compact             hark__core_compact
#define core_cond                hark__core_cond
#define core_consume             hark__core_consume
#define core_continuation        hark__core_continuation
#define core_done                hark__core_done
#define core_encrypted           hark__core_encrypted
#define core_event               hark__core_event
#define core_event_num           hark__core_event_num
#define core_fill                hark__core_fill
#define core_enable              hark__core_enable
#define core_enabled_forget      hark__core_enabled_forget
#define core_expected            hark__core_expected
#define core_ext_command         hark__core_ext_command
#define core_fail                hark__core_fail
#define core_fail_str            hark__core_fail_str
#define core_fail_as             hark__core_fail_as
#define core_find                hark__core_find
#define core_flush               hark__core_flush
#define core_forgive             hark__core_forgive
#define core_greeting            hark__core_greeting
#define core_has                 hark__core_has
#define core_idle                hark__core_idle
#define core_inflight            hark__core_inflight
#define core_layers_decode       hark__core_layers_decode
#define core_layers_ended        hark__core_layers_ended
#define core_layers_eof          hark__core_layers_eof
#define core_layers_flush        hark__core_layers_flush
#define core_layers_free         hark__core_layers_free
#define core_layers_ready        hark__core_layers_ready
#define core_layers_shutdown     hark__core_layers_shutdown
#define core_leave               hark__core_leave
#define core_log                 hark__core_log
#define core_log_command         hark__core_log_command
#define core_log_note            hark__core_log_note
#define core_malformed           hark__core_malformed
#define core_malformed_line      hark__core_malformed_line
#define core_not_imap            hark__core_not_imap
#define core_number              hark__core_number
#define core_parse               hark__core_parse
#define core_phase               hark__core_phase
#define core_refill              hark__core_refill
#define core_refused             hark__core_refused
#define core_remove              hark__core_remove
#define core_respond             hark__core_respond
#define core_response_ignored    hark__core_response_ignored
#define core_scan                hark__core_scan
#define core_send                hark__core_send
#define core_sent                hark__core_sent
#define core_send_line           hark__core_send_line
#define core_state_free          hark__core_state_free
#define core_status              hark__core_status
#define core_streaming           hark__core_streaming
#define core_under_way           hark__core_under_way
#define core_unsend              hark__core_unsend
#define core_untagged            hark__core_untagged
#define core_verdict             hark__core_verdict
#define core_window_free         hark__core_window_free
#define core_word                hark__core_word

typedef enum command_state {
  COMMAND_BUILDING,
  COMMAND_QUEUED,  /* nothing of it has left */
  COMMAND_LEAVING, /* a synchronising literal waits for its "+" */
  COMMAND_STREAMING, /* the bytes of a literal come from the program */
  COMMAND_REFUSED, /* answered while streaming: blanks make up what was announced */
  COMMAND_SENT,
  COMMAND_UNSENT /* UNSENT: err says why; its DONE is due */
} command_state;

enum { MAX_NEEDS = 12 };

typedef struct hark_builder {
  struct hark_builder *next;
  hark_client *c;
  hark_cmd id;
  const ext_command *row; /* when it may leave; never NULL */
  ext_effect effect;
  const char *answers; /* row->answers, or ext_answers() */
  command_state state;
  bool uid;       /* "UID FETCH": no message numbers */
  bool numbers;   /* ext_numbers() */
  bool opened;    /* a "(" was put last: no space follows */
  const char *needs[MAX_NEEDS]; /* ext_needs(), besides row->capability; then NULL */
  uint32_t noted;               /* ext_note() */
  size_t depth;   /* lists that are open */
  size_t charset; /* where in text CHARSET would stand; 0: nowhere */
  size_t list;    /* where in text a "(" may come in: ext_list_begins() */
  put text;       /* without the tag */
  size_t left;    /* bytes of text in the output */
  size_t mark;    /* the next mark of text */
  uint64_t end;   /* c->out.put when what may leave of it stood there */
  uint64_t stream; /* bytes of the literal being streamed that are still due */
  int err;        /* UNSENT */
  uint64_t selection; /* hark_only_in(); 0: any */
  char *argument; /* SELECT: the mailbox, AUTHENTICATE: the initial answer in base64; or NULL */
  size_t argument_size;
} command;

typedef struct buffer { /* bytes read .. write of p are there */
  uint8_t *p;
  size_t cap, read, write;
} buffer;

#define CHARSET_UTF8 " CHARSET UTF-8"
enum { MAX_LAYERS = 3, MAX_EVENTS = 8, SMALL = 256, KEPT = 256, ERROR_TEXT = 640 };

typedef struct layer_slot {
  hark_layer *layer;
  buffer in;     /* what its decode has not yet taken */
  size_t barren; /* bytes taken since something came out */
  int failed;    /* its decode, for good */
} layer_slot;

/* Where next.c is in what the server says. */
typedef enum reading {
  READ_LINE,
  READ_FETCH_OPEN,
  READ_FETCH_ITEM,
  READ_BODY,
  READ_BODY_END,
  READ_FETCH_REST,
  READ_ELEMENTS,
  READ_SKIP
} reading;

typedef struct section { /* of BODY[...]: how much of it was looked at */
  size_t at;
  bool quoted;
} section;

struct ext_call {
  hark_client *c;
  const ext_word *word;
  uint64_t number;
  hark_cmd cmd;
  bool last, run;
  char delimiter;
  hark_ev_item *item; /* of an item parser */
  hark_ev_cond *cond; /* of a code parser */
};

struct hark_client {
  mem mem;
  hark_log_fn log;
  void *log_ud;
  uint32_t flags;
  hark_limits limits;

  /* bytes in */
  buffer in;     /* plain bytes; the piece being read begins at in.read */
  uint64_t base; /* offset in the stream of in.p[0] */
  layer_slot layers[MAX_LAYERS];
  size_t nlayers;
  bool unflushed; /* the layers may hold bytes of what was sent */
  uint8_t *place; /* given out by hark_recv_buf(), or NULL */
  size_t place_size;
  uint8_t small[SMALL], small_wire[SMALL]; /* places of an idle client */
  bool burst;                              /* the small place was too small */
  bool drained;                            /* hark_next() has returned NULL since the last bytes */
  bool eof;
  int eof_err; /* why the wire ended, when the adapter said so */

  /* reading */
  reading reading;
  frame frame;
  bool classified, first_line_done;
  bool skip_silent; /* READ_SKIP tells no MALFORMED */
  const char *skip_reason;
  reading skip_then;
  uint64_t skip_offset;
  uint8_t kept[KEPT]; /* the beginning of what is skipped */
  size_t nkept;
  section section; /* of the item being read */
  uint64_t body_left;
  hark_str body_bytes; /* as told last */
  ext_call call; /* of the response being read, if it comes in pieces */
  void *state;   /* ext_state(): kept from answer to answer until the client is idle */
  size_t state_size;
  bool state_begun; /* of this answer */
  bool awaited; /* its bytes count as heard */
  uint64_t heard;

  /* events */
  arena arena;
  hark_event events[MAX_EVENTS];
  size_t nevents, told;
  hark_event done; /* of commands that the server will not answer */
  hark_ev_cond lost;

  /* bytes out */
  chain out;
  uint64_t shown;    /* of out.put, by hark_send_buf() */
  uint64_t uploaded; /* of out.put: what is in front of it counts as heard when it is taken */
  command *commands; /* sent ones first, then those that wait; oldest first */
  command *newest;   /* the last of them */
  command builder; /* always there: what is put into it without hark_cmd_begin() comes to HARK_ERR_STATE */
  int32_t next_id;
  bool ids_again; /* they have begun again */
  size_t queued_bytes;
  uint32_t inflight; /* sent, not DONE */
  uint32_t unsent;   /* UNSENT, not DONE */

  /* what is known */
  hark_phase phase;
  bool greeted, tls_seen, layer_awaited;
  int32_t layer_kind;
  bool continued; /* IDLE accepted */
  bool done_wanted, done_sent;
  bool respond_awaited, cancelled, proof_open, proof_awaited; /* AUTHENTICATE */
  bool responded;     /* to its challenge, or with the command */
  uint64_t responses; /* out.put behind our last answer to a challenge */
  bool data_due; /* HARK_EV_SEND_DATA */
  bool bye, closing, closed;
  char *selected;
  size_t selected_size;
  uint64_t selections; /* hark_selection() */
  char *capabilities; /* packed: NAME NUL NAME NUL */
  size_t capabilities_size;
  char *enabled; /* packed likewise */
  size_t enabled_size, nenabled;
  bool utf8; /* mailbox names are UTF-8 */
  bool capabilities_known, capabilities_fresh, capabilities_asked;

  int error;
  char error_text[ERROR_TEXT];
};

/* client.c */
void core_fail(hark_client *c, int err, const char *detail);
void core_fail_str(hark_client *c, int err, const char *detail, hark_str of);
void core_fail_as(hark_client *c, int err, const char *sentence); /* without our own words */
static inline bool core_dead(const hark_client *c) { return c->error || c->closed || c->closing; }
bool core_authenticated(const hark_client *c);
bool core_encrypted(const hark_client *c); /* a TLS layer is ready */
/* Events queued now are told by the next calls of hark_next(), in this order. */
hark_event *core_event(hark_client *c, int type, hark_cmd cmd, const void *payload);
hark_event *core_event_num(hark_client *c, int type, hark_cmd cmd, uint64_t num);

/* window.c */
int core_refill(hark_client *c); /* 1: more bytes in the window, 0: not now, negative: failed */
void core_compact(hark_client *c, buffer *b); /* what was read makes room */
void core_consume(hark_client *c, size_t n);
void core_window_free(hark_client *c);
bool core_idle(const hark_client *c); /* nothing is awaited */

/* layers.c */
int core_send(hark_client *c, const void *p, size_t n); /* through the layers into out */
void core_layers_flush(hark_client *c);
bool core_layers_ready(const hark_client *c);
void core_layers_free(hark_client *c);
void core_layers_shutdown(hark_client *c);
int core_layers_decode(hark_client *c);
bool core_layers_ended(const hark_client *c); /* by the peer's word, the wire open or not */
int core_layers_eof(hark_client *c);

/* response.c: a complete line without its line end, from the first byte on. */
void core_status(hark_client *c, hark_str line); /* untagged or tagged, free text */
void core_untagged(hark_client *c, hark_str line);
void core_malformed(hark_client *c, hark_str bytes, uint64_t offset, const char *reason, int type);
/* Fatal before sign-in. */
void core_malformed_line(hark_client *c, hark_str line, const char *reason);
/* "STATUS: number expected", in the arena: why s could not be read to its end as a word. */
const char *core_expected(hark_client *c, const char *word, const scan *s);
bool core_response_ignored(const hark_client *c, ext_when when);
/* The command that alone can have caused response word, or 0; *awaited: some command waits for it.
 */
hark_cmd core_cause(const hark_client *c, const char *word, bool *awaited);

/* cond.c */
bool core_cond(hark_client *c, hark_str line, hark_ev_cond *cond);
int core_verdict(hark_str word); /* hark_verdict, or -1 */

/* greeting.c */
void core_greeting(hark_client *c, const hark_ev_cond *cond);
void core_not_imap(hark_client *c, hark_str begin);

/* answer.c */
void core_continuation(hark_client *c, hark_str line);
void core_done(hark_client *c, command *cmd, hark_ev_cond *cond);
command *core_find(const hark_client *c, hark_str tag);
void core_phase(hark_client *c, hark_phase phase);

/* caps.c */
bool core_capabilities_set(hark_client *c, scan *s, hark_cmd cmd);
void core_capabilities_forget(hark_client *c);
bool core_has(const hark_client *c, hark_str capability); /* hark_has() */
bool core_enable(hark_client *c, hark_str capability); /* false: out of memory */
void core_enabled_forget(hark_client *c);

/* queue.c */
void core_flush(hark_client *c);
bool core_under_way(const command *cmd); /* some of it was sent, and not all is over */
command *core_sent(command *cmd);        /* cmd or the next behind it that is under way, or NULL */
void core_unsend(command *cmd, int err);

/* leave.c */
void core_begin(hark_client *c, command *cmd); /* tag and all, of a command that nothing holds */
int core_send_line(hark_client *c, const char *text, size_t n, bool secret);
int core_respond(hark_client *c, const char *base64, size_t n); /* to a challenge */
/* What of cmd may leave now: to the next literal that waits for its "+" or for the program. */
void core_leave(hark_client *c, command *cmd);
/* Its NO or BAD has come while a literal was streamed: the literal must still be filled. */
void core_refused(hark_client *c, command *cmd);
bool core_fill(hark_client *c); /* true: one is over, and others may leave */
command *core_streaming(const hark_client *c); /* the command that awaits the program's bytes, or NULL */
void core_remove(hark_client *c, command *cmd);
command *core_inflight(const hark_client *c, ext_effect of); /* sent, not answered; or NULL */

/* command.c */
command *core_command_new(hark_client *c, const char *name); /* NULL: out of memory */
void core_command_clear(hark_client *c, command *cmd);       /* gives back what it holds */
void core_builder_reset(hark_client *c);                     /* to one that was not begun */
void core_number(hark_client *c, command *cmd);              /* gives it its id, and queues it */

/* extension.c */
typedef enum ext_table { TABLE_RESPONSES, TABLE_ITEMS, TABLE_CODES, TABLE_COMMANDS } ext_table;
const ext_word *core_word(ext_table table, hark_str word);
const ext_command *core_ext_command(const char *name);
/* Calls a parser; false: nothing was told, malformed (or memory failed: then the client has). */
bool core_parse(hark_client *c, ext_call *call, scan *s);
void core_scan(hark_client *c, scan *s, hark_str text);
void core_state_free(hark_client *c);

/* log.c */
void core_log(hark_client *c, int kind, hark_str line);
void core_log_note(hark_client *c, const char *what);
/* true: lenient, and noted ("forgiven: ..."); false: strict. */
bool core_forgive(hark_client *c, const char *note);
void core_log_command(hark_client *c, const command *cmd);

#endif
