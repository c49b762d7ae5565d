/* core/fields.c - how the core's own events are printed.
 * SPDX-License-Identifier: MIT */
#include "core/client.h"

extern const ext_fields hark__base_events[];

#define FIELD(type, name, kind, of)                                                                \
  { #name, offsetof(type, name), 0, HARK_FIELD_##kind, of }
#define INLINE(name, kind, of)                                                                     \
  { name, HARK_FIELD_INLINE, 0, HARK_FIELD_##kind, of }
#define NAME(text, value)                                                                          \
  { text, value, 0, 0, NULL }
#define END                                                                                        \
  { NULL, 0, 0, 0, NULL }

static const hark_field verdicts[] = {
    NAME("OK", HARK_VERDICT_OK),     NAME("NO", HARK_VERDICT_NO),
    NAME("BAD", HARK_VERDICT_BAD),   NAME("PREAUTH", HARK_VERDICT_PREAUTH),
    NAME("BYE", HARK_VERDICT_BYE),   NAME("UNSENT", HARK_VERDICT_UNSENT),
    NAME("LOST", HARK_VERDICT_LOST), END};
static const hark_field phases[] = {NAME("GREETING", HARK_PHASE_GREETING),
                                    NAME("NOT_AUTHENTICATED", HARK_PHASE_NOT_AUTHENTICATED),
                                    NAME("AUTHENTICATED", HARK_PHASE_AUTHENTICATED),
                                    NAME("SELECTED", HARK_PHASE_SELECTED),
                                    NAME("LOGOUT", HARK_PHASE_LOGOUT),
                                    END};
static const hark_field layer_kinds[] = {NAME("TLS", HARK_LAYER_TLS),
                                         NAME("DEFLATE", HARK_LAYER_DEFLATE), END};

static const hark_field cond[] = {FIELD(hark_ev_cond, verdict, ENUM, verdicts),
                                  FIELD(hark_ev_cond, err, INT, NULL),
                                  FIELD(hark_ev_cond, code_id, INT, NULL),
                                  FIELD(hark_ev_cond, code, STR, NULL),
                                  FIELD(hark_ev_cond, code_args, STR, NULL),
                                  FIELD(hark_ev_cond, code_num, U64, NULL),
                                  FIELD(hark_ev_cond, text, STR, NULL),
                                  FIELD(hark_ev_cond, tag, STR, NULL),
                                  END};
static const hark_field list[] = {{"list", 0, 0, HARK_FIELD_STRS, NULL}, END};
static const hark_field bytes[] = {{"bytes", 0, 0, HARK_FIELD_STR, NULL}, END};
static const hark_field number[] = {INLINE("num", U64, NULL), END};
static const hark_field phase[] = {INLINE("num", ENUM, phases), END};
static const hark_field layer[] = {INLINE("num", ENUM, layer_kinds), END};
static const hark_field item[] = {
    FIELD(hark_ev_item, kind, INT, NULL), FIELD(hark_ev_item, name, STR, NULL),
    FIELD(hark_ev_item, raw, STR, NULL), FIELD(hark_ev_item, section, STR, NULL), END};
static const hark_field body[] = {FIELD(hark_ev_body, name, STR, NULL),
                                  FIELD(hark_ev_body, section, STR, NULL),
                                  FIELD(hark_ev_body, origin, U64, NULL),
                                  FIELD(hark_ev_body, size, U64, NULL),
                                  FIELD(hark_ev_body, nil, BOOL, NULL),
                                  FIELD(hark_ev_body, partial, BOOL, NULL),
                                  END};
static const hark_field malformed[] = {FIELD(hark_ev_malformed, bytes, STR, NULL),
                                       FIELD(hark_ev_malformed, offset, U64, NULL),
                                       FIELD(hark_ev_malformed, reason, STR, NULL), END};

const ext_fields hark__base_events[] = {{HARK_EV_GREETING, "GREETING", cond},
                                        {HARK_EV_COND, "COND", cond},
                                        {HARK_EV_BYE, "BYE", cond},
                                        {HARK_EV_DONE, "DONE", cond},
                                        {HARK_EV_CAPABILITY, "CAPABILITY", list},
                                        {HARK_EV_CHALLENGE, "CHALLENGE", bytes},
                                        {HARK_EV_IDLING, "IDLING", NULL},
                                        {HARK_EV_LAYER, "LAYER", layer},
                                        {HARK_EV_PHASE, "PHASE", phase},
                                        {HARK_EV_CONTINUE, "CONTINUE", cond},
                                        {HARK_EV_SEND_DATA, "SEND_DATA", number},
                                        {HARK_EV_FETCH, "FETCH", number},
                                        {HARK_EV_UIDFETCH, "UIDFETCH", number},
                                        {HARK_EV_ITEM, "ITEM", item},
                                        {HARK_EV_BODY, "BODY", body},
                                        {HARK_EV_BODY_DATA, "BODY_DATA", bytes},
                                        {HARK_EV_BODY_END, "BODY_END", NULL},
                                        {HARK_EV_FETCH_END, "FETCH_END", NULL},
                                        {HARK_EV_UNKNOWN, "UNKNOWN", malformed},
                                        {HARK_EV_MALFORMED, "MALFORMED", malformed},
                                        {0, NULL, NULL}};
