/* cli/cmd_help.c - hark help [command].
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/exit.h"
#include "cli/text.h"
#include <stdio.h>
#include <string.h>

static const char overview[] =
    "hark brings mail from an IMAP server into a Maildir: all of it, once, at once.\n"
    "\n"
    "  hark pull  --maildir DIR URL    fetch what is new, then end\n"
    "  hark watch --maildir DIR URL    fetch what is new, then listen for more, for ever\n"
    "  hark decode [FILE]              show what a server said, as JSON lines\n"
    "  hark help [pull|watch|decode]   more about one of them\n"
    "  hark --version\n"
    "\n"
    "A URL is  imaps://user@host  or  imaps://user@host:port/mailbox ; imap:// uses STARTTLS.\n"
    "Try:  hark pull --maildir ~/Mail imaps://you@example.org\n";

#define ACCOUNT_OPTIONS                                                                            \
  "  --maildir DIR            where the mail goes; made when it is not there\n"                    \
  "  --state FILE             where hark notes what it has (DIR/hark.db)\n"                        \
  "  --password-command CMD   run CMD, its first line is the password\n"                           \
  "  --password-file FILE     the first line of FILE is the password\n"                            \
  "  --ca-file FILE           trust the certificates in FILE, not the system's\n"                  \
  "  --pin sha256:HEX         trust the certificate with this fingerprint\n"                       \
  "  --plaintext              allow a connection without encryption (imap:// only)\n"              \
  "  --compress               fewer bytes on a slow line; the manual says at what price\n"         \
  "  --eol lf|crlf            line ends of the files (lf); crlf keeps every byte as it came\n"     \
  "  --no-id                  do not tell the server that this is hark\n"                          \
  "  --config FILE            accounts (~/.config/hark/hark.conf)\n"                               \
  "  --batch N                make at most N messages durable together (500)\n"                    \
  "  --json                   JSON lines on standard output\n"                                     \
  "  --quiet, --verbose, --debug   say less; say more; show the protocol, without secrets\n"

#define EXIT_CODES                                                                                 \
  "\n"                                                                                             \
  "Exit codes: 0 all is here; 64 usage or address; 68 host unknown; 69 the server refuses or\n"    \
  "is gone; 73 Maildir or state cannot be used; 74 disk error or full; 75 incomplete, server\n"    \
  "busy, or hark is already running there; 76 not IMAP; 77 sign-in, certificate or mailbox\n"      \
  "refused; 78 configuration.\n"

static const char pull[] =
    "hark pull [OPTION...] [URL|ACCOUNT...]\n"
    "Fetches all new mail of each address, or of all accounts of the configuration.  What is\n"
    "delivered stays delivered, whatever is interrupted when; the same command goes on.\n"
    "\n" ACCOUNT_OPTIONS EXIT_CODES;

static const char watch[] =
    "hark watch [OPTION...] [URL|ACCOUNT]\n"
    "Does what hark pull does, then listens and fetches new mail at once, connecting again\n"
    "after whatever happens.  Ends with SIGINT or SIGTERM, or when the sign-in or the\n"
    "certificate is refused.\n"
    "\n" ACCOUNT_OPTIONS EXIT_CODES;

static const char decode[] =
    "hark decode [--split N] [--strict] [FILE]\n"
    "Reads what an IMAP server said, from FILE or standard input, beginning anywhere, and\n"
    "prints each event as one JSON line.\n"
    "\n"
    "  --split N   feed it N bytes at a time; the events are the same\n"
    "  --strict    refuse what lenient reading forgives\n"
    "\n"
    "Exit codes: 0; 64 usage; 65 the input cannot be read on (the last line is an \"error\"\n"
    "event); 74 the output cannot be written.\n";

int cmd_help(int argc, char **argv) {
  static const struct {
    const char *name, *text;
  } pages[] = {{"pull", pull}, {"watch", watch}, {"decode", decode}, {"help", overview}};
  const char *name = argc > 1 ? argv[1] : "help";
  for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
    if (!strcmp(pages[i].name, name)) return fputs(pages[i].text, stdout) < 0 ? EXIT_DISK : 0;
  char shown[100];
  text_harmless(shown, sizeof shown, (hark_str){name, strlen(name)});
  fprintf(stderr, "hark: there is no command \"%s\"; type:  hark help\n", shown);
  return EXIT_USAGE;
}
