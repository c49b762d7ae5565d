/* maildir/folder.c - the folder itself: is it a Maildir, and is it free.  maildir(5).
 * SPDX-License-Identifier: MIT */
#include "maildir/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int say(hark_maildir *m, int err, const char *where, const char *why) {
  return md_say(m->error, err, m->path, where, why);
}

static int open_folder(int dir, const char *name, int flags) {
  return openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
}

/* The entry of a new folder is in the folder above. */
static int sync_parent(int dir) {
  int fd = open_folder(dir, "..", 0), err = fd < 0 ? errno : md_sync_folder(fd);
  if (fd >= 0) close(fd);
  return err;
}

static int open_root(hark_maildir *m) {
  bool made = !mkdir(m->path, 0700);
  int number = errno;
  if (!made && number == ENOENT)
    return say(m, HARK_ERR_STORE, NULL, "the folder above does not exist; create it first");
  if (!made && number != EEXIST) return md_say_errno(m, number, NULL);
  m->root = open_folder(AT_FDCWD, m->path, 0); /* may be a link, what is in it may not */
  if (m->root < 0 && errno == ENOTDIR)
    return say(m, HARK_ERR_STORE, NULL, "is a file; a Maildir is a folder: name another path");
  if (m->root < 0) return md_say_errno(m, errno, NULL);
  number = made ? sync_parent(m->root) : 0;
  return number ? md_say_errno(m, number, NULL) : 0;
}

static int lock(hark_maildir *m) {
  if (!flock(m->root, LOCK_EX | LOCK_NB)) return 0;
  if (errno == EWOULDBLOCK)
    return say(m, HARK_ERR_BUSY, NULL, "another hark is working on this Maildir");
  if (errno == EBADF || errno == ENOLCK || errno == EOPNOTSUPP)
    return say(m, HARK_ERR_STORE, NULL, "cannot be locked on this file system; use a local disk");
  return md_say_errno(m, errno, NULL);
}

static bool exists(int dir, const char *name) {
  return !faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* Other things than a half-made Maildir has. */
static int foreign(void *ud, const char *file) {
  static const char *const own[] = {"cur",     "new",         "tmp",
                                    "hark.db", "hark.db-wal", "hark.db-journal"};
  (void)ud;
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (!strcmp(own[i], file)) return 0;
  return -1;
}

int md_folder_open(hark_maildir *m) {
  int err = open_root(m);
  if (err || (err = lock(m))) return err;
  m->has_folders = exists(m->root, "cur") && exists(m->root, "new");
  if (m->has_folders) return 0;
  int number = md_each_name(m->root, foreign, NULL);
  if (number > 0) return md_say_errno(m, number, NULL);
  if (number < 0)
    return say(m, HARK_ERR_STORE, NULL,
               "is not a Maildir and has other things in it; name an empty or a new folder");
  return 0;
}

static int open_part(hark_maildir *m, const char *name, int *fd) {
  if (mkdirat(m->root, name, 0700) && errno != EEXIST) return md_say_errno(m, errno, name);
  *fd = open_folder(m->root, name, O_NOFOLLOW);
  if (*fd < 0 && (errno == ENOTDIR || errno == ELOOP))
    return say(m, HARK_ERR_STORE, name, "is a file or a link; in a Maildir it must be a folder");
  if (*fd < 0) return md_say_errno(m, errno, name);
  if (faccessat(m->root, name, W_OK | X_OK, 0))
    return say(m, HARK_ERR_STORE, name,
               errno == EROFS ? "is on a disk that is read-only"
                              : "cannot be written; see its permissions");
  return 0;
}

/* A message is moved from tmp to new or cur, never copied. */
static int one_device(hark_maildir *m) {
  struct stat tmp, other;
  const int fds[] = {m->new, m->cur};
  if (fstat(m->tmp, &tmp)) return md_say_errno(m, errno, "tmp");
  for (size_t i = 0; i < 2; i++) {
    if (fstat(fds[i], &other)) return md_say_errno(m, errno, NULL);
    if (other.st_dev != tmp.st_dev)
      return say(m, HARK_ERR_STORE, NULL, "cur, new and tmp must be on one file system");
  }
  return 0;
}

int md_folder_make(hark_maildir *m) {
  int err;
  if ((err = open_part(m, "tmp", &m->tmp)) || (err = open_part(m, "new", &m->new)) ||
      (err = open_part(m, "cur", &m->cur)) || (err = one_device(m)))
    return err;
  int number = m->has_folders ? 0 : md_sync_folder(m->root);
  return number ? md_say_errno(m, number, NULL) : 0;
}

void md_folder_close(hark_maildir *m) {
  const int fds[] = {m->cur, m->new, m->tmp, m->root};
  for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
    if (fds[i] >= 0) close(fds[i]);
}
