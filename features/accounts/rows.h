/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The statements of the accounts' room (statements.c) and what its files share.
 */
#ifndef HK_FEATURES_ACCOUNTS_ROWS_H
#define HK_FEATURES_ACCOUNTS_ROWS_H

#include "features/accounts/contract.h"
#include "features/accounts/rest_key.h"
#include "features/place/place.h"
#include "vault/public.h"

enum {
    ACCOUNT_ADD,
    ACCOUNT_BY_HANDLE,
    ACCOUNT_READ,
    ACCOUNT_SERIALS,
    ACCOUNT_SET_EK,
    ACCOUNT_SET_IDENTITY,
    ACCOUNT_SET_SERIAL,
    ACCOUNT_DOOR,
    ACCOUNT_SET_KEYS,
    ACCOUNT_FACTS,
    ACCOUNT_DISABLE,
    ADMINS_LEFT,
    ACCOUNT_END,
    HANDLE_TAKEN,
    NAME_TAKEN,
    STATE_ADD,
    STATE_READ,
    STATE_SET,
    STATE_END,
    RECORD_PUT,
    RECORD_ADD,
    RECORD_GET,
    RECORD_END,
    RECORDS_END,
    DOOR_ADD,
    DOOR_OPEN,
    DOOR_CLOSE,
    DOORS_OVER,
    SESSION_ADD,
    SESSION_WHO,
    SESSION_READ,
    SESSION_RENEW,
    SESSION_END,
    SESSIONS_END,
    SESSIONS_END_OTHERS,
    SESSIONS_END_OLDEST,
    SESSIONS_OVER,
    SESSIONS_START,
    SESSION_SOCKET,
    SESSION_SEEN,
    CHALLENGE_ADD,
    CHALLENGE_BURN,
    CHALLENGES_OVER,
    STAFF_ACCOUNTS,
};

#define DOOR_ARRIVAL_MS  ((int64_t)30 * 60 * 1000)
#define DOOR_SIGN_IN_MS  ((int64_t)60 * 1000)
#define CHALLENGE_MS     ((int64_t)60 * 1000)
#define TICKET_MS        ((int64_t)30 * 1000)
#define SESSIONS_OF_ONE  32 /* devices and tabs; the oldest ends when one more comes */
#define TOKEN_BYTES      32
#define TOKEN_CHARACTERS 43

/* A handle that nobody has. */
hk_err handle_draw(wire_request *r, hk_slice *ret);
hk_err challenge_draw(wire_request *r, hk_slice *ret);
/* "quiet-heron-4821" */
hk_err handle_make(hk_arena *arena, hk_slice *ret);

uint8_t vault_kind_of(int64_t record_kind);

/* The login public key or the record of an account's kind, opened; HK_NOT_THERE: it has none. */
hk_err record_read(wire_request *r, account_id account, int64_t kind, rest_what what, hk_slice *ret);
hk_err record_write(wire_request *r, account_id account, const record_body *record);
/* Records as they came: sizes and kinds right, of this account and serial, no kind twice. ret_kinds: a bit
 * for each kind. */
hk_err records_check(const shape_list *records, account_id account, int64_t serial, uint32_t *ret_kinds);

/* A new session for an account, its cookie in the reply; replies with who is signed in. */
hk_err session_begin(wire_request *r, wire_reply *reply, account_id account, int64_t kind);
hk_err session_reply(wire_request *r, wire_reply *reply, int64_t session);

hk_err arrive(wire_request *r, wire_reply *reply);
hk_err make_account(wire_request *r, wire_reply *reply);
hk_err sign_in_start(wire_request *r, wire_reply *reply);
hk_err sign_in(wire_request *r, wire_reply *reply);
hk_err change_account(wire_request *r, wire_reply *reply);
hk_err challenge_burn(wire_request *r, hk_slice challenge);

#endif
