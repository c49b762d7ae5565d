/* ext/quota.c - QUOTA.  RFC 9208, RFC 2087.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/quota.h>

/* resource-name = "STORAGE" / "MESSAGE" / "MAILBOX" / "ANNOTATION-STORAGE" / resource-name-ext */
static bool resource_name(scan *s, hark_quota_resource *r) {
  static const char *const known[] = {"STORAGE", "MESSAGE", "MAILBOX", "ANNOTATION-STORAGE"};
  scan word = *s;
  if (!scan_atom(s, &r->name)) return false;
  for (int i = 0; i < 4; i++)
    if (scan_word(&word, known[i])) r->type = HARK_QUOTA_STORAGE + i;
  return true;
}

/* resource-limit = number64; a negative one is how some servers say that there is none */
static bool limit(scan *s, hark_quota_resource *r) {
  r->unlimited = scan_peek(s) == '-';
  if (!scan_count(s, &r->limit)) return false;
  if (r->unlimited) r->limit = INT64_MAX;
  return true;
}

/* quota-resource = resource-name SP resource-usage SP resource-limit */
static bool resource(scan *s, void *elem) {
  hark_quota_resource *r = elem;
  return resource_name(s, r) && scan_sp(s) && scan_count(s, &r->usage) && scan_sp(s) && limit(s, r);
}

/* quota-response = "QUOTA" SP quota-root-name SP quota-list; the list may be empty (RFC 2087), and
 * Courier leaves it out where there is no limit */
static bool quota(ext_call *call, scan *s) {
  hark_ev_quota *q = ext_event(call, HARK_EV_QUOTA, sizeof *q);
  if (!q || !scan_sp(s) || !scan_astring(s, &q->root)) return false;
  if (scan_end(s)) return scan_forgive(s, "a list of resources");
  return scan_sp(s) && scan_list(s, resource, sizeof *q->v, &q->v, &q->n);
}

/* quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name) */
static bool quotaroot(ext_call *call, scan *s) {
  hark_ev_quotaroot *q = ext_event(call, HARK_EV_QUOTAROOT, sizeof *q);
  return q && scan_sp(s) && scan_mailbox(s, &q->mailbox, &q->wire) &&
         scan_rest(s, scan_astring, &q->roots);
}

/* getquota = "GETQUOTA" SP quota-root-name */
hark_cmd hark_getquota(hark_client *c, const char *root) {
  hark_builder *b = hark_cmd_begin(c, "GETQUOTA");
  hark_put_text(b, root);
  return hark_cmd_end(b);
}

/* getquotaroot = "GETQUOTAROOT" SP mailbox */
hark_cmd hark_getquotaroot(hark_client *c, const char *mailbox) {
  hark_builder *b = hark_cmd_begin(c, "GETQUOTAROOT");
  hark_put_mailbox(b, mailbox);
  return hark_cmd_end(b);
}

/* setquota = "SETQUOTA" SP quota-root-name SP "(" [resource-name SP resource-limit *(SP ...)] ")"
 */
hark_cmd hark_setquota(hark_client *c, const char *root, const hark_quota_limit *limits, size_t n) {
  hark_builder *b = hark_cmd_begin(c, "SETQUOTA");
  hark_put_text(b, root);
  hark_put_open(b);
  for (size_t i = 0; i < n; i++) {
    bool fits = limits[i].limit <= INT64_MAX;
    hark_put_atom(b, fits ? limits[i].name : NULL);
    hark_put_number(b, limits[i].limit);
  }
  hark_put_close(b);
  return hark_cmd_end(b);
}

const hark_ev_quota *hark_event_quota(const hark_event *ev) {
  return ev->type == HARK_EV_QUOTA ? ev->any : NULL;
}

const hark_ev_quotaroot *hark_event_quotaroot(const hark_event *ev) {
  return ev->type == HARK_EV_QUOTAROOT ? ev->any : NULL;
}

static const ext_word responses[] = {{"QUOTA", quota, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {"QUOTAROOT", quotaroot, EXT_WHOLE, EXT_AUTHENTICATED},
                                     {0}};

/* QUOTASET came with RFC 9208: servers of RFC 2087 set limits without it. */
enum { IN_AUTH = EXT_IN_AUTHENTICATED | EXT_IN_SELECTED };
static const ext_command commands[] = {
    {"GETQUOTA", "QUOTA", IN_AUTH, 0, "QUOTA", EFFECT_NONE},
    {"GETQUOTAROOT", "QUOTA", IN_AUTH, 0, "QUOTAROOT QUOTA", EFFECT_NONE},
    {"SETQUOTA", "QUOTA", IN_AUTH, 0, "QUOTA", EFFECT_NONE},
    {0}};

static const hark_field types[] = {
    {"OTHER", HARK_QUOTA_OTHER, 0, 0, NULL},
    {"STORAGE", HARK_QUOTA_STORAGE, 0, 0, NULL},
    {"MESSAGE", HARK_QUOTA_MESSAGE, 0, 0, NULL},
    {"MAILBOX", HARK_QUOTA_MAILBOX, 0, 0, NULL},
    {"ANNOTATION-STORAGE", HARK_QUOTA_ANNOTATION_STORAGE, 0, 0, NULL},
    {0}};
static const hark_field resource_fields[] = {
    FIELD_OF(hark_quota_resource, type, ENUM, types), FIELD(hark_quota_resource, name, STR),
    FIELD(hark_quota_resource, usage, U64),           FIELD(hark_quota_resource, limit, U64),
    FIELD(hark_quota_resource, unlimited, BOOL),      {0}};
static const hark_field quota_fields[] = {
    FIELD(hark_ev_quota, root, STR),
    FIELD_ARRAY(hark_ev_quota, v, hark_quota_resource, resource_fields),
    {0}};
static const hark_field quotaroot_fields[] = {FIELD(hark_ev_quotaroot, mailbox, STR),
                                              FIELD(hark_ev_quotaroot, wire, STR),
                                              FIELD(hark_ev_quotaroot, roots, STRS),
                                              {0}};
static const ext_fields events[] = {{HARK_EV_QUOTA, "QUOTA", quota_fields},
                                    {HARK_EV_QUOTAROOT, "QUOTAROOT", quotaroot_fields},
                                    {0}};

extern const hark__extension hark__ext_quota;
const hark__extension hark__ext_quota = {
    .responses = responses, .commands = commands, .events = events};
