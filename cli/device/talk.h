/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One conversation on one device: its log read in order, words sealed and opened. Entries may be handed over
 * as they come from the socket; what comes too early is held until the one before is there.
 *
 *     talk *t;
 *     HK_TRY(talk_open(d, &conversation, events, ctx, &t));     reads what is there
 *     HK_TRY(talk_seal(t, text, &mid, &envelope));               bytes live until the next call
 *     ... the place keeps them at a position ...
 *     HK_TRY(talk_kept(t, position, envelope));
 *     HK_TRY(talk_take(t, &entry));                              what others sent
 */
#ifndef HK_CLI_DEVICE_TALK_H
#define HK_CLI_DEVICE_TALK_H

#include "cli/device/device.h"
#include "features/conversations/contract.h"

typedef struct talk talk;

/* Called for each entry, in order of position. */
typedef void (*talk_on_taken)(void *ctx, const vault_taken *taken);

#define TALK_HELD_MAX 256 /* entries that came before their turn */

hk_err talk_open(device *d, const conversation_id *conversation, talk_on_taken on_taken, void *ctx,
                 talk **ret);
void talk_free(talk *t); /* wipes; NULL is fine */
/* Reads the log after the last position taken. */
hk_err talk_catch_up(talk *t);
hk_err talk_take(talk *t, const entry_item *entry);
/* Our own bytes, acknowledged at a position. */
hk_err talk_kept(talk *t, int64_t position, hk_slice envelope);
/* Seals text as the next message of this device's stream. *ret lives until the next call on this talk. */
hk_err talk_seal(talk *t, hk_slice text, message_id *ret_mid, hk_slice *ret);
/* Seals, hands in over HTTP and reads back: for one message without a line. */
hk_err talk_say(talk *t, hk_slice text);
/* The same for any kind of body (VAULT_BODY_...); says where it was kept. */
hk_err talk_say_kind(talk *t, uint8_t kind, hk_slice content, int64_t *ret_position);
/* The same words again, after stale_epoch (the log was read on) or stream_conflict (new_stream). */
hk_err talk_seal_again(talk *t, const message_id *mid, int64_t time_ms, hk_slice text, bool new_stream,
                       hk_slice *ret);
int64_t talk_position(const talk *t);
const conversation_id *talk_conversation(const talk *t);
const vault_log *talk_log(const talk *t);

#endif
