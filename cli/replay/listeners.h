/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The listeners who take part in a replay: the demo place's own, or one named on the command line; signed in,
 * on duty, each with one line of their own that all their pairs share.
 */
#ifndef HK_CLI_REPLAY_LISTENERS_H
#define HK_CLI_REPLAY_LISTENERS_H

#include "cli/device/line.h"

#define LISTENERS_MAX 16

typedef struct listeners listeners;

/* handle NULL: those that GET /api/demo names. Says on standard error what is wrong. */
hk_err listeners_open(struct event_base *loop, const char *url, const char *handle, const char *password,
                      const char *secret_key, const line_events *events, void *ctx, listeners **ret);
void listeners_close(listeners *l); /* NULL is fine */
/* The i-th pair's listener: they are taken in turn. */
void listeners_pick(const listeners *l, size_t i, device **ret_device, line **ret_line);
bool listeners_are_open(const listeners *l);

#endif
