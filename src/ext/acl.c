/* ext/acl.c - ACL.  RFC 4314.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/acl.h>

_Static_assert(sizeof(hark_acl_entry) == 2 * sizeof(hark_str), "an entry is two strings in a row");

/* acl-data = "ACL" SP mailbox *(SP identifier SP rights) */
static bool acl(ext_call *call, scan *s) {
  hark_strs all;
  hark_ev_acl *ev = ext_event(call, HARK_EV_ACL, sizeof *ev);
  if (!ev || !scan_sp(s) || !scan_mailbox(s, &ev->mailbox, &ev->wire) ||
      !scan_rest(s, scan_astring, &all))
    return false;
  ev->v = (const hark_acl_entry *)(const void *)all.v;
  ev->n = all.n / 2;
  if (all.n % 2) s->expected = "rights of an identifier";
  return all.n % 2 == 0;
}

/* listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights) */
static bool listrights(ext_call *call, scan *s) {
  hark_ev_listrights *ev = ext_event(call, HARK_EV_LISTRIGHTS, sizeof *ev);
  return ev && scan_sp(s) && scan_mailbox(s, &ev->mailbox, &ev->wire) && scan_sp(s) &&
         scan_astring(s, &ev->identifier) && scan_sp(s) && scan_astring(s, &ev->required) &&
         scan_rest(s, scan_astring, &ev->optional);
}

/* myrights-data = "MYRIGHTS" SP mailbox SP rights */
static bool myrights(ext_call *call, scan *s) {
  hark_ev_myrights *ev = ext_event(call, HARK_EV_MYRIGHTS, sizeof *ev);
  return ev && scan_sp(s) && scan_mailbox(s, &ev->mailbox, &ev->wire) && scan_sp(s) &&
         scan_astring(s, &ev->rights);
}

/* mod-rights = astring: "+" or "-", then lowercase ASCII letters and digits */
static bool are_rights(const char *p) {
  if (!p) return false;
  if (*p == '+' || *p == '-') p++;
  while ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9')) p++;
  return !*p;
}

/* "SETACL" SP mailbox SP identifier SP mod-rights, and the shorter ones that begin like it */
static hark_builder *begin(hark_client *c, const char *name, const char *mailbox) {
  hark_builder *b = hark_cmd_begin(c, name);
  hark_put_mailbox(b, mailbox);
  return b;
}

hark_cmd hark_setacl(hark_client *c, const char *mailbox, const char *identifier,
                     const char *rights) {
  hark_builder *b = begin(c, "SETACL", mailbox);
  hark_put_text(b, identifier);
  hark_put_text(b, are_rights(rights) ? rights : NULL);
  return hark_cmd_end(b);
}

hark_cmd hark_deleteacl(hark_client *c, const char *mailbox, const char *identifier) {
  hark_builder *b = begin(c, "DELETEACL", mailbox);
  hark_put_text(b, identifier);
  return hark_cmd_end(b);
}

hark_cmd hark_listrights(hark_client *c, const char *mailbox, const char *identifier) {
  hark_builder *b = begin(c, "LISTRIGHTS", mailbox);
  hark_put_text(b, identifier);
  return hark_cmd_end(b);
}

hark_cmd hark_getacl(hark_client *c, const char *mailbox) {
  return hark_cmd_end(begin(c, "GETACL", mailbox));
}

hark_cmd hark_myrights(hark_client *c, const char *mailbox) {
  return hark_cmd_end(begin(c, "MYRIGHTS", mailbox));
}

const hark_ev_acl *hark_event_acl(const hark_event *ev) {
  return ev->type == HARK_EV_ACL ? ev->any : NULL;
}

const hark_ev_listrights *hark_event_listrights(const hark_event *ev) {
  return ev->type == HARK_EV_LISTRIGHTS ? ev->any : NULL;
}

const hark_ev_myrights *hark_event_myrights(const hark_event *ev) {
  return ev->type == HARK_EV_MYRIGHTS ? ev->any : NULL;
}

static const ext_word responses[] = {{"ACL", acl, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {"LISTRIGHTS", listrights, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {"MYRIGHTS", myrights, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {0}};

enum { IN_AUTH = EXT_IN_AUTHENTICATED | EXT_IN_SELECTED };
static const ext_command commands[] = {{"SETACL", "ACL", IN_AUTH, 0, NULL, EFFECT_NONE},
                                       {"DELETEACL", "ACL", IN_AUTH, 0, NULL, EFFECT_NONE},
                                       {"GETACL", "ACL", IN_AUTH, 0, "ACL", EFFECT_NONE},
                                       {"LISTRIGHTS", "ACL", IN_AUTH, 0, "LISTRIGHTS", EFFECT_NONE},
                                       {"MYRIGHTS", "ACL", IN_AUTH, 0, "MYRIGHTS", EFFECT_NONE},
                                       {0}};

static const hark_field entry_fields[] = {
    FIELD(hark_acl_entry, identifier, STR), FIELD(hark_acl_entry, rights, STR), {0}};
static const hark_field acl_fields[] = {FIELD(hark_ev_acl, mailbox, STR),
                                        FIELD(hark_ev_acl, wire, STR),
                                        FIELD_ARRAY(hark_ev_acl, v, hark_acl_entry, entry_fields),
                                        {0}};
static const hark_field listrights_fields[] = {
    FIELD(hark_ev_listrights, mailbox, STR),    FIELD(hark_ev_listrights, wire, STR),
    FIELD(hark_ev_listrights, identifier, STR), FIELD(hark_ev_listrights, required, STR),
    FIELD(hark_ev_listrights, optional, STRS),  {0}};
static const hark_field myrights_fields[] = {FIELD(hark_ev_myrights, mailbox, STR),
                                             FIELD(hark_ev_myrights, wire, STR),
                                             FIELD(hark_ev_myrights, rights, STR),
                                             {0}};
static const ext_fields events[] = {{HARK_EV_ACL, "ACL", acl_fields},
                                    {HARK_EV_LISTRIGHTS, "LISTRIGHTS", listrights_fields},
                                    {HARK_EV_MYRIGHTS, "MYRIGHTS", myrights_fields},
                                    {0}};

extern const hark__extension hark__ext_acl;
const hark__extension hark__ext_acl = {
    .responses = responses, .commands = commands, .events = events};
