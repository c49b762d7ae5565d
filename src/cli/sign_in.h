/* cli/sign_in.h - SCRAM, LOGIN or AUTHENTICATE PLAIN, and what a refusal means.
 * SPDX-License-Identifier: MIT */
#ifndef CLI_SIGN_IN_H
#define CLI_SIGN_IN_H
#include "cli/connection.h"

bool sign_in(connection *k); /* queues it */
/* Answers a challenge, and takes the DONE.  False: see failure. */
bool sign_in_step(connection *k, const hark_event *challenge);
bool signed_in(connection *k, const hark_event *done);
#endif
