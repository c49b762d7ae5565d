/* maildir/file.c - one message into its file in tmp/: buffered, CRLF as LF.
 * SPDX-License-Identifier: MIT
 *
 * While nothing but CRLF ended a line each LF in the file stands for one CRLF, so what was
 * written can be expanded back.  The first bare CR, bare LF or NUL makes the file exact: such a
 * message is kept as it came. */
#include "maildir/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void set_name(mail_file *f, const char *name) { memcpy(f->name, name, strlen(name) + 1); }

int md_file_begin(mail_file *f, int dir, const char *name, bool convert) {
  if (!f->buffer && !(f->buffer = malloc(FILE_BUFFER))) return ENOMEM;
  int fd = openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return errno;
  *f = (mail_file){.dir = dir, .fd = fd, .buffer = f->buffer, .convert = convert};
  set_name(f, name);
  return 0;
}

static int flush(mail_file *f) {
  int err = md_write(f->fd, f->buffer, f->n, f->length);
  f->length += f->n, f->n = 0;
  return err;
}

static int append(mail_file *f, const char *p, size_t n) {
  while (n) {
    size_t room = FILE_BUFFER - f->n, part = n < room ? n : room;
    memcpy(f->buffer + f->n, p, part);
    f->n += part, p += part, n -= part;
    if (f->n == FILE_BUFFER) {
      int err = flush(f);
      if (err) return err;
    }
  }
  return 0;
}

/* From the end backwards, in place: each part moves up by the CRs that come before its end. */
static int expand(mail_file *f) {
  enum { PART = FILE_BUFFER / 3 };
  uint64_t from = f->length, to = f->length + f->lines;
  f->length = to;
  while (from < to) {
    size_t n = from < PART ? (size_t)from : PART;
    int err = md_read(f->fd, f->buffer, n, from - n);
    if (err) return err;
    char *end = f->buffer + FILE_BUFFER, *p = end;
    for (size_t i = n; i-- > 0;) {
      *--p = f->buffer[i];
      if (*p == '\n') *--p = '\r';
    }
    from -= n, to -= (uint64_t)(end - p);
    if ((err = md_write(f->fd, p, (size_t)(end - p), to))) return err;
  }
  return 0;
}

static int become_exact(mail_file *f) {
  int err = flush(f);
  if (err || (err = expand(f))) return err;
  bool cr = f->cr;
  f->convert = f->cr = false, f->exact = true;
  return cr ? append(f, "\r", 1) : 0;
}

/* One line, or what there is of it, up to stop; false: it cannot be converted. */
static bool plain(const mail_file *f, const char *p, const char *stop, bool ends, bool cr) {
  size_t n = (size_t)(stop - p);
  if (f->cr && n) return false;
  if (ends && !cr) return false;
  if (n && cr) n--;
  return !memchr(p, '\r', n) && !memchr(p, 0, n);
}

static int convert(mail_file *f, const char *p, const char *end) {
  int err = 0;
  while (p < end && !err) {
    const char *lf = memchr(p, '\n', (size_t)(end - p)), *stop = lf ? lf : end;
    bool cr = stop > p ? stop[-1] == '\r' : f->cr;
    if (!plain(f, p, stop, lf, cr)) {
      err = become_exact(f);
      return err ? err : append(f, p, (size_t)(end - p));
    }
    err = append(f, p, (size_t)(stop - p) - (cr && stop > p));
    f->cr = cr && !lf;
    if (lf && !err) err = append(f, "\n", 1);
    if (lf) f->lines++;
    p = lf ? lf + 1 : end;
  }
  return err;
}

int md_file_put(mail_file *f, const char *p, size_t n) {
  f->got += n;
  return f->convert ? convert(f, p, p + n) : append(f, p, n);
}

int md_file_end(mail_file *f, int64_t time) {
  int err = f->cr ? become_exact(f) : 0;
  if (err || (err = flush(f))) return err;
  const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = (time_t)time}};
  return time && futimens(f->fd, times) ? errno : 0;
}

int md_file_rename(mail_file *f, const char *name) {
  if (!strcmp(f->name, name)) return 0;
  int err = md_rename(f->dir, f->name, f->dir, name);
  if (!err) set_name(f, name);
  return err;
}

void md_file_drop(mail_file *f) {
  if (f->fd < 0) return;
  unlinkat(f->dir, f->name, 0);
  close(f->fd);
  f->fd = -1;
}
