/* cli/sign_in.h - LOGIN or AUTHENTICATE PLAIN, and what a refusal means.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_SIGN_IN_H
#define CLI_SIGN_IN_H
#include "cli/connection.h"

bool sign_in(connection *k);                          /* queues it */
bool signed_in(connection *k, const hark_event *done); /* its DONE; false: see failure */
#endif
