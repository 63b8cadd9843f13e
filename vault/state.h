/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an account remembers, on every device: whom it trusts, how far it has seen each conversation, and the
 * keys that open older words. One sealed object; the server stores it by compare-and-set on a serial and sees
 * nothing.
 *
 *     vault_state s;
 *     vault_state_init(&s, &memory);                              tables are the caller's
 *     HK_TRY(vault_state_open(&me, serial, sealed, &s));
 *     HK_TRY(vault_state_pin(&s, &account, ik, VAULT_PIN_SPOKEN, now));
 *     HK_TRY(vault_state_seal(&me, serial + 1, &s, out, cap, &n));
 *     stored by somebody else meanwhile: open theirs into another state, vault_state_merge(&theirs, &mine),
 * again
 */
#ifndef HK_VAULT_STATE_H
#define HK_VAULT_STATE_H

#include "vault/vault.h"

/* How a key came to be trusted, weakest first. */
enum {
    VAULT_PIN_FIRST_SEEN = 1, /* in a conversation somebody else began */
    VAULT_PIN_ROSTER = 2,     /* the place key vouched */
    VAULT_PIN_INVITE = 3,     /* an invitation vouched */
    VAULT_PIN_REPLACED = 4,   /* a listener confirmed a new key: "by a key Ana confirmed" */
    VAULT_PIN_SPOKEN = 5,     /* the four words were the same */
};

typedef struct vault_pin {
    account_id account;
    uint8_t ik[VAULT_KEY_BYTES];
    uint8_t how;
    int64_t when_ms;
    uint8_t other_ik[VAULT_KEY_BYTES]; /* another device trusted this one instead: shown until decided; else
                                          zero */
} vault_pin;

typedef struct vault_kept_key { /* an epoch's key */
    conversation_id conv;
    uint32_t epoch;
    uint8_t ck[VAULT_KEY_BYTES];
} vault_kept_key;

typedef struct vault_kept_ek {
    uint32_t serial;
    uint8_t seed[VAULT_KEY_BYTES];
} vault_kept_ek;

typedef struct vault_team_seen {
    team_id team;
    uint32_t serial;
} vault_team_seen;

#define VAULT_TEAMS_MAX   16
#define VAULT_CHOICES_MAX 4096 /* listening choices and other small settings: the page's own bytes */
#define VAULT_PINS_MAX    4096
#define VAULT_TIPS_MAX    4096
#define VAULT_KEYS_MAX    65535
#define VAULT_STATE_EXTRA (1 + VAULT_NONCE_BYTES + VAULT_AEAD_BYTES)
#define VAULT_PIN_BYTES   89
#define VAULT_TIP_BYTES   (16 + 32 + 32 + 4 + 8 + 32 + 1 + VAULT_MEMBERS_MAX * 16) /* at most */
#define VAULT_KEPT_BYTES  52

typedef struct vault_state_memory { /* lent tables; capacities in items */
    vault_pin *pins;
    size_t pin_cap;
    vault_tip *tips;
    size_t tip_cap;
    vault_kept_key *keys;
    size_t key_cap;
} vault_state_memory;

typedef struct vault_state {
    vault_state_memory memory;
    size_t pin_count; /* ascending by account */
    size_t tip_count; /* ascending by conversation */
    size_t key_count; /* ascending by conversation, epoch */
    bool place_known;
    uint8_t place[VAULT_KEY_BYTES];
    int64_t audit_count; /* the audit head this account was shown last */
    uint8_t audit_head[VAULT_HASH_BYTES];
    uint32_t t_seen; /* Argon2 parameters never fall below these */
    uint32_t m_seen;
    uint8_t
        ek_count; /* descending by serial; the current one is in the identity record, older ones are here */
    vault_kept_ek eks[VAULT_EKS_MAX];
    uint8_t team_count;
    vault_team_seen teams[VAULT_TEAMS_MAX];
    uint32_t choices_n;
    uint8_t choices[VAULT_CHOICES_MAX];
} vault_state;

void vault_state_init(vault_state *s, const vault_state_memory *memory);
void vault_state_wipe(vault_state *s); /* the tables too */

/* serial is bound in: the server cannot hand out an older state as a newer one. */
hk_err vault_state_seal(const vault_account *me, int64_t serial, const vault_state *s, uint8_t *ret,
                        size_t cap, size_t *ret_n);
/* Opens in place: `sealed` is overwritten with the plain bytes and wiped before it returns. */
hk_err vault_state_open(const vault_account *me, int64_t serial, uint8_t *sealed, size_t sealed_n,
                        vault_state *s);
/* Bytes that vault_state_seal needs now. */
size_t vault_state_size(const vault_state *s);

/* Takes what `from` knows more. Pins: the older one wins and a difference is kept to be shown, unless a
 * person decided for the newer key (replaced, spoken) and the older pin's word is not stronger. Tips: the
 * later life, then the further position. HK_TOO_MUCH: a table is full (s may hold part of it; start again).
 */
hk_err vault_state_merge(vault_state *s, const vault_state *from);

const vault_pin *vault_state_find_pin(const vault_state *s, const account_id *account);
/* HK_CONFLICT: another key is pinned for them; nothing changed. A stronger `how` for the same key is taken.
 */
hk_err vault_state_pin(vault_state *s, const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
                       uint8_t how, int64_t when_ms);
/* A person decided: this key from now on (after REPLACE, or of two that differ). */
hk_err vault_state_repin(vault_state *s, const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
                         uint8_t how, int64_t when_ms);
const vault_tip *vault_state_find_tip(const vault_state *s, const conversation_id *conv);
/* Moves on, never back (a later life counts as on). */
hk_err vault_state_tip(vault_state *s, const vault_tip *tip);
const vault_kept_key *vault_state_find_key(const vault_state *s, const conversation_id *conv, uint32_t epoch);
hk_err vault_state_keep_key(vault_state *s, const conversation_id *conv, uint32_t epoch,
                            const uint8_t ck[static VAULT_KEY_BYTES]);
/* An older epoch's key, kept here, wrapped for a member whose keys are new: what is "passed on" after a
 * REPLACE. HK_NOT_THERE: it is not kept here. */
hk_err vault_state_pass_on(const vault_state *s, const conversation_id *conv, uint32_t epoch,
                           const vault_member *to, uint8_t ret[static VAULT_WRAP_BYTES]);
/* Reads on from what this device kept (vault_log_keep), into a log that was just begun. Takes the epoch's key
 * and the tip from here. HK_NOT_THERE: this account has forgotten the conversation. HK_REFUSED: it was not
 * kept by this account, or another history is remembered. Any error: wipe the log, read from the beginning.
 */
hk_err vault_state_resume(vault_state *s, vault_log *log, uint8_t *kept, size_t kept_n);
/* Shredding: the conversation's keys and tip are forgotten here. */
void vault_state_forget(vault_state *s, const conversation_id *conv);
hk_err vault_state_keep_ek(vault_state *s, uint32_t serial, const uint8_t seed[static VAULT_KEY_BYTES]);
/* The place key is pinned at the first visit. HK_CONFLICT: it is another one now. */
hk_err vault_state_place(vault_state *s, const uint8_t place[static VAULT_KEY_BYTES]);
uint32_t vault_state_team_serial(const vault_state *s, const team_id *team);
hk_err vault_state_team(vault_state *s, const team_id *team, uint32_t serial);
/* The audit head at sign-in. HK_REFUSED: it went back, or the same count has another hash: the chain was
 * rebuilt. */
hk_err vault_state_audit(vault_state *s, int64_t count, const uint8_t head[static VAULT_HASH_BYTES]);

/* Sets VAULT_STOP_UNPINNED and VAULT_STOP_EXPIRED on a log, from these pins and this device's clock; they
 * never make the chain invalid. ret_who: the first member it is about, or NULL. */
void vault_state_trust(const vault_state *s, vault_log *log, int64_t now_ms, const vault_member **ret_who);
/* The remembered tip to the log, and old encryption keys to the account: before reading. */
hk_err vault_state_prepare(const vault_state *s, vault_account *me);

#endif
