/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bodies of coming back without password and sheet (docs/interface.md, "Coming back").
 */
#ifndef HK_FEATURES_RETURNS_CONTRACT_H
#define HK_FEATURES_RETURNS_CONTRACT_H

#include "base/ids.h"
#include "features/conversations/conversations.h"
#include "features/returns/returns.h"
#include "wire/shape.h"

#define RETURN_CODE_DIGITS   9
#define RETURN_PASSED_ON_MAX 1024 /* older epochs: 1,024 wraps and a commit fit one body */

/* offered: a code is out. met: somebody typed it and made keys. different: one of the two said so. stopped:
 * one of the two, or whoever still has the keys, ended it. done: the new keys are in. */
typedef enum return_state {
    RETURN_OFFERED,
    RETURN_MET,
    RETURN_DIFFERENT,
    RETURN_STOPPED,
    RETURN_DONE
} return_state;

typedef struct return_code_body { /* to the listener, once */
    hk_slice code;
    int64_t expires_ms;
} return_code_body;

typedef struct return_seen_body { /* by the listener */
    int64_t state, expires_ms;
    account_id client;
    uint8_t ik[32], ek[32];
    int64_t ek_serial;
    hk_slice ek_certificate;
    hk_slice promise, answer;
    bool same;
} return_seen_body;

typedef struct return_step_body { /* one step of the spoken check, whoever's turn it is */
    hk_slice promise, answer, reveal;
} return_step_body;

typedef struct return_said_body {
    bool same;
} return_said_body;

typedef struct return_confirm_body {
    hk_slice commit;
    shape_list wraps; /* wrap_item */
    shape_list older; /* older_wrap */
} return_confirm_body;

typedef struct return_come_body {
    hk_slice code;
} return_come_body;

typedef struct return_door_body { /* to whoever typed the code */
    account_id account;
    hk_slice handle, challenge;
    int64_t ek_serial, record_serial;
    conversation_id conversation;
    account_id listener;
    hk_slice listener_name;
    int64_t listener_role;
    uint8_t listener_ik[32], listener_ek[32];
    int64_t listener_ek_serial;
    hk_slice listener_ek_certificate;
} return_door_body;

typedef struct return_going_body { /* how it goes, to whoever typed the code */
    int64_t state;
    hk_slice promise, reveal;
} return_going_body;

typedef struct return_of_me_body { /* to whoever still has the account's keys */
    bool going_on;
    hk_slice listener_name;
    int64_t made_ms;
} return_of_me_body;

typedef struct return_told {
    conversation_id conversation;
    int64_t state;
} return_told;

extern const shape RETURN_CODE, RETURN_SEEN, RETURN_STEP, RETURN_SAID, RETURN_CONFIRM, RETURN_COME,
    RETURN_DOOR, RETURN_MEETING, RETURN_GOING, RETURN_OF_ME, RETURN_TOLD;

#endif
