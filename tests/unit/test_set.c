/* tests/unit/test_set.c - wire/set.c, against a plain array of bools.
 * SPDX-License-Identifier: MIT */
#include "heap.h"
#include <hark/set.h>
#include <stdio.h>

static hark_set *new_set(void) {
  hark_config config;
  hark_config_init(&config);
  config.alloc = failing_alloc;
  config.alloc_ud = &heap;
  hark_set *s = hark_set_new(&config);
  assert_non_null(s);
  return s;
}

static hark_str str(const char *text) { return (hark_str){text, strlen(text)}; }

static void parses_to(const char *text, const char *want) {
  hark_set *s = new_set();
  int err = hark_set_parse(s, str(text));
  assert_int_equal(err, want ? 0 : HARK_ERR_ARG);
  assert_string_equal(hark_set_text(s), want ? want : "");
  hark_set_free(s);
}

static void texts(void **state) { /* SEC F-14 */
  (void)state;
  parses_to("1", "1");
  parses_to("3,1,2", "1:3");
  parses_to("5:1", "1:5");
  parses_to("1:3,5:7", "1:3,5:7");
  parses_to("1:3,5:7,4", "1:7");
  parses_to("1:10,3:4", "1:10");
  parses_to("*", "*");
  parses_to("*:*", "*");
  parses_to("*:5", "5:*");
  parses_to("5:*,1", "1,5:*");
  parses_to("4294967295", "4294967295");
  parses_to("4294967295,*", "4294967295:*");
  parses_to("1:*", "1:*");
  parses_to("1:4294967295", "1:4294967295");
  parses_to("", NULL);
  parses_to("0", NULL);
  parses_to("1,", NULL);
  parses_to("1,,2", NULL);
  parses_to("4294967296", NULL);
  parses_to("1:0", NULL);
  parses_to("1 ", NULL);
  parses_to("$", NULL);
}

static void star_and_the_largest_uid_are_two(void **state) { /* SEC K-05 */
  (void)state;
  hark_set *s = new_set();
  assert_int_equal(hark_set_add(s, UINT32_MAX, UINT32_MAX), 0);
  assert_true(hark_set_has(s, UINT32_MAX));
  assert_false(hark_set_has(s, 0));
  assert_int_equal(hark_set_add(s, 7, 0), 0);
  assert_true(hark_set_has(s, 0) && hark_set_has(s, 7) && !hark_set_has(s, 6));
  assert_string_equal(hark_set_text(s), "7:*");
  assert_int_equal(hark_set_remove(s, 0, 0), 0);
  assert_string_equal(hark_set_text(s), "7:4294967295");
  assert_int_equal(hark_set_count(s), 4294967289u);
  assert_int_equal(hark_set_remove(s, 1, 0), 0);
  assert_string_equal(hark_set_text(s), "");
  hark_set_free(s);
}

static unsigned next_random(unsigned *seed) { return (*seed = *seed * 1103515245u + 12345u) >> 8; }

enum { MOST = 200 };

/* Numbers of three chunks, whole chunks between them: what is said of one chunk holds for all. */
static void across_chunks(void **state) {
  (void)state;
  hark_set *s = new_set(), *other = new_set();
  assert_int_equal(hark_set_add(s, 65530, 400000), 0);
  assert_string_equal(hark_set_text(s), "65530:400000");
  assert_int_equal(hark_set_remove(s, 65537, 65537), 0);
  assert_int_equal(hark_set_remove(s, 200000, 300000), 0);
  assert_string_equal(hark_set_text(s), "65530:65536,65538:199999,300001:400000");
  assert_int_equal(hark_set_count(s), 7 + 134462 + 100000);
  assert_int_equal(hark_set_at(s, 6), 65536);
  assert_int_equal(hark_set_at(s, 7), 65538);
  assert_int_equal(hark_set_at(s, 7 + 134462), 300001);
  assert_int_equal(hark_set_rank(s, 65530), 0);
  assert_int_equal(hark_set_rank(s, 65537), 7);
  assert_int_equal(hark_set_rank(s, 250000), 7 + 134462);
  assert_int_equal(hark_set_rank(s, 0), 7 + 134462 + 100000);
  assert_int_equal(hark_set_add(other, 1, 1), 0);
  assert_int_equal(hark_set_add(other, 4000000000u, 4100000000u), 0);
  assert_int_equal(hark_set_add(other, 65537, 65537), 0);
  assert_int_equal(hark_set_join(s, other), 0);
  assert_string_equal(hark_set_text(s), "1,65530:199999,300001:400000,4000000000:4100000000");
  assert_int_equal(hark_set_remove(other, 65537, 65537), 0);
  assert_int_equal(hark_set_without(s, other), 0);
  assert_string_equal(hark_set_text(s), "65530:199999,300001:400000");
  assert_int_equal(hark_set_join(other, s), 0);
  assert_int_equal(hark_set_add(other, 1, 0), 0);
  assert_int_equal(hark_set_without(other, s), 0);
  assert_string_equal(hark_set_text(other), "1:65529,200000:300000,400001:*");
  hark_set_free(s);
  hark_set_free(other);
}

/* Whether the next chunk is there or not, and whatever it begins with. */
static void runs_up_to_the_end_of_a_chunk(void **state) {
  (void)state;
  hark_set *s = new_set();
  hark_set_add(s, 65535, 65536);
  assert_string_equal(hark_set_text(s), "65535:65536");
  hark_set_add(s, 200000, 200000);
  assert_string_equal(hark_set_text(s), "65535:65536,200000");
  hark_set_add(s, 65538, 65538);
  assert_string_equal(hark_set_text(s), "65535:65536,65538,200000");
  hark_set_add(s, 65537, 65537);
  assert_string_equal(hark_set_text(s), "65535:65538,200000");
  hark_set_free(s);
}

static void without_what_is_not_there(void **state) {
  (void)state;
  hark_set *s = new_set(), *other = new_set();
  hark_set_parse(s, str("70000,200000"));
  hark_set_parse(other, str("5,140000,200001,400000,600000"));
  assert_int_equal(hark_set_without(s, other), 0);
  assert_string_equal(hark_set_text(s), "70000,200000");
  hark_set_free(s);
  hark_set_free(other);
}

/* Every second number of a million, both ways round: in bits, not in a run each. */
static void a_hole_behind_each(void **state) {
  (void)state;
  hark_set *s = new_set(), *other = new_set();
  for (uint32_t n = 1; n < 2000000; n += 2) assert_int_equal(hark_set_add(s, n, n), 0);
  assert_int_equal(hark_set_count(s), 1000000);
  assert_true(heap.out <= 300000);
  assert_int_equal(hark_set_at(s, 700000), 1400001);
  for (uint32_t n = 1; n < 2000000; n += 997) assert_int_equal(hark_set_rank(s, n), n / 2);
  assert_int_equal(hark_set_add(other, 1, 2000000), 0);
  assert_int_equal(hark_set_without(other, s), 0);
  assert_int_equal(hark_set_count(other), 1000000);
  assert_true(hark_set_has(other, 1400000) && !hark_set_has(other, 1400001));
  uint32_t a, b, n = 2;
  for (uint64_t at = 0; hark_set_walk(other, &at, &a, &b); n += 2) assert_true(a == n && b == n);
  assert_int_equal(n, 2000002);
  assert_int_equal(hark_set_join(s, other), 0);
  assert_string_equal(hark_set_text(s), "1:2000000");
  for (n = 2; n <= 2000000; n += 2) assert_int_equal(hark_set_remove(other, n, n), 0);
  assert_string_equal(hark_set_text(other), "");
  hark_set_free(other);
  assert_true(heap.out <= 100000); /* the bits of what is whole now are gone */
  hark_set_free(s);
}

static void compare(hark_set *s, const bool *model) {
  uint64_t count = 0;
  for (uint32_t n = 1; n <= MOST; n++) {
    assert_int_equal(hark_set_has(s, n), model[n]);
    assert_int_equal(hark_set_rank(s, n), count);
    if (model[n]) assert_int_equal(hark_set_at(s, count), n);
    count += model[n];
  }
  assert_int_equal(hark_set_count(s), count);
  char want[2000] = "";
  size_t len = 0;
  for (uint32_t n = 1; n <= MOST; n++) {
    if (!model[n]) continue;
    uint32_t last = n;
    while (last < MOST && model[last + 1]) last++;
    len += (size_t)snprintf(want + len, sizeof want - len, last > n ? "%s%u:%u" : "%s%u",
                            len ? "," : "", n, last);
    n = last;
  }
  assert_string_equal(hark_set_text(s), want);
}

static void against_a_model(void **state) {
  (void)state;
  unsigned seed = 11;
  for (int round = 0; round < 60; round++) {
    hark_set *s = new_set();
    bool model[MOST + 2] = {0};
    for (int step = 0; step < 120; step++) {
      uint32_t first = next_random(&seed) % MOST + 1, last = first + next_random(&seed) % 12;
      if (last > MOST) last = MOST;
      bool adds = next_random(&seed) % 3;
      bool swap = next_random(&seed) % 2;
      for (uint32_t n = first; n <= last; n++) model[n] = adds;
      int err =
          (adds ? hark_set_add : hark_set_remove)(s, swap ? last : first, swap ? first : last);
      assert_int_equal(err, 0);
      if (step % 10 == 9) compare(s, model);
    }
    hark_set *copy = new_set();
    if (hark_set_count(s)) assert_int_equal(hark_set_parse(copy, str(hark_set_text(s))), 0);
    compare(copy, model);
    hark_set_free(copy);
    hark_set_free(s);
  }
}

static void any_text_against_a_model(void **state) {
  (void)state;
  unsigned seed = 23;
  for (int round = 0; round < 200; round++) {
    hark_set *s = new_set();
    bool model[MOST + 2] = {0};
    char text[100 * 10], *to = text;
    for (unsigned i = next_random(&seed) % 100 + 1; i; i--) {
      uint32_t first = next_random(&seed) % MOST + 1, last = first + next_random(&seed) % 3;
      if (last > MOST) last = MOST;
      to += sprintf(to, "%u:%u,", i % 2 ? last : first, i % 2 ? first : last);
      for (uint32_t n = first; n <= last; n++) model[n] = true;
    }
    assert_int_equal(hark_set_parse(s, (hark_str){text, (size_t)(to - text) - 1}), 0);
    compare(s, model);
    hark_set_free(s);
  }
}

static void fill(hark_set *s, bool *model, unsigned *seed, unsigned most) {
  for (unsigned i = next_random(seed) % most; i; i--) {
    uint32_t first = next_random(seed) % MOST + 1, last = first + next_random(seed) % 5;
    if (last > MOST) last = MOST;
    assert_int_equal(hark_set_add(s, first, last), 0);
    for (uint32_t n = first; n <= last; n++) model[n] = true;
  }
}

static void whole_sets_against_a_model(void **state) {
  (void)state;
  unsigned seed = 5;
  for (int round = 0; round < 2000; round++) {
    hark_set *s = new_set(), *other = new_set();
    bool in[MOST + 2] = {0}, out[MOST + 2] = {0};
    fill(s, in, &seed, 60);
    fill(other, out, &seed, round % 2 ? 60 : 6);
    uint32_t front = next_random(&seed) % 90;
    if (front) assert_int_equal(hark_set_remove(s, 1, front), 0);
    for (uint32_t n = 1; n <= front; n++) in[n] = false;
    bool join = next_random(&seed) % 2;
    for (uint32_t n = 1; n <= MOST; n++) in[n] = join ? in[n] || out[n] : in[n] && !out[n];
    assert_int_equal((join ? hark_set_join : hark_set_without)(s, other), 0);
    compare(s, in);
    compare(other, out);
    hark_set_free(s);
    hark_set_free(other);
  }
}

static void whole_sets_at_the_edges(void **state) { /* SEC K-05 */
  (void)state;
  hark_set *s = new_set(), *other = new_set();
  assert_int_equal(hark_set_join(s, other), 0);
  assert_int_equal(hark_set_without(s, other), 0);
  assert_int_equal(hark_set_max(s), 0);
  for (uint32_t n = 1; n < 40; n += 2) hark_set_add(other, n, n);
  hark_set_add(other, UINT32_MAX, 0);
  hark_set_add(s, 30, 0);
  assert_int_equal(hark_set_join(s, other), 0);
  assert_string_equal(hark_set_text(s), "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29:*");
  assert_int_equal(hark_set_without(s, other), 0);
  assert_string_equal(hark_set_text(s), "30,32,34,36,38,40:4294967294");
  assert_int_equal(hark_set_max(s), UINT32_MAX - 1);
  assert_int_equal(hark_set_without(s, s), 0);
  assert_int_equal(hark_set_count(s), 0);
  uint32_t a, b;
  uint64_t at = 0;
  for (uint32_t n = 1; n < 40; n += 2)
    assert_true(hark_set_walk(other, &at, &a, &b) && a == n && b == n);
  assert_true(hark_set_walk(other, &at, &a, &b) && a == UINT32_MAX && b == 0);
  assert_false(hark_set_walk(other, &at, &a, &b));
  assert_int_equal(hark_set_at(other, 19), 39);
  assert_int_equal(hark_set_at(other, 20), UINT32_MAX);
  assert_int_equal(hark_set_at(other, 21), 0);
  assert_int_equal(hark_set_rank(other, UINT32_MAX), 20);
  assert_int_equal(hark_set_rank(other, 0), 21);
  hark_set_free(s);
  hark_set_free(other);
}

/* A queue of UIDs: taken at the front, put in behind. */
static void using_up_the_front_reuses_its_room(void **state) {
  (void)state;
  hark_set *s = new_set();
  for (uint32_t n = 2; n <= 200; n += 2) assert_int_equal(hark_set_add(s, n, n), 0);
  long before = heap.calls;
  for (uint32_t n = 2; n <= 100000; n += 2) {
    assert_int_equal(hark_set_remove(s, n, n), 0);
    assert_int_equal(hark_set_add(s, n + 200, n + 200), 0);
    assert_int_equal(hark_set_count(s), 100);
  }
  assert_true(heap.calls - before <= 12);
  hark_set_free(s);
}

/* Text is cheap to send: it must be cheap to read, whatever order it is in. */
static void wide_ranges_again_and_again(void **state) { /* SEC F-21 */
  (void)state;
  enum { TIMES = 200000, EACH = 4, APART = 65536, DOWN = 20000 };
  char *text = malloc(TIMES * 16);
  assert_non_null(text);
  for (size_t i = 0; i < TIMES; i++) memcpy(text + i * EACH, i % 2 ? "2:*," : "*:3,", EACH);
  hark_set *s = new_set();
  assert_int_equal(hark_set_parse(s, (hark_str){text, TIMES * EACH - 1}), 0);
  assert_string_equal(hark_set_text(s), "2:*");
  size_t n = 0;
  hark_set_remove(s, 1, 0);
  for (uint32_t i = DOWN; i; i--)
    n += (size_t)sprintf(text + n, "%u,%u,", i * APART, i % 7 * APART + i);
  assert_int_equal(hark_set_parse(s, (hark_str){text, n - 1}), 0);
  for (uint32_t i = DOWN; i; i--)
    assert_true(hark_set_has(s, i * APART) && hark_set_has(s, i % 7 * APART + i));
  assert_int_equal(hark_set_count(s), 2 * DOWN);
  hark_set_free(s);
  free(text);
}

static void growth_is_amortised(void **state) {
  (void)state;
  hark_set *s = new_set();
  for (uint32_t n = 1; n <= 200000; n += 2) assert_int_equal(hark_set_add(s, n, n), 0);
  assert_true(heap.calls < 200);
  assert_int_equal(hark_set_count(s), 100000);
  const char *text = hark_set_text(s);
  assert_ptr_equal(text, hark_set_text(s));
  hark_set_free(s);
}

static void every_allocation_failing(void **state) { /* SEC F-31 */
  (void)state;
  for (long at = 1; at < 8; at++) {
    heap = (failing){.fail_at = at, .for_good = true};
    hark_config config;
    hark_config_init(&config);
    config.alloc = failing_alloc;
    config.alloc_ud = &heap;
    hark_set *s = hark_set_new(&config);
    int err = 0;
    for (uint32_t n = 1; s && !err && n < 100; n += 2) err = hark_set_add(s, n, n);
    if (s && err) assert_int_equal(err, HARK_ERR_NOMEM);
    if (s && err) assert_true(hark_set_has(s, 1) || !hark_set_count(s));
    if (s && !err && heap.calls >= at) assert_null(hark_set_text(s));
    if (s && err) assert_int_equal(hark_set_parse(s, str("7:200000,500000")), HARK_ERR_NOMEM);
    hark_set_free(s);
    assert_int_equal(heap.out, 0);
  }
  hark_set_free(NULL);
}

/* The second chunk needs none, and is not touched; the first is as it was. */
static void memory_that_lacks_in_the_first_of_two_chunks(void **state) { /* SEC F-31 */
  (void)state;
  hark_set *s = new_set(), *other = new_set();
  unsigned failed = 0;
  hark_set_add(s, 65537, 65537);
  hark_set_parse(other, str("65000,65537:65538"));
  for (uint32_t n = 1; n < 200; n += 2) {
    assert_int_equal(hark_set_add(s, n, n), 0);
    uint64_t count = hark_set_count(s);
    for (int join = 0; join < 2; join++) {
      heap.calls = 0, heap.fail_at = 1;
      int err = join ? hark_set_join(s, other) : hark_set_add(s, 65000, 65538);
      heap.fail_at = 0;
      failed += err != 0;
      if (err) assert_int_equal(err, HARK_ERR_NOMEM);
      if (err) assert_int_equal(hark_set_count(s), count);
      assert_int_equal(hark_set_has(s, 65538), !err);
      assert_int_equal(hark_set_remove(s, 65538, 65538), 0);
      assert_int_equal(hark_set_remove(s, 65000, 65536), 0);
    }
  }
  assert_true(failed >= 4);
  hark_set_free(s);
  hark_set_free(other);
}

static void walking_text(void **state) { /* SEC F-21: ranges stay ranges */
  (void)state;
  hark_str text = str("1:4294967295,7,*:3,*");
  uint32_t a, b;
  assert_true(hark_set_next(&text, &a, &b) && a == 1 && b == UINT32_MAX);
  assert_true(hark_set_next(&text, &a, &b) && a == 7 && b == 7);
  assert_true(hark_set_next(&text, &a, &b) && a == 3 && b == 0);
  assert_true(hark_set_next(&text, &a, &b) && a == 0 && b == 0);
  assert_int_equal(text.n, 0);
  assert_false(hark_set_next(&text, &a, &b));
  static const char *const bad[] = {"0",  "a",  "1;",    "1,",
                                    ",1", "1:", "1:2:3", "99999999999999999999"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    text = str(bad[i]);
    assert_false(hark_set_next(&text, &a, &b));
    assert_int_equal(text.n, strlen(bad[i]));
  }
  text = (hark_str){NULL, 0};
  assert_false(hark_set_next(&text, &a, &b));
}

static void slice_is(hark_str *text, size_t max, uint64_t n, const char *want) {
  hark_str s = hark_set_slice(text, max, n);
  assert_int_equal(s.n, strlen(want));
  if (s.n) assert_memory_equal(s.p, want, s.n);
}

static void slices(void **state) {
  (void)state;
  hark_str t = str("1:3,5,7:9,11");
  slice_is(&t, 100, 100, "1:3,5,7:9,11");
  slice_is(&t, 100, 100, "");
  t = str("1:3,5,7:9,11");
  slice_is(&t, 5, 100, "1:3,5");
  slice_is(&t, 100, 3, "7:9");
  slice_is(&t, 2, 1, "11");
  assert_int_equal(t.n, 0);
  t = str("1:100,200");
  slice_is(&t, 1, 1, "1:100"); /* an element is not cut */
  slice_is(&t, 0, 0, "200");
  t = str("1,bad,2");
  slice_is(&t, 100, 100, "1");
  slice_is(&t, 100, 100, "bad,2");
  assert_int_equal(t.n, 0);
  char text[2000];
  size_t n = 0, longest = 0;
  for (int i = 1; i < 300; i++) n += (size_t)sprintf(text + n, i > 1 ? ",%d" : "%d", i * 2);
  for (t = (hark_str){text, n}, n = 0; t.n; n++) {
    hark_str s = hark_set_slice(&t, 50, 10);
    assert_true(s.n && s.n <= 50);
    if (s.n > longest) longest = s.n;
  }
  assert_int_equal(n, 30);
  assert_int_equal(longest, 39);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(texts, setup, teardown),
      cmocka_unit_test_setup_teardown(star_and_the_largest_uid_are_two, setup, teardown),
      cmocka_unit_test_setup_teardown(against_a_model, setup, teardown),
      cmocka_unit_test_setup_teardown(any_text_against_a_model, setup, teardown),
      cmocka_unit_test_setup_teardown(whole_sets_against_a_model, setup, teardown),
      cmocka_unit_test_setup_teardown(across_chunks, setup, teardown),
      cmocka_unit_test_setup_teardown(runs_up_to_the_end_of_a_chunk, setup, teardown),
      cmocka_unit_test_setup_teardown(without_what_is_not_there, setup, teardown),
      cmocka_unit_test_setup_teardown(a_hole_behind_each, setup, teardown),
      cmocka_unit_test_setup_teardown(whole_sets_at_the_edges, setup, teardown),
      cmocka_unit_test_setup_teardown(using_up_the_front_reuses_its_room, setup, teardown),
      cmocka_unit_test_setup_teardown(wide_ranges_again_and_again, setup, teardown),
      cmocka_unit_test_setup_teardown(growth_is_amortised, setup, teardown),
      cmocka_unit_test_setup_teardown(every_allocation_failing, setup, teardown),
      cmocka_unit_test_setup_teardown(memory_that_lacks_in_the_first_of_two_chunks, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(walking_text, setup, teardown),
      cmocka_unit_test_setup_teardown(slices, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
