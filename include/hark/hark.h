/* hark/hark.h - all of the core.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_H
#define HARK_H
#include <hark/base.h>
#include <hark/client.h>
#include <hark/command.h>
#include <hark/event.h>
#include <hark/fetch.h>
#include <hark/layer.h>
#include <hark/mailbox.h>
#include <hark/search.h>
#include <hark/set.h>
#include <hark/url.h>
#endif
