/* core/fields.c - how the core's own events are printed.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"

extern const ext_fields hark__base_events[];

const hark_field ext_named_fields[] = {
    FIELD(hark_named, name, STR), FIELD(hark_named, value, STR), {0}};

static const hark_field verdicts[] = {
    FIELD_NAME("OK", HARK_VERDICT_OK),     FIELD_NAME("NO", HARK_VERDICT_NO),
    FIELD_NAME("BAD", HARK_VERDICT_BAD),   FIELD_NAME("PREAUTH", HARK_VERDICT_PREAUTH),
    FIELD_NAME("BYE", HARK_VERDICT_BYE),   FIELD_NAME("UNSENT", HARK_VERDICT_UNSENT),
    FIELD_NAME("LOST", HARK_VERDICT_LOST), {0}};
static const hark_field phases[] = {FIELD_NAME("GREETING", HARK_PHASE_GREETING),
                                    FIELD_NAME("NOT_AUTHENTICATED", HARK_PHASE_NOT_AUTHENTICATED),
                                    FIELD_NAME("AUTHENTICATED", HARK_PHASE_AUTHENTICATED),
                                    FIELD_NAME("SELECTED", HARK_PHASE_SELECTED),
                                    FIELD_NAME("LOGOUT", HARK_PHASE_LOGOUT),
                                    {0}};
static const hark_field layer_kinds[] = {
    FIELD_NAME("TLS", HARK_LAYER_TLS), FIELD_NAME("DEFLATE", HARK_LAYER_DEFLATE), {0}};

static const hark_field cond[] = {FIELD_OF(hark_ev_cond, verdict, ENUM, verdicts),
                                  FIELD(hark_ev_cond, err, INT),
                                  FIELD(hark_ev_cond, code_id, INT),
                                  FIELD(hark_ev_cond, code, STR),
                                  FIELD(hark_ev_cond, code_args, STR),
                                  FIELD(hark_ev_cond, code_num, U64),
                                  FIELD(hark_ev_cond, text, STR),
                                  FIELD(hark_ev_cond, tag, STR),
                                  {0}};
static const hark_field list[] = {FIELD_SELF("list", STRS), {0}};
static const hark_field bytes[] = {FIELD_SELF("bytes", STR), {0}};
static const hark_field number[] = {FIELD_INLINE("num", U64, NULL), {0}};
static const hark_field phase[] = {FIELD_INLINE("num", ENUM, phases), {0}};
static const hark_field layer[] = {FIELD_INLINE("num", ENUM, layer_kinds), {0}};
static const hark_field item[] = {FIELD(hark_ev_item, kind, INT),
                                  FIELD(hark_ev_item, name, STR),
                                  FIELD(hark_ev_item, raw, STR),
                                  FIELD(hark_ev_item, section, STR),
                                  {0}};
static const hark_field body[] = {FIELD(hark_ev_body, name, STR),
                                  FIELD(hark_ev_body, section, STR),
                                  FIELD(hark_ev_body, origin, U64),
                                  FIELD(hark_ev_body, size, U64),
                                  FIELD(hark_ev_body, nil, BOOL),
                                  FIELD(hark_ev_body, partial, BOOL),
                                  {0}};
static const hark_field malformed[] = {FIELD(hark_ev_malformed, bytes, STR),
                                       FIELD(hark_ev_malformed, offset, U64),
                                       FIELD(hark_ev_malformed, reason, STR),
                                       {0}};

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
