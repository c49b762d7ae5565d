/* ext/notify.c - NOTIFY.  RFC 5465 sections 3, 5, 6, 8.  NoAccess and OLDNAME come with LIST, a
 * fetch list behind UPDATE is among the return options of a search. SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/notify.h>

enum { MESSAGE_EVENTS = 0x0f, ALL_EVENTS = 0xff };
enum { NOTED_GROUP = 1, NOTED_SELECTED = 2 }; /* ext_note() */

/* "MessageNew and MessageExpunge MUST always be specified together.  If FlagChange [or
 * AnnotationChange] is specified, then MessageNew and MessageExpunge MUST be specified as well." */
static bool go_together(unsigned events) {
  bool messages = (events & HARK_NOTIFY_MESSAGES) == HARK_NOTIFY_MESSAGES;
  return events <= ALL_EVENTS && (messages || !(events & MESSAGE_EVENTS));
}

static bool is_selected(int scope) {
  return scope == HARK_SCOPE_SELECTED || scope == HARK_SCOPE_SELECTED_DELAYED;
}

/* event-group = "(" filter-mailboxes SP events ")" */
static bool may_be(int scope, unsigned events, const char *items) {
  bool selected = is_selected(scope);
  if (scope == HARK_SCOPE_SUBTREE_ONE || !go_together(events)) return false;
  if (selected && (events & ~(unsigned)MESSAGE_EVENTS)) return false;
  return !items || (selected && (events & HARK_NOTIFY_MESSAGE_NEW));
}

/* events = ("(" event *(SP event) ")") / "NONE"
 * message-event = ("MessageNew" [SP "(" fetch-att *(SP fetch-att) ")"]) / "MessageExpunge" / ... */
static void put_events(hark_builder *b, unsigned events, const char *items) {
  static const char *const names[] = {"MessageNew",
                                      "MessageExpunge",
                                      "FlagChange",
                                      "AnnotationChange",
                                      "MailboxName",
                                      "SubscriptionChange",
                                      "MailboxMetadataChange",
                                      "ServerMetadataChange"};
  if (!events) {
    hark_put_atom(b, "NONE");
    return;
  }
  hark_put_open(b);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (!(events >> i & 1)) continue;
    hark_put_atom(b, names[i]);
    if (!i && items) hark_put_list(b, items);
  }
  hark_put_close(b);
}

/* notify = "NOTIFY" SP (notify-set / notify-none)
 * notify-set = "SET" [SP "STATUS"] SP event-groups */
hark_builder *hark_notify_begin(hark_client *c, bool status) {
  hark_builder *b = hark_cmd_begin(c, "NOTIFY");
  hark_put_atom(b, "SET");
  if (status) hark_put_atom(b, "STATUS");
  return b;
}

/* "Only one of them can be specified in a NOTIFY command." */
void hark_notify_group(hark_builder *b, int scope, const char *const *mailboxes, unsigned events,
                       const char *items) {
  bool again = is_selected(scope) && (ext_noted(b) & NOTED_SELECTED);
  if (again || !may_be(scope, events, items)) ext_refuse(b);
  ext_note(b, NOTED_GROUP | (is_selected(scope) ? NOTED_SELECTED : 0));
  hark_put_open(b);
  hark_put_scope(b, scope, mailboxes);
  put_events(b, events, items);
  hark_put_close(b);
}

hark_cmd hark_notify_end(hark_builder *b) {
  if (!(ext_noted(b) & NOTED_GROUP)) ext_refuse(b);
  return hark_cmd_end(b);
}

/* notify-none = "NONE" */
hark_cmd hark_notify_none(hark_client *c) {
  hark_builder *b = hark_cmd_begin(c, "NOTIFY");
  hark_put_atom(b, "NONE");
  return hark_cmd_end(b);
}

static bool overflow(ext_call *call, scan *s) {
  ext_code(call, HARK_CODE_NOTIFICATIONOVERFLOW, 0);
  return scan_end(s);
}

static bool event_name(scan *s, void *elem) { return scan_atom(s, elem); }

/* unsupported-events-code = "BADEVENT" SP "(" event-name *(SP event-name) ")" */
static bool bad_event(ext_call *call, scan *s) {
  hark_strs *v = ext_code(call, HARK_CODE_BADEVENT, sizeof *v);
  return v && scan_sp(s) && scan_list(s, event_name, sizeof *v->v, &v->v, &v->n) && scan_end(s);
}

const hark_strs *hark_cond_events(const hark_ev_cond *cond) {
  return cond->code_id == HARK_CODE_BADEVENT ? cond->code_data : NULL;
}

static const ext_word codes[] = {{"NOTIFICATIONOVERFLOW", overflow, EXT_WHOLE, EXT_AUTHENTICATED},
                                 {"BADEVENT", bad_event, EXT_WHOLE, EXT_AUTHENTICATED},
                                 {0}};
static const ext_command commands[] = {{"NOTIFY", "NOTIFY", EXT_IN_AUTHENTICATED | EXT_IN_SELECTED,
                                        EXT_SAME, "STATUS LIST", EFFECT_NONE},
                                       {0}};

static const hark_field list[] = {FIELD_SELF("list", STRS), {0}};
static const ext_fields ids[] = {{HARK_CODE_NOTIFICATIONOVERFLOW, "NOTIFICATIONOVERFLOW", NULL},
                                 {HARK_CODE_BADEVENT, "BADEVENT", list},
                                 {0}};

extern const hark__extension hark__ext_notify;
const hark__extension hark__ext_notify = {.codes = codes, .commands = commands, .code_ids = ids};
