/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Between people: who vouches for whom, first words to a team, invitations, consents, and the spoken check.
 */
#ifndef HK_VAULT_PEOPLE_H
#define HK_VAULT_PEOPLE_H

#include "vault/vault.h"

/* ---- The place key and certificates ---- */

typedef struct vault_place { /* the place key's seed is all that needs keeping */
    uint8_t seed[VAULT_KEY_BYTES];
    uint8_t secret[64];
    uint8_t pk[VAULT_KEY_BYTES];
} vault_place;

void vault_place_make(vault_place *ret);
void vault_place_derive(const uint8_t seed[static VAULT_KEY_BYTES], vault_place *ret);
void vault_place_wipe(vault_place *place);
hk_err vault_roster_sign(const vault_place *place, const vault_roster *roster,
                         uint8_t ret[static VAULT_ROSTER_BYTES]);
/* By a lead's identity key. HK_TOO_MUCH: longer than 30 days. */
hk_err vault_team_sign(const vault_account *lead, const vault_team *team,
                       uint8_t ret[static VAULT_TEAM_BYTES]);

/* ---- The team key ---- */

typedef struct vault_team_key {
    team_id team;
    uint32_t serial;
    uint8_t secret[VAULT_KEY_BYTES];
    uint8_t pk[VAULT_KEY_BYTES];
} vault_team_key;

void vault_team_key_make(const team_id *team, uint32_t serial, vault_team_key *ret);
void vault_team_key_wipe(vault_team_key *key);
/* For one listener; open checks that it belongs to the certificate. */
hk_err vault_team_wrap(const vault_team_key *key, const account_id *to,
                       const uint8_t ek[static VAULT_KEY_BYTES], uint8_t ret[static VAULT_TEAM_WRAP_BYTES]);
hk_err vault_team_unwrap(const vault_account *me, hk_slice wrap, const vault_team *cert, vault_team_key *ret);

/* ---- First words ---- */

/* The client seals; conv is theirs, drawn anew. words->kind is VAULT_BODY_TEXT or another body kind. */
hk_err vault_first_seal(const vault_account *me, const conversation_id *conv, const vault_team *team,
                        const vault_words *words, uint8_t *ret, size_t cap, size_t *ret_n);
/* Anyone on the team opens. content lies in buffer (VAULT_PADDED_MAX bytes). */
hk_err vault_first_open(const vault_team_key *key, hk_slice bytes, uint8_t *buffer, size_t cap,
                        vault_words *ret_words);
/* The client, before accepting a listener's first commit: own keys stand there, the author is on the roster
 * as a listener, first_hash is what was sent (first words, or for an invitation the hash agreed there). */
hk_err vault_genesis_accept(const vault_account *me, hk_slice commit,
                            const uint8_t first_hash[static VAULT_HASH_BYTES], hk_slice roster,
                            const uint8_t place[static VAULT_KEY_BYTES], int64_t now_ms);

/* ---- Consents and leaving ---- */

/* Draws the id. The signer is `me`: the client, in a group the host or the joining client. */
hk_err vault_consent_sign(const vault_account *me, const vault_consent *what,
                          uint8_t ret[static VAULT_CONSENT_BYTES]);
hk_err vault_leave_sign(const vault_account *me, const vault_chain *chain,
                        uint8_t ret[static VAULT_LEAVE_BYTES]);

/* ---- Invitations ---- */

typedef struct vault_invite {
    uint8_t secret[HK_ID_BYTES];
    uint8_t place_fp[VAULT_HASH_BYTES];
    uint8_t listener_fp[VAULT_HASH_BYTES];
} vault_invite;

void vault_invite_make(const uint8_t place[static VAULT_KEY_BYTES], const vault_account *listener,
                       vault_invite *ret);
void vault_invite_text(const vault_invite *invite,
                       char ret[static VAULT_INVITE_TEXT]); /* behind the '#'; no NUL */
hk_err vault_invite_parse(hk_slice text, vault_invite *ret);
void vault_invite_token(const vault_invite *invite, uint8_t ret[static VAULT_HASH_BYTES]);
/* The invitee proves that they hold the secret, over the keys that will stand in the conversation. */
void vault_invite_auth(const vault_invite *invite, const vault_member *invitee, const conversation_id *conv,
                       uint8_t ret[static VAULT_TAG_BYTES]);
hk_err vault_invite_auth_check(const vault_invite *invite, const vault_member *invitee,
                               const conversation_id *conv, const uint8_t auth[static VAULT_TAG_BYTES]);
/* What the genesis names as first_hash when an invitation began it. */
void vault_invite_first_hash(const uint8_t auth[static VAULT_TAG_BYTES],
                             uint8_t ret[static VAULT_HASH_BYTES]);

/* ---- The spoken check ---- */

/* The starter draws ra and sends c; the other draws rb and sends it; the starter sends ra; both read four
 * words. Bodies of kind VAULT_BODY_SPOKEN: step u8 (1 c, 2 rb, 3 ra), then 32 bytes. starter: who drew ra. */
void vault_spoken_commit(const conversation_id *conv, const vault_member *one, const vault_member *two,
                         const uint8_t ra[static VAULT_KEY_BYTES], uint8_t ret_c[static VAULT_HASH_BYTES]);
/* Four numbers below 2,048, read aloud as words (web/words/spoken/).
 * HK_REFUSED: ra is not what c promised. */
hk_err vault_spoken_words(const conversation_id *conv, const vault_member *one, const vault_member *two,
                          const uint8_t c[static VAULT_HASH_BYTES], const uint8_t ra[static VAULT_KEY_BYTES],
                          const uint8_t rb[static VAULT_KEY_BYTES], uint16_t ret[static 4]);

#endif
