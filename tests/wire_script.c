/* tests/wire_script.c - golden transcripts, read from Markdown.  SPDX-License-Identifier: MIT */
#include "wire_script.h"

typedef enum block { BLOCK_NONE, BLOCK_IMAP, BLOCK_EVENTS, BLOCK_OTHER } block;

typedef struct reader {
  scripts *all;
  script *now;
  const char *file;
  int line;
  block in;
} reader;

static bool wrong(const reader *r, const char *what) {
  fprintf(stderr, "%s:%d: %s\n", r->file, r->line, what);
  return false;
}

static unsigned hex(const char *p) {
  char digits[3] = {p[0], p[0] ? p[1] : 0, 0};
  return (unsigned)strtoul(digits, NULL, 16);
}

static const char *put_repeated(text *t, const char *p);

static void put_escaped(text *t, const char *p, const char *end) {
  while (p < end) {
    char ch = *p++;
    if (ch != '\\' || p == end) {
      text_put(t, &ch, 1);
      continue;
    }
    static const char letters[] = "rn0t\\", meant[] = "\r\n\0\t\\";
    const char *known = strchr(letters, *p);
    if (*p == 'x') {
      ch = (char)hex(p + 1);
      text_put(t, &ch, 1);
      p += 3;
    } else if (*p == '<') {
      p = put_repeated(t, p + 1);
    } else if (known) {
      text_put(t, &meant[known - letters], 1);
      p++;
    }
  }
}

/* N "|" text ">" */
static const char *put_repeated(text *t, const char *p) {
  char *bar;
  unsigned long n = strtoul(p, &bar, 10);
  const char *end = strchr(bar, '>');
  if (*bar != '|' || !end) abort();
  text once = {0};
  put_escaped(&once, bar + 1, end);
  for (unsigned long i = 0; i < n; i++) text_put(t, once.p, once.n);
  text_free(&once);
  return end + 1;
}

static step *add_step(reader *r, step_kind kind) {
  script *s = r->now;
  if (s->n == s->cap) {
    s->cap = s->cap ? s->cap * 2 : 8;
    s->steps = realloc(s->steps, s->cap * sizeof *s->steps);
    if (!s->steps) abort();
  }
  s->steps[s->n] = (step){.kind = kind, .line = r->line};
  text_put(&s->steps[s->n].text, "", 0);
  return &s->steps[s->n++];
}

/* The step that a line of this side belongs to. */
static step *side(reader *r, step_kind kind) {
  script *s = r->now;
  step *last = s->n ? &s->steps[s->n - 1] : NULL;
  if (last && last->kind == kind) return last;
  step *new = add_step(r, kind);
  if (kind == STEP_SERVER) new->at = s->said;
  return new;
}

static bool read_side(reader *r, char *p, size_t n) {
  bool alike = p[1] == '=';
  step *s = side(r, *p == 'S' ? STEP_SERVER : alike ? STEP_ALIKE : STEP_CLIENT);
  const char *from = p[2] == ' ' ? p + 3 : p + 2;
  size_t before = s->text.n;
  if (p[1] == '+') {
    if (s->njoins == MAX_JOINS) return wrong(r, "too many S+");
    s->joins[s->njoins++] = before;
  }
  if (p[1] == ':' || alike) {
    text_put(&s->text, from, strlen(from));
    text_put(&s->text, "\r\n", 2);
  } else {
    put_escaped(&s->text, from, p + n);
  }
  if (s->kind == STEP_SERVER) r->now->said += s->text.n - before;
  return true;
}

static bool read_flags(reader *r, char *p) {
  static const struct {
    const char *name;
    uint32_t flag;
  } flags[] = {
      {"strict", HARK_STRICT}, {"observe", HARK_OBSERVE}, {"require_tls", HARK_REQUIRE_TLS}};
  for (char *word = strtok_r(p, " ", &p); word; word = strtok_r(NULL, " ", &p)) {
    size_t i = 0;
    while (i < 3 && strcmp(flags[i].name, word)) i++;
    if (i == 3) return wrong(r, "unknown flag");
    r->now->flags |= flags[i].flag;
  }
  return true;
}

static bool read_limits(reader *r, char *p) {
  hark_limits *l = &r->now->limits;
  for (char *word = strtok_r(p, " ", &p); word; word = strtok_r(NULL, " ", &p)) {
    char *equals = strchr(word, '=');
    if (!equals) return wrong(r, "limit=number expected");
    *equals = 0;
    unsigned long n = strtoul(equals + 1, NULL, 10);
#define LIMIT(name)                                                                                \
  if (!strcmp(word, #name)) {                                                                      \
    l->name = (uint32_t)n;                                                                         \
    continue;                                                                                      \
  }                                                                                                \
  (void)0
    LIMIT(window);
    LIMIT(line);
    LIMIT(response);
    LIMIT(literal);
    LIMIT(items);
    LIMIT(depth);
    LIMIT(inflight);
    LIMIT(output);
    LIMIT(body);
#undef LIMIT
    return wrong(r, "unknown limit");
  }
  return true;
}

static bool read_imap(reader *r, char *p) {
  static const struct {
    const char *name;
    step_kind kind;
  } kinds[] = {{"call:", STEP_CALL}, {"ack:", STEP_ACK}, {"eof:", STEP_EOF}, {"show:", STEP_SHOW}};
  size_t n = strlen(p);
  if (!n || *p == '#') return true;
  if ((*p == 'S' || *p == 'C') && n > 1 && strchr(*p == 'S' ? ":~+" : ":~=", p[1]))
    return read_side(r, p, n);
  if (!strncmp(p, "flags:", 6)) return read_flags(r, p + 6);
  if (!strncmp(p, "limits:", 7)) return read_limits(r, p + 7);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    size_t len = strlen(kinds[i].name);
    if (strncmp(p, kinds[i].name, len)) continue;
    const char *from = p + len + strspn(p + len, " ");
    text_put(&add_step(r, kinds[i].kind)->text, from, strlen(from));
    return true;
  }
  return wrong(r, "neither S: C: C= call: ack: eof: show: flags: limits: nor #");
}

static void begin_script(reader *r, const char *title) {
  scripts *all = r->all;
  if (all->n == all->cap) {
    all->cap = all->cap ? all->cap * 2 : 16;
    all->v = realloc(all->v, all->cap * sizeof *all->v);
    if (!all->v) abort();
  }
  r->now = &all->v[all->n++];
  memset(r->now, 0, sizeof *r->now);
  snprintf(r->now->title, sizeof r->now->title, "%.190s", title);
  r->now->file = r->file;
  r->now->line = r->line;
  r->now->limits.size = sizeof(hark_limits);
  text_put(&r->now->events, "", 0);
}

static bool fence(reader *r, const char *p) {
  if (r->in != BLOCK_NONE) {
    r->in = BLOCK_NONE;
    return true;
  }
  r->in = !strcmp(p, "imap") ? BLOCK_IMAP : !strcmp(p, "events") ? BLOCK_EVENTS : BLOCK_OTHER;
  return r->in == BLOCK_OTHER || r->now || wrong(r, "a block without a title above it");
}

static bool read_md_line(reader *r, char *p) {
  if (!strncmp(p, "```", 3)) return fence(r, p + 3);
  if (r->in == BLOCK_NONE && !strncmp(p, "## ", 3)) begin_script(r, p + 3);
  if (r->in == BLOCK_IMAP) return read_imap(r, p);
  if (r->in == BLOCK_EVENTS && *p) {
    text_put(&r->now->events, p, strlen(p));
    text_put(&r->now->events, "\n", 1);
  }
  return true;
}

bool scripts_read(scripts *s, const char *file) {
  reader r = {.all = s, .file = file};
  FILE *f = fopen(file, "r");
  if (!f) return perror(file), false;
  static char line[65536];
  bool good = true;
  while (good && fgets(line, sizeof line, f)) {
    r.line++;
    line[strcspn(line, "\n")] = 0;
    good = read_md_line(&r, line);
  }
  fclose(f);
  if (good && r.in != BLOCK_NONE) good = wrong(&r, "a block without an end");
  return good;
}

void scripts_free(scripts *s) {
  for (size_t i = 0; i < s->n; i++) {
    for (size_t k = 0; k < s->v[i].n; k++) text_free(&s->v[i].steps[k].text);
    free(s->v[i].steps);
    text_free(&s->v[i].events);
  }
  free(s->v);
}
