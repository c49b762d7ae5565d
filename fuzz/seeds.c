/* fuzz/seeds.c - seeds for fuzz_client out of golden transcripts.  SPDX-License-Identifier: MIT
 *
 *   fuzz_seeds FOLDER tests/wire/X.md ... */
#include "input.h"
#include "wire_script.h"

static unsigned char flags_of(const script *s) {
  unsigned flags = INPUT_EOF;
  if (s->flags & HARK_OBSERVE) flags |= INPUT_OBSERVE;
  if (s->flags & HARK_STRICT) flags |= INPUT_STRICT;
  if (s->flags & HARK_REQUIRE_TLS) flags |= INPUT_REQUIRE_TLS;
  if (s->limits.response || s->limits.literal || s->limits.line) flags |= INPUT_SMALL;
  return (unsigned char)flags;
}

static void write_seed(const char *folder, size_t number, const script *s) {
  static const unsigned char pause = INPUT_PAUSE;
  char path[4096];
  snprintf(path, sizeof path, "%s/seed-%04zu", folder, number);
  FILE *f = fopen(path, "wb");
  if (!f) {
    perror(path);
    exit(1);
  }
  fputc(flags_of(s), f);
  fputc((int)(number & 0xff), f);
  for (size_t i = 0; i < s->n; i++) {
    const text *t = &s->steps[i].text;
    if (s->steps[i].kind != STEP_SERVER) continue;
    fwrite(t->p, 1, t->n < 4000 ? t->n : 4000, f);
    fwrite(&pause, 1, 1, f);
  }
  if (fclose(f)) exit(1);
}

int main(int argc, char **argv) {
  scripts all = {0};
  for (int i = 2; i < argc; i++)
    if (!scripts_read(&all, argv[i])) return 1;
  for (size_t i = 0; i < all.n; i++) write_seed(argv[1], i, &all.v[i]);
  printf("%zu seeds\n", all.n);
  scripts_free(&all);
  return argc > 2 ? 0 : 1;
}
