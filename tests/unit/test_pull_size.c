/* tests/unit/test_pull_size.c - large mailboxes cost few commands and little work.
 * SPDX-License-Identifier: MIT */
#include "pull_case.h"

static void fill(size_t n, uint32_t size, uint32_t step) {
  for (size_t i = 0; i < n; i++) server_add(&t.s, t.s.uidnext + step - 1, size);
}

static void pull_all(size_t chunk) {
  play_start(&t, 0, NULL, NULL);
  t.chunk = chunk;
  play_run(&t);
  assert_int_equal(t.faileds, 0);
  assert_int_equal(t.caught_ups, 1);
  assert_true(play_all_here(&t));
  assert_int_equal(t.s.bodies_asked, t.s.n);
}

static void batches_are_sized_by_bytes(void **state) {
  (void)state;
  fill(20000, 1000, 1);
  pull_all(1 << 16);
  assert_true(t.s.fetches <= 25);
}

static void large_messages_are_asked_for_in_few(void **state) {
  (void)state;
  t.config.window = 1 << 20, t.config.batch = 1 << 19;
  fill(200, 100000, 1);
  pull_all(1 << 16);
  assert_true(t.s.fetches >= 25 && t.s.fetches <= 40); /* five each, once their size is known */
}

/* A line to which many ranges do not fit is longer than servers must take. */
static void no_line_is_longer_than_a_thousand(void **state) {
  (void)state;
  fill(3000, 100, 1400000);
  pull_all(1 << 16);
  for (size_t i = 0; i < t.s.nlog; i++) assert_true(strlen(t.s.log[i]) + 8 < 1000);
  assert_true(t.s.fetches <= 40);
}

/* The next batch is with the server before the current one has been answered: it never waits
 * for a client that has all the window it wants. */
static void two_batches_are_under_way(void **state) {
  (void)state;
  fill(5000, 1000, 1);
  t.config.batch = 1 << 18;
  play_start(&t, 0, NULL, NULL);
  while (!t.s.fetches) {
    t.limit = t.s.out_n;
    play_run(&t);
  }
  size_t starved = 0;
  while (!t.caught_ups) {
    t.limit = t.delivered + 20000;
    play_run(&t);
    bool more = t.messages < t.s.n && t.s.bodies_asked < t.s.n;
    if (more && t.s.out_n < t.limit) starved++;
  }
  assert_int_equal(t.messages, 5000);
  assert_int_equal(starved, 0);
}

/* What a giant weighs says little about the messages behind it. */
static void a_giant_does_not_shrink_the_batches_for_long(void **state) {
  (void)state;
  fill(63, 200, 1);
  server_add(&t.s, 0, 40000000); /* the last of the two batches that begin */
  fill(3000, 200, 1);
  pull_all(1 << 16);
  assert_true(t.s.fetches <= 20);
}

static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

/* Half a million UIDs with as many holes: work that grew with their square would take minutes. */
static void half_a_million_uids_with_holes(void **state) {
  (void)state;
  enum { MANY = 500000, FRESH = 300 };
  hark_set *have = hark_set_new(NULL);
  fill(MANY, 20, 2);
  uint32_t fresh[FRESH];
  for (size_t i = 0; i < FRESH; i++) fresh[i] = t.s.v[(i * 7919 + 13) % MANY].uid;
  qsort(fresh, FRESH, sizeof *fresh, compare);
  for (size_t i = 0, k = 0; i < MANY; i++) {
    while (k < FRESH && fresh[k] < t.s.v[i].uid) k++;
    if (k == FRESH || fresh[k] != t.s.v[i].uid)
      assert_int_equal(hark_set_add(have, t.s.v[i].uid, t.s.v[i].uid), 0);
  }
  play_start(&t, 7, hark_set_text(have), NULL);
  t.chunk = 1 << 16;
  play_run(&t);
  assert_int_equal(t.caught_ups, 1);
  assert_int_equal(t.messages, FRESH);
  assert_int_equal(t.s.bodies_asked, FRESH);
  hark_set_free(have);
}

static void a_hundred_thousand_missing_uids_with_holes(void **state) {
  (void)state;
  fill(100000, 20, 2);
  pull_all(1 << 16);
  assert_int_equal(t.messages, 100000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(batches_are_sized_by_bytes),
      TEST(large_messages_are_asked_for_in_few),
      TEST(no_line_is_longer_than_a_thousand),
      TEST(two_batches_are_under_way),
      TEST(a_giant_does_not_shrink_the_batches_for_long),
      TEST(half_a_million_uids_with_holes),
      TEST(a_hundred_thousand_missing_uids_with_holes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
