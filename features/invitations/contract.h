/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bodies of inviting and being invited (docs/interface.md, "Staff and invitations").
 */
#ifndef HK_FEATURES_INVITATIONS_CONTRACT_H
#define HK_FEATURES_INVITATIONS_CONTRACT_H

#include "base/ids.h"
#include "wire/shape.h"

#define INVITATIONS_SHOWN_MAX  500
#define INVITATION_LIFE_MAX_MS ((int64_t)7 * 24 * 3600 * 1000)

typedef struct invite_body {
    int64_t kind, role;
    uint8_t token_hash[32];
    int64_t expires_ms;
} invite_body;

typedef struct invited_body {
    uint8_t invitation[16];
} invited_body;

typedef struct invitation_item {
    uint8_t invitation[16];
    int64_t kind, role, made_ms, expires_ms;
    account_id used_by;
    hk_slice auth;
    uint8_t ik[32], ek[32];
    conversation_id conversation;
} invitation_item;

typedef struct invitations_body {
    shape_list invitations; /* invitation_item */
} invitations_body;

typedef struct look_body {
    hk_slice token;
} look_body;

typedef struct looked_body {
    int64_t kind, role;
    account_id inviter;
    hk_slice inviter_name;
    uint8_t inviter_ik[32];
    hk_slice inviter_certificate;
    int64_t expires_ms;
} looked_body;

extern const shape INVITE, INVITED, INVITATIONS, INVITATION_LOOK, INVITATION_LOOKED;

#endif
