/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One conversation being replayed: a new client and a listener, their two vaults, and the count of what was
 * sent by one and opened, and found equal, by the other.
 */
#ifndef HK_CLI_REPLAY_PAIR_H
#define HK_CLI_REPLAY_PAIR_H

#include "cli/device/line.h"
#include "cli/device/talk.h"
#include "cli/replay/conversation.h"
#include "cli/replay/ledger.h"

typedef struct pair pair;

typedef struct replay_tally {
    int64_t sent, opened, duplicated, reordered, altered, unverified;
    uint32_t *latency_us; /* one for each message opened, from send to opened on the other side */
    size_t latency_count, latency_cap;
    ledger *ledger; /* NULL: nobody wants it written down */
} replay_tally;

#define PAIR_WINDOW_MAX 64

/* Sets the two up over the public interface: arrives, asks, accepts, both read the log. The client's line is
 * the pair's own; the listener's is shared by the pairs of one listener, who hands its entries to
 * pair_listener_entry. */
hk_err pair_open(struct event_base *loop, const char *url, device *listener, line *listener_line,
                 const replay_conversation *what, int window, replay_tally *tally, pair **ret);
void pair_free(pair *p);
const char *pair_problem(const pair *p); /* why it stopped, or NULL */

/* Sends the next turns as far as the window allows, but at most `most`; returns how many. */
int pair_push(pair *p, int most);
bool pair_is_done(const pair *p);
bool pair_is_open(const pair *p); /* its own line is connected */
bool pair_is(const pair *p, const conversation_id *conversation);
void pair_listener_entry(pair *p, const entry_item *entry);
hk_err pair_listener_back(pair *p); /* HK_BUSY: the place is gone again */
/* The answer to something this pair sent on the listener's line (its token). */
void pair_answer(void *token, hk_err err, const kept_body *kept, const char *code);
/* What was sent and never opened. */
int64_t pair_lost(const pair *p);

#endif
