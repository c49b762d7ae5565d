/* cli/exit.c - which exit code an error of the libraries is.
 * SPDX-License-Identifier: MIT */
#include "cli/exit.h"
#include <hark/base.h>

exit_code exit_of_error(int err) {
  switch (err) {
  case HARK_OK: return EXIT_ALL_HERE;
  case HARK_ERR_HOST: return EXIT_HOST;
  case HARK_ERR_CERT:
  case HARK_ERR_PROOF:
  case HARK_ERR_SASL: return EXIT_REFUSED;
  case HARK_ERR_LIMIT:
  case HARK_ERR_FRAME:
  case HARK_ERR_LAYER:
  case HARK_ERR_INJECT: return EXIT_PROTOCOL;
  case HARK_ERR_STORE: return EXIT_CREATE;
  case HARK_ERR_DISK: return EXIT_DISK;
  case HARK_ERR_NOMEM:
  case HARK_ERR_BUSY: return EXIT_INCOMPLETE;
  case HARK_ERR_ARG: return EXIT_USAGE;
  default: return EXIT_SERVER;
  }
}
