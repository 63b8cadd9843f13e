/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The statements of the returns' room (returns.c) and what its files share.
 */
#ifndef HK_FEATURES_RETURNS_ROWS_H
#define HK_FEATURES_RETURNS_ROWS_H

#include "features/returns/contract.h"

enum {
    RETURN_CLEAR,
    RETURN_OFFER,
    RETURN_OF_LISTENER,
    RETURN_OF_TOKEN,
    RETURN_OF_CODE,
    RETURN_OF_CLIENT,
    RETURN_OPEN_DOOR,
    RETURN_KEEP_KEYS,
    RETURN_BRING_OWN,
    RETURN_PROMISE,
    RETURN_ANSWER,
    RETURN_REVEAL,
    RETURN_SAME,
    RETURN_TO_CONFIRM,
    RETURN_END,
    RETURNS_OVER,
    RETURNS_FORGET,
};

#define RETURN_LIFE_MS ((int64_t)60 * 60 * 1000) /* one conversation by telephone, and time to find it */
#define RETURN_KEEP_MS ((int64_t)30 * 60 * 1000) /* once the keys are made */

/* Ends it as `state`; what the keys were made of goes at once. Both sides hear of it. */
hk_err return_end(wire_request *r, conversation_id conversation, account_id listener, account_id client,
                  return_state state);
hk_err return_tell(wire_request *r, conversation_id conversation, account_id listener, account_id client,
                   return_state state);
/* The code as the database knows it. */
void return_code_hash(hk_slice code, uint8_t ret[static 32]);

/* The listener's side (checking.c). */
hk_err offer_code(wire_request *r, wire_reply *reply);
hk_err see_return(wire_request *r, wire_reply *reply);
hk_err listener_step(wire_request *r, wire_reply *reply);
hk_err listener_stops(wire_request *r, wire_reply *reply);
hk_err listener_reads_others(wire_request *r, wire_reply *reply);
hk_err confirm(wire_request *r, wire_reply *reply);
/* Who comes back (coming.c), and who still has the keys. */
hk_err come(wire_request *r, wire_reply *reply);
hk_err come_again(wire_request *r, wire_reply *reply);
hk_err bring_keys(wire_request *r, wire_reply *reply);
hk_err how_it_goes(wire_request *r, wire_reply *reply);
hk_err answer_step(wire_request *r, wire_reply *reply);
hk_err say_same(wire_request *r, wire_reply *reply);
hk_err of_me(wire_request *r, wire_reply *reply);
hk_err not_me(wire_request *r, wire_reply *reply);

#endif
