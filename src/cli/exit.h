/* cli/exit.h - how the command ends: codes after sysexits(3).
 * SPDX-License-Identifier: MIT */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

typedef enum exit_code {
  EXIT_ALL_HERE = 0,
  EXIT_USAGE = 64,      /* usage or address */
  EXIT_INPUT = 65,      /* decode: fatal error in what it read */
  EXIT_HOST = 68,       /* no such host */
  EXIT_SERVER = 69,     /* the server refuses, or is gone */
  EXIT_CREATE = 73,     /* Maildir or state cannot be created or used */
  EXIT_DISK = 74,       /* I/O error on a local disk, or it is full */
  EXIT_INCOMPLETE = 75, /* something is missing, or server or Maildir are busy: try again */
  EXIT_PROTOCOL = 76,   /* not IMAP, or the protocol is broken */
  EXIT_REFUSED = 77,    /* sign-in, certificate or mailbox refused */
  EXIT_CONFIG = 78      /* configuration */
} exit_code;

exit_code exit_of_error(int err); /* hark_err */
#endif
