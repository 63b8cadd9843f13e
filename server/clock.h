/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the place does without being asked: each second, each minute and each day. A thread of its own that
 * only queues work for the writer and the loop.
 */
#ifndef HK_SERVER_CLOCK_H
#define HK_SERVER_CLOCK_H

#include "features/place/place.h"
#include "server/config.h"

typedef struct server_clock server_clock;

hk_err clock_start(place *p, const config *c, server_clock **ret);
void clock_stop(server_clock *k); /* waits for what it queued; NULL is fine */

#endif
