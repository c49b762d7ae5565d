/* base/chain.c - output as a chain of blocks; a block once shown never moves.
 * SPDX-License-Identifier: MIT */
#include "base/chain.h"
#include <assert.h>
#include <string.h>

enum { BLOCK = 4096 }; /* bytes of a block, header included, unless more is put at once */

struct chain_block {
  struct chain_block *next;
  size_t size;           /* header included */
  size_t from, to, room; /* of data */
  uint8_t data[];
};
enum { HEADER = offsetof(struct chain_block, data) };

void chain_init(chain *c, const mem *m) { *c = (chain){.mem = m}; }

/* Not linked yet: the caller may still fail. */
static struct chain_block *block(const chain *c, size_t n) {
  size_t size;
  if (!add_ok(n, HEADER, &size)) return NULL;
  if (size < BLOCK) size = BLOCK;
  struct chain_block *b = mem_grow(c->mem, NULL, 0, size);
  if (b) *b = (struct chain_block){.size = size, .room = size - HEADER};
  return b;
}

static void link_back(chain *c, struct chain_block *b) {
  if (c->back) {
    c->back->next = b;
  } else {
    c->front = b;
  }
  c->back = b;
}

static void append(struct chain_block *b, const uint8_t *p, size_t n) {
  if (n) memcpy(b->data + b->to, p, n);
  b->to += n;
}

static size_t room_at_back(const chain *c) { return c->back ? c->back->room - c->back->to : 0; }

bool chain_put(chain *c, const void *p, size_t n) {
  const uint8_t *bytes = p;
  size_t fits = room_at_back(c);
  if (fits > n) fits = n;
  struct chain_block *b = NULL;
  if (n > fits && !(b = block(c, n - fits))) return false;
  if (fits) append(c->back, bytes, fits);
  if (b) {
    link_back(c, b);
    append(b, bytes + fits, n - fits);
  }
  c->put += n;
  return true;
}

uint8_t *chain_room(chain *c, size_t *room) {
  *room = 0;
  if (!room_at_back(c)) {
    struct chain_block *b = block(c, 1);
    if (!b) return NULL;
    link_back(c, b);
  }
  *room = room_at_back(c);
  return c->back->data + c->back->to;
}

void chain_wrote(chain *c, size_t n) {
  assert(n <= room_at_back(c));
  c->back->to += n;
  c->put += n;
}

const uint8_t *chain_front(const chain *c, size_t *n) {
  *n = c->front ? c->front->to - c->front->from : 0;
  return *n ? c->front->data + c->front->from : NULL;
}

static void drop_front(chain *c) {
  struct chain_block *b = c->front;
  c->front = b->next;
  if (!c->front) c->back = NULL;
  mem_wipe(b->data, b->to);
  mem_free(c->mem, b, b->size);
}

void chain_pop(chain *c, size_t n) {
  if (!n) return;
  struct chain_block *b = c->front;
  assert(b && n <= b->to - b->from);
  b->from += n;
  c->popped += n;
  if (b->from == b->to) drop_front(c);
}

void chain_free(chain *c) {
  while (c->front) drop_front(c);
  c->popped = c->put;
}
