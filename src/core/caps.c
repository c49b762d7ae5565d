/* core/caps.c - what the server offers.  RFC 9051 sections 6.1.1, 7.2.2.
 * SPDX-License-Identifier: MIT
 *
 * Kept packed, in capitals: NAME NUL NAME NUL.  At most 256 names of 64 bytes; others are
 * told in the event and not kept. */
#include "core/client.h"
#include <assert.h>
#include <string.h>

enum { NAMES_MAX = 256, NAME_MAX_LENGTH = 64, ENABLED_MAX = 32 };

static char upper(char ch) { return ch >= 'a' && ch <= 'z' ? (char)(ch - 32) : ch; }

static bool in_pack(const char *p, size_t size, hark_str name) {
  for (const char *end = p ? p + size : p; p < end; p += strlen(p) + 1)
    if (str_is(name, p)) return true;
  return false;
}

static bool packed_has(const hark_client *c, hark_str name) {
  return in_pack(c->capabilities, c->capabilities_size, name);
}

/* Part of IMAP4rev2 and so not listed by a server that speaks nothing else (RFC 9051
 * appendix E). */
static bool in_rev2(hark_str name) {
  static const char *const names[] = {"NAMESPACE",     "UNSELECT",    "UIDPLUS", "ESEARCH",
                                      "SEARCHRES",     "ENABLE",      "IDLE",    "SASL-IR",
                                      "LIST-EXTENDED", "LIST-STATUS", "MOVE",    "LITERAL-",
                                      "SPECIAL-USE",   "STATUS=SIZE"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (str_is(name, names[i])) return true;
  return false;
}

bool core_has(const hark_client *c, hark_str name) {
  hark_str rev1 = {"IMAP4REV1", 9}, rev2 = {"IMAP4REV2", 9};
  if (!c->capabilities_known) return false;
  if (packed_has(c, name)) return true;
  return in_rev2(name) && packed_has(c, rev2) && !packed_has(c, rev1);
}

bool hark_has(const hark_client *c, const char *capability) {
  return capability && core_has(c, (hark_str){capability, strlen(capability)});
}

bool hark_capabilities_known(const hark_client *c) { return c->capabilities_known; }

void core_capabilities_forget(hark_client *c) {
  mem_free(&c->mem, c->capabilities, c->capabilities_size);
  c->capabilities = NULL, c->capabilities_size = 0;
  c->capabilities_known = c->capabilities_asked = false;
}

/* Mailbox names are UTF-8 where that was enabled (RFC 6855 section 3, RFC 9051 section 6.3.1), or
 * where nothing else is spoken. */
static void spell_names(hark_client *c) {
  const hark_str rev1 = {"IMAP4REV1", 9}, rev2 = {"IMAP4REV2", 9};
  c->utf8 = hark_enabled(c, "UTF8=ACCEPT") || hark_enabled(c, "IMAP4REV2") ||
            (packed_has(c, rev2) && !packed_has(c, rev1));
}

static bool pack(hark_client *c, const hark_str *v, size_t n) {
  size_t size = 0;
  if (n > NAMES_MAX) n = NAMES_MAX;
  for (size_t i = 0; i < n; i++)
    if (v[i].n <= NAME_MAX_LENGTH) size += v[i].n + 1;
  char *p = size ? mem_grow(&c->mem, NULL, 0, size) : NULL;
  if (size && !p) return false;
  core_capabilities_forget(c);
  c->capabilities = p, c->capabilities_size = size;
  for (size_t i = 0; i < n; i++) {
    if (v[i].n > NAME_MAX_LENGTH) continue;
    assert(p);
    for (size_t k = 0; k < v[i].n; k++) *p++ = upper(v[i].p[k]);
    *p++ = 0;
  }
  c->capabilities_known = c->capabilities_fresh = true;
  spell_names(c);
  return true;
}

static bool speaks_imap4rev1(const hark_client *c) {
  return (c->flags & HARK_OBSERVE) || hark_has(c, "IMAP4rev1") || hark_has(c, "IMAP4rev2");
}

/* capability-data = "CAPABILITY" *(SP capability): s stands behind the word. */
bool core_capabilities_set(hark_client *c, scan *s, hark_cmd cmd) {
  size_t n = 0, cap = 0;
  hark_str *v = NULL, name;
  while (!scan_end(s)) {
    if (!scan_sp(s)) return false;
    if (scan_end(s)) { /* that is common */
      if (!scan_forgive(s, "no space at the end")) return false;
      break;
    }
    if (!scan_atom(s, &name)) return false;
    if (n == s->items) return false;
    v = arena_grow(&c->arena, v, sizeof *v, &cap, n + 1);
    if (!v) {
      core_fail(c, HARK_ERR_NOMEM, "capabilities");
      return true;
    }
    v[n++] = name;
  }
  hark_strs *list = arena_alloc(&c->arena, sizeof *list);
  if (!list || !pack(c, v, n)) {
    core_fail(c, HARK_ERR_NOMEM, "capabilities");
    return true;
  }
  if (s->quirk) core_log_note(c, s->quirk);
  list->v = v, list->n = n;
  core_event(c, HARK_EV_CAPABILITY, cmd, list);
  if (!speaks_imap4rev1(c))
    core_fail(c, HARK_ERR_FRAME, "it speaks neither IMAP4rev1 nor IMAP4rev2");
  return true;
}

/* --- ENABLE.  RFC 5161, RFC 9051 section 6.3.1 --- */

bool hark_enabled(const hark_client *c, const char *capability) {
  if (!capability) return false;
  return in_pack(c->enabled, c->enabled_size, (hark_str){capability, strlen(capability)});
}

bool core_enable(hark_client *c, hark_str name) {
  if (name.n > NAME_MAX_LENGTH || c->nenabled == ENABLED_MAX) return true;
  if (in_pack(c->enabled, c->enabled_size, name)) return true;
  char *p = mem_grow(&c->mem, c->enabled, c->enabled_size, c->enabled_size + name.n + 1);
  if (!p) return false;
  c->enabled = p;
  for (size_t i = 0; i < name.n; i++) p[c->enabled_size++] = upper(name.p[i]);
  p[c->enabled_size++] = 0;
  c->nenabled++;
  spell_names(c);
  return true;
}

void core_enabled_forget(hark_client *c) {
  mem_free(&c->mem, c->enabled, c->enabled_size);
  c->enabled = NULL, c->enabled_size = c->nenabled = 0;
  spell_names(c);
}

int hark_assume_capabilities(hark_client *c, const char *names) {
  hark_str v[NAMES_MAX];
  size_t n = 0;
  if (c->capabilities_known) return HARK_ERR_STATE;
  if (!names) return HARK_ERR_ARG;
  while (n < NAMES_MAX && str_word(&names, &v[n])) n++;
  if (!pack(c, v, n)) return HARK_ERR_NOMEM;
  c->capabilities_fresh = false;
  return 0;
}
