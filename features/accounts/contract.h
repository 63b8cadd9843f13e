/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bodies of arriving, signing in, changing and keeping an account (docs/interface.md, "Accounts").
 */
#ifndef HK_FEATURES_ACCOUNTS_CONTRACT_H
#define HK_FEATURES_ACCOUNTS_CONTRACT_H

#include "base/ids.h"
#include "features/accounts/accounts.h"
#include "features/invitations/invitations.h"
#include "wire/shape.h"

#define ACCOUNT_RECORDS_MAX     3
#define ACCOUNT_RECORD_MAX      256    /* an unlock record of format 1 has 119 bytes */
#define ACCOUNT_STATE_MAX       180000 /* in base64url it fits a body (wire/limits.h) */
#define ACCOUNT_HANDLE_MAX      64
#define ACCOUNT_NAME_MAX        60
#define ACCOUNT_CERTIFICATE_MAX 1024

typedef struct arrival_body {
    account_id account;
    hk_slice handle;
    hk_slice challenge;
} arrival_body;

typedef struct record_body {
    int64_t kind;
    hk_slice record;
    uint8_t login_key[32];
} record_body;

typedef struct new_account_body {
    uint8_t ik[32], ek[32];
    int64_t ek_serial;
    hk_slice ek_certificate;
    shape_list records; /* record_body */
    hk_slice identity, state, signature;
    bool invited;
    invitation_use_body invitation;
    hk_slice public_name;
} new_account_body;

typedef struct sign_in_start_body {
    hk_slice handle;
    int64_t kind;
} sign_in_start_body;

typedef struct sign_in_started_body {
    hk_slice salt;
    int64_t t, m;
    hk_slice challenge;
} sign_in_started_body;

typedef struct sign_in_body {
    hk_slice handle;
    int64_t kind;
    hk_slice signature;
} sign_in_body;

typedef struct audit_head_body {
    int64_t count;
    uint8_t head[32];
} audit_head_body;

typedef struct session_body {
    account_id account;
    hk_slice handle;
    int64_t role;
    bool certified, lead, recovering;
    hk_slice record;
    int64_t record_kind;
    hk_slice identity;
    uint8_t ik[32], ek[32];
    int64_t ek_serial;
    hk_slice ek_certificate;
    int64_t state_serial;
    hk_slice state;
    bool has_audit;
    audit_head_body audit;
    int64_t place_epoch, idle_lock_s, ends_ms;
} session_body;

typedef struct challenge_body {
    hk_slice challenge;
} challenge_body;

typedef struct change_body {
    hk_slice challenge;
    int64_t by;
    shape_list records; /* record_body */
    hk_slice signature;
    hk_slice identity;
    uint8_t ek[32];
    int64_t ek_serial;
    hk_slice ek_certificate;
    hk_slice state;
    int64_t state_serial;
    bool somebody_in;
} change_body;

typedef struct state_body {
    int64_t serial;
    hk_slice state;
} state_body;

typedef struct ticket_body {
    hk_slice ticket;
} ticket_body;

typedef struct state_told {
    int64_t serial;
} state_told;

extern const shape ARRIVAL, NEW_ACCOUNT, SIGN_IN_START, SIGN_IN_STARTED, SIGN_IN, AUDIT_HEAD, SESSION,
    CHALLENGE, ACCOUNT_CHANGE, ACCOUNT_STATE, SOCKET_TICKET, STATE_TOLD;
extern const shape *const ACCOUNTS_SHAPES[];

#endif
