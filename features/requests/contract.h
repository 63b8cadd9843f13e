/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bodies of waiting and being heard (docs/interface.md, "Waiting and being heard").
 */
#ifndef HK_FEATURES_REQUESTS_CONTRACT_H
#define HK_FEATURES_REQUESTS_CONTRACT_H

#include "base/ids.h"
#include "features/conversations/conversations.h"
#include "features/invitations/invitations.h"
#include "wire/shape.h"

#define REQUESTS_SHOWN_MAX 200 /* waiting people on one screen */
#define REQUESTS_MINE_MAX  50
#define REQUESTS_BYTES_MAX (512 * 1024) /* of first words in one answer */

typedef struct ask_body {
    hk_slice first_words;
    bool invited;
    invitation_use_body invitation;
} ask_body;

typedef struct request_body {
    conversation_id conversation;
    int64_t state, made_ms, promise_by_ms, ahead;
    account_id owner;
    hk_slice owner_name;
    int64_t offered_ms, expires_ms;
} request_body;

typedef struct my_requests_body {
    shape_list requests; /* request_body */
} my_requests_body;

typedef struct waiting_item {
    conversation_id conversation;
    account_id client;
    uint8_t ik[32], ek[32];
    hk_slice first_words;
    int64_t made_ms, promise_by_ms;
    account_id owner;
    int64_t offered_ms, passed;
    bool for_me;
} waiting_item;

typedef struct waiting_body {
    shape_list requests; /* waiting_item */
} waiting_body;

typedef struct accept_body {
    hk_slice commit;
    shape_list wraps; /* wrap_item */
} accept_body;

typedef struct accepted_body {
    int64_t position, at_ms;
} accepted_body;

typedef struct request_told {
    conversation_id conversation;
    int64_t state;
} request_told;

extern const shape ASK, REQUEST, MY_REQUESTS, WAITING, ACCEPT, ACCEPTED, REQUEST_TOLD;

#endif
