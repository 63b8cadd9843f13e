/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sealing at rest (rest_key.c).
 */
#ifndef HK_FEATURES_ACCOUNTS_REST_KEY_H
#define HK_FEATURES_ACCOUNTS_REST_KEY_H

#include "base/arena.h"
#include "base/ids.h"
#include "features/accounts/accounts.h"

typedef enum rest_what { REST_RECORD = 1, REST_LOGIN_KEY = 2 } rest_what;

/* What is sealed belongs to one account, one kind of record and one column: elsewhere it does not open. */
typedef struct rest_place {
    account_id account;
    int64_t kind; /* record_kind */
    rest_what what;
} rest_place;

#define REST_PLAIN_MAX 1024

hk_err rest_seal(const rest_key *k, const rest_place *at, hk_slice plain, hk_arena *arena, hk_slice *ret);
/* HK_STORE: it was not sealed with this key for this place (another key file, or somebody moved rows). */
hk_err rest_open(const rest_key *k, const rest_place *at, hk_slice sealed, hk_arena *arena, hk_slice *ret);
/* Sealed under this key for no account at all: opened where a handle is not known, so that the work is the
 * same. */
hk_err rest_open_decoy(const rest_key *k, rest_what what, hk_arena *arena, hk_slice *ret);
/* The salt of a handle that nobody has: always the same for it, and nobody can tell. */
void rest_salt(const rest_key *k, hk_slice handle, uint8_t ret[static 16]);

#endif
