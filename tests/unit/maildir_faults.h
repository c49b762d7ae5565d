/* tests/unit/maildir_faults.h - the calls that touch the disk, counted; the n-th dies or fails.
 * They stand before those of libc for the program and for SQLite alike.  Include once.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_MAILDIR_FAULTS_H
#define HARK_TESTS_MAILDIR_FAULTS_H
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static struct faults {
  int nth;    /* which call; 0: none */
  int error;  /* what it fails with; 0: the process is killed in its place */
  bool on;    /* and all that come after */
  int die_at; /* a later one: the process is killed in its place; 0: none */
  bool short_writes;
  bool network; /* the file system is NFS by its mark, and knows no flags of rename */
  atomic_int count, syncs_after; /* of whole file systems, after one of them failed */
  atomic_bool sync_failed;
} faults;

static bool struck(void) {
  int n = atomic_fetch_add(&faults.count, 1) + 1;
  if (n == faults.die_at) kill(getpid(), SIGKILL);
  if (!faults.nth || (faults.on ? n < faults.nth : n != faults.nth)) return false;
  if (!faults.error) kill(getpid(), SIGKILL);
  errno = faults.error;
  return true;
}

/* SQLite's shared library must find them. */
#pragma GCC visibility push(default)

int openat(int dir, const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
  va_end(list);
  return struck() ? -1 : (int)syscall(SYS_openat, dir, path, flags, mode);
}

/* EINTR at every other call, one byte at a time. */
static ssize_t some(int fd, const void *p, size_t n, off_t at) {
  static atomic_int turn;
  if (!faults.short_writes) return syscall(SYS_pwrite64, fd, p, n, at);
  if (atomic_fetch_add(&turn, 1) & 1) return syscall(SYS_pwrite64, fd, p, n ? 1 : 0, at);
  errno = EINTR;
  return -1;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at) {
  return struck() ? -1 : some(fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off_t at) {
  return struck() ? -1 : some(fd, p, n, at);
}

int fsync(int fd) { return struck() ? -1 : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return struck() ? -1 : (int)syscall(SYS_fdatasync, fd); }

int syncfs(int fd) {
  if (atomic_load(&faults.sync_failed)) atomic_fetch_add(&faults.syncs_after, 1);
  if (!struck()) return (int)syscall(SYS_syncfs, fd);
  atomic_store(&faults.sync_failed, true);
  return -1;
}

int renameat2(int from, const char *a, int to, const char *b, unsigned flags) {
  if (faults.network && flags) {
    errno = EINVAL;
    return -1;
  }
  return struck() ? -1 : (int)syscall(SYS_renameat2, from, a, to, b, flags);
}

int linkat(int from, const char *a, int to, const char *b, int flags) {
  return struck() ? -1 : (int)syscall(SYS_linkat, from, a, to, b, flags);
}

int fstatfs(int fd, struct statfs *out) {
  int result = (int)syscall(SYS_fstatfs, fd, out);
  if (!result && faults.network) out->f_type = NFS_SUPER_MAGIC;
  return result;
}

int unlinkat(int dir, const char *path, int flags) {
  return struck() ? -1 : (int)syscall(SYS_unlinkat, dir, path, flags);
}

int unlink(const char *path) { return struck() ? -1 : (int)syscall(SYS_unlink, path); }
int mkdirat(int dir, const char *path, mode_t mode) {
  return struck() ? -1 : (int)syscall(SYS_mkdirat, dir, path, mode);
}
int ftruncate64(int fd, off_t n) { return struck() ? -1 : (int)syscall(SYS_ftruncate, fd, n); }
int futimens(int fd, const struct timespec times[2]) {
  return struck() ? -1 : (int)syscall(SYS_utimensat, fd, NULL, times, 0);
}

/* What close() says comes after the descriptor is gone. */
int close(int fd) {
  int result = (int)syscall(SYS_close, fd);
  return result || !struck() ? result : -1;
}
#pragma GCC visibility pop
#endif
