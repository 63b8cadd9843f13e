/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Accounts: arriving without a name, signing in by signature, sessions, changing one's secrets, the sealed
 * account state. What other features may ask.
 */
#ifndef HK_FEATURES_ACCOUNTS_H
#define HK_FEATURES_ACCOUNTS_H

#include "base/ids.h"
#include "store/store.h"
#include "wire/shape.h"
#include "wire/wire.h"

/* password, recovery, passkey, device: which secret opens an unlock record. The vault's kinds are one more.
 */
typedef enum record_kind { RECORD_PASSWORD, RECORD_RECOVERY, RECORD_PASSKEY, RECORD_DEVICE } record_kind;
extern const char *const RECORD_KIND_WORDS[];

/* wire_options.who and .ticket: who is asking, from the session cookie or a socket ticket. */
hk_err accounts_who(wire_request *r, wire_who *ret);
hk_err accounts_ticket(wire_request *r, hk_slice ticket, wire_who *ret);
/* A socket of a session came or went: a session with a socket is not idle. Writer. */
hk_err accounts_socket(store_db *db, int64_t session, bool opened, int64_t now_ms);
/* At start: nobody is connected yet. Writer. */
hk_err accounts_start(store_db *db, int64_t now_ms);
/* Once a minute: sessions, doors and challenges that are over go. Writer. */
hk_err accounts_tick(store_db *db, int64_t now_ms, int64_t idle_ms);

/* Proof that whoever is asking holds a secret of the account right now: a login signature by its key of this
 * kind over a challenge that was given to this session and is burned by this call. HK_REFUSED otherwise. */
hk_err accounts_proof(wire_request *r, hk_slice challenge, int64_t kind, hk_slice signature);
/* Staff screens are asked to read again: told is "staff" or "team". */
hk_err accounts_tell_staff(wire_request *r, const char *told);
typedef struct account_facts {
    int64_t role;
    bool disabled;
    uint8_t ik[32];
} account_facts;
hk_err accounts_read(store_db *db, account_id account, account_facts *ret); /* HK_NOT_THERE */
/* May somebody come in? Ends their sessions when not. HK_CONFLICT: the last administrator stays. */
hk_err accounts_set_disabled(store_db *db, account_id account, bool disabled);
/* Every session of an account ends, in the database; tell `live` with place_drop_account. */
hk_err accounts_end_sessions(store_db *db, account_id account);
/* The account and all its rows go. */
hk_err accounts_forget(store_db *db, account_id account);

/* ---- A forgotten password without a sheet (features/returns): new keys for an account that is there. */

typedef struct account_door {         /* what the new keys are made for */
    hk_slice handle, challenge;       /* drawn anew: the forgotten name opens nothing afterwards */
    int64_t ek_serial, record_serial; /* the account's now; new ones are larger */
} account_door;
typedef struct account_keys { /* checked, and sealed as they will lie in the database */
    uint8_t ik[32], ek[32];
    int64_t ek_serial;
    hk_slice ek_certificate, sealed_record, sealed_login_key, identity, state;
} account_keys;
typedef struct new_account_body new_account_body; /* contract.h */
extern const shape NEW_ACCOUNT;

/* HK_NOT_THERE: nobody, or somebody who may not come in, or no client. */
hk_err account_door_draw(wire_request *r, account_id account, account_door *ret);
/* Keys that somebody made for this door: one device record, and the proof that they made it. */
hk_err account_keys_check(wire_request *r, account_id account, const account_door *door,
                          const new_account_body *body, account_keys *ret);
/* They take the place of all keys and records of the account; every session of it ends. HK_CONFLICT: the
 * account was changed meanwhile by somebody who can open it. */
hk_err account_replace(wire_request *r, account_id account, const account_door *door,
                       const account_keys *keys);
/* A fresh token: its text for a cookie, its hash for the database; and the hash of one that came back
 * (HK_NOT_THERE: that is none of ours). */
hk_err token_make(hk_arena *arena, hk_slice *ret_text, uint8_t ret_hash[static 32]);
hk_err token_hash(hk_slice text, uint8_t ret[static 32]);

extern const store_room ACCOUNTS_ROOM;
extern const wire_route ACCOUNTS_ROUTES[];
extern const size_t ACCOUNTS_ROUTE_COUNT;
extern const shape *const ACCOUNTS_SHAPES[];

/* ---- Tickets for sockets, in memory. Any thread. The hash is the ticket's, as the cookies' are. */
typedef struct socket_tickets socket_tickets;
hk_err socket_tickets_new(socket_tickets **ret);
void socket_tickets_free(socket_tickets *t);
void socket_tickets_add(socket_tickets *t, const uint8_t hash[static 32], int64_t session,
                        int64_t expires_ms);
/* Good once, for its own session, until it expires. */
bool socket_tickets_burn(socket_tickets *t, const uint8_t hash[static 32], int64_t session, int64_t now_ms);

/* ---- The key that seals records at rest. */
typedef struct rest_key rest_key;
#define REST_KEY_BYTES 32
hk_err rest_key_new(const uint8_t key[static REST_KEY_BYTES], rest_key **ret);
void rest_key_free(rest_key *k); /* wipes */

#endif
