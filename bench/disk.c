/* bench/disk.c - what making a batch of messages durable costs here, by way and by size of batch.
 * SPDX-License-Identifier: MIT
 *
 *   cc -O2 -D_GNU_SOURCE -o build/disk bench/disk.c && build/disk FOLDER [MESSAGES [BYTES
 * [ROUNDS]]]
 *
 * Each way does all that a delivery does: files in tmp/, made durable, a line of a log with
 * fdatasync for the COMMIT, renames, fsync of new/.  They differ in how the files are made durable:
 *
 *   fsync     each file, then tmp/
 *   started   writing is started for each (sync_file_range), then the same
 *   syncfs    one call for the file system
 *   none      not at all: the floor
 *
 * The best of ROUNDS counts.  Nothing is removed before the end: a disk that discards what is
 * removed would be slow in the rounds after it. */
#include "measure.h"
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum way { NONE, FSYNC, STARTED, SYNCFS, WAYS } way;
static const char *const way_names[WAYS] = {"none", "fsync", "started", "syncfs"};
static const int batches[] = {1, 2, 4, 8, 16, 32, 64, 128, 500};
enum { BATCHES = sizeof batches / sizeof *batches, BATCH_MOST = 500 };

static char folder[4096], *message;
static size_t bytes = 5000;
static int total = 2000, tmp, new, log_fd;

static int open_folder(const char *base, const char *name) {
  char path[4200];
  snprintf(path, sizeof path, "%s/%s", base, name);
  need(!mkdir(path, 0700), path);
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  need(fd >= 0, path);
  return fd;
}

static void make_place(way w, int batch, int round) {
  char base[4150], path[4200];
  snprintf(base, sizeof base, "%s/%s-%d-%d", folder, way_names[w], batch, round);
  need(!mkdir(base, 0700), base);
  tmp = open_folder(base, "tmp"), new = open_folder(base, "new");
  snprintf(path, sizeof path, "%s/log", base);
  need((log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) >= 0, path);
  need(!syncfs(tmp), "syncfs");
}

static void leave_place(void) { close(tmp), close(new), close(log_fd); }

static int write_message(way w, int k) {
  char name[32];
  snprintf(name, sizeof name, "m%d", k);
  int fd = openat(tmp, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  need(fd >= 0 && pwrite(fd, message, bytes, 0) == (ssize_t)bytes, name);
  if (w == STARTED) sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
  if (w == FSYNC || w == STARTED) return fd;
  close(fd);
  return -1;
}

static void make_durable(way w, const int *fds, int n) {
  if (w == SYNCFS) need(!syncfs(tmp), "syncfs");
  if (w != FSYNC && w != STARTED) return;
  for (int i = 0; i < n; i++) need(!fsync(fds[i]) && !close(fds[i]), "fsync");
  need(!fsync(tmp), "fsync");
}

static void commit_and_move(way w, int first, int n) {
  char name[32];
  need(write(log_fd, message, 4096) == 4096 && (w == NONE || !fdatasync(log_fd)), "log");
  for (int i = 0; i < n; i++) {
    snprintf(name, sizeof name, "m%d", first + i);
    need(!renameat(tmp, name, new, name), "rename");
  }
  need(w == NONE || !fsync(new), "fsync");
}

static double run(way w, int batch, int round) {
  int fds[BATCH_MOST];
  int messages = batch < 8 ? total / 4 : total; /* the slow ones are told by fewer */
  make_place(w, batch, round);
  double since = seconds();
  for (int first = 0; first < messages; first += batch) {
    int n = messages - first < batch ? messages - first : batch;
    for (int i = 0; i < n; i++) fds[i] = write_message(w, first + i);
    make_durable(w, fds, n);
    commit_and_move(w, first, n);
  }
  double each = (seconds() - since) / messages * 1e6;
  leave_place();
  return each;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
  (void)st, (void)type, (void)at;
  return remove(path);
}

static void clean(void) { nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

int main(int argc, char **argv) {
  double best[BATCHES][WAYS];
  int rounds = argc > 4 ? atoi(argv[4]) : 3;
  if (argc < 2) return fputs("usage: disk FOLDER [MESSAGES [BYTES [ROUNDS]]]\n", stderr), 64;
  if (argc > 2) total = atoi(argv[2]);
  if (argc > 3) bytes = (size_t)atol(argv[3]);
  snprintf(folder, sizeof folder, "%s/disk-XXXXXX", argv[1]);
  need((message = calloc(1, bytes < 4096 ? 4096 : bytes)) != NULL, "memory");
  need(mkdtemp(folder) != NULL, folder);
  atexit(clean);
  for (int round = 0; round < rounds; round++)
    for (int b = 0; b < BATCHES; b++)
      for (way w = 0; w < WAYS; w++) {
        double us = run(w, batches[b], round);
        if (!round || us < best[b][w]) best[b][w] = us;
      }
  printf("%zu bytes, us a message\n  batch", bytes);
  for (way w = 0; w < WAYS; w++) printf("%9s", way_names[w]);
  for (int b = 0; b < BATCHES; b++) {
    printf("\n%7d", batches[b]);
    for (way w = 0; w < WAYS; w++) printf("%9.0f", best[b][w]);
  }
  return putchar('\n') == EOF;
}
