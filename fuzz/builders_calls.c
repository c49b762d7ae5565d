/* fuzz/builders_calls.c - each public call that makes a command; scripts/fuzz looks that none is
 * left out.  SPDX-License-Identifier: MIT */
#include "builders.h"
#include <hark/ext/acl.h>
#include <hark/ext/compress.h>
#include <hark/ext/convert.h>
#include <hark/ext/enable.h>
#include <hark/ext/id.h>
#include <hark/ext/jmapaccess.h>
#include <hark/ext/language.h>
#include <hark/ext/list.h>
#include <hark/ext/metadata.h>
#include <hark/ext/namespace.h>
#include <hark/ext/notify.h>
#include <hark/ext/qresync.h>
#include <hark/ext/quota.h>
#include <hark/ext/referral.h>
#include <hark/ext/unauthenticate.h>
#include <hark/ext/urlauth.h>

void is(run *r, const char *name) { r->now->name = name; }

/* "UID FETCH" where numbers are UIDs. */
unsigned named(run *r, const char *with_uid) {
  unsigned flags = uid(r);
  is(r, flags ? with_uid : with_uid + 4);
  return flags;
}

#define PLAIN(fn, command)                                                                         \
  CALL(do_##fn) {                                                                                  \
    is(r, command);                                                                                \
    return hark_##fn(r->c);                                                                        \
  }
#define NAMED(fn, command)                                                                         \
  CALL(do_##fn) {                                                                                  \
    is(r, command);                                                                                \
    return hark_##fn(r->c, mailbox(r));                                                            \
  }
/* Arguments in the order in which they are sent. */
#define TWO(fn, command, type1, first, type2, second)                                              \
  CALL(do_##fn) {                                                                                  \
    is(r, command);                                                                                \
    type1 a = first(r);                                                                            \
    type2 b = second(r);                                                                           \
    return hark_##fn(r->c, a, b);                                                                  \
  }
#define TEXTS(fn, command, first, second)                                                          \
  TWO(fn, command, const char *, first, const char *, second)

PLAIN(capability, "CAPABILITY")
PLAIN(noop, "NOOP")
PLAIN(logout, "LOGOUT")
PLAIN(starttls, "STARTTLS")
PLAIN(idle, "IDLE")
PLAIN(check, "CHECK")
PLAIN(unselect, "UNSELECT")
PLAIN(expunge_and_close, "CLOSE")
PLAIN(namespace, "NAMESPACE")
PLAIN(compress, "COMPRESS")
PLAIN(unauthenticate, "UNAUTHENTICATE")
PLAIN(getjmapaccess, "GETJMAPACCESS")
PLAIN(notify_none, "NOTIFY")
NAMED(delete, "DELETE")
NAMED(subscribe, "SUBSCRIBE")
NAMED(unsubscribe, "UNSUBSCRIBE")
NAMED(getacl, "GETACL")
NAMED(myrights, "MYRIGHTS")
NAMED(getquotaroot, "GETQUOTAROOT")
TEXTS(login, "LOGIN", said_as_is, said_as_is)
TEXTS(status, "STATUS", mailbox, raw)
TEXTS(create, "CREATE", mailbox, text)
TEXTS(rename, "RENAME", mailbox, mailbox)
TEXTS(select, "SELECT", mailbox, raw)
TEXTS(examine, "EXAMINE", mailbox, raw)
TEXTS(lsub, "LSUB", mailbox, mailbox)
TEXTS(xlist, "XLIST", mailbox, mailbox)
TEXTS(rlist, "RLIST", mailbox, mailbox)
TEXTS(rlsub, "RLSUB", mailbox, mailbox)
TEXTS(deleteacl, "DELETEACL", mailbox, said_as_is)
TEXTS(listrights, "LISTRIGHTS", mailbox, said_as_is)
TEXTS(conversions, "CONVERSIONS", said_as_is, said_as_is)

CALL(do_enable) {
  is(r, "ENABLE");
  return hark_enable(r->c, text(r));
}

CALL(do_getquota) {
  is(r, "GETQUOTA");
  return hark_getquota(r->c, said_as_is(r));
}

CALL(do_authenticate) {
  is(r, "AUTHENTICATE");
  const char *mechanism = said_as_is(r);
  hark_str initial = str(r);
  return hark_authenticate(r->c, mechanism, byte(r) & 1 ? &initial : NULL);
}

CALL(do_list) {
  is(r, "LIST");
  const char *reference = mailbox(r), *pattern = mailbox(r);
  return hark_list(r->c, reference, pattern, byte(r) & 1 ? raw(r) : NULL);
}

CALL(do_list_extended) {
  is(r, "LIST");
  hark_list_query q = {.size = sizeof q};
  q.select = byte(r), q.returns = byte(r);
  q.reference = mailbox(r);
  q.patterns = list(r, mailbox);
  if (byte(r) & 1) q.status = text(r);
  if (byte(r) & 1) q.metadata = list(r, said_as_is);
  return hark_list_extended(r->c, &q);
}

CALL(do_fetch) {
  unsigned flags = named(r, "UID FETCH");
  const char *numbers = set(r);
  return hark_fetch(r->c, flags, numbers, raw(r));
}

CALL(do_store) {
  unsigned flags = named(r, "UID STORE");
  const char *numbers = set(r), *action = raw(r);
  return hark_store(r->c, flags, numbers, action, raw(r));
}

CALL(do_copy) {
  unsigned flags = named(r, "UID COPY");
  const char *numbers = set(r);
  return hark_copy(r->c, flags, numbers, mailbox(r));
}

CALL(do_move) {
  unsigned flags = named(r, "UID MOVE");
  const char *numbers = set(r);
  return hark_move(r->c, flags, numbers, mailbox(r));
}

CALL(do_expunge) {
  const char *numbers = byte(r) & 1 ? set(r) : NULL;
  is(r, numbers ? "UID EXPUNGE" : "EXPUNGE");
  return hark_expunge(r->c, numbers);
}

CALL(do_id) {
  is(r, "ID");
  return hark_id(r->c, list(r, said_as_is));
}

CALL(do_language) {
  is(r, "LANGUAGE");
  return hark_language(r->c, list(r, said_as_is));
}

CALL(do_comparator) {
  is(r, "COMPARATOR");
  return hark_comparator(r->c, list(r, said_as_is));
}

CALL(do_setacl) {
  is(r, "SETACL");
  const char *name = mailbox(r), *who = said_as_is(r);
  return hark_setacl(r->c, name, who, said_as_is(r));
}

CALL(do_setquota) {
  is(r, "SETQUOTA");
  const char *root = said_as_is(r);
  size_t n = byte(r) % 4;
  hark_quota_limit *v = hold(r, n * sizeof *v);
  for (size_t i = 0; i < n; i++) v[i].name = said_as_is(r), v[i].limit = number(r);
  return hark_setquota(r->c, root, v, n);
}

CALL(do_getmetadata) {
  is(r, "GETMETADATA");
  hark_metadata_options options = {NULL, byte(r) % 6 - 1};
  uint32_t most = (uint32_t)number(r);
  if (byte(r) & 1) options.maxsize = &most;
  bool with = byte(r) & 1;
  const char *name = mailbox(r);
  return hark_getmetadata(r->c, name, with ? &options : NULL, list(r, said_as_is));
}

CALL(do_setmetadata) {
  is(r, "SETMETADATA");
  const char *name = mailbox(r);
  size_t n = byte(r) % 4;
  hark_metadata_entry *v = hold(r, n * sizeof *v);
  for (size_t i = 0; i < n; i++) v[i].name = bytes_as_is(r), v[i].value = bytes_as_is(r);
  return hark_setmetadata(r->c, name, v, n);
}

CALL(do_select_condstore) {
  bool examine = byte(r) & 1;
  is(r, examine ? "EXAMINE" : "SELECT");
  return hark_select_condstore(r->c, examine, mailbox(r));
}

CALL(do_select_qresync) {
  bool examine = byte(r) & 1;
  is(r, examine ? "EXAMINE" : "SELECT");
  const char *name = mailbox(r);
  hark_qresync known = {(uint32_t)number(r), number(r), NULL, NULL, NULL};
  if (byte(r) & 1) known.uids = set(r);
  if (byte(r) & 1) known.sample_numbers = set(r);
  if (byte(r) & 1) known.sample_uids = set(r);
  return hark_select_qresync(r->c, examine, name, &known);
}

CALL(do_reset_key) {
  is(r, "RESETKEY");
  const char *name = mailbox(r);
  return hark_resetkey(r->c, name, list(r, said_as_is));
}

CALL(do_genurlauth) {
  is(r, "GENURLAUTH");
  return hark_genurlauth(r->c, list(r, said_as_is));
}

static const call calls[] = {do_capability,
                             do_noop,
                             do_logout,
                             do_starttls,
                             do_idle,
                             do_check,
                             do_unselect,
                             do_select,
                             do_expunge_and_close,
                             do_namespace,
                             do_compress,
                             do_notify_none,
                             do_getjmapaccess,
                             do_unauthenticate,
                             do_delete,
                             do_subscribe,
                             do_unsubscribe,
                             do_getacl,
                             do_myrights,
                             do_getquotaroot,
                             do_login,
                             do_status,
                             do_create,
                             do_rename,
                             do_examine,
                             do_lsub,
                             do_xlist,
                             do_rlist,
                             do_rlsub,
                             do_deleteacl,
                             do_listrights,
                             do_conversions,
                             do_enable,
                             do_getquota,
                             do_list,
                             do_authenticate,
                             do_list_extended,
                             do_fetch,
                             do_store,
                             do_copy,
                             do_move,
                             do_expunge,
                             do_id,
                             do_language,
                             do_comparator,
                             do_setacl,
                             do_setquota,
                             do_getmetadata,
                             do_setmetadata,
                             do_reset_key,
                             do_select_qresync,
                             do_genurlauth,
                             do_select_condstore};

hark_cmd any_call(run *r) {
  uint8_t which = byte(r);
  return which & 1 ? any_pieces(r) : calls[which / 2 % (sizeof calls / sizeof *calls)](r);
}
