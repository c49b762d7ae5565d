/* tests/unit/test_parts.c - parts of a message: ext/parts.c.
 * SPDX-License-Identifier: MIT */
#include <hark/fetch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LEAF(type, subtype) "(\"" type "\" \"" subtype "\" NIL NIL NIL \"7bit\" 1"
#define TEXT(subtype)       LEAF("text", subtype) " 1)"
#define PNG                 LEAF("image", "png") ")"
#define ATTACHED(type, subtype, more)                                                              \
  LEAF(type, subtype) more " NIL (\"ATTACHMENT\" (\"FileName\" \"f\")))"
#define ENVELOPE        "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"
#define MESSAGE(inside) LEAF("message", "rfc822") " " ENVELOPE " " inside " 1)"

/* What the calls say of a tree, in one line. */
static void about(const char *body, char *out, size_t size) {
  hark_config config;
  hark_config_init(&config);
  config.flags = HARK_OBSERVE;
  hark_client *c = hark_new(&config);
  char line[4000];
  const hark_event *ev;
  snprintf(line, sizeof line, "* 1 FETCH (BODYSTRUCTURE %s)\r\n", body);
  assert_int_equal(hark_feed(c, line, strlen(line)), strlen(line));
  while ((ev = hark_next(c)) && ev->type != HARK_EV_ITEM) assert_int_equal(ev->type, HARK_EV_FETCH);
  assert_non_null(ev);
  const hark_part *root = ev->item->structure, *p = NULL;
  size_t n = 0;
  while ((p = hark_part_next(root, p)))
    n += (size_t)snprintf(out + n, size - n, "%.*s ", (int)p->path.n, p->path.p);
  n += (size_t)snprintf(out + n, size - n, "|");
  for (p = NULL; (p = hark_part_next_attached(root, p));)
    n += (size_t)snprintf(out + n, size - n, " %.*s", (int)p->path.n, p->path.p);
  for (int html = 0; html < 2; html++) {
    p = hark_part_text(root, html);
    n +=
        (size_t)snprintf(out + n, size - n, " | %.*s", p ? (int)p->path.n : 1, p ? p->path.p : "-");
  }
  hark_free(c);
}

static void check(const char *body, const char *want) {
  char happened[1000];
  about(body, happened, sizeof happened);
  assert_string_equal(happened, want);
}

static void one_part(void **state) {
  (void)state;
  check(TEXT("plain"), "1 | | 1 | 1");
  check(TEXT("html"), "1 | | 1 | 1");
  check(PNG, "1 | 1 | - | -");
  check(ATTACHED("text", "plain", " 1"), "1 | 1 | - | -");
}

static void a_text_and_what_is_attached(void **state) {
  (void)state;
  check("(" TEXT("html") TEXT("plain") " \"mixed\")", "TEXT 1 2 | | 1 | 1");
  check("(" TEXT("plain") ATTACHED("text", "plain", " 1") PNG " \"mixed\")",
        "TEXT 1 2 3 | 2 3 | 1 | 1");
  check("(" ATTACHED("text", "plain", " 1") TEXT("plain") " \"mixed\")", "TEXT 1 2 | 1 | 2 | 2");
  check("((\"text\" \"x\" (\"NAME*0\" \"n\") NIL NIL \"7bit\" 1 1)" TEXT("plain") " \"mixed\")",
        "TEXT 1 2 | 1 | 2 | 2");
  check("((\"text\" \"x\" (\"CHARSET\" \"a\" \"NAME x\" \"n\") NIL NIL \"7bit\" 1 1)" TEXT(
            "plain") " \"mixed\")",
        "TEXT 1 2 | | 1 | 1");
  check("(" TEXT("plain") LEAF("image", "png") " NIL (\"inline\" NIL)) \"mixed\")",
        "TEXT 1 2 | | 1 | 1");
}

static void alternatives(void **state) {
  (void)state;
  check("(" TEXT("plain") TEXT("html") " \"Alternative\")", "TEXT 1 2 | | 1 | 2");
  check("(" TEXT("plain") TEXT("html") TEXT("calendar") " \"alternative\")",
        "TEXT 1 2 3 | | 1 | 2");
  check("(" TEXT("html") TEXT("html") " \"alternative\")", "TEXT 1 2 | | 2 | 2");
  check("(" TEXT("enriched") TEXT("calendar") " \"alternative\")", "TEXT 1 2 | | 2 | 2");
  check("(" TEXT("plain") "(" TEXT("html") PNG " \"related\") \"alternative\")",
        "TEXT 1 2 2.1 2.2 | | 1 | 2.1");
  check("((" TEXT("plain") TEXT("html") " \"alternative\")" TEXT("plain") PNG " \"mixed\")",
        "TEXT 1 1.1 1.2 2 3 | 3 | 1.1 | 1.2");
  check("(((" TEXT("plain") TEXT("html") " \"alternative\")" PNG " \"related\")" PNG
                                         " \"alternative\")",
        "TEXT 1 1.1 1.1.1 1.1.2 1.2 2 | | 1.1.1 | 1.1.2");
}

static void messages_in_messages(void **state) {
  (void)state;
  check("(" TEXT("plain") MESSAGE("(" TEXT("html") PNG " \"mixed\")") " \"mixed\")",
        "TEXT 1 2 2.TEXT 2.1 2.2 | 2 | 1 | 1");
  check("(" MESSAGE(TEXT("html")) TEXT("plain") " \"mixed\")", "TEXT 1 1.1 2 | 1 | 2 | 2");
  check(MESSAGE(TEXT("plain")), "1 1.1 | | 1.1 | 1.1");
}

static void parts_by_path_and_name(void **state) {
  (void)state;
  hark_param file = {{"FILENAME", 8}, {"a", 1}}, name = {{"name", 4}, {"b", 1}};
  hark_part
      root = {.path = {"TEXT", 4}, .type = {"multipart", 9}},
      one = {.parent = &root, .path = {"1", 1}, .type = {"x", 1}, .params = &name, .nparams = 1},
      two = {.parent = &root, .path = {"2", 1}, .type = {"y", 1}, .params = &name, .nparams = 1};
  root.child = &one, one.next = &two;
  two.disposition_params = &file, two.ndisposition_params = 1;
  assert_ptr_equal(hark_part_find(&root, "text"), &root);
  assert_ptr_equal(hark_part_find(&root, "2"), &two);
  assert_ptr_equal(hark_part_find(&one, "2"), NULL);
  assert_ptr_equal(hark_part_find(&root, "20"), NULL);
  assert_ptr_equal(hark_part_find(&root, NULL), NULL);
  assert_true(hark_part_is(&one, NULL, NULL));
  one.subtype = (hark_str){"z", 1};
  assert_true(hark_part_is(&one, NULL, "Z"));
  assert_ptr_equal(hark_part_next(&one, &one), NULL);
  assert_memory_equal(hark_part_filename(&one).p, "b", 1);
  assert_memory_equal(hark_part_filename(&two).p, "a", 1);
  assert_null(hark_part_filename(&root).p);
  assert_false(hark_part_attached(&root));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_part),
      cmocka_unit_test(a_text_and_what_is_attached),
      cmocka_unit_test(alternatives),
      cmocka_unit_test(messages_in_messages),
      cmocka_unit_test(parts_by_path_and_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
