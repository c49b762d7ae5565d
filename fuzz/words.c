/* fuzz/words.c - a dictionary for libFuzzer out of the modules' tables: whatever extensions.def
 * lists is fed, with no list to keep.  SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/event.h>
#include <stdio.h>

#define HARK_EXTENSION(name, first) extern const hark__extension hark__ext_##name;
#include "ext/extensions.def"
#undef HARK_EXTENSION

static const hark__extension *const all[] = {
#define HARK_EXTENSION(name, first) &hark__ext_##name,
#include "ext/extensions.def"
#undef HARK_EXTENSION
    NULL};

static const char *const codes[] = {
#define X(name, value) #name,
    HARK_CODES(X)
#undef X
        NULL};

/* "_" is "-" on the wire. */
static void entry(const char *before, const char *word, const char *behind) {
  printf("\"%s", before);
  for (; *word; word++) putchar(*word == '_' ? '-' : *word);
  printf("%s\"\n", behind);
}

static void words_of(const ext_word *w, const char *before) {
  for (; w && w->word; w++) entry(before, w->word, w->mode == EXT_BODY ? "" : " ");
}

int main(void) {
  for (size_t i = 0; all[i]; i++) {
    words_of(all[i]->responses, "* ");
    words_of(all[i]->responses, "* 2 ");
    words_of(all[i]->items, "");
    words_of(all[i]->items, "* 1 FETCH (");
    words_of(all[i]->codes, "* OK [");
  }
  for (size_t i = 0; codes[i]; i++) entry("* NO [", codes[i], " ");
  return 0;
}
