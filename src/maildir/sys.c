/* maildir/sys.c - the calls of the system, each whole or failed: 0 or errno.
 * SPDX-License-Identifier: MIT */
#include "maildir/internal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

int md_write(int fd, const char *p, size_t n, uint64_t at) {
  while (n) {
    ssize_t w = pwrite(fd, p, n, (off_t)at);
    if (w < 0 && errno == EINTR) continue;
    if (w <= 0) return w < 0 ? errno : EIO;
    p += w, n -= (size_t)w, at += (uint64_t)w;
  }
  return 0;
}

int md_read(int fd, char *p, size_t n, uint64_t at) {
  while (n) {
    ssize_t r = pread(fd, p, n, (off_t)at);
    if (r < 0 && errno == EINTR) continue;
    if (r <= 0) return r < 0 ? errno : EIO;
    p += r, n -= (size_t)r, at += (uint64_t)r;
  }
  return 0;
}

/* A sync that failed may have dropped what it should have written: it is never repeated, not even
 * after EINTR. */
int md_sync(int fd) { return fsync(fd) ? errno : 0; }

int md_sync_folder(int fd) { return fsync(fd) && errno != EINVAL ? errno : 0; }

int md_sync_all(int fd) { return syncfs(fd) ? errno : 0; }

bool md_sync_all_tells(void) {
  struct utsname name;
  int major, minor;
  if (uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2) return false;
  return major > 5 || (major == 5 && minor >= 8);
}

/* NFS and some others know no flags: link() replaces nothing either.  Cut off in between, both
 * names are there, and recovery removes the one in tmp. */
int md_rename(int from_dir, const char *from, int to_dir, const char *to) {
  if (!renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE)) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (linkat(from_dir, from, to_dir, to, 0)) {
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) return errno;
    if (!faccessat(to_dir, to, F_OK, AT_SYMLINK_NOFOLLOW)) return EEXIST;
    return renameat(from_dir, from, to_dir, to) ? errno : 0; /* nobody else makes our names */
  }
  return unlinkat(from_dir, from, 0) ? errno : 0;
}

int md_fits(int fd, uint64_t size) {
  struct statvfs is;
  if (fstatvfs(fd, &is) || !is.f_blocks || !is.f_frsize) return 0; /* it does not say */
  uint64_t part = is.f_blocks / KEEP_PART, keep = KEEP_FREE / is.f_frsize;
  if (part < keep) keep = part;
  if (is.f_bavail < keep) return ENOSPC;
  if (size / is.f_frsize + 1 <= is.f_bavail - keep) return 0;
  return size > KEEP_FREE ? EFBIG : ENOSPC;
}

/* Several machines may write there, or a program may stand behind it. */
bool md_networked(int fd) {
  static const uint32_t marks[] = {
      0x6969 /* NFS */,       0x517b /* SMB */,        0xff534d42 /* CIFS */,
      0xfe534d42 /* SMB2 */,  0x01021997 /* 9P */,     0x65735546 /* FUSE */,
      0x5346414f /* AFS */,   0x6b414653 /* AFS */,    0x73757245 /* Coda */,
      0x00c36400 /* Ceph */,  0x0bd00bd0 /* Lustre */, 0x01161970 /* GFS2 */,
      0x7461636f /* OCFS2 */, 0x47504653 /* GPFS */,   0x786f4256 /* VirtualBox */};
  struct statfs is;
  if (fstatfs(fd, &is)) return true;
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if ((uint32_t)is.f_type == marks[i]) return true;
  return false;
}

int md_each_name(int dir, md_name_fn fn, void *ud) {
  int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *d = fd < 0 ? NULL : fdopendir(fd);
  int err = d ? 0 : errno;
  if (!d) {
    if (fd >= 0) close(fd);
    return err;
  }
  while (!err) {
    errno = 0;
    const struct dirent *each = readdir(d);
    if (!each) {
      err = errno;
      break;
    }
    if (strcmp(each->d_name, ".") && strcmp(each->d_name, "..")) err = fn(ud, each->d_name);
  }
  closedir(d);
  return err;
}
