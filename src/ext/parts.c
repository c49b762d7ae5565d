/* ext/parts.c - walks over the parts of a message, and what a mail program shows of them.
 * RFC 2046 section 5.1, RFC 2183.
 * SPDX-License-Identifier: MIT
 *
 * No recursion: a tree has its parents in it. */
#include "wire/scan.h"
#include <hark/fetch.h>

/* name, name*, name*0: this word, and behind it is its end or a "*". */
static bool is_name(hark_str text, const char *word) {
  scan s;
  scan_init(&s, text.p, text.n, NULL);
  return scan_word(&s, word) && (scan_end(&s) || scan_peek(&s) == '*');
}

bool hark_part_is(const hark_part *p, const char *type, const char *subtype) {
  return (!type || scan_is(p->type, type)) && (!subtype || scan_is(p->subtype, subtype));
}

/* The next one behind p and all that is in it. */
static const hark_part *beyond(const hark_part *root, const hark_part *p) {
  while (p && p != root && !p->next) p = p->parent;
  return p && p != root ? p->next : NULL;
}

const hark_part *hark_part_next(const hark_part *root, const hark_part *p) {
  if (!p) return root;
  return p->child ? p->child : beyond(root, p);
}

const hark_part *hark_part_find(const hark_part *root, const char *path) {
  const hark_part *p = root;
  while (p && path && !scan_is(p->path, path)) p = hark_part_next(root, p);
  return path ? p : NULL;
}

/* The value of this name, or of the first piece of it in the form of RFC 2231: name*, name*0 */
static hark_str value_of(const hark_param *v, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (is_name(v[i].name, name)) return v[i].value;
  return (hark_str){NULL, 0};
}

hark_str hark_part_filename(const hark_part *p) {
  hark_str name = value_of(p->disposition_params, p->ndisposition_params, "filename");
  return name.p ? name : value_of(p->params, p->nparams, "name");
}

static bool is_multipart(const hark_part *p) { return hark_part_is(p, "multipart", NULL); }

bool hark_part_attached(const hark_part *p) {
  if (is_multipart(p)) return false;
  if (scan_is(p->disposition, "attachment")) return true;
  bool belongs = p->parent && (hark_part_is(p->parent, "multipart", "alternative") ||
                               hark_part_is(p->parent, "multipart", "related"));
  if (scan_is(p->disposition, "inline") || belongs) return false;
  return !hark_part_is(p, "text", NULL) || hark_part_filename(p).p;
}

/* What is in an attached message is that message's; root may be one. */
static const hark_part *next_own(const hark_part *root, const hark_part *p) {
  return p && p != root && !is_multipart(p) ? beyond(root, p) : hark_part_next(root, p);
}

const hark_part *hark_part_next_attached(const hark_part *root, const hark_part *p) {
  do p = next_own(root, p);
  while (p && ((p == root && p->child) || !hark_part_attached(p)));
  return p;
}

/* The first in the part at: subtype NULL: any text. */
static const hark_part *first_text(const hark_part *at, const char *subtype) {
  const hark_part *p = at;
  while (p && !(hark_part_is(p, "text", subtype) && !hark_part_attached(p))) p = next_own(at, p);
  return p;
}

/* RFC 2046 section 5.1.4: the last alternative that can be shown is the best. */
static const hark_part *best_of(const hark_part *alternative, const char *subtype) {
  const hark_part *best = NULL;
  for (const hark_part *p = alternative->child; p; p = p->next) {
    const hark_part *text = first_text(p, subtype);
    if (text) best = text;
  }
  return best;
}

const hark_part *hark_part_text(const hark_part *root, bool html) {
  const hark_part *first = first_text(root, NULL), *alternative = NULL, *best = NULL;
  if (!first) return NULL;
  for (const hark_part *p = first; p != root; p = p->parent)
    if (hark_part_is(p->parent, "multipart", "alternative")) alternative = p->parent;
  if (!alternative) return first;
  best = best_of(alternative, html ? "html" : "plain");
  if (!best) best = best_of(alternative, html ? "plain" : "html");
  return best ? best : best_of(alternative, NULL);
}
