/* bench/write.c - writes files of one size and makes them durable: the disk's share of a pull.
 * SPDX-License-Identifier: MIT
 *
 *   bench_write FOLDER COUNT BYTES    prints the seconds; FOLDER must exist
 *
 * Nothing is done that is not needed: no temporary name, no state, one syncfs() at the end. */
#include "measure.h"
#include <fcntl.h>
#include <unistd.h>

static void write_one(int folder, unsigned long number, const char *text, size_t n) {
  char name[32];
  snprintf(name, sizeof name, "%lu", number);
  int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  need(fd >= 0 && write(fd, text, n) == (ssize_t)n && !close(fd), name);
}

int main(int argc, char **argv) {
  if (argc != 4) return fputs("usage: bench_write FOLDER COUNT BYTES\n", stderr), 64;
  unsigned long count = strtoul(argv[2], NULL, 10);
  size_t bytes = strtoul(argv[3], NULL, 10);
  double since = seconds();
  int folder = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  need(folder >= 0, argv[1]);
  char *text = malloc(bytes);
  need(text != NULL, "memory");
  memset(text, 'x', bytes);
  for (unsigned long i = 0; i < count; i++) write_one(folder, i, text, bytes);
  need(!syncfs(folder), "syncfs");
  free(text);
  printf("%.3f s\n", seconds() - since);
  return 0;
}
