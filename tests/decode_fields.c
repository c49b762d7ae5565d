/* tests/decode_fields.c - every event, item and code with its fields, as hark decode prints them.
 * SPDX-License-Identifier: MIT
 *
 * A line for each: "event NAME TABLE", "item NAME TABLE", "code NAME TABLE", and below it the
 * fields as "PATH<TAB>TYPE"; TABLE tells those apart that have the same fields. scripts/decode-page
 * reads it. */
#include "core/extension.h"
#include <stdio.h>
#include <string.h>

#define HARK_EXTENSION(name, first) extern const hark__extension hark__ext_##name;
#include "ext/extensions.def"
#undef HARK_EXTENSION
extern const ext_fields hark__base_events[];

static const hark__extension *const extensions[] = {
#define HARK_EXTENSION(name, first) &hark__ext_##name,
#include "ext/extensions.def"
#undef HARK_EXTENSION
};

enum { DEPTH = 8 };

typedef struct walk {
  size_t depth;
  char path[200];
} walk;

static const char *const types[] = {[HARK_FIELD_BOOL] = "true or false",
                                    [HARK_FIELD_INT] = "number",
                                    [HARK_FIELD_U32] = "number",
                                    [HARK_FIELD_U64] = "number",
                                    [HARK_FIELD_TIME] = "seconds",
                                    [HARK_FIELD_STR] = "text or null",
                                    [HARK_FIELD_STRS] = "list of texts",
                                    [HARK_FIELD_SET] = "text or null, a set of numbers",
                                    [HARK_FIELD_STRUCT] = "object or null",
                                    [HARK_FIELD_ARRAY] = "list of objects",
                                    [HARK_FIELD_CHAR] = "text of one character, or null",
                                    [HARK_FIELD_CHAIN] = "list of objects"};

/* Objects that stand in several places are printed once. */
static const char *shared(const hark_field *table) {
  const hark_field *envelope = hark_item_fields(HARK_ITEM_ENVELOPE), *from = envelope;
  while (from->kind != HARK_FIELD_ARRAY) from++;
  return table == hark_item_fields(HARK_ITEM_STRUCTURE) ? "part"
         : table == envelope                            ? "envelope"
         : table == from->of                            ? "address"
                                                        : NULL;
}

static void print_type(const hark_field *f) {
  if (f->kind == HARK_FIELD_ENUM) {
    for (const hark_field *name = f->of; name->name; name++)
      printf("%s%s", name > f->of ? ", " : "", name->name);
    printf("\n");
  } else if (f->kind == HARK_FIELD_ARRAY && !f->of) {
    printf("list of numbers\n");
  } else if (f->of && shared(f->of)) {
    printf(f->kind == HARK_FIELD_STRUCT ? "%s, or null\n" : "list of: %s\n", shared(f->of));
  } else {
    printf("%s\n", types[f->kind]);
  }
}

static void print_fields(walk *w, const hark_field *f) {
  size_t at = strlen(w->path);
  if (!f || w->depth == DEPTH) return;
  w->depth++;
  for (; f->name; f++) {
    bool inner =
        f->kind == HARK_FIELD_ARRAY || f->kind == HARK_FIELD_CHAIN || f->kind == HARK_FIELD_STRUCT;
    snprintf(w->path + at, sizeof w->path - at, "%s%s", at ? "." : "", f->name);
    printf("%s\t", w->path);
    print_type(f);
    if (inner && f->of && !shared(f->of)) print_fields(w, f->of);
  }
  w->path[at] = 0;
  w->depth--;
}

static void print_one(const char *kind, const char *name, const hark_field *fields) {
  walk w = {0};
  printf("%s %s %p\n", kind, name, (const void *)fields);
  print_fields(&w, fields);
}

/* What src/cli/json_event.c puts in place of the table's fields, or beside them. */
static void print_item(const ext_fields *row) {
  const char *name = row->fields ? shared(row->fields) : NULL;
  if (name)
    printf("item %s %p\n%s\t%s\n", row->name, (const void *)row->fields,
           row->id == HARK_ITEM_ENVELOPE ? "envelope" : "structure", name);
  else
    print_one("item", row->name, row->fields);
  if (row->id == HARK_ITEM_INTERNALDATE)
    printf("zone_minutes\tnumber\nleap_second\ttrue or false\nno_zone\ttrue or false\n");
}

static void print_all(const char *kind, const ext_fields *rows) {
  for (; rows && rows->name; rows++)
    if (strcmp(kind, "item") == 0)
      print_item(rows);
    else
      print_one(kind, rows->name, rows->fields);
}

int main(void) {
  print_all("event", hark__base_events);
  for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
    print_all("event", extensions[i]->events);
    print_all("item", extensions[i]->item_kinds);
    print_all("code", extensions[i]->code_ids);
  }
  const hark_field *envelope = hark_item_fields(HARK_ITEM_ENVELOPE), *from = envelope;
  while (from->kind != HARK_FIELD_ARRAY) from++;
  print_one("object", "part", hark_item_fields(HARK_ITEM_STRUCTURE));
  print_one("object", "envelope", envelope);
  print_one("object", "address", from->of);
  return 0;
}
