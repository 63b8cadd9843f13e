/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A device's open line to its place: the socket with the interface's messages on it (docs/interface.md, "The
 * socket"). What was sent and not yet answered is kept; when the line breaks it opens a new one, has its
 * owner catch up, and sends the same bytes again: the place recognises them.
 */
#ifndef HK_CLI_DEVICE_LINE_H
#define HK_CLI_DEVICE_LINE_H

#include <event2/event.h>

#include "cli/device/device.h"
#include "features/conversations/contract.h"

typedef struct line line;

typedef struct line_events {
    void (*on_entry)(void *ctx, const entry_item *entry); /* told: borrowed for the call */
    /* The place's answer to line_send. HK_OK: kept at position. Otherwise code is the place's
     * ("stale_epoch"). */
    void (*on_answer)(void *ctx, void *token, hk_err err, const kept_body *kept, const char *code);
    /* The line is open, again or for the first time: read the log before anything else. HK_BUSY: the place is
     * gone again while it was asked; the line will open anew and say so again. */
    hk_err (*on_back)(void *ctx);
    void (*on_lost)(void *ctx); /* it could not be opened again within LINE_PATIENCE_MS */
} line_events;

#define LINE_PATIENCE_MS 60000
#define LINE_RETRY_MS    50
#define LINE_UNANSWERED  1024

hk_err line_open(struct event_base *loop, device *d, const line_events *events, void *ctx, line **ret);
void line_free(line *l); /* NULL is fine */
/* Queues one sealed message; envelope is copied. token comes back with the answer. HK_TOO_MUCH: too many
 * unanswered. */
hk_err line_send(line *l, const conversation_id *conversation, hk_slice envelope, void *token);
/* The tokens from first to before end are no more: their answers are passed over. */
void line_forget(line *l, const void *first, const void *end);
bool line_is_open(const line *l);
int64_t line_times_opened(const line *l);

#endif
