/* ext/append.c - APPEND, of one or several messages.  RFC 9051 section 6.3.12, RFC 3502, RFC 4466.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/append.h>
#include <string.h>

/* What a program compiled against an older header did not know is zero. */
static bool take(hark_message *to, const hark_message *from) {
  static const hark_message none = {0};
  *to = none;
  if (!from || from->size < offsetof(hark_message, octets) + sizeof from->octets) return false;
  memcpy(to, from, from->size < sizeof *to ? from->size : sizeof *to);
  return true;
}

/* append-opts = [SP flag-list] [SP date-time] *(SP append-ext) */
void hark_append_options(hark_builder *b, const hark_message *m) {
  hark_message mine;
  if (!take(&mine, m)) ext_refuse(b);
  if (ext_noted(b)) ext_needs(b, "MULTIAPPEND");
  ext_note(b, 1);
  if (mine.keywords) hark_put_flags(b, mine.keywords);
  if (mine.size && mine.date != INT64_MIN) hark_put_date_time(b, mine.date, mine.zone_minutes);
}

/* append-data = literal / literal8 / append-data-ext
 * append-data =/ "UTF8" SP "(" literal8 ")" (RFC 6855 section 4) */
void hark_append_data(hark_builder *b, unsigned flags, uint64_t octets) {
  if (!(flags & HARK_UTF8)) {
    if (flags & HARK_BINARY) ext_needs(b, "BINARY IMAP4rev2");
    hark_put_stream(b, flags & HARK_BINARY, octets);
    return;
  }
  ext_needs(b, "UTF8=ACCEPT UTF8=ONLY");
  hark_put_raw(b, "UTF8");
  hark_put_open(b);
  hark_put_stream(b, HARK_BINARY, octets);
  hark_put_close(b);
}

/* append-message = append-opts SP append-data */
void hark_append_message(hark_builder *b, const hark_message *m) {
  hark_message mine;
  hark_append_options(b, m);
  if (take(&mine, m)) hark_append_data(b, mine.flags, mine.octets);
}

hark_builder *hark_append_begin(hark_client *c, const char *mailbox) {
  hark_builder *b = hark_cmd_begin(c, "APPEND");
  hark_put_mailbox(b, mailbox);
  return b;
}

hark_cmd hark_append_end(hark_builder *b) { return hark_cmd_end(b); }

hark_cmd hark_append(hark_client *c, const char *mailbox, const hark_message *m) {
  hark_builder *b = hark_append_begin(c, mailbox);
  hark_append_message(b, m);
  return hark_append_end(b);
}

static const ext_command commands[] = {
    {"APPEND", NULL, EXT_IN_AUTHENTICATED | EXT_IN_SELECTED, 0, NULL, EFFECT_NONE}, {0}};

extern const hark__extension hark__ext_append;
const hark__extension hark__ext_append = {.commands = commands};
