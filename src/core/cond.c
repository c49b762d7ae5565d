/* core/cond.c - OK, NO, BAD, BYE, PREAUTH and their codes.  RFC 9051 section 7.1.
 * SPDX-License-Identifier: MIT */
#include "core/client.h"
#include <string.h>

int core_verdict(hark_str word) {
  switch (word.n) {
  case 2: return str_is(word, "OK") ? HARK_VERDICT_OK : str_is(word, "NO") ? HARK_VERDICT_NO : -1;
  case 3:
    return str_is(word, "BAD") ? HARK_VERDICT_BAD : str_is(word, "BYE") ? HARK_VERDICT_BYE : -1;
  case 7: return str_is(word, "PREAUTH") ? HARK_VERDICT_PREAUTH : -1;
  default: return -1;
  }
}

/* code with name, whose "_" is "-": below, at, or above 0 */
static int compare(hark_str code, const char *name) {
  for (size_t i = 0; i < code.n; i++) {
    char a = code.p[i], b = name[i] == '_' ? '-' : name[i];
    if (a >= 'a' && a <= 'z') a = (char)(a - 32);
    if (a != b) return a - b;
  }
  return name[code.n] ? -1 : 0;
}

static int code_id(hark_str code) {
  static const struct {
    const char *name;
    int32_t id;
  } codes[] = {
#define X(name, value) {#name, value},
      HARK_CODES(X)
#undef X
  };
  size_t low = 0, high = sizeof codes / sizeof *codes;
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = compare(code, codes[middle].name);
    if (!order) return codes[middle].id;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return HARK_CODE_OTHER;
}

/* Where the "]" of a code is: not inside parentheses or quotes, since servers put it into
 * flags; if those are not balanced, the first.  0: there is none. */
static size_t code_end(hark_str text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 1; i < text.n; i++) {
    char ch = text.p[i];
    if (quoted && ch == '\\')
      i++;
    else if (ch == '"')
      quoted = !quoted;
    else if (quoted)
      continue;
    else if (ch == '(')
      depth++;
    else if (ch == ')')
      depth--;
    else if (ch == ']' && depth <= 0)
      return i;
  }
  const char *first = memchr(text.p, ']', text.n);
  return first ? (size_t)(first - text.p) : 0;
}

static uint64_t code_number(hark_client *c, hark_str args) {
  scan s;
  uint64_t num;
  core_scan(c, &s, args);
  return scan_u64(&s, &num) && scan_end(&s) ? num : 0;
}

/* resp-text-code = atom [SP 1*<any TEXT-CHAR except "]">], typed where a module knows how.
 * false: it is none, and belongs to the text. */
static bool read_code(hark_client *c, hark_str inside, hark_ev_cond *cond) {
  scan s;
  core_scan(c, &s, inside);
  hark_str name;
  if (!scan_atom(&s, &name)) return false;
  cond->code = name;
  cond->code_id = code_id(name);
  scan args = s;
  size_t at = name.n;
  while (at < inside.n && inside.p[at] == ' ') at++;
  if (at < inside.n) cond->code_args = (hark_str){inside.p + at, inside.n - at};
  cond->code_num = code_number(c, cond->code_args);
  if (cond->code_id == HARK_CODE_CAPABILITY) {
    core_capabilities_set(c, &args, 0);
    return true;
  }
  const ext_word *w = core_word(TABLE_CODES, name);
  if (!w) return true;
  ext_call call = {.c = c, .word = w, .cond = cond};
  if (!core_parse(c, &call, &args) && !core_dead(c)) {
    cond->code_data = NULL;
    core_log_note(c, "forgiven: a response code's arguments");
  }
  return true;
}

/* resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text; text may be missing altogether. */
bool core_cond(hark_client *c, hark_str line, hark_ev_cond *cond) {
  size_t n = 0;
  while (n < line.n && (class_table[(uint8_t)line.p[n]] & CLASS_ATOM)) n++;
  cond->verdict = core_verdict((hark_str){line.p, n});
  while (n < line.n && line.p[n] == ' ') n++;
  hark_str text = {line.p + n, line.n - n};
  if (text.n && *text.p == '[') {
    size_t end = code_end(text);
    bool code = end && read_code(c, (hark_str){text.p + 1, end - 1}, cond);
    if (core_dead(c)) return false;
    if (code) {
      text.p += end + 1, text.n -= end + 1;
      while (text.n && *text.p == ' ') text.p++, text.n--;
    }
  }
  cond->text = text;
  return true;
}
