/* tests/unit/hostile.h - whatever a server may say behind each word that a module knows, at length.
 * SPDX-License-Identifier: MIT
 *
 * A shape is a beginning, a unit said again and again, and an end.  The words come from the
 * modules' own tables, so that a new module is under attack from its first day. */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H
#include "core/extension.h"
#include <hark/client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HARK_EXTENSION(name, first) extern const hark__extension hark__ext_##name;
#include "ext/extensions.def"
#undef HARK_EXTENSION
static const hark__extension *const hostile_modules[] = {
#define HARK_EXTENSION(name, first) &hark__ext_##name,
#include "ext/extensions.def"
#undef HARK_EXTENSION
    NULL};

typedef struct shape {
  char begin[96];
  const char *unit, *end;
} shape;

/* Behind the word, and then for ever. */
static const char *const hostile_begins[] = {
    "",      "(",         "((",  "\"a\" ",       "\"a\" (",  "a a ",
    "a (a ", "() \"/\" ", "1 (", "(TAG \"a\") ", "a \"a\" ("};
static const char *const hostile_units[] = {
    "a ",
    "1 ",
    "1,",
    "(",
    "(a) ",
    "(a (b)) ",
    "\"a\" ",
    "\"\\\\\" ",
    "{1}\r\nx ",
    "{0}\r\n",
    "NIL ",
    "\"",
    "\\",
    "[",
    "]",
    "()",
    ")",
    "1:2 ",
    "a,1:2,",
    ",",
    " ",
    "&",
    "&AAA-",
    "\x80",
    "<",
    "+",
    "(1 (2)",
    "a (",
    "a (1) ",
    "\"a\" (",
    "{3}\r\n(((",
    "a {9}\r\n\r\n* 1 BAD ",
    "(NIL NIL \"a\" \"b\")",
    "(\"a\" \"b\" NIL NIL NIL \"7bit\" 1)",
    "(\"a\" \"b\" NIL NIL NIL \"7bit\" 1 (",
    "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "};

typedef void (*shape_fn)(void *ud, const shape *s);

static void hostile_word(const char *before, const char *word, const char *end, shape_fn use,
                         void *ud) {
  for (size_t i = 0; i < sizeof hostile_begins / sizeof *hostile_begins; i++) {
    for (size_t k = 0; k < sizeof hostile_units / sizeof *hostile_units; k++) {
      shape s = {.unit = hostile_units[k], .end = end};
      snprintf(s.begin, sizeof s.begin, "%s%s %s", before, word, hostile_begins[i]);
      use(ud, &s);
    }
  }
}

/* Each shape of each word. */
static void hostile_all(shape_fn use, void *ud) {
  for (size_t i = 0; hostile_modules[i]; i++) {
    for (const ext_word *w = hostile_modules[i]->responses; w && w->word; w++) {
      hostile_word("* ", w->word, "\r\n", use, ud);
      hostile_word("* 1 ", w->word, "\r\n", use, ud);
    }
    for (const ext_word *w = hostile_modules[i]->items; w && w->word; w++)
      hostile_word("* 1 FETCH (UID 1 ", w->word, " UID 1)\r\n", use, ud);
    for (const ext_word *w = hostile_modules[i]->codes; w && w->word; w++)
      hostile_word("* OK [", w->word, "] x\r\n", use, ud);
  }
}

/* What a client held at most, and what it told. */
typedef struct attack {
  hark_client *c;
  size_t held, most, events, malformed;
  uint64_t exists;
} attack;

static void *attack_alloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
  attack *a = ud;
  a->held = a->held - (ptr ? old_size : 0) + new_size;
  if (a->held > a->most) a->most = a->held;
  if (new_size) return realloc(ptr, new_size);
  free(ptr);
  return NULL;
}

static void attack_begin(attack *a, const hark_limits *limits) {
  hark_config config;
  hark_config_init(&config);
  *a = (attack){0};
  config.alloc = attack_alloc, config.alloc_ud = a, config.flags = HARK_OBSERVE;
  config.limits = limits;
  a->c = hark_new(&config);
  if (!a->c) abort();
}

static void attack_say(attack *a, const char *p, size_t n) {
  while (n && !hark_error(a->c)) {
    size_t took = hark_feed(a->c, p, n);
    for (const hark_event *ev; (ev = hark_next(a->c)); a->events++) {
      if (ev->type == HARK_EV_EXISTS) a->exists = ev->num;
      if (ev->type == HARK_EV_MALFORMED) a->malformed++;
    }
    p += took, n -= took;
  }
}

static void attack_end(attack *a) {
  hark_free(a->c);
  if (a->held) abort();
}

/* The shape with about n bytes of its unit. */
static void attack_shape(attack *a, const shape *s, size_t n) {
  char block[16384];
  size_t unit = strlen(s->unit), per = sizeof block / unit * unit;
  for (size_t at = 0; at < per; at += unit) memcpy(block + at, s->unit, unit);
  attack_say(a, s->begin, strlen(s->begin));
  for (size_t part; n; n -= part) {
    part = n < per ? n : per;
    attack_say(a, block, part / unit ? part / unit * unit : unit);
  }
  attack_say(a, s->end, strlen(s->end));
}
#endif
