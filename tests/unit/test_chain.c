/* tests/unit/test_chain.c - base/chain.c.  SPDX-License-Identifier: MIT */
#include "base/chain.h"
#include "heap.h"

/* A small generator of our own: the same numbers everywhere. */
static unsigned next_random(unsigned *seed) { return (*seed = *seed * 1103515245u + 12345u) >> 8; }

static void what_goes_in_comes_out(void **state) {
  (void)state;
  chain c;
  chain_init(&c, &m);
  unsigned seed = 7;
  uint64_t in = 0, out = 0;
  for (int step = 0; step < 4000; step++) {
    uint8_t buf[9000];
    size_t n = next_random(&seed) % (step % 50 ? 300 : sizeof buf);
    for (size_t i = 0; i < n; i++) buf[i] = (uint8_t)((in + i) % 251);
    if (step % 3) {
      assert_true(chain_put(&c, buf, n));
      in += n;
    } else {
      size_t room;
      uint8_t *p = chain_room(&c, &room);
      assert_true(p && room);
      if (n > room) n = room;
      memcpy(p, buf, n);
      chain_wrote(&c, n);
      in += n;
    }
    const uint8_t *front = chain_front(&c, &n);
    n = front ? next_random(&seed) % (n + 1) : 0;
    for (size_t i = 0; i < n; i++) assert_int_equal(front[i], (out + i) % 251);
    chain_pop(&c, n);
    out += n;
    assert_int_equal(c.put, in);
    assert_int_equal(c.popped, out);
  }
  size_t n;
  for (const uint8_t *p; (p = chain_front(&c, &n)); chain_pop(&c, n), out += n) {
    for (size_t i = 0; i < n; i++) assert_int_equal(p[i], (out + i) % 251);
  }
  assert_int_equal(in, out);
  assert_int_equal(heap.out, 0);
}

static void a_block_once_shown_never_moves(void **state) {
  (void)state;
  chain c;
  chain_init(&c, &m);
  assert_true(chain_put(&c, "abc", 3));
  size_t n;
  const uint8_t *shown = chain_front(&c, &n);
  assert_int_equal(n, 3);
  char much[5000];
  memset(much, 'x', sizeof much);
  for (int i = 0; i < 10; i++) assert_true(chain_put(&c, much, sizeof much));
  assert_memory_equal(shown, "abc", 3);
  assert_ptr_equal(chain_front(&c, &n), shown);
  chain_free(&c);
  assert_null(chain_front(&c, &n));
  assert_int_equal(n, 0);
  assert_true(chain_put(&c, "d", 1));
  chain_free(&c);
}

static void a_put_is_all_or_nothing(void **state) { /* SEC F-31 */
  (void)state;
  chain c;
  chain_init(&c, &m);
  char much[6000] = {0};
  assert_true(chain_put(&c, much, 10));
  heap.fail_at = heap.calls + 1;
  heap.for_good = true;
  assert_false(chain_put(&c, much, sizeof much));
  assert_int_equal(c.put, 10);
  size_t n;
  assert_non_null(chain_front(&c, &n));
  assert_int_equal(n, 10);
  assert_true(chain_put(&c, NULL, 0));
  chain_pop(&c, 10);
  size_t room;
  assert_null(chain_room(&c, &room));
  assert_int_equal(room, 0);
  assert_false(chain_put(&c, "", SIZE_MAX));
}

/* SEC D-22: what is given back holds nothing of what was sent. */
static void *inspecting_alloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
  if (ptr && !new_size) assert_null(memmem(ptr, old_size, "hunter2", 7));
  return failing_alloc(ud, ptr, old_size, new_size);
}

static void blocks_are_wiped(void **state) {
  (void)state;
  mem_init(&m, inspecting_alloc, &heap);
  chain c;
  chain_init(&c, &m);
  for (int i = 0; i < 1000; i++) assert_true(chain_put(&c, "hunter2", 7));
  size_t n;
  chain_front(&c, &n);
  chain_pop(&c, n);
  chain_free(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_goes_in_comes_out, setup, teardown),
      cmocka_unit_test_setup_teardown(a_block_once_shown_never_moves, setup, teardown),
      cmocka_unit_test_setup_teardown(a_put_is_all_or_nothing, setup, teardown),
      cmocka_unit_test_setup_teardown(blocks_are_wiped, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
