/* ext/mailbox.c - what is told of the selected mailbox, and what changes mailboxes.
 * RFC 9051 sections 6.3, 6.4.3, 7.3.5, 7.4, 7.5.1.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"

/* "FLAGS" SP flag-list */
static bool flags(ext_call *call, scan *s) {
  hark_strs *v = ext_event(call, HARK_EV_FLAGS, sizeof *v);
  return v && scan_sp(s) && scan_flag_list(s, v);
}

/* number SP word: as many messages as a mailbox can hold */
static bool numbered(ext_call *call, scan *s, int type) {
  if (ext_number(call) > UINT32_MAX) return s->expected = "number of messages", false;
  return ext_emit(call, type, ext_number(call));
}

static bool exists(ext_call *call, scan *s) { return numbered(call, s, HARK_EV_EXISTS); }
static bool recent(ext_call *call, scan *s) { return numbered(call, s, HARK_EV_RECENT); }
static bool expunge(ext_call *call, scan *s) {
  if (!ext_number(call)) return s->expected = "number above 0", false;
  return numbered(call, s, HARK_EV_EXPUNGE);
}

/* use-attr = "\" atom: as a flag, but never a keyword, nor "\*" */
static bool are_uses(const char *use) {
  for (const char *p = use; *p; p++)
    if (*p == '*' || (*p != '\\' && (p == use || p[-1] == ' '))) return false;
  return true;
}

/* create-param = "USE" SP "(" [use-attr *(SP use-attr)] ")" */
static void put_use(hark_builder *b, const char *use) {
  ext_needs(b, "CREATE-SPECIAL-USE");
  hark_put_open(b);
  hark_put_raw(b, "USE");
  hark_put_flags(b, are_uses(use) ? use : NULL);
  hark_put_close(b);
}

/* create = "CREATE" SP mailbox [create-params] */
hark_cmd hark_create(hark_client *c, const char *mailbox, const char *use) {
  hark_builder *b = hark_cmd_begin(c, "CREATE");
  hark_put_mailbox(b, mailbox);
  if (use) put_use(b, use);
  return hark_cmd_end(b);
}

static hark_cmd of_mailbox(hark_client *c, const char *name, const char *mailbox) {
  hark_builder *b = hark_cmd_begin(c, name);
  hark_put_mailbox(b, mailbox);
  return hark_cmd_end(b);
}

hark_cmd hark_delete(hark_client *c, const char *mailbox) {
  return of_mailbox(c, "DELETE", mailbox);
}

hark_cmd hark_subscribe(hark_client *c, const char *mailbox) {
  return of_mailbox(c, "SUBSCRIBE", mailbox);
}

hark_cmd hark_unsubscribe(hark_client *c, const char *mailbox) {
  return of_mailbox(c, "UNSUBSCRIBE", mailbox);
}

/* rename = "RENAME" SP mailbox SP mailbox */
hark_cmd hark_rename(hark_client *c, const char *from, const char *to) {
  hark_builder *b = hark_cmd_begin(c, "RENAME");
  hark_put_mailbox(b, from);
  hark_put_mailbox(b, to);
  return hark_cmd_end(b);
}

static hark_cmd to_mailbox(hark_client *c, const char *name, const char *set, const char *mailbox) {
  hark_builder *b = hark_cmd_begin(c, name);
  hark_put_set(b, set);
  hark_put_mailbox(b, mailbox);
  return hark_cmd_end(b);
}

/* copy = "COPY" SP sequence-set SP mailbox; move = "MOVE" SP sequence-set SP mailbox */
hark_cmd hark_copy(hark_client *c, unsigned flags, const char *set, const char *mailbox) {
  return to_mailbox(c, flags & HARK_UID ? "UID COPY" : "COPY", set, mailbox);
}

hark_cmd hark_move(hark_client *c, unsigned flags, const char *set, const char *mailbox) {
  return to_mailbox(c, flags & HARK_UID ? "UID MOVE" : "MOVE", set, mailbox);
}

/* uid-expunge = "EXPUNGE" SP sequence-set */
hark_cmd hark_expunge(hark_client *c, const char *uid_set) {
  hark_builder *b = hark_cmd_begin(c, uid_set ? "UID EXPUNGE" : "EXPUNGE");
  if (uid_set) {
    ext_needs(b, "UIDPLUS");
    hark_put_set(b, uid_set);
  }
  return hark_cmd_end(b);
}

hark_cmd hark_check(hark_client *c) { return hark_cmd_end(hark_cmd_begin(c, "CHECK")); }

static const ext_word responses[] = {{"FLAGS", flags, EXT_WHOLE, EXT_SELECTED},
                                     {"EXISTS", exists, EXT_WHOLE, EXT_SELECTED},
                                     {"RECENT", recent, EXT_WHOLE, EXT_SELECTED},
                                     {"EXPUNGE", expunge, EXT_WHOLE, EXT_SELECTED},
                                     {0}};

/* A name that the server changes is told by LIST with OLDNAME. */
enum { IN_AUTH = EXT_IN_AUTHENTICATED | EXT_IN_SELECTED, MOVES = EXT_SEQ | EXT_RENUMBERS };
static const char removed[] = "EXPUNGE VANISHED", moved[] = "EXPUNGE VANISHED OK";
static const ext_command commands[] = {
    {"CREATE", NULL, IN_AUTH, 0, "LIST", EFFECT_NONE},
    {"DELETE", NULL, IN_AUTH, 0, "LIST", EFFECT_NONE},
    {"RENAME", NULL, IN_AUTH, 0, "LIST", EFFECT_NONE},
    {"SUBSCRIBE", NULL, IN_AUTH, 0, NULL, EFFECT_NONE},
    {"UNSUBSCRIBE", NULL, IN_AUTH, 0, NULL, EFFECT_NONE},
    {"COPY", NULL, EXT_IN_SELECTED, EXT_SEQ, NULL, EFFECT_NONE},
    {"MOVE", "MOVE", EXT_IN_SELECTED, MOVES, moved, EFFECT_NONE},
    {"EXPUNGE", NULL, EXT_IN_SELECTED, EXT_SAME, removed, EFFECT_NONE},
    {"CHECK", "IMAP4rev1", EXT_IN_SELECTED, 0, NULL, EFFECT_NONE},
    {0}};

static const hark_field flag_fields[] = {FIELD_SELF("list", STRS), {0}};
static const hark_field number[] = {FIELD_INLINE("num", U64, NULL), {0}};

static const ext_fields events[] = {{HARK_EV_FLAGS, "FLAGS", flag_fields},
                                    {HARK_EV_EXISTS, "EXISTS", number},
                                    {HARK_EV_RECENT, "RECENT", number},
                                    {HARK_EV_EXPUNGE, "EXPUNGE", number},
                                    {0}};

extern const hark__extension hark__ext_mailbox;
const hark__extension hark__ext_mailbox = {
    .responses = responses, .commands = commands, .events = events};
