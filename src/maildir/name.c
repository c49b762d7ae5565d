/* maildir/name.c - names of files: what a message is known by when the state is lost.
 * SPDX-License-Identifier: MIT
 *
 * Numbers and a hash, nothing else that a server or a sender said; no host name, no character
 * that a file system, a shell or another system could mind. */
#include "maildir/internal.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* FNV-1a.  A collision costs nothing but the rebuilding of a lost state. */
void md_hash(char out[HASH_DIGITS + 1], const char *account, hark_str mailbox) {
  uint64_t h = 0xcbf29ce484222325u;
  for (size_t i = 0, n = strlen(account) + 1; i < n; i++)
    h = (h ^ (unsigned char)account[i]) * 0x100000001b3u;
  for (size_t i = 0; i < mailbox.n; i++) h = (h ^ (unsigned char)mailbox.p[i]) * 0x100000001b3u;
  snprintf(out, HASH_DIGITS + 1, "%016llx", (unsigned long long)h);
}

void md_name_put(char out[NAME_MOST], const mail_name *from) {
  snprintf(out, NAME_MOST, "%lld.V%uU%uS%llu.%s", from->time > 0 ? (long long)from->time : 0,
           from->uidvalidity, from->uid, (unsigned long long)from->size, from->hash);
}

static bool number(const char **p, const char *end, uint64_t most, uint64_t *out) {
  const char *from = *p;
  *out = 0;
  for (; *p < end && **p >= '0' && **p <= '9'; ++*p) {
    uint64_t digit = (uint64_t)(**p - '0');
    if (*out > (most - digit) / 10) return false;
    *out = *out * 10 + digit;
  }
  return *p > from;
}

static bool literal(const char **p, const char *end, const char *word) {
  size_t n = strlen(word);
  if ((size_t)(end - *p) < n || memcmp(*p, word, n)) return false;
  *p += n;
  return true;
}

bool md_name_read(mail_name *to, const char *text, size_t n) {
  const char *p = text, *end = text + n;
  uint64_t time, uidvalidity, uid;
  char again[NAME_MOST];
  bool ok = number(&p, end, INT64_MAX, &time) && literal(&p, end, ".V") &&
            number(&p, end, UINT32_MAX, &uidvalidity) && literal(&p, end, "U") &&
            number(&p, end, UINT32_MAX, &uid) && literal(&p, end, "S") &&
            number(&p, end, UINT64_MAX, &to->size) && literal(&p, end, ".");
  if (!ok || end - p != HASH_DIGITS) return false;
  for (const char *h = p; h < end; h++)
    if (!strchr("0123456789abcdef", *h)) return false;
  to->time = (int64_t)time, to->uidvalidity = (uint32_t)uidvalidity, to->uid = (uint32_t)uid;
  memcpy(to->hash, p, HASH_DIGITS);
  to->hash[HASH_DIGITS] = 0;
  md_name_put(again, to);
  return strlen(again) == n && !memcmp(again, text, n); /* "007" is not ours */
}

size_t md_base_length(const char *file) { return strcspn(file, ":"); }

/* In the order of ASCII, as maildir(5) wants them. */
static const struct letter {
  char letter;
  const char *flag;
} letters_of[] = {{'D', "\\Draft"},    {'F', "\\Flagged"}, {'P', "$Forwarded"},
                  {'R', "\\Answered"}, {'S', "\\Seen"},    {'T', "\\Deleted"}};
enum { LETTERS = sizeof letters_of / sizeof *letters_of };

uint8_t md_letters(const hark_strs *flags) {
  unsigned set = 0;
  for (size_t i = 0; i < flags->n; i++)
    for (unsigned k = 0; k < LETTERS; k++) {
      const char *flag = letters_of[k].flag;
      if (flags->v[i].n == strlen(flag) && !strncasecmp(flags->v[i].p, flag, flags->v[i].n))
        set |= 1u << k;
    }
  return (uint8_t)set;
}

void md_letters_put(char out[LETTERS_MOST], uint8_t letters) {
  for (unsigned k = 0; k < LETTERS; k++)
    if (letters & 1u << k) *out++ = letters_of[k].letter;
  *out = 0;
}

uint8_t md_letters_read(const char *text) {
  unsigned set = 0;
  for (; *text; text++)
    for (unsigned k = 0; k < LETTERS; k++)
      if (*text == letters_of[k].letter) set |= 1u << k;
  return (uint8_t)set;
}
