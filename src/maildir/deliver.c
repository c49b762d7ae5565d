/* maildir/deliver.c - pull events come in.
 * SPDX-License-Identifier: MIT
 *
 * A server chooses the order of its items, so the UID and the time may be known only when the
 * message is whole: then its file gets its name.  One message is told at a time. */
#include "maildir/internal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int refuse(hark_maildir *m, int err) {
  md_file_drop(&m->file);
  return m->refused = err;
}

/* Full is full for all messages; too big (EFBIG) is this one alone. */
static int refuse_errno(hark_maildir *m, int number) {
  int err = md_say_errno(m, number, m->file.name[0] ? m->file.name : NULL);
  bool alone = number == EFBIG || number == EEXIST;
  return refuse(m, err == HARK_ERR_STORE && !alone ? HARK_ERR_DISK : err);
}

static void name_of(char out[NAME_MOST], const hark_pull_event *ev, const box *b, bool certain) {
  mail_name name = {
      .time = ev->time, .uidvalidity = ev->uidvalidity, .uid = ev->uid, .size = ev->size};
  if (!certain) name.uid = 0;
  memcpy(name.hash, b->hash, sizeof name.hash);
  md_name_put(out, &name);
}

/* A very large one costs itself alone: a server may announce what it likes. */
static int room_on_disk(hark_maildir *m, uint64_t size) {
  switch (md_fits(m->tmp, size)) {
  case 0: return 0;
  case EFBIG:
    return md_say(m->error, HARK_ERR_STORE, m->path, NULL,
                  "a message is larger than the room on this disk; make some and run again");
  default:
    return md_say(m->error, HARK_ERR_DISK, m->path, NULL,
                  "the disk is nearly full; make some space and run again");
  }
}

static int begin(hark_maildir *m, const hark_pull_event *ev) {
  char name[NAME_MOST];
  md_file_drop(&m->file);
  m->refused = 0;
  int err = md_room(m);
  if (err || (err = room_on_disk(m, ev->size))) return m->refused = err;
  if (!(m->message_box = md_find_box(m, ev->mailbox_name))) return m->refused = HARK_ERR_NOMEM;
  md_scan_begin(&m->scan);
  m->announced = ev->size;
  name_of(name, ev, m->message_box, ev->uid && ev->time);
  int number = md_file_begin(&m->file, m->tmp, name, !m->crlf);
  return number ? refuse_errno(m, number) : 0;
}

/* Without a message: the rest of one that was not taken. */
static bool taking(const hark_maildir *m) { return m->file.fd >= 0; }
static int not_taken(const hark_maildir *m) { return m->refused ? m->refused : HARK_ERR_STATE; }

enum { LOOK_EVERY = 16 << 20 };

/* Others write there, too: from time to time, is there room for the rest of it? */
static int room_for_rest(hark_maildir *m, uint64_t n) {
  uint64_t got = m->file.got, left = m->announced > got ? m->announced - got : 0;
  return got / LOOK_EVERY == (got + n) / LOOK_EVERY ? 0 : room_on_disk(m, left);
}

static int data(hark_maildir *m, const hark_pull_event *ev) {
  if (!taking(m)) return not_taken(m);
  int err = room_for_rest(m, ev->bytes.n);
  if (err) return refuse(m, err);
  md_scan_put(&m->scan, ev->bytes.p, ev->bytes.n);
  int number = md_file_put(&m->file, ev->bytes.p, ev->bytes.n);
  return number ? refuse_errno(m, number) : 0;
}

/* Into the batch: its file stays open while it may be synced alone. */
static int gather(hark_maildir *m, const hark_pull_event *ev) {
  batch *b = m->gather;
  if (b->files >= m->singles_most) {
    int fd = m->file.fd;
    m->file.fd = -1;
    if (close(fd)) {
      int number = errno;
      unlinkat(m->tmp, m->file.name, 0);
      return refuse_errno(m, number);
    }
  }
  entry *e = md_add(m, ENTRY_MESSAGE, ev, m->message_box);
  e->fd = m->file.fd, m->file.fd = -1;
  e->letters = md_letters(&ev->flags), e->exact = m->file.exact;
  e->message_id = md_keep(b, md_scan_id(&m->scan));
  b->files++;
  return 0;
}

static int end(hark_maildir *m, const hark_pull_event *ev) {
  char name[NAME_MOST];
  if (!taking(m)) return not_taken(m);
  if (ev->size != m->file.got) {
    md_say(m->error, 0, m->path, m->file.name, "fewer or more bytes came than were announced");
    return refuse(m, HARK_ERR_STORE);
  }
  int err = md_room(m);
  if (err) return err; /* the same event again, once there is room */
  name_of(name, ev, m->message_box, true);
  int number = md_file_end(&m->file, ev->time);
  if (!number) number = md_file_rename(&m->file, name);
  return number ? refuse_errno(m, number) : gather(m, ev);
}

static hark_str keep_id(batch *b, hark_str id) {
  char text[ID_MOST];
  return md_keep(b, md_id_put(text, id));
}

/* The server's text, for people: no control characters. */
static hark_str keep_reason(batch *b, const hark_ev_cond *cond) {
  enum { REASON_MOST = 200 };
  char text[REASON_MOST];
  size_t n = cond ? cond->text.n : 0;
  if (n > REASON_MOST) n = REASON_MOST;
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)cond->text.p[i];
    text[i] = c < ' ' || c == 0x7f ? '?' : (char)c;
  }
  return md_keep(b, (hark_str){n ? text : NULL, n});
}

static int note(hark_maildir *m, entry_kind kind, const hark_pull_event *ev) {
  int err = md_room(m);
  if (err) return err;
  box *b = md_find_box(m, ev->mailbox_name);
  if (!b) return HARK_ERR_NOMEM;
  entry *e = md_add(m, kind, ev, b);
  if (kind == ENTRY_SAME) e->message_id = keep_id(m->gather, ev->identity.message_id);
  if (kind == ENTRY_STUCK) e->reason = keep_reason(m->gather, ev->cond);
  md_start(m);
  return 0;
}

int hark_maildir_put(hark_maildir *m, const hark_pull_event *ev) {
  switch (ev->type) {
  case HARK_PULL_MESSAGE: return begin(m, ev);
  case HARK_PULL_DATA: return data(m, ev);
  case HARK_PULL_MESSAGE_END: return end(m, ev);
  case HARK_PULL_ABORT: md_file_drop(&m->file); return 0;
  case HARK_PULL_SAME: return note(m, ENTRY_SAME, ev);
  case HARK_PULL_STUCK: return note(m, ENTRY_STUCK, ev);
  case HARK_PULL_RENUMBERED: return note(m, ENTRY_RENUMBERED, ev);
  case HARK_PULL_CAUGHT_UP: return note(m, ENTRY_CAUGHT_UP, ev);
  default: return 0;
  }
}
