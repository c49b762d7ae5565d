/* cli/job.c - what there is to do: options and configuration become one job for each mailbox.
 * SPDX-License-Identifier: MIT */
#include "cli/job.h"
#include "cli/exit.h"
#include "cli/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct making {
  jobs *to;
  const options *options;
  const accounts *config;
  char *why;
  size_t cap;
} making;

static bool is_url(const char *s) { return strstr(s, "://") != NULL; }

static bool same_account(const url *a, const url *b) {
  return !strcmp(a->user, b->user) && !strcasecmp(a->host, b->host) && !strcmp(a->port, b->port);
}

/* The account of the configuration that an address belongs to, or NULL. */
static const account *account_of(const accounts *c, const url *u) {
  const account *found = NULL;
  for (size_t i = 0; i < c->n && !found; i++) {
    url own;
    char why[8];
    const char *text = c->v[i].settings.url;
    bool same = text && url_parse(&own, text, why, sizeof why) && same_account(&own, u);
    if (text) url_free(&own);
    if (same) found = &c->v[i];
  }
  return found;
}

static const account *account_named(const accounts *c, const char *name) {
  for (size_t i = 0; i < c->n; i++)
    if (!strcmp(c->v[i].name, name)) return &c->v[i];
  return NULL;
}

static const char *shorter(char *out, size_t cap, const char *text) {
  return text_harmless(out, cap, (hark_str){text, strlen(text)});
}

static int no_user(making *m, const job *j, const char *address) {
  char shown[200], host[120];
  snprintf(m->why, m->cap, "\"%s\" has no user name; write imaps://user@%s",
           shorter(shown, sizeof shown, address), shorter(host, sizeof host, j->url.host));
  return EXIT_USAGE;
}

static int no_maildir(making *m, const account *a, const char *address) {
  char shown[300];
  if (a)
    snprintf(m->why, m->cap,
             "the account [%s] has no maildir; write  maildir = ~/Mail/%s  into its section",
             a->name, a->name);
  else
    snprintf(m->why, m->cap, "where shall the mail go?  Type:  hark pull --maildir ~/Mail %s",
             shorter(shown, sizeof shown, address));
  return a ? EXIT_CONFIG : EXIT_USAGE;
}

/* a: whose section it is, or NULL for an address */
static int complete(making *m, job *j, const account *a, const char *address) {
  if (!*j->url.user) return no_user(m, j, address);
  if (!j->settings.maildir) return no_maildir(m, a, address);
  if (asprintf(&j->account, "%s@%s", j->url.user, j->url.host) < 0) j->account = NULL;
  return 0;
}

/* a NULL: the address alone; address NULL: the account's own. */
static int add(making *m, const account *a, const char *address) {
  if (!address && a) address = a->settings.url;
  if (!address) {
    snprintf(m->why, m->cap, "the account [%s] has no url", a ? a->name : "");
    return EXIT_CONFIG;
  }
  const account *named = a;
  job *j = &m->to->v[m->to->n++];
  if (!url_parse(&j->url, address, m->why, m->cap)) return EXIT_USAGE;
  if (!a) a = account_of(m->config, &j->url);
  if ((a && !settings_override(&j->settings, &a->settings)) ||
      !settings_override(&j->settings, &m->options->settings)) {
    snprintf(m->why, m->cap, "out of memory");
    return EXIT_INCOMPLETE;
  }
  int code = complete(m, j, named, address);
  return code || j->account ? code : EXIT_INCOMPLETE;
}

static int add_argument(making *m, const char *argument) {
  char shown[120];
  if (is_url(argument)) return add(m, NULL, argument);
  const account *a = account_named(m->config, argument);
  if (a) return add(m, a, NULL);
  snprintf(m->why, m->cap,
           "\"%s\" is neither an address (imaps://user@host) nor an account of the "
           "configuration",
           shorter(shown, sizeof shown, argument));
  return EXIT_USAGE;
}

static int add_all(making *m) {
  int code = 0;
  for (int i = 0; i < m->options->narguments && !code; i++)
    code = add_argument(m, m->options->arguments[i]);
  if (m->options->narguments) return code;
  for (size_t i = 0; i < m->config->n && !code; i++) code = add(m, &m->config->v[i], NULL);
  return code;
}

static int make(making *m) {
  size_t n = m->options->narguments ? (size_t)m->options->narguments : m->config->n;
  if (!n) {
    snprintf(m->why, m->cap, "whose mail?  Type:  hark pull --maildir ~/Mail imaps://user@host");
    return EXIT_USAGE;
  }
  bool one_place = m->options->settings.maildir || m->options->settings.state;
  if (n > 1 && one_place) {
    snprintf(m->why, m->cap,
             "--maildir and --state are for one address; for several, give each account its own "
             "in the configuration");
    return EXIT_USAGE;
  }
  if (!(m->to->v = calloc(n, sizeof *m->to->v))) return EXIT_INCOMPLETE;
  return add_all(m);
}

int jobs_make(jobs *to, const options *o, char *why, size_t cap) {
  accounts c;
  *to = (jobs){0};
  making m = {to, o, &c, why, cap};
  int code = accounts_read(&c, o->config, why, cap) ? make(&m) : EXIT_CONFIG;
  accounts_free(&c);
  return code;
}

void jobs_free(jobs *j) {
  for (size_t i = 0; i < j->n; i++) {
    url_free(&j->v[i].url);
    settings_free(&j->v[i].settings);
    free(j->v[i].account);
  }
  free(j->v);
  *j = (jobs){0};
}
