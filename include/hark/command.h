/* hark/command.h - everything we can tell a server.  RFC 9051 section 6.
 * SPDX-License-Identifier: MIT
 *
 * Each call queues one command and returns its hark_cmd.  Strings are UTF-8 and
 * NUL-terminated; hark quotes them, or sends literals, as needed.  set is IMAP
 * text, "1:5,9,*" (hark/set.h builds one); items and options are IMAP text that
 * hark checks for balance, spaces and control characters; whatever is passed, one call is one
 * command on the wire or HARK_ERR_ARG.  A command over 8,000 bytes, literals not counted, is HARK_ERR_ARG:
 * the caller cuts its set (hark_set_slice).  A call that depends on capabilities not
 * known yet waits for them; the client asks for CAPABILITY by itself. */
#ifndef HARK_COMMAND_H
#define HARK_COMMAND_H

#include <hark/client.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HARK_UID    1u /* numbers in set are UIDs: UID FETCH, UID STORE, ... */

/* any state */
HARK_API hark_cmd hark_capability(hark_client *c);
HARK_API hark_cmd hark_noop(hark_client *c);
HARK_API hark_cmd hark_logout(hark_client *c);
/* before authentication */
/* NO, BAD or PREAUTH is fatal (HARK_ERR_PLAIN): what is queued behind never leaves. */
HARK_API hark_cmd hark_starttls(hark_client *c);
/* After a NO to LOGIN or AUTHENTICATE what needs the authenticated state and was not
 * sent is UNSENT (HARK_ERR_STATE); another sign-in may follow on the connection. */
HARK_API hark_cmd hark_login(hark_client *c, const char *user, const char *password);
/* An initial answer that is not allowed (no SASL-IR) or too long for the line is sent
 * by hark to the first, empty challenge. */
HARK_API hark_cmd hark_authenticate(hark_client *c, const char *mechanism, const hark_str *initial);
HARK_API int      hark_respond(hark_client *c, hark_str data); /* raw; hark does base64 */
HARK_API int      hark_respond_cancel(hark_client *c);
/* The queue behind AUTHENTICATE stays closed until this is called: err == 0 opens it,
 * also before the OK, HARK_ERR_PROOF ends the connection.  hark_sasl_step() does it
 * when the last challenge proved the server, hark_sasl_finish() otherwise; NO needs none. */
HARK_API int      hark_authenticated(hark_client *c, int err);
/* authenticated */
/* LIST, section 6.3.9: "%" and "*" in the pattern stand for others.  options: what may follow, such as
 * "RETURN (SUBSCRIBED)", or NULL; hark/ext/list.h has them typed. */
HARK_API hark_cmd hark_list(hark_client *c, const char *reference, const char *pattern,
                            const char *options);
/* STATUS, section 6.3.11.  items: "(MESSAGES UIDNEXT)".  Not of the mailbox that is open. */
HARK_API hark_cmd hark_status(hark_client *c, const char *mailbox, const char *items);
/* use: what for, "\\Archive \\Sent" (RFC 6154; CREATE-SPECIAL-USE must have been offered), or NULL.
 * A name that ends in the delimiter is meant to hold mailboxes below it. */
HARK_API hark_cmd hark_create(hark_client *c, const char *mailbox, const char *use);
HARK_API hark_cmd hark_delete(hark_client *c, const char *mailbox); /* with all that is in it */
/* INBOX: its messages are moved to the new mailbox.  What is below the mailbox is renamed, too. */
HARK_API hark_cmd hark_rename(hark_client *c, const char *from, const char *to);
HARK_API hark_cmd hark_subscribe(hark_client *c, const char *mailbox);
HARK_API hark_cmd hark_unsubscribe(hark_client *c, const char *mailbox);
HARK_API hark_cmd hark_select(hark_client *c, const char *mailbox, const char *options);
HARK_API hark_cmd hark_examine(hark_client *c, const char *mailbox, const char *options);
/* Commands queued behind IDLE wait for its "+", then leave together with DONE. */
HARK_API hark_cmd hark_idle(hark_client *c);
HARK_API int      hark_idle_done(hark_client *c);
/* selected */
HARK_API hark_cmd hark_fetch(hark_client *c, unsigned flags, const char *set, const char *items);
HARK_API hark_cmd hark_store(hark_client *c, unsigned flags, const char *set, const char *action,
                             const char *list);
/* The new UIDs are in the code COPYUID (hark/ext/codes.h): of the answer, or of a COND before it. */
HARK_API hark_cmd hark_copy(hark_client *c, unsigned flags, const char *set, const char *mailbox);
/* RFC 6851; MOVE or IMAP4rev2 must have been offered. */
HARK_API hark_cmd hark_move(hark_client *c, unsigned flags, const char *set, const char *mailbox);
/* uid_set NULL: all that is \Deleted; else these of them (UIDPLUS or IMAP4rev2, RFC 4315). */
HARK_API hark_cmd hark_expunge(hark_client *c, const char *uid_set);
HARK_API hark_cmd hark_check(hark_client *c); /* IMAP4rev1 only: RFC 3501 section 6.4.1 */
HARK_API hark_cmd hark_unselect(hark_client *c);
HARK_API hark_cmd hark_expunge_and_close(hark_client *c); /* CLOSE: mind the name */

/* Any other command, piece by piece.  Errors stick to the builder and come out
 * of hark_cmd_end(), so nothing in between needs a check.  A client has one builder: whatever begins or
 * queues another command drops what was begun and not ended.  What is put into it then, or behind its
 * end, goes nowhere: HARK_ERR_STATE. */
typedef struct hark_builder hark_builder;
HARK_API hark_builder *hark_cmd_begin(hark_client *c, const char *name);
HARK_API void hark_put_raw(hark_builder *b, const char *imap_text);
HARK_API void hark_put_list(hark_builder *b, const char *imap_text); /* raw, one list in parentheses */
HARK_API void hark_put_set(hark_builder *b, const char *set);  /* a sequence-set, checked */
HARK_API void hark_put_number(hark_builder *b, uint64_t n);
HARK_API void hark_put_string(hark_builder *b, hark_str s);     /* atom, quoted or literal */
HARK_API void hark_put_text(hark_builder *b, const char *utf8);  /* the same, NUL-terminated */
HARK_API void hark_put_quoted(hark_builder *b, const char *utf8); /* quoted, or HARK_ERR_ARG */
HARK_API void hark_put_atom(hark_builder *b, const char *atom);   /* an atom, or HARK_ERR_ARG */
HARK_API void hark_put_flag(hark_builder *b, const char *flag);   /* "\\Seen", "$Junk"; else HARK_ERR_ARG */
/* quoted or literal, never an atom; s.p NULL: NIL */
HARK_API void hark_put_nstring(hark_builder *b, hark_str s);
/* The same, and bytes with a NUL in them are a literal8, which the server must allow. */
HARK_API void hark_put_nstring8(hark_builder *b, hark_str s);
/* date-time: seconds since 1970 UTC, in the years 1 to 9999, as they read in that zone */
HARK_API void hark_put_date_time(hark_builder *b, int64_t seconds, int16_t zone_minutes);
HARK_API void hark_put_tag(hark_builder *b, hark_cmd cmd);        /* of a command, quoted */
HARK_API void hark_put_secret(hark_builder *b, hark_str s);     /* the same, never logged */
HARK_API void hark_put_mailbox(hark_builder *b, const char *utf8_name);
/* A literal of octets bytes that the program gives when HARK_WANT_DATA is set: messages of any size. */
#define HARK_BINARY 2u /* it is a literal8, and may hold NUL: BINARY must have been offered */
HARK_API void hark_put_stream(hark_builder *b, unsigned flags, uint64_t octets);
HARK_API void hark_put_flags(hark_builder *b, const char *flags); /* "\\Seen $Forwarded", in a list */
HARK_API void hark_put_open(hark_builder *b);
HARK_API void hark_put_close(hark_builder *b);
HARK_API hark_cmd hark_cmd_end(hark_builder *b);
/* Gives bytes to the literal that HARK_EV_SEND_DATA told of; returns how many of the n were taken: fewer
 * while the output is full, 0 when none is wanted.  A server that refuses the command meanwhile ends it with
 * DONE at once; what is still owed of the literal, hark fills with blanks.  A source that fails half-way can
 * only hark_fail(): the server counts what was announced. */
HARK_API size_t hark_send_data(hark_client *c, const void *bytes, size_t n);

#ifdef __cplusplus
}
#endif
#endif
